-- What a transfer from abroad is for, as its sender's bank told it: reports ask for it. "" in older ones.
alter table abroad_in add column purpose text not null default '';

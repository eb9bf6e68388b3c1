-- Whether what is new in a version of a watch list was held against the transfers that waited.
alter table watch_lists add column looked_at boolean not null default false;
create index watch_entries_new on watch_entries (source, first);
-- Two people decided that it is somebody else.
alter table suspicions add column cleared boolean not null default false;

-- A transfer's time counts from when it was let go, if it was.
drop index transfers_by_age;
create index transfers_by_age on transfers (greatest(sent_ms, let_go_ms)) where state = 'available';

-- An open price promises its sum to whoever asked for it, by the keyed digests of `movements`; the digests go
-- when the price stands no more.
alter table abroad_quotes add column amount bigint not null default 0;
alter table abroad_quotes add column subjects text[] not null default '{}';
create index abroad_quotes_promised on abroad_quotes using gin (subjects) where used_by is null;

-- Who looked after somebody whom a message did not reach, and how.
alter table messages add column ended_by text not null default '';
alter table messages add column ended_why text not null default '';

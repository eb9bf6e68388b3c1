-- The hours of a desk's closed day, for the chart of the other desks of its branch; bytes as they were recorded.
alter table desks add column hours bytea not null default '';

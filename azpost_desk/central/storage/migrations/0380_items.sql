-- Which record tells each event of an item, what was done about it and what became of it; who has the item.
-- What was stored before is folded anew by the daily round (fold 0 is no version).
alter table item_events add column epoch integer not null default 0;
alter table item_events add column sequence bigint not null default 0;
alter table item_events add column reason text not null default '';
alter table item_events add column measure text not null default '';
alter table item_events add column answers text not null default '';
alter table item_events add column mark text not null default '';
alter table items add column generation integer not null default 1;
alter table items add column custody text not null default '';
alter table items add column holder text not null default '';
alter table items add column fold integer not null default 0;
create index items_unfolded on items (number) where fold = 0;
-- A reversed acceptance was the only cancellation there was.
update item_events set measure = 'handed_back' where event = 'EXX';
update item_events set reason = split_part(detail, ' ', 1), measure = split_part(detail, ' ', 2)
    where event not in ('EMA', 'EXX');

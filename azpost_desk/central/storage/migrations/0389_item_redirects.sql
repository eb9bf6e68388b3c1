-- Where an item is to be sent on, by its order, and where it has been: the office that waits for it then.
alter table item_orders add column to_office text not null default '';
alter table items add column redirected text not null default '';

-- Which item under its number an order is for: the number is used again after a year (central/mail/orders.py).
-- 0: given before this was kept, told by when it was made.
alter table item_orders add column generation integer not null default 0;

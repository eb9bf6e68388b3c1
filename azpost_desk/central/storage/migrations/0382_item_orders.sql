-- Stop orders for items: by whom and why, and what became of them.
create table item_orders (
    item_order text primary key,
    number text not null,
    kind text not null,
    state text not null,
    made_ms bigint not null,
    made_by text not null,
    why text not null,
    lifted_ms bigint not null default 0,
    lifted_by text not null default ''
);
create index item_orders_by_number on item_orders (number);
create unique index item_orders_open on item_orders (number, kind) where state = 'open';

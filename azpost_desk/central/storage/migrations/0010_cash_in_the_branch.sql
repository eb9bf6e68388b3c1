-- Bags between branches and the cash centre, one row for a bag's whole life.
create table bags (
    bag text primary key,
    number text not null,
    sort text not null,
    direction text not null,
    desk text not null,
    state text not null,
    pieces bytea not null,
    amount bigint not null,
    counted_pieces bytea not null default '{}',
    counted bigint not null default 0,
    act text not null default '',
    made_ms bigint not null,
    changed_ms bigint not null,
    changed_by text not null
);
create index bags_by_number on bags (number);

-- Own money that officers put in for shortages: what the centre asks about.
create table made_good (
    operation text primary key,
    desk text not null,
    officer text not null,
    approved_by text not null,
    close text not null,
    amount bigint not null,
    cause text not null,
    words text not null,
    at_ms bigint not null
);

-- Differences of counts as they were counted: nothing that happens later changes a row.
create table till_counts (
    operation text primary key,
    desk text not null,
    sort text not null,
    holder text not null,
    officer text not null,
    counted bigint not null,
    expected bigint not null,
    difference bigint not null,
    at_ms bigint not null
);

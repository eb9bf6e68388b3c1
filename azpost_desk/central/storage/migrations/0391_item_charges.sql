-- What is due before an item is handed over, by the event that says so, and what desks took for it
-- (central/mail/charges).
alter table item_events add column due_qapik bigint not null default 0;
create table item_charges (
    -- The operation of the line that took it.
    charge text primary key,
    number text not null,
    kind text not null,
    event text not null,
    amount_qapik bigint not null,
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    taken_ms bigint not null,
    state text not null,
    -- Whom it was passed on to, by which two people and payment.
    settled text not null default '',
    changed_ms bigint not null
);
create index item_charges_by_event on item_charges (event);
create index item_charges_by_number on item_charges (number);
create index item_charges_open on item_charges (kind, taken_ms) where state = 'taken';

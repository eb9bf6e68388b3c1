-- What a partner's work costs, or ours brings, for each transfer; undone when the money came back, unless kept.
create table partner_commissions (
    commission bigint generated always as identity primary key,
    transfer text not null,
    direction text not null,
    partner text not null,
    paid_by text not null,
    currency text not null,
    minor bigint not null,
    at_ms bigint not null,
    kept boolean not null,
    undone_ms bigint not null default 0
);
-- One of each side stands for a transfer at a time.
create unique index partner_commissions_once on partner_commissions (transfer, paid_by) where undone_ms = 0;

-- What was invoiced for a month, by its number.
create table partner_invoices (
    partner text not null,
    number text not null,
    month text not null,
    paid_by text not null,
    currency text not null,
    minor bigint not null,
    noted_ms bigint not null,
    primary key (partner, number)
);

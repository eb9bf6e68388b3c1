-- Settlements of billers (central/registers/settling): gross, commission apart, each payment in one of them.
create table settlements (
    settlement text primary key,
    biller text not null,
    count integer not null,
    amount bigint not null,
    commission bigint not null,
    -- What the biller's own registers reckon for the same payments.
    commission_told bigint not null,
    made_by text not null,
    made_ms bigint not null
);

create table settlement_lines (
    payment text not null references payments,
    -- 'paid', or 'taken_back' when its money came back from the biller after it.
    sort text not null,
    settlement text not null references settlements,
    amount bigint not null,
    commission bigint not null,
    primary key (payment, sort)
);
create index settlement_lines_settlement on settlement_lines (settlement);

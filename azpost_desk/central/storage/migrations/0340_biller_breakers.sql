-- How often a biller has refused without a yes between, and since when nothing is sent to it for that
-- (central/biller_breaker); 0 = it is open.
create table biller_breakers (
    biller text primary key,
    refusals integer not null default 0,
    paused_ms bigint not null default 0,
    opened_by text not null default '',
    why text not null default ''
);

-- A portal's central number is looked for among the others it gave.
create index payments_reference on payments (biller, provider_reference) where notice <> '';

-- What a biller has said in the hour that began with its first word after the last one
-- (central/biller_breaker): answers that end a payment, and the noes among them.
alter table biller_breakers
    add column hour_ms bigint not null default 0,
    add column hour_answers integer not null default 0,
    add column hour_refusals integer not null default 0;

-- How old a payment's number is at its biller (central/deliveries): a "not found" counts only some time after
-- it was sent last, and past the life of its number only a person finds out (money-out.md MC-11).
alter table payments add column first_ms bigint not null default 0;
alter table payments add column sent_ms bigint not null default 0;
update payments set first_ms = accepted_ms where attempts > 0;

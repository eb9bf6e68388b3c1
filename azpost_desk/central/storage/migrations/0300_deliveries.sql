-- What a biller's no is worth (central/deliveries, domain/delivery_moves): owed only when it is final.

-- An attempt may have arrived at the biller, and nobody has heard what became of it.
alter table payments add column unanswered boolean not null default false;
update payments set unanswered = true where state in ('sent', 'unknown');

-- The biller has it and the customer was paid back: claimed in the centre's book.
alter table payments add column is_claimed boolean not null default false;
create index payments_claimed on payments (payment) where state = 'claimed' and not is_claimed;

update payments set state = 'owed' where state = 'refused';

-- A state portal's notice paid (central/payments): its id there and what was said of it, empty for a bill.
alter table payments add column notice text not null default '';
alter table payments add column version text not null default '';
create index payments_notice on payments (biller, notice) where notice <> '';

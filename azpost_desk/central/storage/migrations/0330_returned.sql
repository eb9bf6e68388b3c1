-- What the budget gave back is owed without the post's fee (central/payments).
alter table payments add column fee_owed boolean not null default true;

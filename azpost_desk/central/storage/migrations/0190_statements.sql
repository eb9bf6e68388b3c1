-- Whether the deal of a transfer abroad is in force; what its state does not say of a dispute, the book does.
alter table abroad_out add column dealt boolean not null default true;
update abroad_out set dealt = false
where state in ('owed', 'refunding', 'refund_in_doubt', 'unclaimed', 'refunded', 'claimed', 'reversed');

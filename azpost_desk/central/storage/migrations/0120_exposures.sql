-- What a desk took in for somebody else before the centre heard of it, of every service: allowances bind them all.
create table exposures (
    thing text primary key,
    service text not null,
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    amount bigint not null,
    acknowledged text not null
);
create index exposures_by_place on exposures (desk, epoch, service, sequence);
insert into exposures
    select transfer, 'transfers', desk, epoch, sequence, amount, acknowledged from transfers;
insert into exposures
    select payment, 'payments', payments.desk, payments.epoch, payments.sequence, amount,
        coalesce(convert_from(journal.header, 'UTF8')::json ->> 12, '')
    from payments left join journal using (desk, epoch, sequence)
    on conflict do nothing;

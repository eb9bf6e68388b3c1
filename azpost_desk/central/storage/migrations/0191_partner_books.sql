-- What partners' statements say of our accounts with them (central/abroad/statements). Sums: smallest units.

-- The partner has taken the money of a transfer at least once, whatever became of it afterwards.
alter table abroad_out add column taken boolean not null default false;
update abroad_out set taken = true where settled or returned > 0;

create table partner_statements (
    partner text not null,
    account text not null,
    statement text not null,
    number bigint not null,
    currency text not null,
    final boolean not null,
    closing bigint not null,
    until text not null,
    taken_ms bigint not null,
    primary key (partner, account, statement, number, final)
);

-- A share of an entry, counted once; what is open is neither reversed nor cleared.
create table partner_entries (
    entry bigint generated always as identity primary key,
    partner text not null,
    account text not null,
    currency text not null,
    key text not null,
    share integer not null,
    minor bigint not null,
    reference text not null,
    against text not null,
    transfer text not null,
    on_statement boolean not null,
    booked_on text not null,
    message_statement text not null,
    seen_ms bigint not null,
    reversed_by bigint,
    cleared text not null default '',
    unique (partner, account, key, share)
);
create index partner_entries_of_a_transfer on partner_entries (transfer) where transfer <> '';
create index partner_entries_by_reference on partner_entries (partner, reference) where reference <> '';

-- Money of the post on its way to a partner, until its statement shows it.
create table partner_fundings (
    funding bigint generated always as identity primary key,
    partner text not null,
    currency text not null,
    minor bigint not null,
    reference text not null,
    sent_ms bigint not null,
    arrived boolean not null default false
);
insert into partner_fundings (partner, currency, minor, reference, sent_ms)
select sub, currency, minor, '', 0 from postings where account = '1050';

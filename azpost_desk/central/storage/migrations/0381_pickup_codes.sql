-- Pick-up codes (central/mail/pickups). Only the slow hash of a code is kept, and the words of its message
-- until that was sent; what is void has neither.
create table pickup_codes (
    code text primary key,
    number text not null references items,
    generation integer not null,
    office text not null,
    -- The acceptance that names whom to tell: its operation and record.
    acceptance text not null,
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    until text not null,
    state text not null,
    hash text not null default '',
    wrong integer not null default 0,
    made_ms bigint not null,
    changed_ms bigint not null
);
create unique index pickup_codes_one on pickup_codes (number) where state <> 'void';
create index pickup_codes_wanted on pickup_codes (made_ms) where state = 'wanted';
create index pickup_codes_acceptance on pickup_codes (acceptance);

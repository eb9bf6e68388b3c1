-- Billers' daily registers (central/registers): the newest version of a day counts.
create table registers (
    register bigint generated always as identity primary key,
    biller text not null,
    day text not null,
    version integer not null,
    digest bytea not null,
    count integer not null,
    amount bigint not null,
    commission bigint not null,
    is_newest boolean not null default true,
    taken_by text not null,
    taken_ms bigint not null,
    unique (biller, day, version)
);
create unique index registers_newest on registers (biller, day) where is_newest;

-- Of an account only a digest is kept, to be compared: whose it is stays where it can be erased.
create table register_rows (
    register bigint not null references registers,
    txn_id bigint not null,
    account_digest bytea not null,
    amount bigint not null,
    reference text not null,
    commission bigint not null,
    -- What became of it: '' not looked at yet, 'matched', or the open item that it is.
    item text not null default '',
    primary key (register, txn_id)
);
create index register_rows_txn on register_rows (txn_id);

-- Who acts at the centre, and with which password (argon2id). `set_by` names who set it, '' its owner.
create table people (
    name text primary key,
    secret text not null,
    set_by text not null,
    wrong_tries integer not null default 0,
    wait_until_ms bigint not null default 0,
    made_ms bigint not null
);

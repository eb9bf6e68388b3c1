-- Which billers the serving process reaches, by what kind of connector, and whether each answers
-- (central/billers_reached): for people, nothing decides by it.
create table billers_reached (
    biller text primary key,
    kind text not null,
    is_resting boolean not null,
    since_ms bigint not null
);

-- Wrong numbers and wrong answers of a desk that asks for transfers, within a span that began with the first.
create table guesses (
    desk text primary key,
    since_ms bigint not null,
    misses integer not null,
    last_ms bigint not null
);

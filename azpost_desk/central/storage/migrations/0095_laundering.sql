-- Who sent and received what, by keyed digests of what people are known by; no longer than the rules look back.
create table movements (
    subject text not null,
    transfer text not null,
    direction text not null,
    amount bigint not null,
    at_ms bigint not null,
    branch text not null,
    other text not null,
    primary key (subject, transfer, direction)
);
create index movements_by_age on movements (at_ms);

-- What a rule found, for the compliance officers; one open case for a rule and a person.
create table laundering_cases (
    number text primary key,
    rule text not null,
    subject text not null,
    transfers text[] not null,
    total bigint not null,
    days integer not null,
    made_ms bigint not null,
    reported_by text not null default '',
    reported_ms bigint not null default 0
);
create unique index one_open_case on laundering_cases (rule, subject) where reported_ms = 0;

-- When each job of the daily round was last done, by whichever process: one that starts every night must not
-- forget it, and a job that failed is not done.
create table daily_round (
    job text primary key,
    done_ms bigint not null
);

-- Which irregularities of mail a person has ended (central/mail/irregularities.py): who, and why.
create table irregularity_ends (
    exception bigint primary key references exceptions,
    ended_by text not null,
    why text not null,
    ended_ms bigint not null
);

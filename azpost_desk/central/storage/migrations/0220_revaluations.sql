-- A day's revaluation of open positions (central/abroad/revaluing): one per currency and date, whoever runs it.
create table abroad_revaluations (
    currency text not null,
    date text not null,
    body bytea not null,
    made_ms bigint not null,
    primary key (currency, date)
);

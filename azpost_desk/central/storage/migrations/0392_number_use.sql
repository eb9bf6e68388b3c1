-- How many item numbers of a product a desk really used on each of its last days: by this its stock is kept.
create table number_use (
    desk text not null references desks,
    prefix text not null,
    date date not null,
    used integer not null,
    primary key (desk, prefix, date)
);

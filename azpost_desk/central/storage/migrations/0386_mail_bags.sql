-- Inland bags between offices (central/mail/bags): each step as its desk wrote it, and what they make of a bag.
create table mail_bags (
    mail_bag text primary key,
    number text not null,
    from_office text not null,
    to_office text not null,
    begun_ms bigint not null,
    state text not null,
    version integer not null,
    -- Of its last sealing, as long as that stands.
    grams integer not null default 0,
    typed boolean not null default false,
    seal text not null default '',
    numbers text[] not null default '{}',
    -- Since when it is on the road, 0 while it is not; who has taken it in.
    left_ms bigint not null default 0,
    office text not null default '',
    changed_ms bigint not null
);
create index mail_bags_by_number on mail_bags (number);
create index mail_bags_by_from on mail_bags (from_office, state);
create index mail_bags_by_to on mail_bags (to_office, state);
create index mail_bags_on_the_road on mail_bags (left_ms) where left_ms > 0;
create table mail_bag_steps (
    operation text primary key,
    mail_bag text not null,
    event text not null,
    version integer not null,
    office text not null,
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    at_ms bigint not null,
    grams integer not null default 0,
    typed boolean not null default false,
    seal text not null default '',
    numbers text[] not null default '{}',
    unfit boolean not null default false
);
create index mail_bag_steps_of on mail_bag_steps (mail_bag);

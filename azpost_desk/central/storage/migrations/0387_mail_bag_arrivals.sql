-- What the office that takes a bag in writes of it, in whatever order it is heard; what was not found in it.
-- A step of a bag of which nothing was heard yet has mail_bag '' and waits for it by its number.
alter table mail_bags add column arrival text not null default '';
alter table mail_bags add column condition text not null default '';
alter table mail_bag_steps add column number text not null default '';
alter table mail_bag_steps add column arrival text not null default '';
alter table mail_bag_steps add column condition text not null default '';
create index mail_bag_steps_unheard on mail_bag_steps (number) where mail_bag = '';
create table mail_bag_missing (
    mail_bag text not null references mail_bags,
    number text not null,
    -- The record that ended the bag, and since when the item lay in it.
    operation text not null,
    since_ms bigint not null,
    state text not null,
    primary key (mail_bag, number)
);
create index mail_bag_missing_by_number on mail_bag_missing (number);

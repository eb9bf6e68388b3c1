-- After a restore nothing leaves for a partner before it is known what may have left (central/abroad/restored).

-- The centre's epoch whose beginning has been looked at, for money abroad.
create table abroad_epoch (
    one boolean primary key default true check (one),
    epoch integer not null
);
insert into abroad_epoch (epoch) values (1);

-- In this epoch two people have said that everything the partner has about the lost hours was read.
alter table abroad_partners add column read_epoch integer not null default 0;

-- It may have left in the lost hours: its first act is a question.
alter table abroad_out add column ask_first boolean not null default false;
alter table abroad_in add column ask_first boolean not null default false;

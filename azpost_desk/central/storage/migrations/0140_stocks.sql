-- The stock of numbers each desk is kept at, and what of the numbers given to desks has been used.
create table desk_stocks (
    desk text primary key references desks,
    codes integer not null,
    prefix text not null,
    items integer not null
);
alter table transfer_codes add column used boolean not null default false;
update transfer_codes set used = true where exists (select from transfers where transfers.code = transfer_codes.code);
create index transfer_codes_left on transfer_codes (desk, epoch) where not used;
alter table item_ranges add column next integer;
update item_ranges set next = greatest(first, 1 + coalesce((
    select max(substr(number, 3, 8)::integer) from items
    where number ~ ('^' || prefix || '[0-9]{9}')
        and substr(number, 3, 8)::integer between first and last), 0));
alter table item_ranges alter column next set not null;
-- Desks that were given numbers by hand are kept supplied from now on.
insert into desk_stocks select desk, 200, 'EE', 500 from desks where desk in
    (select desk from transfer_codes union select desk from item_ranges);

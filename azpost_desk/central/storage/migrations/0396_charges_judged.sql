-- Whether what was taken is what is due for its item, and whether that item is with its addressee: of the life
-- that the charge is of, not of another item that has the number a year later (central/mail/charges).
alter table item_charges add column fits boolean not null default true;
alter table item_charges add column delivered boolean not null default false;
update item_charges set delivered = true from items
    where items.number = item_charges.number and items.state = 'delivered';
-- Folded anew, each is judged once by what is known of it.
update items set fold = 0 where exists (select from item_charges c where c.number = items.number);

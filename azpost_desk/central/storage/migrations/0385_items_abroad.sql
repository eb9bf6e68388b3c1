-- Where an item goes that leaves the country (ISO 3166); '' stays at home, or nobody has said yet.
alter table items add column country text not null default '';

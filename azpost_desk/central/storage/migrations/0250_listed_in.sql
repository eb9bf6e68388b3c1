-- Somebody in it may be on a watch list since it was to go back (MA-13): nothing leaves before two people decide.
alter table abroad_in add column listed boolean not null default false;

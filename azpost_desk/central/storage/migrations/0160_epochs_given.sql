-- The highest number of a chain that may have been given to a machine of this desk: after a restore of the centre
-- more than is known here.
alter table desks add column epoch_given integer not null default 0;

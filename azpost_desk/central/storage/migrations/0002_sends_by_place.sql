-- What a chain sent after an acknowledged record is asked for at every send.
create index transfers_by_place on transfers (desk, epoch, sequence);
drop index transfers_by_exposure;

-- Erasure by rule empties salt and bytes; the row and the commitment in the body stay.
alter table attachments alter column salt drop not null;
alter table attachments alter column content drop not null;

-- What was erased where: the centre's own copy, and the desk's by its own record; when the desk was last told.
-- 0 is not yet.
create table erasures (
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    slot text not null,
    commitment text not null,
    centre_ms bigint not null default 0,
    desk_ms bigint not null default 0,
    told_ms bigint not null default 0,
    primary key (desk, epoch, sequence, slot)
);
create index erasures_unconfirmed on erasures (desk) where desk_ms = 0;
create index erasures_ahead on erasures (desk) where centre_ms = 0;

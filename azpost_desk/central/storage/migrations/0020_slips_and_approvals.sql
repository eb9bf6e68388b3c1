-- What desks said of slips they read: compared with the chain that is said to have signed them.
create table slips_read (
    kind text not null,
    thing text not null,
    from_desk text not null,
    from_epoch integer not null,
    from_sequence bigint not null,
    hash text not null,
    figures bytea not null,
    read_by text not null,
    epoch integer not null,
    sequence bigint not null,
    primary key (kind, thing, read_by, epoch)
);
create index slips_read_by_origin on slips_read (from_desk, from_epoch, from_sequence);

-- Questions of branches with one person. On line they come by a request, by telephone with the journal.
create table approvals (
    desk text not null,
    epoch integer not null,
    request text not null,
    operation text not null,
    subject text not null,
    amount bigint not null,
    asker text not null,
    attempt integer not null,
    way text not null,
    challenge text not null default '',
    state text not null default 'waiting' check (state in ('waiting', 'given', 'refused', 'proved')),
    approver text not null default '',
    reason text not null default '',
    words bytea,
    signature bytea,
    asked_ms bigint not null,
    answered_ms bigint,
    primary key (desk, epoch, request)
);
create index approvals_waiting on approvals (asked_ms) where state = 'waiting' and way = 'centre_online';
create index approvals_by_operation on approvals (desk, operation);

-- What was read out on the telephone, once per challenge. The response is made again from it, never kept.
create table telephone_answers (
    desk text not null,
    epoch integer not null,
    challenge text not null,
    subject text not null,
    amount bigint not null,
    asker text not null,
    approver text not null,
    answered_ms bigint not null,
    operation text not null default '',
    primary key (desk, epoch, challenge)
);

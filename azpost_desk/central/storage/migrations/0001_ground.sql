-- Times are UTC milliseconds by the centre's clock unless a column says recorded. Amounts are qəpik.

create table centre (
    one boolean primary key default true check (one),
    epoch integer not null,
    epoch_opened_ms bigint not null
);

-- Private keys: whoever reads this table signs as the centre. Guard the database and its backups accordingly.
create table centre_keys (
    purpose text primary key,
    secret bytea not null,
    public text not null,
    made_ms bigint not null
);

create table branches (
    branch text primary key,
    name text not null,
    made_ms bigint not null
);

create table desks (
    desk text primary key,
    branch text not null references branches,
    number integer not null,
    epoch integer not null default 0,
    receipt_last integer not null default 0,
    day_next integer not null default 1,
    date text not null default '',
    state text not null default '',
    figures bytea not null default '\x6e756c6c',
    seen_centre_epoch integer not null default 0,
    seen_position bigint not null default 0,
    unique (branch, number)
);

create sequence receipt_series minvalue 1 maxvalue 999999;

create table enrolment_codes (
    hash bytea primary key,
    desk text not null references desks,
    expires_ms bigint not null,
    used_by text,
    epoch integer,
    receipt_series integer
);

-- One row per chain: the place where a batch is compared and set. Desks' chains and those of the centre's writers.
create table chain_heads (
    desk text not null,
    epoch integer not null,
    public_key text not null,
    sequence bigint not null default 0,
    hash bytea not null,
    state text not null default 'active' check (state in ('active', 'replaced', 'forked', 'lost')),
    received_ms bigint not null,
    recorded_ms bigint not null default 0,
    spoke_epoch integer not null default 0,
    spoke_sequence bigint not null default 0,
    primary key (desk, epoch)
);

create table batches (
    desk text not null,
    epoch integer not null,
    last bigint not null,
    hash bytea not null,
    signature bytea not null,
    ack_words bytea,
    ack_signature bytea,
    ack_digest text,
    received_ms bigint not null,
    primary key (desk, epoch, last)
);
create index batches_by_digest on batches (ack_digest);

create table operation_ids (
    desk text not null,
    operation uuid not null,
    content bytea not null,
    primary key (desk, operation)
);

create table journal (
    received_ms bigint not null,
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    hash bytea not null,
    header bytea not null,
    body bytea not null,
    accepted boolean not null
) partition by range (received_ms);
create index journal_by_place on journal (desk, epoch, sequence);
create table journal_default partition of journal default;

create table attachments (
    received_ms bigint not null,
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    slot text not null,
    salt bytea not null,
    content bytea not null
) partition by range (received_ms);
create index attachments_by_place on attachments (desk, epoch, sequence);
create table attachments_default partition of attachments default;

create table postings (
    received_ms bigint not null,
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    line integer not null,
    operation text not null,
    account text not null,
    sub text not null,
    currency text not null,
    minor bigint not null
) partition by range (received_ms);
create index postings_by_place on postings (desk, epoch, sequence);
create table postings_default partition of postings default;

-- Tails of a chain that exists twice: kept whole, without effect until somebody judges them.
create table contested (
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    hash bytea not null,
    previous bytea not null,
    record bytea not null,
    signature bytea not null,
    received_ms bigint not null,
    primary key (desk, epoch, sequence, hash)
);

create table exceptions (
    exception bigint generated always as identity primary key,
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    reason text not null,
    about text not null default '',
    owner text not null,
    made_ms bigint not null,
    unique (desk, epoch, sequence, reason, about)
);

create table work (
    work bigint generated always as identity primary key,
    desk text not null,
    epoch integer not null,
    first bigint not null,
    last bigint not null,
    received_ms bigint not null
);

create table tidings (
    tidings bigint generated always as identity primary key,
    kind text not null,
    payload bytea not null,
    addressees text[] not null,
    made_ms bigint not null,
    numbered boolean not null default false
);
create index tidings_waiting on tidings (tidings) where not numbered;

create table news (
    desk text not null,
    centre_epoch integer not null,
    position bigint not null,
    tidings bigint not null,
    primary key (desk, centre_epoch, position)
);

-- Apart from desks, so that numbering never waits for a batch nor a batch for numbering.
create table news_heads (
    desk text primary key,
    position bigint not null
);

create table reference (
    name text not null,
    branch text not null,
    version integer not null,
    valid_from text not null,
    content bytea not null,
    made_ms bigint not null,
    primary key (name, version)
);

create table transfer_codes (
    code text primary key,
    desk text not null,
    epoch integer not null
);

create table item_ranges (
    prefix text not null,
    first integer not null,
    last integer not null,
    desk text not null,
    epoch integer not null,
    primary key (prefix, first)
);

create table transfers (
    transfer text primary key,
    code text not null unique,
    state text not null,
    amount bigint not null,
    office text not null,
    parties bytea not null,
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    hash bytea not null,
    acknowledged text not null,
    sent_ms bigint not null,
    wrong_tries integer not null default 0,
    grants integer not null default 0,
    last_grant text not null default '',
    ended_by text not null default ''
);
create index transfers_by_exposure on transfers (desk, epoch, acknowledged);

create table grants (
    "grant" text primary key,
    thing text not null,
    number integer not null,
    purpose text not null,
    holder text not null,
    holder_epoch integer not null,
    request text not null,
    amount bigint not null,
    words bytea not null,
    signature bytea not null,
    state text not null,
    ended_by text not null default '',
    issued_ms bigint not null,
    unique (thing, number),
    unique (holder, holder_epoch, request)
);
-- Two grants of one thing never live at once; an open one that nobody can answer for is in doubt.
create unique index one_live_grant on grants (thing) where state in ('open', 'in_doubt');
create index open_grants on grants (holder, holder_epoch) where state = 'open';

-- Answers to claims that missed: a repeated request is the same try.
create table missed_claims (
    desk text not null,
    epoch integer not null,
    request text not null,
    answer bytea not null,
    primary key (desk, epoch, request)
);

create table payments (
    payment text primary key,
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    biller text not null,
    account text not null,
    amount bigint not null,
    accepted_ms bigint not null,
    txn_id bigint not null unique,
    state text not null,
    attempts integer not null default 0,
    next_ms bigint,
    provider_reference text not null default '',
    reason text not null default '',
    changed_ms bigint not null
);
create index payments_due on payments (next_ms) where next_ms is not null;

create table items (
    number text primary key,
    state text not null,
    desk text not null,
    accepted_office text not null,
    destination text not null,
    postcode text not null
);

create table item_events (
    operation text primary key,
    number text not null,
    event text not null,
    office text not null,
    desk text not null,
    at_ms bigint not null,
    detail text not null,
    voided boolean not null default false
);
create index item_events_by_number on item_events (number);

create table remittances (
    remittance text primary key,
    from_desk text not null,
    to_desk text not null,
    amount bigint not null,
    state text not null,
    issued_ms bigint not null,
    accepted_ms bigint
);

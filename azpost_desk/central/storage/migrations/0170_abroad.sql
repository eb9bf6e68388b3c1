-- Money over the border (central/abroad). Amounts of a foreign currency are smallest units of `currency`.

-- One row per partner: what people have switched, and how often it has refused without a yes between.
create table abroad_partners (
    partner text primary key,
    sale boolean not null default true,
    sending boolean not null default true,
    payout boolean not null default true,
    refusals integer not null default 0,
    why text not null default ''
);

-- Funds of a partner in one currency: the row is the lock under which they are promised (MA-5).
create table abroad_funds (
    partner text not null,
    currency text not null,
    funded bigint not null default 0,
    firm bigint not null default 0,
    primary key (partner, currency)
);

-- The centre's word on a price, used once; while it is open its sum is kept for it.
create table abroad_quotes (
    quote text primary key,
    desk text not null,
    epoch integer not null,
    partner text not null,
    currency text not null,
    arrives bigint not null,
    stands_ms bigint not null,
    words bytea not null,
    signature bytea not null,
    used_by text
);
create index abroad_quotes_open on abroad_quotes (partner, currency, stands_ms) where used_by is null;

create table abroad_out (
    transfer text primary key,
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    hash bytea not null,
    acknowledged text not null,
    sent_ms bigint not null,
    partner text not null,
    corridor text not null,
    currency text not null,
    arrives bigint not null,
    amount bigint not null,
    fee bigint not null,
    base bigint not null,
    refund_fee boolean not null,
    terms bytea not null,
    purpose text not null,
    parties bytea not null,
    state text not null,
    state_ms bigint not null,
    recall text not null default '',
    recall_ms bigint not null default 0,
    listed boolean not null default false,
    firm boolean not null default false,
    settled boolean not null default false,
    uetr text not null unique,
    ordinal integer not null default 0,
    document bytea,
    written_ms bigint not null default 0,
    settles_on text not null default '',
    attempts integer not null default 0,
    unanswered integer not null default 0,
    asked integer not null default 0,
    next_ms bigint,
    word text not null default '',
    reason text not null default '',
    number text not null default '',
    reference text not null default '',
    returned bigint not null default 0,
    grants integer not null default 0,
    last_grant text not null default '',
    ended_by text not null default ''
);
create index abroad_out_due on abroad_out (next_ms) where next_ms is not null;
create index abroad_out_by_state on abroad_out (state);

-- What a partner gave back, once by its own reference (MA-10).
create table abroad_returns (
    transfer text not null references abroad_out,
    reference text not null,
    returned bigint not null,
    primary key (transfer, reference)
);

-- Every byte of a partner as it came, kept before it is answered or used (M0-4).
create table partner_messages (
    message bigint generated always as identity primary key,
    partner text not null,
    digest bytea not null,
    raw bytea not null,
    received_ms bigint not null,
    applied boolean not null default false,
    outcome text not null default '',
    unique (partner, digest)
);
create index partner_messages_waiting on partner_messages (message) where not applied;

-- What the projector and the rounds decided and the centre's own book has yet to show, in order.
create table abroad_to_book (
    entry bigint generated always as identity primary key,
    kind text not null,
    body bytea not null
);

-- Money by code: a desk's requests, credits of the rail, what goes back (central/instant; domain/qr_moves).
create table qr_requests (
    request text primary key,
    desk text not null,
    epoch integer not null,
    basket text not null,
    tender text not null,
    digest text not null,
    amount bigint not null,
    state text not null,
    -- As the rail knows it.
    rail_id text not null unique,
    code text not null default '',
    until_ms bigint not null,
    reason text not null default '',
    -- The credit that answers it, and the centre's word for it as it was signed first.
    reference text not null default '',
    words bytea not null default '',
    signature bytea not null default '',
    asked_ms bigint not null,
    changed_ms bigint not null,
    unique (desk, tender)
);
create index qr_requests_open on qr_requests (changed_ms) where state in ('asked', 'unknown', 'shown', 'closing');
create index qr_requests_waiting on qr_requests (desk, epoch) where state in ('paid', 'late', 'in_doubt');

create table qr_credits (
    reference text primary key,
    rail_id text not null,
    amount bigint not null,
    account text not null,
    payer text not null,
    at_ms bigint not null,
    received_ms bigint not null,
    -- Whether the centre's book has it.
    booked boolean not null default false
);
create index qr_credits_unbooked on qr_credits (reference) where not booked;

-- Money on its way to whoever paid it: a whole credit, or parts of one that a settlement has used.
create table qr_backs (
    back text primary key,
    -- What it is made for: once for each.
    made_for text not null unique,
    reference text not null references qr_credits,
    tender text not null default '',
    amount bigint not null,
    state text not null,
    reason text not null default '',
    document bytea,
    attempts integer not null default 0,
    next_ms bigint,
    made_ms bigint not null,
    changed_ms bigint not null
);
create index qr_backs_due on qr_backs (next_ms) where next_ms is not null;
create index qr_backs_reference on qr_backs (reference);

-- What the rail said, as it came; kept before the rail is told that we have it.
create table rail_messages (
    message bigint generated always as identity primary key,
    digest bytea not null unique,
    raw bytea not null,
    received_ms bigint not null,
    applied boolean not null default false,
    outcome text not null default ''
);
create index rail_messages_waiting on rail_messages (message) where not applied;

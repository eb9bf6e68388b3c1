-- Messages to people (central/messaging). Contact and facts are personal data: erasure empties them.
create table messages (
    message text primary key,
    kind text not null,
    about text not null,
    -- Version of the kind's sentences: those it was queued with, then those it was sent with last.
    template integer not null,
    language text not null,
    channel text not null,
    contact text not null,
    facts text not null,
    -- The record whose effect it tells.
    desk text not null,
    epoch bigint not null,
    sequence bigint not null,
    state text not null,
    attempts integer not null default 0,
    -- When it is tried next; null when it is not.
    next_ms bigint,
    first_ms bigint not null default 0,
    made_ms bigint not null,
    changed_ms bigint not null,
    reason text not null default '',
    reference text not null default '',
    unique (kind, about)
);
create index messages_due on messages (channel, next_ms) where next_ms is not null;
create index messages_about on messages (about);
create index messages_failed on messages (changed_ms) where state = 'failed';

-- By which channels this centre reaches people, as the serving process noted it.
create table message_ports (
    channel text primary key,
    since_ms bigint not null
);

-- One row while nothing is sent.
create table message_pause (
    is_paused boolean primary key default true check (is_paused),
    paused_ms bigint not null,
    paused_by text not null,
    why text not null
);

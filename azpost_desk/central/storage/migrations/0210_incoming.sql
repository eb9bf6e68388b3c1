-- Money that comes from abroad to our counters (central/abroad/arriving). Sums are smallest units of `currency`.

create table abroad_in (
    transfer text primary key,
    partner text not null,
    way text not null,
    uetr text not null,
    -- The id of the message that told it.
    told_by text not null,
    reference text not null,
    end_to_end text not null,
    number text not null,
    currency text not null,
    amount bigint not null,
    promised bigint not null default 0,
    parties bytea not null,
    -- What was said, as one digest: the same UETR with another one is an incident (MA-24).
    content bytea not null,
    message bigint not null,
    receiver_key text not null,
    state text not null,
    state_ms bigint not null,
    received_ms bigint not null,
    -- The partner's statement has shown the credit: up to then it counts against its limit (MA-23).
    funded boolean not null default false,
    reason text not null default '',
    -- Something about it is being looked at: it is not paid before (MA-24).
    must_wait boolean not null default false,
    recall text not null default '',
    recall_case text not null default '',
    recall_ms bigint not null default 0,
    wrong_tries integer not null default 0,
    grants integer not null default 0,
    last_grant text not null default '',
    ended_by text not null default '',
    -- The purchase that stands: its figures, for a grant or for manat that were promised.
    bought_for text,
    bought_qapik bigint not null default 0,
    base_qapik bigint not null default 0,
    rate_id integer not null default 0,
    -- The return: its bytes are kept before the first of them leaves (M0-3).
    ordinal integer not null default 0,
    document bytea,
    written_ms bigint not null default 0,
    settles_on text not null default '',
    attempts integer not null default 0,
    unanswered integer not null default 0,
    asked integer not null default 0,
    next_ms bigint,
    unique (partner, uetr)
);
create unique index abroad_in_number on abroad_in (way, number) where number <> '';
create index abroad_in_due on abroad_in (next_ms) where next_ms is not null;
create index abroad_in_by_state on abroad_in (state);
create index abroad_in_twins on abroad_in (partner, end_to_end, amount, receiver_key);

-- What the centre says to a partner beside money: how a transfer stands, the answer to a recall. Kept, then
-- said, and said again until it was taken.
create table abroad_words (
    word bigint generated always as identity primary key,
    partner text not null,
    transfer text not null,
    ordinal integer not null,
    uetr text not null,
    reference text not null,
    end_to_end text not null,
    code text not null,
    reason text not null,
    case_id text not null,
    written_ms bigint not null,
    document bytea,
    attempts integer not null default 0,
    next_ms bigint,
    unique (transfer, ordinal)
);
create index abroad_words_due on abroad_words (next_ms) where next_ms is not null;

-- By which a credit that was booked before its message came is found by it (M0-4).
alter table partner_entries add column uetr text not null default '';
create index partner_entries_by_uetr on partner_entries (partner, uetr) where uetr <> '';

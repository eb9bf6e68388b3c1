-- A machine is replaced, lost, cloned or robbed of its key (protocol.md 1, 4, 5).
alter table chain_heads drop constraint chain_heads_state_check;
alter table chain_heads add constraint chain_heads_state_check
    check (state in ('active', 'replaced', 'forked', 'lost', 'revoked'));
-- A rotated key is believed beside the old one until it is first used; then it takes the old one's place.
alter table chain_heads add column next_key text not null default '';
-- The acknowledged record after which a revoked key is worth nothing.
alter table chain_heads add column revoked_after bigint;
-- When the chain was last heard of, to ten minutes: a desk that speaks is not lost.
alter table chain_heads add column heard_ms bigint not null default 0;

-- Tails of forks, and what a revoked key signed. `posted`: it had counted when its key was revoked.
alter table contested add column why text not null default 'forked';
alter table contested add column posted boolean not null default false;
alter table contested add column state text not null default 'open'
    check (state in ('open', 'confirmed', 'rejected'));
alter table contested add column judged_ms bigint;
create index contested_open on contested (desk, epoch, sequence) where state = 'open';

-- One person says with evidence that a desk will not come back; another confirms it after the waiting time.
create table lost_declarations (
    desk text not null references desks,
    epoch integer not null,
    first_person text not null,
    reason text not null,
    evidence text not null,
    declared_ms bigint not null,
    confirmed_ms bigint,
    primary key (desk, epoch)
);

-- Late records about grants that had been resolved without them; settled by the centre's book.
create table doubt_findings (
    "grant" text primary key,
    thing text not null,
    event text not null,
    amount bigint not null,
    desk text not null,
    record text not null,
    resolved text not null,
    found_ms bigint not null,
    settled boolean not null default false
);
create index doubt_findings_waiting on doubt_findings (thing) where not settled;

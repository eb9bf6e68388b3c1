-- What the centre proposes to a desk, and what the branch answered by a record of its own.
create table proposals (
    proposal text primary key,
    desk text not null,
    sort text not null,
    amount bigint not null check (amount > 0),
    holder text not null,
    reason text not null,
    evidence text not null,
    who text not null,
    made_ms bigint not null,
    state text not null default 'open',
    words text not null default '',
    epoch integer,
    sequence bigint,
    answered_ms bigint
);
create index open_proposals on proposals (desk) where state = 'open';

-- Every act of the centre that touched or read something of a desk; the desk is told of each.
create table acts (
    act_id text primary key,
    desk text not null,
    act text not null,
    who text not null,
    why text not null,
    about text not null,
    made_ms bigint not null
);
create index acts_of_a_desk on acts (desk, made_ms);

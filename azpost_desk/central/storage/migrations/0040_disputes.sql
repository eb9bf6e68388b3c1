-- Disputes that desks raised over a figure, and what the centre answered. A number is a desk's own.
create table disputes (
    desk text not null,
    dispute text not null,
    operation text not null,
    officer text not null,
    figure text not null,
    about text not null,
    date text not null,
    value bigint not null,
    unit text not null,
    words text not null,
    evidence text not null,
    raised_ms bigint not null,
    due text not null,
    state text not null,
    changed_ms bigint not null,
    outcome text not null default '',
    last_words text not null default '',
    primary key (desk, dispute)
);
create index disputes_by_state on disputes (state, due);

-- Every answer stays: the last one counts, the ones before it are part of the case.
create table dispute_answers (
    desk text not null,
    dispute text not null,
    answered_ms bigint not null,
    answer text not null,
    words text not null,
    answered_by text not null,
    primary key (desk, dispute, answered_ms),
    foreign key (desk, dispute) references disputes (desk, dispute)
);

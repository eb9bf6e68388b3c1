-- Watch lists as they were imported, version by version; an entry stands from `first` until before `gone`.
create table watch_lists (
    source text not null,
    version integer not null,
    entries integer not null,
    imported_ms bigint not null,
    imported_by text not null,
    primary key (source, version)
);
create table watch_entries (
    source text not null,
    id text not null,
    first integer not null,
    gone integer,
    content bytea not null,
    primary key (source, id, first)
);
create unique index watch_entries_now on watch_entries (source, id) where gone is null;

-- Why a transfer is under review: which party may be whom on which list.
create table suspicions (
    transfer text not null,
    party text not null,
    source text not null,
    id text not null,
    version integer not null,
    name text not null,
    score integer not null,
    made_ms bigint not null,
    primary key (transfer, party, source, id)
);

-- Amendments of advance data (central/mail/advance.py): which message replaces which, and whether customs can work
-- with it. The first version is the acceptance's; what is personal lies beside the records.
create table item_declarations (
    message text primary key,
    number text not null,
    acceptance text not null,
    version integer not null,
    supersedes text not null,
    desk text not null,
    epoch integer not null,
    sequence bigint not null,
    at_ms bigint not null,
    sound boolean not null,
    has_left boolean not null
);
create index item_declarations_by_number on item_declarations (number);

-- What was agreed on for a transfer. An ordinary one is not paid out before this moment (UTC ms).
alter table transfers add column available_ms bigint not null default 0;
-- What waits for one office, to be reserved ahead of its receivers.
create index transfers_by_office on transfers (office, sent_ms) where state = 'available' and office <> '';
-- Since when a transfer that went back waits for its sender (UTC ms).
alter table transfers add column state_ms bigint not null default 0;
-- When two people let it go: its time counts from then on.
alter table transfers add column let_go_ms bigint not null default 0;
create index transfers_by_age on transfers (sent_ms) where state = 'available';
create index transfers_gone_back on transfers (state_ms) where state = 'returned';

-- What was agreed on for a transfer. An ordinary one is not paid out before this moment (UTC ms).
alter table transfers add column available_ms bigint not null default 0;
-- What waits for one office, to be reserved ahead of its receivers.
create index transfers_by_office on transfers (office, sent_ms) where state = 'available' and office <> '';

-- What was agreed on for a transfer. An ordinary one is not paid out before this moment (UTC ms).
alter table transfers add column available_ms bigint not null default 0;

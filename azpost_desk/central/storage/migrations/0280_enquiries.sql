-- An enquiry of a customer is a task with a term (ISO date), which its answer ends.
alter table exceptions add column due text not null default '';
alter table exceptions add column ended_ms bigint not null default 0;

-- A partner's word that fits nothing is tried again less and less often (central/abroad/hearing): when at the
-- latest, of which UETRs it speaks, and how those stood when it was tried. Stand they otherwise, it is tried.
alter table partner_messages
    add column next_ms bigint not null default 0,
    add column speaks_of text[] not null default '{}',
    add column stood text not null default '';

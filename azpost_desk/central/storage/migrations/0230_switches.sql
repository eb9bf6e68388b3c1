-- Why a partner's sale, sending or pay-out stands as it does, each by itself, and since when (0: not known).
create table abroad_switches (
    partner text not null,
    switch text not null,
    why text not null,
    since_ms bigint not null,
    primary key (partner, switch)
);
insert into abroad_switches
select partner, switch, why, 0
from abroad_partners,
    lateral (values ('sale', sale), ('sending', sending), ('payout', payout)) as one (switch, is_on)
where not is_on;

-- Who judges a shard of the vehicles, in which epoch and until when, and how far it has come: the sequence of the last letter of its stream that was
-- committed, written in the window's own transaction. `stream` names that stream by the moment it was made: another one counts anew.
create table fleet_shard (
    shards int not null,
    shard int not null,
    epoch bigint not null default 0,
    holder text not null default '',
    until timestamptz not null default '-infinity',
    number bigint not null default 0,
    stream text not null default '',
    at timestamptz,
    primary key (shards, shard),
    check (shard >= 0 and shard < shards)
) with (fillfactor = 10);

insert into fleet_stranger as known (protocol, name, address, reason, said_zh, said_en, first_at, last_at, times)
select protocol, name, address, reason, said_zh, said_en, last_at, last_at, times
from jsonb_to_recordset(%s::jsonb) as told(protocol text, name text, address text, reason text, said_zh text, said_en text, last_at timestamptz, times bigint)
order by protocol, name, reason
on conflict (protocol, name, reason) do update set
    address = excluded.address, said_zh = excluded.said_zh, said_en = excluded.said_en, last_at = excluded.last_at, times = known.times + excluded.times

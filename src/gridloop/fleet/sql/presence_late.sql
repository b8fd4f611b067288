-- What came in between two moments for slots that are filled already (batches told late), whatever their age, added to their squares.
insert into fleet_presence as kept (slot, tile, vehicles)
select floor(extract(epoch from at) / 600)::int,
    (lon_e7::bigint + 1800000000) / 100000 * 20000 + (lat_e7::bigint + 900000000) / 100000 as tile,
    array_agg(distinct vehicle_id)
from fleet_position
where received_at >= %(since)s and received_at < %(until)s and at >= %(oldest)s and at < to_timestamp(%(filled)s * 600::bigint)
    and marks & 11 = 0
group by 1, 2
on conflict (slot, tile) do update set
    vehicles = (select array_agg(distinct one) from unnest(kept.vehicles || excluded.vehicles) as one)
    where not kept.vehicles @> excluded.vehicles
returning slot

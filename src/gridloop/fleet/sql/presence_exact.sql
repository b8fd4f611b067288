-- The fixes of these vehicles in these slots, by the key of positions.
select p.vehicle_id, p.at, p.lon_e7, p.lat_e7
from unnest(%(vehicles)s::int[], %(slots)s::int[]) as asked(vehicle, slot)
join lateral (
    select vehicle_id, at, lon_e7, lat_e7 from fleet_position
    where vehicle_id = asked.vehicle and at >= greatest(to_timestamp(asked.slot * 600::bigint), %(since)s)
        and at < least(to_timestamp((asked.slot + 1) * 600::bigint), %(until)s)
        and lon_e7 between %(west)s and %(east)s and lat_e7 between %(south)s and %(north)s and marks & 11 = 0
) p on true

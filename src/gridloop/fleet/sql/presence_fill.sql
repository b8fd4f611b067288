insert into fleet_presence (slot, tile, vehicles)
select %(slot)s,
    (lon_e7::bigint + 1800000000) / 100000 * 20000 + (lat_e7::bigint + 900000000) / 100000 as tile,
    array_agg(distinct vehicle_id)
from fleet_position
where at >= to_timestamp(%(slot)s * 600::bigint) and at < to_timestamp((%(slot)s + 1) * 600::bigint) and marks & 11 = 0
group by tile
on conflict (slot, tile) do update set vehicles = excluded.vehicles

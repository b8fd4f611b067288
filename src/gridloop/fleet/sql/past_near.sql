-- All fixes in a span of the vehicles that came near a box in it: what a border drawn now would have judged.
with near as (
    select distinct p.vehicle_id from fleet_position p
    join fleet_vehicle v on v.id = p.vehicle_id
    where p.at >= %(since)s and p.at < %(until)s and p.lon_e7 between %(west)s and %(east)s and p.lat_e7 between %(south)s and %(north)s
        and (%(kinds)s::text[] = '{}' or v.kind = any(%(kinds)s)) and (%(everywhere)s or v.area like any(%(areas)s))
)
select p.vehicle_id, (extract(epoch from p.at) * 1000)::bigint, (extract(epoch from p.received_at) * 1000)::bigint, p.lon_e7, p.lat_e7,
    p.serial, p.speed, p.heading, p.altitude_m, p.status, p.marks, p.source
from fleet_position p join near using (vehicle_id)
where p.at >= %(since)s and p.at < %(until)s limit %(limit)s

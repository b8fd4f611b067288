-- All fixes of these vehicles in a span, as a rule is replayed over them.
select p.vehicle_id, (extract(epoch from p.at) * 1000)::bigint, (extract(epoch from p.received_at) * 1000)::bigint, p.lon_e7, p.lat_e7,
    p.serial, p.speed, p.heading, p.altitude_m, p.status, p.marks, p.source
from fleet_position p
where p.vehicle_id = any(%(vehicles)s::int[]) and p.at >= %(since)s and p.at < %(until)s

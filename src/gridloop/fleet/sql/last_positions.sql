insert into fleet_last as last (vehicle_id, at, received_at, lon_e7, lat_e7, alarm, status, speed, heading, marks, source)
select vehicle_id, at, received_at, lon_e7, lat_e7, alarm, status, speed, heading, marks, source
from unnest(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    as told(vehicle_id, at, received_at, lon_e7, lat_e7, alarm, status, speed, heading, marks, source)
on conflict (vehicle_id) do update set
    at = excluded.at, received_at = excluded.received_at, lon_e7 = excluded.lon_e7, lat_e7 = excluded.lat_e7, alarm = excluded.alarm,
    status = excluded.status, speed = excluded.speed, heading = excluded.heading, marks = excluded.marks, source = excluded.source
where excluded.at > last.at

select (extract(epoch from at) * 1000)::bigint, lon_e7, lat_e7, speed, heading, marks, source
from fleet_position where vehicle_id = %(vehicle)s and at >= %(since)s and at < %(until)s order by at, serial

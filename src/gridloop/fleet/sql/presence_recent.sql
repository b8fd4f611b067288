-- Fixes in a box in the minutes for which no squares are filled yet.
select vehicle_id, at, lon_e7, lat_e7 from fleet_position
where at >= %(since)s and at < %(until)s and lon_e7 between %(west)s and %(east)s and lat_e7 between %(south)s and %(north)s and marks & 11 = 0

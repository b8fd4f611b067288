-- How many fixes each of these vehicles told in a span.
select vehicle_id, count(*) from fleet_position
where vehicle_id = any(%(vehicles)s::int[]) and at >= %(since)s and at < %(until)s group by vehicle_id

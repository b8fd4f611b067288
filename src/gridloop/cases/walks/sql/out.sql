-- Who is on shift in these areas, each with the last position, if there is one yet.
select w.id, w.person_id, w.area, w.begun_at, p.at, p.lon, p.lat, p.accuracy_m
from cases_walk w
left join lateral (
    select at, lon, lat, accuracy_m from cases_walk_position where walk_id = w.id order by at desc limit 1
) p on true
where w.ended_at is null and w.begun_at > %(since)s and w.area like any (%(areas)s)
order by w.id
limit %(most)s

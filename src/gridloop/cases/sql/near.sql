-- Open cases round a spot, and those closed in the last days: the nearest first.
select c.id, c.number, c.state, c.class_kind, c.class_code, c.title, c.text, c.opened_at, c.place, c.unit_id, c.photo, c.reports, c.version,
       c.reporter_id, st_distance(c.geom, spot.geom) * cos(radians(%(lat)s)) as distance_m
from (select st_transform(st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4326), 3857) as geom) spot
join cases_case c on st_dwithin(c.geom, spot.geom, %(radius)s)
where (c.state not in ('closed', 'rejected', 'withdrawn', 'merged', 'voided') or (c.state = 'closed' and c.closed_at > %(closed_after)s))
  and c.id <> %(without)s
order by distance_m, c.id desc
limit 40

-- Open cases round a spot, and those closed in the last days: the nearest first, with the tokens of their words.
select c.id, c.number, c.state, c.class_kind, c.class_code, c.title, w.tokens, c.opened_at, c.place, c.unit_id, c.photo, c.reports, c.version,
       c.reporter_id, c.distance_m
from (
    select one.*, st_distance(one.geom, spot.geom) * cos(radians(%(lat)s)) as distance_m
    from (select st_transform(st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4326), 3857) as geom) spot
    join cases_case one on st_dwithin(one.geom, spot.geom, %(radius)s)
    where one.id <> %(without)s and one.source <> 'recurrence'
      and (one.state not in ('closed', 'rejected', 'withdrawn', 'merged', 'voided')
           or (one.state = 'closed' and one.closed_at > %(closed_after)s))
    order by distance_m, one.id desc
    limit 20
) c
left join cases_text w on w.case_id = c.id
order by c.distance_m, c.id desc

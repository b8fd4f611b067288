-- One statement: for every followed area, how many cases were taken on and how many closed there since its follower was told.
-- Counts and nothing else leave it. A case counts once for each of the two; what is withdrawn, void or merged by now does not count.
-- Reads the events after `since` by their BRIN index, then meets the areas by prefix or by distance.
with happened as (
    select distinct e.case_id, e.verb in ('close', 'self_handle') as closed, max(e.at) as at
    from cases_event e
    where e.at > %(since)s and e.at <= %(until)s and e.verb in ('register', 'confirm', 'close', 'self_handle')
    group by e.case_id, e.verb in ('close', 'self_handle')
),
news as (
    select h.case_id, h.closed, h.at, c.place, c.geom, c.class_kind || ':' || c.class_code as class
    from happened h
    join cases_case c on c.id = h.case_id
    where c.state not in ('withdrawn', 'voided', 'merged')
)
select w.person_id, w.place, coalesce(w.radius_m, 0), count(*) filter (where not n.closed), count(*) filter (where n.closed)
from cases_watch w
join news n on n.at > w.seen_at
    and (
        (w.place <> '' and n.place >= w.place and n.place < w.place || '~')
        or (w.place = '' and st_dwithin(
            n.geom, st_transform(st_setsrid(st_makepoint(w.lon, w.lat), 4326), 3857), w.radius_m / cos(radians(w.lat))
        ))
    )
    and (w.classes = '{}' or exists (select from unnest(w.classes) wanted where starts_with(n.class, wanted)))
group by w.id
order by w.person_id, w.id

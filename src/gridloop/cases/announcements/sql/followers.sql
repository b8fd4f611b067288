-- One statement: who follows something that this announcement is about.
-- Who follows a division hears when one lies in the other; who follows a circle hears when it meets the shape, or without one when its middle lies in a division.
select distinct w.person_id
from cases_announcement n
join cases_watch w on true
left join lateral places_at(w.lon, w.lat) spot on w.place = '' and n.geom is null
where n.id = %(id)s
    and (
        (w.place <> '' and exists (select from unnest(n.areas) area where starts_with(w.place, area) or starts_with(area, w.place)))
        or (w.place = '' and n.geom is null and exists (select from unnest(n.areas) area where starts_with(spot.place, area)))
        or (w.place = '' and n.geom is not null and st_dwithin(
            n.geom, st_setsrid(st_makepoint(w.lon, w.lat), 4326)::geography, w.radius_m + coalesce(n.radius_m, 0)
        ))
    )
order by w.person_id

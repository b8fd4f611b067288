-- One statement: which of these announcements hold at a spot: its division is meant, or it lies within a kilometre of the shape.
select n.id
from cases_announcement n
cross join (select place from places_at(%(lon)s, %(lat)s)) spot
where n.id = any(%(ids)s)
    and (
        (n.geom is null and exists (select from unnest(n.areas) area where starts_with(spot.place, area)))
        or (n.geom is not null and st_dwithin(
            n.geom, st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4326)::geography, %(within_m)s + coalesce(n.radius_m, 0)
        ))
    )

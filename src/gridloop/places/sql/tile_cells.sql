select st_asmvt(feature, 'cells', 4096, 'geom')
from (
    select st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 16) as geom,
           code, village12 as village, village_by, area_m2
    from places_cell
    where valid_to is null and %(z)s >= 13
      and geom && st_transform(st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 0.005), 4326)
      and (%(areas)s::text[] is null or code like any (%(areas)s))
) feature
where geom is not null

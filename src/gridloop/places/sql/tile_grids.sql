select st_asmvt(feature, 'grids', 4096, 'geom')
from (
    select st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 64) as geom,
           code, village12 as village, name_zh, name_en, workers
    from places_grid
    where valid_to is null and %(z)s >= 10
      and geom && st_transform(st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 0.02), 4326)
      and (%(areas)s::text[] is null or code like any (%(areas)s))
) feature
where geom is not null

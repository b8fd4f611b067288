select st_asmvt(feature, 'divisions', 4096, 'geom')
from (
    select st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 64) as geom,
           area as code, level, name_zh, name_en
    from places_division
    where level = 3 and valid_to is null and geom && st_transform(st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 0.02), 4326)
) feature
where geom is not null

-- From zoom 16 every component, by its geohash-ordered copy.
select st_asmvt(feature, 'components', 4096, 'geom')
from (
    select st_asmvtgeom(geom, st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 64) as geom, code, subclass, left(subclass, 2) as class, state
    from places_componentpoint
    where geom && st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 0.016) and state <> 'abandoned'
      and (%(areas)s::text[] is null or code like any (%(areas)s))
      and (%(class)s = '' or starts_with(subclass, %(class)s))
) feature
where geom is not null

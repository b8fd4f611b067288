-- Components in a shape by class and state, counted up to a limit.
select left(subclass, 2) as class, state, count(*)::int from (
    select subclass, state from places_componentpoint
    where st_intersects(geom, st_transform(st_makevalid(st_geomfromtext(%(shape)s, 4326)), 3857)) and state <> 'abandoned'
      and (%(areas)s::text[] is null or code like any (%(areas)s))
      and (%(class)s = '' or starts_with(subclass, %(class)s))
    limit %(most)s) found
group by 1, 2

-- From zoom 10 to 15 counts in 64 x 64 squares a tile: a range of columns and rows of the zoom, one county's beside another's.
select st_asmvt(feature, 'components', 4096, 'geom')
from (
    select st_asmvtgeom(st_setsrid(st_makepoint(sum(st_x(geom) * n) / sum(n), sum(st_y(geom) * n) / sum(n)), 3857),
                        st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 0, false) as geom,
           sum(n)::int as n, sum(broken)::int as broken,
           sum(n01)::int as n01, sum(n02)::int as n02, sum(n03)::int as n03, sum(n04)::int as n04, sum(n05)::int as n05
    from places_componentcluster
    where zoom = %(z)s
      and "column" between %(x)s * 64 and %(x)s * 64 + 63
      and row between %(y)s * 64 and %(y)s * 64 + 63
      and (%(areas)s::text[] is null or county6 like any (%(areas)s))
      and (%(class)s = '' or case left(%(class)s, 2) when '01' then n01 when '02' then n02 when '03' then n03 when '04' then n04
                                  when '05' then n05 else 0 end > 0)
    group by "column", row
) feature
where geom is not null

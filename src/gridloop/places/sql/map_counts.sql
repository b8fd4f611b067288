-- How many of each ground layer touch a shape; each is counted up to a limit.
with asked as (select st_makevalid(st_geomfromtext(%(shape)s, 4326)) as shape)
select 'divisions' as layer, count(*)::int from (
    select 1 from places_division, asked where valid_to is null and level = 3 and st_intersects(geom, shape) limit %(most)s) one
where 'divisions' = any(%(layers)s)
union all
select 'grids', count(*)::int from (
    select 1 from places_grid, asked where valid_to is null and st_intersects(geom, shape)
        and 'grids' = any(%(layers)s) and (%(areas)s::text[] is null or code like any (%(areas)s)) limit %(most)s) one
union all
select 'cells', count(*)::int from (
    select 1 from places_cell, asked where valid_to is null and st_intersects(geom, shape)
        and 'cells' = any(%(layers)s) and (%(areas)s::text[] is null or code like any (%(areas)s)) limit %(most)s) one
union all
select 'stations', count(*)::int from (
    select 1 from places_placename, asked where kind = 'metro' and st_intersects(geom, shape)
        and 'stations' = any(%(layers)s) limit %(most)s) one

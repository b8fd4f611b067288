-- What is at a point, for statements that may not leave the database. Finest first; a county is looked up only where no cell is.
create or replace function places_at(lon float8, lat float8)
returns table(cell text, grid text, place text, village text)
language sql stable parallel safe rows 1 as $$
    select c.code::text, g.code::text, coalesce(c.code, g.village12, d.area, '')::text, coalesce(c.village12, g.village12)::text
    from (select st_setsrid(st_makepoint(lon, lat), 4326) as geom) spot
    left join lateral (
        select code, village12 from places_cell
        where st_intersects(places_cell.geom, spot.geom) and valid_to is null
        order by code limit 1
    ) c on true
    left join lateral (
        select code, village12 from places_grid
        where st_intersects(places_grid.geom, spot.geom) and valid_to is null
        order by code limit 1
    ) g on true
    left join lateral (
        select area from places_division
        where c.code is null and g.code is null and level = 3 and valid_to is null
          and st_intersects(places_division.geom, spot.geom)
        order by area limit 1
    ) d on true
$$;

-- The nearest component of a subclass that still stands there; never looks further than 500 m, so that its cost is bounded.
create or replace function places_nearest_component(lon float8, lat float8, subclass text, within_m float8)
returns table(code text, owner_unit bigint, distance_m float8, state text)
language sql stable parallel safe rows 1 as $$
    select near.code::text, near.owner_unit_id, near.distance_m, near.state
    from (
        select component.code, component.owner_unit_id, component.state,
               st_distance(component.geom::geography, spot.geom::geography) as distance_m
        from (select st_setsrid(st_makepoint(lon, lat), 4326) as geom, least(within_m, 500) / 110000.0 as degrees) spot
        join places_component component
          on component.geom && st_expand(spot.geom, spot.degrees / greatest(cos(radians(lat)), 0.01), spot.degrees)
        where component.subclass = places_nearest_component.subclass and component.state <> 'abandoned'
    ) near
    where near.distance_m <= least(within_m, 500)
    order by near.distance_m, near.code
    limit 1
$$;

-- The street at a point (60 m) and the landmark near it (500 m; a station counts as half as far).
create or replace function places_address(lon float8, lat float8)
returns table(street_zh text, street_en text, near_zh text, near_en text, near_kind text, near_m float8)
language sql stable parallel safe rows 1 as $$
    select street.name_zh, street.name_en, near.name_zh, near.name_en, near.kind, near.distance_m
    from (select st_setsrid(st_makepoint(lon, lat), 4326) as geom) spot
    left join lateral (
        select name_zh, name_en, st_distance(name.geom::geography, spot.geom::geography) as distance_m
        from places_placename name
        where name.kind = 'street' and name.geom && st_expand(spot.geom, 0.0007)
        order by 3, 1 limit 1
    ) street on street.distance_m <= 60
    left join lateral (
        select name_zh, name_en, kind, st_distance(name.geom::geography, spot.geom::geography) as distance_m
        from places_placename name
        where name.kind <> 'street' and name.geom && st_expand(spot.geom, 0.0055)
        order by st_distance(name.geom::geography, spot.geom::geography) * case kind when 'metro' then 0.5 else 1 end, name_zh
        limit 1
    ) near on near.distance_m <= 500
$$;

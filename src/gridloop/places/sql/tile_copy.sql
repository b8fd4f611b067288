-- The copy that tiles are drawn from follows its component in the same transaction, a statement at a time.
create or replace function places_component_added() returns trigger language plpgsql as $$
begin
    insert into places_componentpoint (code, subclass, state, geom)
    select code, subclass, state, st_transform(geom, 3857) from added
    order by st_geohash(geom, 10);
    return null;
end $$;

create or replace function places_component_changed() returns trigger language plpgsql as $$
begin
    update places_componentpoint point
    set subclass = changed.subclass, state = changed.state, geom = st_transform(changed.geom, 3857)
    from changed
    where point.code = changed.code
      and ((point.subclass, point.state) is distinct from (changed.subclass, changed.state)
           or not st_equals(point.geom, st_transform(changed.geom, 3857)));
    return null;
end $$;

create or replace function places_component_removed() returns trigger language plpgsql as $$
begin
    delete from places_componentpoint point using removed where point.code = removed.code;
    return null;
end $$;

create or replace trigger places_component_added after insert on places_component
    referencing new table as added for each statement execute function places_component_added();
create or replace trigger places_component_changed after update on places_component
    referencing new table as changed for each statement execute function places_component_changed();
create or replace trigger places_component_removed after delete on places_component
    referencing old table as removed for each statement execute function places_component_removed();

-- Counts all components anew: zoom 15 from the points, each wider zoom from the one below it. Readers see the old counts until the commit.
create or replace function places_refresh_clusters() returns bigint language plpgsql as $$
declare
    world constant float8 := 20037508.342789244;  -- half the width of web Mercator, metres
    squares bigint;
begin
    perform pg_advisory_xact_lock(hashtext('places_refresh_clusters'));
    delete from places_componentcluster;
    insert into places_componentcluster (zoom, county6, "column", row, geom, n, broken, n01, n02, n03, n04, n05)
    select 15, left(code, 6), least(floor((st_x(geom) + world) * 2097152 / (2 * world)), 2097151)::int,
           least(floor((world - st_y(geom)) * 2097152 / (2 * world)), 2097151)::int,
           st_setsrid(st_makepoint(avg(st_x(geom)), avg(st_y(geom))), 3857), count(*),
           count(*) filter (where state in ('broken', 'lost')),
           count(*) filter (where left(subclass, 2) = '01'), count(*) filter (where left(subclass, 2) = '02'),
           count(*) filter (where left(subclass, 2) = '03'), count(*) filter (where left(subclass, 2) = '04'),
           count(*) filter (where left(subclass, 2) = '05')
    from places_componentpoint
    where state <> 'abandoned'
    group by 2, 3, 4;
    for wider in reverse 14..10 loop
        insert into places_componentcluster (zoom, county6, "column", row, geom, n, broken, n01, n02, n03, n04, n05)
        select wider, county6, "column" / 2, row / 2,
               st_setsrid(st_makepoint(sum(st_x(geom) * n) / sum(n), sum(st_y(geom) * n) / sum(n)), 3857), sum(n),
               sum(broken), sum(n01), sum(n02), sum(n03), sum(n04), sum(n05)
        from places_componentcluster
        where zoom = wider + 1
        group by 2, 3, 4;
    end loop;
    select count(*) into squares from places_componentcluster;
    return squares;
end $$;

-- Puts the copy back into the order of its geohash after much has been added.
create or replace function places_recluster_points() returns void language plpgsql as $$
begin
    lock table places_componentpoint in access exclusive mode;
    create temporary table places_ordered on commit drop as select * from places_componentpoint;
    truncate places_componentpoint;
    insert into places_componentpoint (code, subclass, state, geom)
    select code, subclass, state, geom from places_ordered order by st_geohash(st_transform(geom, 4326), 10);
end $$;

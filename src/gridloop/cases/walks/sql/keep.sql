-- A batch of positions of one shift, and what it says of the cells: when somebody was last in each.
with sent as (
    select * from unnest(%(at)s::timestamptz[], %(lon)s::float8[], %(lat)s::float8[], %(accuracy_m)s::float8[]) as s (at, lon, lat, accuracy_m)
), kept as (
    insert into cases_walk_position (walk_id, at, lon, lat, accuracy_m)
    select %(walk)s, at, lon, lat, accuracy_m from sent
    on conflict do nothing
    returning at, lon, lat, accuracy_m
), visited as (
    insert into cases_cell_visit (cell, at)
    select here.cell, max(kept.at)
    from kept cross join lateral places_at(kept.lon, kept.lat) here
    where kept.accuracy_m <= %(exact_m)s and here.cell is not null
    group by here.cell
    on conflict (cell) do update set at = greatest(cases_cell_visit.at, excluded.at)
)
select count(*) from kept

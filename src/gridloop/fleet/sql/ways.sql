-- Positions lie in the order they came in, so the fixes of one vehicle lie in as many pages as there are fixes: 1,440 pages for a day with one a minute.
-- The key holds what a way shows, so that these are read from some twenty pages of the index. Whoever adds a column to `track` or `presence_exact` adds it here.
alter table fleet_position drop constraint fleet_position_pkey;
alter table fleet_position add constraint fleet_position_pkey primary key (vehicle_id, at, serial)
    include (lon_e7, lat_e7, speed, heading, marks, source);

-- As before; and what is new in a day is marked as seen by all when it is a twentieth of the day, not a fifth: only such pages are read from the key alone.
create or replace function fleet_make_days(from_day date, until_day date) returns int language plpgsql as $$
declare
    one date := from_day;
    name text;
    begins timestamptz;
    made int := 0;
begin
    while one <= until_day loop
        name := 'fleet_position_' || to_char(one, 'YYYYMMDD');
        begins := one::timestamp at time zone 'UTC';
        if to_regclass(name) is null then
            execute format('create table %I (like fleet_position including defaults including constraints) with (autovacuum_vacuum_insert_scale_factor = 0.05)', name);
            execute format('with moved as (delete from fleet_position_other where at >= %L and at < %L returning *) insert into %I select * from moved',
                begins, begins + interval '1 day', name);
            execute format('alter table fleet_position attach partition %I for values from (%L) to (%L)', name, begins, begins + interval '1 day');
            made := made + 1;
        end if;
        one := one + 1;
    end loop;
    return made;
end $$;

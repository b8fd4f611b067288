-- How far the gateway has come: the number of the last window that was committed, written in the window's own transaction.
create table fleet_gateway (
    name text primary key,
    number bigint not null,
    at timestamptz not null
) with (fillfactor = 10);

-- As before, and what had claimed a day before the day was made moves into it; otherwise one terminal with a wrong clock would keep the day from being made.
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
            execute format('create table %I (like fleet_position including defaults including constraints)', name);
            execute format('with moved as (delete from fleet_position_other where at >= %L and at < %L returning *) insert into %I select * from moved',
                begins, begins + interval '1 day', name);
            execute format('alter table fleet_position attach partition %I for values from (%L) to (%L)', name, begins, begins + interval '1 day');
            made := made + 1;
        end if;
        one := one + 1;
    end loop;
    return made;
end $$;

-- Who drove when, for rest times alone: a keyed hash of the licence number, null when the card was taken out. Forgotten after eight days.
create table fleet_shift (
    vehicle_id int not null,
    at timestamptz not null,
    token bigint,
    primary key (vehicle_id, at)
);

-- Positions in daily partitions. A terminal that resends what was not acknowledged meets its own key; the key is also the way to a vehicle's day.
-- Places are ten-millionths of a degree (1 cm); speed 0.1 km/h, heading degrees; alarm and status the 32 bits of the terminal as signed numbers.
create table fleet_position (
    received_at timestamptz not null,
    at timestamptz not null,
    vehicle_id int not null,
    serial int not null,
    lon_e7 int not null,
    lat_e7 int not null,
    alarm int not null,
    status int not null,
    speed smallint not null,
    heading smallint not null,
    altitude_m smallint not null,
    marks smallint not null,
    source smallint not null,
    extras bytea,
    primary key (vehicle_id, at, serial)
) partition by range (at);
create index fleet_position_at on fleet_position using brin (at) with (pages_per_range = 32);

-- What claims a day that has no partition: a clock far from ours. Marked and kept, and looked at by nobody but the quality page.
create table fleet_position_other partition of fleet_position default;

-- The last position of each vehicle that was believed; fillfactor leaves room for updates in place.
create table fleet_last (
    vehicle_id int primary key,
    at timestamptz not null,
    received_at timestamptz not null,
    lon_e7 int not null,
    lat_e7 int not null,
    alarm int not null,
    status int not null,
    speed smallint not null,
    heading smallint not null,
    marks smallint not null,
    source smallint not null
) with (fillfactor = 50);

-- Partitions for whole days of UTC from one day to another, as far as they are missing; returns how many were made.
create function fleet_make_days(from_day date, until_day date) returns int language plpgsql as $$
declare
    one date := from_day;
    name text;
    made int := 0;
begin
    while one <= until_day loop
        name := 'fleet_position_' || to_char(one, 'YYYYMMDD');
        if to_regclass(name) is null then
            execute format('create table %I partition of fleet_position for values from (%L) to (%L)', name,
                one::timestamp at time zone 'UTC', (one + 1)::timestamp at time zone 'UTC');
            made := made + 1;
        end if;
        one := one + 1;
    end loop;
    return made;
end $$;

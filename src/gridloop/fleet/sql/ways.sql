-- Positions lie in the order they came in, so the fixes of one vehicle lie in as many pages as there are fixes: 1,440 pages for a day with one a minute.
-- The key holds what a way shows, so that these are read from neighbouring entries of the index. Whoever adds a column to `track` or `presence_exact` adds it here.
alter table fleet_position drop constraint fleet_position_pkey;
alter table fleet_position add constraint fleet_position_pkey primary key (vehicle_id, at, serial)
    include (lon_e7, lat_e7, speed, heading, marks, source);

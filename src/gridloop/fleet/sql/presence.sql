-- Who was in which square of a hundredth of a degree in which ten minutes, as one list of vehicles a square and slot: a day of 60,000
-- vehicles is some hundred thousand rows, where one row a vehicle would be tens of millions. slot: ten minutes since 1970 UTC;
-- tile: column times 20,000 plus row, both counted from the south-west (rules/presence.py).
create table fleet_presence (
    slot int not null,
    tile int not null,
    vehicles int[] not null,
    primary key (slot, tile)
);
-- Slots below `slot` are filled.
create table fleet_presence_until (
    one boolean primary key default true check (one),
    slot int not null
);

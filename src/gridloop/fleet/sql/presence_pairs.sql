-- Which vehicle was in one of these squares in which slot; `sure` where a square lies wholly inside the area.
select vehicle, slot, bool_or(sure) sure
from fleet_presence p
join unnest(%(tiles)s::int[], %(inside)s::bool[]) as t(tile, sure) using (tile)
cross join unnest(p.vehicles) as vehicle
where p.slot >= %(first)s and p.slot <= %(last)s
group by vehicle, slot

select spot.cell, spot.grid, spot.place, spot.village,
       (select village_by from places_cell where code = spot.cell),
       (select json_build_array(name_zh, name_en) from places_grid where code = spot.grid),
       (select json_agg(json_build_array(level, area, name_zh, name_en) order by level)
        from places_division
        where valid_to is null
          and area = any (array[left(spot.place, 4), left(spot.place, 6), left(spot.place, 9), left(spot.place, 12)])),
       (select unit_id from places_areaunit
        where kind = %(kind)s and valid_from <= (now() at time zone 'Asia/Shanghai')::date
          and (valid_to is null or valid_to > (now() at time zone 'Asia/Shanghai')::date)
          and area = any (array['', left(spot.place, 2), left(spot.place, 4), left(spot.place, 6), left(spot.place, 9),
                                left(spot.place, 12), spot.place])
        order by length(area) desc limit 1),
       address.street_zh, address.street_en, address.near_zh, address.near_en, address.near_kind
from places_at(%(lon)s, %(lat)s) spot, places_address(%(lon)s, %(lat)s) address

"""Cells, components, search, boxes and tiles on the map."""

import dataclasses
import re

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from django.db import connection
from django.db.models import Count

from gridloop.audit.models import Pending
from gridloop.kernel.caller import Caller, GrantView, system
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, Refused
from gridloop.places import actions, jobs, queries
from gridloop.places.actions.components import NewComponent
from gridloop.places.actions.grids import NewGrid
from gridloop.places.models import Cell, Component, ComponentCluster, ComponentPoint
from gridloop.places.queries.statements import statement
from gridloop.places.rules.components import Change
from tests.places.conftest import CENTRE, NOW


def shapes(**wanted):
    cells = Cell.objects.filter(valid_to=None, **wanted)
    return np.array([shapely.from_wkb(bytes(cell.geom.wkb)) for cell in cells])


def a_collector(area="350203"):
    return Caller(person_id=1, name="林晓梅", grants=(GrantView(1, Duty.COLLECTOR, area),))


def plan(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(f"explain {sql}", parameters)
        return "\n".join(row[0] for row in cursor.fetchall())


def tile_at(zoom, lon=CENTRE[0], lat=CENTRE[1]):
    x = int((lon + 180) / 360 * 2**zoom)
    y = int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**zoom)
    return zoom, x, y


def features(tile, layer):
    decoded = mapbox_vector_tile.decode(tile.body)
    assert set(decoded) <= {layer}
    return [feature["properties"] for feature in decoded.get(layer, {"features": []})["features"]]


# cells


def test_a_whole_cell_is_ten_thousand_square_metres_on_the_ground(place):
    with connection.cursor() as cursor:
        cursor.execute(
            "select min(st_area(geom::geography)), max(st_area(geom::geography)), count(*) from places_cell where whole"
        )
        smallest, largest, count = cursor.fetchone()
    assert count > 550
    assert 9900 < smallest <= largest < 10100


def test_cells_of_a_community_leave_no_gap_and_do_not_overlap(place):
    for village in Cell.objects.values_list("village12", flat=True).distinct():
        cells = shapes(village12=village)
        whole = shapely.union_all(cells)
        assert whole.area == pytest.approx(sum(shapely.area(cells)), rel=1e-9), village
    area = shapely.union_all(shapes())
    assert len(shapely.get_parts(area)) == 1
    assert not shapely.get_interior_ring(area.geoms[0] if area.geom_type == "MultiPolygon" else area, 0)


def test_a_cell_lies_in_one_county_and_bears_its_community(place):
    county = queries.outline("350203").buffer(1e-9)
    assert shapely.contains(county, shapes()).all()
    for cell in Cell.objects.all():
        assert cell.code.startswith(cell.village12)
        assert cell.village12.startswith("350203")
        assert cell.village_by == "nearest_point"


def test_sequences_of_a_community_run_from_one_without_a_gap(place):
    for row in Cell.objects.values("village12").annotate(n=Count("code")).order_by():
        last = Cell.objects.filter(village12=row["village12"]).order_by("-code").first()
        assert int(last.code[-3:]) == row["n"]


def test_laying_again_keeps_every_cell_and_a_wider_area_goes_on_numbering(place):
    before = set(Cell.objects.values_list("code", flat=True))
    wider = shapely.intersection(queries.outline("350203"), queries.circle_of_cells(*CENTRE, 900))
    laid = actions.make_cells("试点区", wider, by=system("tests"), now=NOW)
    assert laid.kept == len(before)
    assert before < set(Cell.objects.values_list("code", flat=True))
    squares = Cell.objects.values_list("lattice_column", "lattice_row")
    assert len(set(squares)) == len(squares) == laid.cells + laid.kept


def test_cells_across_a_county_line_belong_to_one_county_each(place):
    line = queries.circle_of_cells(118.125, 24.4985, 200)  # between Siming and Huli
    actions.make_cells("两区交界", line, by=system("tests"), now=NOW)
    siming, huli = shapes(code__startswith="350203"), shapes(code__startswith="350206")
    assert len(huli) > 20
    assert shapely.intersection(shapely.union_all(siming), shapely.union_all(huli)).area < 1e-12
    assert shapely.contains(queries.outline("350206").buffer(1e-9), huli).all()


def test_cells_need_a_known_county_and_a_community_with_a_position(place):
    with pytest.raises(Refused, match="lies in no county"):
        actions.make_cells("外海", shapely.box(125, 20, 125.1, 20.1), by=system("tests"), now=NOW)
    with pytest.raises(Refused, match="no community of 350102 has a known position"):
        actions.make_cells("鼓楼", queries.circle_of_cells(119.30, 26.08, 50), by=system("tests"), now=NOW)


def test_a_point_in_a_cell_has_grid_village_and_place(place):
    cell = Cell.objects.first()
    actions.register_grids(
        [NewGrid(f"010101{cell.village12}01", "第一网格", "Grid 1", shapely.from_wkb(bytes(cell.geom.wkb)), 2)],
        by=system("tests"),
        now=NOW,
    )
    found = queries.at(cell.centre.x, cell.centre.y)
    assert (found.cell.code, found.place, found.village_by) == (cell.code, cell.code, "nearest_point")
    assert found.grid.code == f"{cell.village12}01"
    assert found.village.code == cell.village12
    with pytest.raises(Refused, match="350203999999"):
        actions.register_grids([NewGrid("35020399999901", "x")], by=system("tests"), now=NOW)


# components


def test_codes_run_by_county_and_subclass(place):
    assert (
        len(place.components)
        == len(set(place.components))
        == Component.objects.count()
        == ComponentPoint.objects.count()
    )
    assert all(re.fullmatch(r"350203\d{10}", code) for code in place.components)
    new = actions.register_component(NewComponent(*CENTRE, "0101", "上水井盖"), by=a_collector(), now=NOW)
    assert int(new.code) == int(max(code for code in place.components if code[6:10] == "0101")) + 1
    assert new.cell == new.place == queries.at(*CENTRE).place


def test_the_nearest_component_of_a_subclass_is_the_one_brute_force_finds(place, django_assert_num_queries):
    here = shapely.Point(*CENTRE)
    near = min(
        Component.objects.filter(subclass="0102"),
        key=lambda c: (c.geom.x - here.x) ** 2 * 0.828 + (c.geom.y - here.y) ** 2,
    )
    with django_assert_num_queries(1):
        found = queries.nearest_component(*CENTRE, "0102", 500)
    assert found.code == near.code
    assert found.distance_m < 500
    assert queries.nearest_component(*CENTRE, "0102", found.distance_m * 0.99) is None
    assert queries.nearest_component(*CENTRE, "9999", 500) is None


def test_an_abandoned_component_is_no_longer_near(place):
    found = queries.nearest_component(*CENTRE, "0101", 500)
    actions.change_component(found.code, Change(state="abandoned"), by=a_collector(), now=NOW)
    assert queries.nearest_component(*CENTRE, "0101", 500).code != found.code


def test_a_change_is_in_the_ledger_with_before_and_after(place):
    code = place.components[0]
    changed = actions.change_component(code, Change(state="broken", note="裂"), by=a_collector(), now=NOW)
    assert (changed.state, changed.note, str(changed.changed_on)) == ("broken", "裂", "2026-11-22")
    assert ComponentPoint.objects.get(code=code).state == "broken"
    entry = Pending.objects.filter(subject=f"component:{code}").latest("pk")
    assert (entry.action, entry.area) == ("component.changed", changed.place)
    assert b'"state":"intact"' in bytes(entry.body)


def test_a_component_moves_inside_its_county_only(place):
    code = place.components[0]
    moved = actions.move_component(code, *CENTRE, by=a_collector(), now=NOW)
    assert moved.cell == queries.at(*CENTRE).cell.code
    assert ComponentPoint.objects.get(code=code).geom.x == pytest.approx(CENTRE[0] * 20037508.342789244 / 180)
    with pytest.raises(Refused, match="belongs to county 350203"):
        actions.move_component(code, 118.147, 24.506, by=a_collector(), now=NOW)


def test_only_keepers_of_the_area_change_the_register(place):
    with pytest.raises(NotAllowed, match="collectors and administrators"):
        actions.change_component(place.components[0], Change(state="lost"), by=a_collector("350206"), now=NOW)
    clerk = dataclasses.replace(a_collector(), grants=(GrantView(1, Duty.ACCEPTOR, "350203"),))
    with pytest.raises(NotAllowed):
        actions.register_component(NewComponent(*CENTRE, "0101", "上水井盖"), by=clerk, now=NOW)


def test_components_outside_every_county_are_refused_as_a_whole(place):
    before = Component.objects.count()
    with pytest.raises(Refused, match="1 of 2 components lie in no known county"):
        actions.register_components(
            [NewComponent(*CENTRE, "0101", "a"), NewComponent(125.0, 20.0, "0101", "b")], by=system("tests"), now=NOW
        )
    assert Component.objects.count() == before
    with pytest.raises(NotFound, match="not in the register"):
        queries.component("3502039999000001")


# search and boxes


@pytest.mark.parametrize(
    ("asked", "kind", "name"),
    [
        ("思明", "division", "思明区"),
        ("思", "division", "思明区"),
        ("siming", "division", "思明区"),
        ("SiMing Dist", "division", "思明区"),
        ("smq", "division", "思明区"),
        ("350203", "division", "思明区"),
        ("350203000000", "division", "思明区"),
        ("文灶", "metro", "文灶"),
        ("wenzao", "metro", "文灶"),
        ("新民镇", "former", "新民镇"),
        ("试点", "managed", "试点区"),
        ("tong'an", "division", "同安区"),
        ("lücuo", "metro", "吕厝"),
        ("lücuo com", "division", "吕厝社区居委会"),
    ],
)
def test_the_search_box_finds_first(place, asked, kind, name):
    found = queries.search(asked)[0]
    assert (found.kind, found.name.zh) == (kind, name)


def test_a_former_name_says_where_it_is_today(place):
    found = queries.search("新民镇")[0]
    assert found.now_code == "350212003"


def test_search_finds_cells_and_components_by_code(place, django_assert_max_num_queries):
    cell = Cell.objects.first()
    assert queries.search(cell.code)[0].code == cell.code
    assert queries.search(cell.code[:12] + cell.code[13:])[0].kind == "cell"
    with django_assert_max_num_queries(2):
        assert queries.search(place.components[0])[0].code == place.components[0]


def test_search_is_bounded_and_takes_anything(place):
    assert len(queries.search("社区", 1000)) == 50
    assert queries.search("  ") == []
    for odd in ("%", "_", "'; drop table", "\\", "🙂", "x" * 5000, "0", "思 明 'x"):
        assert isinstance(queries.search(odd), list)


def test_a_box_gives_geojson_and_says_when_there_is_more(place, django_assert_num_queries):
    with django_assert_num_queries(3):
        found = queries.in_box(118.08, 24.45, 118.14, 24.50, ["divisions", "cells", "components"])
    assert {f["properties"]["name_zh"] for f in found["divisions"]["features"]} >= {"思明区"}
    assert len(found["components"]["features"]) == 500
    assert found["components"]["truncated"]
    assert found["cells"]["features"][0]["geometry"]["type"] == "MultiPolygon"
    elsewhere = queries.in_box(118.08, 24.45, 118.14, 24.50, ["components"], areas=["350206001"])
    assert elsewhere["components"]["features"] == []
    with pytest.raises(Malformed, match="no layer roads"):
        queries.in_box(118, 24, 119, 25, ["roads"])
    with pytest.raises(Malformed, match="the box is empty"):
        queries.in_box(119, 24, 118, 25, ["cells"])


# tiles


def test_tiles_carry_their_layer_and_fields(place):
    assert {f["name_en"] for f in features(queries.tile("divisions", *tile_at(11)), "divisions")} >= {"Siming District"}
    cell = features(queries.tile("cells", *tile_at(15)), "cells")[0]
    assert set(cell) == {"code", "village", "village_by", "area_m2"}
    component = features(queries.tile("components", *tile_at(17)), "components")[0]
    assert set(component) == {"code", "subclass", "class", "state"}
    assert component["code"] in place.components


def test_wide_tiles_count_every_component_once(place):
    for zoom in (10, 12):
        counted = features(queries.tile("components", *tile_at(zoom)), "components")
        assert sum(f["n"] for f in counted) == len(place.components)
        assert all(f["n"] == f["n01"] + f["n02"] + f["n03"] + f["n04"] + f["n05"] for f in counted)
    assert ComponentCluster.objects.filter(zoom=15).count() > ComponentCluster.objects.filter(zoom=10).count()


def test_a_class_narrows_the_tile(place):
    found = features(queries.tile("components", *tile_at(17), subclass="0102"), "components")
    assert {f["subclass"] for f in found} <= {"0102"}
    assert all(f["n02"] > 0 for f in features(queries.tile("components", *tile_at(14), subclass="02"), "components"))


def test_a_tile_outside_ones_county_is_empty(place):
    for zoom in (14, 17):
        assert features(queries.tile("components", *tile_at(zoom), areas=["350206"]), "components") == []
        assert features(queries.tile("components", *tile_at(zoom), areas=["350203008"]), "components")
        assert features(queries.tile("cells", *tile_at(15), areas=["350206"]), "cells") == []


def test_a_kept_tile_costs_no_statement_and_keeps_its_mark(place, django_assert_num_queries):
    first = queries.tile("cells", *tile_at(15))
    with django_assert_num_queries(0):
        assert queries.tile("cells", *tile_at(15)) == first
    queries.forget_tiles()
    with django_assert_num_queries(1):
        assert queries.tile("cells", *tile_at(15)).etag == first.etag


def test_tiles_that_do_not_exist_are_refused(place):
    with pytest.raises(NotFound, match="there is no layer 'roads'"):
        queries.tile("roads", 1, 0, 0)
    with pytest.raises(Malformed, match="there is no tile 3/8/0"):
        queries.tile("cells", 3, 8, 0)


# plans


def test_hot_statements_stand_on_their_indexes(place):
    z, x, y = tile_at(17)
    tile = {"z": z, "x": x, "y": y, "areas": None, "class": ""}
    point = "select * from places_at(%s, %s)"
    assert "Index Scan using places_cell_geom" in plan(point, CENTRE)
    near = plan("select * from places_nearest_component(%s, %s, '0101', 50)", CENTRE)
    assert "places_component_geom" in near
    assert "places_componentpoint_geom" in plan(statement("tile_components"), tile)
    assert "places_componentcluster_once" in plan(
        statement("tile_clusters"), {**tile, "z": 14, "x": x // 8, "y": y // 8}
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "set local enable_seqscan = off"
        )  # 2,400 rows are read faster whole; the range must be able to use it
    scope = plan("select count(*) from places_component where place >= '350203008014' and place < '350203008014~'", [])
    assert "places_component_place" in scope
    found = plan("select * from places_searchentry where tokens @> %s::text[]", [["思明"]])
    assert "places_searchentry_tokens" in found


def test_scope_is_a_range_of_codes(place):
    inside = Component.objects.filter(place__gte="350203008", place__lt="350203008~").count()
    assert inside == sum(c.startswith("350203008") for c in Component.objects.values_list("place", flat=True)) > 0


def test_the_timed_job_counts_anew(place):
    actions.change_component(place.components[0], Change(state="abandoned"), by=system("tests"), now=NOW)
    assert jobs.refresh_tiles(timestamp=0).endswith("squares")
    counted = features(queries.tile("components", *tile_at(12)), "components")
    assert sum(f["n"] for f in counted) == len(place.components) - 1

"""Reads Chinese addresses: known names first, the longest of those that overlap, then the grammar round them."""

from __future__ import annotations

import re

from gridloop.engines.addresses.parts import FURTHEST_M, NAME_SIGNS_MAX, Gazetteer, Mention, Parts, Relation, number_of

KINDS = ("street", "metro", "estate", "poi", "division")
STREET_ENDS = "路街巷弄道里"
UNKNOWN_STREET = re.compile(
    r"[\u3400-\u9fff]{1,7}?(?:大道|公路|[东南西北中横][路街]|[一二三四五六七八九十]{1,3}[路街巷里]|胡同|路|街|巷|弄)(?![口灯面上边旁人])"
)
UNKNOWN_DIVISION = re.compile(r"[\u3400-\u9fff]{2,7}?(?:省|市|区|县|街道|镇|乡|社区|居委会|村)")
LEADS = re.compile(r"^(?:在|位于|地址|到|从|去|往|于|是|有|请|我|的|就|经过|沿着?|靠近|距离?|离)+")
NUMERAL = r"(?:[0-9]{1,5}(?:\.[0-9]+)?|[零一二三四五六七八九十百千两]{1,7})"
COMPASS = {"东": 90.0, "南": 180.0, "西": 270.0, "北": 0.0, "东南": 135.0, "东北": 45.0, "西南": 225.0, "西北": 315.0}
COMPASS |= {"南东": 135.0, "北东": 45.0, "南西": 225.0, "北西": 315.0}
WAY = r"(?P<way>[东西][南北]|[南北][东西]|[东南西北])"
METRES = rf"(?P<far>{NUMERAL})\s*(?P<unit>米|m\b|M\b|公里|千米|km|KM|公尺)(?:处|左右|多|开外|远)?"
DIRECTED = (
    re.compile(rf"[往向朝偏正]?{WAY}(?:侧|边|面|方向?|向|头|端|行|走|约|大约|\s|,|、)*{METRES}"),
    re.compile(rf"(?:约|大约)?{METRES}(?:以|的|之|往|向|,|\s)*{WAY}(?:侧|边|面|方向?|处)?"),
)
SIDE = re.compile(rf"{WAY}(?:侧|边|面|方向|端|头|段|口)")
FAR = re.compile(METRES)
JOINED = re.compile(r"^\s*(?:与|和|跟|及|同|、|/|-|—|~|交|近|&|\+|×|x|X|靠近|路口|口)?\s*$")
CROSSING = re.compile(r"交叉|交汇|交界|交会|相交|路口|十字|丁字|三岔|转角|拐角|转弯|岔口|街口|口(?![1-9岸])")
TO = re.compile(r"^\s*(?:至|到|-|—|~|～)\s*$")
SPAN = re.compile(r"之间|段|区间|一线")
NUMBER = re.compile(
    r"^\s*(?:门牌)?(?P<number>[0-9]{1,5}(?:\s*[-—之~]\s*[0-9]{1,4})?|[一二三四五六七八九十百零]{1,6})\s*号(?!线|口|楼|桥|门(?![口前旁])|出口|通道)(?:之?\s*(?P<part>[0-9]{1,4})(?![0-9]*\s*(?:栋|幢|座|号|单元|室|楼|层|米)))?"
)
BUILDING = re.compile(
    r"(?P<building>(?:[0-9]{1,4}|[A-Za-z]|[一二三四五六七八九十]{1,3})\s*(?:栋|幢|座|号楼|单元|号院))"
)
EXIT = re.compile(
    r"(?P<exit>[0-9]{1,2}[A-Da-d]?号?(?:出入口|出口|入口|口)|[A-Ha-h][0-9]?(?:号)?(?:出入口|出口|入口|口))"
)
STATION = re.compile(r"^(?:地铁站|地铁|站|轨道站|BRT站|号线)")
PLACE_END = re.compile(
    rf"(?:[往向朝正]?(?:[东西][南北]|[南北][东西]|[东南西北])(?:侧|边|面|方|向|门|口)|[约距]?{NUMERAL}\s*(?:米|公里|m\b)|附近|旁|对面|门口|门前|楼下|前面|后面|前|后|内|处|里面|边上|隔壁|,|。|;|!|\s|:|有|的|发现|被|出现|正)"
)


def read_chinese(text: str, known: Gazetteer) -> Parts:
    """The parts of a Chinese address inside any sentence."""
    mentions = _mentions(text, known)
    streets = [one for one in mentions if one.kind == "street"]
    divisions = tuple(dict.fromkeys(one.name for one in mentions if one.kind == "division"))
    places = [one for one in mentions if one.kind in {"metro", "estate", "poi"}]
    street, cross, until, relation = _streets(text, streets)
    number, building = _number(text, street)
    place = places[0] if places else _unknown_place(text, street, number[1] if number else 0)
    bearing, distance = _offset(text)
    if not relation:
        relation = _relation(street, number, place, divisions)
    elif (
        relation == "junction"
        and place
        and place.known
        and cross
        and place.kind != "street"
        and not CROSSING.search(text)
    ):
        relation = "place"
    found_exit = EXIT.search(text, place.end) if place and place.kind == "metro" else None
    used = [one for one in (street, cross, until, place) if one]
    return Parts(
        relation=relation, divisions=divisions, street=street.name if street else "", number=number[0] if number else "",
        building=building, cross=cross.name if cross else "", until=until.name if until else "",
        place=place.name if place else "", place_kind=place.kind if place else "", exit=found_exit["exit"] if found_exit else "",
        bearing=bearing, distance_m=distance, unknown=tuple(one.name for one in used if not one.known),
    )  # fmt: skip


def _mentions(text: str, known: Gazetteer) -> list[Mention]:
    """Names in the order of the text, none within another; known ones go before guessed ones, long ones before short ones."""
    found = []
    for start in range(len(text)):
        for end in range(min(len(text), start + NAME_SIGNS_MAX), start + 1, -1):
            kinds = known.zh.get(text[start:end])
            if kinds:
                found.append(Mention(_kind(kinds, text[end : end + 4]), text[start:end], start, end, known=True))
    found.sort(key=lambda one: (one.start - one.end, one.start))
    taken: list[Mention] = []
    for one in found:
        if all(one.end <= other.start or one.start >= other.end for other in taken):
            taken.append(one)
    for pattern, kind in ((UNKNOWN_DIVISION, "division"), (UNKNOWN_STREET, "street")):
        taken += _guessed(text, pattern, kind, taken)
    return sorted(taken, key=lambda one: one.start)


def _kind(kinds: frozenset[str], after: str) -> str:
    if "metro" in kinds and (STATION.match(after) or "street" not in kinds):
        return "metro"
    return next(kind for kind in KINDS if kind in kinds)


def _guessed(text: str, pattern: re.Pattern[str], kind: str, taken: list[Mention]) -> list[Mention]:
    """Names that only look like one, in the stretches between known names."""
    found = []
    edges = [0, *(edge for one in sorted(taken, key=lambda one: one.start) for edge in (one.start, one.end)), len(text)]
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        at = first
        while match := pattern.search(text, at, last):
            name = LEADS.sub("", match[0])
            at = match.end()
            if len(name) > 1:
                found.append(Mention(kind, name, match.end() - len(name), match.end(), known=False))
    return found


Trio = tuple[Mention | None, Mention | None, Mention | None, Relation]


def _streets(text: str, streets: list[Mention]) -> Trio:
    """(street, crossing street, street until, relation) of the mentioned streets."""
    if not streets:
        return None, None, None, ""
    first = streets[0]
    if len(streets) > 2 and TO.match(text[streets[1].end : streets[2].start]):
        return first, streets[1], streets[2], "between"
    if len(streets) > 1:
        second = streets[1]
        gap, after = text[first.end : second.start], text[second.end : second.end + 8]
        if SPAN.search(after) and len(streets) > 2:
            return first, second, streets[2], "between"
        if JOINED.match(gap) or (CROSSING.search(after) and len(gap) < 8):
            return first, second, None, "junction"
    return first, None, None, ""


def _number(text: str, street: Mention | None) -> tuple[tuple[str, int] | None, str]:
    """((house number, where it ends), building)."""
    number = None
    if street:
        match = NUMBER.match(text[street.end :])
        if match:
            said = re.sub(r"\s*[-—之~]\s*", "-", match["number"])
            value = number_of(said)
            whole = f"{value:.0f}" if value is not None else said
            number = (f"{whole}-{match['part']}" if match["part"] else whole, street.end + match.end())
    building = BUILDING.search(text, number[1] if number else street.end if street else 0)
    return number, building["building"].replace(" ", "") if building else ""


def _unknown_place(text: str, street: Mention | None, after: int) -> Mention | None:
    """A landmark that no gazetteer has: what stands between street (or number) and the words that say where of it."""
    if street is None:
        return None
    start = max(after, street.end)
    end = PLACE_END.search(text, start)
    if end is None or not re.match(
        r"[东南西北往向朝正约距]|附近|旁|对面|门|楼下|隔壁|[0-9零一二三四五六七八九十百千两]", end[0]
    ):
        return None
    name = text[start : end.start()].strip("的之、-")
    if (
        not 2 <= len(name) <= 12
        or not re.search(r"[\u3400-\u9fff]", name)
        or CROSSING.search(name)
        or BUILDING.match(name)
    ):
        return None
    return Mention("poi", name, start, end.start(), known=False)


def _offset(text: str) -> tuple[float | None, float | None]:
    """(bearing, metres), each None where it is not said."""
    for pattern in DIRECTED:
        match = pattern.search(text)
        if match:
            return COMPASS[match["way"]], _metres(match)
    far, side = FAR.search(text), SIDE.search(text)
    return COMPASS[side["way"]] if side else None, _metres(far) if far else None


def _metres(match: re.Match[str]) -> float | None:
    value = number_of(match["far"])
    if value is None:
        return None
    metres = value * (1000 if match["unit"].lower() in {"公里", "千米", "km"} else 1)
    return metres if metres <= FURTHEST_M else None


def _relation(
    street: Mention | None, number: tuple[str, int] | None, place: Mention | None, divisions: tuple[str, ...]
) -> Relation:
    if place and place.known:
        return "place"
    if number:
        return "number"
    if place:
        return "place"
    if street:
        return "street"
    return "division" if divisions else ""

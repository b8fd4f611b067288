"""Which picture stands for which class."""

from dataclasses import dataclass
from typing import Protocol

from gridloop.site.demo.pictures import evening, fixtures, pavement, roadway
from gridloop.site.demo.pictures.stage import Stage


class Painter(Protocol):
    """Paints the subject of a case on a prepared street."""

    def __call__(self, stage: Stage, *, mended: bool) -> None:
        """Paint it as reported, or as it looks when mended."""


@dataclass(frozen=True)
class Family:
    """Cases that look alike: who paints them, where the kerb is (metres across from the subject), how far one stands off."""

    name: str
    paint: Painter
    kerb_m: float
    distance_m: tuple[float, float]
    manners: tuple[str, ...] = ("plaster", "tiles", "hedge", "shops")
    raised: float = 0.0  # radians by which the telephone looks further up


FAMILIES = {
    each.name: each
    for each in (
        Family("manhole", roadway.manhole, 1.25, (1.9, 2.3)),
        Family("pothole", roadway.pothole, 1.7, (2.4, 2.9)),
        Family("water", roadway.water, 0.9, (3.2, 3.8), ("plaster", "tiles")),
        Family("digging", roadway.digging, 1.9, (3.2, 3.7)),
        Family("rubbish", pavement.rubbish, -1.9, (3.0, 3.5)),
        Family("bin", pavement.bin_full, -1.7, (2.9, 3.3)),
        Family("stall", pavement.stall, -1.5, (4.0, 4.5), raised=0.09),
        Family("bicycles", pavement.bicycles, -1.5, (3.7, 4.2), raised=0.03),
        Family("bench", fixtures.bench, -1.7, (2.8, 3.2), ("hedge", "plaster")),
        Family("railing", fixtures.railing, 0.16, (3.4, 3.9)),
        Family("cabinet", fixtures.cabinet, -1.8, (2.9, 3.3), ("hedge", "plaster", "tiles")),
        Family("materials", pavement.materials, -1.6, (3.2, 3.7)),
        Family("tree", pavement.fallen_tree, -0.4, (3.9, 4.4), ("hedge", "plaster")),
        Family("stickers", pavement.stickers, -2.3, (2.9, 3.2), ("plaster", "tiles"), 0.3),
        Family("lamp", evening.lamps, 0.6, (8.0, 8.4), ("plaster",)),
    )
}

BY_CLASS = {
    "component": {
        "manhole": "0101 0102 0103 0104 0105 0107 0108 0109 0110 0111 0112 0114 0127 0128 0129 0130 0131 0140 0141 0142 0143 0302",
        "lamp": "0106 0118 0119 0120 0144 0210",
        "bin": "0304 0305 0312",
        "bench": "0126 0203 0407 0404",
        "railing": "0211 0216 0219 0220 0221 0222 0408 0503 0504 0506",
        "pothole": "0224 0225 0207 0208 0218",
        "bicycles": "0212 0227",
        "tree": "0401 0402 0403 0405 0409 0411",
        "stickers": "0307 0509 0306",
        "materials": "0502",
    },
    "event": {
        "rubbish": "0102 0103 0104 0106 0108 0109 0112 0117 0123 0303 0503 0511",
        "water": "0105 0120 0402 0404 0406 0407",
        "pothole": "0110 0119 0310 0401 0111",
        "digging": "0304 0305 0306 0403 0405",
        "stickers": "0113 0201 0202 0203 0205 0206",
        "bin": "0122",
        "stall": "0501 0504 0510 0514 0512",
        "bicycles": "0506 0515 0107 0505",
        "tree": "0410",
        "materials": "0101 0124 0301 0302 0307 0507 0308",
        "lamp": "0508",
    },
}
OTHERWISE = {"component": "cabinet", "event": "materials"}

_LOOK: dict[tuple[str, str], str] = {
    (kind, code): name for kind, names in BY_CLASS.items() for name, codes in names.items() for code in codes.split()
}


def family_of(class_kind: str, class_code: str) -> Family:
    """The picture family of a class; raises KeyError for a kind that is neither component nor event."""
    return FAMILIES[_LOOK.get((class_kind, class_code[:4]), OTHERWISE[class_kind])]

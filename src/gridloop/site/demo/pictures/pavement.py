"""What stands, lies and is left on the pavement."""

import numpy as np

from gridloop.site.demo.pictures import surfaces
from gridloop.site.demo.pictures.solids import Colour, bicycle, box, rod, sack, shaded, sheet
from gridloop.site.demo.pictures.stage import Pen, Stage

BAGS: tuple[Colour, ...] = ((44, 46, 50), (50, 52, 56), (186, 190, 194), (66, 104, 148), (168, 66, 62), (92, 132, 96))
CARD: Colour = (176, 138, 96)


def rubbish(stage: Stage, *, mended: bool) -> None:
    """Bags and boxes left at the front, or the swept place."""
    if mended:
        _damp(stage, 1.0)
        return
    _litter(stage, 26, 1.9)
    rng = stage.rng
    box(stage, (-0.62, 0.55, 0), (0.5, 0.42, 0.4), CARD, turn=0.3)
    box(stage, (0.75, 0.5, 0), (0.62, 0.4, 0.3), shaded(CARD, 0.9), turn=-0.25)
    spots = [
        (-0.35, 0.75, 0.3),
        (0.22, 0.72, 0.34),
        (-0.95, 0.35, 0.24),
        (0.05, 0.35, 0.33),
        (0.55, 0.3, 0.26),
        (-0.45, 0.15, 0.28),
        (0.3, -0.08, 0.24),
    ]
    for number, (along, across, radius_m) in enumerate(spots):
        colour = BAGS[int(rng.integers(len(BAGS))) if number % 2 else number % 2]
        sack(stage, along + float(rng.normal(0, 0.06)), across, radius_m, colour)
    sack(stage, -0.1, 0.5, 0.26, BAGS[2], up=0.36)


def _litter(stage: Stage, count: int, reach_m: float) -> None:
    rng = stage.rng
    for _ in range(count):
        along, across = rng.normal(0, reach_m * 0.5), rng.uniform(-0.9, 0.6)
        turn, size_m = rng.uniform(0, 3.1), rng.uniform(0.03, 0.11)
        step = np.array([np.cos(turn), np.sin(turn)]) * size_m
        corners = [
            (along + step[0], across + step[1], 0.01),
            (along - step[1], across + step[0], 0.01),
            (along - step[0], across - step[1] * 0.6, 0.01),
            (along + step[1] * 0.8, across - step[0], 0.01),
        ]
        sheet(
            stage,
            [(float(x), float(y), up) for x, y, up in corners],
            shaded((206, 202, 192), float(rng.uniform(0.55, 1.05))),
        )


def _damp(stage: Stage, radius_m: float) -> None:
    """The wet trace of washing down."""
    view = stage.patch(0, 0.35, radius_m * 1.6)
    edge = surfaces.sampled(surfaces.cloud(stage.seed + 31, 6), view.along, view.across, 60.0) * np.float32(0.12)
    off = np.hypot(view.along / radius_m / 1.25, (view.across - 0.35) / radius_m / 0.7) + edge
    view.colours *= (1 - np.clip((1 - off) / 0.25, 0, 1) * np.float32(0.15)).astype(np.float32)[..., None]


def bin_full(stage: Stage, *, mended: bool) -> None:
    """A pair of street bins, overflowing or emptied."""
    if not mended:
        _litter(stage, 16, 1.3)
        sack(stage, -0.86, 0.12, 0.3, BAGS[0])
        sack(stage, 0.92, 0.2, 0.26, BAGS[2])
    stage.shade(0, 0.1, (0.8, 0.4), 0.5)
    for along, colour in ((-0.36, (58, 96, 140)), (0.36, (70, 118, 84))):
        box(stage, (along, 0.15, 0.06), (0.62, 0.46, 0.86), colour)
        sheet(
            stage,
            [
                (along - 0.2, -0.085, 0.66),
                (along + 0.2, -0.085, 0.66),
                (along + 0.2, -0.085, 0.82),
                (along - 0.2, -0.085, 0.82),
            ],
            (30, 33, 36),
        )
        sheet(
            stage,
            [
                (along - 0.13, -0.085, 0.3),
                (along + 0.13, -0.085, 0.3),
                (along + 0.13, -0.085, 0.52),
                (along - 0.13, -0.085, 0.52),
            ],
            (206, 210, 208),
        )
    box(stage, (0, 0.15, 0.92), (1.5, 0.56, 0.07), (92, 96, 98))
    if not mended:
        for along, radius_m, colour in ((-0.42, 0.22, BAGS[3]), (0.02, 0.2, BAGS[2]), (0.4, 0.24, BAGS[0])):
            sack(stage, along, 0.1, radius_m, colour, up=0.98)
        sack(stage, 0.1, -0.35, 0.25, BAGS[1])


def stall(stage: Stage, *, mended: bool) -> None:
    """A fruit stall under an umbrella on the pavement, or the free pavement."""
    if mended:
        _damp(stage, 0.8)
        return
    stage.shade(0, 0.2, (1.35, 0.75), 0.4)
    box(stage, (0, 0.3, 0.0), (1.9, 0.7, 0.55), (128, 100, 74))
    fruit: tuple[Colour, ...] = ((214, 128, 44), (182, 54, 46), (122, 150, 62), (206, 178, 64))
    for column in range(4):
        box(stage, (-0.7 + column * 0.465, 0.28, 0.55), (0.42, 0.6, 0.09), (84, 110, 140))
        _heap(stage, -0.7 + column * 0.465, 0.28, 0.66, fruit[(column + stage.seed) % 4])
    box(stage, (1.45, 0.1, 0), (0.5, 0.4, 0.32), CARD, turn=0.2)
    box(stage, (1.42, 0.12, 0.32), (0.46, 0.38, 0.26), shaded(CARD, 1.06), turn=-0.1)
    rod(stage, (0.1, 0.55, 0.5), (0.1, 0.55, 1.62), 0.045, (170, 172, 174))
    _umbrella(stage, 0.1, 0.55, 1.5)


def _heap(stage: Stage, along: float, across: float, up: float, colour: Colour) -> None:
    rng = stage.rng
    rows = [
        (along + dx * 0.105, across + dy * 0.12, up + 0.02) for dy in (2, 1, 0, -1, -2) for dx in (-1.5, -0.5, 0.5, 1.5)
    ]
    rows += [(along + dx * 0.105, across + dy * 0.12, up + 0.085) for dy in (1, 0, -1) for dx in (-1, 0, 1)]
    points = stage.spots(*rows)
    radius = 0.056 * stage.scale_px(along, across, up)
    tone = [float(rng.uniform(0.86, 1.08)) for _ in rows]

    def paint(pen: Pen) -> None:
        for (x, y), light in zip(points, tone, strict=True):
            pen.disc((x, y), (radius, radius), shaded(colour, 0.72 * light))
            pen.disc((x - radius * 0.12, y - radius * 0.16), (radius * 0.82, radius * 0.8), shaded(colour, light))
            pen.disc((x - radius * 0.3, y - radius * 0.36), (radius * 0.26, radius * 0.22), shaded(colour, 1.36))

    stage.draw([(x + dx, y + dy) for x, y in points for dx in (-radius, radius) for dy in (-radius, radius)], paint)


def _umbrella(stage: Stage, along: float, across: float, up: float) -> None:
    turns = np.linspace(0, 2 * np.pi, 9)
    rim = [(along + 1.3 * float(np.cos(t)), across + 0.95 * float(np.sin(t)), up - 0.12) for t in turns]
    points = stage.spots(*rim)
    ((x, y),) = stage.spots((along, across, up + 0.34))
    tones: tuple[Colour, Colour] = (
        ((70, 108, 150), (204, 206, 204)) if stage.seed % 2 else ((168, 70, 58), (210, 200, 182))
    )

    def paint(pen: Pen) -> None:
        order = sorted(range(8), key=lambda wedge: points[wedge][1] + points[wedge + 1][1])
        for wedge in order:
            light = 0.86 + 0.22 * np.cos(turns[wedge] - 2.2)
            pen.area([points[wedge], points[wedge + 1], (x, y)], shaded(tones[wedge % 2], float(light)))

    stage.draw([*points, (x, y)], paint)


def bicycles(stage: Stage, *, mended: bool) -> None:
    """Hire bicycles fallen over each other, or in a row."""
    colours: tuple[Colour, ...] = ((60, 122, 176), (206, 168, 52), (88, 154, 110))
    rng = stage.rng
    if mended:
        for number in range(5):
            bicycle(stage, -1.25 + number * 0.62, 0.35, turn=1.32, lean=0.1, colour=colours[number % 3])
        return
    placed = [
        (-0.9, 0.75, 0.5, 0.15),
        (0.5, 0.8, 2.5, 0.12),
        (-0.25, 0.35, 0.15, 0.95),
        (0.85, 0.1, 2.9, 1.25),
        (-0.75, -0.35, 0.4, 1.3),
    ]
    for number, (along, across, turn, lean) in enumerate(placed):
        bicycle(
            stage,
            along,
            across,
            turn=turn + float(rng.normal(0, 0.15)),
            lean=lean,
            colour=colours[(number + stage.seed) % 3],
        )


def materials(stage: Stage, *, mended: bool) -> None:
    """Sand, bricks and a board left on the pavement, or the cleared place."""
    if mended:
        _damp(stage, 0.9)
        return
    _sand(stage, -0.6, 0.35)
    stage.shade(0.85, 0.3, (0.75, 0.5), 0.4)
    for layer in range(5):
        for row in range(2):
            for column in range(4 - layer // 2):
                tone = shaded((158, 84, 66), 0.86 + 0.05 * ((layer * 3 + row * 5 + column * 7) % 6))
                box(
                    stage,
                    (0.5 + column * 0.25 + 0.06 * (layer % 2), 0.42 - row * 0.14, layer * 0.075),
                    (0.235, 0.12, 0.07),
                    tone,
                )
    sheet(stage, [(-1.35, 0.95, 0.05), (-0.2, 0.75, 0.05), (-0.2, 0.95, 0.62), (-1.35, 1.15, 0.62)], (166, 140, 104))


def _sand(stage: Stage, along: float, across: float) -> None:
    """A heap of sand: grains brighter on the side of the light, run out at the foot."""
    rng = stage.rng
    stage.shade(along, across, (1.0, 0.6), 0.35)
    turns, reach = rng.uniform(0, 2 * np.pi, 2600), np.sqrt(rng.uniform(0, 1, 2600))
    high = 0.52 * np.clip(1 - reach, 0, 1) ** 0.85
    x, y = along + 0.95 * reach * np.cos(turns), across + 0.6 * reach * np.sin(turns)
    light = 0.86 + 0.16 * reach * np.cos(turns - 2.3) + rng.normal(0, 0.045, 2600)
    order = np.argsort(-y)
    points = stage.spots(*np.column_stack([x, y, high])[order].tolist())
    radius = 0.045 * stage.scale_px(along, across)

    def paint(pen: Pen) -> None:
        for (left, top), tone in zip(points, light[order], strict=True):
            pen.disc((left, top), (radius * 1.3, radius), shaded((190, 164, 120), float(tone)))

    stage.draw([(a + dx, b + dy) for a, b in points for dx in (-radius, radius) for dy in (-radius, radius)], paint)


def fallen_tree(stage: Stage, *, mended: bool) -> None:
    """A broken bough across pavement and road, or the swept place with its sawdust."""
    if mended:
        view = stage.patch(0.4, 0, 1.2)
        dust = surfaces.sampled(surfaces.cloud(stage.seed + 34, 7), view.along, view.across, 110.0)
        near = np.clip(1.1 - np.hypot(view.along - 0.4, view.across), 0, 1)
        view.colours[:] = surfaces.mixed(
            view.colours, (186, 158, 112), (np.clip(dust - 0.9, 0, 1) * near * 0.7).astype(np.float32)
        )
        return
    bark = (96, 78, 62)
    stage.shade(0, 0, (2.0, 0.8), 0.45)
    _leaves(stage, 150, (0.75, 0.05), (0.95, 0.55), 0.1)
    course = [(-1.9, 0.75, 0.22), (-0.9, 0.42, 0.24), (0.1, 0.12, 0.28), (1.0, -0.1, 0.34), (1.7, -0.2, 0.3)]
    for number in range(4):
        rod(stage, course[number], course[number + 1], 0.2 - 0.035 * number, shaded(bark, 1.1))
    for start, stop in ((1, (-0.3, -0.55, 0.5)), (2, (0.7, 0.85, 0.7)), (2, (0.75, -0.7, 0.5)), (3, (1.6, 0.45, 0.85))):
        rod(stage, course[start], stop, 0.07, bark)
    ((x, y),) = stage.spots(course[0])
    radius = 0.11 * stage.scale_px(-1.9, 0.75)
    stage.draw(
        [(x - radius, y - radius), (x + radius, y + radius)],
        lambda pen: pen.disc((x, y), (radius * 0.8, radius), (198, 166, 120)),
    )
    _leaves(stage, 420, (0.85, 0.0), (0.85, 0.5), 0.5)


def _leaves(stage: Stage, count: int, centre: tuple[float, float], spread_m: tuple[float, float], up_m: float) -> None:
    rng = stage.rng
    along, across = rng.normal(centre[0], spread_m[0] * 0.55, count), rng.normal(centre[1], spread_m[1] * 0.6, count)
    up = np.abs(rng.normal(0, up_m * 0.6, count)) + 0.02
    order = np.argsort(-across + up * 0.3)
    points = stage.spots(*np.column_stack([along, across, up])[order].tolist())
    size = 0.1 * stage.scale_px(*centre)
    light = 0.62 + up[order] * 0.7 + rng.uniform(-0.14, 0.14, count)
    turns = rng.uniform(0, np.pi, count)

    def paint(pen: Pen) -> None:
        for (x, y), tone, turn in zip(points, light, turns, strict=True):
            dx, dy = float(np.cos(turn)) * size, float(np.sin(turn)) * size * 0.6
            leaf = [(x - dx, y - dy), (x + dy * 0.5, y - dx * 0.3), (x + dx, y + dy), (x - dy * 0.5, y + dx * 0.3)]
            pen.area(leaf, shaded((82, 114, 58), float(tone)))

    stage.draw([(x + dx, y + dy) for x, y in points for dx in (-size, size) for dy in (-size, size)], paint)


def stickers(stage: Stage, *, mended: bool) -> None:
    """Small advertisements pasted on the front, or the patches of fresh paint over them."""
    rng = np.random.default_rng(stage.seed + 41)
    papers: tuple[Colour, ...] = ((222, 216, 196), (232, 226, 92), (226, 148, 140), (168, 196, 214), (214, 212, 206))
    front = stage.front_m - 0.01
    for _ in range(13):
        along, up = float(rng.uniform(-1.5, 1.3)), float(rng.uniform(0.55, 1.75))
        breadth, height = float(rng.uniform(0.16, 0.3)), float(rng.uniform(0.2, 0.36))
        tilt, kind = float(rng.normal(0, 0.04)), int(rng.integers(len(papers)))
        corners = [
            (along, front, up),
            (along + breadth, front, up + tilt),
            (along + breadth - tilt, front, up + height + tilt),
            (along - tilt, front, up + height),
        ]
        if mended:
            grown = [
                (x + (0.04 if number in (1, 2) else -0.04), y, z + (0.03 if number > 1 else -0.03))
                for number, (x, y, z) in enumerate(corners)
            ]
            sheet(stage, grown, (206, 198, 182))
            continue
        sheet(stage, corners, shaded(papers[kind], 0.94))
        for line in range(4):
            top = up + height * (0.82 - line * 0.2)
            ink = (150, 44, 40) if line == 0 else (70, 70, 76)
            rod(
                stage,
                (along + 0.03, front, top),
                (along + breadth * float(rng.uniform(0.6, 0.88)), front, top + tilt * 0.7),
                0.03 if line == 0 else 0.012,
                ink,
            )

"""Simple things of the street built from spots in metres: boxes, sacks, cones, posts, bicycles."""

import numpy as np

from gridloop.site.demo.pictures.stage import Pen, Points, Stage

Colour = tuple[int, int, int]


def shaded(colour: Colour, factor: float) -> Colour:
    """The colour in more or less light."""
    red, green, blue = (min(255, max(0, round(part * factor))) for part in colour)
    return red, green, blue


def box(
    stage: Stage, at: tuple[float, float, float], size: tuple[float, float, float], colour: Colour, *, turn: float = 0.0
) -> None:
    """A box standing at (along, across, up) with its middle, of (breadth, depth, height)."""
    cos, sin = np.cos(turn), np.sin(turn)
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (size[0] / 2, size[1] / 2)
    ground = half @ np.array([[cos, sin], [-sin, cos]]) + at[:2]
    low, high = at[2], at[2] + size[2]
    foot = [stage.spots((x, y, low))[0] for x, y in ground]
    head = [stage.spots((x, y, high))[0] for x, y in ground]
    camera = np.array(stage.camera.foot())
    light = {0: 0.92, 1: 0.74, 2: 0.6, 3: 1.02}

    def paint(pen: Pen) -> None:
        order = sorted(
            range(4), key=lambda side: -float(np.hypot(*(ground[[side, (side + 1) % 4]].mean(axis=0) - camera)))
        )
        for side in order:
            ahead = (side + 1) % 4
            pen.area([foot[side], foot[ahead], head[ahead], head[side]], shaded(colour, light[side]))
        pen.area(head, shaded(colour, 1.16))

    stage.draw(foot + head, paint)


def sack(stage: Stage, along: float, across: float, radius_m: float, colour: Colour, *, up: float = 0.0) -> None:
    """A knotted plastic bag: a lumpy body, folds towards the knot, a shine on the shoulder."""
    rng = stage.rng
    scale = stage.scale_px(along, across, up)
    ((x, y),) = stage.spots((along, across, up))
    radius = radius_m * scale
    turns = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    lumps = 1 + 0.07 * np.sin(turns * 3 + rng.uniform(0, 6)) + 0.05 * np.sin(turns * 5 + rng.uniform(0, 6))
    body = np.column_stack(
        [x + radius * lumps * np.cos(turns), y - radius * 0.72 - radius * 0.8 * lumps * np.sin(turns)]
    )
    knot = (x + radius * rng.uniform(-0.25, 0.25), y - radius * 1.72)
    tips = [(knot[0] + radius * step, knot[1] - radius * 0.24) for step in (-0.24, 0.02, 0.22)]

    def paint(pen: Pen) -> None:
        pen.area(_pairs(body), shaded(colour, 0.8))
        lit = (body - (x, y - radius * 0.72)) * (0.84, 0.8) + (x - radius * 0.1, y - radius * 0.84)
        pen.area(_pairs(lit), colour)
        pen.area(
            [(knot[0] - radius * 0.32, y - radius * 1.36), *tips, (knot[0] + radius * 0.32, y - radius * 1.36)],
            shaded(colour, 1.05),
        )
        for step in (-0.55, -0.25, 0.1, 0.42):
            start = (knot[0] + radius * step * 0.25, knot[1] + radius * 0.16)
            pen.line([start, (x + radius * step, y - radius * 0.75)], shaded(colour, 0.72), radius * 0.03)
        shine = (body - (x, y - radius * 0.72)) * (0.3, 0.2) + (x - radius * 0.36, y - radius * 1.12)
        pen.area(_pairs(shine), shaded(colour, 1.32))

    stage.shade(along, across - radius_m * 0.1, (radius_m * 1.25, radius_m * 0.75), 0.5 if up == 0 else 0.0)
    stage.draw([*_pairs(body), *tips, (x, y)], paint)


def cone(stage: Stage, along: float, across: float, *, height_m: float = 0.62) -> None:
    """A traffic cone."""
    scale = stage.scale_px(along, across)
    ((x, y),) = stage.spots((along, across, 0.0))
    ((_, top),) = stage.spots((along, across, height_m))
    foot, head, flat = 0.17 * scale, 0.035 * scale, 0.10 * scale
    orange, dark, white = (214, 92, 44), (150, 58, 28), (226, 224, 216)

    def slice_of(low: float, high: float) -> Points:
        at = [(y + (top - y) * share, foot + (head - foot) * share) for share in (low, high)]
        return [(x - at[0][1], at[0][0]), (x + at[0][1], at[0][0]), (x + at[1][1], at[1][0]), (x - at[1][1], at[1][0])]

    def paint(pen: Pen) -> None:
        pen.area(
            [
                (x - foot * 1.5, y - flat * 0.2),
                (x + foot * 1.1, y - flat),
                (x + foot * 1.5, y + flat * 0.3),
                (x - foot * 1.0, y + flat),
            ],
            dark,
        )
        pen.disc((x, y), (foot, flat * 0.6), orange)
        pen.area(slice_of(0, 1), orange)
        pen.area(slice_of(0.28, 0.5), white)
        pen.area(slice_of(0.66, 0.82), white)
        pen.disc((x, top), (head, head * 0.45), dark)
        pen.area([(x + foot * 0.45, y), (x + foot, y), (x + head, top), (x + head * 0.3, top)], shaded(orange, 0.78))
        pen.area(
            [
                (x + foot * 0.36, y + (top - y) * 0.28),
                (x + foot * 0.8, y + (top - y) * 0.28),
                (x + foot * 0.6, y + (top - y) * 0.5),
                (x + foot * 0.28, y + (top - y) * 0.5),
            ],
            shaded(white, 0.82),
        )

    stage.shade(along + 0.06, across, (0.34, 0.2), 0.42)
    stage.draw([(x - foot * 1.8, y + flat * 1.5), (x + foot * 1.8, top - 4)], paint)


def rod(
    stage: Stage, start: tuple[float, float, float], stop: tuple[float, float, float], breadth_m: float, colour: Colour
) -> None:
    """A straight bar, lit along one edge."""
    (one, other) = stage.spots(start, stop)
    width = breadth_m * stage.scale_px(start[0], start[1])

    def paint(pen: Pen) -> None:
        pen.line([one, other], shaded(colour, 0.78), width)
        pen.line(
            [(one[0] - width * 0.16, one[1] - width * 0.1), (other[0] - width * 0.16, other[1] - width * 0.1)],
            colour,
            width * 0.55,
        )

    stage.draw([(x + dx, y + dy) for x, y in (one, other) for dx in (-width, width) for dy in (-width, width)], paint)


def sheet(stage: Stage, corners: list[tuple[float, float, float]], colour: Colour) -> None:
    """A flat plate given by its corners."""
    points = stage.spots(*corners)
    stage.draw(points, lambda pen: pen.area(points, colour))


def bicycle(stage: Stage, along: float, across: float, *, turn: float, lean: float, colour: Colour) -> None:
    """A hire bicycle; turn: direction on the ground, lean: radians from upright (about 1.4 is lying)."""
    ahead = np.array([np.cos(turn), np.sin(turn), 0.0])
    aside = np.array([-np.sin(turn) * np.sin(lean), np.cos(turn) * np.sin(lean), np.cos(lean)])
    origin = np.array([along, across, 0.03])

    def at(forward: float, high: float) -> tuple[float, float, float]:
        spot = origin + ahead * forward + aside * high
        return float(spot[0]), float(spot[1]), float(spot[2])

    scale = stage.scale_px(along, across)
    turns = np.linspace(0, 2 * np.pi, 33)
    wheels = [stage.spots(*(at(hub + 0.3 * np.cos(t), 0.31 + 0.3 * np.sin(t)) for t in turns)) for hub in (-0.5, 0.5)]
    tubes = [
        ((-0.5, 0.31), (-0.12, 0.3)),
        ((-0.12, 0.3), (-0.25, 0.78)),
        ((-0.5, 0.31), (-0.22, 0.62)),
        ((-0.12, 0.3), (0.36, 0.66)),
        ((-0.22, 0.62), (0.36, 0.72)),
        ((0.5, 0.31), (0.34, 0.86)),
    ]

    def paint(pen: Pen) -> None:
        for wheel in wheels:
            pen.line(wheel, (38, 38, 40), 0.045 * scale)
        for wheel in wheels:
            for step in range(0, 16, 2):
                pen.line([wheel[step], wheel[step + 16]], (120, 122, 124), 0.006 * scale)
        for start, stop in tubes:
            pen.line(stage.spots(at(*start), at(*stop)), colour, 0.045 * scale)
        pen.line(stage.spots(at(-0.38, 0.82), at(-0.14, 0.83)), (34, 34, 36), 0.085 * scale)
        pen.line(stage.spots(at(0.24, 0.98), at(0.36, 0.92), at(0.3, 1.0)), (34, 34, 36), 0.035 * scale)
        basket = stage.spots(at(0.42, 0.92), at(0.72, 0.9), at(0.66, 0.66), at(0.46, 0.66))
        pen.line([*basket, basket[0]], (70, 72, 74), 0.02 * scale)
        pen.area(basket, (92, 95, 97))
        pen.line(
            [*stage.spots(at(-0.74, 0.46)), *stage.spots(at(-0.5, 0.64)), *stage.spots(at(-0.27, 0.5))],
            shaded(colour, 0.85),
            0.05 * scale,
        )

    stage.shade(along, across, (0.85 * abs(np.cos(turn)) + 0.3, 0.75 * abs(np.sin(turn)) + 0.2), 0.4)
    stage.draw([*wheels[0], *wheels[1], *stage.spots(at(0.3, 1.08), at(-0.4, 0.95), at(0.78, 0.95))], paint)


def _pairs(points: np.ndarray) -> Points:
    return [(float(x), float(y)) for x, y in points]

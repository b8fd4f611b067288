"""Street furniture, damaged or whole: benches, railings, cabinets."""

import numpy as np

from gridloop.site.demo.pictures.solids import Colour, box, cone, rod, shaded, sheet
from gridloop.site.demo.pictures.stage import Stage


def bench(stage: Stage, *, mended: bool) -> None:
    """A wooden bench, two slats broken, or whole."""
    wood, iron = (142, 98, 62), (66, 68, 70)
    stage.shade(0, 0.25, (1.1, 0.5), 0.5)
    for along in (-0.75, 0.75):
        box(stage, (along, 0.3, 0), (0.07, 0.48, 0.42), iron)
        rod(stage, (along, 0.52, 0.4), (along, 0.66, 0.9), 0.06, iron)
    for number, up in enumerate((0.62, 0.76, 0.9)):
        _slat(stage, 0.58 + number * 0.04, up, shaded(wood, 0.94 + 0.04 * number), broken=not mended and number == 1)
    for number in range(4):
        across = 0.5 - number * 0.13
        if not mended and number == 2:
            sheet(
                stage,
                [(-0.9, across, 0.44), (-0.28, across, 0.34), (-0.22, across - 0.1, 0.34), (-0.9, across - 0.1, 0.44)],
                shaded(wood, 0.9),
            )
            sheet(
                stage,
                [(0.3, across, 0.3), (0.9, across, 0.44), (0.9, across - 0.1, 0.44), (0.36, across - 0.1, 0.3)],
                shaded(wood, 0.86),
            )
            continue
        box(stage, (0, across, 0.42), (1.8, 0.1, 0.04), shaded(wood, 1.0 + 0.05 * (number % 2)))
    if not mended:
        sheet(
            stage,
            [(-0.5, -0.5, 0.02), (0.2, -0.38, 0.02), (0.22, -0.48, 0.02), (-0.47, -0.6, 0.02)],
            shaded(wood, 1.05),
        )


def _slat(stage: Stage, across: float, up: float, colour: Colour, *, broken: bool) -> None:
    if broken:
        sheet(
            stage,
            [
                (-0.9, across, up),
                (-0.15, across - 0.05, up - 0.14),
                (-0.2, across - 0.05, up - 0.05),
                (-0.9, across, up + 0.09),
            ],
            colour,
        )
        return
    sheet(stage, [(-0.9, across, up), (0.9, across, up), (0.9, across, up + 0.09), (-0.9, across, up + 0.09)], colour)


def railing(stage: Stage, *, mended: bool) -> None:
    """A guard rail in white panels along the kerb, one panel knocked down, or all upright."""
    white = (208, 212, 214)
    for number in range(-3, 4):
        start = number * 1.5 - 0.75
        hurt = number == 0 and not mended
        for along in (start, start + 1.5):
            if hurt and along == start:
                continue
            stage.shade(along, 0, (0.16, 0.12), 0.4)
            box(stage, (along, 0, 0), (0.09, 0.09, 1.0), white)
        _panel(stage, start, white, fallen=hurt)
    if not mended:
        cone(stage, 0.1, -0.95)


def _panel(stage: Stage, start: float, colour: Colour, *, fallen: bool) -> None:
    def at(along: float, up: float) -> tuple[float, float, float]:
        if not fallen:
            return start + along, 0.0, up
        return start + along * 0.96 + 0.05, -0.12 - up * 0.86, 0.06 + 0.26 * along * (0.4 + 0.5 * up)

    if fallen:
        stage.shade(start + 0.75, -0.5, (0.95, 0.5), 0.34)
    for along in np.linspace(0.12, 1.38, 9):
        rod(stage, at(float(along), 0.18), at(float(along), 0.9), 0.024, colour)
    for up in (0.18, 0.74, 0.9):
        rod(stage, at(0.03, up), at(1.47, up), 0.045, colour)
    if not fallen:
        sheet(stage, [at(0.1, 0.76), at(1.4, 0.76), at(1.4, 0.88), at(0.1, 0.88)], (76, 112, 158))


def cabinet(stage: Stage, *, mended: bool) -> None:
    """A street cabinet with its door hanging open, or closed."""
    green = (108, 128, 116) if stage.seed % 2 else (150, 154, 152)
    stage.shade(0, 0.2, (0.85, 0.45), 0.5)
    box(stage, (0, 0.3, 0), (1.16, 0.56, 0.12), (140, 138, 132))
    box(stage, (0, 0.3, 0.12), (1.05, 0.46, 1.15), green)
    face = 0.068
    if mended:
        for along in (-0.5, 0.02):
            sheet(
                stage,
                [(along, face, 0.2), (along + 0.48, face, 0.2), (along + 0.48, face, 1.2), (along, face, 1.2)],
                shaded(green, 1.0),
            )
        sheet(
            stage,
            [
                (-0.06, face - 0.01, 0.62),
                (-0.03, face - 0.01, 0.62),
                (-0.03, face - 0.01, 0.78),
                (-0.06, face - 0.01, 0.78),
            ],
            (52, 54, 56),
        )
        sheet(stage, [(0.16, face - 0.01, 0.88), (0.36, face - 0.01, 0.88), (0.26, face - 0.01, 1.06)], (216, 180, 60))
        return
    sheet(stage, [(-0.5, face, 0.2), (0.5, face, 0.2), (0.5, face, 1.2), (-0.5, face, 1.2)], (40, 42, 44))
    for number in range(4):
        up = 0.32 + number * 0.22
        sheet(
            stage,
            [
                (-0.42, face - 0.01, up),
                (0.2, face - 0.01, up),
                (0.2, face - 0.01, up + 0.12),
                (-0.42, face - 0.01, up + 0.12),
            ],
            (92, 98, 102),
        )
        rod(
            stage,
            (-0.3 + number * 0.1, face - 0.02, up + 0.1),
            (0.3, face - 0.06, 0.3 + number * 0.04),
            0.018,
            ((176, 64, 54), (204, 172, 60), (70, 108, 160), (60, 62, 64))[number],
        )
    sheet(
        stage,
        [(0.5, face, 0.2), (0.78, face - 0.42, 0.14), (0.78, face - 0.42, 1.12), (0.5, face, 1.2)],
        shaded(green, 0.9),
    )
    sheet(
        stage,
        [(-0.5, face, 0.2), (-0.82, face - 0.34, 0.2), (-0.82, face - 0.34, 1.2), (-0.5, face, 1.2)],
        shaded(green, 1.1),
    )

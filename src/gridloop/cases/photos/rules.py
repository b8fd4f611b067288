"""What may be covered in a photo, by whom, and what the public sees; pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed

MAY_MASK = (Duty.ACCEPTOR, Duty.DISPATCHER, Duty.SHIFT_LEADER)
"""Who may cover parts of a photo of a case in their area, and say that nobody can be recognised in it."""
BOXES_MAX = 40  # of one drawing; a street full of people has fewer
SIDE_MIN = 0.004  # of the picture: 5 pixels of 1280, less is a slip of the hand
POLICIES = ("checked", "masked", "never")


class Share(NamedTuple):
    """A box as shares of a picture's width and height, from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


def inside(box: Sequence[float], width_px: int, height_px: int) -> Share | None:
    """A box of pixels (left, top, right, bottom) as shares of its picture, cut at the edge; None where nothing of it lies inside."""
    left, right = (min(1.0, max(0.0, side / width_px)) for side in (box[0], box[2]))
    top, bottom = (min(1.0, max(0.0, side / height_px)) for side in (box[1], box[3]))
    return Share(left, top, right, bottom) if left < right and top < bottom else None


def drawn(boxes: Sequence[Sequence[float]]) -> list[Share]:
    """The boxes that somebody drew, as shares; raises Malformed for none, too many, and ones outside the picture or of no size."""
    if not 1 <= len(boxes) <= BOXES_MAX:
        raise Malformed(
            f"draw 1 to {BOXES_MAX} boxes at a time",
            zh=f"每次请绘制 1 至 {BOXES_MAX} 个遮挡框",
            fields={"boxes": "1 to 40"},
        )
    shares = [Share(*box) for box in boxes if len(box) == len(Share._fields)]
    if len(shares) != len(boxes) or not all(_has_size(share) for share in shares):
        raise Malformed(
            "a box is left, top, right, bottom as shares of the picture from 0 to 1, and not smaller than 0.4 % of a side",
            zh="遮挡框为左、上、右、下四个占画面的比例(0 至 1),边长不小于画面的 0.4 %",
            fields={"boxes": "inside the picture"},
        )
    return shares


def _has_size(share: Share) -> bool:
    lies_inside = 0 <= share.left <= 1 and 0 <= share.top <= 1 and share.right <= 1 and share.bottom <= 1
    return lies_inside and share.right - share.left >= SIDE_MIN and share.bottom - share.top >= SIDE_MIN


def public_sees(policy: str, *, checked: bool) -> bool:
    """Whether residents are shown photos that are not their own: always masked, once a person has checked, or never."""
    return policy == "masked" or (policy == "checked" and checked)

"""Drawn pictures for the demonstration's cases: the same street before and after, from the same seed."""

from gridloop.site.demo.pictures.bank import from_bank
from gridloop.site.demo.pictures.families import FAMILIES, family_of
from gridloop.site.demo.pictures.scenes import both, draw, scene

__all__ = ["FAMILIES", "both", "draw", "family_of", "from_bank", "scene"]

"""The four errors that a person may see; each is a sentence that says what is wrong and what would work.

They are translated to HTTP in one place (`site/problems.py`). Anything else is our own defect and crashes loudly.
"""

from __future__ import annotations

from collections.abc import Mapping


class GridloopError(Exception):
    """A sentence for the person at the desk, in English and Chinese."""

    status = 500
    kind = "error"

    def __init__(self, en: str, *, zh: str, fields: Mapping[str, str] | None = None) -> None:
        """`fields` maps a field of the form to what is wrong with it, where one field is to blame."""
        super().__init__(en)
        self.en = en
        self.zh = zh
        self.fields = dict(fields or {})

    def sentence(self, language: str) -> str:
        """The sentence in `zh` or, for any other language, in English."""
        return self.zh if language.startswith("zh") else self.en


class NotFound(GridloopError):
    """There is no such thing, or it is not for this caller's eyes."""

    status = 404
    kind = "not-found"


class NotAllowed(GridloopError):
    """The caller lacks a grant; the sentence says which one and who can give it."""

    status = 403
    kind = "not-allowed"


class NotSignedIn(NotAllowed):
    """Nobody is known behind this request, and this door needs somebody."""

    status = 401
    kind = "not-signed-in"


class Malformed(GridloopError):
    """The request itself cannot be understood."""

    status = 422
    kind = "malformed"


class Refused(GridloopError):
    """Understood and permitted, but the city's rules say no."""

    status = 409
    kind = "refused"


class Stale(Refused):
    """Somebody else changed the thing first; the caller must look again."""

    status = 412
    kind = "stale"


class TooMany(Refused):
    """A limit of rate or size was reached; the sentence says when it lifts."""

    status = 429
    kind = "too-many"

"""What is done with people: signing in, granting, keys, and finding out who asks."""

from gridloop.identity.actions.callers import LANGUAGE_COOKIE, SESSION_COOKIE, caller_from, caller_of, chosen_language
from gridloop.identity.actions.permits import check_origin, check_permit, require_grant, require_person
from gridloop.identity.actions.rates import count_key, count_rate, sweep_rates

__all__ = [
    "LANGUAGE_COOKIE",
    "SESSION_COOKIE",
    "caller_from",
    "caller_of",
    "check_origin",
    "check_permit",
    "chosen_language",
    "count_key",
    "count_rate",
    "require_grant",
    "require_person",
    "sweep_rates",
]

"""What is done with alarms: raising and clearing them, taking note, putting them aside."""

from gridloop.cases.alarms.actions.dealing import (
    acknowledge,
    clear_alarm,
    declare_own_sources,
    declare_source,
    raise_alarm,
    shelve,
    unshelve,
)

__all__ = ["acknowledge", "clear_alarm", "declare_own_sources", "declare_source", "raise_alarm", "shelve", "unshelve"]

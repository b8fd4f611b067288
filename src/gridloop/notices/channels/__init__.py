"""The ways out of the house, each behind the same call."""

from __future__ import annotations

from collections.abc import Callable

from gridloop.notices.channels import mail, push, sms
from gridloop.notices.channels.letter import Letter

SENDERS: dict[str, Callable[[Letter], str]] = {"email": mail.send, "sms": sms.send, "push": push.send}


def send(channel: str, letter: Letter) -> str:
    """Send one letter; returns the provider's own id of it. Raises Undeliverable."""
    return SENDERS[channel](letter)

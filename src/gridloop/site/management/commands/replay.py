"""`replay nyc311`: real requests through the Open311 door of a running platform, driven to the close and accounted for."""

from __future__ import annotations

import datetime as dt
import time
from argparse import ArgumentParser
from random import Random

from django.core.management.base import BaseCommand, CommandError

from gridloop.site.demo import organisation
from gridloop.site.demo.pictures import from_bank
from gridloop.site.drive import nyc311
from gridloop.site.drive.actors import Company, assemble
from gridloop.site.drive.door import Door
from gridloop.site.drive.replay import Account, Replay

CREATED = 201
WRONG_SHOWN = 20


class Command(BaseCommand):
    """Needs a running demo city; every case it makes stays there."""

    help = "Send the 4,969 requests of New York's 311 through Open311, drive each to the close, and print the account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which requests, where, how many."""
        parser.add_argument("what", choices=["nyc311"], help="which real input")
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="address of the platform")
        parser.add_argument("--limit", type=int, default=None, help="only the first N requests")
        parser.add_argument("--threads", type=int, default=3, help="how many crews work at once (default 3)")

    def handle(self, *_args: object, **options: object) -> None:
        """Replays, accounts, and fails if anything is missing."""
        base, threads = str(options["url"]), int(str(options["threads"]))
        limit = options["limit"]
        wanted = nyc311.requests(limit=int(str(limit)) if limit else None)
        replay = Replay(base, _api_key(base), lambda number: _company(base, number), threads, self.stdout.write)
        account = replay.run(wanted)
        self.stdout.write(told(account, len(wanted)))
        if not account.good:
            raise CommandError(f"{len(account.wrong)} things are wrong; the first are listed above")


def _company(base: str, number: int) -> Company:
    jpegs = {
        stage: from_bank("event", "0117", seed=number, stage=stage, when=dt.datetime.now(dt.UTC))
        for stage in ("before", "after")
    }
    return assemble(
        base,
        organisation.PASSWORD,
        picture=lambda _kind, _code, stage: jpegs["after" if stage == "after" else "before"],
        rng=Random(number),  # noqa: S311 - a play, not a secret
        seats={seat.login: (seat.duties, seat.area) for seat in organisation.seats()},
        patience_s=300,
    )


def _api_key(base: str) -> str:
    """A key for the Open311 door, made as an administrator makes one."""
    door = Door(base, patience_s=60)
    door.sign_in("admin", organisation.PASSWORD)
    answer = door.send("/keys", {"name": f"replay {time.time_ns()}", "scopes": ["open311"], "rate_per_minute": 60_000})
    door.close()
    if answer.status != CREATED:
        raise CommandError(f"no key for Open311: {answer.status} {answer.sentence}")
    return str(answer.body["token"])


def told(account: Account, wanted: int) -> str:
    """The account in words."""
    lines = [
        f"requests in the file      {wanted}",
        f"taken through Open311     {account.sent}, as {len(set(account.numbers.values()))} cases",
        f"position from             {', '.join(f'{name} {count}' for name, count in account.placed_by.most_common())}",
        f"states at the end         {', '.join(f'{name} {count}' for name, count in account.states.most_common())}",
        f"steps taken               {sum(account.verbs.values())}: {', '.join(f'{name} {count}' for name, count in account.verbs.most_common())}",
        f"owners                    {', '.join(f'{name} {count}' for name, count in account.owners.most_common())}",
        f"events in histories       {account.events}; entries of the ledger about them {account.entries}",
        f"time                      {account.seconds:.0f} s, {account.sent / max(account.seconds, 1e-9):.1f} requests/s from report to close",
        f"wrong                     {len(account.wrong)}",
    ]
    return "\n".join(lines + [f"  {sentence}" for sentence in account.wrong[:WRONG_SHOWN]])

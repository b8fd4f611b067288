"""Sends requests through the Open311 door in their order of time, lets scripted seats drive each to the close, and draws up the account."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Queue
from random import Random
from typing import Any

from gridloop.kernel.duties import Duty
from gridloop.site.drive import plot as plots
from gridloop.site.drive.actors import Company, drive
from gridloop.site.drive.door import Door
from gridloop.site.drive.nyc311 import Request

OPEN311 = "/open311/v2"
CREATED = 201
LEDGER_PAUSE_S = 3.0
MakeCompany = Callable[[int], Company]


@dataclass
class Account:
    """What became of the requests; every list holds sentences about what is wrong, so an empty list is good news."""

    sent: int = 0
    numbers: dict[str, str] = field(default_factory=dict)
    verbs: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    placed_by: Counter[str] = field(default_factory=Counter)
    owners: Counter[str] = field(default_factory=Counter)
    events: int = 0
    entries: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether every request arrived once and its case is complete."""
        return not self.wrong and len(set(self.numbers.values())) == self.sent == len(self.numbers)


@dataclass
class Replay:
    """One run: the API key, the people of each thread, and where progress is told."""

    base: str
    api_key: str
    make_company: MakeCompany
    threads: int
    say: Callable[[str], None]
    account: Account = field(default_factory=Account)
    driven: list[tuple[Request, str, list[str]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, wanted: Sequence[Request]) -> Account:
        """Send, drive and check all of them."""
        begun = time.monotonic()
        work: Queue[tuple[Request, str] | None] = Queue(maxsize=400)
        crews = [
            threading.Thread(target=self._crew, args=(number, work, len(wanted)), daemon=True)
            for number in range(self.threads)
        ]
        for crew in crews:
            crew.start()
        self._send_all(wanted, work)
        for _ in crews:
            work.put(None)
        for crew in crews:
            crew.join()
        self._check_all()
        self.account.seconds = time.monotonic() - begun
        return self.account

    def _send_all(self, wanted: Sequence[Request], work: Queue[tuple[Request, str] | None]) -> None:
        """In their own order of time; every hundredth is sent twice, as a client does whose connection was lost."""
        door = Door(self.base, patience_s=300)
        for count, one in enumerate(wanted):
            number = self._send(door, one)
            if number is None:
                continue
            if count % 100 == 0 and self._send(door, one) != number:
                self.account.wrong.append(f"{one.key}: sent again, it became another case")
            with self.lock:
                self.account.sent += 1
                self.account.numbers[one.key] = number
                self.account.placed_by[one.placed_by] += 1
            work.put((one, number))
        door.close()

    def _send(self, door: Door, one: Request) -> str | None:
        form = {
            "api_key": self.api_key, "service_code": one.service, "lat": str(one.lat), "long": str(one.lon), "description": one.words,
            "address_string": one.address, "attribute[DETAILS]": f"NYC 311 request {one.key} of {one.created}",
        }  # fmt: skip
        answer = door.ask(
            "POST", f"{OPEN311}/requests.json", form=form, headers={"Idempotency-Key": f"nyc311-{one.key}"}
        )
        if answer.status != CREATED:
            self.account.wrong.append(f"{one.key}: not taken, {answer.status} {answer.body}")
            return None
        return str(answer.body[0]["service_request_id"])

    def _crew(self, number: int, work: Queue[tuple[Request, str] | None], total: int) -> None:
        company = self.make_company(number)
        rng = Random(number)  # noqa: S311 - a play, not a secret
        while (item := work.get()) is not None:
            one, case = item
            try:
                taken = drive(company, case, plots.draw(rng, "open311"))
                with self.lock:
                    self.driven.append((one, case, taken))
            except (LookupError, PermissionError) as problem:
                with self.lock:
                    self.account.wrong.append(f"{one.key}: {problem}")
            if len(self.driven) % 50 == 0:
                self.say(f"driven {len(self.driven)}/{total}")
        company.leave()

    def _check_all(self) -> None:
        """Look at every case again when all is done and the ledger has taken in the last step."""
        time.sleep(LEDGER_PAUSE_S)
        company = self.make_company(self.threads)
        for count, (one, case, taken) in enumerate(self.driven, start=1):
            self._check(company, one, case, taken)
            if count % 200 == 0:
                self.say(f"checked {count}/{len(self.driven)}")
        company.leave()

    def _check(self, company: Company, one: Request, case: str, taken: list[str]) -> None:
        """Owner, deadline, history and ledger of one case as its card shows them."""
        card = company.card(case)
        verbs = [event["verb"] for event in card["history"]]
        ledger = _ledger(company, case)
        wrong = []
        if not card["due_at"]:
            wrong.append("no deadline")
        if card["unit_id"] is None and card["state"] != "rejected":
            wrong.append("no owner")
        if verbs != ["report", *taken]:
            wrong.append(f"history says {verbs}, done was {taken}")
        missing = Counter(f"case.{verb}" for verb in verbs) - Counter(ledger)
        if missing:
            wrong.append(f"ledger lacks {dict(missing)}")
        with self.lock:
            self.account.verbs.update(taken)
            self.account.states[card["state"]] += 1
            self.account.owners[card.get("unit_zh") or "-"] += 1
            self.account.events += len(verbs)
            self.account.entries += len(ledger)
            self.account.wrong += [f"{one.key} ({case}): {sentence}" for sentence in wrong]


def _ledger(company: Company, case: str) -> list[str]:
    """The actions of a case's ledger entries that changed it."""
    page: dict[str, Any] = company.of(Duty.SUPERVISOR, "3502").get(f"/cases/{case}/ledger", limit=200)
    return [entry["action"] for entry in page["items"] if not entry["looked"]]

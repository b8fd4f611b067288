"""The whole API under schemathesis: made-up requests from its own OpenAPI document, by the public, an administrator and a desk."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from gridloop.kernel.duties import Duty
from tests.builders import a_client, a_person
from tests.cases.conftest import ground

__all__ = ["ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 6  # for each address and caller; the sum is what fits into a full run
CHECKS = [not_a_server_error, response_schema_conformance]
CALLERS: dict[str, tuple[Duty, ...]] = {
    "public": (),
    "administrator": (Duty.ADMIN, Duty.AUDITOR),
    "desk": (Duty.ACCEPTOR, Duty.DISPATCHER, Duty.SHIFT_LEADER),
}


def headers(duties: tuple[Duty, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """Headers with the page's token, and the cookies of such a caller."""
    if not duties:
        return {"Host": "localhost"}, {}
    client = a_client(a_person(*duties))
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    return {"Host": "localhost", "X-CSRFToken": cookies["csrftoken"]}, cookies


@contextlib.contextmanager
def one_connection() -> Iterator[None]:
    """The application runs inside the test's transaction, so the end of a request must not close its connection."""
    for signal in (request_started, request_finished):  # Django's test client connects them again each time
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def broken(operation: Any, duties: tuple[Duty, ...], statuses: Counter[int]) -> str:
    """What is wrong with one address, or nothing; each gets a session of its own, because one of them ends it."""
    sent_with, cookies = headers(duties)

    # derandomized: the same requests each time, so that a failure can be looked into
    @settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
    )
    @given(case=operation.as_strategy())
    def tried(case: Any) -> None:
        statuses[case.call_and_validate(checks=CHECKS, headers=sent_with, cookies=cookies).status_code] += 1

    try:
        with one_connection():
            tried()
    except Exception as failure:  # noqa: BLE001 - every failure is told, with the rest of them
        return f"{operation.label}: {failure}"
    return ""


@pytest.mark.parametrize("caller", CALLERS)
def test_no_made_up_request_breaks_the_platform_or_its_own_promises(caller: str, ground: None) -> None:
    with one_connection():
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 50
    statuses: Counter[int] = Counter()
    wrong = [said for operation in operations if (said := broken(operation, CALLERS[caller], statuses))]
    assert not wrong, "\n\n".join(wrong)
    meant = [one for one in operations if caller != "public" or {} in one.definition.raw.get("security", [{}])]
    assert statuses[200] > len(meant) / 4, statuses  # it came in and was answered, not only turned away
    if CALLERS[caller]:
        assert statuses[401] < sum(statuses.values()) / 10, statuses

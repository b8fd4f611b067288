"""The whole API under schemathesis: made-up requests from its own OpenAPI document, by the public, an administrator and a desk."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from gridloop.kernel.duties import Duty
from tests.builders import a_client, a_person
from tests.cases.conftest import ground

__all__ = ["ground"]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 6  # for each address and caller; the sum is what fits into a full run
CHECKS = (not_a_server_error, response_schema_conformance)


def api() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


schema = schemathesis.pytest.from_fixture("described")


@pytest.fixture
def described(ground: None) -> Any:
    return api()


@pytest.fixture(params=["public", "administrator", "desk"])
def headers(request: pytest.FixtureRequest, ground: None) -> dict[str, str]:
    """The cookies of each caller, with the page's token."""
    if request.param == "public":
        return {"Host": "localhost"}
    duties = (Duty.ADMIN, Duty.AUDITOR) if request.param == "administrator" else (Duty.ACCEPTOR, Duty.DISPATCHER, Duty.SHIFT_LEADER)
    client = a_client(a_person(*duties))
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return {"Host": "localhost", "Cookie": cookies, "X-CSRFToken": client.cookies["csrftoken"].value}


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,  # the same requests each time, so that a failure can be looked into
)
def test_no_request_breaks_the_platform_or_its_own_promises(case: Any, headers: dict[str, str]) -> None:
    case.call_and_validate(checks=list(CHECKS), headers=headers)

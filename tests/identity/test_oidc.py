"""Signing in through a real OpenID Connect provider, over real HTTP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest

from gridloop.identity import actions
from gridloop.identity.models import Grant, OidcLink, Person
from gridloop.kernel.errors import NotAllowed, NotFound, NotSignedIn, Refused
from tests.builders import a_person

pytestmark = pytest.mark.django_db
HERE = actions.Visitor("10.0.0.1")
BACK = "http://localhost/api/v1/session/oidc/callback"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    users = (
        oidc_provider_mock.User(sub="lin-1", claims={"email": "Lin@city.example", "email_verified": True}),
        oidc_provider_mock.User(sub="wu-2", claims={"email": "wu@city.example", "email_verified": False}),
        oidc_provider_mock.User(sub="stranger", claims={"email": "stranger@city.example", "email_verified": True}),
    )
    with oidc_provider_mock.run_server_in_thread(user_claims=users, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def configured(provider: str, settings) -> None:
    settings.GRIDLOOP_OIDC = {"issuer": provider, "client_id": "gridloop", "client_secret": "secret"}


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def went_to_the_provider(sub: str, url: str) -> dict[str, str]:
    answer = httpx.post(url, data={"sub": sub}, follow_redirects=False)
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def came_back(sub: str, back_to: str = "/console/"):
    started = actions.start_oidc(back_to, redirect_uri=BACK, now=now())
    returned = went_to_the_provider(sub, started.url)
    return actions.finish_oidc(
        returned["state"], returned["code"], cookie_state=started.state, redirect_uri=BACK, visitor=HERE, now=now()
    )


def test_a_person_is_linked_by_the_verified_address_and_then_known_by_the_account(configured) -> None:
    person = a_person(email="lin@city.example")
    signed_in, back_to = came_back("lin-1")
    assert (signed_in.person_id, back_to) == (person, "/console/")
    Person.objects.filter(pk=person).update(email="new@city.example")
    assert came_back("lin-1")[0].person_id == person
    assert OidcLink.objects.count() == 1
    assert not Grant.objects.filter(person=person).exists()


def test_an_unverified_address_and_a_stranger_are_not_let_in(configured) -> None:
    a_person(email="wu@city.example")
    for sub in ("wu-2", "stranger"):
        with pytest.raises(NotAllowed, match="nobody here belongs to this account"):
            came_back(sub)


def test_a_return_that_another_browser_began_is_refused(configured) -> None:
    a_person(email="lin@city.example")
    started = actions.start_oidc("/", redirect_uri=BACK, now=now())
    returned = went_to_the_provider("lin-1", started.url)
    with pytest.raises(NotSignedIn, match="has expired or was begun elsewhere"):
        actions.finish_oidc(
            returned["state"], returned["code"], cookie_state="", redirect_uri=BACK, visitor=HERE, now=now()
        )
    late = now() + dt.timedelta(minutes=11)
    with pytest.raises(NotSignedIn, match="has expired or was begun elsewhere"):
        actions.finish_oidc(
            returned["state"], returned["code"], cookie_state=started.state, redirect_uri=BACK, visitor=HERE, now=late
        )


def test_a_code_that_the_provider_does_not_know_is_refused(configured) -> None:
    started = actions.start_oidc("/", redirect_uri=BACK, now=now())
    with pytest.raises(NotSignedIn, match="the identity provider did not accept the sign-in"):
        actions.finish_oidc(
            started.state, "made-up", cookie_state=started.state, redirect_uri=BACK, visitor=HERE, now=now()
        )


def test_a_token_for_another_sign_in_is_refused_by_its_nonce(configured) -> None:
    a_person(email="lin@city.example")
    first = actions.start_oidc("/", redirect_uri=BACK, now=now())
    second = actions.start_oidc("/", redirect_uri=BACK, now=now())
    forged = first.url.replace(parse_qs(urlsplit(first.url).query)["nonce"][0], "another-nonce")
    returned = went_to_the_provider("lin-1", forged)
    with pytest.raises(NotSignedIn, match="the identity provider's answer does not verify"):
        actions.finish_oidc(
            returned["state"], returned["code"], cookie_state=first.state, redirect_uri=BACK, visitor=HERE, now=now()
        )
    assert second.state != first.state


def test_only_pages_of_ours_are_returned_to(configured) -> None:
    a_person(email="lin@city.example")
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        assert came_back("lin-1", elsewhere)[1] == "/"


def test_without_a_provider_the_door_says_so(settings) -> None:
    settings.GRIDLOOP_OIDC = {}
    with pytest.raises(NotFound, match="no identity provider is configured here"):
        actions.start_oidc("/", redirect_uri=BACK, now=now())
    settings.GRIDLOOP_OIDC = {"issuer": "http://localhost:9", "client_id": "x"}
    with pytest.raises(Refused, match="the identity provider cannot be reached"):
        actions.start_oidc("/", redirect_uri=BACK, now=now())

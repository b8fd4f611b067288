"""What is done with people: signing in, granting, keys, and finding out who asks."""

from gridloop.identity.actions.callers import (
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    caller_from,
    caller_of,
    chosen_language,
    client_ip,
    visitor_of,
)
from gridloop.identity.actions.devices import (
    ShareGiven,
    WipeWanted,
    confirm_wiped,
    device_share,
    register_device,
    wipe_device,
    wipe_wanted,
)
from gridloop.identity.actions.forgetting import check_own_code, forget_resident, own_phone
from gridloop.identity.actions.grants import NewGrant, delegate, give, give_many, revoke
from gridloop.identity.actions.keys import KeyMade, NewKey, make_key, withdraw_key
from gridloop.identity.actions.oidc import OidcStart, finish_oidc, start_oidc
from gridloop.identity.actions.people import (
    NewPerson,
    NewUnit,
    change_password,
    create_people,
    create_person,
    create_unit,
    set_active,
    set_language,
    set_name_en,
    unit_kinds,
)
from gridloop.identity.actions.permits import check_origin, check_permit, require_grant, require_person
from gridloop.identity.actions.phones import CodeToSend, start_phone, sweep_codes, verify_phone
from gridloop.identity.actions.rates import count_key, count_rate, sweep_rates
from gridloop.identity.actions.sign_in import SignedIn, limits, prove, sign_in, sign_out, sweep_sessions
from gridloop.identity.actions.totp import Enrolment, confirm_totp, disable_totp, enrol_totp
from gridloop.identity.actions.visitor import Visitor
from gridloop.identity.queries.seals import sealed_bytes, sealed_text, unsealed_bytes, unsealed_text

__all__ = [
    "LANGUAGE_COOKIE",
    "SESSION_COOKIE",
    "CodeToSend",
    "Enrolment",
    "KeyMade",
    "NewGrant",
    "NewKey",
    "NewPerson",
    "NewUnit",
    "OidcStart",
    "ShareGiven",
    "SignedIn",
    "Visitor",
    "WipeWanted",
    "caller_from",
    "caller_of",
    "change_password",
    "check_origin",
    "check_own_code",
    "check_permit",
    "chosen_language",
    "client_ip",
    "confirm_totp",
    "confirm_wiped",
    "count_key",
    "count_rate",
    "create_people",
    "create_person",
    "create_unit",
    "delegate",
    "device_share",
    "disable_totp",
    "enrol_totp",
    "finish_oidc",
    "forget_resident",
    "give",
    "give_many",
    "limits",
    "make_key",
    "own_phone",
    "prove",
    "register_device",
    "require_grant",
    "require_person",
    "revoke",
    "sealed_bytes",
    "sealed_text",
    "set_active",
    "set_language",
    "set_name_en",
    "sign_in",
    "sign_out",
    "start_oidc",
    "start_phone",
    "sweep_codes",
    "sweep_rates",
    "sweep_sessions",
    "unit_kinds",
    "unsealed_bytes",
    "unsealed_text",
    "verify_phone",
    "visitor_of",
    "wipe_device",
    "wipe_wanted",
    "withdraw_key",
]

"""`person`: make the first people of an installation, before anybody could sign in to do it."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from gridloop.identity import actions
from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import GridloopError


class Command(BaseCommand):
    """Adds one person with duties; the password is asked for, or read from standard input."""

    help = "Add a person with duties, such as the first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, and what they may."""
        parser.add_argument("login")
        parser.add_argument("--name", required=True)
        parser.add_argument("--duty", action="append", choices=[duty.value for duty in Duty], required=True)
        parser.add_argument("--area", default="", help="division code prefix; everywhere by default")
        parser.add_argument("--email", default="", help="e-mail address, taken as verified")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Ask for the password, then make person and grants in one transaction."""
        password = getpass.getpass("Password / 密码: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        by, now = system("person"), clock.now()
        new = actions.NewPerson(
            login=options["login"],
            name=options["name"],
            password=password,
            email=options["email"],
            email_verified=bool(options["email"]),
        )
        try:
            with transaction.atomic():
                made = actions.create_person(new, by=by, now=now)
                grants = [actions.NewGrant(made, Duty(duty), area=options["area"]) for duty in options["duty"]]
                actions.give_many(grants, by=by, now=now)
        except GridloopError as refused:
            raise CommandError(f"{refused.en} / {refused.zh}") from refused
        self.stdout.write(f"person {made}: {options['login']} ({', '.join(options['duty'])})")

"""The reference page says what the rules say."""

from __future__ import annotations

from django.core.management import call_command


def test_the_page_about_the_loop_is_up_to_date():
    call_command("loop", "--check")

"""E-mail by SMTP (RFC 5321), plain text, one Message-ID for each delivery however often it is attempted."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formataddr, parseaddr

from django.conf import settings

from gridloop.notices.channels.letter import Letter, Undeliverable

TIMEOUT_S = 10
AFTER_REFUSAL = 500  # 5xx replies are final (RFC 5321, 4.2.1)


def message(letter: Letter, sender: str) -> EmailMessage:
    """The mail for a letter; raises Undeliverable for an address that is none."""
    address = parseaddr(letter.address)[1]
    if "@" not in address or any(char in letter.address for char in "\r\n"):
        raise Undeliverable(f"{letter.address!r} is no mail address", for_good=True)
    name, from_address = parseaddr(sender)
    domain = from_address.rpartition("@")[2] or "localhost"
    mail = EmailMessage()
    mail["From"] = formataddr((name or "Gridloop", from_address))
    mail["To"] = address
    mail["Subject"] = " ".join(letter.title.split())
    mail["Message-ID"] = f"<{hashlib.sha256(letter.key.encode()).hexdigest()[:32]}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answers, please
    mail["Content-Language"] = letter.language
    mail.set_content(letter.text + "\n")
    return mail


def send(letter: Letter) -> str:
    """Hand the mail to the configured server; returns its Message-ID."""
    config: dict[str, str | int | bool] = getattr(settings, "GRIDLOOP_SMTP", {})
    host = str(config.get("host", ""))
    if not host:
        raise Undeliverable("no mail server is configured (smtp.host)", for_good=True)
    mail = message(letter, str(config.get("sender", "gridloop@localhost")))
    try:
        with smtplib.SMTP(host, int(config.get("port", 587)), timeout=TIMEOUT_S) as server:
            if config.get("starttls", True):
                server.starttls(context=ssl.create_default_context())
            if config.get("user"):
                server.login(str(config["user"]), str(config.get("password", "")))
            server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        raise Undeliverable(f"{code} {said.decode('utf-8', 'replace')}", for_good=code >= AFTER_REFUSAL) from refused
    except smtplib.SMTPResponseException as refused:
        why = (
            refused.smtp_error.decode("utf-8", "replace")
            if isinstance(refused.smtp_error, bytes)
            else str(refused.smtp_error)
        )
        # a rejected login is ours to repair, so the letters wait for it
        for_good = refused.smtp_code >= AFTER_REFUSAL and not isinstance(refused, smtplib.SMTPAuthenticationError)
        raise Undeliverable(f"{refused.smtp_code} {why}", for_good=for_good) from refused
    except (OSError, smtplib.SMTPException) as failure:
        raise Undeliverable(f"{type(failure).__name__}: {failure}", for_good=False) from failure
    return str(mail["Message-ID"])

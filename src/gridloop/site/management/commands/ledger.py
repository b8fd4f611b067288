"""`ledger`: verify the ledger, export it, prove an entry, or give waiting entries their place."""

from __future__ import annotations

import base64
import sys
import time
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridloop.audit import actions, queries
from gridloop.kernel import clock
from gridloop.kernel.errors import GridloopError
from gridloop.site import ledger_check

BAR = 30


class Command(BaseCommand):
    """Sub-commands of `./gridloop ledger`."""

    help = "Verify, export or prove the ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        """One sub-command each."""
        parts = parser.add_subparsers(dest="what", required=True)
        verify = parts.add_parser(
            "verify", help="read the ledger and name every disagreement; exit code 1 if there is one"
        )
        verify.add_argument("--from", dest="start", type=int, default=0, help="first position to read")
        verify.add_argument("--to", dest="end", type=int, default=None, help="position to stop before")
        verify.add_argument(
            "--key", action="append", default=[], help="verifier key to trust, instead of var/keys/ledger_ed25519.pub"
        )
        sequence = parts.add_parser(
            "sequence", help="give waiting entries their place; the worker does this once a second"
        )
        sequence.add_argument(
            "--once", action="store_true", help="do it once and stop (the default runs until interrupted)"
        )
        export = parts.add_parser("export", help="write entries and checkpoint as JSON lines")
        export.add_argument("file", type=Path)
        checked = parts.add_parser("verify-export", help="check an exported file; needs no database")
        checked.add_argument("file", type=Path)
        checked.add_argument("--key", default="", help="verifier key to trust, instead of the file's own")
        prove = parts.add_parser("prove", help="show that an entry stands in the ledger")
        prove.add_argument("position", type=int)
        grown = parts.add_parser(
            "consistency", help="show that the ledger of FIRST entries is the beginning of that of SECOND"
        )
        grown.add_argument("first", type=int)
        grown.add_argument("second", type=int)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do the sub-command; refusals are told in one sentence."""
        try:
            self._do(options)
        except GridloopError as refused:
            raise CommandError(f"{refused.en} / {refused.zh}") from refused

    def _do(self, options: dict[str, Any]) -> None:
        """The sub-command's work."""
        match options["what"]:
            case "verify":
                self._verify(options)
            case "sequence":
                self._sequence(once=options["once"])
            case "export":
                self._export(options["file"])
            case "verify-export":
                sys.exit(ledger_check.main([str(options["file"]), *([options["key"]] if options["key"] else [])]))
            case "prove":
                self._prove(options["position"])
            case "consistency":
                self._consistency(options["first"], options["second"])

    def _verify(self, options: dict[str, Any]) -> None:
        """Read it all, with a bar where somebody watches."""
        began = time.monotonic()
        trusted = options["key"] or actions.trusted_keys()
        report = queries.verify(trusted, start=options["start"], end=options["end"], progress=self._bar)
        self.stderr.write("")
        for finding in report.findings:
            self.stdout.write(f"{finding.kind.value:>10} {finding.position:>10}  {finding.en}\n{'':>22} {finding.zh}")
        spent_s = time.monotonic() - began
        read = f"{report.entries} entries, {report.checkpoints} checkpoints, {report.nodes} nodes in {spent_s:.1f} s"
        if not report.whole:
            raise CommandError(
                f"NOT WHOLE: {len(report.findings)} findings / 台账不完整:{len(report.findings)} 处问题; read {read}"
            )
        self.stdout.write(self.style.SUCCESS(f"whole / 台账完整: {read}"))

    def _bar(self, done: int, total: int) -> None:
        """A progress bar on a terminal."""
        if self.stderr.isatty() and total:
            filled = BAR * done // total
            self.stderr.write(f"\r  {'#' * filled}{'.' * (BAR - filled)} {done:,} / {total:,}", ending="")

    def _sequence(self, *, once: bool) -> None:
        """Once, or once a second."""
        while True:
            moved = actions.sequence(clock.now())
            if moved or once:
                self.stdout.write(f"{moved} entries sequenced")
            if once:
                return
            time.sleep(1)

    def _export(self, path: Path) -> None:
        """To a temporary file first, so that a broken export never looks whole."""
        part = path.with_name(path.name + ".part")
        lines = 0
        with part.open("wb") as file:
            for line in queries.export_lines(actions.trusted_keys()[-1]):
                file.write(line)
                lines += 1
        part.replace(path)
        self.stdout.write(
            f"{max(lines - 2, 0)} entries written to {path}; check with: python src/gridloop/site/ledger_check.py {path}"
        )

    def _prove(self, position: int) -> None:
        """Entry, proof and checkpoint in one JSON object."""
        proof = queries.inclusion_proof(position)
        checkpoint = queries.checkpoint(proof.size)
        said = {
            "position": position,
            "size": proof.size,
            "leaf": _text(proof.leaf),
            "root": _text(proof.root),
            "hashes": [_text(one) for one in proof.hashes],
            "checkpoint": checkpoint.note if checkpoint else "",
        }
        self.stdout.write(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode())

    def _consistency(self, first: int, second: int) -> None:
        """The proof in one JSON object."""
        proof = queries.consistency_proof(first, second)
        said = {
            "first": first,
            "second": second,
            "first_root": _text(proof.first_root),
            "second_root": _text(proof.second_root),
            "hashes": [_text(one) for one in proof.hashes],
        }
        self.stdout.write(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode())


def _text(raw: bytes) -> str:
    """A hash in base64."""
    return base64.b64encode(raw).decode()

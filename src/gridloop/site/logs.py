"""Structured logs: one JSON object a line on standard error, with the request's reference."""

from __future__ import annotations

import logging
import sys

import orjson
import structlog


def configure(level: str) -> None:
    """Send our own logs and those of the libraries through one formatter, from this level on."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_json)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [*(one for one in root.handlers if not isinstance(one, logging.StreamHandler)), handler]
    root.setLevel(max(threshold, logging.INFO))
    logging.getLogger("django.request").setLevel(logging.ERROR)  # refusals are answers here, RequestLog tells them
    logging.getLogger("httpx").setLevel(
        logging.WARNING
    )  # a line for each request it sends drowns what replay and the duty day say


def _json(event: object, **given: object) -> str:
    """One line; `given` is what structlog passes to a serializer, of which only the fallback counts."""
    return orjson.dumps(event, default=given.get("default", str)).decode()  # type: ignore[arg-type]

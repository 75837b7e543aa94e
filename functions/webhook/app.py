"""The webhook: takes what Git hosts tell of pushes, and answers before anything is started."""

import os
from collections.abc import Mapping
from typing import Any

import longshore.runtime.cold_start  # noqa: F401  before anything else
from longshore.runtime.clock import Invocation
from longshore.runtime.http import HttpAnswer
from longshore.runtime.observability import make_journal
from longshore.runtime.settings import WebhookSettings
from longshore.runtime.webhook_api import answer_delivery
from longshore.runtime.wiring.webhook import make_webhook


def handler(event: Mapping[str, Any], context: Invocation) -> HttpAnswer:
    """Answer a delivery of a Git host."""
    journal = make_journal(context)
    settings = WebhookSettings.from_env(os.environ)
    ports = make_webhook(settings, context)
    return answer_delivery(event, ports, journal)

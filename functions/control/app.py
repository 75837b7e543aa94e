"""The control function: takes configurations and intents from people who signed them."""

import os
from collections.abc import Mapping
from typing import Any

import longshore.runtime.cold_start  # noqa: F401  before anything else
from longshore.runtime.clock import Invocation
from longshore.runtime.control_api import answer_request
from longshore.runtime.http import HttpAnswer
from longshore.runtime.observability import make_journal
from longshore.runtime.settings import ControlSettings
from longshore.runtime.wiring.control import make_control


def handler(event: Mapping[str, Any], context: Invocation) -> HttpAnswer:
    """Answer a request of the Function URL."""
    journal = make_journal(context)
    settings = ControlSettings.from_env(os.environ)
    ports = make_control(settings, context)
    return answer_request(event, ports, journal)

"""The deploy action: answers the jobs of CodePipeline's Lambda action."""

import os
from collections.abc import Mapping
from typing import Any

import longshore.runtime.cold_start  # noqa: F401  before anything else
from longshore.runtime.clock import Invocation
from longshore.runtime.observability import make_journal
from longshore.runtime.pipeline_job import answer_job
from longshore.runtime.settings import PipelineJobSettings
from longshore.runtime.wiring.pipeline_job import make_pipeline_job


def handler(event: Mapping[str, Any], context: Invocation) -> None:
    """Answer a job; its event holds credentials and is logged nowhere."""
    journal = make_journal(context)
    settings = PipelineJobSettings.from_env(os.environ)
    ports = make_pipeline_job(settings, context)
    answer_job(event, ports, journal)

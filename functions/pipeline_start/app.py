"""The starter: starts the pipelines and builds that pushes are for."""

import os

import longshore.runtime.cold_start  # noqa: F401  before anything else
from longshore.runtime.batch import BatchAnswer, Event
from longshore.runtime.clock import Invocation
from longshore.runtime.observability import make_journal
from longshore.runtime.pipeline_start import start_batch
from longshore.runtime.settings import PipelineStartSettings
from longshore.runtime.wiring.pipeline_start import make_pipeline_start


def handler(event: Event, context: Invocation) -> BatchAnswer:
    """Start what a batch of pushes is for; return the messages that must come again."""
    journal = make_journal(context)
    settings = PipelineStartSettings.from_env(os.environ)
    ports = make_pipeline_start(settings, context)
    return start_batch(event, ports, journal)

"""The watch over pipelines: reads executions back, keeps their timelines, tells what is news."""

import os

import longshore.runtime.cold_start  # noqa: F401  before anything else
from longshore.runtime.batch import BatchAnswer, Event
from longshore.runtime.clock import Invocation
from longshore.runtime.observability import make_journal
from longshore.runtime.pipeline_watch import watch_batch
from longshore.runtime.settings import PipelineWatchSettings
from longshore.runtime.wiring.pipeline_watch import make_pipeline_watch


def handler(event: Event, context: Invocation) -> BatchAnswer:
    """Look at the executions of a batch; return the messages that must come again."""
    journal = make_journal(context)
    settings = PipelineWatchSettings.from_env(os.environ)
    ports = make_pipeline_watch(settings, context)
    return watch_batch(event, ports, journal)

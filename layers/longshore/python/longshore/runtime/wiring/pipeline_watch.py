"""What the watch over pipelines is made of."""

from longshore.aws.codebuild import AwsBuilds
from longshore.aws.codepipeline import AwsPipelines
from longshore.aws.directory import DynamoDirectory
from longshore.aws.pushed_builds import DynamoPushedBuildStore
from longshore.aws.queues import SqsLooks
from longshore.aws.timelines import DynamoTimelineStore
from longshore.runtime.clock import Invocation, SystemClock
from longshore.runtime.settings import PipelineWatchSettings
from longshore.runtime.wiring.shared import make_clients, make_gate, make_queue, make_table
from longshore.usecases.watch_ports import WatchPorts


def make_pipeline_watch(settings: PipelineWatchSettings, invocation: Invocation) -> WatchPorts:
    """Return the ports of the watch for one invocation."""
    table = make_table(settings.table)
    return WatchPorts(
        directory=DynamoDirectory(table),
        pipelines=AwsPipelines(make_gate(), make_clients()),
        builds=AwsBuilds(make_gate(), make_clients()),
        timelines=DynamoTimelineStore(table),
        pushed=DynamoPushedBuildStore(table),
        looks=SqsLooks(make_queue(settings.inbox_url)),
        clock=SystemClock(invocation),
    )

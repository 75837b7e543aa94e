"""What the router is made of."""

from longshore.aws.directory import DynamoDirectory
from longshore.aws.queues import SqsExecutionQueue, SqsWorkQueue
from longshore.runtime.clock import Invocation, SystemClock
from longshore.runtime.settings import RouterSettings
from longshore.runtime.wiring.shared import make_queue, make_table
from longshore.usecases.route_event import RouterPorts


def make_router(settings: RouterSettings, invocation: Invocation) -> RouterPorts:
    """Return the router's ports for one invocation."""
    return RouterPorts(
        directory=DynamoDirectory(make_table(settings.table)),
        work=SqsWorkQueue(make_queue(settings.work_url)),
        clock=SystemClock(invocation),
        home=settings.home,
        executions=SqsExecutionQueue(make_queue(settings.executions_url)),
    )

"""Events of AWS CodeDeploy. A deployment to ECS looks like one to instances, but for its names.

https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
"""

import re

from longshore.domain.delivery_facts import CodeDeployMoved
from longshore.domain.facts import Fact
from longshore.events.documents import Fields
from longshore.events.engines import arns_of, engine_home

_DEPLOYMENT_ID = re.compile(r"d-[A-Z0-9]{1,30}")

_DEPLOYMENT = "CodeDeploy Deployment State-change Notification"
_INSTANCE = "CodeDeploy Instance State-change Notification"


def read_codedeploy_event(event: Fields, detail_type: str) -> Fact | None:
    """Read an event of CodeDeploy, None for a type that is not read; raise ValueError."""
    if detail_type not in {_DEPLOYMENT, _INSTANCE}:
        return None
    detail = event.fields("detail")
    return CodeDeployMoved(
        event_id=event.loose_text("id"),
        time=event.loose_text("time"),
        home=engine_home(event, arns_of(event, "codedeploy")),
        application=detail.text("application"),
        deployment_group=detail.text("deploymentGroup"),
        deployment=detail.text("deploymentId", _DEPLOYMENT_ID),
        state=detail.text("state"),
        instance=detail.text("instanceId") if detail_type == _INSTANCE else None,
    )

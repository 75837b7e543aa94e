"""Put what happened into the outbox: counted, so that nobody can tell it out of order."""

from dataclasses import replace
from datetime import datetime

from longshore.domain.deployments import DeploymentRecord
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.stages import StageRecord
from longshore.events.outbound import deployment_detail, stage_detail


def announce_deployment(
    deployment: DeploymentRecord, name: EventName, now: datetime
) -> tuple[DeploymentRecord, Announcement]:
    """Return the deployment with one more announcement counted, and that announcement."""
    counted = replace(deployment, announced=deployment.announced + 1)
    detail = deployment_detail(counted)
    announcement = Announcement(counted.stage, counted.name, counted.announced, name, now, detail)
    return counted, announcement


def announce_stage(
    stage: StageRecord, name: EventName, reason: str, now: datetime
) -> tuple[StageRecord, Announcement]:
    """Return the stage with one more announcement counted, and that announcement."""
    counted = replace(stage, notices=stage.notices + 1)
    detail = stage_detail(counted, reason)
    return counted, Announcement(stage.id, str(stage.id), counted.notices, name, now, detail)

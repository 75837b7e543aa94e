"""What the deploy action's function is made of."""

from longshore.aws.artifacts import S3Artifacts
from longshore.aws.job_ledger import DynamoJobLedger
from longshore.aws.pipeline_jobs import CodePipelineJobs
from longshore.aws.registry import EcrRegistry
from longshore.runtime.clock import Invocation
from longshore.runtime.settings import PipelineJobSettings
from longshore.runtime.wiring.control import make_control
from longshore.runtime.wiring.shared import make_clients, make_gate, make_table
from longshore.usecases.job_ports import JobPorts


def make_pipeline_job(settings: PipelineJobSettings, invocation: Invocation) -> JobPorts:
    """Return the function's ports for one invocation."""
    gate, clients = make_gate(), make_clients()
    return JobPorts(
        pipelines=CodePipelineJobs(gate, clients),
        artifacts=S3Artifacts(gate, clients),
        registry=EcrRegistry(gate, clients),
        ledger=DynamoJobLedger(make_table(settings.table)),
        control=make_control(settings, invocation),
    )

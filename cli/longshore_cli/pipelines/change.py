"""`longshore pipelines retry` and `stop`: what a person wants of an execution."""

from collections.abc import Sequence
from dataclasses import dataclass

from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.errors import CommandError, ExitCode, UsageError
from longshore_cli.output import OutputFormat, print_json, print_line
from longshore_cli.pipelines.engine import Engine
from longshore_cli.pipelines.executions import FAILED, STOPPED, Execution, stages_of
from longshore_cli.pipelines.look import choose
from longshore_cli.wish import check_reason

_NEWEST = 100
"""Executions among which those under way are looked for; AWS lets 50 run side by side."""
_LONGEST_REASON = 200
"""Characters that CodePipeline keeps."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked of which execution of a pipeline; without `execution` of the newest."""

    pipeline: str
    reason: str
    execution: str | None = None


def run_retry(place: Place, change: Change, stage: str | None, output: OutputFormat) -> None:
    """Run the failed actions of an execution's failed stage again."""
    name = change.pipeline
    _check(change, f'longshore pipelines retry {name} --reason "the registry is back"')
    with aws_in_sentences():
        engine = Engine(Access(place))
        execution = choose(engine, name, change.execution, engine.executions(name, 1))
        if execution is None:
            raise _nothing(f"{name} has not run yet: nothing failed", name)
        failed = _failed_stages(engine, name, execution)
        again = _the_stage(name, execution, failed, stage)
        engine.retry(name, again, execution.id, change.reason)
    _answer(
        output,
        {"pipeline": name, "execution": execution.id, "stage": again, "reason": change.reason},
        f"{name}: what failed in {again} runs again, in execution {execution.id}",
    )


def _failed_stages(engine: Engine, pipeline: str, execution: Execution) -> Sequence[str]:
    if execution.status not in {FAILED, STOPPED}:
        return []
    runs = stages_of(engine.actions(pipeline, execution.id))
    return [run.name for run in runs if run.status in {FAILED, "Abandoned"}]


def _the_stage(
    pipeline: str, execution: Execution, failed: Sequence[str], wanted: str | None
) -> str:
    """Return the stage to retry; raise CommandError where it is none that failed."""
    if not failed:
        raise _nothing(
            f"nothing failed in execution {execution.id} of {pipeline}: it is {execution.status}",
            pipeline,
        )
    if wanted is None:
        return failed[-1]
    if wanted not in failed:
        raise _nothing(
            f"stage {wanted} did not fail in execution {execution.id}: {', '.join(failed)} did",
            pipeline,
        )
    return wanted


def run_stop(place: Place, change: Change, output: OutputFormat, *, abandon: bool) -> None:
    """Stop an execution: after what is under way, or at once and without waiting for that."""
    name = change.pipeline
    _check(change, f'longshore pipelines stop {name} --reason "wrong branch"')
    with aws_in_sentences():
        engine = Engine(Access(place))
        execution = _to_stop(engine, name, change.execution)
        engine.stop(name, execution.id, change.reason, abandon=abandon)
    how = "is abandoned" if abandon else "stops after what is under way"
    _answer(
        output,
        {
            "pipeline": name,
            "execution": execution.id,
            "abandon": abandon,
            "reason": change.reason,
        },
        f"{name}: execution {execution.id} {how}",
    )


def _to_stop(engine: Engine, pipeline: str, wanted: str | None) -> Execution:
    """Return the execution under way that is meant; raise CommandError where it is not one."""
    executions = engine.executions(pipeline, _NEWEST)
    if wanted is not None:
        chosen = choose(engine, pipeline, wanted, executions)
        running = [chosen] if chosen is not None and chosen.under_way else []
    else:
        running = [each for each in executions if each.under_way]
    if not running:
        raise _nothing(f"no execution of {pipeline} is under way: nothing was stopped", pipeline)
    if len(running) > 1:
        raise UsageError(
            f"several executions of {pipeline} are under way",
            next_step=f"longshore pipelines stop {pipeline} --execution ID --reason TEXT",
            details=tuple(f"{each.id}: {each.trigger.text}" for each in running),
        )
    return running[0]


def _check(change: Change, example: str) -> None:
    check_reason(change.reason, example)
    if len(change.reason) > _LONGEST_REASON:
        raise UsageError(
            f"the reason has {len(change.reason)} characters; CodePipeline keeps {_LONGEST_REASON}",
            next_step="say it in fewer words",
        )


def _nothing(why: str, pipeline: str) -> CommandError:
    return CommandError(
        why, next_step=f"longshore pipelines show {pipeline}", code=ExitCode.NOTHING_TO_DO
    )


def _answer(output: OutputFormat, document: dict[str, object], line: str) -> None:
    if output is OutputFormat.JSON:
        print_json(document)
        return
    print_line(line)
    print_line(f"next: longshore pipelines show {document['pipeline']}")

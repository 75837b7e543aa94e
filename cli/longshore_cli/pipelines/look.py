"""`longshore pipelines list` and `show`: what ran, and why it failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.errors import CommandError
from longshore_cli.output import print_line
from longshore_cli.pipelines.engine import Engine
from longshore_cli.pipelines.executions import Execution, stages_of, with_authors
from longshore_cli.pipelines.failures import builds_wanted, failures_of
from longshore_cli.pipelines.formats import PipelineFormat, show
from longshore_cli.pipelines.named import pipelines_named
from longshore_cli.pipelines.telling import (
    Told,
    document,
    documents,
    execution_cells,
    execution_json,
    tell,
)
from longshore_cli.tables import print_table
from longshore_cli.wording import NOTHING


@dataclass(frozen=True, slots=True)
class _Listed:
    """A pipeline with its newest execution; `missing` says that AWS does not have it."""

    name: str
    last: Execution | None
    missing: bool = False

    def as_json(self, now: datetime) -> dict[str, object]:
        """Return it for programs."""
        last = execution_json(self.last, now) if self.last else None
        return {"pipeline": self.name, "exists": not self.missing, "last": last}

    def row(self, now: datetime) -> Sequence[str]:
        """Return it for people."""
        if self.last is not None:
            return (self.name, *execution_cells(self.last, now))
        status = "there is none of that name" if self.missing else "has not run"
        return (self.name, status, *[NOTHING] * 4)


def run_list(place: Place, file: str | None, output: PipelineFormat) -> None:
    """List the pipelines of the account and region, or those that a longshore.yaml names."""
    named = pipelines_named(file) if file is not None else None
    with aws_in_sentences():
        engine = Engine(Access(place))
        there = engine.pipelines()
        wanted = named if named is not None else there
        found = [_listed(engine, name, there) for name in wanted]
    now = datetime.now(UTC)
    parts = [each.as_json(now) for each in found]
    show(output, {"pipelines": parts}, parts, lambda: _tell_list(found, file, now))


def _listed(engine: Engine, name: str, there: Sequence[str]) -> _Listed:
    if name not in there:
        return _Listed(name, None, missing=True)
    return _Listed(name, next(iter(engine.executions(name, 1)), None))


def _tell_list(found: Sequence[_Listed], file: str | None, now: datetime) -> None:
    if not found:
        where = f"{file} names no pipeline" if file else "there is no pipeline in this region"
        print_line(where)
        print_line("next: docs/codepipeline.md has one to start from, stacks/pipeline.yaml")
        return
    headings = ("PIPELINE", "STATUS", "STARTED", "TOOK", "COMMIT", "TRIGGER")
    print_table(headings, [each.row(now) for each in found])


def run_show(
    place: Place, pipeline: str, wanted: str | None, most: int, output: PipelineFormat
) -> None:
    """Show the newest executions of a pipeline, and one of them in full."""
    with aws_in_sentences():
        told = look_at(Engine(Access(place)), pipeline, wanted, most)
    now = datetime.now(UTC)
    show(output, document(told, now), documents(told, now), lambda: tell(told, now))


def look_at(engine: Engine, pipeline: str, wanted: str | None, most: int) -> Told:
    """Read a pipeline's newest executions, and the newest or the wanted one in full."""
    executions = engine.executions(pipeline, most)
    chosen = choose(engine, pipeline, wanted, executions)
    if chosen is None:
        return Told(pipeline, executions)
    actions = engine.actions(pipeline, chosen.id)
    stages = stages_of(actions)
    latest = [action for stage in stages for action in stage.actions]
    builds = engine.builds(builds_wanted(latest))
    return Told(
        pipeline,
        executions,
        chosen,
        with_authors(chosen, actions),
        stages,
        failures_of(latest, builds),
    )


def choose(
    engine: Engine, pipeline: str, wanted: str | None, executions: Sequence[Execution]
) -> Execution | None:
    """Return the execution that is meant, by default the newest; None where none ever ran."""
    if wanted is None:
        return next(iter(executions), None)
    matching = [each for each in executions if each.id.startswith(wanted)]
    if len(matching) > 1:
        raise CommandError(
            f"several executions of {pipeline} begin with {wanted}",
            next_step="give more of the id",
            details=tuple(each.id for each in matching),
        )
    return matching[0] if matching else engine.execution(pipeline, wanted)

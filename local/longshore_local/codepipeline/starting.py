"""How an execution begins: with variables, and with revisions instead of the newest ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from longshore_local.codepipeline import errors
from longshore_local.codepipeline.declarations import REVISION_TYPES, Declaration
from longshore_local.codepipeline.engine import Engine
from longshore_local.codepipeline.state import ExecutionState, PipelineState
from longshore_local.worlds.params import Output, Params, tables, text


@dataclass(frozen=True, slots=True)
class Order:
    """Why an execution begins, and what it is given."""

    trigger_type: str
    trigger_detail: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)


def begin(engine: Engine, pipeline: PipelineState, order: Order) -> ExecutionState:
    """Begin an execution of the version in force."""
    account = engine.account
    declaration = pipeline.declaration
    home = account.home
    execution = ExecutionState(
        id=account.ids.uuid(),
        pipeline=pipeline,
        declaration=declaration,
        started_at=account.now,
        updated_at=account.now,
        trigger_type=order.trigger_type,
        # Who called is not known here: the account's root user stands for everybody.
        trigger_detail=order.trigger_detail or f"arn:{home.partition}:iam::{home.account}:root",
        variables={**_defaults(declaration), **order.variables},
        overrides=order.overrides,
    )
    engine.progress.begin(execution)
    return execution


def start_pipeline_execution(engine: Engine, params: Params) -> Output:
    """Begin an execution, or name the one that the same request token began before."""
    pipeline = engine.account.pipeline(text(params, "name"))
    token = text(params, "clientRequestToken")
    if token in pipeline.requests:
        return {"pipelineExecutionId": pipeline.requests[token]}
    order = Order(
        "StartPipelineExecution",
        variables=_given(pipeline.declaration, tables(params, "variables")),
        overrides=_overrides(pipeline.declaration, tables(params, "sourceRevisions")),
    )
    execution = begin(engine, pipeline, order)
    if token:
        pipeline.requests[token] = execution.id
    return {"pipelineExecutionId": execution.id}


def _given(declaration: Declaration, listed: list[Params]) -> Mapping[str, str]:
    given = {text(one, "name") or "": text(one, "value") or "" for one in listed}
    unknown = sorted(given.keys() - declaration.variables.keys())
    if unknown:
        raise errors.invalid(f"Pipeline {declaration.name} does not declare {', '.join(unknown)}")
    missing = sorted(
        name
        for name, default in declaration.variables.items()
        if default is None and name not in given
    )
    if missing:
        raise errors.invalid(f"No value was given for {', '.join(missing)}, which has no default")
    return given


def _overrides(declaration: Declaration, listed: list[Params]) -> Mapping[str, str]:
    if listed and not declaration.v2:
        raise errors.invalid("Source revision overrides need a pipeline of type V2")
    sources = {action.name: action for action in declaration.stages[0].actions}
    found: dict[str, str] = {}
    for one in listed:
        name, kind = text(one, "actionName") or "", text(one, "revisionType") or ""
        if name not in sources:
            raise errors.invalid(
                f"The action '{name}' is not a source action of pipeline '{declaration.name}'"
            )
        if kind not in REVISION_TYPES[sources[name].provider]:
            raise errors.invalid(
                f"Revision type {kind} does not fit action '{name}', whose provider is "
                f"{sources[name].provider}"
            )
        if name in found:
            raise errors.invalid(f"Action '{name}' was given two revisions")
        found[name] = text(one, "revisionValue") or ""
    return found


def _defaults(declaration: Declaration) -> Mapping[str, str]:
    return {name: default for name, default in declaration.variables.items() if default is not None}

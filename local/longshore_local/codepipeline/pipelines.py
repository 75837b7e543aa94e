"""Pipelines: created, read, changed and deleted."""

from collections.abc import Mapping

from longshore_local.codepipeline import errors, starting
from longshore_local.codepipeline.declarations import Declaration, read_declaration
from longshore_local.codepipeline.engine import Engine, Operation
from longshore_local.codepipeline.pages import page
from longshore_local.codepipeline.state import PipelineState
from longshore_local.worlds.params import Output, Params, table, text, whole


def create_pipeline(engine: Engine, params: Params) -> Output:
    """Create a pipeline; CodePipeline runs it at once."""
    account = engine.account
    declaration = read_declaration(table(params, "pipeline"), 1)
    if declaration.name in account.pipelines:
        raise errors.name_in_use(declaration.name)
    pipeline = PipelineState(
        name=declaration.name,
        arn=account.arn(declaration.name),
        versions=[declaration],
        created_at=account.now,
        updated_at=account.now,
    )
    account.pipelines[pipeline.name] = pipeline
    if None not in declaration.variables.values():  # nobody is there to give one a value
        starting.begin(engine, pipeline, starting.Order("CreatePipeline"))
    return {"pipeline": dict(declaration.document)}


def update_pipeline(engine: Engine, params: Params) -> Output:
    """Change a pipeline, which gives it a new version; what runs keeps the one it began with."""
    given = table(params, "pipeline")
    pipeline = engine.account.pipeline(text(given, "name"))
    declaration = read_declaration(given, len(pipeline.versions) + 1)
    pipeline.versions.append(declaration)
    pipeline.updated_at = engine.account.now
    return {"pipeline": dict(declaration.document)}


def get_pipeline(engine: Engine, params: Params) -> Output:
    """Return a pipeline's structure, in its newest version unless told otherwise."""
    pipeline = engine.account.pipeline(text(params, "name"))
    return {
        "pipeline": dict(_version(pipeline, whole(params, "version")).document),
        "metadata": {
            "pipelineArn": pipeline.arn,
            "created": pipeline.created_at,
            "updated": pipeline.updated_at,
        },
    }


def delete_pipeline(engine: Engine, params: Params) -> Output:
    """Delete a pipeline; one that is not there is deleted too."""
    engine.account.pipelines.pop(text(params, "name") or "", None)
    return {}


def list_pipelines(engine: Engine, params: Params) -> Output:
    """List every pipeline by name."""
    found = [engine.account.pipelines[name] for name in sorted(engine.account.pipelines)]
    pipelines, following = page(params, found)
    return {"pipelines": [_summary(pipeline) for pipeline in pipelines], **following}


def _version(pipeline: PipelineState, version: int | None) -> Declaration:
    if version is None:
        return pipeline.declaration
    if not 1 <= version <= len(pipeline.versions):
        raise errors.version_not_found(pipeline.name, version)
    return pipeline.versions[version - 1]


def _summary(pipeline: PipelineState) -> Output:
    document = pipeline.declaration.document
    return {
        "name": pipeline.name,
        "version": pipeline.declaration.version,
        "pipelineType": document["pipelineType"],
        "executionMode": document["executionMode"],
        "created": pipeline.created_at,
        "updated": pipeline.updated_at,
    }


OPERATIONS: Mapping[str, Operation] = {
    "CreatePipeline": create_pipeline,
    "UpdatePipeline": update_pipeline,
    "GetPipeline": get_pipeline,
    "DeletePipeline": delete_pipeline,
    "ListPipelines": list_pipelines,
}

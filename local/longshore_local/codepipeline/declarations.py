"""A pipeline as it was declared, read once and refused where CodePipeline would refuse it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from longshore_local.codepipeline import errors
from longshore_local.worlds.params import Params, table, tables, text, whole

CODECOMMIT, CONNECTION, S3 = "CodeCommit", "CodeStarSourceConnection", "S3"
REVISION_TYPES: Mapping[str, frozenset[str]] = {
    CODECOMMIT: frozenset({"COMMIT_ID"}),
    CONNECTION: frozenset({"COMMIT_ID"}),
    S3: frozenset({"S3_OBJECT_VERSION_ID", "S3_OBJECT_KEY"}),
}
"""What may be asked of a source action's provider instead of its newest revision."""

NEEDED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("Source", CODECOMMIT): ("RepositoryName", "BranchName"),
    ("Source", CONNECTION): ("ConnectionArn", "FullRepositoryId", "BranchName"),
    ("Source", S3): ("S3Bucket", "S3ObjectKey"),
    ("Build", "CodeBuild"): ("ProjectName",),
    ("Test", "CodeBuild"): ("ProjectName",),
    ("Approval", "Manual"): (),
    ("Invoke", "Lambda"): ("FunctionName",),
}
"""The kinds of action that are played here, and the configuration that each cannot do without."""

SUPERSEDED = "SUPERSEDED"
FEWEST_STAGES = 2


@dataclass(frozen=True, slots=True)
class ActionDeclaration:
    """An action of a stage; `document` is what was declared."""

    document: Params
    stage: str
    name: str
    category: str
    provider: str
    order: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    namespace: str | None
    configuration: Mapping[str, str] = field(default_factory=dict)

    @property
    def type_id(self) -> Params:
        """Category, owner, provider and version, as declared."""
        return table(self.document, "actionTypeId")


@dataclass(frozen=True, slots=True)
class StageDeclaration:
    """A stage and its actions."""

    name: str
    actions: tuple[ActionDeclaration, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """A version of a pipeline; `document` is what GetPipeline answers."""

    document: Params
    version: int
    stages: tuple[StageDeclaration, ...]

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return text(self.document, "name") or ""

    @property
    def role(self) -> str:
        """The ARN of the pipeline's role."""
        return text(self.document, "roleArn") or ""

    @property
    def bucket(self) -> str:
        """The artifact bucket."""
        return text(self._store, "location") or ""

    @property
    def encryption_key(self) -> Params | None:
        """The key of the artifact bucket, None for S3's own."""
        return table(self._store, "encryptionKey") or None

    @property
    def mode(self) -> str:
        """The execution mode."""
        return text(self.document, "executionMode") or SUPERSEDED

    @property
    def v2(self) -> bool:
        """Whether the pipeline's type is V2, which variables and source revisions need."""
        return text(self.document, "pipelineType") == "V2"

    @property
    def variables(self) -> Mapping[str, str | None]:
        """The declared variables with their default values."""
        declared = tables(self.document, "variables")
        return {text(one, "name") or "": text(one, "defaultValue") for one in declared}

    @property
    def _store(self) -> Params:
        return table(self.document, "artifactStore")

    def stage(self, name: str) -> StageDeclaration | None:
        """Return a stage by name."""
        return next((stage for stage in self.stages if stage.name == name), None)


def read_declaration(given: Params, version: int) -> Declaration:
    """Read a pipeline; raise what CodePipeline answers where it cannot be."""
    document = {"executionMode": SUPERSEDED, "pipelineType": "V1", **given, "version": version}
    stages = tuple(_stage(one) for one in tables(given, "stages"))
    declaration = Declaration(document, version, stages)
    for check in _CHECKS:
        check(declaration)
    return declaration


def _stage(given: Params) -> StageDeclaration:
    name = text(given, "name") or ""
    return StageDeclaration(name, tuple(_action(name, one) for one in tables(given, "actions")))


def _action(stage: str, given: Params) -> ActionDeclaration:
    kind = table(given, "actionTypeId")
    return ActionDeclaration(
        document=given,
        stage=stage,
        name=text(given, "name") or "",
        category=text(kind, "category") or "",
        provider=text(kind, "provider") or "",
        order=whole(given, "runOrder") or 1,
        inputs=_names(tables(given, "inputArtifacts")),
        outputs=_names(tables(given, "outputArtifacts")),
        namespace=text(given, "namespace"),
        configuration={k: str(v) for k, v in table(given, "configuration").items()},
    )


def _names(listed: Sequence[Params]) -> tuple[str, ...]:
    return tuple(text(one, "name") or "" for one in listed)


def _check_stages(declaration: Declaration) -> None:
    if len(declaration.stages) < FEWEST_STAGES:
        raise errors.bad_structure("Pipeline should have at least 2 stages")
    if not declaration.bucket:
        raise errors.bad_structure("Pipeline should have an artifact store with a location")
    _refuse_twice((stage.name for stage in declaration.stages), "stage", "pipeline")
    for stage in declaration.stages:
        if not stage.actions:
            raise errors.bad_stage(f"Stage '{stage.name}' should have at least one action")
        _refuse_twice((action.name for action in stage.actions), "action", f"stage '{stage.name}'")


def _check_sources(declaration: Declaration) -> None:
    for number, stage in enumerate(declaration.stages):
        for action in stage.actions:
            if (action.category == "Source") != (number == 0):
                raise errors.bad_stage(
                    "The first stage should contain source actions only, and no other stage any; "
                    f"see action '{action.name}' of stage '{stage.name}'"
                )


def _check_actions(declaration: Declaration) -> None:
    for action in _actions(declaration):
        needed = NEEDED.get((action.category, action.provider))
        if needed is None:
            raise errors.bad_action(
                f"ActionType (Category: '{action.category}', Provider: '{action.provider}') of "
                f"action '{action.name}' is not played here"
            )
        for key in needed:
            if not action.configuration.get(key):
                raise errors.bad_action(
                    f"Action configuration for action '{action.name}' is missing required "
                    f"configuration '{key}'"
                )


def _check_artifacts(declaration: Declaration) -> None:
    made: dict[str, tuple[int, int]] = {}
    for number, stage in enumerate(declaration.stages):
        for action in sorted(stage.actions, key=lambda one: one.order):
            at = (number, action.order)
            for name in action.inputs:
                if name not in made or made[name] >= at:
                    raise errors.bad_action(
                        f"Input Artifact Bundle {name} in action {action.name} is not declared as "
                        "Output Artifact Bundle in any of the preceding actions"
                    )
            _refuse_twice((*made, *action.outputs), "output artifact", "pipeline")
            made.update(dict.fromkeys(action.outputs, at))


def _check_v2(declaration: Declaration) -> None:
    if declaration.v2:
        return
    wanted = [key for key in ("variables", "triggers") if declaration.document.get(key)]
    if declaration.mode != SUPERSEDED:
        wanted.append("executionMode")
    if wanted:
        raise errors.bad_structure(f"Pipelines of type V1 do not support {', '.join(wanted)}")


_CHECKS = (_check_stages, _check_sources, _check_actions, _check_artifacts, _check_v2)


def _actions(declaration: Declaration) -> Iterator[ActionDeclaration]:
    for stage in declaration.stages:
        yield from stage.actions


def _refuse_twice(names: Iterator[str] | Sequence[str], what: str, where: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise errors.bad_structure(f"Two of the {what}s of the {where} are named '{name}'")
        seen.add(name)

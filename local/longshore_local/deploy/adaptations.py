"""Takes out of the template what the emulator cannot take, and keeps a list of it.

The shipped template is never changed for the emulator's sake: contract tests hold it to AWS.
What is taken out here is not tried on the embedded AWS, and whoever runs it is told so.
"""

from collections.abc import Callable, Iterator, MutableMapping
from copy import deepcopy
from dataclasses import dataclass

from longshore_local.deploy.documents import Template

Section = MutableMapping[str, object]
Change = tuple[str, str, str]
"""The resource, what is different, and why."""

KNOWN_CONDITION_KEYS = (
    "aws:currenttime",
    "aws:epochtime",
    "aws:principal",
    "aws:requestedregion",
    "aws:requesttag/",
    "aws:resourceaccount",
    "aws:resourcetag/",
    "aws:sourceip",
    "aws:tagkeys",
)
"""Beginnings of the keys that the emulator fills in. It takes any other one for absent."""

MOST_NAMED = 2
"""How many further resources are named one by one; the list of all is in the JSON output."""

PLAYED_HERE = ("codebuild:", "codepipeline:", "ecs:", "iam:PassRole")
"""Actions that the stand-ins of this package ask for, conditions included."""

READS_LOGS = "logs:GetLogEvents"
ASKED_OF_GROUPS = frozenset({READS_LOGS, "logs:PutLogEvents"})
"""Actions whose resources end with `:*` on AWS."""

UNSUPPORTED_TYPES = frozenset(
    {"AWS::CloudWatch::CompositeAlarm", "AWS::CodePipeline::Pipeline", "AWS::Events::Archive"}
)


@dataclass(frozen=True, slots=True)
class Adaptation:
    """One thing that is not as in the template: what, why, and on which resources."""

    change: str
    reason: str
    resources: tuple[str, ...]

    def __str__(self) -> str:
        first, *more = self.resources
        named = (
            f"{first} and {len(more)} more" if len(more) > MOST_NAMED else ", ".join(self.resources)
        )
        return f"{named}: {self.change}; {self.reason}"


def adapt(template: Template) -> tuple[Template, list[Adaptation]]:
    """Return a copy of a template that the emulator can take, and what is different in it."""
    adapted = deepcopy(template)
    resources = _section(adapted, "Resources")
    found: dict[tuple[str, str], list[str]] = {}
    for step in _STEPS:
        for name, change, reason in step(resources):
            found.setdefault((change, reason), []).append(name)
    return adapted, [
        Adaptation(change, reason, tuple(dict.fromkeys(names)))
        for (change, reason), names in found.items()
    ]


def _without_unsupported_types(resources: Section) -> Iterator[Change]:
    for name, resource in list(resources.items()):
        kind = _section_of(resource).get("Type")
        if kind in UNSUPPORTED_TYPES:
            del resources[name]
            yield name, "left out", f"the emulator has no {kind}"


def _without_metric_math(resources: Section) -> Iterator[Change]:
    for name, properties in list(_of_type(resources, "AWS::CloudWatch::Alarm")):
        if "Metrics" in properties:
            del resources[name]
            yield name, "left out", "the emulator computes no metric math"


def _alarms_are_idle(resources: Section) -> Iterator[Change]:
    for name, _ in _of_type(resources, "AWS::CloudWatch::Alarm"):
        yield name, "never goes off", "the emulator has no AWS metrics and misses no data"


def _tables_without_protection(resources: Section) -> Iterator[Change]:
    reason = "the emulator's CloudFormation ignores it"
    for name, properties in _of_type(resources, "AWS::DynamoDB::Table"):
        if "PointInTimeRecoverySpecification" in properties:
            yield name, "no point-in-time recovery", reason
        if "SSESpecification" in properties:
            yield name, "no encryption", reason
        if "TimeToLiveSpecification" in properties:
            yield name, "time to live set by API afterwards", reason


def _without_scaling(resources: Section) -> Iterator[Change]:
    for name, properties in _of_type(resources, "AWS::Serverless::Function"):
        for event in _section(properties, "Events").values():
            source = _section(_section_of(event), "Properties")
            if source.pop("ScalingConfig", None) is not None:
                yield (
                    name,
                    "no bound on concurrency",
                    "the emulator takes a parameter's number for text and then polls no queue",
                )


def _without_foreign_conditions(resources: Section) -> Iterator[Change]:
    for name, statement in _statements(resources):
        if not _is_played_here(statement):
            for key in _drop_unknown_keys(statement):
                yield name, f"condition {key} dropped", "the emulator does not know the key"


def _with_batches(resources: Section) -> Iterator[Change]:
    for name, statement in _statements(resources):
        actions = _texts(statement.get("Action"))
        if "sqs:SendMessage" in actions:
            statement["Action"] = [*actions, "sqs:SendMessageBatch"]
            yield (
                name,
                "sqs:SendMessageBatch allowed",
                "on AWS sqs:SendMessage covers batches, to the emulator they are two actions",
            )


def _with_whole_log_groups(resources: Section) -> Iterator[Change]:
    """Take the `:*` from the end of each ARN, whichever they turn out to be."""
    for name, statement in _statements(resources):
        for action in ASKED_OF_GROUPS & {*_texts(statement.get("Action"))}:
            given = statement["Resource"]
            # What may be read are several groups, by a parameter; what may be written is one.
            listed = action == READS_LOGS or isinstance(given, list)
            named = {"Fn::Join": ["", given]} if listed else given
            statement["Resource"] = {"Fn::Split": [":*", named]}
            yield (
                name,
                f"{action} allowed on log groups",
                "on AWS it is asked for the streams in them, by the emulator for the group",
            )


def _without_tls_demands(resources: Section) -> Iterator[Change]:
    for name, resource in resources.items():
        for owner in list(_statement_lists(resource)):
            kept = [one for one in owner if not _demands_tls(one)]
            if len(kept) < len(owner):
                owner[:] = kept
                yield name, "plain HTTP allowed", "the emulator speaks no TLS"


_STEPS: tuple[Callable[[Section], Iterator[Change]], ...] = (
    _without_unsupported_types,
    _without_metric_math,
    _alarms_are_idle,
    _tables_without_protection,
    _without_scaling,
    _without_foreign_conditions,
    _with_batches,
    _with_whole_log_groups,
    _without_tls_demands,
)


def _drop_unknown_keys(statement: Section) -> Iterator[str]:
    conditions = _section_of(statement.get("Condition"))
    for operator, block in list(conditions.items()):
        keys = _section_of(block)
        for key in list(keys):
            if not key.lower().startswith(KNOWN_CONDITION_KEYS):
                del keys[key]
                yield key
        if not keys:
            del conditions[operator]
    if not conditions:
        statement.pop("Condition", None)


def _is_played_here(statement: Section) -> bool:
    actions = _texts(statement.get("Action"))
    return bool(actions) and all(action.startswith(PLAYED_HERE) for action in actions)


def _demands_tls(statement: object) -> bool:
    section = _section_of(statement)
    return section.get("Effect") == "Deny" and "aws:SecureTransport" in repr(
        section.get("Condition")
    )


def _statements(resources: Section) -> Iterator[tuple[str, Section]]:
    """Yield every statement of the identity policies, with the name of its resource."""
    for name, resource in resources.items():
        if str(_section_of(resource).get("Type")).startswith(("AWS::IAM::", "AWS::Serverless::")):
            for owner in _statement_lists(resource):
                yield from ((name, _section_of(one)) for one in owner)


def _statement_lists(node: object) -> Iterator[list[object]]:
    """Find the lists under every `Statement`, however deep; trust policies are left alone."""
    if isinstance(node, MutableMapping):
        for key, value in node.items():
            if key == "Statement" and isinstance(value, list):
                yield value
            elif key != "AssumeRolePolicyDocument":
                yield from _statement_lists(value)
    elif isinstance(node, list):
        for item in node:
            yield from _statement_lists(item)


def _of_type(resources: Section, kind: str) -> Iterator[tuple[str, Section]]:
    for name, resource in resources.items():
        if _section_of(resource).get("Type") == kind:
            yield name, _section(_section_of(resource), "Properties")


def _section(parent: Section, key: str) -> Section:
    found = parent.setdefault(key, {})
    return _section_of(found)


def _section_of(node: object) -> Section:
    return node if isinstance(node, MutableMapping) else {}


def _texts(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    return [item for item in node if isinstance(item, str)] if isinstance(node, list) else []

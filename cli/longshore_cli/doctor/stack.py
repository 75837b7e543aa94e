"""The stack of an installation: what it consists of, and how its parts are called in AWS."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from longshore_cli.doctor.reading import Answer, Reader
from longshore_cli.installation import Installation


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the stack: its name in the template, its kind, its name in AWS."""

    logical: str
    kind: str
    physical: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """What the stack of an installation consists of."""

    name: str
    resources: Sequence[Resource]

    def of(self, kind: str) -> Sequence[Resource]:
        """Return the resources of a kind, such as `AWS::SQS::Queue`, by their names."""
        found = (resource for resource in self.resources if resource.kind == kind)
        return sorted(found, key=lambda resource: resource.logical)

    def named(self, logical: str) -> Resource | None:
        """Return a resource by its name in the template."""
        return next((each for each in self.resources if each.logical == logical), None)

    @property
    def since(self) -> datetime | None:
        """When the stack was changed last, at the latest in the part that was changed first."""
        return min((each.since for each in self.resources if each.since), default=None)


def read_stack(reader: Reader, installation: Installation) -> Stack:
    """Return the stack of an installation; raise what AWS raises."""
    found = reader.pages(
        ("cloudformation", "list_stack_resources"),
        "StackResourceSummaries",
        "NextToken",
        StackName=installation.stack,
    )
    return Stack(installation.stack, [_resource(each) for each in found])


def _resource(summary: Answer) -> Resource:
    return Resource(
        summary["LogicalResourceId"],
        summary["ResourceType"],
        summary.get("PhysicalResourceId", ""),
        summary.get("LastUpdatedTimestamp"),
    )

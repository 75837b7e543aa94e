"""The names and values that a request brings for its expressions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.simulation.cloud.dynamodb.refusals import invalid
from tests.simulation.cloud.dynamodb.reserved import is_reserved
from tests.simulation.cloud.dynamodb.syntax import FlawError, Path, Placeholder


@dataclass(frozen=True, slots=True)
class Scope:
    """`names` by their `#name`, the types of values by their `:name`, and what was used of them.

    `attributes` are those that were read or written so far.
    """

    names: Mapping[str, str]
    kinds: Mapping[str, str]
    used: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)

    def attribute(self, path: Path) -> str:
        """Return the attribute a path means."""
        name = self._resolved(path.text)
        self.attributes.add(name)
        return name

    def _resolved(self, text: str) -> str:
        if not text.startswith("#"):
            if is_reserved(text):
                raise FlawError(f"Attribute name is a reserved keyword; reserved keyword: {text}")
            return text
        if text not in self.names:
            raise FlawError(
                "An expression attribute name used in the document path is not defined; "
                f"attribute name: {text}"
            )
        self.used.add(text)
        return self.names[text]

    def kind(self, value: Placeholder) -> str:
        """Return the type of a value."""
        text = value.text
        if text not in self.kinds:
            raise FlawError(
                "An expression attribute value used in expression is not defined; "
                f"attribute value: {text}"
            )
        self.used.add(text)
        return self.kinds[text]

    def refuse_unused(self) -> None:
        """Raise what AWS says of names and values that no expression uses."""
        for what, given in (("Names", self.names), ("Values", self.kinds)):
            left = [text for text in given if text not in self.used]
            if left:
                raise invalid(
                    f"Value provided in ExpressionAttribute{what} unused in expressions: "
                    f"keys: {{{', '.join(left)}}}"
                )

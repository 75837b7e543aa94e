"""The grammar of DynamoDB's expressions: from text to what it says, names not yet resolved.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.simulation.cloud.dynamodb.refusals import NotPlayedError

MOST_BYTES = 4096
"""How long an expression may be."""

_TOKEN = re.compile(r"\s*(?:(#\w+|:\w+|[A-Za-z_]\w*|<>|<=|>=|[=<>(),+\-.\[\]])|(\S))")
_KEYWORDS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"})
_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})


class FlawError(Exception):
    """An expression is wrong; the request adds which one it is."""


@dataclass(frozen=True, slots=True)
class Path:
    """An attribute, as `version` or `#version`."""

    text: str


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value of the request, as `:version`."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its operands."""

    function: str
    operands: "tuple[Operand, ...]"


Operand = Path | Placeholder | Call


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and an operator between them."""

    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Between:
    """An operand and the bounds it lies in."""

    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True, slots=True)
class Among:
    """An operand and what it may be: `IN`."""

    operand: Operand
    options: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of a condition."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Both:
    """Two conditions that must hold."""

    left: "Condition"
    right: "Condition"


@dataclass(frozen=True, slots=True)
class Either:
    """Two conditions of which one must hold."""

    left: "Condition"
    right: "Condition"


Condition = Comparison | Between | Among | Not | Both | Either | Call


class Reader:
    """Reads an expression from its first token to its last."""

    def __init__(self, text: str) -> None:
        if not text.strip():
            raise FlawError("The expression can not be empty;")
        if len(text.encode()) > MOST_BYTES:
            raise FlawError("Expression size has exceeded the maximum allowed size;")
        self._tokens = [known or other for known, other in _TOKEN.findall(text)]
        self._at = 0
        self._group: Condition | None = None

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self._at == len(self._tokens)

    def peek(self) -> str:
        """Return the next token, empty behind the last."""
        return "" if self.done else self._tokens[self._at]

    def take(self, wanted: str = "") -> str:
        """Return the next token and go on; it must be `wanted`, if that is given."""
        token = self.peek()
        if not token or (wanted and token.upper() != wanted):
            raise self.flaw()
        self._at += 1
        return token

    def taken(self, wanted: str) -> bool:
        """Go on if the next token is `wanted`, and say whether it was."""
        found = self.peek().upper() == wanted
        self._at += found
        return found

    def flaw(self) -> FlawError:
        """Return what is said of a token that cannot stand where it stands."""
        near = " ".join(self._tokens[max(self._at - 1, 0) : self._at + 2])
        return FlawError(f'Syntax error; token: "{self.peek() or "<EOF>"}", near: "{near}"')

    # ── operands ──────────────────────────────────────────────────────────────────────────────

    def operand(self) -> Operand:
        """Read an attribute, a value, or a function."""
        token = self.peek()
        if token.startswith(":"):
            return Placeholder(self.take())
        if not token.startswith("#") and self._tokens[self._at + 1 : self._at + 2] == ["("]:
            return self.call()
        return self.path()

    def path(self) -> Path:
        """Read an attribute."""
        token = self.peek()
        if not token.startswith("#") and (not token.isidentifier() or token.upper() in _KEYWORDS):
            raise self.flaw()
        self.take()
        if self.peek() in {".", "["}:
            raise NotPlayedError("a path into a document")
        return Path(token)

    def call(self) -> Call:
        """Read a function and its operands."""
        function = self.take()
        if not function.isidentifier() or function.upper() in _KEYWORDS:
            self._at -= 1
            raise self.flaw()
        return Call(function, self._listed())

    def _listed(self) -> tuple[Operand, ...]:
        self.take("(")
        operands = [self.operand()]
        while self.taken(","):
            operands.append(self.operand())
        self.take(")")
        return tuple(operands)

    # ── conditions: NOT binds more than AND, and that more than OR ────────────────────────────

    def condition(self) -> Condition:
        """Read a condition, which must be all that there is."""
        found = self._either()
        if not self.done:
            raise self.flaw()
        return found

    def _either(self) -> Condition:
        left = self._both()
        return Either(left, self._either()) if self.taken("OR") else left

    def _both(self) -> Condition:
        left = self._not()
        return Both(left, self._both()) if self.taken("AND") else left

    def _not(self) -> Condition:
        return Not(self._not()) if self.taken("NOT") else self._one()

    def _one(self) -> Condition:
        if self.peek() == "(":
            return self._grouped()
        left = self.operand()
        token = self.peek().upper()
        if token in _COMPARISONS:
            return Comparison(self.take(), left, self.operand())
        if self.taken("BETWEEN"):
            low = self.operand()
            self.take("AND")
            return Between(left, low, self.operand())
        if self.taken("IN"):
            return Among(left, self._listed())
        if isinstance(left, Call):
            return left
        raise self.flaw()

    def _grouped(self) -> Condition:
        self.take("(")
        found = self._either()
        self.take(")")
        if found is self._group:
            raise FlawError("The expression has redundant parentheses;")
        self._group = found
        return found


def flattened(condition: Condition) -> Sequence[Condition]:
    """Return the conditions that must all hold, for one that joins them by AND."""
    if isinstance(condition, Both):
        return [*flattened(condition.left), *flattened(condition.right)]
    return [condition]

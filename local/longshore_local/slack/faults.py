"""What can go wrong between a caller and Slack."""

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Down:
    """The connection closes without an answer, and nothing was done."""


@dataclass(frozen=True, slots=True)
class LostReply:
    """The call takes effect, and the connection closes before the answer."""


@dataclass(frozen=True, slots=True)
class ServerError:
    """Slack's own trouble: nothing was done. The body is a page, as a load balancer answers."""

    status: int = 500
    body: str = "<html><body>upstream connect error</body></html>"


@dataclass(frozen=True, slots=True)
class TooMany:
    """HTTP 429; `retry_after` is in whole seconds."""

    retry_after: int = 1


@dataclass(frozen=True, slots=True)
class Slow:
    """The answer, or the refusal, takes so many seconds longer; the call takes effect at once."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack refuses by a code (`token_revoked`, `not_in_channel`, `internal_error`)."""

    code: str


Fault = Down | LostReply | ServerError | TooMany | Slow | Refused


@dataclass(slots=True)
class _Spell:
    fault: Fault
    method: str
    calls: int | None


@dataclass(slots=True)
class Faults:
    """Deals faults to calls, in the order in which they were ordered."""

    _spells: deque[_Spell] = field(default_factory=deque)

    def order(self, fault: Fault, *, calls: int | None = None, method: str = "") -> None:
        """Let the next `calls` calls meet a fault, all of them until `lift` when None.

        With `method`, only calls of this one count (`chat.update`, `incoming-webhook`). Several
        orders follow one another: the first that fits a call and is not used up befalls it.
        """
        self._spells.append(_Spell(fault, method, calls))

    def lift(self) -> None:
        """End every fault."""
        self._spells.clear()

    def deal(self, method: str) -> Fault | None:
        """Return what befalls a call, None when nothing does."""
        for spell in self._spells:
            if spell.method in ("", method):
                if spell.calls is not None:
                    spell.calls -= 1
                    if spell.calls == 0:
                        self._spells.remove(spell)
                return spell.fault
        return None

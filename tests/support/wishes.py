"""What came of what people asked of a harbour's stage."""

from longshore.domain.outcomes import EventOutcome, Outcome
from tests.support.harbour import Harbour
from tests.support.voyages import make_harbour, of_digest


def end_of(harbour: Harbour, wish: str) -> Outcome:
    """Return how a wish ended."""
    return _ended(harbour, wish).outcome


def why(harbour: Harbour, wish: str) -> str:
    """Return why a wish ended so."""
    return _ended(harbour, wish).reason


def _ended(harbour: Harbour, wish: str) -> EventOutcome:
    return next(end for (event, _), end in harbour.state.outcomes.items() if event == wish)


def on_two() -> Harbour:
    """Return a harbour whose stage is on release 2 and was on 1 before."""
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=10)
    assert harbour.running() == of_digest(2)
    return harbour

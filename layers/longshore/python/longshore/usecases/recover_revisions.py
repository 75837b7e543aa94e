"""Find the revisions whose registration got no answer, so that none is left over or made twice.

Whoever registered may have died, or the answer was lost: then the fingerprint of what was asked for
is all that is known. The revision carries it as a tag.
"""

from contextlib import suppress

from longshore.decide.rendering import FINGERPRINT_TAG
from longshore.decide.verdict import STALE_FOR
from longshore.domain.errors import NotPermitted, Refused, Throttled
from longshore.domain.places import ServiceRef
from longshore.domain.stages import Registration
from longshore.usecases.ports import Changes, KnownRevision
from longshore.usecases.round import Round


def recover_revisions(round_: Round) -> None:
    """Settle what became of each registration that is so old that a listing can be believed.

    Best effort: where nothing can be listed now, nothing that is under way waits for it.
    """
    for target in round_.snapshot.targets:
        for asked in target.sought:
            if round_.now - asked.at >= STALE_FOR:
                with suppress(NotPermitted, Refused, Throttled):
                    _recover(round_, target.service, asked)


def _recover(round_: Round, service: ServiceRef, asked: Registration) -> None:
    """Remember the revision if there is one; if there is none, the call took no effect."""
    tag = (FINGERPRINT_TAG, asked.fingerprint)
    revision = round_.ports.ecs.find_registered(service.home, asked.family, tag)
    known = (
        (KnownRevision(service.home, asked.family, asked.fingerprint, revision),)
        if revision is not None
        else ()
    )
    target = round_.snapshot.target(service).found(asked.fingerprint)
    round_.commit(Changes(targets=(target,), revisions=known))

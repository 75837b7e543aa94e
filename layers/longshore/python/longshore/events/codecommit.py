"""Events of AWS CodeCommit: branches and tags that moved.

https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
"""

from collections.abc import Mapping

from longshore.domain.delivery_facts import GitReferenceMoved
from longshore.domain.facts import Fact
from longshore.events.documents import Fields
from longshore.events.engines import arns_of, engine_home

_TYPE = "CodeCommit Repository State Change"
_CHANGES: Mapping[str, str] = {
    "referenceCreated": "created",
    "referenceUpdated": "updated",
    "referenceDeleted": "deleted",
}


def read_codecommit_event(event: Fields, detail_type: str) -> Fact | None:
    """Read an event of CodeCommit, None for what moves no branch or tag; raise ValueError."""
    detail = event.fields("detail")
    change = _CHANGES.get(detail.text("event")) if detail_type == _TYPE else None
    if change is None:
        return None
    commit = detail.loose_text("commitId")
    return GitReferenceMoved(
        event_id=event.loose_text("id"),
        time=event.loose_text("time"),
        home=engine_home(event, arns_of(event, "codecommit")),
        repository=detail.text("repositoryName"),
        change=change,
        kind=detail.text("referenceType"),
        name=detail.text("referenceName"),
        commit=None if change == "deleted" else commit,
        old_commit=detail.loose_text("oldCommitId") or (commit if change == "deleted" else None),
    )

"""What all EventBridge events share, and where the thing an event tells of is at home."""

from longshore.domain.places import Home
from longshore.events.arns import ACCOUNT, REGION, Arn, partition_of
from longshore.events.documents import Fields
from longshore.events.parsed import Envelope


def read_envelope(event: Fields) -> Envelope:
    """Read the envelope; raise ValueError where source, detail-type or detail is not as it must be.

    Nothing else is asked for: trimmed events and fixtures leave out the rest, and what a fact
    needs of it is asked for when that fact is read.
    """
    envelope = Envelope(
        source=event.text("source"),
        detail_type=event.text("detail-type"),
        account=event.loose_text("account"),
        region=event.loose_text("region"),
        event_id=event.loose_text("id"),
        time=event.loose_text("time"),
    )
    event.fields("detail")
    return envelope


def home_of(event: Fields, arn: Arn | None) -> Home:
    """Return where an event comes from; the ARN of what it tells of fills what it leaves out."""
    account = event.optional_text("account", ACCOUNT) or (arn.account if arn else "")
    region = event.optional_text("region", REGION) or (arn.region if arn else "")
    region = region or event.text("region", REGION)
    return Home(partition_of(region), account or event.text("account", ACCOUNT), region)

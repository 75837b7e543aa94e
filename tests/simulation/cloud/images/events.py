"""What ECR tells EventBridge: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html."""

from datetime import datetime

from longshore.domain.places import Home
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.surroundings import Event
from tests.simulation.cloud.images.manifests import OCI_IMAGE, Manifest
from tests.simulation.cloud.images.repository import Image


def pushed(repository: str, manifest: Manifest, tag: str | None) -> Event:
    """Return the detail of a push; an untagged one names no tag."""
    detail: Event = {
        "result": "SUCCESS",
        "repository-name": repository,
        "image-digest": manifest.digest,
        "action-type": "PUSH",
        "manifest-media-type": manifest.media_type,
        "artifact-media-type": manifest.artifact_type or OCI_IMAGE,
    }
    return detail if tag is None else {**detail, "image-tag": tag}


def deleted(repository: str, image: Image, tag: str | None) -> Event:
    """Return the detail of a deletion; that of an image without tags names none."""
    detail: Event = {
        "result": "SUCCESS",
        "repository-name": repository,
        "image-digest": image.digest,
        "action-type": "DELETE",
    }
    return detail if tag is None else {**detail, "image-tag": tag}


def event(home: Home, ids: Ids, now: datetime, detail: Event) -> Event:
    """Return a detail as an event."""
    return {
        "version": "0",
        "id": ids.uuid(),
        "detail-type": "ECR Image Action",
        "source": "aws.ecr",
        "account": home.account,
        "time": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "region": home.region,
        "resources": [],
        "detail": detail,
    }

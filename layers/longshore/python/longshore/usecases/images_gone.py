"""Ask the registry whether it still has the images of a release that is to be brought back."""

from longshore.domain.errors import NotPermitted, Refused, Throttled, UnknownReply
from longshore.domain.releases import Release, ReleasedImage
from longshore.usecases.round import Round


def images_gone(round_: Round, release: Release) -> str:
    """Say which images the registry has no more; empty where it has them, or is away.

    A way back does not wait for the registry.
    """
    missing = []
    for image in release.images:
        round_.check_time()
        try:
            if _is_missing(round_, image):
                missing.append(image)
        except (NotPermitted, Throttled, UnknownReply):
            break
    return ", ".join(f"{i} is not in {i.repository.name} any more" for i in missing)


def _is_missing(round_: Round, image: ReleasedImage) -> bool:
    try:
        return round_.ports.registry.image_by_digest(image.repository, image.digest) is None
    except Refused:
        return True

"""The files by which builds tell a deploy action their images.

https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html
"""

from longshore.domain.jobs import FailureType, JobError, NamedImage
from longshore.events.documents import kind_of, parse_json
from longshore.events.strict import Strict

_SHAPES = (
    '[{"name": "web", "imageUri": "repository-uri:tag"}], or {"ImageURI": "repository-uri:tag"}'
)


def parse_images(file: str, body: bytes) -> tuple[NamedImage, ...]:
    """Read a file of images by its shape: a list of definitions, or the detail of one image.

    Raises JobError where it is neither.
    """
    try:
        return _images(file, parse_json(body))
    except ValueError as error:
        message = f"{file} cannot be read: {error}; write it as {_SHAPES}"
        raise JobError(FailureType.CONFIGURATION, message) from None


def _images(file: str, found: object) -> tuple[NamedImage, ...]:
    if isinstance(found, list) and found:
        definitions = Strict("", {file: found}).objects(file)
        return tuple(NamedImage(each.text("imageUri"), each.text("name")) for each in definitions)
    if isinstance(found, dict):
        detail = Strict(file, found)
        digest = detail.optional_text("ImageDigest")
        return (NamedImage(detail.text("ImageURI"), None, digest),)
    kind = "an empty list" if found == [] else kind_of(found)
    raise ValueError(f"{kind} where a list of images or one image is expected")

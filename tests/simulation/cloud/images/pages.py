"""The pages of DescribeImages."""

from collections.abc import Mapping

from tests.simulation.cloud.api import Output, Params
from tests.simulation.cloud.images import refusals, views
from tests.simulation.cloud.images.repository import Repository

USUAL_PAGE = 100
"""Images in a page where the caller does not say."""
LARGEST_PAGE = 1000


def page(repository: Repository, parameters: Params, most: int) -> Output:
    """Return a page: what the filter leaves of so many images, which can be nothing at all.

    The token says after which image the next page begins, so that nothing is left out or told
    twice when images come and go in between.
    """
    size = parameters.get("maxResults", USUAL_PAGE)
    if not isinstance(size, int) or not 1 <= size <= LARGEST_PAGE:
        raise refusals.invalid("maxResults", f"must be between 1 and {LARGEST_PAGE}")
    after = _place(parameters.get("nextToken"))
    rest = [image for image in repository.images.values() if image.number > after]
    images = rest[: min(size, most)]
    passing = _passing(parameters)
    shown = [views.detail(repository, image) for image in images if bool(image.tags) in passing]
    output: Output = {"imageDetails": shown}
    if len(images) < len(rest):
        output["nextToken"] = f"after-{images[-1].number}"
    return output


def _place(token: object) -> int:
    if token is None:
        return 0
    word, _, number = str(token).partition("-")
    if word != "after" or not number.isdecimal():
        raise refusals.invalid("nextToken", "must be one that DescribeImages gave")
    return int(number)


def _passing(parameters: Params) -> tuple[bool, ...]:
    """Return whether images that have tags pass, and whether those that have none do."""
    chosen = parameters.get("filter")
    status = chosen.get("tagStatus", "ANY") if isinstance(chosen, Mapping) else "ANY"
    return {"TAGGED": (True,), "UNTAGGED": (False,)}.get(str(status), (True, False))

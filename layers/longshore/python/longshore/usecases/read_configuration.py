"""A `longshore.yaml` is read whole: its shape, then the version ranges in it."""

from datetime import datetime

from longshore.decide.versions import Range
from longshore.domain.configuration import Configuration
from longshore.domain.places import Home
from longshore.domain.policies import SemverPolicy
from longshore.events.configuration import parse_configuration
from longshore.events.sections import ConfigurationError


def read_configuration(  # noqa: PLR0913  what parse_configuration takes
    document: object,
    *,
    home: Home,
    number: int,
    applied_by: str,
    applied_at: datetime,
    deploy: bool,
) -> Configuration:
    """Return the configuration that a document declares; raise ConfigurationError.

    The two steps are apart because shapes are a matter of events and ranges of decisions.
    """
    configuration = parse_configuration(
        document,
        home=home,
        number=number,
        applied_by=applied_by,
        applied_at=applied_at,
        deploy=deploy,
    )
    for image in configuration.stages[0].images:  # every stage has the same selections
        if isinstance(image.selection, SemverPolicy):
            _check_range(image.alias, image.selection.range)
    return configuration


def _check_range(alias: str, text: str) -> None:
    try:
        Range.parse(text)
    except ValueError as error:
        raise ConfigurationError(f"images.{alias}.select.semver", str(error)) from error

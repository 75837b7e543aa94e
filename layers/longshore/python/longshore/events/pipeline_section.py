"""The `pipelines` section of `longshore.yaml`: which pipelines of CodePipeline serve it."""

from collections.abc import Iterator
from datetime import timedelta

from longshore.domain.pipelines import (
    DEFAULT_LIMIT,
    MOST_PIPELINES,
    PIPELINE_NAME,
    PipelineRef,
    PipelineSpec,
)
from longshore.domain.places import Home
from longshore.events.documents import kind_of, shown
from longshore.events.sections import Section

PIPELINE_KEYS = frozenset({"name", "limit"})
NO_PIPELINE = "is no pipeline of CodePipeline: write its name"

SHORTEST_LIMIT = timedelta(minutes=10)
LONGEST_LIMIT = timedelta(days=7)


def parse_pipelines(root: Section, home: Home) -> tuple[PipelineSpec, ...]:
    """Return the pipelines of a document, none where it has no `pipelines`.

    They are at home where the installation is. Raises ConfigurationError.
    """
    if "pipelines" not in root.values:
        return ()
    pipelines: dict[str, PipelineSpec] = {}
    for place, name, limit in _entries(root):
        if name in pipelines:
            root.refuse(place, f"{name} is named twice: once is enough")
        pipelines[name] = PipelineSpec(PipelineRef(home, name), limit)
    if len(pipelines) > MOST_PIPELINES:
        count = f"{len(pipelines)} pipelines are too many"
        root.refuse("pipelines", f"{count}: an application names at most {MOST_PIPELINES}")
    return tuple(pipelines.values())


def _entries(root: Section) -> Iterator[tuple[str, str, timedelta]]:
    """Yield the place, name and limit of each entry: a name alone, or an object."""
    value = root.values["pipelines"]
    if not isinstance(value, list) or not value:
        found = "an empty list" if value == [] else kind_of(value)
        root.refuse("pipelines", f"expected a list with at least one pipeline, found {found}")
    for index, item in enumerate(value):
        place = f"pipelines[{index}]"
        if isinstance(item, str):
            if PIPELINE_NAME.fullmatch(item) is None:
                root.refuse(place, f"{shown(item)} {NO_PIPELINE}")
            yield place, item, DEFAULT_LIMIT
        else:
            yield place, *_entry(Section.of(item, place))


def _entry(section: Section) -> tuple[str, timedelta]:
    section.check_keys(PIPELINE_KEYS)
    name = section.matching("name", PIPELINE_NAME, NO_PIPELINE)
    if "limit" not in section.values:
        return name, DEFAULT_LIMIT
    return name, section.duration("limit", least=SHORTEST_LIMIT, most=LONGEST_LIMIT)

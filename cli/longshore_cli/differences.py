"""What changes between two configurations, line by line, in the words of `longshore.yaml`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from longshore.domain.configuration import Configuration, Mode, StageSpec
from longshore.domain.routes import Route
from longshore.domain.triggers import PushTrigger
from longshore.events.routes import EVENT_WORDS


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that is new, gone or different; `before` and `after` are empty where absent."""

    path: str
    before: str
    after: str

    def __str__(self) -> str:
        """Return the line as people know it from diffs."""
        if not self.before:
            return f"+ {self.path}: {self.after}"
        if not self.after:
            return f"- {self.path}: {self.before}"
        return f"~ {self.path}: {self.before} -> {self.after}"

    def as_json(self) -> dict[str, object]:
        """Return the same for programs, null where there is nothing."""
        return {"path": self.path, "before": self.before or None, "after": self.after or None}


def differences(before: Configuration | None, after: Configuration) -> Sequence[Difference]:
    """Return what is different in `after`, in the order of its stages, removals last."""
    old, new = dict(_lines(before) if before else ()), dict(_lines(after))
    changed = [
        Difference(path, old.get(path, ""), text)
        for path, text in new.items()
        if old.get(path) != text
    ]
    gone = [Difference(path, text, "") for path, text in old.items() if path not in new]
    return [each for each in (*changed, *gone) if not _goes_without_saying(each)]


def _goes_without_saying(difference: Difference) -> bool:
    """Whether a stage that comes or goes only says of itself what is the rule: that it deploys."""
    modes = {difference.before, difference.after}
    return difference.path.endswith(".mode") and modes == {"", Mode.DEPLOY.value}


def _lines(configuration: Configuration) -> Iterator[tuple[str, str]]:
    for stage in configuration.stages:
        for path, text in _stage_lines(stage).items():
            yield f"{stage.id.stage}.{path}", text
    for route in configuration.notify:
        stages = ", ".join(route.stages) or "every stage"
        yield f"notify.{route.slack} ({stages})", _route_text(route)
    for each in configuration.pipelines:
        limit = int(each.limit.total_seconds())
        yield f"pipelines.{each.pipeline.name}", f"told as stuck after {limit}s"
    starts: dict[str, list[str]] = {}
    for trigger in configuration.git:
        path = f"git.{trigger.repository} ({trigger.starts} {trigger.name})"
        starts.setdefault(path, []).append(_trigger_text(trigger))
    for path, texts in starts.items():
        yield path, "; or ".join(texts)


def _trigger_text(trigger: PushTrigger) -> str:
    conditions = {
        "branches": trigger.branches,
        "tags": trigger.tags,
        "paths": trigger.paths,
        "by": trigger.pushers,
        "with variables": trigger.variables,
    }
    texts = [f"{name} {', '.join(each)}" for name, each in conditions.items() if each]
    return "; ".join([*texts, f"source {trigger.source}"])


def _route_text(route: Route) -> str:
    words = [word for word, name in EVENT_WORDS.items() if name in route.events]
    text = ", ".join(words) if len(words) < len(EVENT_WORDS) else "everything"
    return f"{text}; failures call {', '.join(route.mention)}" if route.mention else text


def _stage_lines(stage: StageSpec) -> Mapping[str, str]:
    lines = {
        f"images.{image.alias}": f"{image.repository.uri}, {image.selection}"
        for image in stage.images
    }
    for target in stage.targets:
        mapped = ", ".join(f"{name} runs {alias}" for name, alias in target.containers)
        containers = mapped or "every container of these repositories"
        lines[f"targets.{target.service}"] = f"{containers}, from the revision: {target.base}"
    deadline = f"{int(stage.deadline.total_seconds())}s"
    return lines | {"deadline": deadline, "mode": stage.mode.value}

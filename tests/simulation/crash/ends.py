"""How a story ended: what a reader of the ledger and of ECS finds when all is over."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.simulation.promises.at_rest import RAN_BACK
from tests.simulation.promises.ledger_view import Body, digests_of
from tests.simulation.world import World

End = Mapping[str, str]
"""By aspect, such as `live` or `moves`, what there is in the end."""

ASPECTS = frozenset({"live", "kept back", "runs", "deployments", "moves", "revisions", "starts"})


def end_of(world: World) -> End:
    """Return the end that a world has come to."""
    stages: list[Body] = [entry.body for entry in world.watch.ledger.of_kind("stage")]
    return {
        "live": _lines(f"{body['id']}: {_images(body['live'])}" for body in stages),
        "kept back": _lines(line for body in stages for line in _kept_back(body)),
        "runs": _lines(_runs(world)),
        "deployments": _lines(_deployments(world)),
        "moves": _lines(_moves(world)),
        "revisions": _lines(_revisions(world)),
        "starts": _lines(_starts(world)),
    }


def difference(one: End, other: End, aspects: frozenset[str]) -> str:
    """Say in which of these aspects two ends differ; an empty string if in none."""
    return "; ".join(
        f"{aspect} are {other[aspect]!r}, not {one[aspect]!r}"
        for aspect in sorted(aspects)
        if one[aspect] != other[aspect]
    )


def _kept_back(body: Body) -> set[str]:
    """Name the releases that are vetoed or held: of which call that is known may differ."""
    kept = [veto["release"] for veto in body["vetoes"]]
    kept += [body["hold"]["release"]] if body["hold"] else []
    return {f"{body['id']}: {_images(release)}" for release in kept}


def _runs(world: World) -> Iterator[str]:
    for application in world.plan.applications:
        for stage in application.stages:
            for service in stage.services:
                yield f"{service}: {(world.cloud.runs(service) or 'gone').rpartition('/')[2]}"


def _deployments(world: World) -> Iterator[str]:
    for entry in world.watch.ledger.of_kind("deployment"):
        body = entry.body
        phase = "not brought" if body["phase"] in RAN_BACK else body["phase"]
        yield f"{body['stage']}#{body['number']} {phase} {_images(body['release'])}"


def _moves(world: World) -> Iterator[str]:
    for (_, service, number, back), times in world.watch.ecs.effective.items():
        yield f"{service} {'back' if back else 'forward'} for #{number}: {times}"


def _revisions(world: World) -> Iterator[str]:
    own = Counter(family for family, _ in world.cloud.own_revisions())
    return (f"{family}: {number}" for family, number in own.items())


def _starts(world: World) -> Iterator[str]:
    """Name what pushes started, and which of them are done."""
    if world.plan.git:
        yield from (f"{' '.join(each.start)} at {each.commit[:7]}" for each in world.forge.begun())
    for entry in world.watch.ledger.of_kind("push"):
        yield f"{entry.body['hash'][:7]} {'done' if entry.body['done'] else 'not done'}"


def _images(release: Mapping[str, Any] | None) -> str:
    return " ".join(sorted(f"{name}@{digest[7:13]}" for name, digest in digests_of(release)))


def _lines(found: Iterable[str]) -> str:
    return ", ".join(sorted(found))

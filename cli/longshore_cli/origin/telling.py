"""The way of an image told: as a document for programs, as lines for people. Pure."""

from collections.abc import Iterator
from datetime import datetime

from longshore.domain.deployments import DeploymentRecord
from longshore.domain.origins import BuiltImage
from longshore.domain.pushes import PushLink
from longshore.events.outbound import deployment_detail
from longshore_cli.origin.trails import Found, ToldCommit, Trail, Word, next_steps
from longshore_cli.wording import age, trigger_text

_WORDS = {
    Word.BUILD: "the build",
    Word.DEPLOYMENT: "who asked for the deployment",
    Word.PUSH: "the push",
    Word.LABELS: "the image itself: its label org.opencontainers.image.revision",
}
_FORGOTTEN = "the timeline of its execution is not kept any more, and with it the log"


# ── for programs ──────────────────────────────────────────────────────────────────────────────


def document(asked: str, found: Found) -> dict[str, object]:
    """Return everything as one document."""
    return {
        "asked": asked,
        "told": found.heading,
        "images": [_trail_json(trail) for trail in found.trails],
        "others": [
            {"container": each.name, "image": each.image, "digest": each.digest}
            for each in found.others
        ],
        "next": list(next_steps(found)),
    }


def _trail_json(trail: Trail) -> dict[str, object]:
    image = trail.image
    return {
        "repository": image.repository,
        "digest": image.digest,
        "tags": list(image.tags),
        "aliases": list(image.aliases),
        "containers": list(image.containers),
        "live_in": [str(stage) for stage in image.live_in],
        "deployments": [deployment_detail(each) for each in image.deployments],
        "build": _build_json(trail, trail.built) if trail.built else None,
        "commit": _commit_json(trail.commit) if trail.commit else None,
        "push": _push_json(trail, trail.link) if trail.link else None,
        "unknown": {
            "deployment": trail.why_no_deployment,
            "build": trail.why_no_build,
            "commit": trail.why_no_commit,
            "push": trail.why_no_push,
        },
    }


def _build_json(trail: Trail, built: BuiltImage) -> dict[str, object]:
    run = trail.build_run
    return {
        "id": built.build,
        "pipeline": built.origin.pipeline,
        "execution": built.origin.execution,
        "trigger": built.origin.trigger,
        "started_at": run.started_at.isoformat() if run else None,
        "log": run.build.log if run and run.build else None,
        "url": run.url if run else None,
    }


def _commit_json(commit: ToldCommit) -> dict[str, object]:
    return {
        "id": commit.id,
        "summary": commit.summary,
        "url": commit.url,
        "author": commit.author,
        "repository": commit.repository,
        "word_of": commit.word.value,
    }


def _push_json(trail: Trail, link: PushLink) -> dict[str, object]:
    return {
        "host": link.repository.provider.value,
        "repository": link.repository.name,
        "ref": link.ref,
        "commit": link.commit,
        "pusher": link.pusher or None,
        "received_at": trail.push.received_at.isoformat() if trail.push else None,
        "started_at": link.at.isoformat(),
        "delivery": link.push,
    }


# ── for people ────────────────────────────────────────────────────────────────────────────────


def lines(found: Found, now: datetime) -> Iterator[str]:
    """Yield everything line by line, one image after the other."""
    yield found.heading
    for trail in found.trails:
        yield from _image_lines(trail)
        yield from _deployed_lines(trail, now)
        yield from _built_lines(trail, now)
        yield from _commit_lines(trail)
        yield from _push_lines(trail, now)
    for other in found.others:
        digest = "" if other.digest is None or other.digest in other.image else f" ({other.digest})"
        yield f"nothing is known here of {other.name}: {other.image}{digest}"
    for step in next_steps(found):
        yield f"next: {step}"


def _image_lines(trail: Trail) -> Iterator[str]:
    image = trail.image
    yield f"image {image.reference}"
    if image.containers:
        yield f"  container  {', '.join(image.containers)}"
    if image.aliases:
        yield f"  alias      {', '.join(image.aliases)}"
    if image.tags:
        yield f"  tag        {', '.join(image.tags)}"


def _deployed_lines(trail: Trail, now: datetime) -> Iterator[str]:
    for each in trail.image.deployments:
        yield f"  deployed   {_deployment_text(each, now)}"
        origin = each.trigger.origin
        if origin is not None and origin.execution:
            yield f"    execution  {origin.execution}"
    if trail.why_no_deployment:
        yield f"  deployed   unknown: {trail.why_no_deployment}"


def _deployment_text(deployment: DeploymentRecord, now: datetime) -> str:
    began, by = age(deployment.started_at, now), trigger_text(deployment.trigger)
    return f"{deployment.name}, {deployment.phase}, {began}, by {by}"


def _built_lines(trail: Trail, now: datetime) -> Iterator[str]:
    if trail.built is None:
        yield f"  built      unknown: {trail.why_no_build}"
        return
    if trail.built.origin.pipeline is None:
        yield f"  built      {trail.built.build}, started by the push"
        return
    run = trail.build_run
    began = f", {age(run.started_at, now)}" if run else ""
    yield f"  built      {trail.built.build} in pipeline {trail.built.origin.pipeline}{began}"
    yield f"    execution  {trail.built.origin.execution}"
    if run is None:
        yield f"    log        unknown: {_FORGOTTEN}"
        return
    if run.build is not None and run.build.log:
        yield f"    log        {run.build.log}"
    if run.url:
        yield f"    page       {run.url}"


def _commit_lines(trail: Trail) -> Iterator[str]:
    commit = trail.commit
    if commit is None:
        yield f"  commit     unknown: {trail.why_no_commit}"
        return
    where = f" in {commit.repository}" if commit.repository else ""
    by = f" by {commit.author}" if commit.author else ""
    title = f": {commit.summary}" if commit.summary else ""
    yield f"  commit     {commit.id}{where}{by}{title}"
    if commit.url:
        yield f"    page       {commit.url}"
    yield f"    word of    {_WORDS[commit.word]}"


def _push_lines(trail: Trail, now: datetime) -> Iterator[str]:
    link = trail.link
    if link is None:
        yield f"  push       unknown: {trail.why_no_push}"
        return
    by = f" by {link.pusher}" if link.pusher else ""
    when = age(trail.push.received_at if trail.push else link.at, now)
    where = f"{link.repository.name} at {link.repository.provider}"
    yield f"  push       {link.ref} of {where}{by}, {when}"
    yield f"    delivery   {link.push}"
    if trail.commit is not None and trail.commit.id != link.commit:
        yield f"    commit     {link.commit}, another than the one above"

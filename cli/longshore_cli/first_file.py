"""`longshore init`: write a first configuration from a service that runs."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from longshore.decide.rendering import containers_of
from longshore.decide.support import refusal_of
from longshore.domain.errors import LongshoreError, NotPermitted, Refused
from longshore.domain.places import NAME_PATTERN, Home, RepositoryRef, ServiceRef
from longshore.domain.references import EcrImage, parse_ecr_image
from longshore.events.arns import parse_arn
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.configuration.reading import check
from longshore_cli.errors import CommandError, UsageError
from longshore_cli.images import propose
from longshore_cli.output import OutputFormat, confirm, print_json, print_line
from longshore_cli.starter import Starter, StarterImage, yaml_text

_SERVICE = re.compile(r"(?P<cluster>[A-Za-z0-9_-]{1,255})/(?P<name>[A-Za-z0-9_-]{1,255})")


@dataclass(frozen=True, slots=True)
class Names:
    """What the person calls things; empty where it is to be derived."""

    service: str
    application: str = ""
    stage: str = ""


def run_init(place: Place, names: Names, file: str, output: OutputFormat, *, yes: bool) -> None:
    """Write the file, after a question where one is there already."""
    cluster, service = _parse_service(names.service)
    application = _name("--application", names.application or service)
    stage = _name("--stage", names.stage or cluster)
    with aws_in_sentences():
        access = Access(place)
        ref = find_service(access, cluster, service)
        starter = _starter(access, ref, application, stage)
    text = yaml_text(starter)
    _refuse_invalid(text)
    if Path(file).exists() and not yes:
        confirm(f"{file} exists already: overwrite it?")
    _write(file, text)
    _report(starter, file, output)


def _parse_service(text: str) -> tuple[str, str]:
    match = _SERVICE.fullmatch(text)
    if match is None:
        raise UsageError(
            f"{text!r} names no ECS service: write CLUSTER/SERVICE, by their names",
            next_step="aws ecs list-services --cluster CLUSTER",
        )
    return match["cluster"], match["name"]


def _name(option: str, text: str) -> str:
    """Return a valid name; one that was given must be valid, one that is derived is made so."""
    derived = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")
    if not derived or NAME_PATTERN.fullmatch(derived) is None:
        raise UsageError(
            f"{text!r} makes no valid name: use 1 to 40 of a-z, 0-9 and '-'",
            next_step=f"name it: {option} NAME",
        )
    return derived


def find_service(access: Access, cluster: str, name: str) -> ServiceRef:
    """Return a service of the caller's account; raise CommandError that names close ones."""
    client = access.clients.ecs(access.region)
    try:
        answer = access.gate.call(client.describe_services, cluster=cluster, services=[name])
    except Refused as error:
        if error.code != "ClusterNotFoundException":
            raise
        raise _missing(f"there is no cluster {cluster!r}", cluster, _clusters(access)) from None
    found = [parse_arn(each.get("serviceArn")) for each in answer["services"]]
    arn = next((each for each in found if each is not None), None)
    if arn is None:
        near = _services(access, cluster)
        raise _missing(f"there is no service {name!r} in the cluster {cluster!r}", name, near)
    return ServiceRef(Home(arn.partition, arn.account, arn.region), cluster, name)


def _missing(message: str, text: str, known: Sequence[str]) -> CommandError:
    close = get_close_matches(text, known, n=3) or sorted(known)[:5]
    listed = f"; there is {', '.join(close)}" if close else ""
    return CommandError(f"{message}{listed}", next_step="check the name and --region")


def _clusters(access: Access) -> Sequence[str]:
    client = access.clients.ecs(access.region)
    with suppress(LongshoreError):  # only a suggestion: without the permission there is none
        return _last_parts(access.gate.call(client.list_clusters)["clusterArns"])
    return ()


def _services(access: Access, cluster: str) -> Sequence[str]:
    client = access.clients.ecs(access.region)
    with suppress(LongshoreError):  # as above
        answer = access.gate.call(client.list_services, cluster=cluster, maxResults=100)
        return _last_parts(answer["serviceArns"])
    return ()


def _last_parts(arns: Iterable[str]) -> Sequence[str]:
    return [arn.rpartition("/")[2] for arn in arns]


def _starter(access: Access, ref: ServiceRef, application: str, stage: str) -> Starter:
    service = access.ecs.describe_services([ref])[ref]
    refusal = refusal_of(service)
    if refusal:
        raise CommandError(
            f"{ref} cannot be deployed to: {refusal}",
            next_step="choose a service that ECS itself rolls, or change this one's controller",
        )
    described = access.ecs.describe_revision(ref.home, service.task_definition)
    running = containers_of(described.definition)
    images = {name: found for name, text in running.items() if (found := parse_ecr_image(text))}
    if not images:
        listed = ", ".join(f"{name}: {text}" for name, text in running.items())
        raise CommandError(
            f"no container of {ref} runs an image that lies in ECR ({listed or 'no containers'})",
            next_step="push the image to ECR and let the service run it from there once",
        )
    return Starter(
        application=application,
        stage=stage,
        service=str(ref),
        account=ref.home.account,
        region=ref.home.region,
        images=tuple(_followed(access, ref.home.partition, images)),
        others={name: text for name, text in running.items() if name not in images},
    )


def _followed(
    access: Access, partition: str, images: Mapping[str, EcrImage]
) -> Iterator[StarterImage]:
    """Yield each different image once, under an alias that no other has."""
    taken: set[str] = set()
    for image in dict.fromkeys(images.values()):
        containers = tuple(name for name, each in images.items() if each == image)
        alias = _alias(image, containers, taken, only=len(set(images.values())) == 1)
        taken.add(alias)
        proposal = propose(image, _tags(access, partition, image))
        yield StarterImage(alias, image, proposal, containers)


def _alias(image: EcrImage, containers: Sequence[str], taken: set[str], *, only: bool) -> str:
    """Name an image `app` where it is the only one, else by its repository or its container."""
    names = ["app"] if only else [image.repository.rpartition("/")[2], *containers]
    names += [f"app{number}" for number in range(1, len(taken) + 2)]
    valid = (re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40].strip("-") for name in names)
    return next(name for name in valid if name and name not in taken)


def _tags(access: Access, partition: str, image: EcrImage) -> Sequence[str]:
    """Return all tags of what runs; none where the registry cannot be read, or has lost it."""
    home = Home(partition, image.account, image.region)
    repository = RepositoryRef(home, image.repository)
    with suppress(NotPermitted, Refused):
        registry = access.registry
        found = (
            registry.image_by_digest(repository, image.digest)
            if image.digest
            else registry.image_by_tag(repository, image.tag or "")
        )
        return found.tags if found else ()
    return ()


def _refuse_invalid(text: str) -> None:
    """Hold the file that is written to the rules that it is read by."""
    _, problems = check(text.encode())
    if problems:
        raise CommandError(
            "the service cannot be described in a longshore.yaml",
            details=tuple(map(str, problems)),
            next_step="write the file by hand: docs/configuration.md",
        )


def _write(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"failed to write {file}: {error.strerror}", next_step="name another one with --file"
        ) from None


def _report(starter: Starter, file: str, output: OutputFormat) -> None:
    following = f"longshore apply {file}"
    if output is OutputFormat.JSON:
        print_json(_report_json(starter, file, following))
        return
    print_line(f"wrote {file}: application {starter.application}, stage {starter.stage}")
    for each in starter.images:
        chosen = f"{each.proposal.key} {each.proposal.value}"
        print_line(f"  {each.alias}: {each.image.repository}, {chosen} ({each.proposal.remark})")
    print_line(f"next: look at it, then: {following}")


def _report_json(starter: Starter, file: str, following: str) -> Mapping[str, object]:
    return {
        "file": file,
        "application": starter.application,
        "stage": starter.stage,
        "service": starter.service,
        "images": {
            each.alias: {
                "repository": each.image.repository,
                "select": {each.proposal.key: each.proposal.value},
                "remark": each.proposal.remark,
                "containers": list(each.containers),
            }
            for each in starter.images
        },
        "next": following,
    }

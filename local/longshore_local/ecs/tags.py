"""Tags, which ECS keeps beside its resources and shows only when asked."""

from collections.abc import Mapping

from longshore_local.awsjson.errors import ApiError
from longshore_local.ecs import errors
from longshore_local.ecs.engine import Engine, Operation
from longshore_local.ecs.region import Region
from longshore_local.ecs.state import Tag
from longshore_local.worlds.params import Output, Params, required, tables, text, texts

MOST_TAGS = 50


def read(params: Params) -> list[Tag]:
    """Return the tags of a request; raise InvalidParameterException for what AWS refuses.

    A key may occur once, at most fifty tags fit a resource, and keys beginning with `aws:` are
    AWS's own: a copy of what CloudFormation tagged is refused for them.
    """
    tags = [
        {"key": text(tag, "key") or "", "value": text(tag, "value") or ""}
        for tag in tables(params, "tags")
    ]
    keys = [tag["key"] for tag in tags]
    if len(set(keys)) < len(keys):
        raise errors.invalid("Duplicate tag keys found. Please remove the duplicate tag keys.")
    if any(key.lower().startswith("aws:") for key in keys):
        raise errors.invalid("Tag keys with the prefix aws: are not allowed for external use.")
    if len(keys) > MOST_TAGS:
        raise errors.invalid(f"A resource can have at most {MOST_TAGS} tags.")
    return tags


def tag_resource(engine: Engine, params: Params) -> Output:
    """Add tags to a resource, over those of the same keys."""
    arn = _existing(engine.region, params)
    added = {tag["key"]: tag for tag in read(params)}
    kept = {tag["key"]: tag for tag in engine.region.tags.get(arn, [])}
    merged = list({**kept, **added}.values())
    if len(merged) > MOST_TAGS:
        raise ApiError("LimitExceededException", f"A resource can have at most {MOST_TAGS} tags.")
    engine.region.tags[arn] = merged
    return {}


def untag_resource(engine: Engine, params: Params) -> Output:
    """Take tags from a resource; keys it does not have are no error."""
    arn = _existing(engine.region, params)
    gone = set(texts(params, "tagKeys"))
    tags = engine.region.tags.get(arn, [])
    engine.region.tags[arn] = [tag for tag in tags if tag["key"] not in gone]
    return {}


def list_tags(engine: Engine, params: Params) -> Output:
    """List the tags of a resource."""
    return {"tags": engine.region.tags.get(_existing(engine.region, params), [])}


def _existing(region: Region, params: Params) -> str:
    arn = required(params, "resourceArn")
    known = (
        {cluster.arn for cluster in region.clusters.values() if cluster.active}
        | {service.arn for service in region.all_services() if service.status != "INACTIVE"}
        | {task.arn for service in region.all_services() for task in service.tasks}
        | {revision.arn for revisions in region.families.values() for revision in revisions}
    )
    if arn not in known:
        raise errors.invalid("The specified resource was not found. Check its ARN.")
    return arn


OPERATIONS: Mapping[str, Operation] = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags,
}

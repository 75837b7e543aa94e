"""What AWS was a moment ago: for reads that are answered from a place that lags behind."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from longshore.aws.calls import AwsCall
from longshore.aws.gate import Perform
from longshore_local.awsjson.errors import ApiError
from longshore_local.ecs.world import EcsWorld
from tests.simulation.cloud.clients import client_error
from tests.simulation.cloud.ecr import Ecr
from tests.simulation.kernel import Kernel
from tests.simulation.truth import Truth

Document = Mapping[str, Any]
KEPT = timedelta(minutes=1)


class Past:
    """Remembers services and repositories as they were before each change."""

    def __init__(self, kernel: Kernel, ecs: EcsWorld, ecr: Ecr, truth: Truth) -> None:
        self._kernel = kernel
        self._ecs = ecs
        self._ecr = ecr
        self._truth = truth
        self._services: dict[str, list[tuple[datetime, Document]]] = {}
        self._images: dict[str, list[tuple[datetime, list[Document]]]] = {}
        self._items: dict[tuple[str, str], list[tuple[datetime, Document | None]]] = {}

    def keep_service(self, cluster: str, name: str) -> None:
        """Remember a service before it is changed."""
        reply: Any = self._ecs.call("DescribeServices", {"cluster": cluster, "services": [name]})
        if reply["services"]:
            kept = self._services.setdefault(f"{cluster}/{name}", [])
            kept.append((self._kernel.now, reply["services"][0]))

    def keep_images(self, repository: str) -> None:
        """Remember a repository before it is changed."""
        details: list[Document] = []
        request: dict[str, object] = {"repositoryName": repository}
        while True:
            reply: Any = self._ecr.call("DescribeImages", request)
            details += reply["imageDetails"]
            if not reply.get("nextToken"):
                break
            request["nextToken"] = reply["nextToken"]
        self._images.setdefault(repository, []).append((self._kernel.now, details))

    def keep_item(self, record: Document) -> None:
        """Remember an item of the ledger as a change leaves it."""
        key, image = record["dynamodb"]["Keys"], record["dynamodb"].get("NewImage")
        kept = self._items.setdefault((key["pk"]["S"], key["sk"]["S"]), [])
        kept.append((self._kernel.now, image))

    def answer(self, call: AwsCall, ago: timedelta, perform: Perform) -> Any:
        """Answer a read as it would have been answered so long ago."""
        since = self._kernel.now - ago
        match call.action:
            case "ecs:DescribeServices":
                return self._described(call.parameters, since, perform())
            case "ecs:ListTaskDefinitions":
                return self._listed(since, perform())
            case "ecr:DescribeImages":
                images = _at(self._images.get(call.parameters["repositoryName"], []), since)
                return perform() if images is None else self._found(call, images)
            case "dynamodb:GetItem":
                return self._got(call.parameters["Key"], since)
            case "dynamodb:BatchGetItem":
                return self._got_all(call.parameters["RequestItems"], since)
            case _:
                return perform()

    def _got(self, key: Document, since: datetime) -> Any:
        """Answer a read that did not ask to be consistent."""
        kept = self._items.get((key["pk"]["S"], key["sk"]["S"]), [])
        image = next((image for at, image in reversed(kept) if at <= since), None)
        return {} if image is None else {"Item": image}

    def _got_all(self, asked: Document, since: datetime) -> Any:
        """Answer such a read of several items."""
        found = {
            table: [self._got(key, since).get("Item") for key in each["Keys"]]
            for table, each in asked.items()
        }
        there = {table: [item for item in each if item] for table, each in found.items()}
        return {"Responses": there, "UnprocessedKeys": {}}

    def _described(self, request: Document, since: datetime, reply: Any) -> Any:
        services = [
            _at(self._services.get(f"{request['cluster']}/{each['serviceName']}", []), since)
            or each
            for each in reply["services"]
        ]
        return {**reply, "services": services}

    def _listed(self, since: datetime, reply: Any) -> Any:
        registered = self._truth.registered_at
        arns = [
            a for a in reply["taskDefinitionArns"] if a not in registered or registered[a] <= since
        ]
        return {**reply, "taskDefinitionArns": arns}

    @staticmethod
    def _found(call: AwsCall, images: list[Document]) -> Any:
        wanted = call.parameters.get("imageIds")
        if not wanted:
            return {"imageDetails": [image for image in images if image.get("imageTags")]}
        found = [image for image in images if _is(image, wanted[0])]
        if not found:
            missing = ApiError("ImageNotFoundException", "The image does not exist.")
            raise client_error(missing, call.operation)
        return {"imageDetails": found}


def _at(kept: list[tuple[datetime, Any]], since: datetime) -> Any:
    """Return what was at a moment: the oldest that was kept since, None where nothing changed."""
    return next((state for at, state in kept if at >= since), None)


def _is(image: Document, wanted: Mapping[str, str]) -> bool:
    if "imageTag" in wanted:
        return wanted["imageTag"] in image.get("imageTags", ())
    return bool(image["imageDigest"] == wanted["imageDigest"])

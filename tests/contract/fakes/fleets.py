"""A cluster and what tests do in it all the time."""

from typing import Any

from tests.contract.fakes.clouds import CloudClients, fresh

CLOUDS = ("memory", "moto")
"""Who plays ECS: the embedded AWS has no other than the simulation's."""

Document = Any
"""What botocore takes and gives: its types would only be in the way here."""

IMAGE = "public.ecr.aws/app:1"


class Fleet:
    """A cluster, and what is done in it all the time."""

    def __init__(self, cloud: CloudClients) -> None:
        self.ecs = cloud.ecs
        self.home = cloud.home
        self.cluster = fresh("cluster")
        cloud.ecs.create_cluster(clusterName=self.cluster)

    def register(self, family: str, image: str = IMAGE, **more: Document) -> Document:
        """Register a revision; return the whole answer."""
        container: Document = {
            "name": "web",
            "image": image,
            "memory": 64,
            "environment": [{"name": "COLOUR", "value": "blue"}],
        }
        definition: Document = {"family": family, "containerDefinitions": [container], **more}
        return self.ecs.register_task_definition(**definition)

    def revision(self, family: str, **more: Document) -> str:
        """Register a revision; return its ARN."""
        return str(self.register(family, **more)["taskDefinition"]["taskDefinitionArn"])

    def open(self, name: str = "web", **more: Document) -> Document:
        """Create a service on a new family of the same name."""
        family = fresh(name)
        size: Document = {"desiredCount": 1, **more}
        reply = self.ecs.create_service(
            cluster=self.cluster,
            serviceName=name,
            taskDefinition=self.revision(family),
            **size,
        )
        return reply["service"]

    def describe(self, *names: str) -> Document:
        return self.ecs.describe_services(cluster=self.cluster, services=names)

    def service(self, name: str = "web") -> Document:
        (found,) = self.describe(name)["services"]
        return found

    def listed(self, family: str, **more: Document) -> list[str]:
        """Return the revisions of a family as `family:number`."""
        reply = self.ecs.list_task_definitions(familyPrefix=family, **more)
        return [arn.rpartition("/")[2] for arn in reply["taskDefinitionArns"]]

"""What is read of services and their task definitions: ten services a call, each once."""

from collections import defaultdict
from collections.abc import Iterable

from longshore.aws.ecs import SERVICES_A_CALL
from longshore.domain.errors import Refused
from longshore.domain.places import Home, ServiceRef
from longshore_cli.doctor.reading import Answer, Reader


class Services:
    """The services of some stages, described in as few calls as ECS allows."""

    def __init__(self, reader: Reader, services: Iterable[ServiceRef]) -> None:
        """Plan the calls; none is made before a service is asked for."""
        self._reader = reader
        self._found: dict[ServiceRef, Answer | None] = {}
        self._definitions: dict[tuple[Home, str], Answer] = {}
        self._calls: dict[ServiceRef, list[ServiceRef]] = {}
        clusters: dict[tuple[Home, str], list[ServiceRef]] = defaultdict(list)
        for service in sorted(set(services)):
            clusters[service.home, service.cluster].append(service)
        for each in clusters.values():
            for start in range(0, len(each), SERVICES_A_CALL):
                together = each[start : start + SERVICES_A_CALL]
                self._calls |= dict.fromkeys(together, together)

    def find(self, service: ServiceRef) -> Answer | None:
        """Return a service as DescribeServices has it, None where there is none."""
        if service not in self._found:
            self._describe(self._calls[service])
        return self._found[service]

    def _describe(self, services: list[ServiceRef]) -> None:
        cluster, region = services[0].cluster, services[0].home.region
        names = [service.name for service in services]
        try:
            answer = self._reader.ask(
                "ecs", "describe_services", region=region, cluster=cluster, services=names
            )
        except Refused as error:
            if error.code != "ClusterNotFoundException":
                raise
            answer = {}
        for failure in answer.get("failures", ()):
            if failure.get("reason") != "MISSING":
                why = failure.get("reason", "UNKNOWN")
                raise Refused(f"ecs:DescribeServices failed on {failure.get('arn')}: {why}", why)
        found = {each["serviceName"]: each for each in answer.get("services", ())}
        self._found |= {service: found.get(service.name) for service in services}

    def definition(self, home: Home, name: str) -> Answer:
        """Return a task definition by ARN, or the newest ACTIVE one of a family."""
        if (home, name) not in self._definitions:
            answer = self._reader.ask(
                "ecs", "describe_task_definition", region=home.region, taskDefinition=name
            )
            self._definitions[home, name] = answer["taskDefinition"]
        return self._definitions[home, name]

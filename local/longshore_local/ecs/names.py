"""The ARNs of ECS, in the long format: `service/cluster/name`, `task/cluster/id`."""

from dataclasses import dataclass

from longshore.domain.places import Home


@dataclass(frozen=True, slots=True)
class Names:
    """Names the resources of one account and region."""

    home: Home

    def cluster(self, name: str) -> str:
        """Return a cluster's ARN."""
        return self._arn(f"cluster/{name}")

    def service(self, cluster: str, name: str) -> str:
        """Return a service's ARN."""
        return self._arn(f"service/{cluster}/{name}")

    def task(self, cluster: str, task_id: str) -> str:
        """Return a task's ARN."""
        return self._arn(f"task/{cluster}/{task_id}")

    def container(self, cluster: str, task_id: str, container_id: str) -> str:
        """Return a container's ARN."""
        return self._arn(f"container/{cluster}/{task_id}/{container_id}")

    def container_instances(self, cluster: str) -> str:
        """Return the pattern that IAM checks ListTasks against, also where there are none."""
        return self._arn(f"container-instance/{cluster}/*")

    def task_definition(self, family: str, revision: int | str) -> str:
        """Return a task definition's ARN."""
        return self._arn(f"task-definition/{family}:{revision}")

    def service_deployment(self, cluster: str, service: str, number: str) -> str:
        """Return a service deployment's ARN."""
        return self._arn(f"service-deployment/{cluster}/{service}/{number}")

    def service_revision(self, cluster: str, service: str, number: str) -> str:
        """Return a service revision's ARN."""
        return self._arn(f"service-revision/{cluster}/{service}/{number}")

    def task_set(self, cluster: str, service: str, number: str) -> str:
        """Return a task set's ARN."""
        return self._arn(f"task-set/{cluster}/{service}/ecs-svc/{number}")

    def role(self, name: str) -> str:
        """Return an IAM role's ARN, for a name that may be one already."""
        home = self.home
        return (
            name
            if name.startswith("arn:")
            else f"arn:{home.partition}:iam::{home.account}:role/{name}"
        )

    @property
    def root(self) -> str:
        """The account's root user, who stands for whoever registers a task definition."""
        return f"arn:{self.home.partition}:iam::{self.home.account}:root"

    def _arn(self, path: str) -> str:
        home = self.home
        return f"arn:{home.partition}:ecs:{home.region}:{home.account}:{path}"


def last_part(name: str) -> str:
    """Return a name, whether it was given bare or as an ARN."""
    return name.rpartition("/")[2]

"""What the template is told of the account that it is deployed to."""

from collections.abc import Iterable, Mapping

from longshore.domain.places import Home


def parameters(
    home: Home, clusters: Iterable[str], task_roles: Iterable[str], log_groups: Iterable[str]
) -> Mapping[str, str]:
    """Return the parameters that name what Longshore may touch, each by its ARN."""
    account = f"{home.region}:{home.account}"
    return {
        "ClusterArns": ",".join(f"arn:aws:ecs:{account}:cluster/{name}" for name in clusters),
        "TaskRoleArns": ",".join(f"arn:aws:iam::{home.account}:role/{name}" for name in task_roles),
        "LogGroupArns": ",".join(f"arn:aws:logs:{account}:log-group:{n}:*" for n in log_groups),
        # Said in so many words: the emulator takes an empty list for one that names something.
        "RepositoryArns": f"arn:aws:ecr:{account}:repository/*",
    }

"""What people write in longshore.yaml: the configuration of an application, as they have it now."""

from collections.abc import Mapping

from tests.simulation.forge import GIT
from tests.simulation.guards import Guarded
from tests.simulation.plan import ALARMS, CHANNEL, Application, Plan, Repository
from tests.simulation.truth import Truth

ROUTES = ({"slack": CHANNEL}, {"slack": ALARMS, "on": ["failed", "rolled-back"]})


def document_of(
    application: Application, plan: Plan, truth: Truth, deadline: int | None
) -> Mapping[str, object]:
    """Return an application's configuration, with a deadline of its own or those of the plan."""
    notify = {"notify": ROUTES} if plan.slack else {}
    git = {"git": GIT} if plan.starts_for_git(application) else {}
    return {**notify, **git} | {
        "apiVersion": "longshore/v1",
        "application": application.name,
        "images": {
            alias_of(repository): {"repository": repository.name, "select": repository.select}
            for repository in application.repositories
        },
        "stages": {
            stage.name: {
                "deadline": f"{stage.deadline if deadline is None else deadline}m",
                "mode": _mode(f"{application.name}/{stage.name}", truth),
                **_guard(plan.guards.get(f"{application.name}/{stage.name}")),
                "targets": [
                    {"service": str(service), "base": service.base}
                    for service in stage.services
                    if str(service) not in truth.left_out
                ],
            }
            for stage in application.stages
            if f"{application.name}/{stage.name}" not in truth.left_out
        },
    }


def alias_of(repository: Repository) -> str:
    """Return what a configuration calls the images of a repository."""
    return repository.name.replace("-", "")


def _guard(guard: Guarded | None) -> Mapping[str, object]:
    """Return what guards a stage: a bake, alarms that were there before, both or neither."""
    if guard is None:
        return {}
    bake = {"bake": f"{guard.bake}m"} if guard.bake else {}
    alarms = {
        "watch": list(guard.alarms),
        "onNoData": guard.on_no_data,
        "cooldown": f"{guard.cooldown}m",
    }
    return {**bake, **({"alarms": alarms} if guard.alarms else {})}


def _mode(stage: str, truth: Truth) -> str:
    return "observe" if stage in truth.observing else "deploy"

"""Which services Longshore can deploy to."""

from longshore.domain.observations import EcsService


def refusal_of(service: EcsService) -> str:
    """Say in words why a service cannot be deployed to, with an empty string where it can.

    Under CODE_DEPLOY and EXTERNAL controllers ECS does not let UpdateService change the task
    definition; native blue/green runs through stages that a rolling verdict would misread.
    """
    if not service.active:
        return f"the service is {service.status}, not ACTIVE"
    if service.controller != "ECS":
        return (
            f"the service's deployment controller is {service.controller}; what is missing here is "
            f"support for it: so far Longshore rolls services of the ECS controller"
        )
    if service.strategy != "ROLLING":
        return (
            f"the service's deployment strategy is {service.strategy}; what is missing here is "
            "support for it: so far Longshore rolls services of the ROLLING strategy"
        )
    return ""

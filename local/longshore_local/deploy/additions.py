"""What stands beside the emulator, and is therefore not as in the template."""

from longshore_local.deploy.adaptations import Adaptation

ADDITIONS = (
    Adaptation(
        "control_url and webhook_url name local addresses",
        "the emulator's function URL does not tell who signed, and no machine knows its API's host",
        ("Installation",),
    ),
    Adaptation(
        "events brought to the rules' targets by hand",
        "the emulator sends none of ECR's and ECS's; queue policies, retries and dead letters of"
        " rules are not tried",
        ("ImageActionRule", "DeploymentStateRule", "TaskStoppedRule"),
    ),
    Adaptation(
        "ECR's links to layers lead to this machine",
        "the emulator's name a host of AWS, which nothing here may ask",
        ("Notifier",),
    ),
)

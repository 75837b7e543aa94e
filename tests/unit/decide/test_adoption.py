"""Which release a service already runs."""

from longshore.decide.adoption import running_by_alias
from longshore.domain.configuration import TargetSpec
from tests.support.builders import SERVICE, make_spec


def test_a_definition_without_the_named_container_runs_nothing_that_is_known() -> None:
    definition = {"containerDefinitions": [{"name": "web", "image": "nginx"}]}
    target = TargetSpec(SERVICE, containers=(("api", "app"),))

    assert running_by_alias(definition, target, make_spec().images, dict) == {}

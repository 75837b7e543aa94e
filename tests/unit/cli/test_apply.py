"""`longshore apply`: the plan, the difference, the question, and what reaches control."""

import json
from collections.abc import Callable, Mapping
from time import sleep

import pytest

from longshore.domain.wakeups import Hint
from longshore_cli.access import Access, Place
from longshore_cli.control import Control
from longshore_cli.errors import CommandError
from longshore_cli.installation import find_installation
from tests.unit.cli.conftest import REGISTRY, Heard, HttpServer, Reply, World

FILE = """\
apiVersion: longshore/v1
application: shop
images:
  app:
    repository: shop
    select: {{tag: main}}
stages:
  staging:
    targets:
      - service: {service}
    deadline: {deadline}
"""


def document(service: str = "staging/web", deadline: str = "30m") -> str:
    return FILE.format(service=service, deadline=deadline)


@pytest.fixture
def pinned(world: World) -> World:
    """A service that runs the first image by its digest, while main names a second one."""
    first = world.push("shop", "one", content="one")
    world.push("shop", "main", content="two")
    world.serve("staging/web", {"web": f"{REGISTRY}/shop@{first}", "proxy": "nginx"})
    world.write(document())
    return world


def test_the_first_apply_adopts_and_deploys_nothing(pinned: World) -> None:
    result = pinned.run("apply", "--yes")

    assert result.exit_code == 0, result.output
    assert "the first configuration" in result.stdout
    assert "runs     one (" in result.stdout
    assert "adopted as it is" in result.stdout
    assert "nothing is deployed until something newer than main (" in result.stdout
    assert "target   staging/web on web:1: web runs app" in result.stdout
    assert "configuration 1 of shop is in force" in result.stdout
    (heard,) = pinned.control.heard
    assert heard.path == "/v1/configurations"
    assert heard.body["deploy"] is False
    assert heard.body["base"] == 0
    assert heard.body["document"]["stages"] == {
        "staging": {"targets": [{"service": "staging/web"}], "deadline": "30m"}
    }
    assert [str(wakeup.stage) for wakeup in pinned.wakeups.sent] == ["shop/staging"]
    assert pinned.wakeups.sent[0].hints == {Hint.PERSON}


def test_requests_are_signed_and_carry_no_actor(pinned: World) -> None:
    pinned.run("apply", "--yes")

    (heard,) = pinned.control.heard
    assert "/eu-central-1/lambda/aws4_request" in heard.headers["Authorization"]
    assert heard.headers["X-Amz-Security-Token"] == "testing"
    assert "X-Amz-Date" in heard.headers
    assert set(heard.body) == {"document", "deploy", "base", "observe"}
    current = pinned.configurations.configuration("shop", 1)
    assert current is not None
    assert current.applied_by == "arn:aws:sts::123456789012:assumed-role/Developer/ana"


def test_deploy_says_what_is_deployed_at_once(pinned: World) -> None:
    result = pinned.run("apply", "--deploy", answer="y\n")

    assert result.exit_code == 0
    assert "is deployed at once, because of --deploy" in result.stdout
    assert "apply longshore.yaml to shop (deploys in shop/staging)?" in result.stderr
    assert pinned.control.heard[0].body["deploy"] is True


def test_no_answer_and_no_change_nothing(pinned: World) -> None:
    refused = pinned.run("apply", answer="n\n")
    unanswered = pinned.run("apply")

    assert (refused.exit_code, unanswered.exit_code) == (6, 2)
    assert "next: repeat the command with --yes" in unanswered.stderr
    for result in (refused, unanswered):
        assert "[y/N]:" in result.stderr
        assert "\nlongshore: " in result.stderr
    assert pinned.control.heard == []


def test_a_dry_run_asks_and_sends_nothing(pinned: World) -> None:
    result = pinned.run("apply", "--dry-run")

    assert result.exit_code == 0
    assert "nothing was applied: this was a dry run" in result.stderr
    assert pinned.control.heard == []


def test_the_second_apply_of_the_same_file_has_nothing_to_do(pinned: World) -> None:
    pinned.run("apply", "--yes")

    result = pinned.run("apply", "--yes")

    assert result.exit_code == 7
    assert "nothing to do: configuration 1 of shop says the same" in result.stderr
    assert len(pinned.control.heard) == 1


def test_deploy_is_something_to_do_although_the_file_is_the_same(pinned: World) -> None:
    pinned.run("apply", "--yes")

    result = pinned.run("apply", "--yes", "--deploy")

    assert result.exit_code == 0
    assert pinned.configurations.pointer("shop").number == 2


def test_the_difference_is_shown_line_by_line(pinned: World) -> None:
    pinned.run("apply", "--yes")
    pinned.write(
        document(deadline="1h").replace("{tag: main}", '{semver: "^1"}')
        + "  production:\n    targets: [{service: staging/api}]\n"
    )
    pinned.serve("staging/api", {"web": f"{REGISTRY}/shop:main"})

    result = pinned.run("apply", "--dry-run", "-o", "json")

    changes = json.loads(result.stdout)["changes"]
    assert [each["path"] for each in changes if each["before"] and each["after"]] == [
        "staging.images.app",
        "staging.deadline",
    ]
    assert {"path": "staging.deadline", "before": "1800s", "after": "3600s"} in changes
    assert [each["path"] for each in changes if not each["before"]] == [
        "production.images.app",
        "production.targets.staging/api",
        "production.deadline",
    ]


def test_a_stage_that_goes_is_part_of_the_difference(pinned: World) -> None:
    pinned.serve("staging/api", {"web": f"{REGISTRY}/shop:main"})
    pinned.write(document() + "  extra:\n    targets: [{service: staging/api}]\n")
    pinned.run("apply", "--yes")
    pinned.write(document())

    result = pinned.run("apply", "--yes")

    assert result.exit_code == 0
    assert "- extra.targets.staging/api: every container" in result.stdout


def test_json_says_what_the_text_says(pinned: World) -> None:
    result = pinned.run("apply", "--yes", "--output", "json")

    plan = json.loads(result.stdout)
    (stage,) = plan["stages"]
    assert plan["applied"] is True
    assert (plan["base"], plan["number"]) == (0, 1)
    assert stage["runs"]["app"]["tag"] == "one"
    assert stage["chooses"]["app"]["tag"] == "main"
    assert stage["deploys"] is False
    assert stage["targets"][0]["containers"] == {"web": "app"}


def test_what_runs_is_what_the_policy_chooses(world: World) -> None:
    digest = world.push("shop", "main")
    world.serve("staging/web", {"web": f"{REGISTRY}/shop@{digest}"})
    world.write(document())

    result = world.run("apply", "--deploy", "--yes")

    assert "nothing is deployed: that is what runs" in result.stdout


def test_a_policy_without_a_candidate_says_so(world: World) -> None:
    world.push("shop", "other")
    world.serve("staging/web", {"web": f"{REGISTRY}/shop:other"})
    world.write(document())

    result = world.run("apply", "--deploy", "--yes")

    assert "nothing is deployed: repository shop has no image tagged 'main'" in result.stdout


def test_the_newest_revision_can_be_the_base(pinned: World) -> None:
    pinned.clients.ecs("eu-central-1").register_task_definition(
        family="web",
        containerDefinitions=[{"name": "renamed", "image": f"{REGISTRY}/shop:main", "memory": 1}],
    )
    pinned.write(document().replace("service: staging/web", "{service: staging/web, base: latest}"))

    result = pinned.run("apply", "--yes")

    assert result.exit_code == 0
    assert "staging/web on web:1: renamed runs app" in result.stdout


def refuse_missing(world: World) -> str:
    world.push("shop", "main")
    world.write(document("staging/wbe"))
    return "staging/wbe: there is no service 'wbe' in the cluster 'staging'"


def refuse_code_deploy(world: World) -> str:
    world.push("shop", "main")
    world.serve(
        "staging/web",
        {"web": f"{REGISTRY}/shop:main"},
        deploymentController={"type": "CODE_DEPLOY"},
    )
    world.write(document())
    return "deployment controller is CODE_DEPLOY"


def refuse_foreign_containers(world: World) -> str:
    world.push("shop", "main")
    world.serve("staging/web", {"web": "nginx"})
    world.write(document())
    return "no container of task definition web runs an image of shop"


def refuse_owned(world: World) -> str:
    world.push("shop", "main")
    world.serve("staging/web", {"web": f"{REGISTRY}/shop:main"})
    world.write(document().replace("application: shop", "application: first"))
    assert world.run("apply", "--yes").exit_code == 0
    world.control.heard.clear()
    world.write(document())
    return "the stage first/staging owns it, and a service has one owner"


@pytest.mark.parametrize(
    "prepare",
    [
        refuse_missing,
        refuse_code_deploy,
        refuse_foreign_containers,
        refuse_owned,
    ],
)
@pytest.mark.parametrize("output", ["text", "json"])
def test_what_cannot_be_taken_is_refused_in_words(
    world: World, prepare: Callable[[World], str], output: str
) -> None:
    expected = prepare(world)

    result = world.run("apply", "--deploy", "--yes", "--output", output)

    assert result.exit_code == 3, result.output
    assert expected in result.stderr
    assert "the configuration in force stays" in result.stderr
    assert world.control.heard == []
    if output == "json":
        plan = json.loads(result.stdout)
        assert plan["applied"] is False
        assert len(plan["refusals"]) == 1
        assert not any(stage["deploys"] for stage in plan["stages"])
    else:
        assert "then     nothing: a service of the stage is refused" in result.stdout


@pytest.mark.parametrize("arguments", [["apply", "--yes"], ["init", "--service", "staging/web"]])
def test_native_blue_green_is_refused_in_words(
    world: World, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """Moto does not tell the strategy of a service."""
    described = {
        "serviceName": "web",
        "serviceArn": "arn:aws:ecs:eu-central-1:123456789012:service/staging/web",
        "status": "ACTIVE",
        "deploymentConfiguration": {"strategy": "BLUE_GREEN"},
    }
    ecs = HttpServer(lambda _: (200, {"services": [described], "failures": []}))
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", ecs.url)
    world.push("shop", "main")
    world.write(document())

    result = world.run(*arguments)
    ecs.close()

    assert result.exit_code == 3
    assert "deployment strategy is BLUE_GREEN" in result.stderr


def test_a_wrong_file_is_refused_before_aws_is_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    world.write(document().replace("- service:", "- servce:") + "    approval: {}\n")

    result = world.run("apply")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert (
        "longshore.yaml:10:9: stages.staging.targets[0].servce: unknown key; "
        "did you mean 'service'?" in result.stderr
    )
    assert (
        "longshore.yaml:12:5: stages.staging.approval: approval is not acted on by this version"
        in result.stderr
    )


def test_a_stage_of_another_account_is_refused_with_its_line(pinned: World) -> None:
    pinned.write(document().replace("  staging:\n", '  staging:\n    account: "210987654321"\n'))

    result = pinned.run("apply", "--yes")

    assert result.exit_code == 2
    assert "longshore.yaml:9:5: stages.staging.account: " in result.stderr
    assert "install it in 210987654321 too" in result.stderr
    assert pinned.control.heard == []


def test_the_installations_own_account_may_be_named(pinned: World) -> None:
    pinned.write(document().replace("  staging:\n", '  staging:\n    account: "123456789012"\n'))

    assert pinned.run("apply", "--yes").exit_code == 0


def test_a_file_that_is_not_there_names_the_next_command(world: World) -> None:
    result = world.run("apply", "nothing.yaml")

    assert result.exit_code == 2
    assert "failed to read nothing.yaml: No such file or directory" in result.stderr
    assert "longshore init --service CLUSTER/SERVICE" in result.stderr


def test_somebody_else_was_first(pinned: World) -> None:
    """The plan is made against configuration 0; another one comes in force before the answer."""

    def overtaken(_: Heard) -> Reply:
        return 409, {"error": "configuration 1 is in force", "next": "plan again"}

    pinned.control.answer = overtaken

    result = pinned.run("apply", "--yes")

    assert result.exit_code == 3
    assert "control refused: configuration 1 is in force" in result.stderr
    assert "next: plan again" in result.stderr


@pytest.mark.parametrize(
    ("status", "body", "code", "said"),
    [
        (403, {"Message": "Forbidden"}, 6, "lambda:InvokeFunctionUrl"),
        (500, {}, 3, "control failed (500)"),
        (502, {"message": "Bad Gateway"}, 3, "control failed (502): Bad Gateway"),
        (429, {"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded"}, 3, "failed (429)"),
        (400, {"error": "\x1b[2Jno", "next": "look"}, 3, "control refused: \\x1b[2Jno"),
    ],
)
def test_every_refusal_of_control_is_a_sentence(
    pinned: World, status: int, body: Mapping[str, object], code: int, said: str
) -> None:
    pinned.control.answer = lambda _: (status, body)

    result = pinned.run("apply", "--yes")

    assert result.exit_code == code
    assert said in result.stderr
    assert "next: " in result.stderr


def test_control_that_does_not_listen_is_said(pinned: World) -> None:
    silent = HttpServer(lambda _: (200, {}))
    silent.close()
    pinned.install(control_url=silent.url)

    result = pinned.run("apply", "--yes")

    assert result.exit_code == 3
    assert "failed to reach control: " in result.stderr


def test_control_that_does_not_answer_in_time_may_have_done_it(pinned: World) -> None:
    def late(_: Heard) -> Reply:
        sleep(1.2)
        return 200, {}

    pinned.control.answer = late
    access = Access(Place())
    control = Control(access, find_installation(access), patience=1)

    with pytest.raises(CommandError, match="may have done what was asked") as raised:
        control.post("/v1/intents", {})

    assert raised.value.code == 5
    assert raised.value.next_step == "see what is in force: longshore status"


def test_an_unencrypted_control_url_gets_no_request(pinned: World) -> None:
    pinned.install(control_url="http://control.example.com/")

    result = pinned.run("apply", "--yes")

    assert result.exit_code == 3
    assert "is not https: nothing was sent" in result.stderr


def test_a_repository_that_is_not_there_is_named(world: World) -> None:
    world.serve("staging/web", {"web": f"{REGISTRY}/shop:main"})
    world.write(document())

    result = world.run("apply", "--yes")

    assert result.exit_code == 3
    assert "the ECR repository shop does not exist in account 123456789012" in result.stderr

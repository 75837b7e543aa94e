"""What a seed is: the applications in it, and what people do to them, when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from longshore.domain.rates import PUBLISHED, Rates
from tests.simulation.climate import Climate, draw_climate, draw_window
from tests.simulation.guards import Guarded, draw_guards
from tests.simulation.regressions import REGRESSIONS


@dataclass(frozen=True, slots=True)
class Repository:
    """An ECR repository and how the images in it are chosen: by one tag, or by version."""

    name: str
    by_version: bool
    immutable: bool

    @property
    def select(self) -> Mapping[str, str]:
        """The policy, as longshore.yaml has it."""
        return {"semver": "^1"} if self.by_version else {"tag": "main"}


@dataclass(frozen=True, slots=True)
class Service:
    """An ECS service of a stage; `breaker` is what its circuit breaker does: on, tell, off."""

    cluster: str
    name: str
    repository: str
    breaker: str
    desired: int
    base: str
    pinned: bool
    shares: str = ""
    """The family that it has in common with others, if it has none of its own."""

    @property
    def family(self) -> str:
        """The family of its task definitions."""
        return self.shares or f"{self.cluster}-{self.name}"

    def __str__(self) -> str:
        return f"{self.cluster}/{self.name}"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of an application."""

    name: str
    services: tuple[Service, ...]
    deadline: int


@dataclass(frozen=True, slots=True)
class Application:
    """An application: its images, by alias, and its stages."""

    name: str
    repositories: tuple[Repository, ...]
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that people do, `after` the weather began; `whom` and `how` say it in full."""

    number: int
    after: timedelta
    verb: str
    whom: int
    how: int

    def __str__(self) -> str:
        return f"{self.verb} {self.whom}/{self.how}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole seed, drawn before anything happens.

    `rates` are how fast the installation believes it may call ECS. `behind` says that a newer image
    was there already than what the services ran when their stages were adopted, `stormy` that the
    weather had begun by then. `first_backup` is how long after that the table is kept for the
    first time, perhaps before all stages were adopted; `first_sweep` is when the first sweep comes.
    `observed` are the stages that only observe at first. `git` says that pushes start something.
    """

    seed: int
    climate: Climate
    applications: tuple[Application, ...]
    actions: tuple[Action, ...]
    rates: Rates = PUBLISHED
    behind: bool = False
    stormy: bool = False
    slack: bool = False
    first_backup: timedelta = timedelta(minutes=1)
    first_sweep: timedelta = timedelta()
    observed: frozenset[str] = frozenset()
    git: bool = False
    guards: Mapping[str, Guarded] = field(default_factory=dict)

    def starts_for_git(self, application: Application) -> bool:
        """Whether Git pushes are for an application: the first one, if any."""
        return self.git and application == self.applications[0]

    def services(self) -> list[Service]:
        """Return the services of all stages."""
        stages = [stage for each in self.applications for stage in each.stages]
        return [service for stage in stages for service in stage.services]

    @property
    def lasts(self) -> timedelta:
        """How long the weather lasts."""
        return self.actions[-1].after + timedelta(minutes=5)


VERBS: Mapping[str, float] = {
    "push": 1,
    "push_bad": 2,
    "push_index": 1,
    "push_quickly": 2,
    "push_artifact": 0.5,
    "push_back": 2,
    "tag_again": 1.5,
    "delete_tag": 0.7,
    "delete_image": 0.7,
    "expire_images": 0.5,
    "outdate_images": 0.8,
    "retry": 2.5,
    "configure": 1.5,
    "apply_and_deploy": 0.8,
    "delete_service": 0.3,
    "move_by_hand": 0.6,
    "force": 0.4,
    "scale": 0.7,
    "change_breaker": 0.4,
    "register_by_hand": 0.4,
    "use_up_rates": 0.7,
    "restore_table": 1.2,
    "repeat_request": 0.8,
    "leave_out_service": 0.4,
    "leave_out_stage": 0.4,
}
"""What people do beside five pushes, and how often."""

OFTEN_FOLLOWED: Mapping[str, str] = {
    "retry": "repeat_request",
    "apply_and_deploy": "repeat_request",
    "outdate_images": "push_bad",
}
"""What people do later, every other time: whoever was not answered sends the request again."""

PAUSES = (0.2, 1, 4, 15, 40, 90, 240, 600, 1200)
"""Seconds between one action and the next."""

SWEEP = timedelta(minutes=15)

PAUSED = 0.1
"""How often people pause a stage; they are drawn apart, and change no other seed's story."""

WANTED = 0.2
"""How often people ask for a release by name; that is drawn apart too."""

WITH_SLACK = 0.3
"""How often Slack is told too; that is drawn apart, and not for the stories that are kept."""
CHANNEL, ALARMS = "#shop", "#alarms"
FROZEN = 0.1
"""How often people freeze everything; that is drawn apart as well."""

PIPED = 0.15
"""How often pipelines deploy too; that is drawn apart, and not for the stories that are kept."""

WITH_GIT = 0.15
"""How often Git pushes start something; that is drawn apart, and not for the stories kept."""

KEPT = 0.2
"""How often people pin, veto, abort or freeze some; drawn apart, and not for the stories kept."""

KEEPING: Mapping[str, float] = {
    "pin": 3,
    "unpin": 2,
    "veto": 2,
    "unveto": 1,
    "abort": 2,
    "pause_for": 1,
    "freeze_some": 2,
    "unfreeze_some": 1,
    "go_back": 1,
}
"""What people do of that, and how often."""

OBSERVED = 0.1
"""How often a stage only observes for a while; that is drawn apart as well."""

FIRST_BACKUPS = (0.02, 0.02, 1, 60)
"""Seconds after the first configuration; stages are adopted in the first few."""

LARGE = 12
"""Services of a stage that takes more than one slice."""


def draw_plan(seed: int) -> Plan:
    """Draw a seed."""
    rng = Random(f"plan {seed}")
    applications = _applications(rng)
    actions = _actions(rng)
    hours = actions[-1].after / timedelta(hours=1)
    actions = _paused(Random(f"pauses {seed}"), actions)
    actions = _wanted(Random(f"words {seed}"), actions)
    # These two are called so that no seed of `regressions` gets another story.
    actions = _frozen(Random(f"calm {seed}"), actions)
    actions = _piped(seed, actions)
    actions, git = _committed(seed, actions)
    watching = Random(f"observed {seed}")
    actions, observed = _observed(watching, actions, applications)
    actions = _kept(seed, actions)
    actions, guards = _guarded(seed, actions, applications)
    climate = draw_climate(rng, hours)
    slack = _slack(seed)
    if slack is not None:
        climate = replace(climate, slack_down=draw_window(slack, hours, 0.3))
    if guards:
        down = draw_window(Random(f"alarms {seed}"), hours, 0.15)
        climate = replace(climate, cloudwatch_down=down)
    behind, stormy = rng.random() < 0.3, rng.random() < 0.4
    first_sweep = SWEEP * rng.random()
    first_backup = timedelta(seconds=rng.choice(FIRST_BACKUPS))
    return Plan(
        seed,
        climate,
        applications,
        tuple(actions),
        behind=behind,
        stormy=stormy,
        slack=slack is not None,
        first_backup=first_backup,
        first_sweep=first_sweep,
        observed=observed,
        git=git,
        guards=guards,
    )


def _slack(seed: int) -> Random | None:
    """Return what draws the weather of Slack, None where it is not told."""
    rng = Random(f"slack {seed}")
    return rng if rng.random() < WITH_SLACK and seed not in REGRESSIONS else None


def _applications(rng: Random) -> tuple[Application, ...]:
    shop = _application(rng, "shop", rng.choice([1, 1, 1, 1, 1, 2]), ["staging", "production"])
    if rng.random() < 0.05:
        return (shop, _application(rng, "blog", 1, ["live"]))
    return (shop,)


def _application(rng: Random, name: str, images: int, stages: Sequence[str]) -> Application:
    repositories = tuple(_repository(rng, f"{name}-{number}") for number in range(images))
    return Application(
        name, repositories, tuple(_stage(rng, each, repositories) for each in stages)
    )


def _repository(rng: Random, name: str) -> Repository:
    by_version = rng.random() < 0.3
    return Repository(name, by_version, immutable=by_version and rng.random() < 0.5)


def _stage(rng: Random, name: str, repositories: Sequence[Repository]) -> Stage:
    few = 1 if name == "staging" else rng.choice([2, 2, 2, 2, 2, 3])
    number = LARGE if rng.random() < 0.005 else max(few, len(repositories))
    services = tuple(
        Service(
            cluster=name,
            name=f"{repositories[i % len(repositories)].name}-{i}",
            repository=repositories[i % len(repositories)].name,
            breaker=rng.choice(["on", "on", "tell", "off"]),
            desired=rng.choice([0, 1, 1, 1, 2]),
            base=rng.choice(["service", "service", "service", "latest"]),
            pinned=rng.random() < 0.5,
        )
        for i in range(number)
    )
    return Stage(name, services, deadline=rng.choice([10, 20, 30]))


def _actions(rng: Random) -> list[Action]:
    verbs = ["push", "push", "push_bad", "push", "push_bad"]
    verbs += rng.choices(list(VERBS), list(VERBS.values()), k=rng.randint(0, 2))
    rng.shuffle(verbs)
    verbs += [OFTEN_FOLLOWED[v] for v in verbs if v in OFTEN_FOLLOWED and rng.random() < 0.5]
    after = timedelta()
    actions = []
    for number, verb in enumerate(verbs):
        after += timedelta(seconds=rng.choice(PAUSES) * (0.5 + rng.random()))
        actions.append(Action(number, after, verb, rng.randrange(1000), rng.randrange(1000)))
    return actions


def _paused(rng: Random, actions: list[Action]) -> list[Action]:
    """Return what people do with, in some seeds, a pause in it, and mostly its end."""
    if rng.random() >= PAUSED:
        return actions
    lasts, whom, how = actions[-1].after, rng.randrange(1000), rng.randrange(1000)
    begins, ends = sorted(rng.uniform(0, 1.2) * lasts for _ in range(2))
    pause = Action(len(actions), begins, "pause", whom, how)
    resume = Action(len(actions) + 1, ends, "resume", whom, how)
    more = [pause, resume] if rng.random() < 0.7 else [pause]
    return sorted([*actions, *more], key=lambda action: action.after)


def _wanted(rng: Random, actions: list[Action]) -> list[Action]:
    """Return what people do with, in some seeds, releases that they ask for by name.

    Every other time they let the stage move by itself again some time later.
    """
    if rng.random() >= WANTED:
        return actions
    lasts, whom, how = actions[-1].after, rng.randrange(1000), rng.randrange(1000)
    verbs = rng.choices(["deploy", "roll_back"], [1, 2], k=rng.choice([1, 1, 2]))
    verbs = ["outdate_images", *verbs] if rng.random() < 0.2 else verbs
    verbs += ["resume"] if rng.random() < 0.5 else []
    moments = sorted(rng.uniform(0.1, 1.2) * lasts for _ in verbs)
    more = [
        Action(len(actions) + place, moment, verb, whom, how)
        for place, (verb, moment) in enumerate(zip(verbs, moments, strict=True))
    ]
    return sorted([*actions, *more], key=lambda action: action.after)


def _frozen(rng: Random, actions: list[Action]) -> list[Action]:
    """Return what people do with, in some seeds, a freeze of everything in it, and mostly its end.

    Every other time they ask for something meanwhile; not all of that passes a freeze.
    """
    if rng.random() >= FROZEN:
        return actions
    lasts, whom, how = actions[-1].after, rng.randrange(1000), rng.randrange(1000)
    asked = rng.choice(["roll_back", "roll_back", "deploy", "retry", "apply_and_deploy", "push"])
    verbs = ["freeze", *([asked] if rng.random() < 0.5 else [])]
    verbs += ["unfreeze"] if rng.random() < 0.75 else []
    moments = sorted(rng.uniform(0, 1.2) * lasts for _ in verbs)
    if rng.random() < 0.5:  # just when something that was pushed may begin
        moments[0] = rng.choice(actions).after + timedelta(seconds=rng.uniform(0, 0.5))
    more = [
        Action(len(actions) + place, moment, verb, whom, how)
        for place, (verb, moment) in enumerate(zip(verbs, sorted(moments), strict=True))
    ]
    return sorted([*actions, *more], key=lambda action: action.after)


def _piped(seed: int, actions: list[Action]) -> list[Action]:
    """Return what people do with, in some seeds, pipelines that deploy; failed ones are retried."""
    rng = Random(f"pipelines {seed}")
    if rng.random() >= PIPED or seed in REGRESSIONS:
        return actions
    lasts = actions[-1].after
    verbs = ["pipeline"] * rng.choice([1, 2, 2, 3])
    verbs += ["retry_pipelines"] if rng.random() < 0.4 else []
    moments = sorted(rng.uniform(0, 1.2) * lasts for _ in verbs)
    if rng.random() < 0.5:  # just when something that was pushed begins too
        moments[0] = rng.choice(actions).after + timedelta(seconds=rng.uniform(0, 2))
    more = [
        Action(len(actions) + place, moment, verb, rng.randrange(1000), rng.randrange(1000))
        for place, (verb, moment) in enumerate(zip(verbs, sorted(moments), strict=True))
    ]
    return sorted([*actions, *more], key=lambda action: action.after)


def _kept(seed: int, actions: list[Action]) -> list[Action]:
    """Return what people do with, in some seeds, pins, vetoes, aborts and freezes of a scope.

    They are of one application mostly, just when something that was pushed begins every other time.
    """
    rng = Random(f"kept {seed}")
    if rng.random() >= KEPT or seed in REGRESSIONS:
        return actions
    lasts, whom, how = actions[-1].after, rng.randrange(1000), rng.randrange(1000)
    verbs = rng.choices([*KEEPING], [*KEEPING.values()], k=rng.choice([1, 2, 3, 5]))
    moments = [rng.uniform(0, 1.1) * lasts for _ in verbs]
    if rng.random() < 0.5:
        moments[0] = rng.choice(actions).after + timedelta(seconds=rng.uniform(0, 20))
    more = [
        Action(len(actions) + place, moment, verb, whom + rng.randrange(2), how + rng.randrange(4))
        for place, (verb, moment) in enumerate(zip(verbs, sorted(moments), strict=True))
    ]
    return sorted([*actions, *more], key=lambda action: action.after)


def _committed(seed: int, actions: list[Action]) -> tuple[list[Action], bool]:
    """Return what people do with, in some seeds, Git pushes in it, and whether there are any.

    Their deliveries come again, and their messages: at once, and when tokens are forgotten.
    """
    rng = Random(f"git {seed}")
    if rng.random() >= WITH_GIT or seed in REGRESSIONS:
        return actions, False
    lasts = actions[-1].after
    moments = [(rng.uniform(0, 1.1) * lasts, "commit") for _ in range(rng.choice([1, 2, 2, 3]))]
    for moment, _ in tuple(moments):
        for _ in range(rng.choice([0, 1, 1, 2])):
            later = timedelta(
                seconds=rng.choice([0.1, 2, 30, 90, 400, 1000]) * (0.5 + rng.random())
            )
            moments.append((moment + later, rng.choice(["redeliver", "redeliver", "send_again"])))
    more = [
        Action(len(actions) + place, moment, verb, rng.randrange(1000), rng.randrange(1000))
        for place, (moment, verb) in enumerate(sorted(moments))
    ]
    return sorted([*actions, *more], key=lambda action: action.after), True


def _guarded(
    seed: int, actions: list[Action], applications: Sequence[Application]
) -> tuple[list[Action], Mapping[str, Guarded]]:
    """Return what happens, and how stages are guarded, with alarms and bakes in some seeds."""
    if seed in REGRESSIONS:
        return actions, {}
    names = [f"{each.name}/{stage.name}" for each in applications for stage in each.stages]
    guards, drawn = draw_guards(seed, names, actions[-1].after)
    more = [Action(len(actions) + place, *each) for place, each in enumerate(drawn)]
    return sorted([*actions, *more], key=lambda action: action.after), guards


def _observed(
    rng: Random, actions: list[Action], applications: Sequence[Application]
) -> tuple[list[Action], frozenset[str]]:
    """Return what people do, and who observes at first, with a stage that does in some seeds.

    Meanwhile its services are mostly moved by another tool. Mostly it deploys again later.
    """
    if rng.random() >= OBSERVED:
        return actions, frozenset()
    lasts, whom, how = actions[-1].after, rng.randrange(1000), rng.randrange(1000)
    application = applications[whom % len(applications)]
    stage = application.stages[how % len(application.stages)]
    at_first = rng.random() < 0.5
    verbs = [] if at_first else ["observe"]
    verbs += rng.choices(["move_observed", "roll_observed"], k=rng.choice([0, 1, 2, 3]))
    verbs += rng.choice([[], [], ["roll_back"], ["deploy"], ["retry"]])
    verbs += rng.choice([[], ["act_again"], ["act_again", "push"]])
    moments = sorted(rng.uniform(0, 1.2) * lasts for _ in verbs)
    more = [
        Action(len(actions) + place, moment, verb, whom, how)
        for place, (verb, moment) in enumerate(zip(verbs, moments, strict=True))
    ]
    observed = frozenset({f"{application.name}/{stage.name}"} if at_first else ())
    return sorted([*actions, *more], key=lambda action: action.after), observed

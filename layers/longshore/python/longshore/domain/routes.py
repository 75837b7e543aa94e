"""Who is told of what: the routes of `longshore.yaml`."""

from dataclasses import dataclass

from longshore.domain.outcomes import Announcement, EventName

MOST_ROUTES = 20
"""Routes of one application: each is a message to keep up to date for each deployment."""


@dataclass(frozen=True, slots=True)
class Route:
    """A Slack channel that is told of some events of some stages.

    `slack` is the channel as people write it (`#checkout`) or its id. `events` open a message, all
    where it is empty: so a version that knows other events reads the route, and means all of its
    own. One that is open is kept true whatever comes. `stages` are names, all where it is empty;
    a pipeline or a build is of no stage: a route for some stages covers those of its events that it
    names.
    `mention` are the ids of users and user groups to call by name when a deployment fails, or
    `here` or `channel`.
    """

    slack: str
    events: tuple[EventName, ...] = ()
    stages: tuple[str, ...] = ()
    mention: tuple[str, ...] = ()

    def covers(self, announcement: Announcement) -> bool:
        """Whether what an announcement is about belongs to this route."""
        if announcement.stage is None:
            return not self.stages or announcement.name in self.events
        return not self.stages or announcement.stage.stage in self.stages

    def opens(self, announcement: Announcement) -> bool:
        """Whether an announcement is one of those that this route asks for."""
        return not self.events or announcement.name in self.events

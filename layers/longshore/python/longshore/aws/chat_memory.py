"""What the channels of a chat have been told, and the routes that lead to them, on DynamoDB."""

from collections.abc import Sequence

from longshore.aws import items, keys
from longshore.aws.configurations import DynamoConfigurationStore
from longshore.aws.publishing import keep_told
from longshore.aws.table import Table
from longshore.domain.chat import Thread
from longshore.domain.configuration import Configuration
from longshore.domain.outcomes import Announcement
from longshore.domain.routes import Route


class DynamoThreadStore:
    """One item a deployment and channel; its version is what has been shown and told together."""

    def __init__(self, table: Table) -> None:
        """Keep everything in `table`."""
        self._table = table

    def thread(self, thread: str, channel: str) -> Thread:
        """Return what a channel has been told of a thread; read consistently."""
        item = self._table.get(keys.notice(thread, channel))
        return Thread() if item is None else items.record_of(item, Thread)

    def keep(self, announcement: Announcement, channel: str, thread: Thread) -> None:
        """Remember what a channel has been told, unless something later is kept already."""
        key = keys.notice(announcement.thread, channel)
        item = items.record_item(key, "thread", thread, thread.shown + thread.told)
        keep_told(self._table, announcement, key, item)


class DynamoRoutes:
    """The routes of each application; a configuration never changes, so each is read once."""

    def __init__(self, table: Table) -> None:
        """Read configurations from `table`."""
        self._store = DynamoConfigurationStore(table)
        self._known: dict[str, Configuration] = {}

    def routes_of(self, application: str) -> Sequence[Route]:
        """Return the routes of an application's configuration in force."""
        number = self._store.pointer(application).number
        known = self._known.get(application)
        if known is None or known.number != number:
            known = self._store.configuration(application, number)
            if known is None:
                return ()
            self._known[application] = known
        return known.notify

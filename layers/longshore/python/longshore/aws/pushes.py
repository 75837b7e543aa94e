"""Pushes in the ledger and on their queue, and who follows them, on DynamoDB and SQS."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from longshore.aws import items, keys
from longshore.aws.configurations import DynamoConfigurationStore
from longshore.aws.errors import ConditionsFailed
from longshore.aws.gate import Gate
from longshore.aws.secrets import Secret
from longshore.aws.table import Selected, Table
from longshore.aws.transactions import ABSENT, over
from longshore.domain.configuration import Configuration
from longshore.domain.pushes import GitRepository, Provider, Push, PushLink, PushRecord
from longshore.domain.triggers import PushFollower, PushTrigger
from longshore.events.git.messages import encode_push, group_of
from longshore.events.git.signatures import Keys

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MOST_KEYS = 2
"""Secrets of one host that are valid at a time: the new one, and the one it follows."""


def keys_under(
    provider: Provider, texts: Callable[[str], tuple[str, ...]], *, plain_tokens: bool
) -> Keys:
    """Return the keys of a host, out of the texts that its secret has under each name."""
    signing = texts(provider)[:MOST_KEYS]
    if provider is not Provider.GITLAB or not plain_tokens:
        return Keys(signing)
    return Keys(signing, texts(f"{provider}-token")[:MOST_KEYS])


class SecretKeys:
    """The hosts' keys, out of one secret; GitLab's plain tokens only where they are allowed."""

    def __init__(self, secret: Secret, *, plain_tokens: bool) -> None:
        """Take them from `secret`."""
        self._secret = secret
        self._plain_tokens = plain_tokens

    def of(self, provider: Provider) -> Keys:
        """Return the keys of a host that are valid at present; raise NotPermitted."""
        return keys_under(provider, self._secret.values, plain_tokens=self._plain_tokens)

    def renew(self) -> bool:
        """Read them anew, unless that was done a moment ago; tell whether it was done now."""
        return self._secret.renew()


class DynamoPushFollowers:
    """Who starts something for a repository: found by a lookup, told by what is in force.

    A configuration never changes, so each is read once.
    """

    def __init__(self, table: Table) -> None:
        """Look in `table`."""
        self._table = table
        self._configurations = DynamoConfigurationStore(table)
        self._known: dict[str, Configuration] = {}

    def are_there(self, repository: GitRepository) -> bool:
        """Tell whether any application may have something to start."""
        return next(self._followers(repository), None) is not None

    def triggers(self, repository: GitRepository) -> Sequence[PushTrigger]:
        """Return what stands in the configurations in force.

        A lookup can be of a version that never came in force, or is in force no more.
        """
        found = [self._in_force(each.application) for each in self._followers(repository)]
        return [each for git in found for each in git if each.repository == repository]

    def _in_force(self, application: str) -> Sequence[PushTrigger]:
        number = self._configurations.pointer(application).number
        known = self._known.get(application)
        if known is None or known.number != number:
            known = self._configurations.configuration(application, number)
            if known is None:
                return ()
            self._known[application] = known
        return known.git

    def _followers(self, repository: GitRepository) -> Iterator[PushFollower]:
        selected: Selected = {
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": items.text(keys.git_partition(repository))},
            "ConsistentRead": True,
        }
        return (items.record_of(item, PushFollower) for item in self._table.query(selected))


class DynamoPushRecords:
    """One item a push."""

    def __init__(self, table: Table) -> None:
        """Keep everything in `table`."""
        self._table = table

    def put_new(self, record: PushRecord) -> PushRecord | None:
        """Keep a record where there is none yet; return the one that is there, None without."""
        try:
            self._table.gate.call(
                self._table.client.put_item,
                TableName=self._table.name,
                Item=items.push_item(_next(record)),
                ConditionExpression=ABSENT,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ConditionsFailed as failed:
            held = failed.held[0]
            if held is None:  # DynamoDB says what it holds wherever it holds something
                raise
            return items.record_of(held, PushRecord)
        return None

    def read(self, name: str) -> PushRecord | None:
        """Return a record, read consistently."""
        item = self._table.get(keys.push(name))
        return None if item is None else items.record_of(item, PushRecord)

    def link(self, execution: str) -> PushLink | None:
        """Return the push that started an execution, `pipeline:id`, or a build."""
        (item,) = self._table.get_all(keys.push_link(execution))
        return None if item is None else items.record_of(item, PushLink)

    def keep(self, record: PushRecord, link: PushLink | None = None) -> PushRecord:
        """Write a record over the version it was read with, and a link with it."""
        kept, name = _next(record), self._table.name
        puts = [over(name, items.push_item(kept), record.version)]
        if link is not None:
            puts.append({"TableName": name, "Item": items.push_link_item(link)})
        self._table.transact([{"Put": put} for put in puts])
        return kept


class SqsPushQueue:
    """The FIFO queue where each repository is a message group of its own."""

    def __init__(self, gate: Gate, client: "SQSClient", url: str) -> None:
        """Send to the queue at `url`."""
        self._gate = gate
        self._client = client
        self._url = url

    def put(self, name: str, push: Push) -> None:
        """Queue a push; the same one put twice within five minutes is one."""
        self._gate.call(
            self._client.send_message,
            QueueUrl=self._url,
            MessageBody=encode_push(name, push),
            MessageGroupId=group_of(push.repository),
            MessageDeduplicationId=name,
        )


def _next(record: PushRecord) -> PushRecord:
    return replace(record, version=record.version + 1)

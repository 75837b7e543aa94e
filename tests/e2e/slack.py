"""What Slack shows of deployments, held against what the ledger says of them."""

import json
from collections.abc import Iterator, Sequence

from longshore.domain.deployments import DeploymentRecord, Phase
from longshore_local.slack import Message, SlackStandIn

ENDED = {
    Phase.SUCCEEDED: "deployed",
    Phase.FAILED: "FAILED",
    Phase.ROLLED_BACK: "ROLLED BACK",
    Phase.SUPERSEDED: "superseded",
    Phase.ABORTED: "aborted",
}


def shown(message: Message) -> str:
    """Return all that a message has in its blocks now."""
    return json.dumps(message.blocks, ensure_ascii=False)


def messages_of(slack: SlackStandIn, channel: str, deployment: str) -> list[Message]:
    """Return the messages, replies left out, whose context names a deployment."""
    own = [each for each in slack.messages(channel) if each.thread_ts is None]
    return [each for each in own if f"{deployment}  ·" in shown(each)]


def disagreements(
    slack: SlackStandIn, channel: str, deployments: Sequence[DeploymentRecord]
) -> Iterator[str]:
    """Say of each deployment that has ended what a channel has not, or has twice."""
    for one in deployments:
        found = [message.text for message in messages_of(slack, channel, one.name)]
        headline = f"{ENDED.get(one.phase, '?')} {one.stage}"
        if len(found) != 1 or not found[0].startswith(headline):
            yield f"{one.name} is {one.phase}, {channel} has {found}"

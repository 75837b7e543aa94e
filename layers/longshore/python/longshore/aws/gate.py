"""The one gate that every call to AWS passes.

Because there is one, calls can be counted, recorded, failed on purpose or interleaved without a
line of the adapters knowing: whoever builds a gate may put a passage into it.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from longshore.aws.calls import AwsCall
from longshore.aws.errors import translated

P = ParamSpec("P")
T = TypeVar("T")

Perform = Callable[[], Any]

Passage = Callable[[AwsCall, Perform], Any]
"""What happens around a call: it may look, wait, raise before, or perform it and raise after."""


def straight_through(_: AwsCall, perform: Perform) -> Any:
    """Perform the call, nothing else."""
    return perform()


class Recorder:
    """A passage that remembers every call."""

    def __init__(self, inner: Passage = straight_through) -> None:
        """Remember what passes on the way to `inner`."""
        self.calls: list[AwsCall] = []
        self._inner = inner

    def __call__(self, call: AwsCall, perform: Perform) -> Any:
        """Remember the call, then let it pass."""
        self.calls.append(call)
        return self._inner(call, perform)

    def count(self, action: str) -> int:
        """Return how many calls of an action, as `ecs:UpdateService`, have passed."""
        return sum(call.action == action for call in self.calls)


class Gate:
    """Calls AWS and raises nothing but `longshore.domain.errors`, outages and defects excepted."""

    def __init__(self, passage: Passage = straight_through) -> None:
        """Let every call go through `passage`."""
        self._passage = passage

    def call(self, method: Callable[P, T], *args: P.args, **parameters: P.kwargs) -> T:
        """Call a method of a botocore client with keyword parameters; return AWS's answer.

        Raises:
            Throttled: AWS was busy or not reached. A repeatable call may have taken effect.
            UnknownReply: RegisterTaskDefinition or UpdateService may have taken effect.
            Conflict: a condition of a write did not hold.
            NotPermitted: IAM denied it.
            Refused: AWS, or botocore's validation, does not accept the request.
        """
        call = _described(method, parameters)
        try:
            return cast("T", self._passage(call, lambda: method(*args, **parameters)))
        except (ClientError, BotoCoreError) as error:
            ours = translated(error, call)
            if ours is None:
                raise
            # What botocore says of invalid parameters quotes their values: it goes no further.
            raise ours from (None if isinstance(error, ParamValidationError) else error)


def _described(method: Callable[..., object], parameters: dict[str, Any]) -> AwsCall:
    client = cast("Any", method).__self__
    return AwsCall(
        service=client.meta.service_model.service_name,
        operation=client.meta.method_to_api_mapping[cast("Any", method).__name__],
        parameters=parameters,
        region=client.meta.region_name,
    )

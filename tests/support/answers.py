"""AWS by script: what each call answers, in order, for what no emulator does."""

from collections.abc import Iterable

from longshore.aws.calls import AwsCall
from longshore.aws.gate import Perform


class Answers:
    """A passage that gives prepared answers, or raises them, and keeps what was asked."""

    def __init__(self, answers: Iterable[object]) -> None:
        self._answers = list(answers)
        self.asked: list[dict[str, object]] = []

    def __call__(self, call: AwsCall, _: Perform) -> object:
        self.asked.append(dict(call.parameters))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

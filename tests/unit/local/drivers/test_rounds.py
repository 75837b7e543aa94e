import threading

import pytest

from longshore_local.drivers.rounds import Round, Rounds


def test_jobs_are_done_again_and_again_until_the_end() -> None:
    done = threading.Semaphore(0)

    with Rounds([Round(done.release, every=0.01)]) as rounds:
        for _ in range(3):
            assert done.acquire(timeout=5)

    assert rounds.error is None


def test_an_error_is_raised_at_the_end_and_not_swallowed() -> None:
    def fail() -> None:
        raise ValueError("the registry is gone")

    rounds = Rounds([Round(fail, every=0)])

    with pytest.raises(ValueError, match="the registry is gone"), rounds:
        wait_for_error(rounds)


def test_another_error_is_not_hidden_by_that_of_a_job() -> None:
    def fail() -> None:
        raise ValueError("a job")

    rounds = Rounds([Round(fail, every=0)])

    with pytest.raises(KeyError, match="the test"), rounds:
        wait_and_raise(rounds, KeyError("the test"))


def wait_for_error(rounds: Rounds) -> None:
    while rounds.error is None:
        threading.Event().wait(0.01)


def wait_and_raise(rounds: Rounds, error: Exception) -> None:
    wait_for_error(rounds)
    raise error

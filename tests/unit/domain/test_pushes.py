from longshore.domain.pushes import GitRepository, Provider, PushRecord, RefKind, Startable, Started
from tests.support.fakes import NOON


def test_a_repository_is_told_from_others_by_host_and_whole_path() -> None:
    assert str(GitRepository(Provider.GITLAB, "a/b/c")) == "gitlab:a/b/c"
    assert GitRepository(Provider.GITLAB, "a/b") != GitRepository(Provider.GITHUB, "a/b")
    assert GitRepository(Provider.GITHUB, "A/b") != GitRepository(Provider.GITHUB, "a/b")


def test_a_ref_has_a_prefix_by_its_kind() -> None:
    assert [kind.prefix for kind in RefKind] == ["refs/heads/", "refs/tags/"]


def test_a_record_knows_what_was_started_for_which_ref() -> None:
    started = Started("refs/heads/main", "c", Startable.PIPELINE, "shop", "execution-1")
    record = PushRecord("h", GitRepository(Provider.GITHUB, "a/b"), "ada", NOON).with_start(started)

    assert record.start_of("refs/heads/main", Startable.PIPELINE, "shop") == started
    assert record.start_of("refs/tags/main", Startable.PIPELINE, "shop") is None
    assert record.start_of("refs/heads/main", Startable.BUILD, "shop") is None
    assert record.start_of("refs/heads/main", Startable.PIPELINE, "shop2") is None

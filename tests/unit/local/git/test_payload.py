"""Payloads of pushes are what GitHub sends: branches, tags, new ones, forced ones, deletions."""

from typing import Any

from longshore_local.git import RefUpdate, push_payload
from longshore_local.git.payload import NOTHING
from tests.unit.local.git.workshop import Workshop

MAIN = "refs/heads/main"


def payload(workshop: Workshop, before: str, after: str, ref: str = MAIN) -> Any:  # noqa: ANN401 - JSON
    return push_payload(workshop.bare, RefUpdate(before, after, ref), "ada")


def test_a_push_lists_its_commits_with_the_files_they_changed(workshop: Workshop) -> None:
    first = workshop.commit(a_txt="1", b_txt="1", c_txt="same")
    second = workshop.commit("Second", a_txt="2", b_txt=None, web__d_txt="1")
    third = workshop.commit("Third\n\nwith a body", d_txt="1")
    workshop.push()

    told = payload(workshop, first, third)

    assert (told["ref"], told["before"], told["after"]) == (MAIN, first, third)
    assert (told["created"], told["deleted"], told["forced"], told["base_ref"]) == (
        False,
        False,
        False,
        None,
    )
    assert [one["id"] for one in told["commits"]] == [second, third]
    changed = told["commits"][0]
    assert (changed["added"], changed["removed"], changed["modified"]) == (
        ["web/d.txt"],
        ["b.txt"],
        ["a.txt"],
    )
    assert told["head_commit"] == told["commits"][1]
    assert told["head_commit"]["message"] == "Third\n\nwith a body"
    assert told["head_commit"]["author"] == {
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "username": "ada",
    }
    assert told["repository"]["full_name"] == "acme/checkout"
    assert (told["pusher"]["name"], told["sender"]["login"]) == ("ada", "ada")
    assert told["compare"].endswith(f"/compare/{first[:12]}...{third[:12]}")


def test_the_first_push_lists_everything(workshop: Workshop) -> None:
    commits = [workshop.commit(a_txt="1"), workshop.commit(a_txt="2")]
    workshop.push()

    told = payload(workshop, NOTHING, commits[-1])

    assert (told["created"], told["before"]) == (True, NOTHING)
    assert [one["id"] for one in told["commits"]] == commits
    assert told["commits"][0]["added"] == ["a.txt"]


def test_a_new_branch_lists_what_no_other_branch_has(workshop: Workshop) -> None:
    base = workshop.commit(a_txt="1")
    workshop.push()
    workshop.push("HEAD:refs/heads/same")
    new = workshop.commit(a_txt="2")
    workshop.push("HEAD:refs/heads/feature/x")

    same = payload(workshop, NOTHING, base, "refs/heads/same")
    feature = payload(workshop, NOTHING, new, "refs/heads/feature/x")

    assert (same["commits"], same["head_commit"]["id"]) == ([], base)
    assert same["base_ref"] == MAIN
    assert [one["id"] for one in feature["commits"]] == [new]
    assert feature["compare"].endswith("/compare/feature/x")


def test_a_forced_push_says_so(workshop: Workshop) -> None:
    base = workshop.commit(a_txt="1")
    old = workshop.commit(a_txt="2")
    workshop.push()
    workshop.git("reset", "--quiet", "--hard", base)
    new = workshop.commit(a_txt="3")
    workshop.push("+HEAD:refs/heads/main")

    told = payload(workshop, old, new)

    assert told["forced"] is True
    assert [one["id"] for one in told["commits"]] == [new]


def test_a_deletion_has_no_commits(workshop: Workshop) -> None:
    commit = workshop.commit(a_txt="1")
    workshop.push()

    told = payload(workshop, commit, NOTHING, "refs/heads/gone")

    assert (told["deleted"], told["after"], told["commits"], told["head_commit"]) == (
        True,
        NOTHING,
        [],
        None,
    )


def test_a_tag_names_its_commit_and_an_annotated_one_itself(workshop: Workshop) -> None:
    commit = workshop.commit(a_txt="1")
    workshop.git("tag", "v1")
    workshop.git("tag", "-a", "v2", "-m", "Two")
    annotated = workshop.git("rev-parse", "v2")
    workshop.push("HEAD:refs/heads/main", "v1", "v2")

    light = payload(workshop, NOTHING, commit, "refs/tags/v1")
    heavy = payload(workshop, NOTHING, annotated, "refs/tags/v2")

    assert (light["after"], light["commits"], light["base_ref"]) == (commit, [], MAIN)
    assert (heavy["after"], heavy["head_commit"]["id"]) == (annotated, commit)
    assert annotated != commit


def test_a_merge_is_compared_with_its_first_parent(workshop: Workshop) -> None:
    base = workshop.commit(a_txt="1")
    workshop.git("checkout", "--quiet", "-b", "side")
    workshop.commit(side_txt="1")
    workshop.git("checkout", "--quiet", "-")
    workshop.commit(a_txt="2")
    workshop.git("merge", "--quiet", "--no-ff", "-m", "Merge", "side")
    merged = workshop.git("rev-parse", "HEAD")
    workshop.push()

    told = payload(workshop, base, merged)

    assert told["head_commit"]["added"] == ["side.txt"]
    assert len(told["commits"]) == 3

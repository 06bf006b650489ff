"""Following a server that is none, or not well, on a stand-in socket: one sentence each, and the last good flags."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from stand_in import StandIn, drips, features, floods, hangs, says

from rollout.store.flags import BadFlags, FlagsUnreachable, initial_text, parse_flags
from rollout.store.flags.unleash import FlagPlace, FlagsServer, UnleashTransport
from rollout.store.flags.unleash.features import ours
from rollout.store.flags.unleash.transport import NoAnswer

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

NOW = 1_700_000_000.0
TOKEN = "default:production.very-secret"  # noqa: S105 - invented


def body(percent: int = 50, **more: Any) -> dict[str, Any]:
    """A server's answer: the flags among those of others, with what a server adds."""
    flags = json.loads(initial_text())
    flags["features"][0]["strategies"][0]["parameters"]["rollout"] = str(percent)
    flags["features"][0]["description"] = None
    flags["features"].insert(
        0, {"name": "checkout", "enabled": True, "strategies": [{"name": "theirOwn", "parameters": {"weight": 3}}]}
    )
    return flags | {"query": {"environment": "production", "inlineSegmentConstraints": True}} | more


def follower(server: StandIn, tmp_path: Path, **more: Any) -> FlagsServer:
    transport = UnleashTransport(server.url, TOKEN, "unleash_token", deadline_s=0.4)
    return FlagsServer(transport, None, FlagPlace(), tmp_path / "copy.json", patience_s=0.1, **more)


def test_only_the_flags_of_the_rollout_are_read_out_of_an_answer(tmp_path: Path) -> None:
    with StandIn(features(body())) as server:
        followed = follower(server, tmp_path).follow(NOW)
    assert followed.doubt == ""
    assert followed.document is not None
    assert followed.document.candidate.percent == 50
    assert "checkout" not in followed.document.text


BAD: list[tuple[Callable[[bytes, socket.socket], None], str]] = [
    (says("<html>Please log in</html>", kind="text/html; charset=utf-8"), "answers with text/html instead of JSON"),
    (says("", "302 Found", Location="https://sso.example/login"), "redirects to https://sso.example/login"),
    (says("{}", "401 Unauthorized"), "refuses unleash_token (401)"),
    (says("{}", "403 Forbidden"), "refuses unleash_token (403)"),
    (says('{"message": "database is away"}', "500 Oops"), "returns no flags (500 database is away)"),
    (says("[]"), "is no answer of a flags server"),
    (says("null"), "is no answer of a flags server"),
    (says('{"version": 2'), "instead of JSON"),
    (says("[" * 100_000), "instead of JSON"),
    (features({"version": 2, "features": []}), "there is no flag monitor.candidate in production"),
    (features(body() | {"version": "2"}), "$.version"),
    (features(json.dumps(body()).replace('"rollout": "50"', '"rollout": 50')), "parameters.rollout"),
    (features(json.dumps(body()).replace('"rollout": "50"', '"rollout": "abc"')), '"abc" is no share in percent'),
    (features(body(query={"environment": "development"})), "is development, not production"),
    (floods, "answers with more than 8 MB"),
    (lambda _question, client: client.close(), "closed the connection"),
    (
        lambda _question, client: client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
        "in the middle of its answer",
    ),
    (drips(), "did not answer within 0.4 s"),
    (drips(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"), "0.4 s"),
    (hangs, "did not answer within 0.4 s"),
]


@pytest.mark.parametrize(("answer", "doubt"), BAD, ids=[doubt for _, doubt in BAD])
def test_whatever_it_answers_the_last_good_flags_are_followed_until_they_are_too_old(
    tmp_path: Path, answer: Callable[[bytes, socket.socket], None], doubt: str
) -> None:
    with StandIn(features(body())) as server:
        flags = follower(server, tmp_path, max_age_s=60)
        assert flags.follow(NOW).doubt == ""
        server.answer = answer
        deadline = time.monotonic() + 20
        while doubt not in (followed := flags.follow(NOW + 30)).doubt:
            assert time.monotonic() < deadline, followed.doubt
            time.sleep(0.05)
        assert followed.document is not None
        assert followed.document.candidate.percent == 50
        assert "the last good ones, 30 s old, are followed" in followed.doubt
        assert TOKEN not in followed.doubt
        assert flags.follow(NOW + 61).document is None
        server.answer = features(body(5))
        while (followed := flags.follow(NOW + 90)).doubt:
            assert time.monotonic() < deadline, followed.doubt
            time.sleep(0.05)
        assert followed.document is not None
        assert followed.document.candidate.percent == 5


def test_a_cold_start_on_a_server_that_is_wrong_has_nothing_to_follow(tmp_path: Path) -> None:
    with StandIn(says("<html></html>", kind="text/html")) as server:
        followed = follower(server, tmp_path).follow(NOW)
    assert followed.document is None
    assert "there are no good ones to go on with" in followed.doubt
    assert not (tmp_path / "copy.json").exists()  # what is wrong is never kept


def test_what_is_kept_is_taken_up_by_the_next_run_and_a_broken_copy_is_not(tmp_path: Path) -> None:
    with StandIn(features(body())) as server:
        follower(server, tmp_path).follow(NOW)
        server.answer = hangs
        later = follower(server, tmp_path).follow(NOW + 20)
        assert later.document is not None
        assert later.age_s == pytest.approx(20, abs=1)
        (tmp_path / "copy.json").write_text("{")
        assert follower(server, tmp_path).follow(NOW + 20).document is None


def test_nothing_changed_is_a_confirmation(tmp_path: Path) -> None:
    with StandIn(features(body(), ETag='"7"')) as server:
        flags = follower(server, tmp_path, max_age_s=10)
        flags.follow(NOW)
        server.answer = says("", "304 Not Modified")
        followed = flags.follow(NOW + 100)
        assert (followed.doubt, followed.age_s) == ("", 0.0)
        assert b'If-None-Match: "7"' in server.asked[-1]


def test_a_server_that_always_takes_a_while_is_a_cycle_behind_and_no_doubt(tmp_path: Path) -> None:
    def slowly(question: bytes, client: socket.socket) -> None:
        time.sleep(0.2)  # longer than the patience of a cycle, shorter than the deadline
        features(body())(question, client)

    with StandIn(slowly) as server:
        flags = follower(server, tmp_path, max_age_s=60)
        for cycle in range(8):
            followed = flags.follow(NOW + 10 * cycle)
            assert (followed.doubt, followed.document is None) == ("", False)
            assert followed.age_s <= 20
            time.sleep(0.25)  # until the next cycle


def test_a_netrc_does_not_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login operator password else\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with StandIn(features(body())) as server:
        follower(server, tmp_path).follow(NOW)
        assert f"Authorization: {TOKEN}".encode() in server.asked[0]


def test_a_token_is_in_no_representation() -> None:
    assert "secret" not in repr(UnleashTransport("http://127.0.0.1:9", TOKEN))


def test_a_deadline_holds_for_the_whole_of_an_answer() -> None:
    with StandIn(drips(b"HTTP/1.1 200 OK\r\n\r\n")) as server, pytest.raises(NoAnswer):
        UnleashTransport(server.url, TOKEN).request("GET", "/", deadline_s=0.3)


def test_what_is_no_address_is_said_as_such() -> None:
    with pytest.raises(FlagsUnreachable, match="correct unleash_url"):
        UnleashTransport("http://", TOKEN).request("GET", "/")


def test_a_token_of_another_environment_is_refused_where_the_server_does_not_say_which() -> None:
    answer = body()
    del answer["query"]
    assert ours(answer, "s", "production", TOKEN).candidate.percent == 50
    assert ours(answer, "s", "production", "a-personal-token").candidate.percent == 50
    with pytest.raises(BadFlags, match="is staging, not production"):
        ours(answer, "s", "production", "default:staging.x")


def test_a_flag_that_is_off_without_strategies_is_off_and_not_on_for_all_sessions() -> None:
    answer = body()
    answer["features"][1] |= {"enabled": False, "strategies": []}
    found = ours(answer, "s", "production", TOKEN)
    assert (found.candidate.percent, found.candidate.enabled) == (0, False)
    answer["features"][1]["enabled"] = True
    with pytest.raises(BadFlags, match="on for every session"):
        ours(answer, "s", "production", TOKEN)


def test_parents_and_segments_come_along_and_others_do_not() -> None:
    answer = body(segments=[{"id": 1, "constraints": []}, {"id": 2, "constraints": [{"operator": "MAGIC"}]}])
    candidate = answer["features"][1]
    candidate["dependencies"] = [{"feature": "stop", "enabled": False}]
    candidate["strategies"][0]["segments"] = [1]
    nothing = {"rollout": "0", "stickiness": "lease", "groupId": "stop"}
    answer["features"].append(
        {"name": "stop", "enabled": False, "strategies": [{"name": "flexibleRollout", "parameters": nothing}]}
    )
    found = ours(answer, "s", "production", TOKEN)
    assert [flag["name"] for flag in found.body["features"]] == ["monitor.candidate", "monitor.shadow", "stop"]
    assert [segment["id"] for segment in found.body["segments"]] == [1]
    assert found.candidate.narrowed
    assert parse_flags(found.text).candidate == found.candidate

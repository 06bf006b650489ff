"""Every face says the same of one rollout: `status`, `why`, each form of the report, `diffs list`, metrics, JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from rollout.judgement.enums import State
from tests.cli.plain_text import flat
from tests.cli.situations_of_holds import HOLDS, blind_incumbent, new_cli_version, novel_action, waived
from tests.cli.situations_of_stages import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from rollout.judgement.headline import Word
    from tests.cli.faces import Faces
    from tests.cli.recorded_rollout import Recorded

pytest_plugins = ["tests.cli.faces"]

SITUATIONS = [*STAGES, *HOLDS]
in_each_situation = pytest.mark.parametrize("situation", [one for one, *_ in SITUATIONS], ids=lambda one: one.__name__)


@pytest.mark.parametrize(
    ("situation", "word", "because"), SITUATIONS, ids=lambda one: getattr(one, "__name__", None) or ""
)
def test_every_face_claims_the_same(
    shown: Callable[..., Faces], situation: Callable[[Recorded], None], word: Word, because: str
) -> None:
    faces = shown(situation)
    said = faces.headline
    assert (said.word, because in said.sentence) == (word, True), said
    ruling = faces.report_json["ruling"]
    for one in (faces.status_json, faces.why_json, faces.diffs_json):
        assert one["headline"] == {"word": said.word, "sentence": said.sentence, "command": said.command}
    claims = ("exposure_percent", "state", "verdict", "reasons", "unsafe", "decisions")
    wanted = {name: json.loads(said.model_dump_json())[name] for name in claims}
    assert {name: faces.status_json[name] for name in claims} == wanted
    assert {name: faces.why_json[name] for name in claims} == wanted
    assert {name: ruling[name] for name in claims} == wanted
    assert faces.status_json["stage"] == faces.why_json["stage"] == faces.report_json["stage"] == said.stage
    assert (ruling["word"], ruling["sentence"], ruling["command"]) == (said.word, said.sentence, said.command)
    assert faces.diffs_json["decisions"] == said.decisions
    for text in (faces.status, faces.diffs, faces.report, faces.markdown, faces.page):
        assert flat(said.text) in flat(text)
    assert f"{said.word}." in faces.why
    assert f"{said.exposure_percent} % exposed" in faces.status
    assert f"owns {said.exposure_percent} % of the leases" in faces.why
    assert said.reasons[0].rstrip(".") in faces.why
    assert said.reasons[0].rstrip(".")[:60] in faces.status


@in_each_situation
def test_the_metrics_are_those_of_the_headline(
    shown: Callable[..., Faces], situation: Callable[[Recorded], None]
) -> None:
    faces = shown(situation)
    said = faces.headline
    for name, value in (("stage", said.stage), ("state", said.state), ("verdict", said.verdict)):
        exported = [key for key in faces.metrics if key.startswith(f"understudy_rollout_{name}_info")]
        assert exported == [f'understudy_rollout_{name}_info{{{name}="{value}"}}']
    assert faces.metrics["understudy_rollout_weight_ratio"] == said.exposure_percent / 100


@in_each_situation
def test_no_face_contradicts_itself(shown: Callable[..., Faces], situation: Callable[[Recorded], None]) -> None:
    faces = shown(situation)
    said = faces.headline
    for text in (faces.status, faces.why, faces.report, faces.markdown, faces.page):
        if said.state is State.ROLLED_BACK:
            assert "ollback is due" not in text
            assert "sent back" not in text
    open_clusters = sum(row["open"] for row in faces.diffs_json["clusters"])
    assert said.decisions >= open_clusters
    assert (f"{said.decisions} decision" in faces.why) is bool(said.decisions)
    for text in (faces.report, faces.markdown, faces.page):
        assert ("No differences" in text) is (not faces.diffs_json["clusters"])
        if said.decisions:
            assert "nothing needs you" not in text
            assert re.search(rf"\b{said.decisions} decisions? (needs?|waits?) (for )?you", text)
        else:
            assert "decisions wait" not in text.replace("0 decisions wait", "")


def test_an_incumbent_that_sees_no_agent_comes_first_and_the_candidate_is_not_blamed(
    shown: Callable[..., Faces],
) -> None:
    faces = shown(blind_incumbent)
    warning = "The incumbent sees 0 of the 17 agents that the candidate sees"
    for text in (faces.status, faces.why, faces.report, faces.doctor):
        assert text.startswith(warning)
    assert warning in faces.markdown.partition("Ready")[0]
    assert warning in faces.page.partition("Ready")[0]
    assert "notices" not in " ".join(faces.headline.reasons)


@pytest.mark.parametrize("face", ["status", "why", "report", "markdown", "page"])
def test_a_waiver_stands_on_every_face_with_reason_and_actor(shown: Callable[..., Faces], face: str) -> None:
    text = "Waived until 2027-04-29 12:00 UTC: waiting_approval need not be proven (rare; ann)."
    assert text in flat(getattr(shown(waived), face))


def test_scripts_get_a_waiver_from_status_why_and_the_report(shown: Callable[..., Faces]) -> None:
    faces = shown(waived)
    assert faces.status_json["waived"] == faces.why_json["waived"]
    (one,), (sentence,) = faces.status_json["waived"], faces.report_json["ruling"]["waived"]
    assert f"{one['state']} need not be proven ({one['reason']}; {one['actor']})" in sentence


@pytest.mark.parametrize("face", ["status", "why", "diffs", "report", "markdown", "page"])
def test_a_new_cli_version_holds_with_its_count_on_every_face(shown: Callable[..., Faces], face: str) -> None:
    count = "codex 0.41.0 is new here: 3 of 16 scored spells. Upgrades can break screen reading"
    assert count in flat(getattr(shown(new_cli_version), face))


@pytest.mark.parametrize("face", ["status", "why", "page"])
def test_a_novel_action_is_named_with_the_command_that_reviews_it(shown: Callable[..., Faces], face: str) -> None:
    text = flat(getattr(shown(novel_action), face))
    kind = "notify_manager:idle wanted by the incumbent alone (idle / busy)"
    assert f"the incumbent does {kind} until an operator has reviewed it: understudy diffs list --open" in text


def test_thirty_situations_are_compared_at_least() -> None:
    assert len({one for one, *_ in SITUATIONS}) >= 30

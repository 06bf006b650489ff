"""The share of right labels of hindsight, for bouts with a known truth: agents with a script, and recorded motion."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from played_fleet import play
from shadow_cases import T0, shot

from shadow.hindsight import PaneHistory, observe, ruling
from shadow.labels import Right
from shadow.refuting import two_sided
from shadow.rules import BoutRules
from understudy import AgentState, PaneShot

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "screens-dev-live.jsonl"
STATES = tuple(AgentState)
RULES = BoutRules()


class Score:
    """The share of right ones among the bouts that hindsight settled."""

    def __init__(self) -> None:
        self.asked = self.settled = self.right = 0
        self.wrong: Counter[str] = Counter()

    def request(self, watch: PaneHistory, truth: set[AgentState], where: str) -> None:
        """Let one monitor say what is true and the other every other thing, in both seats."""
        said = min(truth)
        for other in STATES:
            if other in truth or AgentState.UNKNOWN in {other, said}:
                continue
            for ours, theirs, right in ((said, other, Right.INCUMBENT), (other, said, Right.CANDIDATE)):
                self.asked += 1
                label = ruling(ours, theirs, watch, RULES.still_s)
                if label is None:
                    continue
                self.settled += 1
                self.right += label.right is right
                if label.right is not right:
                    self.wrong[f"{where}: {said}, not {other}: {label.right} by {label.rule}"] += 1

    def __str__(self) -> str:
        share = self.right / max(1, self.settled)
        return f"{self.right:,} of {self.settled:,} settled rightly ({share:.2%}), {self.asked:,} asked"


def bouts_of(history: list[tuple[float, list[PaneShot], AgentState]]) -> list[tuple[int, int]]:
    """Cut what was seen of a pane where the truth changes: first and last look of each stretch."""
    cuts = [n for n in range(1, len(history)) if history[n][2] is not history[n - 1][2]]
    return [*zip([0, *cuts], [cut - 1 for cut in [*cuts, len(history)]], strict=True)]


def test_of_what_it_settles_about_agents_with_a_script_at_least_99_percent_is_right() -> None:
    score, seen = Score(), [*play(agents=28, seconds=1800)]
    for pane in seen[0].truths:
        history = [(one.tape.at, [frame.by_pane[pane] for frame in one.tape.frames], one.truths[pane]) for one in seen]
        for first, last in bouts_of(history):
            watch = PaneHistory()
            for n, (at, frames, _) in enumerate(history[first:], first):
                if at > history[last][0] + RULES.settling_s:
                    break
                watch = observe(watch, frames, at, touched=False, lasting=n <= last)
            score.request(watch, {history[first][2]}, pane)
    print("agents with a script:", score)  # noqa: T201 - the figure is what this is for
    assert score.settled > 500
    assert score.right >= 0.99 * score.settled, score.wrong.most_common(10)


@pytest.mark.skipif(not RECORDED.exists(), reason="no recorded motion beside the repository")
def test_of_what_it_settles_about_recorded_motion_at_least_99_percent_is_right() -> None:
    score = Score()
    for line in RECORDED.read_text("utf-8").splitlines():
        row = json.loads(line)
        processes = tuple(row["meta"].get("processes") or ())
        shots = [shot(screen, processes=processes) for screen in row["frames"]]
        watch = observe(PaneHistory(), shots, T0, touched=False, lasting=True)
        truth = {AgentState(row["label"]), *(AgentState(other) for other in row.get("acceptable") or ())}
        score.request(watch, truth, row["id"])
    print("recorded motion:", score)  # noqa: T201 - likewise
    assert score.settled > 500
    assert score.right >= 0.99 * score.settled, score.wrong.most_common(10)


@pytest.mark.parametrize(
    ("one", "two", "fair"),
    [
        ("crashed", "idle", True),
        ("crashed", "busy", True),
        ("busy", "waiting_approval", True),
        ("busy", "idle", False),
        ("idle", "waiting_approval", False),
        ("idle", "unsubmitted_input", False),
        ("error", "idle", False),
    ],
)
def test_a_kind_that_can_be_settled_for_one_side_alone_is_known_as_such(one: str, two: str, fair: bool) -> None:  # noqa: FBT001 - a column
    assert two_sided(AgentState(one), AgentState(two)) is fair
    assert two_sided(AgentState(two), AgentState(one)) is fair

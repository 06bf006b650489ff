"""Every face says the same of one rollout: `status`, `why`, the report in each form, `diffs list`, and `--json`."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from rollout.faces.cli.headlines import headline_of
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.verbs.diffs import listing
from rollout.faces.cli.verbs.report import written
from rollout.faces.cli.verbs.status import status
from rollout.faces.cli.verbs.why import why
from rollout.faces.doctor.kept import found_agents
from rollout.judgement.enums import Guardrail, Stage, State, Verdict
from rollout.judgement.events import cycle_event
from rollout.judgement.evidence import Battery, EvidenceEvent
from rollout.judgement.headline import Headline, Word
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.rollout_status import HARNESS, Request, RequestKind
from rollout.loop.acting.episode import Episode, EpisodeBook, Rules
from rollout.loop.acting.episode_changes import ask_person
from rollout.loop.analysis import Analysis, Waiver, add_watched_time
from rollout.loop.evidence import MonitorCall, events_of_calls
from rollout.loop.judging import add_judgement
from rollout.loop.loop_state import LoopState
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.review import events_of_bouts
from rollout.loop.stage_controller import StageController
from rollout.loop.stage_controller import rollout_status as by_ledger
from rollout.store.flags import FlagsFile
from rollout.store.ledger import BoutRow, CycleRow, Ledger
from rollout.store.orders import OrderKind, give
from rollout.store.state_folder import ServerFolder, StateFolder
from shadow.expected import shipped
from shadow.signoffs import Acceptance, Signoffs
from tests.cli.rollouts import CANDIDATE, INCUMBENT
from tests.report_samples import bout, side
from understudy import AgentState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shadow.bout import Bout

NOW = 1_800_000_000.0
PLAN = DEFAULT_PLAN
NOTHING = shipped()


@dataclass
class Recorded:
    """A server's ledger while a situation is written into it by the product's own records."""

    folder: ServerFolder
    ledger: Ledger
    analysis: Analysis
    book: EpisodeBook
    act: bool = True
    age_s: float = 1.0
    drift: str = ""
    cycle_result: bool = True

    @property
    def controller(self) -> StageController:
        return StageController(self.ledger, FlagsFile(self.folder.flags), PLAN)

    def move(self, ask: RequestKind, actor: str = "ann", reason: str = "so it was decided", **more: Any) -> None:
        answer = self.controller.request(Request(ask, actor, reason, NOW - 50, **more))
        assert hasattr(answer, "hash"), answer
        self.analysis = self.analysis.model_copy(
            update={"epoch": self.rollout_status.epoch, "since": self.rollout_status.since}
        )

    def to(self, stage: Stage) -> None:
        while self.rollout_status.stage is not stage:
            self.move(RequestKind.PROMOTE)

    @property
    def rollout_status(self) -> Any:
        return by_ledger(self.ledger)

    def knows(self, **more: Any) -> None:
        self.analysis = self.analysis.model_copy(update=more)

    def counts(self, *facts: EvidenceEvent) -> None:
        stage = Stage.SHADOW if self.rollout_status.stage is Stage.OFF else self.rollout_status.stage
        evidence = self.analysis.evidence.restore().fold(facts, Battery.of(PLAN, stage))
        self.knows(evidence=evidence.keep())

    def clean(self, states: tuple[AgentState, ...] = PLAN.required_states, *, rounds: int = 400) -> None:
        """Count a candidate that does everything rightly, with every minimum reached."""
        facts = []
        for number in range(rounds):
            for state in states:
                facts += [
                    EvidenceEvent(Guardrail.WRONG, event=False, at=NOW),
                    EvidenceEvent(Guardrail.WRONG, event=False, stratum=state, whole=False, at=NOW),
                    EvidenceEvent(Guardrail.WORSE, event=False, at=NOW),
                ]
            facts += [
                EvidenceEvent(name, event=False, at=NOW)
                for name in (
                    Guardrail.TOLD,
                    Guardrail.DUTY,
                    Guardrail.LIVE_MISMATCH,
                    Guardrail.FAILURE,
                    Guardrail.CYCLE_TIME,
                )
            ]
            facts += [EvidenceEvent(Guardrail.NOISE, event=False, at=NOW)] if number % 2 else []
        self.counts(*facts)
        panes = frozenset(f"%{n}/{n}" for n in range(50))
        families = frozenset({"claude", "codex", "gemini"})
        covered = {state: {"panes": panes, "families": families} for state in states}
        scoring = self.analysis.scoring.model_validate(
            {"named": 4 * rounds, "panes": panes, "sessions": {str(n) for n in range(20)}, "covered": covered}
        )
        self.knows(scoring=scoring, families=families, watched_s=40 * 86400.0, agents_found=(10, 10))

    def wrong(self, events: int = 60) -> None:
        self.counts(*(EvidenceEvent(Guardrail.WRONG, event=True, at=NOW) for _ in range(events)))

    def differ(self, *bouts: Any) -> None:
        self.analysis, _ = events_of_bouts(self.analysis, bouts, NOTHING)
        epoch = self.rollout_status.epoch
        with self.ledger.transaction() as tx:
            tx.add_bouts(_row(one, epoch) for one in bouts)

    def judge(self) -> None:
        self.analysis = add_judgement(self.analysis, self.rollout_status, PLAN, NOTHING, NOW, self.drift)

    def write(self) -> None:
        rollout_status = self.rollout_status
        loop_state = LoopState(analysis=self.analysis, book=self.book, acted_in=rollout_status.epoch)
        with self.ledger.transaction() as tx:
            loop_state.keep(tx, ())
            if self.cycle_result:
                reports = {MonitorRole.INCUMBENT: INCUMBENT, MonitorRole.CANDIDATE: CANDIDATE}
                tx.add_cycle(
                    CycleRow(
                        "c-1", NOW - self.age_s, "shadow", self.act, rollout_status.stage, rollout_status.epoch, 0.5, {}
                    ),
                    {part: one.model_dump_json() for part, one in reports.items()},
                )
        self.ledger.close()


def _row(one: Bout, epoch: int) -> BoutRow:
    assert one.difference is not None
    assert one.settled_at is not None
    return BoutRow(one.id, epoch, one.pane or "", one.settled_at, one.difference.cluster, one.model_dump_json())


def fresh(on: Recorded) -> None:
    on.cycle_result = False


def collecting(on: Recorded) -> None:
    on.clean(rounds=8)
    on.judge()


def held_for_counts(on: Recorded) -> None:
    on.clean(tuple(state for state in PLAN.required_states if state is not AgentState.WAITING_APPROVAL))
    on.judge()


def unsafe_in_shadow(on: Recorded) -> None:
    on.clean()
    on.wrong(400)
    on.judge()


def unsafe_in_canary(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    on.wrong(400)
    on.judge()


def promotable(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    on.judge()


def promotable_with_tied_hands(on: Recorded) -> None:
    on.clean()
    on.act = False
    on.judge()


def awaiting_approval(on: Recorded) -> None:
    on.to(Stage.PRODUCTION)
    on.clean(rounds=3000)
    on.judge()


def back_by_a_guard(on: Recorded) -> None:
    unsafe_in_canary(on)
    assert on.analysis.judgement is not None
    on.move(RequestKind.ROLLBACK, HARNESS, on.analysis.judgement.reasons[0], verdict=Verdict.ROLLBACK)


def back_by_a_person(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    on.move(RequestKind.ROLLBACK, reason="it looked odd")
    on.judge()


def back_while_a_rollback_was_due(on: Recorded) -> None:
    """An order that no cycle has carried out yet, beside a judge who has just called for it."""
    unsafe_in_canary(on)
    give(OrderKind.ROLLBACK, on.folder.path, actor="ann", reason="pager")


def paused(on: Recorded) -> None:
    on.clean()
    on.move(RequestKind.PAUSE, reason="holiday")
    on.judge()


def frozen(on: Recorded) -> None:
    on.clean()
    on.move(RequestKind.FREEZE, reason="pager")
    on.judge()


def frozen_by_an_order(on: Recorded) -> None:
    promotable(on)
    give(OrderKind.FREEZE, on.folder.path, actor="ann", reason="pager")


def drift(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    text = on.folder.flags.read_text()
    on.folder.flags.write_text(re.sub(r'("rollout": *")\d+', r"\g<1>73", text))
    on.drift = "The flag says 73 %, the ledger 5 %"
    on.judge()


def exposure_missing(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    on.knows(leases=on.analysis.leases.model_copy(update={"finished": (False,) * 8}))
    on.judge()


def incumbent_ill(on: Recorded) -> None:
    on.clean()
    on.knows(ill={MonitorRole.INCUMBENT: "it exited with 1", MonitorRole.CANDIDATE: ""})
    on.judge()


def candidate_ill(on: Recorded) -> None:
    on.clean()
    on.knows(ill={MonitorRole.INCUMBENT: "", MonitorRole.CANDIDATE: "it exited with 1"})
    on.judge()


def crash_loop(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    for number in range(PLAN.crash_loop):
        on.analysis, _ = events_of_calls(
            on.analysis,
            [MonitorCall(MonitorRole.CANDIDATE, f"c-{number}", failed=True, text="it exited with 1")],
            NOW,
            PLAN,
        )
    on.judge()


def noisy(on: Recorded) -> None:
    on.clean()
    on.counts(*(EvidenceEvent(Guardrail.NOISE, event=True, at=NOW) for _ in range(300)))
    on.judge()


TELLS = side("idle", "", "notify_manager:idle")


def open_clusters(on: Recorded) -> None:
    on.clean()
    tells = [side(state, "", f"notify_manager:{state}") for state in ("error", "crashed", "rate_limited")]
    on.differ(*(bout(n, one, side("busy"), pane=f"%{n}") for n, one in enumerate([TELLS, *tells])))
    on.judge()


def open_and_an_action_waits(on: Recorded) -> None:
    open_clusters(on)
    asks = Episode(
        id="e-000001", intent_key="kill_window", pane="%3", pid=3, session="team", opened_at=NOW - 9, voices={}
    )
    question = ask_person(asks, "the second monitor is missing", NOW, Rules())
    on.book = EpisodeBook(episodes={"k": asks.model_copy(update={"escalation": question})})


def all_accepted(on: Recorded) -> None:
    open_clusters(on)
    names = sorted(on.analysis.tallies.clusters)
    said = tuple(
        Acceptance(cluster=name, owner="ann", reason="so", at=NOW, expires=NOW + 9e6, ceiling=1.0) for name in names
    )
    on.knows(signoffs=Signoffs(accepted=said))
    on.judge()


def no_cycle_in_this_stage(on: Recorded) -> None:
    on.clean()
    on.judge()
    on.controller.request(Request(RequestKind.PROMOTE, "ann", "so it was decided", NOW - 5))


def no_run(on: Recorded) -> None:
    collecting(on)
    on.age_s = 4000.0


def retired(on: Recorded) -> None:
    on.to(Stage.PRODUCTION)
    on.move(RequestKind.RETIRE, verdict=Verdict.PROMOTABLE)
    on.counts(*(cycle_event(f"c-{n}", NOW, failed=False) for n in range(10)))
    on.judge()


def blind_incumbent(on: Recorded) -> None:
    on.clean()
    on.knows(agents_found=(0, 17))
    volumes = on.analysis.signals
    loud = volumes.candidate_notices.model_copy(update={"hourly": 300.0})
    on.knows(signals=volumes.model_copy(update={"candidate_notices": loud}))
    on.judge()


def waived(on: Recorded) -> None:
    held_for_counts(on)
    state = AgentState.WAITING_APPROVAL
    on.knows(waivers={state: Waiver(state=state, actor="ann", reason="rare", at=NOW, expires=NOW + 9e6)})
    on.judge()


def abstaining(on: Recorded) -> None:
    on.clean()
    on.knows(scoring=on.analysis.scoring.model_copy(update={"abstained": 800}))
    on.judge()


def overruled(on: Recorded) -> None:
    on.clean()
    on.knows(scoring=on.analysis.scoring.overrule(900))
    on.judge()


SITUATIONS: list[tuple[Callable[[Recorded], None], Word, str]] = [
    (fresh, Word.NO_RUN, "no cycle yet"),
    (collecting, Word.WATCHING, "collecting evidence"),
    (held_for_counts, Word.WATCHING, "waiting_approval: 0 of"),
    (unsafe_in_shadow, Word.UNSAFE, "held in shadow"),
    (unsafe_in_canary, Word.UNSAFE, "a rollback is due"),
    (promotable, Word.READY, "earned beta"),
    (promotable_with_tied_hands, Word.READY, "only watches"),
    (awaiting_approval, Word.READY, "may be retired"),
    (back_by_a_guard, Word.ROLLED_BACK, "proven to be above"),
    (back_by_a_person, Word.ROLLED_BACK, "it looked odd"),
    (back_while_a_rollback_was_due, Word.ROLLED_BACK, "by ann: pager"),
    (paused, Word.NEEDS_YOU, "holiday"),
    (frozen, Word.NEEDS_YOU, "pager"),
    (frozen_by_an_order, Word.NEEDS_YOU, "by ann: pager"),
    (drift, Word.NEEDS_YOU, "The flag says 73 %"),
    (exposure_missing, Word.WATCHING, "exposure is missing"),
    (incumbent_ill, Word.WATCHING, "the incumbent could not take over now"),
    (candidate_ill, Word.WATCHING, "the candidate could not take over now"),
    (crash_loop, Word.UNSAFE, "failed 5 cycles in a row"),
    (noisy, Word.WATCHING, "the incumbent is noisy"),
    (open_clusters, Word.NEEDS_YOU, "4 decisions wait for you (4 clusters of differences)"),
    (open_and_an_action_waits, Word.NEEDS_YOU, "5 decisions wait for you (4 clusters of differences, 1 action)"),
    (all_accepted, Word.READY, "earned canary"),
    (no_cycle_in_this_stage, Word.WATCHING, "no cycle was judged in this stage"),
    (no_run, Word.NO_RUN, "the last cycle was"),
    (retired, Word.WATCHING, "the only monitor"),
    (blind_incumbent, Word.READY, "earned canary"),
    (waived, Word.READY, "earned canary"),
    (abstaining, Word.WATCHING, "gave no verdict in 800"),
    (overruled, Word.WATCHING, "were overruled"),
]


@dataclass(frozen=True)
class Faces:
    """The faces of one rollout, each as it was printed."""

    headline: Headline
    status: str
    status_json: dict[str, Any]
    why: str
    why_json: dict[str, Any]
    diffs: str
    diffs_json: dict[str, Any]
    report: str
    markdown: str
    page: str
    report_json: dict[str, Any]
    doctor: str


DRAWN: dict[Callable[[Recorded], None], Faces] = {}
"""Each situation is drawn once."""


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Faces]:
    def make(situation: Callable[[Recorded], None]) -> Faces:
        if situation not in DRAWN:
            DRAWN[situation] = drawn(situation)
        return DRAWN[situation]

    def drawn(situation: Callable[[Recorded], None]) -> Faces:
        monkeypatch.setenv("UNDERSTUDY_STATE_DIR", str(tmp_path / "state"))
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setattr(time, "time", lambda: NOW)
        socket = tmp_path / "s"
        folder = StateFolder(tmp_path / "state").prepare(socket)
        ledger = Ledger(folder.ledger)
        on = Recorded(folder, ledger, Analysis(), EpisodeBook())
        on.controller.wake(NOW - 100)
        on.knows(epoch=on.rollout_status.epoch, since=on.rollout_status.since)
        on.analysis = add_watched_time(on.analysis, NOW, on.rollout_status.exposure_percent)
        situation(on)
        on.write()

        def printed(verb: Callable[..., Any], **more: Any) -> str:
            capsys.readouterr()
            verb(None, socket, **more)
            said = capsys.readouterr()
            return said.out + said.err

        with open_server_data(None, socket) as found:
            forms = {form: written(found, form) for form in ("text", "md", "html", "json")}
            said = headline_of(found)
            doctor = " ".join(finding.says for finding in found_agents(folder))
        return Faces(
            said,
            printed(status, as_json=False),
            json.loads(printed(status, as_json=True)),
            printed(why, as_json=False),
            json.loads(printed(why, as_json=True)),
            printed(listing, as_json=False),
            json.loads(printed(listing, as_json=True)),
            flat(forms["text"]),
            flat(forms["md"]),
            flat(unescape(re.sub(r"<[^>]+>", "", forms["html"].partition("<main>")[2]))),
            json.loads(forms["json"]),
            doctor,
        )

    return make


def flat(text: str) -> str:
    """A text without the marks and the line breaks of its form."""
    return re.sub(r"\s+", " ", re.sub(r"\\([^\w\s])", r"\1", text).replace("`", ""))


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


@pytest.mark.parametrize("situation", [one for one, *_ in SITUATIONS], ids=lambda one: one.__name__)
def test_no_face_contradicts_itself(shown: Callable[..., Faces], situation: Callable[[Recorded], None]) -> None:
    faces = shown(situation)
    said = faces.headline
    for text in (faces.status, faces.why, faces.report, faces.markdown, faces.page):
        if said.state is State.ROLLED_BACK:
            assert "ollback is due" not in text
            assert "sent back" not in text
    open_clusters = sum(row["open"] for row in faces.diffs_json["clusters"])
    assert said.decisions >= open_clusters
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


def test_twenty_situations_are_compared_at_least() -> None:
    assert len({one for one, *_ in SITUATIONS}) >= 20

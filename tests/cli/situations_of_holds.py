"""Situations of a rollout by what stands beside the evidence: doubt, ill monitors, clusters, waivers, outcomes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rollout.judgement.cli_versions import VersionBook, VersionCount
from rollout.judgement.enums import Guardrail, Stage
from rollout.judgement.evidence import EvidenceEvent
from rollout.judgement.headline import Word
from rollout.judgement.novelty import KEEPS_COMING
from rollout.judgement.outcome import LeaseSeen, OutcomeBook
from rollout.loop.acting.episode import Episode, EpisodeBook, Rules
from rollout.loop.acting.episode_changes import ask_person
from rollout.loop.analysis import Waiver
from rollout.loop.monitor_role import MonitorRole
from shadow.signoffs import Acceptance, Signoffs
from tests.cli.recorded_rollout import NOW
from tests.cli.situations_of_stages import held_for_counts
from tests.report_samples import bout, side
from understudy import AgentState

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.recorded_rollout import Recorded

TELLS = side("idle", "", "notify_manager:idle")


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


def noisy(on: Recorded) -> None:
    on.clean()
    on.counts(*(EvidenceEvent(Guardrail.NOISE, event=True, at=NOW) for _ in range(300)))
    on.judge()


def open_clusters(on: Recorded) -> None:
    on.clean()
    tells = [side(state, "", f"notify_manager:{state}") for state in ("error", "crashed", "rate_limited")]
    on.differ(*(bout(n, one, side("busy"), pane=f"%{n}") for n, one in enumerate([TELLS, *tells])))
    on.judge()


def open_clusters_without_review(on: Recorded) -> None:
    on.plan = on.plan.replace(review=False)
    open_clusters(on)


def new_cli_version(on: Recorded) -> None:
    on.clean()
    old, new = VersionCount(scored=300), VersionCount(scored=3, new=True, ran_at=NOW)
    on.knows(cli_versions=VersionBook(clis={"codex": {"0.40.0": old, "0.41.0": new}}))
    on.judge()


def novel_action(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    on.differ(*(bout(n, TELLS, side("busy"), pane=f"%{n}") for n in range(KEEPS_COMING)))
    on.judge()


def novel_action_without_review(on: Recorded) -> None:
    on.plan = on.plan.replace(review=False)
    novel_action(on)


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


def outcomes_of(share: float, leases: int = 200) -> OutcomeBook:
    """Leases of ten minutes, every other one the candidate's; agents wait in its ones for such a share of the looks."""
    book = OutcomeBook()
    for lease in range(leases):
        own = bool(lease % 2)
        for look in range(10):
            waits = look < 10 * (share if own else 0.1)
            state = AgentState.WAITING_APPROVAL if waits else AgentState.BUSY
            ordinal = 2 if look > 5 else 1
            seen = LeaseSeen(f"team@{lease}", own, (state, AgentState.BUSY), {"%1 approval": ordinal})
            book = book.fold([seen], NOW - 1e6 + lease * 600.0 + look * 60.0)
    return book


def outcomes_alike(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    on.knows(outcomes=outcomes_of(0.1))
    on.judge()


def outcome_worse(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    on.knows(outcomes=outcomes_of(0.6))
    on.judge()


HOLDS: list[tuple[Callable[[Recorded], None], Word, str]] = [
    (drift, Word.NEEDS_YOU, "The flag says 73 %"),
    (exposure_missing, Word.WATCHING, "exposure is missing"),
    (incumbent_ill, Word.WATCHING, "the incumbent could not take over now"),
    (candidate_ill, Word.WATCHING, "the candidate could not take over now"),
    (noisy, Word.WATCHING, "the incumbent is noisy"),
    (open_clusters, Word.NEEDS_YOU, "4 decisions wait for you (4 clusters of differences)"),
    (open_clusters_without_review, Word.READY, "earned canary"),
    (new_cli_version, Word.WATCHING, "codex 0.41.0 is new here: 3 of 16 scored spells"),
    (novel_action, Word.NEEDS_YOU, "1 decision waits for you"),
    (novel_action_without_review, Word.READY, "earned beta"),
    (open_and_an_action_waits, Word.NEEDS_YOU, "5 decisions wait for you (4 clusters of differences, 1 action)"),
    (all_accepted, Word.READY, "earned canary"),
    (blind_incumbent, Word.READY, "earned canary"),
    (waived, Word.READY, "earned canary"),
    (abstaining, Word.WATCHING, "gave no verdict in 800"),
    (overruled, Word.WATCHING, "were overruled"),
    (outcomes_alike, Word.READY, "earned beta"),
    (outcome_worse, Word.WATCHING, "outcome: agents wait for an approval"),
]
"""Each with the word and a part of the sentence that it must lead to."""

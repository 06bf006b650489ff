"""Shadow-diff reports to test their forms on: one as from a working day, crowds of any size, and hostile ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from in_memory import build

from shadow.bout import Bout, Excuse, bout_id
from shadow.compare import NOTHING_EXPECTED, Register, differ
from shadow.differences import Fingerprint, Side
from shadow.expected import shipped
from shadow.labels import Label, Referee, Right
from shadow.report import (
    ClusterScene,
    Move,
    Rate,
    Ruling,
    ShadowReport,
    Still,
    Surroundings,
    coverage,
    speed,
)
from shadow.sides import Who
from shadow.signoffs import Acceptance, Signoffs
from shadow.strata import events_of, strata_of
from understudy import AgentState, IdleDetail, PaneShot

if TYPE_CHECKING:
    from collections.abc import Iterable

T0: Final = 1_800_000_000.0
HOUR: Final = 3600.0


def side(state: str | None, rule: str = "", *intents: str, lines: Iterable[str] = (), **more: Any) -> Side:
    """The word of one monitor."""
    return Side(
        state=None if state is None else AgentState(state),
        rule=rule or f"rule.{state}",
        lines=tuple(lines),
        intents=tuple(sorted((intent_key, 1) for intent_key in intents)),
        agent=more.pop("agent", "claude"),
        **more,
    )


def bout(
    at: float,
    incumbent: Side,
    candidate: Side,
    *,
    pane: str = "%1",
    right: str | None = None,
    reason: str = "called idle, but it printed on while no key was pressed",
    by: Referee = Referee.HINDSIGHT,
    register: Register = NOTHING_EXPECTED,
    **more: Any,
) -> Bout:
    """One settled bout that began `at` seconds after T0."""
    pid = 1000 + int(pane[1:])
    who = Who(pane, pid, more.pop("session", "team"), more.pop("window", f"claude-{pane[1:]}"))
    difference = differ(who, incumbent, candidate, register)
    expected = difference is not None and difference.expected is not None
    return Bout(
        id=bout_id(pane, pid, T0 + at),
        pane=pane,
        pid=pid,
        session=who.session,
        window=who.window,
        agent=candidate.agent,
        began=T0 + at,
        ended=T0 + at + 20,
        looks=3,
        agrees=difference is None,
        difference=difference,
        fingerprint=Fingerprint.of(incumbent, candidate),
        incumbent=incumbent,
        candidate=candidate,
        strata=strata_of(incumbent, candidate),
        differs_in=events_of(incumbent, candidate),
        label=None if right is None else Label(right=Right(right), by=by, reason=reason),
        counts=not expected,
        why_not=Excuse.EXPECTED if expected else None,
        settled_at=T0 + at + 80,
        watched=right is not None,
        **more,
    )


def day() -> list[Bout]:
    """A small day: 40 agree, 12 are expected, 5 for the candidate, 2 against it, 3 unsettled."""
    idle, busy, crashed = side("idle", "R6"), side("busy", "claude.spinner"), side("crashed", "process.shell")
    return [
        *(bout(60 * n, busy, busy, pane=f"%{1 + n % 9}") for n in range(40)),
        *(
            bout(
                200 * n,
                side("idle", "R6", lines=("> ",), detail=IdleDetail.NEWLY),
                side("waiting_approval", "claude.approval.permission", "notify_manager:approval", lines=("> 1. Yes",)),
                pane=f"%{1 + n % 4}",
                register=shipped(),
            )
            for n in range(12)
        ),
        *(bout(400 * n, idle, busy, pane=f"%{3 + n}", right="candidate") for n in range(5)),
        *(
            bout(900 * n, crashed, side("idle", "slow.rule", "notify_manager:idle"), pane="%7", right="incumbent")
            for n in range(1, 3)
        ),
        *(
            bout(
                500 * n,
                side("unsubmitted_input", "R5", "submit_draft", lines=("│ > fix the tests │",)),
                side("idle", "claude.composer.ghost", lines=("│ > fix the tests │",)),
                pane=f"%{11 + n}",
            )
            for n in range(3)
        ),
    ]


RATES: Final = (
    Rate(name="candidate_wrong", bouts=7, events=2, bound=0.62, limit=0.5, needed=9, spent=0.31),
    Rate(name="wrong", bouts=52, events=3, bound=0.1437, limit=0.01, needed=612, spent=0.55),
    Rate(name="wrong", stratum="busy", bouts=3, events=3, limit=0.1, needed=33, spent=0.2),
    Rate(name="wrong", stratum="crashed", bouts=0, events=0, limit=0.1, needed=0, spent=0.0),
    Rate(name="live_mismatch", bouts=80, events=0, bound=0.0368, limit=0.01, needed=261, spent=0.0),
)

SCREEN: Final = (
    "\x1b[38;5;174m●\x1b[39m I have changed the parser.\n\n"
    "\x1b[2m  \x1b[32m+  return tokens\x1b[0m\n\n"
    "\x1b[38;2;120;120;120m╭──────────────────╮\x1b[39m\n│ > fix the tests │\n\x1b[7m╰──────────────────╯\x1b[27m\n"
    "  \x1b[1;34mauto-accept\x1b[0m \x1b[4mon\x1b[24m\n"
)


def shot(ansi: str = SCREEN, pane: str = "%11", **more: Any) -> PaneShot:
    """One screen."""
    fields: dict[str, Any] = {
        "pid": 1000 + int(pane[1:]),
        "session": "team",
        "session_id": "$1",
        "session_created": 1,
        "window_id": "@1",
        "window_index": 1,
        "window": "claude-11",
        "ansi": ansi,
        **more,
    }
    return PaneShot(pane=pane, **fields)


def report(bouts: list[Bout], **more: Any) -> ShadowReport:
    """The report of some bouts, two days into a rollout that is held."""
    around = Surroundings(
        stage="canary",
        ruling=more.pop(
            "ruling",
            Ruling(
                word="Watching",
                sentence="held, because 1 cluster of differing actions not reviewed",
                verdict="hold",
                state="held",
                reasons=("1 cluster of differing actions not reviewed", "612 more clean bouts are needed"),
                next="beta",
                certainty=0.95,
            ),
        ),
        moves=(
            Move(at=T0 - HOUR, before="off", after="shadow", actor="understudy", reason="a rollout begins in shadow"),
            Move(at=T0 + 900, before="shadow", after="canary", actor="ann", reason="enough was seen"),
        ),
        rates=RATES,
        coverage=coverage(
            bouts,
            known_agents=("claude", "codex", "aider"),
            required=(AgentState.BUSY, AgentState.IDLE, AgentState.CRASHED, AgentState.RATE_LIMITED),
            sizes={(80, 24): 9, (212, 55): 2},
            tapes=30,
        ),
        speeds=[
            made
            for role, pace in (("incumbent", 0.31), ("candidate", 0.07))
            if (made := speed(role, ((T0 + 10 * n, pace + 0.01 * (n % 5)) for n in range(200))))
        ],
        address=more.pop("address", ("--socket-name", "work")),
    )
    return build(
        bouts,
        T0 + 2 * HOUR,
        incumbent=more.pop("incumbent", "legacy 1.0"),
        candidate=more.pop("candidate", "modular 1.1"),
        around=around,
        register=shipped(),
        **more,
    )


def working_day() -> tuple[ShadowReport, dict[str, ClusterScene]]:
    """A whole report, with the screens of the cluster that waits and of one that is expected."""
    bouts = day()
    made = report(bouts, signoffs=signed_off(bouts[52].fingerprint.cluster))
    scenes = {}
    for cluster in made.clusters:
        seen = shot(pane=cluster.example.pane or "%1")
        after = shot(SCREEN.replace("fix the tests", "             "), pane=seen.pane)
        scenes[cluster.id] = ClusterScene(
            difference=cluster.example, shot=seen, neighbours=(Still(offset_s=10.1, shot=after),)
        )
    return made, scenes


def signed_off(cluster: str, owner: str = "ann", reason: str = "fixed in 1.2") -> Signoffs:
    """One sign-off."""
    entry = Acceptance(cluster=cluster, owner=owner, reason=reason, at=T0, expires=T0 + 86_400, ceiling=0.5)
    return Signoffs().accept(entry)


def crowd(differences: int, clusters: int, *, screens: int = 60) -> tuple[ShadowReport, dict[str, ClusterScene]]:
    """So many bouts that differ, in so many clusters, and as many again that agree."""
    busy, rights = side("busy", "claude.spinner"), (None, "candidate", None, None, "incumbent", "candidate")
    kinds = [
        bout(0, side("idle", f"R{kind}", "notify_manager:idle", lines=("> ",)), busy, right=rights[kind % len(rights)])
        for kind in range(clusters)
    ]
    for number, one in enumerate(kinds):  # more than there are pairs of states
        apart = one.difference and one.difference.model_copy(update={"cluster": f"d-{number:06x}"})
        kinds[number] = one.model_copy(update={"difference": apart})
    bouts = [
        _again(one, number) for number in range(differences) for one in (bout(0, busy, busy), kinds[number % clusters])
    ]
    made = report(bouts)
    return made, {
        cluster.id: ClusterScene(difference=cluster.example, shot=shot(SCREEN * 5, pane=cluster.example.pane or "%1"))
        for cluster in made.clusters[:screens]
    }


def _again(one: Bout, number: int) -> Bout:
    pane, began = f"%{number % 500}", T0 + 3 * number
    difference = one.difference and one.difference.model_copy(update={"pane": pane, "pid": 1000 + number % 500})
    name = bout_id(pane, number % 500, began) + str(number)
    changed = {"id": name, "pane": pane, "pid": 1000 + number % 500, "began": began, "settled_at": began + 80}
    return one.model_copy(update={**changed, "difference": difference})


HOSTILE: Final = (
    "</script><script>window.broken = 'script'</script>",
    "</style><style>body{display:none}</style>",
    "</pre></details></section><h1>forged</h1>",
    "<img src=x onerror=\"window.broken='img'\">",
    "<svg/onload=window.broken='svg'>",
    "--><iframe srcdoc='<script>parent.broken=1</script>'></iframe><!--",
    "{{ 7 * 7 }}{% raw %}{# x #}",
    "' onmouseover='window.broken=1' x='",
    '" autofocus onfocus="window.broken=1',
    "&lt;b&gt;&amp;&#60;",
    "javascript:window.broken=1",
    "```\n# forged heading\n```",
    "````````````\n<b>forged</b>",
    "`code` | cell | **bold** \\| \\\\| ~~gone~~",
    "a\\",
    "| --- | --- |",
    "@everyone #1 https://example.invalid/x www.example.invalid ![x](http://example.invalid/x.png)",
    "[click](javascript:window.broken=1) <http://example.invalid>",
    "\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m\x1b[6n\x1b]52;c;AAAA\x07",
    "\x9b31m\x90q\x9c\x85next line",
    "safe\u202egnp.exe\u202c \u2066left\u2069 \u200fmark\u061c",
    "zero\u200bwidth\u200cjoin\u200ders\ufeff\u2060\u00ad",
    "two\u2028lines\u2029here\x0b\x0c\x1c\x1d",
    "nul\x00byte\x7fdelete\x08\x08\x08",
    "tags\U000e0041\U000e0042\ufff9interlinear\ufffa",
    "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308lgo",
    "noncharacters\uffff\ufdd0\U0001fffe",
    "half \ud83d of a pair \udc00",
    "carriage\rreturn\ttab\nnew line",
    "long " * 40_000,
    "界" * 3000,
    "~~~\n~~~~~~~~",
    "<details open ontoggle=window.broken=1>",
    "$x^2$ $$\\href{javascript:alert(1)}{x}$$ :smile: <!-- comment",
)
"""Texts that a pane, a window's name or a person may write."""


def hostile() -> tuple[ShadowReport, dict[str, ClusterScene]]:
    """A report in which every text that comes from outside is one of `HOSTILE`, in every place in turn."""
    bouts = [
        bout(
            60 * number,
            side("idle", evil, lines=(evil, HOSTILE[number - 1]), agent=evil),
            side("busy", HOSTILE[number - 1], "notify_manager:idle", lines=(evil,), agent=evil),
            pane=f"%{number}",
            session=evil,
            window=HOSTILE[number - 2],
            right="candidate" if number % 3 == 0 else None,
            reason=evil,
        )
        for number, evil in enumerate(HOSTILE)
    ]
    signoffs = Signoffs()
    for number, evil in list(enumerate(HOSTILE))[1::4]:  # none of them half of a pair: a sign-off takes no such text
        signoffs = signoffs.accept(signed_off(bouts[number].fingerprint.cluster, owner=evil, reason=evil).accepted[0])
    joined = " ".join(HOSTILE)
    made = report(
        bouts,
        incumbent=joined[:3000],
        candidate=HOSTILE[0],
        signoffs=signoffs,
        ruling=Ruling(
            word="Watching", sentence=HOSTILE[0], verdict="hold", state="held", reasons=HOSTILE, next=HOSTILE[3]
        ),
        address=("--socket-path", f"/tmp/{HOSTILE[0]}'; rm -rf /"),  # noqa: S108 - a path that an operator typed
    )
    move = Move(at=T0 + 300, before="shadow", after="canary", actor=HOSTILE[3], reason=HOSTILE[0])
    made = made.model_copy(update={"moves": (move,)})
    screen = "\n".join(HOSTILE)
    return made, {
        cluster.id: ClusterScene(
            difference=cluster.example,
            shot=shot(screen, pane=cluster.example.pane or "%1", title=HOSTILE[number % len(HOSTILE)]),
            neighbours=(Still(offset_s=-1.0, shot=shot("\n".join(reversed(HOSTILE)))),),
        )
        for number, cluster in enumerate(made.open_clusters[:4])  # each screen holds all of them
    }

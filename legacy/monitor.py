"""The monolith: one class in one file, kept as it was found. It is the incumbent and the fallback; do not refactor it.

Its rules, limits and quirks are the original's, in the original's order. Two things are not: it reads through
`WindowSource` instead of starting tmux, and where the original pressed keys it returns intents. A comment `#n` names a
known quirk of the original by its number in the list of quirks, `1.12` a correction that running it showed;
`docs/legacy-fidelity.md` lists both and every place where this class differs on purpose.

Its memory is keyed by `session:index`, as the original's was (#18); its intents are keyed by pane.
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar, Final, NamedTuple

from understudy import (
    AgentRole,
    AgentState,
    AgentVerdict,
    Clock,
    CycleReport,
    IdleDetail,
    Intent,
    Key,
    KillWindow,
    Notice,
    NotifyManager,
    Outcome,
    PauseSession,
    Problem,
    ProblemKind,
    Scope,
    SpawnManager,
    SubmitDraft,
    Why,
    WindowEntry,
    WindowSource,
)
from understudy.failures import SourceFailed
from understudy.window_names import AGENT_WORDS, MANAGER_WORDS

MEMORY_FORMAT: Final = 1

SNAPSHOTS: Final = 4
SNAPSHOT_GAP_S: Final = 0.3
SCREEN_LINES: Final = 50
INTERFACE_LINES: Final = 10

IDLE_COOLDOWN_S: Final = 300
FRESH_COOLDOWN_S: Final = 600
CRASH_COOLDOWN_S: Final = 300
RESTART_COOLDOWN_S: Final = 300
MISSING_GRACE_S: Final = 120
MISSING_COOLDOWN_S: Final = 1800
CONTROL_LOOP_COOLDOWN_S: Final = 60
SUBMIT_GAP_S: Final = 10
SUBMIT_ATTEMPTS: Final = 5
STILL_SCORE: Final = 10
MANAGER_BOOT_S: Final = 10
RESET_MARGIN_S: Final = 120
LONGEST_PAUSE_S: Final = 4 * 3600 + RESET_MARGIN_S

LINGER_S: Final = 60
"""Seconds for which a notice about a pane that is gone stands: no later look finds that pane."""
SHOWN_LINES: Final = 8
"""The number of lines of its evidence that a verdict shows."""
FORGET_S: Final = 3600
"""Seconds for which the count of an intent outlives the intent."""

MANAGER_WORDS_ANYWHERE: Final = ("pm", "manager", "project")
INTERFACE_MARKERS: Final = (
    "? for shortcuts",
    "Welcome to Claude Code",
    "╭─",
    "╰─",
    "│ >",
    "Bypassing Permissions",
    "@anthropic-ai/claude-code",
)
THINKING_WORDS: Final = ("thinking", "pondering", "divining", "musing", "elucidating")
PROMPT_ENDS: Final = ("$", "#", ">", "%")
HELP_PLACEHOLDER: Final = 'Try "help" for more information'
LIMIT_PHRASES: Final = ("claude usage limit reached", "your limit will reset at")
LIMIT_RESET: Final = re.compile(r"Your limit will reset at\s+(\d{1,2}(?::\d{2})?(?:am|pm))\s+\(UTC\)", re.IGNORECASE)
NAMED_AGENT: Final = re.compile(r"agent (\S+:\d+) \((.+)\)")
CRASHED_AGENT: Final = re.compile(r"crashed agent (\S+:\d+)")
BELIEVED_INTERFACE: Final = "? for shortcuts"

FAILURE_LABELS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Network/Connection", ("network error", "connection lost", "connection error", "connection refused", "timeout")),
    ("Rate Limiting", ("rate limit", "quota exceeded")),
    ("Authentication", ("unauthorized", "forbidden")),
    ("Server Error", ("service unavailable", "internal server error", "bad gateway", "server overloaded")),
    ("Capacity", ("model overloaded",)),
    ("Error Output", ("\x1b[31m", "\x1b[91m")),  # never used: colours are not captured (#9)
    ("API Error", ("api error",)),
)

INTENTS: Final[Mapping[str, type[Intent]]] = {
    "notify_manager": NotifyManager,
    "submit_draft": SubmitDraft,
    "kill_window": KillWindow,
    "spawn_manager": SpawnManager,
    "pause_session": PauseSession,
}

WHOLE_SESSION: Final = ("spawn_manager", "pause_session")

ACTIVE: Final = "active"
CRASHED: Final = "crashed"
ERROR: Final = "error"
FRESH: Final = "fresh"
IDLE: Final = "idle"
QUEUED: Final = "message_queued"
LIMITED: Final = "rate_limited"

STATES: Final[Mapping[str, AgentState]] = {
    ACTIVE: AgentState.BUSY,
    CRASHED: AgentState.CRASHED,
    ERROR: AgentState.ERROR,
    FRESH: AgentState.IDLE,
    IDLE: AgentState.IDLE,
    QUEUED: AgentState.UNSUBMITTED_INPUT,
    LIMITED: AgentState.RATE_LIMITED,
}


class Queued(NamedTuple):
    """One message in the batch for a manager."""

    about: Notice
    agent: str
    """Target of the agent it is about; for a team its manager's."""
    session: str
    message: str
    state: str
    """The state in which the intent stands: the agent's, or `team_idle`."""
    at: float


class LegacyMonitor:
    """The monolith as a monitor: the states, notices, kills, respawns and pauses of the original, as intents."""

    name: str = "legacy"
    version: str = "1.1.0"
    says: frozenset[str] = frozenset(str(state) for state in STATES.values())

    DETAILS: ClassVar[Mapping[str, IdleDetail]] = {
        "unknown": IdleDetail.NEWLY,
        "newly_idle": IdleDetail.NEWLY,
        "continuously_idle": IdleDetail.CONTINUOUSLY,
    }

    _source: WindowSource
    _clock: Clock
    _scope: Scope

    def __init__(self) -> None:
        self._first_day()
        self._begin_cycle()

    # ---------------------------------------------------------------------------------------- the contract

    def cycle(
        self, cycle: str, source: WindowSource, clock: Clock, scope: Scope, outcomes: Sequence[Outcome]
    ) -> CycleReport:
        """Look at every agent, one after the other, and report.

        Raises `SourceFailed` where the source cannot read the server at all; no other error leaves it.
        """
        self._source, self._clock, self._scope = source, clock, scope
        self._begin_cycle()
        self._learn(outcomes)
        pause_s = self._monitor_cycle()
        intents = self._standing_intents()
        self._remember_since()
        return CycleReport(
            cycle=cycle,
            monitor=self.name,
            version=self.version,
            verdicts=self._verdicts,
            intents=intents,
            problems=tuple(self._problems),
            pause_s=pause_s,
        )

    def memory(self) -> Any:
        """Return everything that it must know next time, as JSON."""
        return copy.deepcopy(self._m)

    def recall(self, memory: Any) -> None:
        """Take over this memory; None, or a memory of another format, starts with an empty one."""
        self._first_day()
        if isinstance(memory, dict) and memory.get("format") == MEMORY_FORMAT:
            renamed = {"intents": memory["wishes"], **memory} if "wishes" in memory else memory  # before version 1.1
            self._m.update(copy.deepcopy({key: renamed[key] for key in self._m if key in renamed}))

    def _first_day(self) -> None:
        self._m: dict[str, Any] = {
            "format": MEMORY_FORMAT,
            "idle_since": {},  # target -> instant; only ACTIVE takes it out
            "idle_told": {},  # target -> instant; never cleared (#14)
            "stamps": {},  # "fresh_", "crash_" and "restart_" + target -> instant
            "attempts": {},  # target -> how often the draft was submitted
            "submitted_at": {},  # target -> instant
            "draft_base": {},  # target -> ordinal that the attempts count on from
            "cache": {},  # target -> [previous sample or None, current sample]
            "known": {},  # session -> {target: name at first sight}
            "absent_since": {},  # target -> instant
            "missing_told": {},  # session and missing targets -> instant
            "team_idle": {},  # session -> instant
            "escalated": {},  # manager's target -> steps taken
            "limit": None,  # the pause that a usage limit made
            "pending": [],  # notices for a manager that was spawned in the cycle before
            "intents": {},  # key -> a standing intent
            "ordinals": {},  # key -> [ordinal, when last wanted]
            "since": {},  # pane -> [pid, state, instant]
        }

    def _begin_cycle(self) -> None:
        self._verdicts: dict[str, AgentVerdict] = {}
        self._problems: list[Problem] = []
        self._native: dict[str, str] = {}  # pane -> state in the original's words
        self._seen: dict[str, WindowEntry] = {}  # target -> window as last listed
        self._gone: set[str] = set()  # targets that it has killed in this cycle, as it believes
        self._booting: dict[str, WindowEntry] = {}  # target -> manager spawned in this cycle, as it believes
        self._batch: dict[str, list[Queued]] = {}  # manager's target -> messages
        self._raised: set[str] = set()  # intents that rose in this cycle
        self._teams_idle: set[str] = set()
        self._manager_missing = False
        self._asleep = False

    # ---------------------------------------------------------------------------------------- looking

    def _list_windows(self, session: str) -> list[WindowEntry]:
        """Run one `list-windows`; windows that it believes to have killed are gone, and those it spawned are up."""
        windows = []
        for window in self._source.windows(session):
            target = f"{session}:{window.index}"
            self._seen[target] = window
            if target not in self._gone:
                windows.append(window)
        windows += [window for target, window in self._booting.items() if target == f"{session}:{window.index}"]
        return windows

    def _capture(self, target: str, lines: int = SCREEN_LINES) -> str:
        """Run one `capture-pane`: the whole text stripped, then the last lines of it; "" where it fails."""
        if target in self._booting:
            return BELIEVED_INTERFACE
        if target in self._gone:
            return ""
        looks = self._source.capture(target)
        return self._tail(looks[-1] if looks else "", lines)

    @staticmethod
    def _tail(screen: str, lines: int) -> str:
        return "\n".join(screen.strip().split("\n")[-lines:])

    @staticmethod
    def _name(window: WindowEntry) -> str:
        """Return the name as the original read it: cut at the first colon (1.1)."""
        return window.name.split(":")[0]

    def _window_name(self, target: str) -> str:
        """Ask tmux once more for the name of a window."""
        session, _, index = target.rpartition(":")
        for window in self._list_windows(session):
            if window.index == index:
                return self._name(window)
        return "Unknown"

    def _discover_agents(self) -> list[str]:
        agents = []
        for session in self._source.sessions():
            try:
                for window in self._list_windows(session.name):
                    target = f"{session.name}:{window.index}"
                    if self._is_agent_window(target):  # lists the windows again, each time (#17)
                        agents.append(target)
            except Exception as error:  # noqa: BLE001 - a session whose windows cannot be listed is skipped
                self._note(ProblemKind.SESSION_UNREADABLE, session.name, error)
        return agents

    def _is_agent_window(self, target: str) -> bool:
        """Judge by the name alone, never by content, so that a crashed agent stays an agent.

        Substrings count: `npm-run` and `shipment` are agents, and managers (1.12).
        """
        name = self._window_name(target).lower()
        return name.startswith("claude-") or any(word in name for word in AGENT_WORDS)

    def _find_pm_in_session(self, session: str) -> str | None:
        """Find the first window named like a manager that shows Claude's interface in its last ten lines."""
        for window in self._list_windows(session):
            target = f"{session}:{window.index}"
            if self._is_manager_name(self._window_name(target)) and self._is_claude_interface_present(
                self._capture(target, INTERFACE_LINES)
            ):
                return target
        return None

    def _find_pm_agent(self) -> str | None:
        """Find any manager in any session: one healthy manager here hides a dead one there (#3)."""
        for session in self._source.sessions():
            for window in self._list_windows(session.name):
                target = f"{session.name}:{window.index}"
                named = any(word in self._name(window).lower() for word in MANAGER_WORDS_ANYWHERE)
                if named and self._is_claude_interface_present(self._capture(target, INTERFACE_LINES)):
                    return target
        return None

    @staticmethod
    def _is_manager_name(name: str) -> bool:
        return any(word in name.lower() for word in MANAGER_WORDS)

    # ---------------------------------------------------------------------------------------- reading a screen

    @staticmethod
    def _is_claude_interface_present(content: str) -> bool:
        # a box corner anywhere in view is a living interface, also where Claude left and its box stayed (#7);
        # the newer rule-style composer has none of these marks (#8)
        lines = content.split("\n")
        for number, line in enumerate(lines):
            if any(marker in line for marker in INTERFACE_MARKERS):
                return True
            spoken = "assistant:" in line.lower() or "human:" in line.lower()
            if spoken and number < len(lines) - 3 and any("│" in later for later in lines[number + 1 :]):
                return True
        return False

    @staticmethod
    def _composer_text(line: str) -> str | None:
        """Return the text in a composer's line between `│ >` and the last `│`; None where it is no such line."""
        for mark in ("│ >", "│\xa0>"):
            if mark in line:
                text = line.split(mark, 1)[1]
                if "│" in text:
                    text = text[: text.rindex("│")]
                return text.replace("\xa0", " ").strip()
        return None

    def _has_unsubmitted_message(self, content: str) -> bool:
        lines = content.split("\n")
        if any("Thinking..." in line or ("·" in line and "…" in line) for line in lines):
            return False
        tops = [number for number, line in enumerate(lines) if "╭─" in line]
        bottoms = [number for number, line in enumerate(lines) if "╰─" in line]
        if not tops or not bottoms:
            return False
        # from the last top to the last bottom: an unclosed box after a closed one hides a draft (1.12)
        for line in lines[tops[-1] : bottoms[-1] + 1]:
            text = self._composer_text(line)
            if text and text != HELP_PLACEHOLDER:  # any other placeholder counts as a draft
                return True
        return False

    def _detect_claude_state(self, content: str) -> str:
        if self._has_unsubmitted_message(content):
            return "unsubmitted"
        text = next((text for line in content.split("\n") if (text := self._composer_text(line)) is not None), None)
        if text == "" and "Welcome to Claude Code" in content and "What would you like me to help you with" in content:
            return "fresh"
        if text == HELP_PLACEHOLDER:
            return "fresh"
        return "active" if self._is_claude_interface_present(content) else "idle"

    @staticmethod
    def _label_failure(content: str) -> str | None:
        words = content.lower()
        return next((label for label, marks in FAILURE_LABELS if any(mark in words for mark in marks)), None)

    @staticmethod
    def _change_score(previous: str, current: str) -> int:
        """Score how far two samples of ten lines differ; what changes above the last five lines scores nothing."""
        before, after = previous.strip().split("\n"), current.strip().split("\n")
        score = 2 * abs(len(after) - len(before))
        ends = "\n".join(before[-5:]), "\n".join(after[-5:])
        if ends[0] != ends[1]:
            score += abs(len(ends[1]) - len(ends[0]))
            score += sum(a != b for a, b in zip(*ends, strict=False))
        return score

    # ---------------------------------------------------------------------------------------- one cycle

    def _monitor_cycle(self) -> float:
        agents = self._discover_agents()
        now = self._clock.now()
        limit = self._m["limit"]
        if limit is not None and round(now - limit["until"], 2) >= 0:  # a sleep may end just before its instant
            self._resume_after_limit(limit)
            limit = None
        if not agents:
            self._source.sessions()  # for a line in the log; a dead server looks like one without agents
            return 0.0
        if limit is None:
            limit = self._check_rate_limits(agents)
        if limit is not None:
            # the original is asleep now; a call at this time looks, and does nothing
            for target in agents:
                self._isolated(target, self._look_only, target)
            return round(max(0.0, float(limit["until"]) - self._clock.now()), 3)
        self._isolated("manager recovery", self._check_pm_recovery, agents)
        self._isolated("missing agents", self._check_missing_agents, agents)
        for target in agents:
            self._isolated(target, self._check_agent_status, target)
        self._isolated("idle teams", self._check_team_idleness, agents)
        pause_s: float | None = self._isolated("reports", self._send_collected_notifications)
        return pause_s or 0.0

    def _isolated(self, subject: str, check: Callable[..., Any], *arguments: Any) -> Any:
        """Keep one agent's, or one check's, failure to itself, as it was."""
        try:
            return check(*arguments)
        except SourceFailed as failure:
            self._problems.append(failure.problem)
        except Exception as error:  # noqa: BLE001 - after any error the next agent is read
            self._note(ProblemKind.AGENT_FAILED, subject, error)
        return None

    def _note(self, kind: ProblemKind, subject: str, error: Exception) -> None:
        self._problems.append(Problem(kind=kind, subject=subject, text=f"{type(error).__name__}: {error}"))

    def _look_only(self, target: str) -> None:
        """Give a verdict on the present screens; do nothing, and remember nothing."""
        kept = copy.deepcopy(self._m)
        self._asleep = True
        try:
            self._check_agent_status(target)
        finally:
            self._m, self._asleep = kept, False

    def _check_agent_status(self, target: str) -> None:
        session = target.rpartition(":")[0]
        if target in self._gone and not self._asleep:
            # killed a moment ago for a new manager: the original sampled nothing there, and took it for an error.
            # Here the window is not dead yet, and the verdict is on its screen
            self._look_only(target)
            self._notify_recovery_needed(target, session)
            return
        self._window_name(target)  # for the session's own log
        screens = self._source.capture(target, looks=SNAPSHOTS, gap_s=SNAPSHOT_GAP_S)
        snapshots = [self._tail(screen, SCREEN_LINES) for screen in screens] or [""]
        content = snapshots[-1]
        now = self._clock.now()
        lines = content.split("\n")

        if self._m["limit"] is not None and self._limit_reset(content) is not None:
            self._say(target, LIMITED, "RL", self._lines_with(lines, LIMIT_PHRASES))
            return

        # R1: characters at the same place that differ. An append, or a single changed character such as a
        # spinner's, is no motion (#11)
        rule = ""
        evidence: tuple[str, ...] = ()
        for before, after in pairwise(snapshots):
            if before != after and sum(a != b for a, b in zip(before, after, strict=False)) > 1:
                rule, evidence = "R1", self._changed_lines(before, after)
                break
        # R2: words, wherever in the fifty lines they stand, also left over from long ago (#12); five verbs of
        # Claude's many (#10)
        if not rule:
            words = content.lower()
            if "compacting conversation" in words:
                rule, evidence = "R2", self._lines_with(lines, ("compacting conversation",))
            elif "…" in words and any(word in words for word in THINKING_WORDS):
                rule, evidence = "R2", self._lines_with(lines, ("…", *THINKING_WORDS))

        # R3: no interface. Whatever ends like a prompt is a crash: `>>>`, `</div>`, `45%` (#6)
        if not self._is_claude_interface_present(content):
            last = [line.strip() for line in lines[-5:] if line.strip()]
            prompts = tuple(line for line in last if line.endswith(PROMPT_ENDS))
            if prompts:
                self._say(target, CRASHED, "R3.prompt", prompts)
                if not self._attempt_agent_restart(target, session, content):
                    self._notify_crash(target, session)
                return
            self._say(target, ERROR, "R3.no_ui", tuple(last))
            self._notify_recovery_needed(target, session)
            return

        # R4: fresh and unsubmitted go before active: a working agent with text in its composer is "queued"
        claude_state = self._detect_claude_state(content)
        composer = tuple(line for line in lines if self._composer_text(line) is not None)
        if claude_state == "fresh":
            self._say(target, FRESH, "R4.fresh", composer[:1], detail=IdleDetail.FRESH)
            self._notify_fresh(target, session, now)
            return
        if claude_state == "unsubmitted":
            self._say(target, QUEUED, "R4.draft", composer)
            self._try_auto_submit(target, session)
            return

        # R5
        if rule:
            self._say(target, ACTIVE, rule, evidence)
            self._m["idle_since"].pop(target, None)
            attempts = self._m["attempts"].pop(target, 0)
            base = self._m["draft_base"].pop(target, 0)
            if attempts:  # one look at work does not end the harness's episode: the ordinals go on
                self._m["draft_base"][target] = base + attempts
            self._m["submitted_at"].pop(target, None)
            self._m["cache"].pop(target, None)
            # idle_told stays: the next idle is muted if no cycle saw it work (#14)
            return

        # R6
        sample = self._tail(content, INTERFACE_LINES)
        previous = self._m["cache"].get(target, (None, None))[1]
        self._m["cache"][target] = [previous, sample]
        if previous is None:
            kind = "unknown"
        elif self._change_score(previous, sample) <= STILL_SCORE:
            kind = "continuously_idle"
        else:
            kind = "newly_idle"
        rules = {"unknown": "R6.unknown", "newly_idle": "R6.newly", "continuously_idle": "R6.still"}
        self._say(target, IDLE, rules[kind], tuple(sample.split("\n")[-5:]), detail=self.DETAILS[kind])
        self._m["idle_since"].setdefault(target, now)
        if kind == "continuously_idle" and not self._elapsed(self._m["idle_told"].get(target), IDLE_COOLDOWN_S):
            return
        self._m["idle_told"][target] = now  # also where there is no manager to tell (1.12)
        self._notify_idle(target, session)

    def _say(self, target: str, state: str, rule: str, lines: Sequence[str], detail: IdleDetail | None = None) -> None:
        """Give the verdict on the window's active pane."""
        window = self._seen[target]
        self._native[window.pane] = state
        interface = state in {ACTIVE, FRESH, IDLE, QUEUED}
        known = self._m["since"].get(window.pane)
        stays = known is not None and known[0] == window.pid and known[1] == STATES[state]
        self._verdicts[window.pane] = AgentVerdict(
            pane=window.pane,
            pid=window.pid,
            session=target.rpartition(":")[0],
            window=window.name,
            window_index=int(window.index),
            role=AgentRole.MANAGER if self._is_manager_name(self._name(window)) else AgentRole.WORKER,
            agent="claude" if interface else "unknown",
            state=STATES[state],
            detail=detail,
            since=known[2] if stays else self._clock.now(),
            why=Why(rule=rule, lines=tuple(lines)[:SHOWN_LINES]),
        )

    @staticmethod
    def _lines_with(lines: Sequence[str], words: Sequence[str]) -> tuple[str, ...]:
        return tuple(line for line in lines if any(word in line.lower() for word in words))

    @staticmethod
    def _changed_lines(before: str, after: str) -> tuple[str, ...]:
        was = set(before.split("\n"))
        return tuple(line for line in after.split("\n") if line not in was)

    def _elapsed(self, since: float | None, seconds: float) -> bool:
        return since is None or round(self._clock.now() - since, 3) >= seconds

    # ---------------------------------------------------------------------------------------- drafts

    def _try_auto_submit(self, target: str, session: str) -> None:
        """Press Enter, then Ctrl-E and Enter, then Escape and Enter, then Enter twice more.

        Also while the agent works, and in a dialog whose cursor looks like a composer (1.12).
        """
        if self._asleep or not self._was_done(f"submit_draft|{self._pane(target)}"):
            return  # an attempt that was never made stands, and the next does not follow from it
        attempts = self._m["attempts"].get(target, 0)
        if attempts >= SUBMIT_ATTEMPTS or not self._elapsed(self._m["submitted_at"].get(target), SUBMIT_GAP_S):
            return
        if self._detect_claude_state(self._capture(target)) == "fresh":
            return
        standing = self._m["intents"].get(f"submit_draft|{self._pane(target)}")
        if standing is not None and standing["undo"]["target"] != target:
            # the window has moved, and its attempts are those of its new place (#18); the ordinals go on
            self._m["draft_base"][target] = standing["fields"]["ordinal"] - attempts
        attempts += 1
        self._m["attempts"][target] = attempts
        self._m["submitted_at"][target] = self._clock.now()
        keys = {2: (Key.END_OF_LINE, Key.ENTER), 3: (Key.ESCAPE, Key.ENTER)}.get(attempts, (Key.ENTER,))
        self._keep_intent(
            "submit_draft",
            target,
            session,
            stands=QUEUED,
            acts_on=target,
            reason=f"R4.draft: {target} shows text that was not sent, attempt {attempts} of {SUBMIT_ATTEMPTS}",
            ordinal=self._m["draft_base"].get(target, 0) + attempts,
            undo={"target": target},
            keys=[str(key) for key in keys],
        )

    # ---------------------------------------------------------------------------------------- notices

    def _notify_idle(self, target: str, session: str) -> None:
        if self._asleep:
            return
        manager = self._find_pm_in_session(session)
        if manager is None or manager == target:
            return
        name = self._window_name(target)
        message = f"IDLE AGENT ALERT: agent {target} ({name}) is idle and available for work"
        self._collect(Notice.IDLE, target, session, message, IDLE)

    def _notify_fresh(self, target: str, session: str, now: float) -> None:
        if self._asleep or not self._elapsed(self._m["stamps"].get(f"fresh_{target}"), FRESH_COOLDOWN_S):
            return
        self._m["stamps"][f"fresh_{target}"] = now  # also where there is no manager to tell (1.12)
        manager = self._find_pm_in_session(session)
        if manager is None or manager == target:
            return
        name = self._window_name(target)
        message = f"FRESH AGENT ALERT: agent {target} ({name}) is ready for its first task"
        self._collect(Notice.FRESH, target, session, message, FRESH)

    def _attempt_agent_restart(self, target: str, session: str, content: str) -> bool:
        """Kill the window of a crashed agent, then tell the manager; nothing is restarted.

        False inside the cooldown, which the caller takes for a crash without any notice to a manager.
        """
        if self._asleep:
            return True
        if not self._elapsed(self._m["stamps"].get(f"restart_{target}"), RESTART_COOLDOWN_S):
            return False
        self._m["stamps"][f"restart_{target}"] = self._clock.now()
        label = self._label_failure(self._capture(target) or content)
        self._keep_intent(
            "kill_window", target, session, stands=CRASHED, acts_on=target, reason=f"R3.prompt: {target} has crashed"
        )
        self._gone.add(target)
        name = self._window_name(target)  # killed before it is reported: "Unknown" (#5)
        manager = self._find_pm_in_session(session)
        if manager is None or manager == target:
            return True
        why = f" ({label})" if label else ""
        message = f"AGENT FAILURE: agent {target} ({name}) has failed{why} and must be restarted"
        self._send_directly(Notice.CRASH, target, session, manager, message, CRASHED)
        return True

    def _notify_crash(self, target: str, session: str) -> None:
        manager = self._find_pm_in_session(session)
        if manager is None or not self._elapsed(self._m["stamps"].get(f"crash_{target}"), CRASH_COOLDOWN_S):
            return
        self._m["stamps"][f"crash_{target}"] = self._clock.now()
        self._collect(Notice.CRASH, target, session, f"CRASH ALERT: crashed agent {target} needs attention", CRASHED)

    def _notify_recovery_needed(self, target: str, session: str) -> None:
        """Notify the manager, in each cycle anew: there is no cooldown (#4)."""
        if self._asleep:
            return
        manager = self._find_pm_in_session(session)
        if manager is None:
            return
        message = f"AGENT RECOVERY NEEDED: agent {target} shows no Claude interface and must be recovered"
        self._send_directly(Notice.ERROR, target, session, manager, message, ERROR)

    def _send_directly(self, about: Notice, target: str, session: str, manager: str, message: str, stands: str) -> None:
        if not self._is_claude_interface_present(self._capture(manager, INTERFACE_LINES)):
            return
        self._tell(about, target, session, manager, message, None, stands, self._clock.now())

    def _collect(self, about: Notice, target: str, session: str, message: str, state: str) -> None:
        """Put a message into the batch for the manager, who is looked up once more; without a manager it is lost."""
        manager = self._find_pm_in_session(session)
        if manager is not None:
            queued = Queued(about, target, session, message, state, self._clock.now())
            self._batch.setdefault(manager, []).append(queued)

    def _send_collected_notifications(self) -> float:
        """Send one report a manager, then pause for a minute, whether or not anything arrived.

        The report's head called local time UTC (#16); the harness writes the heads now.
        """
        pause = False
        for manager, batch in self._batch.items():
            if not self._is_claude_interface_present(self._capture(manager, INTERFACE_LINES)):
                pause = True
                continue
            pause = pause or manager not in self._booting
            for queued in batch:
                section, entry = self._classify(queued.message)
                self._tell(queued.about, queued.agent, queued.session, manager, entry, section, queued.state, queued.at)
        return float(CONTROL_LOOP_COOLDOWN_S) if pause else 0.0

    @staticmethod
    def _classify(message: str) -> tuple[str, str]:
        """Sort a message into a section of the report by its words, and take out of it what the section shows.

        An idle agent in a window called `claude-CRASH`, or in a session with a blank in its name, leaves a heading
        without an entry (1.12), and so do the texts of the escalation (#2).
        """
        if "CRASH" in message or "FAILURE" in message:
            found = CRASHED_AGENT.search(message)
            return "crash", found[1] if found else ""
        if "FRESH AGENT ALERT" in message:
            found = NAMED_AGENT.search(message)
            return "fresh", f"{found[1]} ({found[2]})" if found else ""
        if "IDLE" in message:
            found = NAMED_AGENT.search(message)
            return "idle", f"{found[1]} ({found[2]})" if found else ""
        if "MISSING" in message or "TEAM MEMBER ALERT" in message:
            return "missing", message
        return "other", message

    # ---------------------------------------------------------------------------------------- missing agents

    def _check_missing_agents(self, agents: Sequence[str]) -> None:
        """Keep every worker ever seen; one that is gone for two minutes is missing, and never forgotten."""
        current: dict[str, set[str]] = {}
        for target in agents:
            session = target.rpartition(":")[0]
            current.setdefault(session, set()).add(target)
            name = self._window_name(target)
            if not self._is_manager_name(name):
                self._m["known"].setdefault(session, {}).setdefault(target, name)
        for session, present in current.items():  # a session that could not be listed looks empty and is left out
            missing = []
            for target in self._m["known"].get(session, {}):
                if target in present:
                    self._m["absent_since"].pop(target, None)
                    continue
                if self._elapsed(self._m["absent_since"].setdefault(target, self._clock.now()), MISSING_GRACE_S):
                    missing.append(target)
            if not missing:
                continue
            # the manager is looked for among the workers, where none can be, and so no manager ever gets a notice (#1)
            for target in self._m["known"][session]:
                if target in present:
                    self._window_name(target)
            key = f"{session}|{','.join(sorted(missing))}"
            if self._elapsed(self._m["missing_told"].get(key), MISSING_COOLDOWN_S):
                self._m["missing_told"][key] = self._clock.now()

    # ---------------------------------------------------------------------------------------- idle teams

    def _check_team_idleness(self, agents: Sequence[str]) -> None:
        sessions: dict[str, list[str]] = {}
        for target in agents:
            sessions.setdefault(target.rpartition(":")[0], []).append(target)
        for session, team in sessions.items():
            # "idle" is also what a screen without interface is called, so a team in error is an idle one (#13); a
            # manager whose name is no agent's is left out (1.12)
            if not all(
                target in self._m["idle_since"] or self._detect_claude_state(self._capture(target)) in {"fresh", "idle"}
                for target in team
            ):
                self._m["team_idle"].pop(session, None)
                for manager in [key for key in self._m["escalated"] if key.rpartition(":")[0] == session]:
                    del self._m["escalated"][manager]
                continue
            self._teams_idle.add(session)
            if self._booting and session not in self._m["team_idle"]:
                continue  # in the original a new manager was up by now; the team's time starts when it is
            started = self._m["team_idle"].setdefault(session, self._clock.now())
            manager = self._find_pm_in_session(session)
            if manager is None:
                self._list_windows(session)  # for a line in the log
                continue
            if manager in self._booting:
                continue  # it has no pane yet that could get a notice, or be killed
            minutes = int(round(self._clock.now() - started, 3) // 60)
            steps = self._m["escalated"].setdefault(manager, [])
            for step in (3, 5):
                if minutes >= step and step not in steps:
                    steps.append(step)
                    message = f"TEAM IDLE: the whole team has been idle for {step} minutes"
                    self._collect(Notice.TEAM_IDLE, manager, session, message, "team_idle")
            if minutes >= 8 and not self._was_done(f"kill_window|{self._pane(manager)}"):
                continue  # requested, and not done: it stands
            if minutes >= 8:
                self._keep_intent(
                    "kill_window",
                    manager,
                    session,
                    stands="team_idle",
                    acts_on=manager,
                    reason=f"team idle for {minutes} minutes: {manager} is replaced",
                    undo={"session": session, "started": started, "manager": manager, "steps": steps},
                )
                # killed before the report goes out, which is lost with it (1.12)
                self._gone.add(manager)
                self._m["team_idle"].pop(session, None)
                self._m["escalated"].pop(manager, None)

    # ---------------------------------------------------------------------------------------- the manager's recovery

    def _check_pm_recovery(self, agents: Sequence[str]) -> None:
        """Spawn a manager where no session has a live one: without grace, cooldown or cap."""
        found = self._find_pm_agent()
        if found is not None:
            self._deliver_pending(found)
            return
        counts: dict[str, int] = {}
        for target in agents:
            session = target.rpartition(":")[0]
            counts[session] = counts.get(session, 0) + 1
        session = max(counts, key=lambda name: counts[name])
        taken = {window.index for window in self._list_windows(session)}
        index = next(str(number) for number in range(1, len(taken) + 2) if str(number) not in taken)
        # the index is chosen before the kills, so a dead manager's index is not reused; whatever is called like a
        # manager dies, `npm-run` too (1.12)
        dying = [
            window
            for window in self._list_windows(session)
            if self._is_manager_name(self._name(window)) or window.index == index
        ]
        self._manager_missing = True
        key = f"spawn_manager|{session}"
        standing = self._m["intents"].get(key)
        rises = standing is None or (self._was_done(key) and self._elapsed(standing["fields"]["at"], MANAGER_BOOT_S))
        if rises:
            self._m["pending"] = []
        others = ", ".join(target for target in agents if target.rpartition(":")[0] == session)
        self._keep_intent(
            "spawn_manager",
            None,
            session,
            stands="no_manager",
            reason="no session has a manager with a live Claude interface",
            rises=rises,
            pane=dying[0].pane if dying else None,
            pid=dying[0].pid if dying else None,
            window_index=int(index),
            kills=[window.pane for window in dying],
            briefing=f"You replace a manager that was lost. Agents of this session: {others}",
        )
        if rises:
            # the original waited until the new manager was up before it went on
            self._gone.update(f"{session}:{window.index}" for window in dying)
            target = f"{session}:{index}"
            self._booting[target] = WindowEntry(index=index, name="Claude-pm", active=False, pane="", pid=0)
            self._capture(target, INTERFACE_LINES)

    def _deliver_pending(self, manager: str) -> None:
        """Send a manager that has come up the notices of its predecessor's last cycle."""
        pending, self._m["pending"] = self._m["pending"], []
        for notice in pending:
            mine = notice["session"] == manager.rpartition(":")[0]
            if mine and not self._elapsed(notice["at"], LINGER_S):
                self._record("notify_manager", {**notice, "target": self._pane(manager), "at": self._clock.now()})

    # ---------------------------------------------------------------------------------------- usage limits

    def _check_rate_limits(self, agents: Sequence[str]) -> dict[str, Any] | None:
        """Pause everything for the first agent that shows a usage limit (#15)."""
        for target in agents:
            try:
                content = self._capture(target)
                reset = self._limit_reset(content)
                if reset is None:
                    continue
                seconds = self._seconds_until(reset)
            except ValueError:
                continue  # minutes are not validated: `1:75pm` raises, and is ignored (1.12)
            if seconds <= 0:
                continue  # taken for stale, until it comes within four hours, today or tomorrow (1.12)
            return self._pause_for_limit(target, agents, seconds)
        return None

    @staticmethod
    def _limit_reset(content: str) -> str | None:
        words = content.lower()
        if not all(phrase in words for phrase in LIMIT_PHRASES):
            return None
        found = LIMIT_RESET.search(content)
        if found is None:
            return None
        hour = int(re.split(r"[:a-z]", found[1].lower())[0])
        return found[1] if 1 <= hour <= 12 else None

    def _seconds_until(self, reset: str) -> int:
        """Count the seconds to sleep until a time of day in UTC and two minutes more; 0 where it is taken for stale."""
        clock, half = reset[:-2], reset[-2:].lower()
        hour, _, minute = clock.partition(":")
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        hours = int(hour) % 12 + (12 if half == "pm" else 0)
        then = now.replace(hour=hours, minute=int(minute or 0), second=0, microsecond=0)
        if then <= now:
            then += timedelta(days=1)
        seconds = int((then - now).total_seconds()) + RESET_MARGIN_S
        return 0 if seconds > LONGEST_PAUSE_S else seconds

    def _pause_for_limit(self, target: str, agents: Sequence[str], seconds: int) -> dict[str, Any]:
        session, now = target.rpartition(":")[0], self._clock.now()
        limit: dict[str, Any] = {"at": now, "until": round(now + seconds, 6), "agent": target, "session": session}
        limit["manager"] = None
        limit["pane"], limit["pid"] = self._pane(target), self._pid(target)
        manager = self._find_pm_agent()  # any in any session, were it a window called `project-notes`
        if manager is not None:
            limit["manager"] = manager
            when = datetime.fromtimestamp(limit["until"], UTC)
            message = f"RATE LIMIT: {target} has reached its usage limit; monitoring pauses until {when:%H:%M:%S} UTC"
            self._send_directly(Notice.RATE_LIMIT, target, session, manager, message, "limit")
        for paused in dict.fromkeys(agent.rpartition(":")[0] for agent in agents):
            self._keep_intent(
                "pause_session",
                target if paused == session else None,
                paused,
                stands="limit",
                reason=f"usage limit of {target}",
                until=limit["until"],
            )
        self._m["limit"] = limit
        return limit

    def _resume_after_limit(self, limit: Mapping[str, Any]) -> None:
        self._m["limit"] = None
        if limit["manager"] is not None:
            message = f"RATE LIMIT: the usage limit of {limit['agent']} has been reset; monitoring goes on"
            self._send_directly(
                Notice.RATE_LIMIT, limit["agent"], limit["session"], limit["manager"], message, "resumed"
            )

    # ---------------------------------------------------------------------------------------- what it wants

    def _pane(self, target: str) -> str | None:
        window = self._seen.get(target)
        return window.pane if window is not None else None

    def _pid(self, target: str) -> int | None:
        window = self._seen.get(target)
        return window.pid if window is not None else None

    def _tell(
        self,
        about: Notice,
        target: str,
        session: str,
        manager: str,
        message: str,
        section: str | None,
        stands: str,
        at: float,
    ) -> None:
        """Request a notice to a manager. One that boots in this very cycle gets it in the next."""
        notice = {
            "kind": "notify_manager",
            "key": f"notify_manager:{about}|{self._pane(target) or target}",
            "stands": stands,
            "pane": self._pane(target),
            "pid": self._pid(target),
            "target": self._pane(manager),
            "session": session,
            "reason": f"{self._verdict_rule(target) or about}: {target}",
            "about": str(about),
            "text": " ".join(message.split()),
            "section": section,
            "at": at,
        }
        if self._asleep:
            return
        if manager in self._booting:
            self._m["pending"].append(notice)
            return
        self._record("notify_manager", notice)

    def _verdict_rule(self, target: str) -> str | None:
        verdict = self._verdicts.get(self._pane(target) or "")
        return verdict.why.rule if verdict is not None else None

    def _keep_intent(
        self,
        kind: str,
        target: str | None,
        session: str,
        *,
        stands: str,
        reason: str,
        acts_on: str | None = None,
        rises: bool = True,
        ordinal: int | None = None,
        undo: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> None:
        if self._asleep:
            return
        intent: dict[str, Any] = {
            "kind": kind,
            "key": f"{kind}|{(self._pane(target) or target) if target is not None else session}",
            "stands": stands,
            "pane": self._pane(target) if target is not None else None,
            "pid": self._pid(target) if target is not None else None,
            "target": self._pane(acts_on) if acts_on is not None else None,
            "session": session,
            "reason": reason,
            "at": self._clock.now(),
            **fields,
        }
        self._record(kind, intent, rises=rises, ordinal=ordinal, undo=undo)

    def _record(
        self,
        kind: str,
        intent: Mapping[str, Any],
        *,
        rises: bool = True,
        ordinal: int | None = None,
        undo: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep an intent: a new one, a reminder of one that stands, or the same one repeated."""
        fields = {name: value for name, value in intent.items() if name not in {"kind", "key", "stands"}}
        key, now = intent["key"], self._clock.now()
        standing = self._m["intents"].pop(key, None)
        if rises and key not in self._raised:
            ordinal, done = ordinal or self._m["ordinals"].get(key, [0, 0])[0] + 1, None
            self._raised.add(key)
        else:
            ordinal, done = self._m["ordinals"].get(key, [1, 0])[0], (standing or {}).get("done")
            fields["at"] = standing["fields"]["at"] if standing is not None else fields["at"]
        self._m["ordinals"][key] = [ordinal, now]
        self._m["intents"][key] = {
            "kind": kind,
            "stands": intent["stands"],
            "fields": {**fields, "ordinal": ordinal},
            "done": done,
            "unasked": False,
            "seen": now,
            "undo": copy.deepcopy(dict(undo)) if undo is not None else None,
        }

    def _standing_intents(self) -> tuple[Intent, ...]:
        """Drop intents that are no longer requested and return the rest, oldest first."""
        now = self._clock.now()
        panes = {window.pane for window in self._seen.values()}
        sessions = {target.rpartition(":")[0] for target in self._seen}
        for key, intent in list(self._m["intents"].items()):
            if key in self._raised or self._stands(intent, panes, now):
                intent["seen"] = self._m["ordinals"][key][1] = now
            elif (
                intent["fields"]["session"] in sessions
                or intent["kind"] != "notify_manager"
                or now - intent["seen"] >= LINGER_S
            ):
                del self._m["intents"][key]
            # else it could not see that session, so it does not know better
        self._m["ordinals"] = {key: value for key, value in self._m["ordinals"].items() if now - value[1] < FORGET_S}
        intents = []
        for intent in self._m["intents"].values():
            if not self._scope.covers(intent["fields"]["session"]):
                if intent["done"] is None:
                    self._undo(intent)
                    intent["unasked"] = True
                continue
            if intent["unasked"]:
                self._redo(intent, now)
                intent.update(done=None, unasked=False)
            intents.append(INTENTS[intent["kind"]](**intent["fields"]))
        return tuple(intents)

    def _stands(self, intent: Mapping[str, Any], panes: set[str], now: float) -> bool:
        fields, stands = intent["fields"], intent["stands"]
        if fields["target"] is not None and fields["target"] not in panes:
            return False
        match stands:
            case "team_idle":
                return fields["session"] in self._teams_idle
            case "no_manager":
                return self._manager_missing
            case "limit":
                # not the one before, where one agent's pause follows upon another's
                return self._m["limit"] is not None and fields["at"] >= self._m["limit"]["at"]
            case "resumed":
                return intent["done"] is not True and now - fields["at"] < LINGER_S
            case _:
                if fields["pane"] in panes:
                    return bool(self._native.get(fields["pane"]) == stands)
                return stands in {CRASHED, ERROR} and intent["done"] is not True and now - fields["at"] < LINGER_S

    def _learn(self, outcomes: Sequence[Outcome]) -> None:
        """Take in the outcomes of its intents: no escalation goes on from a step that was not taken."""
        by_name = {}
        for intent in self._m["intents"].values():
            fields = intent["fields"]
            name = f"{intent['kind']}:{fields['about']}" if intent["kind"] == "notify_manager" else intent["kind"]
            # actions on a session as a whole go by the session, whichever pane it began with
            pane = fields["pane"] if intent["kind"] not in WHOLE_SESSION else None
            by_name[name, pane, fields["session"], fields["ordinal"]] = intent
        for outcome in outcomes:
            pane = outcome.pane if outcome.intent_key not in WHOLE_SESSION else None
            intent = by_name.get((outcome.intent_key, pane, outcome.session, outcome.ordinal))
            if intent is None:
                continue
            if outcome.done and intent["done"] is False:
                self._redo(intent, outcome.at)
            elif not outcome.done and intent["done"] is None:
                self._undo(intent)
            intent["done"] = intent["done"] or outcome.done
            intent["unasked"] = False

    def _was_done(self, key: str) -> bool:
        """Return whether the intent was done, as far as it knows: without an outcome it assumes so."""
        return self._m["intents"].get(key, {}).get("done") is not False

    def _undo(self, intent: dict[str, Any]) -> None:
        """Take back what it believed: the attempt was not made, the manager not killed."""
        intent["done"] = False
        undo = intent["undo"]
        if intent["kind"] == "submit_draft":
            self._m["attempts"][undo["target"]] = max(0, self._m["attempts"].get(undo["target"], 0) - 1)
        elif undo is not None:
            self._m["team_idle"][undo["session"]] = undo["started"]
            self._m["escalated"][undo["manager"]] = undo["steps"]

    def _redo(self, intent: dict[str, Any], at: float) -> None:
        """Take a step that was held after all, at this instant."""
        undo = intent["undo"]
        if intent["kind"] == "submit_draft":
            self._m["attempts"][undo["target"]] = self._m["attempts"].get(undo["target"], 0) + 1
            self._m["submitted_at"][undo["target"]] = at
        elif intent["kind"] == "spawn_manager":
            intent["fields"]["at"] = at
        elif undo is not None:
            self._m["team_idle"].pop(undo["session"], None)
            self._m["escalated"].pop(undo["manager"], None)

    def _remember_since(self) -> None:
        self._m["since"] = {
            pane: [verdict.pid, str(verdict.state), verdict.since] for pane, verdict in self._verdicts.items()
        }

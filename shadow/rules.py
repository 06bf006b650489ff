"""When two monitors want the same act, when a bout counts, and when it is settled: all in seconds, all the plan's."""

from __future__ import annotations

from understudy.record import Record


class Windows(Record):
    """How far apart two monitors may want the same act, by kind, in seconds."""

    notice_s: float = 30.0
    draft_s: float = 15.0
    kill_s: float = 60.0
    """Also for `spawn_manager`, and for every kind that has no window of its own."""
    looks: int = 0
    """So many looks each of them lasts at least, however far apart looks are; 0 for seconds alone."""

    def at_pace(self, pace_s: float) -> Windows:
        """The same where a look comes every so many seconds."""
        least = self.looks * pace_s
        if least <= min(self.notice_s, self.draft_s, self.kill_s):
            return self
        seconds = {name: max(getattr(self, name), least) for name in ("notice_s", "draft_s", "kill_s")}
        return self.model_copy(update=seconds)

    def of(self, intent_key: str) -> float:
        """The window of an intent, as `understudy.intents.intent_key` names it."""
        if intent_key.startswith("notify_manager"):
            return self.notice_s
        return self.draft_s if intent_key == "submit_draft" else self.kill_s

    @property
    def widest(self) -> float:
        """The longest of them."""
        return max(self.notice_s, self.draft_s, self.kill_s)


class BoutRules(Record):
    """When a bout counts and when it is settled, in seconds."""

    settle_s: float = 60.0
    """After it ended; where a window is wider, that, since an act may still be answered."""
    at_latest_s: float = 600.0
    """After it began."""
    repeat_s: float = 600.0
    """A pane and a fingerprint count once in this time."""
    still_s: float = 45.0
    """A screen that stood still for so long, in a bout, was not busy (`shadow.hindsight`)."""
    sample: float = 0.1
    """The share of the agreements that hindsight looks at, too: both may be wrong."""
    windows: Windows = Windows()

    @property
    def settling_s(self) -> float:
        """How long after its end a bout is settled."""
        return max(self.settle_s, self.windows.widest)

    def at_pace(self, pace_s: float) -> BoutRules:
        """The same where a look comes every so many seconds: nothing is settled that may still be answered."""
        windows = self.windows.at_pace(pace_s)
        if windows is self.windows:
            return self
        paced = self.model_copy(update={"windows": windows})
        return paced.model_copy(update={"at_latest_s": max(self.at_latest_s, paced.settling_s + pace_s)})

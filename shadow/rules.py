"""Times of the plan, in seconds: windows of equal actions, and when a bout counts and is settled."""

from __future__ import annotations

from understudy.record import Record


class Windows(Record):
    """Seconds by which two monitors may differ in requesting the same action, by kind."""

    notice_s: float = 30.0
    draft_s: float = 15.0
    kill_s: float = 60.0
    """Also for `spawn_manager`, and for every kind that has no window of its own."""
    looks: int = 0
    """Looks that each window lasts at least, however far apart looks are; 0 for seconds alone."""

    def at_pace(self, pace_s: float) -> Windows:
        """The same windows for a pace of so many seconds a look."""
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
        """The longest window."""
        return max(self.notice_s, self.draft_s, self.kill_s)


class BoutRules(Record):
    """The times at which a bout counts and is settled, in seconds."""

    settle_s: float = 60.0
    """Seconds after the bout ended; or a wider window of an action, since the other monitor may still request it."""
    at_latest_s: float = 600.0
    """Seconds after the bout began."""
    repeat_s: float = 600.0
    """A pane and a fingerprint count once in these seconds."""
    still_s: float = 45.0
    """A screen that stood still for so many seconds, in a bout, was not busy (`shadow.hindsight`)."""
    sample: float = 0.1
    """The share of the agreements that hindsight examines: both monitors may be wrong."""
    windows: Windows = Windows()

    @property
    def settling_s(self) -> float:
        """Seconds after its end at which a bout is settled."""
        return max(self.settle_s, self.windows.widest)

    def at_pace(self, pace_s: float) -> BoutRules:
        """The same rules for a pace in seconds a look: a bout is not settled while an action may still follow."""
        windows = self.windows.at_pace(pace_s)
        if windows is self.windows:
            return self
        paced = self.model_copy(update={"windows": windows})
        return paced.model_copy(update={"at_latest_s": max(self.at_latest_s, paced.settling_s + pace_s)})

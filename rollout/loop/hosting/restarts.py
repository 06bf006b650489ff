"""The restarts of a monitor: when one that ended may start again, and when it counts as a crash loop. Pure."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """The limits of restarts. Times in seconds."""

    first_s: float = 0.5
    """Pause after a first end; it doubles with each further one."""
    most_s: float = 60.0
    steady_after: int = 3
    """Good answers in a row after which an end counts as the first one again."""
    loop_ends: int = 5
    """So many ends..."""
    loop_window_s: float = 300.0
    """...within so many seconds are a crash loop."""


@dataclass(frozen=True, slots=True)
class Restarts:
    """A process's history of ends."""

    policy: RestartPolicy = RestartPolicy()
    in_a_row: int = 0
    good: int = 0
    due_at: float = 0.0
    """Not to be started before this instant."""
    ends: tuple[float, ...] = ()

    def ended(self, now: float) -> "Restarts":
        """It ended, or had to be ended."""
        pause = min(self.policy.most_s, self.policy.first_s * 2**self.in_a_row)
        recent = tuple(at for at in self.ends if at > now - self.policy.loop_window_s)
        return replace(self, in_a_row=self.in_a_row + 1, good=0, due_at=now + pause, ends=(*recent, now))

    def answered(self) -> "Restarts":
        """It gave a good answer."""
        if self.good + 1 < self.policy.steady_after:
            return replace(self, good=self.good + 1)
        return replace(self, good=self.good + 1, in_a_row=0)

    def looping(self, now: float) -> bool:
        """Whether its ends have become a crash loop."""
        return sum(at > now - self.policy.loop_window_s for at in self.ends) >= self.policy.loop_ends

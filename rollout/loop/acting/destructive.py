"""Deliveries that cannot be taken back: a draft sent, a window killed, a manager replaced."""

from collections.abc import Callable
from dataclasses import dataclass

from rollout.loop.acting.deliveries import Delivery
from rollout.loop.acting.delivery_ports import ActuatorPort, Guards
from rollout.loop.acting.our_drafts import alone
from tmuxio.acting.actuator import ActionResult, Guard
from tmuxio.acting.composer import ComposerReader
from tmuxio.acting.line_typing import OnlyThisLine
from understudy.intents import Key, SpawnManager, SubmitDraft


@dataclass(frozen=True, slots=True)
class DestructiveActions:
    """Makes them with a guard each; the result says whether it is certain that nothing was touched."""

    actuator: ActuatorPort
    guards: Guards
    composer: ComposerReader
    line_of: Callable[[str], str | None]
    """Tells the message that carries a token, as it was typed."""
    wait: Callable[[], bool]
    """Waits a moment; True where the harness is about to end."""
    elapsed: Callable[[], float]
    """A clock that nothing sets."""
    spawn_command: str | None = None
    boot_s: float = 90.0

    def make(self, delivery: Delivery) -> ActionResult:
        """Make one delivery; where it was done, `why` says what is left undone, if anything."""
        intent, guard = delivery.intent, self.guards.of(delivery)
        if isinstance(intent, SpawnManager):
            return self._replace(delivery, intent, guard)
        if delivery.target is None or delivery.target_pid is None:
            return ActionResult(done=False, why=f"nobody knows the process of pane {delivery.target}")
        if isinstance(intent, SubmitDraft):
            guard = alone(self.composer, self.line_of, guard)
            return self.actuator.press(delivery.target, delivery.target_pid, intent.keys, guard=guard)
        return self.actuator.kill_window(delivery.target, delivery.target_pid, guard=guard)

    def _replace(self, delivery: Delivery, intent: SpawnManager, guard: Guard) -> ActionResult:
        """Kill what the new manager replaces, start it, and brief it once it is up."""
        if self.spawn_command is None:
            return ActionResult(done=False, why="no command is set that starts a manager (spawn_command)")
        if unknown := [pane for pane in intent.kills if pane not in delivery.kill_pids]:
            return ActionResult(done=False, why=f"nobody knows the process of pane {', '.join(unknown)}")
        for pane in intent.kills:
            killed = self.actuator.kill_window(pane, delivery.kill_pids[pane], guard=guard)
            if not killed.done:
                return killed
        made = self.actuator.spawn(intent.session, intent.window_index, intent.window_name, self.spawn_command)
        if intent.kills and not made.done and made.certain and "in use" in made.why:
            # the window of the old manager stays where somebody split it: the new one gets another
            made = self.actuator.spawn(intent.session, None, intent.window_name, self.spawn_command)
        if not made.done or made.pane is None or made.pid is None or not intent.briefing:
            return made
        return ActionResult(done=True, why=self._brief(made.pane, made.pid, f"{delivery.token} {intent.briefing}"))

    def _brief(self, pane: str, pid: int, text: str) -> str:
        """Tell a new manager what it is there for; returns why that could not be done, "" where it was."""
        guard, until = self.guards.for_briefing(), self.elapsed() + self.boot_s
        told = self.actuator.type_line(pane, pid, text, guard=guard)
        while not told.done:
            if not told.certain or self.elapsed() >= until or self.wait():
                return f"it was started, but not briefed: {told.why}"
            if told.typed:  # never twice: it stands there, or will
                only = OnlyThisLine(text, self.composer, guard)
                sent = self.actuator.press(pane, pid, (Key.ENTER,), guard=only)
                told = sent if sent.done else told
            else:
                told = self.actuator.type_line(pane, pid, text, guard=guard)
        return ""

"""What an actor can play, and the parts made of it: timelines of (seconds, scene), as data."""

from enum import StrEnum
from typing import Final, NamedTuple


class Scene(StrEnum):
    """One thing that the screen of an agent CLI can show."""

    FRESH = "fresh"
    """Just started, never asked anything."""
    WORKING = "working"
    """A turn runs: the spinner and its counter move, the answer streams."""
    SCROLLING = "scrolling"
    """A turn runs and a tool prints more than the screen holds."""
    IDLE = "idle"
    """The turn is over, the composer is empty."""
    PLACEHOLDER = "placeholder"
    """As idle, with a suggestion in dim type in the composer."""
    DRAFT = "draft"
    """Typed text sits in the composer; nobody has sent it."""
    APPROVAL = "approval"
    """A dialog waits for a person."""
    API_ERROR = "api_error"
    """The turn ended in an error of the service."""
    RATE_LIMIT = "rate_limit"
    """A usage limit is reached; it says when it ends."""
    TALK = "talk"
    """Idle, below an answer that talks about crashes and limits."""
    LISTENING = "listening"
    """A manager at its composer: what is typed to it is answered at once."""
    GONE = "gone"
    """The program leaves; the shell that it was started from is in front."""


class Cue(NamedTuple):
    """Play this scene for so many seconds."""

    seconds: float
    scene: Scene


class Part(NamedTuple):
    """What one actor plays, over and over."""

    cli: str
    """The look: a name of `actors.looks.LOOKS`."""
    cues: tuple[Cue, ...]
    jitter: float = 0.1
    """Each cue lasts up to this share longer or shorter; which, the seed decides."""


def _part(cli: str, *cues: tuple[float, Scene], jitter: float = 0.1) -> Part:
    return Part(cli, tuple(Cue(seconds, scene) for seconds, scene in cues), jitter)


FOREVER: Final = 1e9
"""Seconds: longer than any demo."""

# A state is held for three looks of the demo's loop (1.2 s each) or longer: shorter ones are seen by luck.
PARTS: Final[dict[str, Part]] = {
    "manager": _part("claude", (FOREVER, Scene.LISTENING)),
    "steady": _part("claude", (3.6, Scene.WORKING), (3.7, Scene.IDLE)),
    "steady-codex": _part("codex", (3.6, Scene.WORKING), (3.7, Scene.IDLE)),
    "brittle": _part("claude", (3.0, Scene.WORKING), (4.2, Scene.GONE), jitter=0.05),
    "hasty": _part("claude", (1.0, Scene.WORKING), (0.5, Scene.GONE)),
    "drafter": _part("claude", (6.0, Scene.WORKING), (24.0, Scene.DRAFT), (5.0, Scene.IDLE)),
    "asker": _part("claude", (6.0, Scene.WORKING), (30.0, Scene.APPROVAL)),
    "newcomer": _part("claude", (40.0, Scene.FRESH), (8.0, Scene.WORKING)),
    "suggester": _part("claude", (8.0, Scene.WORKING), (16.0, Scene.PLACEHOLDER)),
    "unlucky": _part("claude", (7.0, Scene.WORKING), (20.0, Scene.API_ERROR)),
    "limited": _part("claude", (9.0, Scene.WORKING), (60.0, Scene.RATE_LIMIT)),
    "chatty": _part("claude", (9.0, Scene.SCROLLING), (9.0, Scene.TALK), (8.0, Scene.WORKING), (8.0, Scene.IDLE)),
}
"""The parts by name."""
# One scene without end under its own name, to look at it or to test against it; a shell is the absence of an actor.
PARTS.update({scene.value: _part("claude", (FOREVER, scene)) for scene in Scene if scene is not Scene.GONE})
PARTS.update({f"{scene.value}-codex": _part("codex", (FOREVER, scene)) for scene in Scene if scene is not Scene.GONE})

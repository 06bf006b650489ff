"""What an actor can play, and the parts made of it: timelines of (seconds, scene), as data."""

from enum import StrEnum
from typing import Final, NamedTuple


class ActorScene(StrEnum):
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
    MANAGING = "managing"
    """A manager at work: its turn never ends, and what is typed to it meanwhile is taken into the transcript."""
    GONE = "gone"
    """The program leaves; the shell that it was started from is in front."""


class Cue(NamedTuple):
    """Play this scene for so many seconds."""

    seconds: float
    scene: ActorScene


class ActorPart(NamedTuple):
    """What one actor plays, over and over."""

    cli: str
    """The look: a name of `actors.looks.LOOKS`."""
    cues: tuple[Cue, ...]
    jitter: float = 0.1
    """Each cue lasts up to this share longer or shorter; which, the seed decides."""


def _part(cli: str, *cues: tuple[float, ActorScene], jitter: float = 0.1) -> ActorPart:
    return ActorPart(cli, tuple(Cue(seconds, scene) for seconds, scene in cues), jitter)


FOREVER: Final = 1e9
"""Seconds: longer than any demo."""

# A tape lasts almost as long as the second between two looks of the demo, so most changes happen in mid-tape. A turn
# that ends above a composer box is then still moving to one monitor and over to the other, which says nothing about
# either. Hence: whoever changes, changes on a screen on which both see it alike; whoever shows what they differ in,
# stays in it.
PARTS: Final[dict[str, ActorPart]] = {
    "manager": _part("claude", (FOREVER, ActorScene.MANAGING)),
    "steady": _part("codex", (3.5, ActorScene.WORKING), (3.5, ActorScene.IDLE)),
    "brittle": _part("claude", (2.1, ActorScene.WORKING), (3.1, ActorScene.GONE), jitter=0.05),
    "fleeting": _part("claude", (2.1, ActorScene.WORKING), (0.6, ActorScene.GONE), jitter=0.05),
    "hasty": _part("claude", (1.0, ActorScene.WORKING), (0.5, ActorScene.GONE)),
    "drafter": _part("codex", (6.0, ActorScene.WORKING), (16.0, ActorScene.DRAFT), (6.0, ActorScene.IDLE)),
    "chatty": _part(
        "codex", (9.0, ActorScene.SCROLLING), (9.0, ActorScene.TALK), (8.0, ActorScene.WORKING), (8.0, ActorScene.IDLE)
    ),
    "asker": _part("claude", (FOREVER, ActorScene.APPROVAL)),
    "newcomer": _part("claude", (FOREVER, ActorScene.FRESH)),
    "suggester": _part("claude", (FOREVER, ActorScene.PLACEHOLDER)),
    "unlucky": _part("claude", (FOREVER, ActorScene.API_ERROR)),
    "limited": _part("claude", (FOREVER, ActorScene.RATE_LIMIT)),
}
"""The parts by name."""
# One scene without end under its own name, to look at it or to test against it; a shell is the absence of an actor.
PARTS.update({scene.value: _part("claude", (FOREVER, scene)) for scene in ActorScene if scene is not ActorScene.GONE})
PARTS.update(
    {f"{scene.value}-codex": _part("codex", (FOREVER, scene)) for scene in ActorScene if scene is not ActorScene.GONE}
)

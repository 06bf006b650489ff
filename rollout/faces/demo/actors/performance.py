"""The performance of one actor: the scene that is on, its transcript and its composer. Time and keys are arguments."""

import zlib
from enum import StrEnum
from typing import Final, NamedTuple

from rollout.faces.demo.actors import lines
from rollout.faces.demo.actors.scenes import ActorPart, ActorScene

BEAT_S: Final = 0.2
"""Seconds between two pictures of a moving scene: shorter than the gap of a tape's frames."""
WORK_S: Final = 4.0
"""Seconds of a turn that a person's Enter began."""
_KEPT: Final = 60
"""Entries of transcript that are remembered; more than fit any screen."""
_WORKS: Final = frozenset({ActorScene.WORKING, ActorScene.SCROLLING})
_DIALOG_KEYS: Final = frozenset("\r\n1yY")


class Kind(StrEnum):
    """The kind of a transcript line."""

    PROMPT = "prompt"
    TOOL = "tool"
    RESULT = "result"
    ANSWER = "answer"
    ERROR = "error"


class TranscriptEntry(NamedTuple):
    """One entry of the transcript."""

    kind: Kind
    text: str


class View(NamedTuple):
    """Everything a look needs in order to paint one screen."""

    scene: ActorScene
    transcript: tuple[TranscriptEntry, ...]
    composer: str
    busy: bool
    beat: int
    """Beats since the turn began."""


class _Turn(NamedTuple):
    began: float
    until: float
    topic: lines.Topic


class Performance:
    """Plays a part; everything it shows follows from the part, the seed, the time and the keys."""

    def __init__(self, part: ActorPart, seed: int, now: float, *, reset_hour: int = 0) -> None:
        self._part = part
        self._seed = seed
        self._reset_hour = reset_hour
        self._cue = -1
        self._cue_ends = now
        self._turns = seed
        self._turn: _Turn | None = None
        self._entries: list[TranscriptEntry] = []
        self.scene = part.cues[0].scene
        self.composer = ""
        self.dialog_keys = 0
        """Keys that reached an approval dialog."""
        self.advance(now)

    def advance(self, now: float) -> None:
        """Let time pass until now: end turns, enter the next scenes."""
        while now >= self._cue_ends:
            self._end_turn()
            self._cue += 1
            cue = self._part.cues[self._cue % len(self._part.cues)]
            began = self._cue_ends
            self._cue_ends = began + cue.seconds * self._stretch()
            self._enter(cue.scene, began)
        if self._turn is not None and now >= self._turn.until:
            self._end_turn()

    def type(self, text: str, now: float) -> None:
        """Take keys as the CLI would: into the composer, or into the dialog."""
        for key in text:
            if self.scene is ActorScene.APPROVAL:
                self._answer_dialog(key, now)
            elif key in "\r\n":
                self._submit(now)
            elif key in "\x7f\b":
                self.composer = self.composer[:-1]
            elif key in "\x15\x03":
                self.composer = ""
            elif key.isprintable():
                self.composer += key

    def view(self, now: float) -> View:
        """Tell what is to be painted."""
        shown = list(self._entries)
        beat = 0
        if self._turn is not None:
            beat = max(0, int((now - self._turn.began) / BEAT_S))
            shown += self._streaming(self._turn, beat)
        return View(self.scene, tuple(shown[-_KEPT:]), self.composer, self._turn is not None, beat)

    def wait_s(self, now: float) -> float:
        """Return the seconds until there may be something new to paint."""
        due = self._cue_ends if self._turn is None else min(self._cue_ends, now + BEAT_S, self._turn.until)
        return min(max(due - now, 0.01), 1.0)

    @property
    def over(self) -> bool:
        """Return whether the program leaves now."""
        return self.scene is ActorScene.GONE

    @property
    def gone_s(self) -> float:
        """Return the seconds that it stays away."""
        return self._part.cues[self._cue % len(self._part.cues)].seconds * self._stretch()

    def _stretch(self) -> float:
        # crc32 and not `random`: an actor's whole start has to fit between two frames of a tape
        share = zlib.crc32(f"{self._seed}:{self._cue}".encode()) / 0xFFFFFFFF
        return 1.0 + self._part.jitter * (2 * share - 1)

    def _enter(self, scene: ActorScene, now: float) -> None:
        self.scene = scene
        self.composer = ""
        if scene in _WORKS:
            self._begin_turn(self._next_topic(), now, self._cue_ends)
        elif scene is ActorScene.MANAGING:
            self._turn = _Turn(now, self._cue_ends, lines.MANAGING)
        elif scene is ActorScene.FRESH:
            self._entries.clear()
        elif scene is ActorScene.DRAFT:
            self.composer = lines.DRAFT
        elif scene is ActorScene.TALK:
            self._say(Kind.PROMPT, "what went wrong last night?")
            self._say(Kind.ANSWER, " ".join(lines.CRASH_TALK))
        elif scene is ActorScene.API_ERROR:
            self._say(Kind.PROMPT, self._next_topic().prompt)
            self._say(Kind.ERROR, lines.API_ERROR)
        elif scene is ActorScene.RATE_LIMIT:
            self._say(Kind.PROMPT, self._next_topic().prompt)
            self._say(Kind.ERROR, lines.rate_limit(self._reset_hour))

    def _next_topic(self) -> lines.Topic:
        self._turns += 1
        return lines.TOPICS[self._turns % len(lines.TOPICS)]

    def _begin_turn(self, topic: lines.Topic, began: float, until: float) -> None:
        self._say(Kind.PROMPT, topic.prompt)
        self._turn = _Turn(began, until, topic)

    def _streaming(self, turn: _Turn, beat: int) -> list[TranscriptEntry]:
        if self.scene is ActorScene.MANAGING:
            return []
        tool = [TranscriptEntry(Kind.TOOL, turn.topic.tool)]
        if self.scene is ActorScene.SCROLLING:
            return tool + [
                TranscriptEntry(Kind.RESULT, lines.output_line(n)) for n in range(max(0, beat * 3 - _KEPT), beat * 3)
            ]
        if beat < 4:  # noqa: PLR2004 - the tool takes its time
            return tool
        words = turn.topic.answer.split()[: beat - 3]
        return [*tool, TranscriptEntry(Kind.RESULT, turn.topic.found), TranscriptEntry(Kind.ANSWER, " ".join(words))]

    def _end_turn(self) -> None:
        if (turn := self._turn) is None:
            return
        self._turn = None
        self._say(Kind.TOOL, turn.topic.tool)
        self._say(Kind.RESULT, turn.topic.found)
        self._say(Kind.ANSWER, turn.topic.answer)

    def _submit(self, now: float) -> None:
        if not (text := self.composer.strip()):
            return
        self.composer = ""
        if self.scene is ActorScene.MANAGING:
            self._say(Kind.PROMPT, text)
            self._say(Kind.ANSWER, lines.NOTED)
            return
        self._end_turn()
        known = lines.TOPICS[self._turns % len(lines.TOPICS)]
        self._begin_turn(lines.Topic(text, known.tool, known.found, known.answer), now, now + WORK_S)

    def _answer_dialog(self, key: str, now: float) -> None:
        self.dialog_keys += 1
        if key in _DIALOG_KEYS:
            self.scene = ActorScene.WORKING
            self._begin_turn(self._next_topic(), now, self._cue_ends)

    def _say(self, kind: Kind, text: str) -> None:
        self._entries.append(TranscriptEntry(kind, text))
        del self._entries[:-_KEPT]

"""An Unleash server as the source of the flags."""

from contextlib import suppress
from pathlib import Path

from rollout.store.flags.faults import BadFlags
from rollout.store.flags.port import MAX_AGE_S, FlagReading, FlagsUnreachable, HeldExposure, RevisionMoved
from rollout.store.flags.unleash.following import PATIENCE_S, Follower
from rollout.store.flags.unleash.strategy import ExposureSwitch, FlagPlace
from rollout.store.flags.unleash.transport import UnleashTransport

_ATTEMPTS = 3


class FlagsServer:
    """The flags of one environment of a server: two transports, since who may look need not be able to move."""

    def __init__(
        self,
        backend: UnleashTransport,
        admin: UnleashTransport | None,
        place: FlagPlace,
        copy: Path,
        *,
        max_age_s: float = MAX_AGE_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Follow through `backend` and write through `admin`, where there is one.

        `copy` is the file in which the last good flags outlive a restart.
        """
        self._follower = Follower(backend, place.environment, copy, max_age_s=max_age_s, patience_s=patience_s)
        self._lever = ExposureSwitch(admin, place) if admin else None

    def follow(self, now: float) -> FlagReading:
        """Ask the server, and wait a moment for it."""
        return self._follower.follow(now)

    def held(self) -> HeldExposure:
        """Ask the server's store."""
        return self._hand().read().held

    def write_exposure(self, percent: int, expected: HeldExposure | None = None) -> HeldExposure:
        """Patch the strategy; without `expected` whatever it is, or switch the flag off where nothing else helps."""
        hand = self._hand()
        if expected is not None:
            found = hand.read()
            if found.held != expected:
                raise RevisionMoved(expected, found.held)
            return hand.move(percent, found)
        try:
            for _ in range(_ATTEMPTS - 1):
                with suppress(RevisionMoved):  # somebody was faster: once more, on top of that
                    return hand.move(percent, hand.read())
            return hand.move(percent, hand.read())
        except BadFlags:
            if percent:
                raise
            return hand.turn_off()

    def _hand(self) -> ExposureSwitch:
        if self._lever is None:
            raise FlagsUnreachable(
                "there is no token that may write the flags: set UNDERSTUDY_UNLEASH_ADMIN_TOKEN, "
                "or name its file with unleash_admin_token_file"
            )
        return self._lever

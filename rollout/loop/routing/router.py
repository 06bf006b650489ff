"""The router: who owns which session in this lease, and do both monitors look? Any doubt routes to the incumbent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rollout.loop.monitor_role import MonitorRole
from rollout.loop.routing.flag_source import FlagSource, UnleashSource
from rollout.loop.routing.lease import Lease, due, lease_of
from rollout.store.flags import CANDIDATE, SHADOW, Flags, FlagsDocument


@dataclass(frozen=True, slots=True)
class Routing:
    """How one cycle is routed."""

    owners: Mapping[str, MonitorRole]
    """By session."""
    leases: Mapping[str, Lease] = field(default_factory=dict)
    """By session."""
    due: frozenset[str] = frozenset()
    """Sessions whose lease hashes to the candidate at the exposure that the ledger wants."""
    shadow: bool = False
    """Whether both watch the same tape."""
    exposure_percent: int = 0
    """The share that rules: the smaller one of what the flag says and what the ledger wants."""
    shadow_percent: int = 0
    revision: int | None = None
    """Of the flags that were followed; None where there were none."""
    drift: str = ""
    """How flag and ledger differ; empty where they agree. It holds the rollout."""
    reasons: tuple[str, ...] = ()
    """Every doubt of this cycle, in sentences."""

    @property
    def exposure(self) -> tuple[tuple[str, bool], ...]:
        """The leases that are due, by name, and whether the candidate owns each: what the judge's lease book notes."""
        return tuple((self.leases[name].name, self.owners[name] is MonitorRole.CANDIDATE) for name in sorted(self.due))


class Router:
    """Routes cycle by cycle, after the flags as they are at that moment."""

    def __init__(
        self, flags: Flags, *, lease_s: float, slots_from: float = 0.0, source: FlagSource | None = None
    ) -> None:
        """Route after flags.

        Args:
            flags: Whoever holds them; asked again in every cycle.
            lease_s: Length of a lease, in seconds.
            slots_from: From when slots are counted, in seconds since the epoch.
            source: Who answers for the flags; by default Unleash's own client.
        """
        self._flags = flags
        self._lease_s = lease_s
        self._slots_from = slots_from
        self._source: FlagSource = source or UnleashSource()

    def route(self, sessions: Iterable[str], now: float, cycle_id: str, wanted_percent: int) -> Routing:
        """Say for every session who owns it at `now`, seconds since the epoch; never raises.

        `wanted_percent` is the exposure that the ledger wants. Where the flag says otherwise the smaller one rules.
        """
        leases = {name: lease_of(name, now, self._lease_s, self._slots_from) for name in sessions}
        followed = self._flags.follow(now)
        document, doubts = followed.document, (followed.doubt,) if followed.doubt else ()
        if document is None:
            return _incumbent(leases, (*doubts, "the incumbent owns every session until they can be read"))
        try:
            return self._routed(document, leases, cycle_id, wanted_percent, doubts)
        except Exception as error:  # noqa: BLE001 - whatever the SDK raises, looking goes on with the incumbent
            text = f"the flags could not be evaluated ({type(error).__name__}: {error})"
            return _incumbent(leases, (*doubts, f"{text}: the incumbent owns every session in this cycle"))

    def _routed(
        self,
        document: FlagsDocument,
        leases: Mapping[str, Lease],
        cycle_id: str,
        wanted_percent: int,
        doubts: tuple[str, ...],
    ) -> Routing:
        self._source.load(document.text)
        share = document.candidate
        ruling = min(share.percent, wanted_percent)
        owners: dict[str, MonitorRole] = {}
        owed: set[str] = set()
        unknown: list[str] = []
        for session, lease in leases.items():
            context = {"lease": lease.name, "session": session, "cycleId": cycle_id}
            on = self._source.request(CANDIDATE, context)
            if on is None:
                unknown.append(session)
            value = context[share.stickiness]
            # the SDK knows the flag and not the ledger; a larger share holds every smaller one
            owners[session] = MonitorRole.CANDIDATE if on and due(value, ruling, share.group) else MonitorRole.INCUMBENT
            if due(value, wanted_percent, share.group) and (on or not share.narrowed):
                owed.add(session)
        shadow = self._source.request(SHADOW, {"cycleId": cycle_id})
        if unknown:
            doubts = (*doubts, f"nobody knows the flag {CANDIDATE}: the incumbent owns {', '.join(sorted(unknown))}")
        if shadow is None:
            doubts = (*doubts, f"nobody knows the flag {SHADOW}: nothing is shadowed in this cycle")
        return Routing(
            owners=owners,
            leases=leases,
            due=frozenset(owed),
            shadow=bool(shadow),
            exposure_percent=ruling,
            shadow_percent=document.shadow.percent,
            revision=document.revision,
            drift="; ".join((*filter(None, (_drift(document, wanted_percent),)), *doubts)),
            reasons=doubts,
        )


def _drift(document: FlagsDocument, wanted_percent: int) -> str:
    percent = document.candidate.percent
    if percent == wanted_percent:
        return ""
    off = "" if document.candidate.enabled else " (it is switched off)"
    return f"the flag says {percent} %{off} and the ledger wants {wanted_percent} %"


def _incumbent(leases: Mapping[str, Lease], reasons: tuple[str, ...]) -> Routing:
    return Routing(
        owners=dict.fromkeys(leases, MonitorRole.INCUMBENT), leases=leases, drift="; ".join(reasons), reasons=reasons
    )

"""A checked flags file: its routing flags."""

from dataclasses import dataclass, field
from typing import Any

from rollout.store.flags.faults import BadFlags, load_json
from rollout.store.flags.validate import CANDIDATE, SHADOW, faults_of


@dataclass(frozen=True, slots=True)
class Share:
    """One routing flag: its share, and the property that it is sticky on."""

    enabled: bool
    rollout: int
    """Percent, as the strategy has it."""
    stickiness: str
    """`lease`, `session` or `cycleId`."""
    group: str
    narrowed: bool = False
    """True if constraints, segments or a parent flag may exclude a session that the share would include."""

    @property
    def percent(self) -> int:
        """Percent as it takes effect: nothing where the flag is switched off."""
        return self.rollout if self.enabled else 0


@dataclass(frozen=True, slots=True)
class FlagsDocument:
    """A whole, valid flags file."""

    text: str
    """As the SDK gets it."""
    revision: int
    """Counts the writes of this program: what compare-and-set compares."""
    candidate: Share
    shadow: Share
    body: dict[str, Any] = field(repr=False, compare=False)


def parse_flags(text: str, source: str = "flags.json") -> FlagsDocument:
    """Check and read a flags file; raises `BadFlags` with every fault, its JSON path and its remedy."""
    body, fault = load_json(text)
    faults = (fault,) if fault is not None else tuple(faults_of(body))
    if faults:
        raise BadFlags(source, faults)
    return FlagsDocument(
        text=text,
        revision=body.get("meta", {}).get("revisionId", 0),
        candidate=_share(body, CANDIDATE),
        shadow=_share(body, SHADOW),
        body=body,
    )


def feature(body: dict[str, Any], name: str) -> dict[str, Any]:
    """One flag of a valid file."""
    return next(found for found in body["features"] if found["name"] == name)


def _share(body: dict[str, Any], name: str) -> Share:
    flag = feature(body, name)
    strategy = flag["strategies"][0]
    parameters = strategy["parameters"]
    return Share(
        enabled=flag["enabled"],
        rollout=int(parameters["rollout"]),
        stickiness=parameters["stickiness"],
        group=parameters["groupId"],
        narrowed=bool(strategy.get("constraints") or strategy.get("segments") or flag.get("dependencies")),
    )

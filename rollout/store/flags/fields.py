"""The highest share, and fields that nothing here reads, but whose wrong type makes the SDK drop the whole file."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from rollout.store.flags.faults import Fault, said

HIGHEST_PERCENT: Final = 100

Right = tuple[Callable[[Any], bool], str]


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


TEXT: Final[Right] = (lambda value: isinstance(value, str), "a text")
FLAG: Final[Right] = (lambda value: isinstance(value, bool), "true or false")
WHOLE: Final[Right] = (_is_int, "a whole number")
TEXTS: Final[Right] = (_is_texts, "a list of texts")
OBJECT: Final[Right] = (lambda value: isinstance(value, Mapping), "an object")
NO_VARIANTS: Final[Right] = (lambda value: value == [], "an empty list: nothing here is routed by variants")

OF_THE_FILE: Final = {"query": OBJECT}
OF_META: Final = {"etag": TEXT, "queryHash": TEXT}
OF_A_FLAG: Final = {
    "description": TEXT,
    "type": TEXT,
    "project": TEXT,
    "stale": FLAG,
    "impressionData": FLAG,
    "variants": NO_VARIANTS,
    "createdAt": TEXT,
    "lastSeenAt": TEXT,
}
OF_A_PARENT: Final = {"enabled": FLAG, "variants": TEXTS}
OF_A_STRATEGY: Final = {"sortOrder": WHOLE, "variants": NO_VARIANTS}
OF_A_CONSTRAINT: Final = {"values": TEXTS, "value": TEXT, "inverted": FLAG, "caseInsensitive": FLAG}


def wrong_types(path: str, found: Mapping[str, Any], fields: Mapping[str, Right]) -> Iterator[Fault]:
    """Find the fields of one object that are there and of another type than Unleash writes."""
    for name, (right, what) in fields.items():
        if name in found and not right(found[name]):
            yield Fault(
                f"{path}.{name}", f"must be {what}, but is {said(found[name])}", f"write {what}, or take it out"
            )

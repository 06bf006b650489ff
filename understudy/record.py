"""The base of every record of this package: frozen, closed, and with instants that people can read."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

SCHEMA_VERSION: Final = 1
"""The one version of the JSON format that this build writes; it reads no other."""


class Record(BaseModel):
    """A frozen record that crosses a boundary; an unknown key in its JSON is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, validate_by_name=True)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with other values in the named fields.

        Nothing is validated; mypy holds names and types against the record (`tools/mypy_records.py`).
        """
        return self.model_copy(update=changes)

    def __copy__(self) -> Self:
        """Copy the fields alone: values that were computed from them and kept need not hold for the copy.

        A record has nothing else, which spares half of what pydantic's own way costs.
        """
        cls, kept = type(self), self.__dict__
        copied = cls.__new__(cls)
        values = kept.copy()
        many = len(cls.__pydantic_fields__)
        while len(values) > many:
            values.popitem()  # the last ones: they came after the fields
        given = self.__pydantic_fields_set__
        _set(copied, "__dict__", values)
        _set(copied, "__pydantic_fields_set__", given if len(given) == many else given.copy())  # all: none can be added
        _set(copied, "__pydantic_extra__", None)
        _set(copied, "__pydantic_private__", None)
        return copied


_set: Final = object.__setattr__
"""Set a field that is computed from the others; records are frozen for all other code."""


def instant_text(epoch_s: float) -> str:
    """Format an instant, in seconds since the epoch, as RFC 3339 in UTC to the microsecond."""
    return datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _instant(value: object) -> object:
    return datetime.fromisoformat(value).timestamp() if isinstance(value, str) else value


Instant = Annotated[
    float,
    BeforeValidator(_instant),
    PlainSerializer(instant_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A point in time: seconds since the epoch in Python, RFC 3339 in JSON; exact in both to the microsecond."""

"""Asking Unleash's own client about flags: the only module that knows it.

A client answers for one text of the flags and is replaced by a new one when the text changes (1 ms), instead of being
fed again: that takes no private call, no thread and no socket, and every answer within a cycle is of one text. The
import takes 130 ms, so it waits until the first flags are there.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from UnleashClient import UnleashClient

_NOWHERE = "http://127.0.0.1:9/api"  # the client wants an address; it is never opened


class FlagsDropped(Exception):
    """The SDK took none of the flags."""


class FlagSource(Protocol):
    """Answers for flags."""

    def load(self, text: str) -> None:
        """Answer for this text of a flags file from now on."""
        ...

    def request(self, flag: str, context: Mapping[str, str]) -> bool | None:
        """Whether a flag is on for a context; None where nobody knows that flag."""
        ...


class UnleashSource:
    """Unleash's Python client, without a server."""

    def __init__(self) -> None:
        self._client: UnleashClient | None = None
        self._text: str | None = None
        self._unknown = False

    def load(self, text: str) -> None:
        """Answer for this text; nothing is done where it is the one in use. Raises `FlagsDropped`."""
        if text == self._text:
            return
        client = _client(text)
        if not client.feature_definitions():  # it drops a file that it dislikes without a word
            raise FlagsDropped("Unleash's client does not take these flags: `understudy flags check` may say why")
        self._client, self._text = client, text

    def request(self, flag: str, context: Mapping[str, str]) -> bool | None:
        """Whether a flag is on for a context; None where the text has no such flag."""
        if self._client is None:
            return None
        self._unknown = False
        on = self._client.is_enabled(flag, dict(context), fallback_function=self._note_unknown)
        return None if self._unknown else bool(on)

    def _note_unknown(self, _flag: str, _context: dict[str, Any]) -> bool:
        self._unknown = True
        return False


def _client(text: str) -> "UnleashClient":
    from UnleashClient import UnleashClient  # noqa: PLC0415 - 130 ms
    from UnleashClient.cache import BaseCache  # noqa: PLC0415
    from UnleashClient.constants import FEATURES_URL  # noqa: PLC0415
    from UnleashClient.utils import InstanceAllowType  # noqa: PLC0415

    class OneText(BaseCache):
        """A cache that holds one text, which the client may not replace."""

        bootstrapped = True

        def __init__(self) -> None:
            self._held: dict[str, Any] = {}

        def set(self, key: str, value: Any) -> None:
            self._held[key] = value

        def mset(self, data: dict[str, Any]) -> None:
            self._held.update(data)

        def get(self, key: str, default: Any | None = None) -> Any:
            return text if key == FEATURES_URL else self._held.get(key, default)

        def exists(self, key: str) -> bool:
            return key == FEATURES_URL or key in self._held

        def destroy(self) -> None:
            self._held.clear()

    return UnleashClient(
        url=_NOWHERE,
        app_name="understudy",
        cache=OneText(),
        disable_metrics=True,
        disable_registration=True,
        multiple_instance_mode=InstanceAllowType.SILENTLY_ALLOW,
    )

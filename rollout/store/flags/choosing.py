"""The source of the flags, by the settings."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from rollout.store.flags.file import FlagsFile
from rollout.store.flags.port import MAX_AGE_S, Flags
from rollout.store.flags.unleash import FlagPlace, FlagsServer, UnleashTransport
from rollout.store.settings import PREFIX, Settings, SettingsInvalid
from rollout.store.state_folder import ServerFolder


@dataclass(frozen=True, slots=True)
class ServerChoice:
    """An Unleash server, and who may do what there."""

    backend: UnleashTransport
    """To follow the flags through."""
    admin: UnleashTransport | None
    """To move the flag through; None where this host may only look."""
    place: FlagPlace


@dataclass(frozen=True, slots=True)
class FlagsChoice:
    """The source that was chosen: a server where there is one, else the file in the state folder."""

    server: ServerChoice | None = None
    initial: Path | None = None
    """The source of a fresh file."""
    max_age_s: float = field(default=MAX_AGE_S)

    def open(self, folder: ServerFolder) -> Flags:
        """The source, for the rollout that is kept in a folder; raises `BadFlags` of initial flags."""
        if self.server is None:
            flags = FlagsFile(folder.flags, self.initial, max_age_s=self.max_age_s)
            flags.create()
            return flags
        copy = folder.flags_of_server(self.server.backend.url, self.server.place.environment)
        return FlagsServer(self.server.backend, self.server.admin, self.server.place, copy, max_age_s=self.max_age_s)

    def kept(self, folder: ServerFolder) -> Path:
        """The file in which what is followed can be read, also while nothing runs."""
        if self.server is None:
            return folder.flags
        return folder.flags_of_server(self.server.backend.url, self.server.place.environment)


def chosen(settings: Settings, *, to_follow: bool = True) -> FlagsChoice:
    """The choice that the settings make; raises `SettingsInvalid` where a token cannot be read.

    Likewise where the token that a server is followed with is missing, unless nothing is `to_follow`: who asks where a
    rollout stands, pauses it or rolls it back need not be told a secret.
    """
    server = None if settings.unleash_url is None else _server(settings, settings.unleash_url, to_follow=to_follow)
    return FlagsChoice(server, settings.flags_file, settings.flags_max_age_s)


def admin_transport(settings: Settings) -> tuple[UnleashTransport, FlagPlace]:
    """The way in to set a server up; raises `SettingsInvalid` where it or its token is not named."""
    if settings.unleash_url is None:
        raise SettingsInvalid("no server is named: set unleash_url, such as http://127.0.0.1:4242")
    token = _token(settings.unleash_admin_token, settings.unleash_admin_token_file)
    if token is None:
        raise SettingsInvalid(_missing("unleash_admin_token", "an admin token or a personal one"))
    return UnleashTransport(_address(settings.unleash_url), token, "unleash_admin_token"), _place(settings)


def _server(settings: Settings, url: str, *, to_follow: bool) -> ServerChoice:
    token = _token(settings.unleash_token, settings.unleash_token_file)
    if token is None and to_follow:
        raise SettingsInvalid(_missing("unleash_token", f"a backend token of {settings.unleash_environment}"))
    admin = _token(settings.unleash_admin_token, settings.unleash_admin_token_file)
    return ServerChoice(
        backend=UnleashTransport(_address(url), token or "", "unleash_token"),
        admin=UnleashTransport(_address(url), admin, "unleash_admin_token") if admin else None,
        place=_place(settings),
    )


def _missing(name: str, what: str) -> str:
    return (
        f"unleash_url is set without {name}: give {what} as {PREFIX}{name.upper()}, or name its file with {name}_file"
    )


def _place(settings: Settings) -> FlagPlace:
    return FlagPlace(settings.unleash_project, settings.unleash_environment)


def _address(url: str) -> str:
    return url.rstrip("/").removesuffix("/api")


def _token(given: SecretStr | None, file: Path | None) -> str | None:
    if given is not None:
        return given.get_secret_value().strip()
    if file is None:
        return None
    try:
        found = file.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(
            f"the token in {file} cannot be read ({error}): correct the file, or name another"
        ) from error
    if not found or len(found.split()) > 1:
        raise SettingsInvalid(f"{file} does not hold one token: put the token into it, and nothing else")
    return found

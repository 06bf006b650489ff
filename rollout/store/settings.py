"""Every setting, and where it comes from: flags, environment, project file, user file, defaults, in that order."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "UNDERSTUDY_"
PROJECT_FILE = "understudy.toml"
_OUTSIDE = {"STATE_DIR", "DEBUG"}
"""Variables of this program that are no settings: they must work while every file is broken."""

SECRETS = frozenset({"unleash_token", "unleash_admin_token"})
"""Secret settings: never in a file that others read, never passed to a monitor."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Seconds = Positive


class SettingsInvalid(Exception):
    """A setting is unknown or has an invalid value; one line per fault, each with its place and the remedy."""


class ServerNamedTwice(SettingsInvalid):
    """The command line names a server by its name and by its socket."""


class Settings(BaseSettings):
    """The settings, checked. Load them with `load`: built by hand, only what is passed in counts."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    socket_name: str | None = None
    """The tmux server by name, as `tmux -L` takes it."""
    socket_path: Path | None = None
    """The tmux server by socket, as `tmux -S` takes it."""
    interval_s: Seconds = 10.0
    """Seconds from the start of one cycle to the start of the next."""
    deadline_s: Seconds = 30.0
    """Seconds that a monitor may take for a cycle before it is ended and restarted; a candidate in shadow has at
    most until the next cycle is due, and 10 s at least."""
    act: bool = False
    """Let the owner's intents reach tmux. Without it the rollout watches, and stays in shadow."""
    incumbent: str = "legacy"
    """The monitor that is trusted today: an installed name, or an import path such as `mine.monitor:MyMonitor`."""
    candidate: str = "modular"
    """The monitor on trial: a name, or module:Class."""
    plan: str | dict[str, Any] = "default"
    """The rollout's plan: `default`, `demo`, the path of a TOML file, or a table `[plan]` of the differences."""
    flags_file: Path | None = None
    """The flags that a fresh rollout starts from; unset: the ones that ship with the program."""
    flags_max_age_s: Seconds = 300.0
    """Seconds that the last good flags are followed when they can no longer be read; then the incumbent owns all."""
    unleash_url: Annotated[str, Field(pattern=r"^https?://[^/\s]")] | None = None
    """The Unleash server that holds the flags, such as `http://127.0.0.1:4242`; unset: `flags.json` does."""
    unleash_project: str = "default"
    """The project on that server."""
    unleash_environment: str = "production"
    """The environment of that project."""
    unleash_token: SecretStr | None = None
    """A backend token of that environment, to follow the flags with. A secret: in the environment only."""
    unleash_token_file: Path | None = None
    """Or the file that holds it."""
    unleash_admin_token: SecretStr | None = None
    """An admin token or a personal one, to move the flag with; unset: the flags are followed and never written."""
    unleash_admin_token_file: Path | None = None
    """Or the file that holds it."""
    rules: Path | None = None
    """A folder of rule files of one's own (`docs/rules.md`); unset: `rules` beside the user's settings file."""
    plugins: Path | None = None
    """A folder of plugins (`docs/plugins.md`); unset: `plugins` beside the user's settings file."""
    strategy: str = "async_polling"
    """The polling strategy of `modular`: `async_polling` (all), `polling`, `concurrent`, `priority`, or a plugin's."""
    spawn_command: str | None = None
    """The command that starts a manager in a new window; unset: a person is asked instead."""
    redaction: Path | None = None
    """A TOML file of redaction rules for kept screens, on top of the shipped ones."""
    tapes_days: Positive = 14.0
    """Days that a tape is kept."""
    tapes_mb: Positive = 500.0
    """Megabytes of kept tapes with their screens; agreements are deleted first, then expected differences."""
    tapes_sample: Annotated[float, Field(ge=0, le=1)] = 0.05
    """The share of the cycles without a difference whose tapes are kept; all tapes with a difference are kept."""
    ledger_days: Positive = 30.0
    """Days that differences and bouts are kept; moves, decisions and evidence are kept for good."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The lowest log level that a run writes to standard error."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only the values that `load` passes in: it reads the sources one by one, to know each value's origin."""
        return (init_settings,)


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a value: `flag`, `environment`, `project`, `user` or `default`, and the exact place of it."""

    source: str
    place: str


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings with the origin of each, by name."""

    settings: Settings
    origins: Mapping[str, Origin]


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    where: str
    values: Mapping[str, Any]

    def place(self, key: str) -> str:
        match self.name:
            case "flag":
                return f"--{key.removesuffix('_s').replace('_', '-')}"
            case "environment":
                return f"{PREFIX}{key.upper()}"
        return f"{self.where}: {key}"


def user_file(env: Mapping[str, str] | None = None) -> Path:
    """The user's own settings file, whether or not it is there."""
    env = os.environ if env is None else env
    base = Path(env.get("XDG_CONFIG_HOME") or "")
    return (base if base.is_absolute() else Path("~/.config").expanduser()) / "understudy" / "config.toml"


def rules_folder(settings: Settings) -> Path:
    """The folder of rule files of one's own; raises `SettingsInvalid` where one is named that is not there."""
    return _own_folder("rules", settings.rules)


def plugins_folder(settings: Settings) -> Path:
    """The folder of plugins; raises `SettingsInvalid` where one is named that is not there."""
    return _own_folder("plugins", settings.plugins)


def surroundings(settings: Settings | None = None) -> dict[str, str]:
    """Return the variables that pass settings to a monitor's process; None to use only the shipped rules.

    Raises `SettingsInvalid` where a folder is named that is not there.
    """
    if settings is None:
        return {f"{PREFIX}RULES": "", f"{PREFIX}PLUGINS": "", f"{PREFIX}STRATEGY": ""}
    return {
        f"{PREFIX}RULES": str(rules_folder(settings)),
        f"{PREFIX}PLUGINS": str(plugins_folder(settings)),
        f"{PREFIX}STRATEGY": settings.strategy,
    }


def _own_folder(key: str, named: Path | None) -> Path:
    if named is None:
        return user_file().with_name(key)
    folder = named.expanduser().absolute()
    if not folder.is_dir():
        raise SettingsInvalid(f"{key}: there is no folder {folder}: make it, or name another")
    return folder


def load(flags: Mapping[str, Any] | None = None) -> LoadedSettings:
    """Read every source and check the whole. `flags` holds the options of the command line; None means not given.

    Raises `SettingsInvalid`, with all faults at once.
    """
    if flags and flags.get("socket_name") is not None and flags.get("socket_path") is not None:
        raise ServerNamedTwice("a server is named by --socket-name or by --socket-path, not by both")
    sources = (
        _Source("flag", "the command line", {k: v for k, v in (flags or {}).items() if v is not None}),
        _Source("environment", "the environment", EnvSettingsSource(Settings)()),
        _Source("project", f"./{PROJECT_FILE}", _read_toml(Path(PROJECT_FILE))),
        _Source("user", str(user_file()), _read_toml(user_file())),
    )
    if faults := [*_unknown_variables(), *(fault for source in sources for fault in _faults_of_keys(source))]:
        raise SettingsInvalid("\n".join(faults))
    said = _first_word(sources)
    try:
        settings = Settings(**{key: source.values[key] for key, source in said.items()})
    except ValidationError as error:
        raise SettingsInvalid("\n".join(_faults_of_values(error, said))) from error
    origins = {
        key: Origin(said[key].name, said[key].place(key)) if key in said else Origin("default", "built in")
        for key in Settings.model_fields
    }
    return LoadedSettings(settings, origins)


def _first_word(sources: tuple[_Source, ...]) -> dict[str, _Source]:
    """For each key the first source that has it. The two ways of naming a server are one setting."""
    said: dict[str, _Source] = {}
    server = {"socket_name", "socket_path"}
    for source in sources:
        taken = server if server & said.keys() else set()
        said |= {key: source for key in source.values if key not in said and key not in taken}
    return said


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # ValueError: no TOML, or no UTF-8
        raise SettingsInvalid(f"{path} cannot be read: {error}; correct it, or move it away") from error


def _faults_of_keys(source: _Source) -> Iterator[str]:
    for key in source.values.keys() - Settings.model_fields.keys():
        if key == "state_dir":
            yield (
                f"{source.place(key)} is not set in a file, so that `freeze` finds it with every file broken: "
                f"set {PREFIX}STATE_DIR instead"
            )
        else:
            yield f"{source.place(key)} is no setting{_suggestion(key, Settings.model_fields)}"
    for key in sorted(SECRETS & source.values.keys()):
        if source.name != "environment":
            yield (
                f"{source.place(key)} is a secret: set {PREFIX}{key.upper()}, or name a file that holds nothing else "
                f"with {key}_file"
            )
    if {"socket_name", "socket_path"} <= source.values.keys():
        yield f"{source.where} names the tmux server twice: keep socket_name or socket_path, not both"


def _unknown_variables() -> Iterator[str]:
    known = {key.upper() for key in Settings.model_fields} | _OUTSIDE
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and (key := name.removeprefix(PREFIX)).upper() not in known:
            yield f"{name} is no setting{_suggestion(key, known, PREFIX)}"


def _suggestion(key: str, known: Any, prefix: str = "") -> str:
    close = get_close_matches(key, list(known), n=1)
    return f": did you mean {prefix}{close[0]}?" if close else ": `understudy config` lists them"


def _faults_of_values(error: ValidationError, said: Mapping[str, _Source]) -> Iterator[str]:
    for fault in error.errors():
        key = str(fault["loc"][0])
        message = fault["msg"].removeprefix("Input ").removeprefix("Value error, ")
        yield f"{said[key].place(key)} {message} (it is {fault['input']!r})"

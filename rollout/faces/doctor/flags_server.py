"""The server of the flags, where there is one: whether it answers, what it holds, and who may read its tokens."""

import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rollout.faces.doctor.findings import DoctorFinding, broken, note, well
from rollout.faces.doctor.kept import STICKINESS_COSTS
from rollout.store.flags import BadFlags, Flags, FlagsUnreachable
from rollout.store.flags.choosing import chosen
from rollout.store.settings import Settings, SettingsInvalid
from rollout.store.state_folder import ServerFolder

_INIT = (
    "`understudy unleash init` makes what is missing; the address and the tokens are settings (docs/configuration.md)"
)


def flags_server(settings: Settings) -> Iterator[DoctorFinding]:
    """Check the server that the settings name; nothing where they name none."""
    if settings.unleash_url is None:
        return
    yield from _tokens(settings)
    try:
        choice = chosen(settings)
    except SettingsInvalid as fault:
        says, _, remedy = str(fault).partition(": ")
        yield broken("flags server", says, remedy)
        return
    with tempfile.TemporaryDirectory() as folder:  # what is followed is a run's to remember, not ours
        flags = choice.open(ServerFolder(Path(folder)))
        yield from _followed(flags, settings.unleash_url)
    if choice.server is not None and choice.server.admin is None:
        yield note("flags server", "no token that may move the flag: this host follows, and never promotes")
    else:
        yield _held(flags, settings.unleash_url)


def _followed(flags: Flags, url: str) -> Iterator[DoctorFinding]:
    followed = flags.follow(time.time())
    if followed.document is None:
        yield broken("flags server", followed.doubt, _INIT)
        return
    yield well("flags server", f"{url} answers: {followed.document.candidate.percent} %")
    if cost := STICKINESS_COSTS.get(followed.document.candidate.stickiness):
        yield note("flags server", cost, "make the strategy sticky on lease to change hands at most once a slot")


def _held(flags: Flags, url: str) -> DoctorFinding:
    try:
        held = flags.held()
    except (BadFlags, FlagsUnreachable) as fault:
        return broken("flags server", f"the flag cannot be moved: {fault}", _INIT)
    return well("flags server", f"{url} lets the flag be moved: {held}")


def _tokens(settings: Settings) -> Iterator[DoctorFinding]:
    for file in (settings.unleash_token_file, settings.unleash_admin_token_file):
        path = file.expanduser() if file else None
        if path is not None and path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield broken("flags server", f"the token in {path} can be read by others", f"chmod 600 {path}")

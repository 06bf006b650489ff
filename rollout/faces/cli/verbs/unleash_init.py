"""`understudy unleash init`: prepare an Unleash server to hold the flags of a rollout."""

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.options import DryRun, Json
from rollout.faces.cli.output import emit, say
from rollout.faces.cli.verb import verb
from rollout.store.flags import initial_text, parse_flags
from rollout.store.flags.choosing import admin_transport
from rollout.store.flags.unleash import FlagPlace, SetupCall, UnleashTransport, carry_out, look_around, steps_to
from rollout.store.settings import load


@verb("unleash init", "unleash init --dry-run", "unleash init --json")
def unleash_init(
    *,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> Exit:
    """Create the flags, strategies and context fields on an Unleash server.

    Existing ones are kept, so the command may be repeated. The server, its project and environment, and the token with
    the right to do it are settings: unleash_url, unleash_project, unleash_environment, unleash_admin_token.
    """
    settings = load().settings
    transport, place = admin_transport(settings)
    wanted = parse_flags(initial_text(settings.flags_file), str(settings.flags_file or "the initial flags"))
    steps = steps_to(wanted, look_around(transport, place), place, transport.url)
    for step in steps:
        if not dry_run:
            carry_out(transport, step)
        if not as_json:
            say(f"{'would ' if dry_run else ''}{step.says}")
    left = steps if dry_run else steps_to(wanted, look_around(transport, place), place, transport.url)
    if as_json:
        where = {"server": transport.shown, "project": place.project, "environment": place.environment}
        emit({**where, "dry_run": dry_run, "steps": [step.says for step in steps], "left": [one.says for one in left]})
    else:
        say(_end(transport, place, steps, dry_run=dry_run))
    return Exit.OK


def _end(transport: UnleashTransport, place: FlagPlace, steps: tuple[SetupCall, ...], *, dry_run: bool) -> str:
    where = f"{transport.shown}, {place.environment} of {place.project}"
    if not steps:
        return f"{where}: everything is there; nothing was changed"
    return f"{where}: {len(steps)} things to do, nothing done" if dry_run else f"{where}: ready"

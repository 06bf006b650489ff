"""The family `diffs`: list the clusters, look at one, accept or settle it, review a sample, try a rule."""

from pathlib import Path
from typing import Annotated

import typer

from rollout.faces.cli.app import examples, family
from rollout.faces.cli.options import Actor, Json, Reason, SocketName, SocketPath, Yes

_Cluster = Annotated[str, typer.Argument(metavar="ID", help="The cluster's id, or the beginning of it.")]

diffs = family("Look", "diffs", "List the differences in clusters, show one, accept or settle it.")


@diffs.command("list", epilog=examples("diffs list", "diffs list --open", "diffs list --json"))
def diffs_list(
    *,
    only_open: Annotated[bool, typer.Option("--open", help="Only those that wait for a decision.")] = False,
    whole: Annotated[bool, typer.Option("--all", help="Also those decided one way, a line each.")] = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """List the clusters of differences, the gravest first.

    A cluster is one pair of states, with or without a differing action. Clusters of which at least 95 % of the decided
    bouts went one way are shown as one line.
    """
    from rollout.faces.cli.verbs.diffs import listing  # noqa: PLC0415

    raise typer.Exit(listing(socket_name, socket_path, as_json=json, only_open=only_open, whole=whole))


@diffs.command("show", epilog=examples("diffs show 3f2a91", "diffs show b-3fa9c1d2e4f50617 --json"))
def diffs_show(
    what: Annotated[
        str,
        typer.Argument(metavar="ID", help="A cluster, bout, spell, episode, delivery, or head of the audit trail."),
    ],
    *,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Show the record that has an id: a cluster, bout, spell, episode, delivery or transition.

    A cluster shows both monitors' verdicts side by side, with the pane's text.
    """
    from rollout.faces.cli.verbs.show import show  # noqa: PLC0415

    raise typer.Exit(show(what, socket_name, socket_path, as_json=json))


@diffs.command("referee", epilog=examples("diffs referee", "diffs referee --json"))
def diffs_referee(*, socket_name: SocketName = None, socket_path: SocketPath = None, json: Json = False) -> None:
    """Show how often each kind of difference is settled, for which monitor and by which rule."""
    from rollout.faces.cli.verbs.referee import referee  # noqa: PLC0415

    raise typer.Exit(referee(socket_name, socket_path, as_json=json))


@diffs.command(
    "accept",
    epilog=examples(
        'diffs accept 3f2a91 --reason "meant so" --expires 14d --ceiling 0.05',
        'diffs accept 3f2a91 --owner team-a --reason "until 2.0 is out" --expires 2027-01-31 --yes',
    ),
)
def diffs_accept(
    cluster: _Cluster,
    *,
    reason: Reason,
    owner: Annotated[
        str | None, typer.Option(metavar="WHO", help="The owner of the sign-off; default: the actor.")
    ] = None,
    actor: Actor = None,
    expires: Annotated[
        str, typer.Option(metavar="WHEN", help="Expiry: a duration (14d, 12h) or a day (2027-01-31, UTC).")
    ] = "30d",
    ceiling: Annotated[
        float, typer.Option(min=0.0001, max=1.0, metavar="RATE", help="Valid up to this share of the bouts.")
    ] = 1.0,
    yes: Yes = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Accept a cluster: its differences are explained and wait for no decision. Its spells are still scored.

    A sign-off ends when it expires, above its ceiling, and when another version of a monitor runs. A cluster in which
    an action differs shows five of its bouts, drawn at random, before it is signed off.
    """
    from rollout.faces.cli.verbs.signing import SignOffTerms, accept  # noqa: PLC0415

    terms = SignOffTerms(owner=owner, actor=actor, reason=reason, expires=expires, ceiling=ceiling, yes=yes)
    raise typer.Exit(accept(cluster, terms, socket_name, socket_path))


@diffs.command(
    "settle",
    epilog=examples(
        'diffs settle 3f2a91 --right candidate --reason "the composer is empty"',
        "diffs settle --sample 20                # once a week: review bouts drawn at random",
        "diffs settle --sample 20 --json         # for scripts: print the sample, answer with the next line",
        "diffs settle b-3fa9c1d2e4 --right neither",
    ),
)
def diffs_settle(
    what: Annotated[
        str | None, typer.Argument(metavar="ID", help="A cluster (d-...), or one bout (b-...); not with --sample.")
    ] = None,
    *,
    right: Annotated[
        str | None, typer.Option(metavar="WHO", help="Who was right: incumbent, candidate, both, neither.")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Ask about N bouts drawn at random, one by one.")
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Draw the same sample again.")] = None,
    fixtures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder for test cases of `--right candidate`; default: ./tests."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why; kept in the history.")] = "",
    actor: Actor = None,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Settle a cluster or one bout: name the monitor that was right. This is no evidence for either monitor.

    The spells of its bouts leave the scoring, in favour of neither monitor, and count as overruled: above 10 % of all
    spells they hold a promotion. With `--right candidate` the screen of a cluster becomes a test case of `modular` and
    of the comparison, if a folder of tests is found.
    """
    from rollout.faces.cli.exits import Exit, Stop  # noqa: PLC0415
    from rollout.faces.cli.verbs.sampling import review_sample  # noqa: PLC0415
    from rollout.faces.cli.verbs.signing import SignOffOptions, settle  # noqa: PLC0415

    word = SignOffOptions(reason=reason, actor=actor)
    if sample is not None and what is None and right is None:
        raise typer.Exit(review_sample(sample, seed, word, socket_name, socket_path, as_json=json))
    if sample is not None or what is None or right is None:
        raise Stop(
            Exit.USAGE,
            "name a cluster and the monitor that is right (settle ID --right WHO), or review a sample (--sample N)",
        )
    raise typer.Exit(settle(what, right, word, socket_name, socket_path, fixtures=fixtures, as_json=json))


@diffs.command(
    "rules",
    epilog=examples(
        "diffs rules",
        "diffs rules --try mine.toml            # what it would explain, before it is saved",
        'diffs rules --save mine.toml --reason "the banner is new"',
    ),
)
def diffs_rules(
    *,
    try_: Annotated[
        Path | None, typer.Option("--try", metavar="FILE", help="Show what this rule would have explained.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep this rule for this server, from the next run on.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why; kept in the history.")] = "",
    actor: Actor = None,
    yes: Yes = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """List the expected differences, which monitor is right in each and why; try or save one of your own."""
    from rollout.faces.cli.verbs.rules import listing, save_rule, try_rule  # noqa: PLC0415
    from rollout.faces.cli.verbs.signing import SignOffOptions  # noqa: PLC0415

    if try_ is not None:
        raise typer.Exit(try_rule(try_, socket_name, socket_path, as_json=json))
    if save is not None:
        raise typer.Exit(save_rule(save, SignOffOptions(reason=reason, actor=actor), socket_name, socket_path, yes=yes))
    raise typer.Exit(listing(socket_name, socket_path, as_json=json))

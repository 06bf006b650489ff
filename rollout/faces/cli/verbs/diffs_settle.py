"""`understudy diffs settle`: a person's word on who was right in a cluster or a bout, or in a sample."""

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from rollout.faces.cli.clusters import all_clusters, the_one
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.fixtures import write_fixtures
from rollout.faces.cli.options import Actor, Json, Reason
from rollout.faces.cli.output import emit, say
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.sampling import review_sample
from rollout.faces.cli.sign_offs import SignOffOptions, actions_of, write_decision
from rollout.faces.cli.verb import verb
from rollout.loop.decisions import SETTLE, SETTLE_BOUT
from rollout.store.ledger import DecisionRow
from rollout.store.orders import operator
from rollout.store.server_selection import ServerSelection
from shadow.labels import Right


@verb(
    "diffs settle",
    'diffs settle 3f2a91 --right candidate --reason "the composer is empty"',
    "diffs settle --sample 20                # once a week: review bouts drawn at random",
    "diffs settle --sample 20 --json         # for scripts: print the sample, answer with the next line",
    "diffs settle b-3fa9c1d2e4 --right neither",
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
    reason: Reason = "",
    actor: Actor = None,
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """Settle a cluster or one bout: name the monitor that was right. This is no evidence for either monitor.

    The spells of its bouts leave the scoring, in favour of neither monitor, and count as overruled: above 10 % of all
    spells they hold a promotion. With `--right candidate` the screen of a cluster becomes a test case of `modular` and
    of the comparison, if a folder of tests is found.
    """
    word = SignOffOptions(reason=reason, actor=actor)
    if sample is not None and what is None and right is None:
        return review_sample(sample, seed, word, server, as_json=as_json)
    if sample is not None or what is None or right is None:
        raise Stop(
            Exit.USAGE,
            "name a cluster and the monitor that is right (settle ID --right WHO), or review a sample (--sample N)",
        )
    return _settle(what, right, word, server, fixtures=fixtures, as_json=as_json)


def _settle(
    what: str,
    right: str,
    decision: SignOffOptions,
    server: ServerSelection,
    *,
    fixtures: Path | None = None,
    as_json: bool = False,
) -> Exit:
    """Settle a cluster or a bout; if the candidate is right, its screen becomes a test case."""
    if right not in set(Right):
        raise Stop(Exit.USAGE, f"--right {right}: name one of {', '.join(Right)}")
    now = round(time.time(), 6)
    body: dict[str, Any] = {"right": right}
    written: tuple[Path, ...] = ()
    with open_server_data(server) as found:
        if what.startswith("b-"):
            if found.ledger is None or found.ledger.bout(what) is None:
                raise Stop(
                    Exit.USAGE, f"there is no bout {what}. List some: `understudy diffs settle --sample 20 --json`"
                )
            kind, name = SETTLE_BOUT, what
        else:
            if not decision.reason:
                raise Stop(Exit.USAGE, "settling a cluster needs a reason for the history: --reason TEXT")
            row = the_one(what, all_clusters(found, now))
            kind, name = SETTLE, row.id
            body["actions"] = [*actions_of(row)]
            if right == Right.CANDIDATE:
                written = write_fixtures(found, row, fixtures)
        write_decision(
            found, DecisionRow(now, kind, name, decision.actor or operator(), decision.reason, json.dumps(body))
        )
    if as_json:
        emit({"settled": name, "right": right, "fixtures": [str(path) for path in written]})
        return Exit.OK
    say(f"Settled {name}: {right} right.")
    for path in written:
        say(f"Test case written: {path}")
    return Exit.OK

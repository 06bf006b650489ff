"""`understudy diffs referee`: how often each kind of difference is settled, for whom, and by which rule."""

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import emit, note, say, table
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.verb import verb
from rollout.judgement.headline import NOTHING_YET
from rollout.store.server_selection import ServerSelection
from shadow.kinds import KindRate, settle_rates_of
from shadow.labels import Right


@verb("diffs referee", "diffs referee", "diffs referee --json")
def diffs_referee(*, server: ServerSelection, as_json: Json = False) -> Exit:
    """Show how often each kind of difference is settled, for which monitor and by which rule."""
    with open_server_data(server) as found:
        if found.ledger is None:
            note(NOTHING_YET)
        rows = settle_rates_of((group.bout, group.times) for group in found.settled.groups)
    if as_json:
        emit({"kinds": [_as_document(row) for row in rows]})
        return Exit.OK
    differing, agreeing = [row for row in rows if not row.agrees], [row for row in rows if row.agrees]
    heads = ("incumbent says", "candidate says", "bouts", "settled", "incumbent", "candidate", "neither", "by", "")
    table((_line(row) for row in differing), header=heads)
    if agreeing:
        wrong = sum(row.rights.get(Right.NEITHER, 0) for row in agreeing)
        say(f"{sum(row.bouts for row in agreeing)} agreements reviewed: both wrong in {wrong}.")
        table((_line(row) for row in agreeing if row.rights), header=heads)
    return Exit.OK


def _line(row: KindRate) -> tuple[str, ...]:
    by = [f"{rule} {count}" for rule, count in sorted(row.rules.items())]
    by += [f"people {row.by_people}"] if row.by_people else []
    word = "" if row.decides or row.agrees else "one-sided: not decisive alone"
    sides = [f"{row.side(right):.0%}" for right in (Right.INCUMBENT, Right.CANDIDATE, Right.NEITHER)]
    return (row.incumbent, row.candidate, str(row.bouts), f"{row.rate:.0%}", *sides, ", ".join(by), word)


def _as_document(row: KindRate) -> dict[str, object]:
    return {**row.model_dump(mode="json"), "settled": row.settled, "rate": row.rate, "agrees": row.agrees}

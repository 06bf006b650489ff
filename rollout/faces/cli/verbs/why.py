"""`understudy why`: the state of the rollout in one paragraph, for an operator on call."""

import shutil
import textwrap
import time

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.headlines import headline_of, standing_of, waiting_of
from rollout.faces.cli.options import Json
from rollout.faces.cli.outcomes import outcomes_of
from rollout.faces.cli.output import emit, person_looks, say
from rollout.faces.cli.reading import ServerData, doubts, open_server_data
from rollout.faces.cli.status_document import headline_document
from rollout.faces.cli.verb import verb
from rollout.faces.cli.waivers import waiver_document, waiver_line, waivers_of
from rollout.judgement import why as judgement_why
from rollout.judgement.headline import NOTHING_YET, Headline, decisions_text
from rollout.store.server_selection import ServerSelection
from shadow.report.outcomes import outcome_sentence


@verb("why", "why")
def why(*, server: ServerSelection, as_json: Json = False) -> Exit:
    """Explain in one paragraph what holds the rollout and what would change that."""
    with open_server_data(server) as found:
        now = time.time()
        said = headline_of(found, now)
        waived = waivers_of(found, now)
        waiting = [f"{decisions_text(waiting_of(found, now))}."] if said.decisions else []
        besides = (f"Besides, {doubt}." for doubt in doubts(found.reports()))
        outcomes = outcomes_of(found.judgement)
        compared = [sentence] if (sentence := outcome_sentence(outcomes)) else []
        text = " ".join((paragraph(found, said), *waiting, *compared, *map(waiver_line, waived), *besides))
        if as_json:
            more = {"stage": said.stage, "exposure_percent": said.exposure_percent, "decisions": said.decisions}
            judged = {"verdict": said.verdict, "reasons": list(said.reasons), "unsafe": list(said.unsafe)}
            told = {"why": text, "waived": [waiver_document(one) for one in waived]}
            told |= {"outcomes": [row.model_dump(mode="json") for row in outcomes]}
            emit({"headline": headline_document(said), **more, "state": said.state, **judged, **told})
        else:
            width = min(shutil.get_terminal_size().columns, 100) if person_looks() else 10_000
            say(textwrap.fill(text, width, break_on_hyphens=False))
    return Exit.OK


def paragraph(found: ServerData, said: Headline) -> str:
    """Return the paragraph; orders in files are in it that no run has seen yet."""
    if found.ledger is None:
        return NOTHING_YET
    return judgement_why.why(said, standing_of(found), found.judgement, found.plan)

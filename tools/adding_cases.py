"""The work of `tools/add-case`: a screen and the right state become a case of the corpus."""

import argparse
import contextlib
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from impersonal import impersonal
from screen_sources import NoScreen, Seen, seen

from modular.classify import read_question
from modular.corpus import BadCase, Case, CaseExists, add_case, read_cli
from modular.reading.classifier import Reading
from modular.rulebook.book import shipped
from modular.rulebook.file import UNKNOWN
from tmuxio.server.address import ServerAddress
from understudy import AgentState

ROOT: Final = Path(__file__).resolve().parents[1]
TEST: Final = "tests/modular/test_modular_cases.py::test_the_case_means_what_it_says"
_EXAMPLES: Final = """\
examples:
  tools/add-case %12                                     the pane as it is now; asks for the right state
  tools/add-case work:2.0 --frames 4                     by its place; four frames, where motion tells the state
  tools/add-case screen.txt --cli codex --state busy     a file, as `tmux capture-pane -p -e` prints it
  tools/add-case --cli codex --name blocked-on-form      pasted; end it with Ctrl-D
  tools/add-case %12 --xfail "the footer is unknown"     a case that the rules read wrongly today

The answer 2 is a mistake in the call, 1 a case that is there already.
"""

Ask = Callable[[str], str | None]
"""Asks a person; None where nobody can be asked."""


class Refused(Exception):
    """No case is made of it; the text says why, and what to do."""


class Made(NamedTuple):
    """A new case and what the rules say of it."""

    case: Case
    reading: Reading
    blanked: int
    """Rows from which a secret or a name was taken."""

    @property
    def is_right(self) -> bool:
        """Return whether the rules read it rightly."""
        return self.reading.state is self.case.state


def main(arguments: Sequence[str] | None = None, ask: Ask | None = None) -> int:
    """Add one case; returns the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        address = ServerAddress.resolve(asked.socket_name, asked.socket_path)
        if asked.screen == "-" and sys.stdin.isatty():
            sys.stderr.write("Paste the screen, then press Enter and Ctrl-D.\n")
        made = make(asked, seen(asked.screen, address, asked.frames), ask or ask_terminal)
        path = asked.corpus / made.case.cli / "cases.toml" if asked.dry_run else add_case(asked.corpus, made.case)
    except CaseExists as known:
        sys.stderr.write(f"add-case: {known}\n")
        return 1
    except (Refused, NoScreen, BadCase, ValueError, OSError) as fault:
        sys.stderr.write(f"add-case: {fault}\n")
        return 2
    sys.stdout.write(_json(made, path) if asked.json else _report(made, path, is_written=not asked.dry_run))
    return 0


def make(asked: argparse.Namespace, was_seen: Seen, ask: Ask) -> Made:
    """Make the case that a call asks for; raises `Refused` where something is missing that nobody can be asked."""
    found, blanked = impersonal(was_seen)
    case = _case(asked, found)
    reading = read_question(case.question())[1]
    cli = asked.cli or (
        reading.agent if reading.agent != UNKNOWN else _needed(ask, "The CLI, in one word: ", "--cli CLI")
    )
    case = case.model_copy(update={"cli": cli})
    if not case.processes and cli in shipped().agents:
        case = case.model_copy(update={"agent": cli})
        reading = read_question(case.question())[1]
    state = asked.state or _asked_state(ask, case, reading)
    name = _free_name(asked.corpus, cli, asked.name or f"{found.source}_{state.value}", is_chosen=bool(asked.name))
    case = case.model_copy(update={"state": state, "name": name})
    return Made(case.model_copy(update={"xfail": _reason(asked.xfail, ask, case, reading)}), reading, blanked)


def ask_terminal(question: str) -> str | None:
    """Ask at the terminal of the call, also where the screen comes on standard input; None without one."""
    if not sys.stderr.isatty():
        return None
    with contextlib.suppress(OSError), Path("/dev/tty").open(encoding="utf-8") as terminal:
        sys.stderr.write(question)
        sys.stderr.flush()
        answer = terminal.readline()
        return answer.strip() if answer else None
    return None


def state_of(answer: str) -> AgentState | None:
    """Return the state that an answer means: its number in the list, its name, or the only name that begins so."""
    states = list(AgentState)
    if answer.isdecimal():
        return states[int(answer) - 1] if 0 < int(answer) <= len(states) else None
    meant = [state for state in states if answer and state.value.startswith(answer.lower().replace(" ", "_"))]
    return meant[0] if len(meant) == 1 else None


def _case(asked: argparse.Namespace, found: Seen) -> Case:
    return Case(
        cli=asked.cli or UNKNOWN,
        name="new",
        screens=found.screens,
        state=AgentState.UNKNOWN,
        rule=asked.rule,
        processes=tuple(filter(None, asked.processes.split(","))) if asked.processes is not None else found.processes,
        title=found.title if asked.title is None else asked.title,
        command=found.command,
        window=found.window,
        size=found.size,
        cursor=found.cursor,
        why=asked.why,
    )


def _asked_state(ask: Ask, case: Case, reading: Reading) -> AgentState:
    listed = "  ".join(f"{number} {state.value}" for number, state in enumerate(AgentState, start=1))
    question = f"{case.screens[-1]}\x1b[0m\n{listed}\n{_says(reading)}\nThe right state [{reading.state.value}]: "
    while (answer := ask(question)) is not None:
        if (state := state_of(answer) if answer else reading.state) is not None:
            return state
        question = f"`{answer}` is no state: type a number from 1 to {len(AgentState)}, or a name: "
    raise Refused(f"the right state is missing: add --state, one of {', '.join(AgentState)}")


def _reason(given: str | None, ask: Ask, case: Case, reading: Reading) -> str | None:
    if reading.state is case.state:
        if given is not None:
            raise Refused(f"modular reads it rightly, as {case.state.value} by {reading.rule}: leave out --xfail")
        return None
    if given is not None:
        if not given.strip():
            raise Refused("--xfail has no reason: say why the rules read it wrongly today")
        return given
    question = (
        f"{_says(reading)}, which is wrong.\nA reason keeps it as a known failure; Enter if you change the rules: "
    )
    return ask(question) or None


def _needed(ask: Ask, question: str, option: str) -> str:
    if answer := ask(question):
        return answer
    raise Refused(f"modular does not know which CLI this is: add {option}")


def _free_name(corpus: Path, cli: str, wish: str, *, is_chosen: bool) -> str:
    """Make a name of a wish; a number makes one free that nobody chose."""
    name = re.sub(r"[^a-z0-9]+", "_", wish.lower()).strip("_")
    taken = {case.name for case in read_cli(corpus, cli).cases}
    if is_chosen or name not in taken:
        return name
    return next(free for number in range(2, len(taken) + 3) if (free := f"{name}_{number}") not in taken)


def _says(reading: Reading) -> str:
    return f"modular says {reading.state.value}, by the rule {reading.rule}"


def _test(case: Case) -> str:
    return f'.venv/bin/python -m pytest "{TEST}[{case.id}]"'


def _report(made: Made, path: Path, *, is_written: bool) -> str:
    case = made.case
    rows = [f"{case.id} is {'written to' if is_written else 'not written, it would go to'} {_shown(path)}"]
    rows += [f"right is {case.state.value}; {_says(made.reading)}"]
    if made.blanked:
        rows.append(
            f"rows without their secrets or names of people: {made.blanked}; look at the rest before you commit"
        )
    if not made.is_right and case.xfail is None:
        rows.append("the test fails until the rules read it rightly; --xfail REASON keeps it as a known failure")
    return "\n".join([*rows, f"run it: {_test(case)}"]) + "\n"


def _json(made: Made, path: Path) -> str:
    said = {
        "case": made.case.id,
        "path": _shown(path),
        "state": made.case.state.value,
        "modular": made.reading.state.value,
        "rule": made.reading.rule,
        "blanked": made.blanked,
        "xfail": made.case.xfail,
        "test": f"{TEST}[{made.case.id}]",
    }
    return json.dumps({"schema": 1, **said}, ensure_ascii=False) + "\n"


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _state(text: str) -> AgentState:
    if (state := state_of(text)) is None:
        raise argparse.ArgumentTypeError(f"`{text}` is no state: there are {', '.join(AgentState)}")
    return state


def _frames(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:  # noqa: PLR2004 - as many as a question may have
        raise argparse.ArgumentTypeError(f"`{text}` is no number of frames: write 1 to 64")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/add-case",
        description="Add a screen, with the state that it shows, to the corpus that the rules are held to.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "screen",
        nargs="?",
        default="-",
        metavar="SCREEN",
        help="a pane (%%12, session:window.pane), a file, or - (default)",
    )
    add("--cli", metavar="CLI", help="the agent CLI; default: the one that modular recognises")
    add("--state", type=_state, metavar="STATE", help=f"the right state: {', '.join(AgentState)}")
    add("--name", metavar="NAME", help="the name of the case; default: made of the source and the state")
    add("--rule", metavar="RULE", help="the rule that has to decide; default: any")
    add("--why", default="", metavar="TEXT", help="why this state is right, where the screen comes from")
    add("--xfail", metavar="REASON", help="keep it as a known failure, and why the rules read it wrongly today")
    add("--frames", type=_frames, default=1, metavar="N", help="frames of a pane, 0.3 s apart (default 1)")
    add("--processes", metavar="A,B", help="commands in the pane, outermost first; a pane's own are read")
    add("--title", metavar="TEXT", help="the pane's title; a pane's own is read")
    add("--socket-name", "-L", metavar="NAME", help="the tmux server by name, as tmux -L")
    add("--socket-path", "-S", metavar="PATH", help="the tmux server by socket, as tmux -S")
    add("--corpus", type=Path, default=ROOT / "tests" / "modular" / "corpus", metavar="DIR", help=argparse.SUPPRESS)
    add("--dry-run", "-n", action="store_true", help="write nothing")
    add("--json", action="store_true", help="JSON on standard output, for scripts")
    return parser

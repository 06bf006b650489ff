"""Adds recorded screens to the corpus, `tests/modular/corpus`.

    python tools/keep_cases.py screens.jsonl --only '80x24-(?:busy|draft)' --tag narrow

A case is kept where the engine's answer matches the driver's step; the others are listed for review. With
`--failing REASON` they are kept too, as cases that have to fail until the rules read them rightly. Names of the machine
in a recording are replaced by words of the same length.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from modular.classify import classify_question
from modular.corpus import Case, CaseExists, add_case

CORPUS: Final = Path(__file__).parent.parent / "tests" / "modular" / "corpus"
_ELSEWHERE: Final = (
    (re.compile(r"/var/tmp"), "/srv/sea"),
    (re.compile(r"rs-[a-z0-9_]{8}(?![a-z0-9_])"), "lamp-houses"),
)
_NAMES: Final = {"grok_build": "grok", "cn": "continue", "omp": "pi", "kilo": "opencode", "kimi_code": "kimi"}


def impersonal(text: str) -> str:
    """Replace the folders of the machine that a screen was recorded on."""
    for pattern, word in _ELSEWHERE:
        text = pattern.sub(word, text)
    return text


def case(row: dict[str, Any], tag: str) -> Case:
    """Make a case of a recorded screen."""
    meta, size = row["meta"], row["size"]
    title = impersonal(meta["pane_title"])
    step = row["id"].rsplit(f"{size[0]}x{size[1]}-", 1)[-1].replace("#", "_")
    name = "trap_quoted_words" if step == "idle_explain" else f"recorded_{step}"
    return Case(
        cli=_NAMES.get(row["agent"], row["agent"]),
        name=name + (f"_{tag}" if tag else ""),
        screens=(impersonal(row["screen_ansi"]),),
        state=row["label"],
        processes=meta["processes"],
        title="" if title == "vm" else title,
        command=meta["pane_current_command"],
        size=(size[0], size[1]),
    )


def keep(rows: Iterable[dict[str, Any]], tag: str, failing: str | None = None) -> tuple[int, list[str]]:
    """Add a case for each row whose reading matches the driver's step; return their number, and the other rows.

    The others are added too where `failing` is the reason that they are read wrongly today.
    """
    kept, others = 0, []
    for row in rows:
        one = case(row, tag)
        answer = classify_question(one.question())
        if answer["state"] != row["label"]:
            others.append(f"{row['id']}: {row['label']} called {answer['state']} by {answer['rule']}")
            if failing is None:
                continue
            one = one.model_copy(update={"xfail": failing})
        try:
            add_case(CORPUS, one)
        except CaseExists as known:
            others.append(f"{row['id']}: {known}")
        else:
            kept += 1
    return kept, others


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep cases from one file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("screens", type=Path, help="JSON Lines, as record_screens.py writes them")
    parser.add_argument("--only", default="", help="a pattern that the ids must contain")
    parser.add_argument("--tag", default="", help="a suffix for the names of the cases, such as a version or a width")
    parser.add_argument("--failing", metavar="REASON", help="keep what is read wrongly too, with this reason")
    asked = parser.parse_args(arguments)
    rows = [json.loads(line) for line in asked.screens.read_text(encoding="utf-8").splitlines() if line]
    kept, others = keep((row for row in rows if re.search(asked.only, row["id"])), asked.tag, asked.failing)
    sys.stdout.write("\n".join([f"{kept} kept", *others]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

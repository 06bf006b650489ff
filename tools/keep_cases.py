"""Makes golden cases out of recorded screens: one folder each below `tests/modular/cases`.

    python tools/keep_cases.py screens.jsonl --only '80x24-(?:busy|draft)' --tag narrow

A case is kept where the engine's answer matches the driver's step; the others are listed for review. Names of the
machine in a recording are replaced by words of the same length.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from modular.classify import classify_question

CASES: Final = Path(__file__).parent.parent / "tests" / "modular" / "cases"
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


def question(row: dict[str, Any]) -> dict[str, Any]:
    """Return the question to `classify` for a recorded screen, without the screen itself."""
    meta = row["meta"]
    title = impersonal(meta["pane_title"])
    known = {
        "pane_title": "" if title == "vm" else title,
        "pane_current_command": meta["pane_current_command"],
        "processes": meta["processes"],
    }
    return {key: value for key, value in known.items() if value}


def keep(rows: Iterable[dict[str, Any]], tag: str) -> tuple[int, list[str]]:
    """Write a folder for each row whose reading matches the driver's step; print their number, and the other rows."""
    kept, others = 0, []
    for row in rows:
        asked, screen = question(row), impersonal(row["screen_ansi"])
        answer = classify_question({"id": 0, "screen_ansi": screen, **asked})
        if answer["state"] != row["label"]:
            others.append(f"{row['id']}: {row['label']} called {answer['state']} by {answer['rule']}")
            continue
        step = row["id"].rsplit(f"{row['size'][0]}x{row['size'][1]}-", 1)[-1].replace("#", "_")
        name = "trap_quoted_words" if step == "idle_explain" else f"recorded_{step}"
        folder = CASES / _NAMES.get(row["agent"], row["agent"]) / (name + (f"_{tag}" if tag else ""))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "screen.ansi").write_text(screen, encoding="utf-8")
        for part, value in {"question": asked, "expected": {"state": row["label"]}}.items():
            text = json.dumps(value, indent=1, ensure_ascii=False)
            (folder / f"{part}.json").write_text(text + "\n", encoding="utf-8")
        kept += 1
    return kept, others


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep cases from one file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("screens", type=Path, help="JSON Lines, as record_screens.py writes them")
    parser.add_argument("--only", default="", help="a pattern that the ids must contain")
    parser.add_argument("--tag", default="", help="a suffix for the names of the cases, such as a version or a width")
    asked = parser.parse_args(arguments)
    rows = [json.loads(line) for line in asked.screens.read_text(encoding="utf-8").splitlines() if line]
    kept, others = keep((row for row in rows if re.search(asked.only, row["id"])), asked.tag)
    sys.stdout.write("\n".join([f"{kept} kept", *others]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

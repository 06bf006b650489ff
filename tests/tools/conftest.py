"""The tools are scripts beside each other: their folder is looked through for modules, as when one is run."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))

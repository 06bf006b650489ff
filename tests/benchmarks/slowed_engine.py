"""A pytest plugin that makes the engine slow, which the gate must see: `-p slowed_engine`."""

from __future__ import annotations

import time
from typing import Any

from modular.service import MonitorService

_TIMES = 30
_cycle: Any = MonitorService.cycle


def _slowly(self: MonitorService, *args: Any, **more: Any) -> Any:
    began = time.perf_counter()
    report = _cycle(self, *args, **more)
    time.sleep(_TIMES * (time.perf_counter() - began))
    return report


MonitorService.cycle = _slowly  # type: ignore[method-assign]  # that is the purpose

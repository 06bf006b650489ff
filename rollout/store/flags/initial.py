"""The flags that a fresh rollout starts from: the project's root `flags.json`, also where the program is installed."""

from importlib.resources import files
from pathlib import Path

from rollout.store.flags.faults import BadFlags, Fault

_PACKED = "initial.json"  # the root file, as a wheel carries it: one truth, put there when the wheel is built


def initial_text(path: Path | None = None) -> str:
    """Read the initial flags: those at `path`, or the project's own; raises `BadFlags` where there are none."""
    if path is None:
        packed = files("rollout.store.flags").joinpath(_PACKED)
        if packed.is_file():
            return packed.read_text(encoding="utf-8")
        path = Path(__file__).resolve().parents[3] / "flags.json"
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault("$", f"cannot be read ({error})", "point `flags_file` at a flags file, or leave it unset")
        raise BadFlags(str(path), (fault,)) from error

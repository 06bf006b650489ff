"""The rule files of one's own: is every one of them in force?"""

from collections.abc import Iterator

from modular.rulebook.folders import load
from rollout.faces.doctor.findings import DoctorFinding, broken, well
from rollout.store.settings import Settings, SettingsInvalid, rules_folder


def rules(settings: Settings) -> Iterator[DoctorFinding]:
    """Check the folder of rule files: each fault with its file, its line and its remedy."""
    try:
        folder = rules_folder(settings)
    except SettingsInvalid as invalid:
        says, _, remedy = str(invalid).rpartition(": ")
        yield broken("rules", says, remedy)
        return
    loaded = load([folder])
    for fault in loaded.faults:
        place = fault.file if fault.line is None else f"{fault.file}, line {fault.line}"
        yield broken("rules", f"{place}: {fault.says}", fault.fix)
    if not loaded.faults:
        own = f"{len(loaded.files)} files of your own in {folder}" if loaded.files else f"none of your own in {folder}"
        yield well("rules", f"those that ship, {own}")

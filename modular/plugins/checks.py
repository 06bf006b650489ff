"""The checks of a plugin before it is used: each check raises `BadPlugin` with the plugin's name and the remedy."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Final

from modular.intents.wording import NoticeFacts
from modular.plugins.faults import BadPlugin, PluginFault
from modular.plugins.hooks import API, Plugin
from modular.strategies import Budget, Plan, Strategy, WatchedAgent
from understudy import AgentRole, AgentState, Notice

_BUDGET: Final = Budget(1.0)
_FLEET: Final = (
    WatchedAgent("%1", AgentRole.MANAGER, AgentState.IDLE),
    WatchedAgent("%2", AgentRole.WORKER, AgentState.BUSY, looked_at=90.0, changed_at=90.0),
    WatchedAgent("%3", AgentRole.WORKER, AgentState.CRASHED, looked_at=10.0, crashed_at=10.0),
)
_FACTS: Final = NoticeFacts(
    Notice.IDLE, "%2", "team", "claude-qa", "claude", AgentState.IDLE, minutes=3, sentence="claude-qa is idle."
)


def metadata(module: Any, place: str) -> Plugin:
    """Read a plugin's description of itself."""
    plugin = getattr(module, "PLUGIN", None)
    if not isinstance(plugin, Plugin):
        fix = 'add PLUGIN = Plugin(name="...", version="1.0") from modular.plugins'
        raise BadPlugin(PluginFault(place, "it has no description", fix))
    if plugin.api != API:
        says = f"it is written for version {plugin.api} of the hooks, and this build has {API}"
        raise BadPlugin(PluginFault(plugin.name, says, f"install a release of it for version {API}"))
    return plugin


def new_name(plugin: Plugin, place: str, known: Collection[str]) -> None:
    """Check that no other plugin has its name."""
    if plugin.name in known:
        says = f"another plugin has its name, and this one lies in {place}"
        raise BadPlugin(PluginFault(plugin.name, says, "rename or remove one of them"))


def strategies(name: str, offered: Any, taken: Collection[str]) -> tuple[Strategy, ...]:
    """Check the strategies that a plugin offers, each by planning for a small fleet."""
    return tuple(_strategy(name, one, taken) for one in _listed(name, "understudy_strategies", offered))


def rule_packs(name: str, offered: Any) -> tuple[Path, ...]:
    """Check the folders of rules that a plugin offers."""
    folders = tuple(Path(one) for one in _listed(name, "understudy_rule_packs", offered))
    for folder in folders:
        if not folder.is_dir():
            raise BadPlugin(
                PluginFault(name, f"its rule folder {folder} is not a folder", "install the plugin with its data files")
            )
    return folders


def text(name: str, answer: Any) -> str | None:
    """Check a plugin's text for a notice."""
    if answer is None:
        return None
    if not isinstance(answer, str) or not answer.strip() or "\n" in answer:
        says = f"understudy_notice_text answered {answer!r}"
        raise BadPlugin(PluginFault(name, says, "answer one line of text, or None"))
    return answer


def sample_facts() -> NoticeFacts:
    """Return the facts for the test call of a plugin."""
    return _FACTS


def complete(name: str, plan: Any, fleet: Iterable[WatchedAgent]) -> Plan:
    """Check a plan: every agent is in one batch, or waits."""
    if not isinstance(plan, Plan):
        raise BadPlugin(PluginFault(name, f"its strategy planned {plan!r}", "return a modular.plugins.Plan"))
    panes = sorted(agent.pane for agent in fleet)
    if sorted((*plan.panes, *plan.waiting)) != panes:
        says = f"its strategy planned {sorted((*plan.panes, *plan.waiting))} where there are {panes}"
        raise BadPlugin(PluginFault(name, says, "put every agent into one batch, or let it wait"))
    return plan


def _strategy(name: str, one: Any, taken: Collection[str]) -> Strategy:
    called = getattr(one, "name", None)
    if not isinstance(called, str) or not called or not callable(getattr(one, "plan", None)):
        says = f"{one!r} is no strategy"
        raise BadPlugin(PluginFault(name, says, "give it `name`, `learns` and `plan(watched, now, budget)`"))
    if not isinstance(getattr(one, "learns", None), bool):
        says = f"its strategy {called} does not say whether it plans by when agents were looked at"
        raise BadPlugin(PluginFault(name, says, "give it `learns = True` or `learns = False`"))
    if called in taken:
        raise BadPlugin(PluginFault(name, f"there is a strategy {called} already", "give its own another name"))
    strategy: Strategy = one
    complete(name, strategy.plan(_FLEET, 100.0, _BUDGET), _FLEET)
    return strategy


def _listed(name: str, hook: str, offered: Any) -> list[Any]:
    if isinstance(offered, str | bytes) or not isinstance(offered, Iterable):
        raise BadPlugin(PluginFault(name, f"{hook} answered {offered!r}", "answer a list"))
    return list(offered)

"""The strategies: everybody is planned once, within the budget, and nobody waits for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modular.strategies import DEFAULT, STRATEGIES, Budget, Priority, Strategy, WatchedAgent
from understudy import AgentRole, AgentState

NOW = 1_000_000.0

watched = st.builds(
    WatchedAgent,
    pane=st.just("?"),
    role=st.sampled_from(AgentRole),
    state=st.sampled_from(AgentState),
    looked_at=st.none() | st.floats(NOW - 100, NOW),
    changed_at=st.none() | st.floats(NOW - 1000, NOW),
    crashed_at=st.none() | st.floats(NOW - 1000, NOW),
)
fleets = st.lists(watched, max_size=30).map(
    lambda agents: [agent._replace(pane=f"%{index}") for index, agent in enumerate(agents)]
)
budgets = st.builds(
    Budget, seconds=st.floats(0, 0.1), per_look_s=st.floats(0.0001, 0.01), per_trip_s=st.floats(0, 0.01)
)


@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=STRATEGIES)
@given(fleet=fleets, budget=budgets)
def test_everybody_is_looked_at_or_waits_and_nobody_twice(
    strategy: Strategy, fleet: list[WatchedAgent], budget: Budget
) -> None:
    plan = strategy.plan(fleet, NOW, budget)
    assert sorted([*plan.panes, *plan.waiting]) == sorted(agent.pane for agent in fleet)


@pytest.mark.parametrize("name", ["polling", "concurrent", "priority"])
@given(fleet=fleets, budget=budgets)
def test_the_plan_fits_the_budget_or_is_a_single_look(name: str, fleet: list[WatchedAgent], budget: Budget) -> None:
    plan = STRATEGIES[name].plan(fleet, NOW, budget)
    cost = sum(budget.per_trip_s + batch.at_once * budget.per_look_s for batch in plan.batches)
    assert cost <= budget.seconds + 1e-9 or len(plan.panes) <= 1


def test_the_default_looks_at_everybody_in_one_batch() -> None:
    fleet = [WatchedAgent(f"%{index}", AgentRole.WORKER, AgentState.IDLE) for index in range(500)]
    plan = STRATEGIES[DEFAULT].plan(fleet, NOW, Budget(0.0))
    assert [batch.at_once for batch in plan.batches] == [500]


def test_concurrent_never_asks_for_more_than_its_limit_at_once() -> None:
    fleet = [WatchedAgent(f"%{index}", AgentRole.WORKER, AgentState.IDLE) for index in range(50)]
    plan = STRATEGIES["concurrent"].plan(fleet, NOW, Budget(10.0))
    assert [batch.at_once for batch in plan.batches] == [20, 20, 10]


@given(
    fleet=fleets.filter(bool),
    budget=budgets,
    cycle_s=st.floats(0.5, 20),
    changes=st.lists(st.sets(st.integers(0, 29)), min_size=30, max_size=30),
)
def test_with_priorities_nobody_waits_longer_than_the_stated_bound(
    fleet: list[WatchedAgent], budget: Budget, cycle_s: float, changes: list[set[int]]
) -> None:
    strategy = Priority(at_once=4)
    bound = strategy.bound_s(len(fleet), cycle_s, budget)
    agents = {agent.pane: agent._replace(looked_at=NOW) for agent in fleet}
    now = NOW
    for changed in changes:
        now += cycle_s
        for index in changed:
            if (agent := agents.get(f"%{index}")) is not None:
                agents[agent.pane] = agent._replace(changed_at=now)
        for pane in strategy.plan(list(agents.values()), now, budget).panes:
            agents[pane] = agents[pane]._replace(looked_at=now)
        for agent in agents.values():
            assert now - agent.waiting_since <= bound + 1e-6


def test_managers_and_the_recently_crashed_come_first() -> None:
    fleet = [
        WatchedAgent("%1", AgentRole.WORKER, AgentState.BUSY, NOW - 90, NOW - 1),
        WatchedAgent("%2", AgentRole.WORKER, AgentState.IDLE, NOW - 5, NOW - 900, crashed_at=NOW - 60),
        WatchedAgent("%3", AgentRole.MANAGER, AgentState.IDLE, NOW - 1, NOW - 900),
    ]
    assert STRATEGIES["priority"].plan(fleet, NOW, Budget(1.0)).panes == ("%3", "%2", "%1")


def test_a_cold_agent_is_left_alone_until_its_patience_ends() -> None:
    cold = WatchedAgent("%1", AgentRole.WORKER, AgentState.IDLE, NOW - 29, NOW - 900)
    assert STRATEGIES["priority"].plan([cold], NOW, Budget(1.0)).panes == ()
    assert STRATEGIES["priority"].plan([cold], NOW + 1, Budget(1.0)).panes == ("%1",)

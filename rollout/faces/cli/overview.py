"""The overview of the verbs: the help of the whole shows it without importing any of them.

A verb's line is the first sentence of its function's docstring; a test compares the two.
"""

from typing import Final

OVERVIEW: Final[dict[str, dict[str, str]]] = {
    "Start": {
        "demo": "Run a whole migration, a regression and its rollback, with actors instead of agents.",
        "run": "Observe, compare and judge in the foreground; with --act, also act.",
        "doctor": "Check the requirements of a run; print a remedy for each fault.",
        "config": "Show every setting with its value and where it comes from.",
        "schema": "Print the JSON Schema of any record.",
        "flags": "Show the flags that route the rollout; check a file of them.",
        "unleash": "Hold the flags on an Unleash server instead of in a file.",
    },
    "Look": {
        "status": "Show the stage, the evidence and the actions that were not done.",
        "why": "Explain in one paragraph what holds the rollout and what would change that.",
        "agents": "List the agents as each monitor sees them.",
        "explain": "Show the rule and the lines behind each monitor's verdict on a pane, or define a term.",
        "history": "Show every change of the stage, and every approval: who, when and why.",
        "metrics": "Serve /metrics, /livez and /readyz until interrupted.",
        "report": "Write the shadow-diff report.",
        "diffs": "List the differences in clusters, show one, accept or settle it.",
    },
    "Decide": {
        "promote": "Move to the next stage now, by your decision instead of the judge's.",
        "rollback": "Give every session back to the incumbent.",
        "pause": "Stay in this stage: no promotion until `resume`; a rollback still happens.",
        "resume": "Allow promotions again after a pause.",
        "retry": "Start again in shadow after a rollback.",
        "retire": "Switch the incumbent off, once production has shown enough evidence.",
        "approve": "Approve an action that waits for both monitors, or approve a promotion.",
        "waive": "Waive the proof of one state for promotions, until an expiry.",
        "wait": "Wait until the rollout is promotable or has reached a stage.",
    },
    "Emergency": {
        "freeze": "Stop acting at once, everywhere; observation goes on.",
        "unfreeze": "Lift a freeze: the owners' intents reach tmux again.",
    },
    "Build": {
        "record": "Record tapes of a tmux server.",
        "replay": "Replay tapes with any two monitors and show where they differ.",
        "classify": "Read screens from standard input and print the state of each.",
        "backtest": "Judge a recorded stream of evidence: the verdicts, and when they were reached.",
        "bench": "Measure the time of a monitor's cycles on a live server, and tmux's own cost.",
        "gate": "Judge a benchmark file by rules, as a gate for a change.",
    },
}
"""Each section's verbs, in the order of the help."""

FAMILIES: Final[dict[str, dict[str, str]]] = {
    "flags": {
        "show": "Show the path and the content of the flags file.",
        "check": "Check a flags file; print each fault with its key and its remedy.",
    },
    "unleash": {
        "init": "Create the flags, strategies and context fields on an Unleash server.",
    },
    "diffs": {
        "list": "List the clusters of differences, the gravest first.",
        "show": "Show the record that has an id: a cluster, bout, spell, episode, delivery or transition.",
        "referee": "Show how often each kind of difference is settled, for which monitor and by which rule.",
        "accept": "Accept a cluster: its differences are explained and wait for no decision.",
        "settle": "Settle a cluster or one bout: name the monitor that was right.",
        "rules": "List the expected differences, which monitor is right in each and why; try or save one of your own.",
    },
}
"""The verbs of the verbs that have some of their own."""

GROUPS: Final = tuple(OVERVIEW)


def group_of(words: str) -> str:
    """Return the section of a verb, by the words that call it."""
    return next(group for group, verbs in OVERVIEW.items() if words.partition(" ")[0] in verbs)

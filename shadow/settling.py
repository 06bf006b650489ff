"""Settle a bout: compare its actions within their windows; class, excuse and label its difference."""

from collections.abc import Mapping, Sequence

from shadow.actions import ActionMatch, IntentEpisode, compare_actions
from shadow.bout import Bout, Excuse, OpenBout
from shadow.compare import Register, differ
from shadow.differences import DiffClass, Difference, Fingerprint, Severity, Side
from shadow.hindsight import ruling
from shadow.labels import Label, Right
from shadow.rules import BoutRules
from shadow.signoffs import Signoffs
from shadow.strata import events_of, strata_of


def judged(
    open_bout: OpenBout,
    episodes: Sequence[IntentEpisode],
    now: float,
    rules: BoutRules,
    register: Register,
    signoffs: Signoffs,
) -> Bout:
    """Return the settled bout; the book decides whether it repeats one that counted."""
    who = open_bout.who
    compared = compare_actions(
        episodes,
        (open_bout.began, open_bout.seen),
        (open_bout.incumbent.intent_keys, open_bout.candidate.intent_keys),
        rules.windows,
    )
    alone = {found.intent_key: found.how for found in compared if found.how in {ActionMatch.MISSING, ActionMatch.EXTRA}}
    intents = {**dict(open_bout.candidate.intents), **dict(open_bout.incumbent.intents)}
    one = _with_intents(
        open_bout.incumbent, intents, {intent_key for intent_key, how in alone.items() if how is ActionMatch.EXTRA}
    )
    two = _with_intents(
        open_bout.candidate, intents, {intent_key for intent_key, how in alone.items() if how is ActionMatch.MISSING}
    )
    difference, fingerprint = differ(who, one, two, register), Fingerprint.of(one, two)
    excuse, label = None, None
    if difference is not None:
        noisy = 2 * open_bout.noisy >= max(1, open_bout.differing)
        difference = difference.model_copy(update={"klass": DiffClass.NOISE}) if noisy else difference
        label = _label(difference, open_bout, rules, signoffs)
        excuse = _excuse(difference, open_bout.began, label, register, signoffs)
    else:
        label = ruling(one.state, two.state, open_bout.watch, rules.still_s)
    return Bout(
        id=open_bout.id,
        pane=open_bout.pane,
        pid=open_bout.pid,
        session=open_bout.session,
        window=open_bout.window,
        agent=fingerprint.agent,
        began=open_bout.began,
        ended=open_bout.seen if open_bout.over else None,
        looks=open_bout.looks,
        agrees=difference is None,
        difference=difference,
        fingerprint=fingerprint,
        incumbent=one,
        candidate=two,
        acts=compared,
        strata=strata_of(one, two),
        differs_in=events_of(one, two),
        label=label,
        watched=open_bout.watch.last is not None,
        counts=excuse is None,
        why_not=excuse,
        settled_at=now,
    )


def _with_intents(side: Side, intents: Mapping[str, int], without: set[str]) -> Side:
    """Return a side with its intents within the windows: with those that match the other's, without unmatched ones."""
    own = dict(side.intents)
    kept = tuple(
        sorted(
            (intent_key, own.get(intent_key, ordinal))
            for intent_key, ordinal in intents.items()
            if intent_key not in without
        )
    )
    return side if kept == side.intents else side.model_copy(update={"intents": kept})


def _excuse(
    difference: Difference, began: float, label: Label | None, register: Register, signoffs: Signoffs
) -> Excuse | None:
    """Return why a bout does not count. A detail is never an event, so it needs no excuse.

    Hindsight audits the register: if the candidate is proved wrong and the register names it as right, the difference
    is not the expected one.
    """
    if difference.severity is Severity.DETAIL:
        return None
    if difference.klass is DiffClass.NOISE:
        return Excuse.NOISE
    if difference.expected is not None:
        right = register.right(difference.expected)
        if right is None or label is None or not (label.alone and contradicts(label, right)):
            return Excuse.EXPECTED
    return Excuse.SIGNED_OFF if signoffs.acceptance(difference.cluster, began) is not None else None


def contradicts(label: Label | None, expected: Right) -> bool:
    """Return whether a label finds the candidate wrong although the register names it as right."""
    return label is not None and label.candidate_wrong and expected in {Right.CANDIDATE, Right.BOTH}


def _label(difference: Difference, open_bout: OpenBout, rules: BoutRules, signoffs: Signoffs) -> Label | None:
    settlement = signoffs.settlement(difference.cluster)
    if settlement is not None:
        return settlement.label
    ours, theirs = open_bout.incumbent.state, open_bout.candidate.state
    return None if ours is theirs else ruling(ours, theirs, open_bout.watch, rules.still_s)

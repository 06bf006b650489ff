"""The referee names a state from what the pane did next."""

# ruff: noqa: RUF001 - prompt signs
from __future__ import annotations

from dataclasses import replace

import pytest
from referee_cases import FRAME_S, LOOK_S, T0, Drawn, Referee, dialog, names, printing, rest, shell, word

from shadow.referee.records import NamedState

QUIET = rest()
DRAFT = rest(draft="fix the parser")
SENT = [rest("● Done.", "❯ fix the parser", *(f"● line {'abcdefgh'[n]}" for n in range(count))) for count in range(8)]


def test_a_shell_that_took_over_is_a_crash() -> None:
    assert names(QUIET, QUIET, shell("killed"), shell("killed"), shell("killed")) == [("crashed", 3)]


def test_a_dead_pane_is_a_crash() -> None:
    dead = rest(more={"dead": True})
    assert names(QUIET, dead, dead) == [("crashed", 2)]


def test_a_shell_in_which_no_agent_was_seen_is_none() -> None:
    make = Drawn(above=("compiling",), composer=False, processes=("bash", "make"))
    assert names(shell(), make, shell(), shell()) == []


def test_a_respawned_pane_is_no_crash() -> None:
    fresh = Drawn(above=("$ ",), composer=False, processes=("bash",), more={"pid": 999})
    assert names(QUIET, QUIET, fresh, fresh) == []


def test_a_shell_for_one_frame_is_no_crash() -> None:
    assert names(QUIET, (QUIET, shell(), QUIET, QUIET), QUIET) == []


def test_an_answered_dialog_was_waiting() -> None:
    assert names(QUIET, dialog(), dialog(), printing(1), printing(3)) == [("waiting_approval", 2)]


def test_a_dialog_that_is_gone_for_one_half_drawn_frame_was_not_answered() -> None:
    assert names(dialog(), dialog(), (rest(), dialog(), dialog(), dialog()), dialog()) == []


def test_a_dialog_that_ends_with_the_agent_names_nothing() -> None:
    assert names(QUIET, dialog(), dialog(), shell()) == [("crashed", 1)]


def test_a_draft_that_was_sent_was_unsubmitted() -> None:
    sent = tuple(SENT[1:5])
    assert names(QUIET, DRAFT, DRAFT, sent, QUIET)[-1] == ("unsubmitted_input", 2)


def test_a_draft_that_was_withdrawn_was_unsubmitted() -> None:
    assert names(DRAFT, DRAFT, QUIET, QUIET) == [("unsubmitted_input", 2)]


def test_a_draft_that_a_half_drawn_frame_hides_names_nothing() -> None:
    assert names(DRAFT, DRAFT, (QUIET, DRAFT, DRAFT, DRAFT), DRAFT) == []


def test_a_draft_beside_which_it_prints_names_no_draft() -> None:
    busy = [tuple(printing(4 * look + frame, "and the tests") for frame in range(4)) for look in range(4)]
    assert ("unsubmitted_input", 1) not in names(*busy)


def test_what_prints_on_was_busy() -> None:
    looks = [tuple(printing(4 * look + frame) for frame in range(4)) for look in range(4)]
    assert names(*looks) == [("busy", 3)]


def test_a_last_repaint_after_the_turn_is_not_busy() -> None:
    assert names(printing(1), (printing(1), printing(2), printing(3), printing(3)), printing(3), printing(3)) == []


def test_a_clock_of_its_own_that_advances_was_busy() -> None:
    looks = [tuple(rest(f"✻ Brewing… ({2 * look + (frame == 3)}s)") for frame in range(4)) for look in range(4)]
    assert names(*looks) == [("busy", 3)]


def test_a_clock_below_the_composer_is_the_status_line_s() -> None:
    looks = [tuple(rest(below=(f"  up {2 * look + (frame == 3)}s",)) for frame in range(4)) for look in range(4)]
    assert names(*looks) == []


def test_a_countdown_is_not_busy() -> None:
    looks = [tuple(rest(f"next run in {99 - 2 * look - (frame == 3)}s") for frame in range(4)) for look in range(4)]
    assert names(*looks) == []


def test_a_spinner_that_turns_on_was_busy() -> None:
    looks = [tuple(rest(f"{'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'[(4 * look + frame) % 10]} Working") for frame in range(4)) for look in range(4)]
    assert names(*looks) == [("busy", 3)]


def test_what_blinks_is_not_busy() -> None:
    looks = [tuple(rest(f"{'█ '[frame % 2]} logo") for frame in range(4)) for _ in range(4)]
    assert names(*looks) == []


def test_a_splash_that_moves_all_over_is_not_busy() -> None:
    def splash(turn: int) -> Drawn:
        return rest(*("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"[(turn + row) % 10] * 9 for row in range(8)))

    assert names(*(tuple(splash(4 * look + frame) for frame in range(4)) for look in range(4))) == []


@pytest.mark.parametrize("line", ["Retrying in 16 seconds", "429 · attempt 3 of 10", "Reconnecting... 1/3"])
def test_a_spinner_of_an_agent_that_makes_a_request_again_names_nothing(line: str) -> None:
    looks = [
        tuple(rest("❯ go on", line, f"{'⠋⠙⠹⠸'[frame]} Waiting ({2 * look}s)") for frame in range(4))
        for look in range(4)
    ]
    assert names(*looks) == []


def test_lines_that_a_half_drawn_frame_hides_are_not_printed_when_they_are_back() -> None:
    whole, torn = printing(9), printing(2)
    assert names(*((whole, torn, whole, whole) for _ in range(4))) == []


def test_a_resize_prints_nothing() -> None:
    def wide(width: int, *rows: str) -> Drawn:
        return rest(*rows, more={"width": width})

    frames = [
        wide(80 + look * 4 + frame, f"word {'abcdefghijklmnop'[look * 4 + frame]}")
        for look in range(4)
        for frame in range(4)
    ]
    assert names(*(tuple(frames[4 * look : 4 * look + 4]) for look in range(4))) == []


def test_a_program_that_draws_its_composer_after_it_took_over_was_starting() -> None:
    started = Drawn(above=("$ claude",), composer=False)
    spells = Referee().looks(shell(), started, started, QUIET, QUIET).end()
    assert [(str(spell.named), spell.looks, str(spell.rule)) for spell in spells] == [("busy", 2, "started")]


def test_a_program_that_never_draws_a_composer_names_nothing() -> None:
    build = Drawn(above=("compiling",), composer=False, processes=("bash", "make"))
    assert names(shell(), build, build, shell()) == []


def test_a_prompt_typed_into_a_resting_composer_found_it_at_rest() -> None:
    assert names(QUIET, QUIET, rest(draft="f"), rest(draft="fix"))[0] == ("idle", 2)


def test_a_prompt_that_was_accepted_at_once_found_it_at_rest() -> None:
    assert names(QUIET, QUIET, QUIET, tuple(SENT[1:5]), SENT[5])[0] == ("idle", 3)


def test_beside_an_error_on_the_screen_it_was_at_rest_and_no_more_is_known() -> None:
    failed = ("✗ API Error: 500 internal server error",)
    assert names(rest(*failed), rest(*failed), rest(*failed, draft="again"))[0] == ("at_rest", 2)


def test_a_still_screen_that_was_never_asked_anything_names_nothing() -> None:
    assert names(*[QUIET] * 9) == []


def test_output_that_breaks_a_rest_without_a_prompt_names_no_rest() -> None:
    assert names(QUIET, QUIET, rest("● Done.", "● A background job ended."), QUIET) == []


def test_typing_that_goes_with_output_is_no_sign_of_rest() -> None:
    busy = [
        rest("● Done.", *(f"● line {'abcdefghijklm'[n]}" for n in range(count)), draft="al") for count in (4, 5, 6, 7)
    ]
    assert "idle" not in dict(names(QUIET, QUIET, tuple(busy), busy[-1]))


def test_keys_of_the_harness_name_nothing() -> None:
    watch = Referee().looks(QUIET, QUIET)
    watch.look(DRAFT, touched=frozenset({"%1"})).looks(DRAFT)
    watch.look(*SENT[1:5], touched=frozenset({"%1"}))
    assert watch.names() == []


def test_a_prompt_that_may_answer_a_notice_of_the_harness_names_nothing() -> None:
    watch = Referee().look(QUIET).look(QUIET, noticed=frozenset({"%1"})).look(QUIET)
    assert "idle" not in dict(watch.look(rest(draft="f")).look(rest(draft="fix")).names())


def test_a_notice_about_an_earlier_rest_says_nothing_of_a_later_one() -> None:
    watch = Referee().look(QUIET, noticed=frozenset({"%1"})).look(QUIET)
    watch.looks(rest("● New."), rest("● New."), rest("● New.", draft="f"), rest("● New.", draft="fix"))
    assert dict(watch.names())["idle"] == 2


def test_copy_mode_names_nothing() -> None:
    mode = rest("● history", more={"in_mode": True})
    assert names(QUIET, QUIET, mode, rest(draft="f"), rest(draft="fix")) == []


def test_a_break_in_the_watch_names_nothing_across_it() -> None:
    watch = Referee().looks(*[QUIET] * 5)
    watch.at += 60
    assert "idle" not in dict(watch.look(rest(draft="f")).look(rest(draft="fix")).names())


def test_what_the_cli_itself_says_outranks_what_the_screen_shows() -> None:
    watch = Referee().look(QUIET)
    for _ in range(3):
        watch.look(QUIET, words=word(NamedState.WAITING_APPROVAL))
    (spell,) = watch.looks(rest(draft="f"), rest(draft="fix")).end()
    assert (str(spell.named), spell.looks, str(spell.rule)) == ("waiting_approval", 3, "agent_word")


def test_the_self_report_of_another_process_is_ignored() -> None:
    said = {"%1": word(NamedState.BUSY)["%1"].model_copy(update={"pid": 7})}
    assert Referee().look(QUIET, words=said).look(QUIET, words=said).names() == []


@pytest.mark.parametrize("prompt", ["❯", ">", "›", "»"])
def test_a_composer_is_known_by_any_prompt_sign(prompt: str) -> None:
    def drawn(draft: str) -> Drawn:
        return Drawn(
            above=("● Done.", f"{prompt} {draft}"), composer=False, more={"cursor_x": 2 + len(draft), "cursor_y": 1}
        )

    assert names(drawn(""), drawn(""), drawn("f"), drawn("fix"))[0] == ("idle", 2)


def test_a_cursor_far_behind_the_text_is_in_no_composer() -> None:
    parked = Drawn(above=("● Done.", "┃ return out"), composer=False, more={"cursor_x": 70, "cursor_y": 1})
    other = Drawn(above=("● Done.", "┃ "), composer=False, more={"cursor_x": 70, "cursor_y": 1})
    assert names(QUIET, parked, parked, other, other) == []


def test_a_wide_character_takes_two_cells_of_the_composer() -> None:
    def drawn(draft: str, cells: int) -> Drawn:
        return rest(draft=draft, more={"cursor_x": 2 + cells})

    spells = names(drawn("日本語の文字", 12), drawn("日本語の文字", 12), drawn("", 0), drawn("", 0))
    assert spells == [("unsubmitted_input", 2)]


def test_what_moves_while_a_person_presses_keys_is_not_busy() -> None:
    def scrolled(look: int, frame: int) -> Drawn:
        at = T0 + LOOK_S * look + FRAME_S * frame
        return replace(printing(4 * look + frame), more={"typed_at": at - 0.1})

    assert names(*(tuple(scrolled(look, frame) for frame in range(4)) for look in range(4))) == []


def test_a_spell_does_not_go_on_across_a_break_in_the_watch() -> None:
    watch = Referee().looks(rest(), *[shell("killed")] * 4)
    watch.at += 600
    assert watch.looks(*[shell("killed")] * 4).names() == [("crashed", 4), ("crashed", 4)]


def turn(look: int) -> tuple[Drawn, ...]:
    return tuple(rest(f"✻ Brewing… ({2 * look + (frame == 3)}s)") for frame in range(4))


def test_a_turn_that_stands_still_for_a_look_is_one_spell() -> None:
    held = rest("✻ Brewing… (7s)")
    watch = Referee().look(*turn(0)).look(*turn(1)).look(*turn(2)).look(*turn(3)).look(held).look(held)
    apart = watch.look(*turn(6)).look(*turn(7)).look(*turn(8)).names()
    assert [name for name, _ in apart] == ["busy", "busy"]
    within = (
        Referee()
        .look(*turn(0))
        .look(*turn(1))
        .look(rest("✻ Brewing… (3s)"))
        .look(*turn(3))
        .look(*turn(4))
        .look(*turn(5))
    )
    assert [name for name, _ in within.names()] == ["busy"]


def test_a_pane_respawned_within_a_look_is_no_crash() -> None:
    fresh = Drawn(above=("$ ",), composer=False, processes=("bash",), more={"pid": 999})
    assert names(rest(), (rest(), rest(), fresh, fresh), fresh, fresh) == []

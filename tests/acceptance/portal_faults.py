"""Faults of issue 3, the portal engine, and the tests that must turn red."""

from tests.acceptance.faults import Fault

PORTAL_FAULTS = (
    Fault(
        "Two columns swapped in a recipe",
        "config/portals/taian.yaml",
        (
            ("变更前保费(元): {name: premium_before_fen", "变更前保费(元): {name: premium_after_fen"),
            ("变更后保费(元): {name: premium_after_fen", "变更后保费(元): {name: premium_before_fen"),
        ),
        ("tests/portal/test_taian.py::test_endorsements_come_from_the_details_window",),
    ),
    Fault(
        "The last page of a list is not walked",
        "bots/portal/listing.py",
        (("else page_no >= sheet.last_page", "else page_no >= sheet.last_page - 1"),),
        ("tests/portal/test_taian.py::test_two_thousand_policies_come_home_exactly",),
    ),
    Fault(
        "A killed walk goes on although the list has moved",
        "bots/portal/listing.py",
        (
            (
                "is_same = claims_of(first) == marks[0].claims and digest_of(first) == marks[0].digest",
                "is_same = True",
            ),
        ),
        (
            "tests/portal/test_marks.py::test_a_list_that_has_moved_at_its_beginning_alone_is_read_from_the_start",
        ),
    ),
    Fault(
        "A column that went silent is no alarm",
        "bots/portal/fill_rates.py",
        (("> rules.fill_within", "> 100"),),
        ("tests/portal/test_fill_rates.py::test_a_column_that_lost_its_content_is_named",),
    ),
    Fault(
        "Completeness of a list is not compared",
        "bots/portal/tally.py",
        (("said = self.disagreements(totals.count, totals.sums)", "said: list[str] = []"),),
        ("tests/portal/test_taian_faults.py::test_wrong_total_is_incomplete",),
    ),
    Fault(
        "Other numbers than those asked for are taken",
        "bots/portal/tally.py",
        (("len(asked) and not others and len(missing) == self._aside.count(None):", "len(asked):"),),
        ("tests/portal/test_tally.py::test_numbers_asked_for_are_the_numbers_found",),
    ),
    Fault(
        "Of two printed counts the first is believed",
        "bots/portal/tally.py",
        (("if len(said) > 1:", "if len(said) > 2:"),),
        ("tests/portal/test_tally.py::test_two_printed_counts_that_differ_are_no_count",),
    ),
    Fault(
        "A list asked for by `http` ends after its first page",
        "bots/portal/sources/http_tables.py",
        (("is_last=not body or end >= (totals.count or 0)", "is_last=True"),),
        ("tests/portal/test_taian.py::test_premiums_come_home_exactly",),
    ),
    Fault(
        "A pause that a portal asks for is not granted",
        "bots/portal/patience.py",
        (("if not error.may_wait:", "if error.may_wait:"),),
        ("tests/portal/test_too_fast.py::test_refused_page_is_asked_for_again",),
    ),
    Fault(
        "A login that came too fast is sent again",
        "flows/house.py",
        (("return not error.is_final and", "return"),),
        ("tests/portal/test_too_fast.py::test_login_that_comes_too_fast_is_sent_once",),
    ),
    Fault(
        "A control file's sum is not compared",
        "bots/portal/control_files.py",
        (("return Totals(count, sums)", "return Totals(count, {})"),),
        ("tests/portal/test_control_files.py::test_zip_that_its_control_file_does_not_prove_is_refused",),
    ),
    Fault(
        "The statement's footer sum is not compared",
        "bots/portal/file_rows.py",
        (
            (
                "said = tally.disagreements(claimed.count, claimed.sums)",
                "said = tally.disagreements(claimed.count, {})",
            ),
        ),
        ("tests/portal/test_file_rows.py::test_untrustworthy_file_is_refused_as_a_whole",),
    ),
    Fault(
        "Pages left behind pile up in the browser",
        "bots/portal/screen.py",
        (("if by_page and self._pauses % _TIDY_EVERY == 0:", "if by_page and self._pauses < 0:"),),
        ("tests/portal/test_long_session.py::test_pages_left_behind_are_let_go",),
    ),
    Fault(
        "A refused login is tried again",
        "bots/portal/login.py",
        (("if self._refusal:", "if self._refusal and not self._refusal:"),),
        ("tests/portal/test_taian_faults.py::test_refusal_in_mid_run_is_not_tried_again",),
    ),
    Fault(
        "A login refused by an alert is a changed page",
        "bots/portal/login.py",
        (("            self._refusals.judge_everything()\n", ""),),
        ("tests/portal/test_refused_logins.py::test_an_alert_that_refuses_is_a_refusal",),
    ),
    Fault(
        "A crashed page counts as a changed one",
        "bots/portal/browser_errors.py",
        (
            (
                "if is_lost or any(words in first_line for words in _LOST):",
                'if "has been closed" in first_line:',
            ),
        ),
        ("tests/portal/test_hard_faults.py::test_a_browser_that_dies_is_told_as_such",),
    ),
    Fault(
        "A request that was cut off is not remembered",
        "bots/portal/script_answers.py",
        (("self._failures.append(reason)", "self._failures.clear()"),),
        ("tests/portal/test_hard_faults.py::test_a_line_that_is_reset_is_a_portal_out_of_reach",),
    ),
    Fault(
        "A silent line counts as a list that ended early",
        "bots/portal/sources/card_rows.py",
        (("if is_short and end < (totals.count or 0):", "if is_short and end < 0:"),),
        ("tests/portal/test_hard_faults.py::test_a_line_that_goes_silent_ends_in_time",),
    ),
    Fault(
        "A trace with its people is kept unsealed",
        "bots/portal/evidence.py",
        (("sink.keep_sealed(", "sink.keep("),),
        ("tests/portal/test_step_trace.py::test_a_page_that_fails_again_after_a_new_login_is_traced",),
    ),
    Fault(
        "Answers in the evidence show their people",
        "bots/portal/last_answers.py",
        (("in_rows=True", "in_rows=False"),),
        ("tests/portal/test_last_answers.py::test_only_known_keys_of_rows_are_shown",),
    ),
    Fault(
        "A message about a person stands in the evidence",
        "bots/portal/known_words.py",
        (("return text if text in found else", "return text if not found else"),),
        ("tests/portal/test_last_answers.py::test_what_an_answer_says_of_itself_may_be_about_people",),
    ),
    Fault(
        "A login sent off without waiting is accepted",
        "bots/portal/recipe_checks.py",
        (("for step in steps[behind:]", "for step in steps"),),
        ("tests/portal/test_recipe_file.py::test_a_login_that_is_sent_off_without_waiting_is_refused",),
    ),
    Fault(
        "Old evidence stays",
        "connectors/evidence.py",
        (("st_mtime >= oldest", "st_mtime >= 0"),),
        ("tests/connectors/test_evidence_folder.py::test_evidence_goes_after_its_days",),
    ),
    Fault(
        "A step is tried again with a dead browser",
        "flows/house.py",
        ((" and not isinstance(error, BrowserLost)", ""),),
        ("tests/connectors/test_hard_faults.py::test_a_task_does_not_try_again_with_a_dead_browser",),
    ),
    Fault(
        "A dead browser is not replaced",
        "flows/collect_portal.py",
        (("except BrowserLost as error:", "except ZeroDivisionError as error:"),),
        ("tests/connectors/test_hard_faults.py::test_a_dead_browser_is_replaced_and_goes_on",),
    ),
    Fault(
        "A missing page of a PDF is not noticed",
        "bots/portal/pdf_grids.py",
        (("!= (number, pages)", "!= (int(printed[1]), int(printed[2]))"),),
        ("tests/portal/test_pdf_grids.py::test_dropped_page_is_told_by_the_printed_numbers",),
    ),
    Fault(
        "A fallback selector is used in silence",
        "bots/portal/selectors.py",
        (("self._noted[said] = None", "self._noted.pop(said, None)"),),
        ("tests/portal/test_kanghe_faults.py::test_renamed_table_is_read_by_the_fallback_and_said",),
    ),
    Fault(
        "A portal's question is answered twice",
        "connectors/questions.py",
        (
            (
                "Question.state == OPEN, Question.expires_at > now)\n        .values",
                "Question.expires_at > now)\n        .values",
            ),
        ),
        ("tests/connectors/test_questions.py::test_the_first_answer_counts_and_is_sealed",),
    ),
    Fault(
        "A relayed SMS may be sent again",
        "web/pages_codes.py",
        (("if not is_new:", "if not nonce:"),),
        ("tests/web/test_codes.py::test_a_request_works_once",),
    ),
)

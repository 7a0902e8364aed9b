"""Promises that tests keep: which tests, by id, stand for which sentence of issue 3."""

from tests.acceptance.check import PORTALS_DONE, PORTALS_FAULTS, PORTALS_SPEED
from tests.acceptance.promises import Promise

_SMALL = "portals of the tests' sandbox"
_PORTAL = "tests/portal/test_"

PORTAL_PROMISES = (
    Promise(
        PORTALS_DONE,
        "All five portals come home through the flow: keys and sums of every dataset are the records'",
        "the tests' house: 泰安 of 120 policies, 康禾 to 2024-02-12, the others at full size; period 2026-10",
        (
            "tests/flows/test_night.py::test_a_night_brings_home_what_the_truth_says",
            "tests/flows/test_other_portals.py::test_a_night_holds_every_key_of_the_first_portal",
            "tests/flows/test_other_portals.py::test_a_portal_comes_home_by_its_flow",
            "tests/flows/test_other_portals.py::test_a_portal_with_windows_behind_its_rows_comes_home_by_its_flow",
            "tests/flows/test_portal_code.py::test_a_code_typed_at_the_desk_lets_the_run_go_on",
        ),
    ),
    Promise(
        PORTALS_DONE,
        "A recipe alone reads a page in a style of none of the five portals; docs/recipe*.md say every word "
        "of the language and show every key in an example that the engine takes",
        "one page, 37 rows on 3 pages; every fenced example of the pages",
        (
            "tests/portal/test_strange_portal.py::test_check_accepts_the_recipe",
            "tests/portal/test_strange_portal.py::test_try_brings_every_row_home",
            "tests/portal/test_recipe_docs.py::test_word_is_documented",
            "tests/portal/test_recipe_docs.py::test_list_of_models_is_complete",
            "tests/portal/test_recipe_docs.py::test_example_is_taken_by_the_engine",
            "tests/portal/test_recipe_docs.py::test_every_key_of_every_model_is_shown",
        ),
    ),
    Promise(
        PORTALS_DONE,
        "A new recipe is red until it is filled in",
        "`portal new`, with and without a family",
        (
            f"{_PORTAL}recipe_authoring.py::test_every_blank_of_a_new_recipe_is_named_with_its_line",
            f"{_PORTAL}recipe_authoring.py::test_new_recipe_is_accepted_once_it_is_filled_in",
        ),
    ),
    Promise(
        PORTALS_DONE,
        "Every committed recipe reads its golden with no portal there, and a wrong reading is caught",
        "tests/golden/portals/",
        (
            f"{_PORTAL}golden.py::test_every_committed_recipe_still_reads_its_golden",
            f"{_PORTAL}golden.py::test_recipe_that_reads_otherwise_is_caught",
            f"{_PORTAL}golden.py::test_accepted_golden_replays_without_the_portal",
        ),
    ),
    Promise(
        PORTALS_SPEED,
        "Pages left behind do not pile up in the browser",
        "10 pauses",
        (f"{_PORTAL}long_session.py::test_pages_left_behind_are_let_go",),
    ),
    Promise(
        PORTALS_FAULTS,
        "`kill -9` at the first, a middle and the last page, and of a whole worker; a walk broken off "
        "in every family: gone on from there, nothing lost, nothing doubled",
        "portals of the tests' sandbox; SIGKILL: 明德's grid of 6 pages and a night of 泰安, 120 policies",
        (
            "tests/connectors/test_families_resume.py::test_a_process_killed_at_any_page_is_gone_on_from",
            "tests/flows/test_worker_killed.py::test_a_killed_night_is_marked_crashed_and_the_next_one_completes_it",
            "tests/connectors/test_families_resume.py::test_a_broken_off_walk_of_any_family_goes_on_and_ends_whole",
            "tests/connectors/test_checkpoints.py::test_a_collection_that_breaks_off_goes_on_and_ends_whole",
            "tests/connectors/test_checkpoints.py::test_a_saved_page_is_not_asked_for_again",
            "tests/connectors/test_checkpoints.py::test_what_contradicts_itself_is_not_built_upon",
            f"{_PORTAL}marks.py::test_a_list_that_has_moved_is_read_from_the_start",
            f"{_PORTAL}marks.py::test_a_list_that_has_moved_at_its_beginning_alone_is_read_from_the_start",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "Session expiry at page k: logged in again, back to the page, every row once",
        _SMALL,
        (
            f"{_PORTAL}taian_sessions.py::test_expired_session_loses_and_doubles_nothing",
            f"{_PORTAL}taian_sessions.py::test_session_that_ends_again_on_the_way_back",
            f"{_PORTAL}kanghe_faults.py::test_expired_session_goes_back_to_the_page",
            f"{_PORTAL}ruixiang_faults.py::test_session_lost_at_a_page_loses_and_doubles_nothing",
            f"{_PORTAL}mingde_faults.py::test_session_that_ends_while_the_grid_scrolls",
            f"{_PORTAL}kehutong_faults.py::test_lost_session_is_survived",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "Displaced login: survived within its budget, then an error in the portal's words",
        _SMALL,
        (
            f"{_PORTAL}taian_sessions.py::test_displaced_session_logs_in_again",
            f"{_PORTAL}taian_sessions.py::test_budget_of_new_logins_ends",
            f"{_PORTAL}kanghe_faults.py::test_displaced_session_downloads_again",
            f"{_PORTAL}ruixiang_faults.py::test_displaced_session_logs_in_again",
            f"{_PORTAL}mingde_faults.py::test_displaced_session_scrolls_back_to_its_record",
            f"{_PORTAL}kehutong_faults.py::test_displaced_session_is_survived_within_its_budget",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "HTTP 500 at random by seed, 503, maintenance page: all rows or the portal is called unavailable",
        _SMALL,
        (
            f"{_PORTAL}taian_faults.py::test_portal_that_goes_down_and_comes_back",
            f"{_PORTAL}taian_lists.py::test_portal_closed_at_the_door",
            f"{_PORTAL}taian_lists.py::test_portal_that_closes_and_comes_back",
            f"{_PORTAL}taian_lists.py::test_errors_now_and_then_are_told_as_such",
            f"{_PORTAL}kanghe_faults.py::test_errors_now_and_then_are_told_as_such",
            f"{_PORTAL}kanghe_faults.py::test_closed_portal_is_unavailable",
            f"{_PORTAL}ruixiang_faults.py::test_answers_that_fail_now_and_then",
            f"{_PORTAL}ruixiang_faults.py::test_portal_closed_at_the_door",
            f"{_PORTAL}mingde_faults.py::test_errors_now_and_then_never_cost_a_row",
            f"{_PORTAL}mingde_faults.py::test_portal_that_closes_and_opens_again",
            f"{_PORTAL}kehutong_faults.py::test_portal_out_of_order",
            f"{_PORTAL}kehutong_faults.py::test_errors_now_and_then",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "A short page, a total that disagrees, a list that moves between pages: both figures are told",
        _SMALL,
        (
            f"{_PORTAL}taian_faults.py::test_wrong_total_is_incomplete",
            f"{_PORTAL}taian_lists.py::test_short_page_is_incomplete",
            f"{_PORTAL}taian_lists.py::test_list_that_moves_between_pages_is_incomplete",
            f"{_PORTAL}kanghe_faults.py::test_short_page_is_incomplete",
            f"{_PORTAL}kanghe_faults.py::test_wrong_total_of_a_list_is_incomplete",
            f"{_PORTAL}kanghe_faults.py::test_list_that_moves_between_pages_is_incomplete",
            f"{_PORTAL}ruixiang_faults.py::test_list_that_does_not_add_up_is_incomplete",
            f"{_PORTAL}mingde_faults.py::test_wrong_total_is_incomplete",
            f"{_PORTAL}mingde_faults.py::test_page_that_lacks_its_last_row_is_incomplete",
            f"{_PORTAL}mingde_faults.py::test_list_that_moves_while_it_is_read_is_incomplete",
            f"{_PORTAL}kehutong_faults.py::test_short_batch",
            f"{_PORTAL}kehutong_faults.py::test_wrong_count",
            f"{_PORTAL}kehutong_faults.py::test_newcomer_in_the_middle",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "A renamed class, a column renamed, gone or new: portal, dataset and column are named",
        _SMALL,
        (
            f"{_PORTAL}taian_faults.py::test_missing_column_is_named",
            f"{_PORTAL}taian_lists.py::test_changed_columns_are_named",
            f"{_PORTAL}taian_lists.py::test_renamed_table_is_a_changed_page",
            f"{_PORTAL}kanghe_faults.py::test_renamed_table_is_a_changed_page",
            f"{_PORTAL}kanghe_faults.py::test_changed_columns_are_named",
            f"{_PORTAL}ruixiang_faults.py::test_changed_page_is_named",
            f"{_PORTAL}mingde_faults.py::test_columns_that_change_are_named",
            f"{_PORTAL}mingde_faults.py::test_renamed_class_is_named",
            f"{_PORTAL}kehutong_faults.py::test_changed_columns",
            f"{_PORTAL}kehutong_faults.py::test_renamed_grid",
            f"{_PORTAL}fill_rates.py::test_a_column_that_lost_its_content_is_named",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "A slow page: waited for within its time, unavailable beyond it",
        _SMALL,
        (
            f"{_PORTAL}taian_lists.py::test_slow_page_within_the_time_is_waited_for",
            f"{_PORTAL}taian_lists.py::test_slow_page_beyond_the_time_is_unavailable",
            f"{_PORTAL}kanghe_faults.py::test_slow_page_within_the_time_is_waited_for",
            f"{_PORTAL}kanghe_faults.py::test_slow_page_beyond_the_time_is_unavailable",
            f"{_PORTAL}ruixiang_faults.py::test_slow_page_in_time_is_waited_for",
            f"{_PORTAL}ruixiang_faults.py::test_slow_page_beyond_the_time_is_unavailable",
            f"{_PORTAL}mingde_faults.py::test_slow_answer_is_waited_for",
            f"{_PORTAL}mingde_faults.py::test_answer_that_comes_too_late",
            f"{_PORTAL}kehutong_faults.py::test_slow_batch",
            f"{_PORTAL}kehutong_faults.py::test_batch_that_does_not_come",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "HTTP 429: waited for as long as the portal asks within the recipe's limits, then left alone: "
        "no retry, no second login",
        _SMALL,
        (
            f"{_PORTAL}too_fast.py::test_refused_page_is_asked_for_again",
            f"{_PORTAL}too_fast.py::test_refused_requests_are_made_again",
            f"{_PORTAL}too_fast.py::test_pauses_have_an_end",
            f"{_PORTAL}too_fast.py::test_pauses_of_a_dataset_are_counted",
            f"{_PORTAL}too_fast.py::test_who_is_sent_away_asks_nothing_more",
            f"{_PORTAL}too_fast.py::test_login_that_comes_too_fast_is_sent_once",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "Numbers asked for by a file come home one by one; a zip is proved by its control file",
        "康禾: 5 numbers and 501; zips written by the test",
        (
            f"{_PORTAL}upload.py::test_each_number_comes_home_or_the_dataset_fails",
            f"{_PORTAL}tally.py::test_numbers_asked_for_are_the_numbers_found",
            f"{_PORTAL}control_files.py::test_zip_that_its_control_file_does_not_prove_is_refused",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "Half a download: refused whole, never stored",
        _SMALL,
        (
            f"{_PORTAL}taian_faults.py::test_statement_file_that_cannot_be_trusted",
            f"{_PORTAL}kanghe_faults.py::test_half_download_is_refused",
            f"{_PORTAL}mingde_faults.py::test_file_that_cannot_be_trusted",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "Two processes on one account sharing the hub on PostgreSQL: one holds it, the other waits its turn",
        "SQLite and PostgreSQL",
        (
            "tests/connectors/test_hard_faults.py::test_two_workers_on_one_account_take_turns",
            "tests/connectors/test_collection_log.py::test_first_use_by_two_processes_leaves_one_holder",
            "tests/connectors/test_collection_log.py::test_a_killed_run_frees_the_account_within_its_lease",
            "tests/connectors/test_collection_log.py::test_nothing_is_saved_after_the_lease_was_lost",
            "tests/database/test_leases.py::test_two_processes_share_a_queue",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "A browser crash, a connection that is cut: gone on from where it was, never fewer rows",
        _SMALL,
        (
            "tests/connectors/test_hard_faults.py::test_a_dead_browser_is_replaced_and_goes_on",
            "tests/connectors/test_hard_faults.py::test_a_cut_line_costs_nothing_but_time",
            f"{_PORTAL}taian_sessions.py::test_browser_that_dies_is_told_from_a_portal_that_changed",
            f"{_PORTAL}taian_faults.py::test_address_where_nothing_listens",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "Disk full: nothing half-written",
        "files written by the test",
        (
            "tests/connectors/test_hard_faults.py::test_a_full_disk_stops_the_collection_with_nothing_half_written",
            "tests/database/test_files.py::test_a_full_disk_leaves_nothing_half_written",
            "tests/database/test_files.py::test_a_full_disk_under_the_database",
        ),
    ),
    Promise(
        PORTALS_FAULTS,
        "Two questions for a code are open at once: an answer goes to its own, one runs out; "
        "a run that asks waits, and goes on with what is typed at the desk",
        "two rows of the questions table, SQLite and PostgreSQL; one run of 客户通 in the tests' house",
        (
            "tests/connectors/test_questions.py::test_one_of_two_questions_may_run_out",
            "tests/flows/test_portal_code.py::test_a_code_typed_at_the_desk_lets_the_run_go_on",
            "tests/connectors/test_questions.py::test_an_sms_answers_the_question_that_it_names",
            "tests/connectors/test_questions.py::test_a_late_answer_is_refused",
        ),
    ),
)

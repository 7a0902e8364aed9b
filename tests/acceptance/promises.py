"""Promises that tests keep: which tests, by id, stand for which sentence of issue 2."""

from dataclasses import dataclass

from tests.acceptance.check import BAD_INPUT, DONE_WHEN, Part


@dataclass(frozen=True, slots=True)
class Promise:
    """A sentence of the issue, and the tests that must all be there and pass, with all their parameters."""

    part: Part
    sentence: str
    size: str
    tests: tuple[str, ...]


_SMALL = "seed 20261106, 120 policies"
_FILES = "files written by the test"

PROMISES = (
    Promise(
        DONE_WHEN,
        "A schedule fires by itself, is completed by the worker, and the server's log holds no error line",
        _SMALL,
        ("tests/flows/test_schedule.py::test_a_schedule_fires_and_the_server_log_holds_no_error",),
    ),
    Promise(
        DONE_WHEN,
        "`kill -9` during the collection, then a new run: complete, no row lost or doubled",
        _SMALL,
        (
            "tests/flows/test_worker_killed.py::test_a_killed_night_is_marked_crashed_and_the_next_one_completes_it",
        ),
    ),
    Promise(
        DONE_WHEN,
        "佣金对账 runs from the Prefect UI as chosen; its link downloads the workbook after login",
        _SMALL,
        (
            "tests/flows/test_prefect_ui.py::test_the_form_runs_the_flow_and_its_artifact_leads_to_the_workbook",
        ),
    ),
    Promise(
        DONE_WHEN,
        "The whole night on a PostgreSQL hub with two workers equals the truth",
        _SMALL,
        (
            "tests/flows/test_night_on_postgresql.py::test_a_night_on_postgresql_brings_home_what_the_truth_says",
        ),
    ),
    Promise(
        DONE_WHEN,
        "Stored values are LibreOffice's, a planted wrong value is caught, tie-out cells are 0",
        "seed 20261106, 2,000 policies",
        (
            "tests/commission/test_workbook_in_libreoffice.py::test_a_planted_wrong_value_is_caught",
            "tests/commission/test_workbook_in_libreoffice.py::test_stored_values_are_what_libreoffice_calculates",
            "tests/commission/test_workbook.py::test_tie_out_cells_are_zero",
        ),
    ),
    Promise(
        DONE_WHEN,
        "Every README command is run by a test; `make up` is started, probed, stopped",
        "the README's fenced blocks",
        (
            "tests/test_house.py::test_readme_commands_are_run_by_tests",
            "tests/test_house.py::test_table_of_readme_commands_names_real_tests",
            "tests/cli/test_up.py::test_up_serves_the_tour_and_stops_on_ctrl_c",
            "tests/cli/test_up.py::test_doctor_passes_on_a_set_up_machine",
        ),
    ),
    Promise(
        BAD_INPUT,
        "Unknown recipe key",
        "config/portals/taian.yaml changed",
        (
            "tests/portal/test_recipe_file.py::test_unknown_key_points_at_its_very_line",
            "tests/portal/test_portal_command.py::test_check_names_file_line_and_key",
        ),
    ),
    Promise(
        BAD_INPUT,
        "Wrong password: tried once, told from a lock, never again by itself",
        _SMALL,
        (
            "tests/portal/test_taian_faults.py::test_wrong_password_is_tried_once",
            "tests/portal/test_taian_faults.py::test_refusal_in_mid_run_is_not_tried_again",
            "tests/portal/test_taian_faults.py::test_locked_account_is_a_refusal",
        ),
    ),
    Promise(
        BAD_INPUT,
        "Portal down: named, the rest of the night goes on, operations get an alarm",
        _SMALL,
        (
            "tests/portal/test_taian_faults.py::test_portal_that_is_down_at_login",
            "tests/flows/test_misfortunes.py::test_a_portal_that_is_down_fails_the_night_by_name_and_people_are_told",
        ),
    ),
    Promise(
        BAD_INPUT,
        "Missing column: portal page, statement file, bank file",
        _SMALL,
        (
            "tests/portal/test_taian_faults.py::test_missing_column_is_named",
            "tests/portal/test_file_rows.py::test_renamed_column_is_a_changed_page",
            "tests/commission/test_bank_file.py::test_a_broken_file_is_refused_whole",
        ),
    ),
    Promise(
        BAD_INPUT,
        "Statement whose lines do not add up to its printed total; truncated xls",
        _SMALL,
        (
            "tests/portal/test_taian_faults.py::test_statement_file_that_cannot_be_trusted",
            "tests/portal/test_file_rows.py::test_untrustworthy_file_is_refused_as_a_whole",
        ),
    ),
    Promise(
        BAD_INPUT,
        "Bank file in the wrong encoding: refused whole, the last workbook stays",
        _SMALL,
        (
            "tests/commission/test_bank_file.py::test_the_wrong_encoding_is_named",
            "tests/flows/test_misfortunes.py::test_a_bank_file_in_the_wrong_encoding_stops_the_reconciliation_and_keeps_the_old_workbook",
        ),
    ),
    Promise(
        BAD_INPUT,
        "A bad cell in the firm's own master file: file, line and column named, nothing settled",
        _SMALL,
        ("tests/flows/test_misfortunes.py::test_a_master_file_with_a_bad_cell_names_file_line_and_column",),
    ),
    Promise(
        BAD_INPUT,
        "Disk full on write: nothing half-written, nothing lost, in landing, workbook and database",
        _FILES,
        (
            "tests/database/test_files.py::test_a_full_disk_leaves_nothing_half_written",
            "tests/database/test_files.py::test_a_full_disk_keeps_the_old_file",
            "tests/database/test_files.py::test_a_full_disk_under_the_database",
            "tests/database/test_files.py::test_a_file_size_limit",
        ),
    ),
    Promise(
        BAD_INPUT,
        "Second worker started on SQLite: refused with file and remedy",
        _SMALL,
        (
            "tests/flows/test_worker_killed.py::test_a_second_worker_on_sqlite_is_refused",
            "tests/database/test_engine.py::test_second_worker_on_sqlite_is_refused_until_the_first_is_killed",
        ),
    ),
)

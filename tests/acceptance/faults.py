"""Faults of issue 2 that are planted one at a time in a scratch copy, and the tests that must turn red.

``edits`` replace text that stands in the file exactly once; keep it short, so that it lives long.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, where, how (old text, new text), and who must notice."""

    sentence: str
    file: str
    edits: tuple[tuple[str, str], ...]
    tests: tuple[str, ...]


_OFFICE = "tests/commission/test_workbook_in_libreoffice.py"

HOUSE_FAULTS = (
    Fault(
        "A share is rounded down instead of half up",
        "bots/commission/whole_fen.py",
        (("doubled = 2 * numerator.abs() + denominator", "doubled = 2 * numerator.abs()"),),
        ("tests/commission/test_against_truth.py::test_every_break_is_found_and_no_other",),
    ),
    Fault(
        "The last part of a split does not take the remainder",
        "bots/commission/whole_fen.py",
        (("part.where(~is_last, amount_fen - others)", "part.where(~is_last, part)"),),
        ("tests/commission/test_properties.py::test_a_split_column_equals_single_splits",),
    ),
    Fault(
        "The return-visit gate is skipped",
        "bots/commission/items.py",
        ((".mask(no_receipt | no_visit)", ".mask(no_receipt)"),),
        ("tests/commission/test_breaks_by_class.py::test_gate_open",),
    ),
    Fault(
        "The filed cap on the rate is ignored",
        "bots/commission/items.py",
        (('items[["rate_bp", "max_rate_bp"]].min(axis=1)', 'items[["rate_bp"]].min(axis=1)'),),
        ("tests/commission/test_breaks_by_class.py::test_the_filed_cap_limits_the_rate",),
    ),
    Fault(
        "A line paid twice is not seen",
        "bots/commission/judging.py",
        (
            (
                '(BreakClass.DUPLICATE_PAID, lines["is_duplicate"])',
                '(BreakClass.DUPLICATE_PAID, lines["is_duplicate"] & False)',
            ),
        ),
        ("tests/commission/test_breaks_by_class.py::test_duplicate_paid",),
    ),
    Fault(
        "An upline of the same rank earns the override",
        "bots/commission/hierarchy.py",
        (("if above.rank != below.rank:", "if above.rank:"),),
        ("tests/commission/test_settling.py::test_the_same_rank_uses_up_the_generation",),
    ),
    Fault(
        "A batch whose list total differs from its lines is paid",
        "bots/commission/bank_matching.py",
        (('batches["lines_difference_fen"] != 0', 'batches["lines_difference_fen"] > 0'),),
        ("tests/commission/test_breaks_by_class.py::test_statement_total_ne_lines_holds_the_batch",),
    ),
    Fault(
        "A bank movement listed twice is taken twice",
        "bots/commission/bank_file.py",
        (('if row["transaction_no"] in seen:', 'if row["transaction_no"] in ():'),),
        ("tests/commission/test_bank_file.py::test_a_broken_file_is_refused_whole",),
    ),
    Fault(
        "Text from outside becomes a formula in the workbook",
        "bots/commission/workbook_cells.py",
        (("sheet.write_string(", '(sheet.write_formula if value[:1] == "=" else sheet.write_string)('),),
        ("tests/commission/test_workbook.py::test_text_from_outside_stays_text",),
    ),
    Fault(
        "Formulas of the workbook are written without their results",
        "bots/commission/workbook_cells.py",
        (("value.text, style, value.value)", "value.text, style)"),),
        (f"{_OFFICE}::test_stored_values_are_what_libreoffice_calculates",),
    ),
    Fault(
        "A row that did not change is written again",
        "connectors/database/store.py",
        (("set_=update, where=changed)", "set_=update)"),),
        ("tests/database/test_store.py::test_counts_of_new_changed_and_same_rows",),
    ),
    Fault(
        "Who lost a lease may still write",
        "connectors/database/leases.py",
        ((", table.lease_owner == owner)", ")"),),
        ("tests/database/test_leases.py::test_who_lost_the_lease_writes_nothing",),
    ),
    Fault(
        "Encrypted columns are stored in plain text",
        "connectors/database/columns.py",
        (("current_keys().encrypt(self.to_plain(value), self.place)", "self.to_plain(value)"),),
        ("tests/database/test_privacy.py::test_no_plain_value_in_any_file",),
    ),
    Fault(
        "A full disk leaves a half-written file behind",
        "connectors/atomic_files.py",
        (("temporary.unlink(missing_ok=True)", "temporary.exists()"),),
        ("tests/database/test_files.py::test_a_full_disk_leaves_nothing_half_written",),
    ),
    Fault(
        "A second worker on SQLite is let in",
        "connectors/database/worker_lock.py",
        (("if not _try_lock(file.fileno()):", "if _try_lock(file.fileno()) is None:"),),
        ("tests/database/test_engine.py::test_second_worker_on_sqlite_is_refused_until_the_first_is_killed",),
    ),
    Fault(
        "WeCom's errcode in an HTTP 200 is ignored",
        "connectors/messages/wecom_robot.py",
        (("if code == 0:", "if isinstance(code, int):"),),
        ("tests/messages/test_wecom_robot.py::test_http_200_with_an_errcode_is_no_success",),
    ),
    Fault(
        "The outbox takes the same notice a second time",
        "connectors/messages/outbox.py",
        (('"occasion": notice.occasion,', '"occasion": f"{notice.occasion} {letter.payload}",'),),
        ("tests/messages/test_outbox.py::test_the_same_notice_twice_is_one_row_and_one_message",),
    ),
    Fault(
        "A dead sender's message is sent again by itself",
        "connectors/database/operations_tables.py",
        (('expired_state = "unknown"', 'expired_state = "waiting"'),),
        ("tests/messages/test_killed_sender.py::test_a_killed_sender_leaves_unknown_never_twice",),
    ),
    Fault(
        "The desk accepts forms without CSRF token",
        "web/security.py",
        (('raise HTTPException(403, detail="csrf")', "return"),),
        ("tests/web/test_login.py::test_a_form_without_the_sessions_token_is_refused",),
    ),
)

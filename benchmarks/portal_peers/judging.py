"""What is wrong with rows of 康禾人寿's policies, by the records behind the portal."""

from datetime import date

from kanghe import BEGIN, END

from sandbox.kanghe.records import build_records

RIGHT = "all rows right"
# Cells of a row as the page shows it on a good day, the running number first.
POLICY_NO, PREMIUM, WIDTH = 1, 11, 17


def truth() -> dict[str, str]:
    """Policy number -> premium in yuan, as ``yuan`` writes it."""
    first, last = date.fromisoformat(BEGIN), date.fromisoformat(END)
    return {
        policy.policy_no: yuan(policy.annual_premium_fen)
        for policy in build_records()
        if first <= policy.issue_date <= last
    }


def yuan(fen: int) -> str:
    """Fen as the page writes them, without commas."""
    return f"{fen // 100}.{fen % 100:02d}"


def as_cells(policy_no: str, premium_fen: int) -> list[str]:
    """A typed row where a script has the page's cells; what is not judged stays empty."""
    cells = [""] * WIDTH
    cells[POLICY_NO], cells[PREMIUM] = policy_no, yuan(premium_fen)
    return cells


def judge(rows: list[list[str]]) -> str:
    """How many rows are missing, too many or wrong; or that all are right."""
    full = [row + [""] * (WIDTH - len(row)) for row in rows]
    wanted = truth()
    numbers = [row[POLICY_NO].upper() for row in full]
    premiums = {row[POLICY_NO].upper(): row[PREMIUM].replace(",", "") for row in full}
    wrong = {
        "missing": len(wanted.keys() - premiums.keys()),
        "unknown": len(premiums.keys() - wanted.keys()),
        "twice": len(numbers) - len(premiums),
        "with another premium": sum(wanted.get(number, text) != text for number, text in premiums.items()),
        "lacking a cell": sum(len(row) < WIDTH for row in rows),
    }
    found = [f"{count} {what}" for what, count in wrong.items() if count]
    return ", ".join(found) or RIGHT

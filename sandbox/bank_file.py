"""The bank's CSV download: GB18030, preamble, tabs before long numbers, footer."""

from sandbox.amounts import yuan
from sandbox.bank import OPENING_FEN
from sandbox.records import Movement
from sandbox.scene import BROKER_NAME, PERIOD_END, PERIOD_START

HEADER = "交易时间,借贷标志,交易金额,余额,摘要,交易流水号,对方账号,对方户名,回单流水号"
FILE_NAME = f"众和银行_{PERIOD_END:%Y%m%d}.csv"


def bank_csv(movements: tuple[Movement, ...]) -> bytes:
    """The file's bytes."""
    lines = [*_preamble(), HEADER, *map(_row, movements), *_footer(movements)]
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def _preamble() -> list[str]:
    return [
        "众和银行企业网上银行账户明细",
        "账号：,\t6299********8817",
        f"户名：,{BROKER_NAME}",
        "币种：,人民币",
        f'期初余额：,"{yuan(OPENING_FEN)}"',
        f"查询期间：,{PERIOD_START} 至 {PERIOD_END}",
    ]


def _row(movement: Movement) -> str:
    cells = [
        f"{movement.booked_at:%Y-%m-%d %H:%M:%S}",
        "贷" if movement.is_incoming else "借",
        f'"{yuan(movement.amount_fen)}"',
        f'"{yuan(movement.balance_fen)}"',
        movement.summary,
        f"\t{movement.transaction_no}",
        f"\t{movement.payer_account}" if movement.payer_account else "",
        movement.payer_name,
        f"\t{movement.slip_no}",
    ]
    return ",".join(cells)


def _footer(movements: tuple[Movement, ...]) -> list[str]:
    incoming = [m.amount_fen for m in movements if m.is_incoming]
    outgoing = [m.amount_fen for m in movements if not m.is_incoming]
    closing = OPENING_FEN + sum(incoming) - sum(outgoing)
    return [
        f'收入合计：,{len(incoming)} 笔,"{yuan(sum(incoming))}"',
        f'支出合计：,{len(outgoing)} 笔,"{yuan(sum(outgoing))}"',
        f'期末余额：,"{yuan(closing)}"',
        f"共 {len(movements)} 笔",
    ]

"""Fixed facts of the demo world: who, which month, which days."""

from datetime import date

INSURER = "taian"
INSURER_NAME = "泰安人寿"
# Their portals are open too; the demo firm has no business with them yet.
OTHER_INSURERS = {"kanghe": "康禾人寿", "ruixiang": "瑞祥人寿", "mingde": "明德养老"}
PAYER_NAMES = ("泰安人寿保险股份有限公司", "泰安人寿保险股份有限公司北京分公司")
BROKER_NAME = "示例保险经纪有限公司"

SEED = 20261106
POLICIES = 2000
FEWEST_POLICIES = 120

PERIOD = "2026-10"
PERIOD_START = date(2026, 10, 1)
PERIOD_END = date(2026, 10, 31)
BUSINESS_DATE = date(2026, 11, 6)
CUTOFF_DATES = (
    date(2026, 10, 7),
    date(2026, 10, 14),
    date(2026, 10, 21),
    date(2026, 10, 25),
    date(2026, 10, 28),
)
FIRST_ISSUE_DATE = date(2022, 1, 1)
MASTER_VALID_FROM = date(2018, 1, 1)

PORTAL_USER = "brokerflow"
PORTAL_PASSWORD = "taian-demo-2026"

ROBOTS = {"demo-robot-operations": "运营群", "demo-robot-finance": "财务群"}
SMS_SIGN_NAME = "示例保险经纪"

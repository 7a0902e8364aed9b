"""Every table of the hub in one place."""

from connectors.database.columns import Base
from connectors.database.commission_tables import (
    BankReceipt,
    Break,
    Settlement,
    SettlementLine,
    Statement,
    StatementLine,
)
from connectors.database.ledger_tables import (
    Agent,
    CommissionCap,
    CommissionRate,
    Endorsement,
    Insurer,
    Policy,
    PremiumDue,
    PremiumReceipt,
    Product,
)
from connectors.database.operations_tables import (
    DeskEvent,
    DeskUser,
    LandingFile,
    Leased,
    OutboxMessage,
    QuarantinedRow,
    Workbook,
    WorkItem,
)

__all__ = [
    "Agent",
    "BankReceipt",
    "Base",
    "Break",
    "CommissionCap",
    "CommissionRate",
    "DeskEvent",
    "DeskUser",
    "Endorsement",
    "Insurer",
    "LandingFile",
    "Leased",
    "OutboxMessage",
    "Policy",
    "PremiumDue",
    "PremiumReceipt",
    "Product",
    "QuarantinedRow",
    "Settlement",
    "SettlementLine",
    "Statement",
    "StatementLine",
    "WorkItem",
    "Workbook",
]

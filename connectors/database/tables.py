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
from connectors.database.portal_tables import PortalAccount, PortalRow, Question

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
    "PortalAccount",
    "PortalRow",
    "PremiumDue",
    "PremiumReceipt",
    "Product",
    "QuarantinedRow",
    "Question",
    "Settlement",
    "SettlementLine",
    "Statement",
    "StatementLine",
    "WorkItem",
    "Workbook",
]

"""config/commission/ from disk: settlement rules and the layouts of banks' files."""

from pathlib import Path

from bots.commission.layouts import BankLayout, parse_bank_layout
from bots.commission.rules import CommissionRules, parse_rules
from bots.errors import RulesInvalid
from config.settings import CONFIG_ROOT

COMMISSION_ROOT = CONFIG_ROOT / "commission"


def load_rules(root: Path = COMMISSION_ROOT) -> CommissionRules:
    """Rules of settlement.yaml and breaks.yaml; RulesInvalid names file and key."""
    return parse_rules(_read(root / "settlement.yaml"), _read(root / "breaks.yaml"))


def load_bank_layout(slug: str, root: Path = COMMISSION_ROOT) -> BankLayout:
    """Layout of the bank ``slug`` (banks/<slug>.yaml); RulesInvalid when there is none."""
    return parse_bank_layout(_read(root / "banks" / f"{slug}.yaml"), f"config/commission/banks/{slug}.yaml")


def list_banks(root: Path = COMMISSION_ROOT) -> list[str]:
    """Slugs of the banks whose files can be read, in order."""
    return sorted(path.stem for path in (root / "banks").glob("*.yaml"))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RulesInvalid(
            f"没有配置文件 {path.relative_to(path.parents[2])}。",
            remedy="请从代码库恢复该文件，或按 docs/commission.md 新建。",
        ) from error

"""What a recipe may say and had better not: never an error, printed by ``portal check``."""

import re
from collections.abc import Iterator

from bots.portal.datasets import DatasetRules, ListDataset
from bots.portal.recipe import Recipe
from bots.portal.verbs import Click

_MANY_RELOGINS = 3
_PERSONAL = re.compile(
    r"姓名|投保人|被保险人|被保人|受益人|联系人|客户名|住址|地址|证件号|身份证|手机|电话|账号|卡号"
)


def find_hints(recipe: Recipe) -> Iterator[str]:
    """Sentences ``key: what is unwise and why``."""
    if not recipe.session.logout:
        yield "session.logout: 没有写；会话会留在保司那里，有的网站因此拒绝下一次登录"
    if recipe.pause_ms == 0:
        yield "pause_ms: 为 0；请求之间没有间隔，保司可能当作攻击而封号，建议 200 以上"
    if recipe.session.relogins > _MANY_RELOGINS:
        yield (
            f"session.relogins: 为 {recipe.session.relogins}；"
            f"会话反复中断多半是有人同时用这个账号，建议不超过 {_MANY_RELOGINS}"
        )
    for name, rules in recipe.datasets.items():
        yield from _dataset_hints(f"datasets.{name}", rules)


def _is_read_too_early(rules: ListDataset) -> bool:
    """Whether rows are drawn by the page's own scripts and nothing waits for what these are answered."""
    is_drawn = rules.grid is not None or (rules.paging is not None and rules.paging.idle is not None)
    clicks = [step for step in rules.steps if isinstance(step, Click)]
    return is_drawn and bool(clicks) and not clicks[-1].is_answered


def _dataset_hints(place: str, rules: DatasetRules) -> Iterator[str]:
    if isinstance(rules, ListDataset) and _is_read_too_early(rules):
        yield (
            f"{place}.steps: 最后一次点击没有写 answer_from，遮罩出现得晚时会读到查询前的旧行；"
            "写上查询按钮所请求的地址"
        )
    for title, column in rules.columns.items():
        if _PERSONAL.search(title) and not column.is_personal:
            yield f"{place}.columns.{title}: 像是个人信息，没有写 personal: true，失败截图里会看得见"

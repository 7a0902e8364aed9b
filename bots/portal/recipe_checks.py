"""Checks between the parts of a recipe: names that must exist elsewhere in the same file."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bots.portal.claims import ControlFile, FileControl, FileFooter
from bots.portal.datasets import (
    ChildDataset,
    DatasetRules,
    Details,
    DownloadDataset,
    FileDataset,
    ListDataset,
    PopupDataset,
    Titled,
)
from bots.portal.html_page import is_css
from bots.portal.printed import holes, unknown_holes
from bots.portal.readings import STORED, Http
from bots.portal.recipe import Recipe
from bots.portal.selectors import Element, in_order
from bots.portal.verbs import HOLE, Ask, Click, Fill, Verb

Place = tuple[str | int, ...]
Fault = tuple[Place, str]
_NIGHTLY = {"from_date": "date", "to_date": "date", "period": "period"}
_BRACES = re.compile(r"\{([^{}]*)\}")


def find_faults(recipe: Recipe) -> Iterator[Fault]:
    """Everything that contradicts itself: (place in the file, what is wrong in Chinese)."""
    yield from _step_faults(recipe, ("session", "login"), recipe.session.login, ())
    yield from _login_faults(recipe.session.login)
    yield from _step_faults(recipe, ("session", "logout"), recipe.session.logout, ())
    yield from _dialog_faults(recipe)
    for name, dataset in recipe.datasets.items():
        place: Place = ("datasets", name)
        yield from _column_faults(place, dataset)
        if isinstance(dataset, ListDataset):
            yield from _list_faults(recipe, place, dataset)
        elif isinstance(dataset, FileDataset):
            yield from _file_faults(recipe, place, dataset)
        else:
            yield from _child_faults(recipe, place, dataset)


def _step_faults(
    recipe: Recipe, place: Place, steps: Sequence[Verb], parameters: Iterable[str]
) -> Iterator[Fault]:
    known = set(parameters)
    for index, step in enumerate(steps):
        if isinstance(step, Fill) and step.secret and step.secret not in recipe.secrets:
            yield (*place, index), f"secrets 里没有 {step.secret}"
        for hole in {found for text in step.texts for found in HOLE.findall(text)} - known:
            yield (*place, index), f"parameters 里没有 {hole}"


def _login_faults(steps: Sequence[Verb]) -> Iterator[Fault]:
    """A refusal is read from what the click behind the last secret is answered: it must wait for it."""
    behind = max(
        (at for at, step in enumerate(steps, 1) if isinstance(step, Fill) and step.secret), default=0
    )
    sends = next((step for step in steps[behind:] if isinstance(step, Ask | Click)), None)
    if sends is None or (isinstance(sends, Click) and not sends.is_answered):
        what = "填完密钥后的第一次点击要写 answer_in 或 answer_from，否则密码被拒绝时认不出来"
        yield ("session", "login"), what


def _dialog_faults(recipe: Recipe) -> Iterator[Fault]:
    """What ends or refuses the session is judged, never answered."""
    for index, dialog in enumerate(recipe.dialogs):
        for text in recipe.session.judged:
            if dialog.says and text in dialog.says:
                yield ("dialogs", index), f"含有 {text} 的对话框由 session 判断，不能在这里回答"


def _title_faults(place: Place, titled: Titled) -> Iterator[Fault]:
    names = [column.name for column in titled.columns.values()]
    for title, column in titled.columns.items():
        if names.count(column.name) > 1:
            yield (*place, "columns", title), f"两栏都叫 {column.name}"
        if title in titled.ignore:
            yield (*place, "columns", title), "同一栏又在 ignore 里"


def _column_faults(place: Place, dataset: DatasetRules) -> Iterator[Fault]:
    yield from _title_faults(place, dataset)
    for title, column in dataset.columns.items():
        if column.name in dataset.key and not column.required:
            yield (*place, "columns", title), "key 里的栏目必须 required: true"
        if column.on_fault == "empty" and column.name in _needed(dataset):
            yield (*place, "columns", title), "key 和 completeness 里的栏目不能 on_fault: empty"


def _needed(dataset: DatasetRules) -> set[str]:
    """Columns that name a row or prove the dataset."""
    if isinstance(dataset, ListDataset):
        return {*dataset.key, *dataset.completeness.summed}
    claim = dataset.completeness if isinstance(dataset, ChildDataset | FileDataset) else None
    return {*dataset.key, *(claim.summed if isinstance(claim, FileFooter | FileControl) else ())}


def _parameter_faults(place: Place, dataset: ListDataset | FileDataset) -> Iterator[Fault]:
    """A night answers its own questions by their names; numbers are asked for by people, in a list."""
    for name, parameter in dataset.parameters.items():
        here: Place = (*place, "parameters", name)
        if parameter.kind == "numbers":
            if isinstance(dataset, FileDataset):
                yield here, "kind: numbers 只在 kind: list 里写"
        elif _NIGHTLY.get(name) != parameter.kind:
            yield here, "日期叫 from_date、to_date，月份叫 period：每晚的采集只认得这几个"


def _list_faults(recipe: Recipe, place: Place, dataset: ListDataset) -> Iterator[Fault]:
    yield from _parameter_faults(place, dataset)
    yield from _step_faults(recipe, (*place, "steps"), dataset.steps, dataset.parameters)
    yield from _unknown_names((*place, "key"), dataset.key, dataset.column_names)
    completeness: Place = (*place, "completeness")
    if dataset.completeness.count:
        yield from _pattern_faults((*completeness, "count"), dataset.completeness.count, {"count"})
    yield from _money_faults((*completeness, "sums"), dataset.completeness.sums, dataset)
    yield from _money_faults((*completeness, "sums_at"), dataset.completeness.sums_at, dataset)
    for name, pattern in dataset.completeness.sums.items():
        yield from _pattern_faults((*completeness, "sums", name), pattern, {"amount"})
    if dataset.fields:
        yield from _sheet_faults((*place, "fields", "same"), dataset, dataset.fields.same)
    if dataset.http:
        yield from _http_faults((*place, "http"), dataset.http, dataset.parameters)
    if dataset.paging and dataset.paging.page:
        yield from _pattern_faults((*place, "paging", "page"), dataset.paging.page, {"page", "pages"})
    if dataset.details:
        yield from _detail_faults(place, dataset, dataset.details)
    yield from _css_faults(recipe, place, dataset)
    if dataset.paging:
        yield from _step_faults(recipe, (*place, "paging", "go_to"), dataset.paging.go_to, ("page",))


def _sheet_faults(place: Place, dataset: ListDataset, same: Mapping[str, str]) -> Iterator[Fault]:
    """All that is asked must be shown: a sheet may go on showing the answer to another question."""
    for name in dataset.parameters:
        if name not in same:
            yield place, f"缺少参数 {name}：写上页面里显示它的那一格，否则无法证明答的是所问的"
    yield from _unknown_names(place, same, dataset.parameters)
    yield from _unknown_names(place, same.values(), [*dataset.columns, *dataset.ignore])


def _http_faults(place: Place, http: Http, parameters: Iterable[str]) -> Iterator[Fault]:
    """Anything in braces must be filled: the portal would be asked for the braces themselves."""
    known = set(parameters)
    for name, value in http.fields.items():
        for hole in _BRACES.findall(str(value)):
            if hole not in known:
                yield (*place, "fields", name), f"parameters 里没有 {hole}"
    for name, value in http.headers.items():
        for hole in _BRACES.findall(STORED.sub("", value)):
            yield (
                (*place, "headers", name),
                f"只能写 {{session_storage.X}} 或 {{local_storage.X}}，没有 {hole}",
            )
    for hole in _BRACES.findall(http.path):
        yield (*place, "path"), f"path 里不能写 {{{hole}}}，写进 fields"


def _css_faults(recipe: Recipe, place: Place, dataset: ListDataset) -> Iterator[Fault]:
    """Without the browser only CSS finds anything, the login form of a lost session too."""
    read: list[tuple[Place, Element]] = []
    if dataset.http and dataset.http.table:
        read.append(((*place, "http", "table"), dataset.http.table))
        read += [((*place, "leave_out"), dataset.leave_out)] if dataset.leave_out else []
    if dataset.details and dataset.details.as_sent and dataset.details.table:
        read.append(((*place, "details", "table"), dataset.details.table))
    if read:
        read.append((("session", "login_form"), recipe.session.login_form))
    for where, element in read:
        for selector in in_order(element):
            if not is_css(selector):
                yield where, f"不用浏览器读网页时要写 CSS，{selector} 不是"


def _detail_faults(place: Place, dataset: ListDataset, details: Details) -> Iterator[Fault]:
    yield from _title_faults((*place, "details"), details)
    yield from _unknown_names((*place, "details", "same"), details.same, dataset.column_names)
    for title, column in details.columns.items():
        if column.name in dataset.column_names:
            yield (*place, "details", "columns", title), f"列表里已有栏目 {column.name}"
    if details.link and not dataset.table:
        yield (*place, "details", "link"), "link 只能写在从 table 读的列表里"
    named = HOLE.findall(details.path or "")
    yield from _unknown_names((*place, "details", "path"), named, dataset.column_names)
    for name in set(named) & set(dataset.column_names):
        if not dataset.column_names[name].required:
            yield (*place, "columns", dataset.titles[name]), "details 的 path 用到它，必须 required: true"


def _child_faults(recipe: Recipe, place: Place, dataset: ChildDataset) -> Iterator[Fault]:
    parent = recipe.datasets.get(dataset.for_each.dataset)
    if not isinstance(parent, ListDataset):
        yield (*place, "for_each", "dataset"), f"没有 kind: list 的数据集 {dataset.for_each.dataset}"
        return
    if dataset.for_each.link and not parent.table:
        yield (*place, "for_each", "link"), f"{dataset.for_each.dataset} 不是从 table 读的，改写 steps"
    yield from _step_faults(
        recipe, (*place, "for_each", "steps"), dataset.for_each.steps, dataset.for_each.carry
    )
    if isinstance(dataset, PopupDataset):
        yield from _step_faults(recipe, (*place, "close"), dataset.close, ())
        yield from _unknown_names((*place, "same"), _same_holes(dataset), dataset.for_each.carry)
    carried = dataset.for_each.carry
    yield from _unknown_names((*place, "for_each", "carry"), carried, parent.column_names)
    for name in {*carried, *dataset.for_each.where} & set(parent.column_names):
        if parent.column_names[name].on_fault == "empty":
            column: Place = ("datasets", dataset.for_each.dataset, "columns", parent.titles[name])
            yield column, f"{dataset.title} 的 for_each 用到它，不能 on_fault: empty"
    yield from _unknown_names((*place, "for_each", "where"), dataset.for_each.where, parent.column_names)
    yield from _unknown_names((*place, "key"), dataset.key, [*dataset.column_names, *carried])
    yield from _unknown_names((*place, "same"), dataset.same, carried)
    yield from _footer_faults(place, dataset, parent.column_names)
    if isinstance(dataset, DownloadDataset):
        for key, name in (("file_name", dataset.file_name), ("named", dataset.named or "")):
            yield from _unknown_names((*place, key), re.findall(r"\{(.*?)\}", name), dataset.for_each.carry)


def _same_holes(dataset: PopupDataset) -> list[str]:
    return [hole for said in dataset.same.values() for hole in HOLE.findall(said)]


def _footer_faults(
    place: Place, dataset: ChildDataset | FileDataset, listed: Iterable[str]
) -> Iterator[Fault]:
    claim = dataset.completeness
    completeness: Place = (*place, "completeness")
    if isinstance(claim, FileFooter):
        if claim.count:
            yield from _pattern_faults((*completeness, "count"), claim.count, {"count"})
        yield from _money_faults((*completeness, "sums"), claim.sums, dataset)
    elif isinstance(claim, FileControl):
        yield from _control_faults((*completeness, "control"), claim.control, dataset)
    else:
        return
    if claim.parent_count:
        yield from _unknown_names((*completeness, "parent_count"), [claim.parent_count], listed)


def _control_faults(
    place: Place, control: ControlFile, dataset: ChildDataset | FileDataset
) -> Iterator[Fault]:
    known = dataset.parameters if isinstance(dataset, FileDataset) else dataset.for_each.carry
    yield from _unknown_names((*place, "file"), HOLE.findall(control.file), known)
    yield from _money_faults((*place, "sums"), control.sums, dataset)
    money = [title for title, column in dataset.columns.items() if column.kind == "money"]
    if money and not control.sums:
        yield place, f"有金额栏目 {'、'.join(money)}，要写 sums：只有 count 证明不了金额"
    if control.count:
        yield from _pattern_faults((*place, "count"), control.count, {"count"})
    for name, pattern in control.sums.items():
        yield from _pattern_faults((*place, "sums", name), pattern, {"amount"})


def _file_faults(recipe: Recipe, place: Place, dataset: FileDataset) -> Iterator[Fault]:
    yield from _parameter_faults(place, dataset)
    yield from _step_faults(recipe, (*place, "steps"), dataset.steps, dataset.parameters)
    yield from _unknown_names((*place, "key"), dataset.key, dataset.column_names)
    yield from _unknown_names((*place, "says"), HOLE.findall(dataset.says), dataset.parameters)
    yield from _unknown_names((*place, "file_name"), HOLE.findall(dataset.file_name), dataset.parameters)
    for key, text in (("says", dataset.says), ("file_name", dataset.file_name)):
        for day in {"from_date", "to_date"} - set(HOLE.findall(text)) if dataset.window_days else ():
            yield (*place, key), f"写了 window_days，要有 {{{day}}}，否则分不清各段的文件"
    yield from _footer_faults(place, dataset, ())


def _unknown_names(place: Place, names: Iterable[str], known: Iterable[str]) -> Iterator[Fault]:
    known = list(known)
    for name in names:
        if name not in known:
            yield place, f"没有栏目 {name}；可用：{'、'.join(known)}"


def _money_faults(place: Place, names: Iterable[str], dataset: DatasetRules) -> Iterator[Fault]:
    for name in names:
        column = dataset.column_names.get(name)
        if column is None or column.kind != "money":
            yield place, f"{name} 不是 kind: money 的栏目"


def _pattern_faults(place: Place, pattern: str, needed: set[str]) -> Iterator[Fault]:
    for hole in unknown_holes(pattern):
        yield place, f"没有占位符 {{{hole}}}"
    for hole in needed - holes(pattern):
        yield place, f"缺少占位符 {{{hole}}}"

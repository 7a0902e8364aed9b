"""A dataset and its parameters -> the walks that bring it home."""

from collections.abc import Mapping

from bots.errors import BusinessError
from bots.portal.datasets import Dataset, FileDataset, ListDataset
from bots.portal.detail_choice import open_details
from bots.portal.each_row import EachRowWalk
from bots.portal.file_walk import FileWalk
from bots.portal.listing import ListWalk
from bots.portal.login import Login
from bots.portal.query_windows import QueryWalk, cut_windows
from bots.portal.recipe import Recipe
from bots.portal.screen import Screen
from bots.portal.sources.choice import open_source
from bots.portal.tally import Tally

Walks = dict[str, QueryWalk | EachRowWalk | FileWalk]


class ParameterInvalid(BusinessError):
    """A dataset or a parameter that the recipe does not know was asked for."""

    title = "参数有误"


class WalkOpener:
    """Opens walks in one logged-in portal; raises ParameterInvalid for a question that no recipe asks."""

    def __init__(self, screen: Screen, login: Login, recipe: Recipe) -> None:
        self._screen, self._login, self._recipe = screen, login, recipe

    def open(self, dataset: str, parameters: Mapping[str, str], *, with_children: bool) -> Walks:
        """The dataset's own walk first, then those of its children."""
        rules = self._rules(dataset)
        if isinstance(rules, FileDataset):
            asked = self._windows(dataset, rules, parameters)
            windows = {
                _named(dataset, day, each): self._values(dataset, rules, each) for day, each in asked.items()
            }
            return {dataset: FileWalk(self._screen, self._login, dataset, rules, windows)}
        if not isinstance(rules, ListDataset):
            parent_name = rules.for_each.dataset
            parent = self._list_walk(parent_name, self._rules(parent_name), parameters)
            return {dataset: EachRowWalk(self._screen, self._login, dataset, rules, parent)}
        walk = self._list_walk(dataset, rules, parameters)
        walks: Walks = {dataset: walk}
        children = self._recipe.children_of(dataset) if with_children else {}
        for name, child in children.items():
            walks[name] = EachRowWalk(self._screen, self._login, name, child, walk)
        return walks

    def _list_walk(self, dataset: str, rules: Dataset, parameters: Mapping[str, str]) -> QueryWalk:
        if not isinstance(rules, ListDataset):
            raise TypeError(f"{dataset} is no list")
        asked_keys = self._asked_keys(dataset, rules, parameters)
        windows = self._windows(dataset, rules, parameters)
        tally = Tally(rules, rules.completeness.summed, f"{self._screen.place} {dataset}")
        walks = {day: self._window_walk(dataset, rules, tally, day, asked) for day, asked in windows.items()}
        return QueryWalk(rules, tally, walks, asked_keys)

    def _asked_keys(self, dataset: str, rules: ListDataset, parameters: Mapping[str, str]) -> set[str]:
        """The numbers that are asked about, as the hub writes them."""
        values = self._values(dataset, rules, parameters)
        try:
            return {
                str(rules.column_names[column].parse(number))
                for name, column in rules.completeness.asked.items()
                for number in values[name].splitlines()
            }
        except ValueError as error:
            what = f"{self._screen.place} {dataset}：号码里有一个{error}。"
            raise ParameterInvalid(what, remedy="对照保单改正号码，用逗号隔开") from None

    def _window_walk(
        self, dataset: str, rules: ListDataset, tally: Tally, day: str, asked: Mapping[str, str]
    ) -> ListWalk:
        """The walk over one window, or, where ``day`` is empty, over the whole list."""
        named = _named(dataset, day, asked)
        place = f"{self._screen.place} {named}"
        return ListWalk(
            self._login,
            open_source(self._screen, named, rules, self._values(dataset, rules, asked)),
            dataset,
            rules,
            tally.part(place),
            stem=f"{dataset}-{day}" if day else dataset,
            pace=self._screen.pace,
            details=open_details(self._screen, self._login, rules, place),
        )

    def _windows(
        self, dataset: str, rules: ListDataset | FileDataset, parameters: Mapping[str, str]
    ) -> dict[str, dict[str, str]]:
        """What is asked, window by window, once all of it is known to be a question of the recipe."""
        self._values(dataset, rules, parameters)
        try:
            return cut_windows(parameters, rules.window_days)
        except ValueError as error:
            raise ParameterInvalid(
                f"{self._screen.place} {dataset}：{error}。", remedy="from_date 写在 to_date 之前"
            ) from None

    def _values(
        self, dataset: str, rules: ListDataset | FileDataset, parameters: Mapping[str, str]
    ) -> dict[str, str]:
        """The caller's answers in the portal's spelling."""
        if set(parameters) != set(rules.parameters):
            asked, given = "、".join(rules.parameters) or "（无）", "、".join(parameters) or "（无）"
            what = f"{self._screen.place} {dataset} 需要参数 {asked}，收到 {given}。"
            raise ParameterInvalid(what, remedy="按配方里的 parameters 填写")
        try:
            return {name: rules.parameters[name].write(text) for name, text in parameters.items()}
        except ValueError as error:
            raise ParameterInvalid(
                f"{self._screen.place} {dataset}：{error}",
                remedy="日期写 2026-10-01，月份写 2026-10，号码用逗号隔开",
            ) from None

    def _rules(self, dataset: str) -> Dataset:
        rules = self._recipe.datasets.get(dataset)
        if rules is None:
            known = "、".join(self._recipe.datasets)
            raise ParameterInvalid(
                f"{self._screen.place} 没有数据集 {dataset}；有：{known}。", remedy="改用其中一个"
            )
        return rules


def _named(dataset: str, day: str, asked: Mapping[str, str]) -> str:
    """A window in a sentence; the whole question, where ``day`` is empty, is the dataset."""
    return f"{dataset} {day} 至 {asked['to_date']}" if day else dataset

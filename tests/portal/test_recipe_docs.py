"""docs/recipe*.md say every word of the recipe language and show every key in an example."""

import re
from typing import get_args

import pytest
from pydantic import ValidationError

from bots.portal import claims, datasets, interruptions, readings, recipe, verbs
from bots.portal.calendars import Calendar
from bots.portal.columns import Column, Kind
from bots.portal.recipe import Recipe
from config.settings import PROJECT_ROOT
from tests.portal.recipe_examples import complete, declaring_model, read_examples, shown_keys

DOCS = "\n".join(path.read_text("utf-8") for path in sorted((PROJECT_ROOT / "docs").glob("recipe*.md")))
MODELS = [
    Recipe,
    Column,
    datasets.Parameter,
    recipe.Marker,
    interruptions.DialogRule,
    interruptions.Overlay,
    recipe.SessionRules,
    readings.Grid,
    readings.Cards,
    readings.Fields,
    readings.Response,
    readings.PageNumber,
    readings.Cursor,
    readings.Http,
    readings.Paging,
    readings.ListTotals,
    datasets.EachRow,
    claims.AtLeast,
    claims.FileFooter,
    claims.FileControl,
    claims.ControlFile,
    datasets.ListDataset,
    datasets.PopupDataset,
    datasets.DownloadDataset,
    datasets.Details,
    datasets.FileDataset,
    *verbs.VERBS.values(),
    Calendar,
]
EXAMPLES = read_examples()
KEYS = sorted({key for model in MODELS for key in model.model_fields} - {"verb"})


def test_list_of_models_is_complete():
    """A model added to the language is covered here too."""
    defined = set(Recipe.model_json_schema()["$defs"])
    assert defined <= {model.__name__ for model in MODELS}


@pytest.mark.parametrize("word", [*KEYS, *verbs.VERBS, *get_args(Kind)])
def test_word_is_documented(word):
    """Each key, verb and kind stands in backquotes."""
    assert re.search(rf"`{word}(:[^`]*)?`", DOCS), f"docs/recipe.md does not document `{word}`"


@pytest.mark.parametrize("place", EXAMPLES)
def test_example_is_taken_by_the_engine(place):
    """Each fenced YAML block, completed by what it does not show, is a recipe."""
    assert shown_keys(EXAMPLES[place])


def test_every_key_of_every_model_is_shown():
    """A key whose word stands somewhere is not yet an example of it: each model shows its own."""
    wanted = {
        (declaring_model(model, key), key) for model in MODELS for key in model.model_fields if key != "verb"
    }
    shown = {found for block in EXAMPLES.values() for found in shown_keys(block)}
    assert sorted(wanted - shown) == []


@pytest.mark.parametrize(
    "block",
    [
        {"details": {"link": "查看", "tabel": "#detail", "same": {"policy_no": "保单号"}}},
        {"paging": {"page": "第 {page}/{pages} 页", "next": "#next"}},
        [{"click": {"element": "#go", "answer_in": "top", "answer_from": "api"}}],
        {"session": {"relogins": "many"}},
    ],
)
def test_example_that_is_wrong_is_refused(block):
    """An unknown key, half of a pair, a contradiction, a wrong kind: the examples themselves are checked."""
    with pytest.raises(ValidationError):
        complete(block)


def test_what_completes_an_example_is_not_shown_by_it():
    """Only the block's own keys count."""
    assert shown_keys({"empty": "无数据"}) == {("ListDataset", "empty")}
    assert shown_keys([{"open": "list"}]) == {("Open", "path"), ("Verb", "verb")}

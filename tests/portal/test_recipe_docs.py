"""docs/recipe.md says every word of the recipe language."""

import re
from typing import get_args

import pytest

from bots.portal import readings, recipe, verbs
from bots.portal.calendars import Calendar
from bots.portal.columns import Column, Kind
from bots.portal.recipe import Recipe
from config.settings import PROJECT_ROOT

DOCS = "\n".join(path.read_text("utf-8") for path in sorted((PROJECT_ROOT / "docs").glob("recipe*.md")))
MODELS = [
    Recipe,
    Column,
    recipe.Parameter,
    recipe.Marker,
    recipe.SessionRules,
    readings.Grid,
    readings.Cards,
    readings.Response,
    readings.PageNumber,
    readings.Cursor,
    readings.Http,
    readings.Paging,
    readings.ListTotals,
    recipe.EachRow,
    recipe.AtLeast,
    recipe.FileFooter,
    recipe.ListDataset,
    recipe.PopupDataset,
    recipe.DownloadDataset,
    recipe.Details,
    recipe.FileDataset,
    *verbs.VERBS.values(),
    Calendar,
]
KEYS = sorted({key for model in MODELS for key in model.model_fields} - {"verb"})


def test_list_of_models_is_complete():
    """A model added to the language is covered here too."""
    defined = set(Recipe.model_json_schema()["$defs"])
    assert defined <= {model.__name__ for model in MODELS}


@pytest.mark.parametrize("word", [*KEYS, *verbs.VERBS, *get_args(Kind)])
def test_word_is_documented(word):
    """Each key, verb and kind stands in backquotes."""
    assert re.search(rf"`{word}(:[^`]*)?`", DOCS), f"docs/recipe.md does not document `{word}`"

"""The JSON Schema that editors use: up to date, and of one mind with the recipes."""

import jsonschema
import pytest
from ruamel.yaml import YAML

from bots.portal.recipe_schema import build_schema, write_schema
from connectors.portal_recipes import RECIPES, list_recipes
from tests.portal.recipes import TAIAN

BROKEN = {
    "unknown key": ("    summary_rows:", "    sumary_rows:"),
    "unknown verb": ("- choose:", "- chose:"),
    "two verbs in a step": ("- click: *query", "- {fill: x, click: y}"),
    "step that is no mapping": ("- click: *query", "- fill"),
    "verb without its element": ("- click: *query", '- fill: {value: "{from_date}"}'),
    "short form that says too little": ("- click: *query", '- fill: "#begin"'),
    "unknown kind of column": ("kind: id_no", "kind: idno"),
    "unknown kind of dataset": ("kind: popup", "kind: window"),
    "missing key of a dataset": ("    title: 保全记录\n", ""),
    "missing key of a portal": ("base_url: ", "# base_url: "),
    "portal without family and session": ("family: jsp_frameset\n", ""),
    "number too large": ("family: jsp_frameset", "family: jsp_frameset\npause_ms: 99999"),
    "name that is none": ("  premiums:\n", "  Premiums:\n"),
}
SHORT = {
    "step": ("- choose:", '- click: "#go"\n      - choose:'),
    "column": ("备注: {name: remark}", "备注: remark"),
    "part of a family": ("\ndatasets:", "\nsession: {relogins: 0}\n\ndatasets:"),
}


def faults(text):
    schema = jsonschema.Draft202012Validator(build_schema())
    return list(schema.iter_errors(YAML(typ="safe").load(text)))


def changed(old, new):
    assert old in TAIAN
    return TAIAN.replace(old, new, 1)


def test_committed_schema_is_up_to_date():
    """After a change of the language somebody ran `brokerflow portal schema`."""
    assert (RECIPES / "recipe.schema.json").read_text("utf-8") == write_schema()


def test_schema_is_a_schema():
    """It keeps the rules of its draft, and says in words what each verb does."""
    schema = build_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert all(verb["description"] for verb in schema["$defs"]["Step"]["properties"].values())


@pytest.mark.parametrize("slug", list_recipes())
def test_committed_recipe_is_valid(slug):
    """No editor underlines anything in a committed recipe."""
    assert faults((RECIPES / f"{slug}.yaml").read_text("utf-8")) == []


@pytest.mark.parametrize("form", SHORT)
def test_short_form_is_valid(form):
    """What YAML may say shortly is not underlined."""
    assert faults(changed(*SHORT[form])) == []


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_recipe_is_not_valid(fault):
    """Each fault that one place alone shows is underlined."""
    assert faults(changed(*BROKEN[fault]))


@pytest.mark.parametrize("slug", list_recipes())
def test_editor_is_told_where_the_schema_is(slug):
    """The recipe's first line names the schema beside it."""
    text = (RECIPES / f"{slug}.yaml").read_text("utf-8")
    assert text.splitlines()[0] == "# yaml-language-server: $schema=recipe.schema.json"

"""Recipes from YAML: every fault names file, line and key."""

import pytest

from bots.errors import RecipeInvalid
from bots.portal.datasets import ListDataset
from bots.portal.recipe_file import parse_recipe
from connectors.portal_recipes import find_recipe, list_recipes, load_recipe
from tests.portal.recipes import FAMILIES, TAIAN, parse_taian

# what is replaced in taian.yaml, by what, and what the error says about the first line that it changes
FAULTS = {
    "unknown key": (
        "    summary_rows:",
        "    sumary_rows:",
        "datasets.policies.sumary_rows: 未知的键，是不是 summary_rows",
    ),
    "unknown kind of column": ("kind: id_no", "kind: idno", "证件号码.kind: 只能是"),
    "unknown verb": ("- choose:", "- chose:", "datasets.statements.steps.1: 没有动词 chose"),
    "two verbs in a step": (
        "- click: *query",
        "- {fill: x, click: y}",
        "datasets.statements.steps.2: 一个步骤只写一个动词",
    ),
    "missing key": ("    title: 保全记录\n", "", "datasets.endorsements.title: 缺少这个必填的键"),
    "unknown parameter": ("{period}", "{month}", "datasets.statements.steps.1: parameters 里没有 month"),
    "key that is no column": ("key: [batch_no]", "key: [batch]", "datasets.statements.key: 没有栏目 batch"),
    "key that may be empty": (
        "批单号: {name: endorsement_no, required: true}",
        "批单号: endorsement_no",
        "columns.批单号: key 里的栏目必须 required: true",
    ),
    "key that is emptied": (
        "批单号: {name: endorsement_no, required: true",
        "批单号: {name: endorsement_no, required: true, on_fault: empty",
        "columns.批单号: key 和 completeness 里的栏目不能 on_fault: empty",
    ),
    "condition that is emptied": (
        "保全: {name: has_endorsement, kind: enum",
        "保全: {name: has_endorsement, kind: enum, on_fault: empty",
        "columns.保全: 保全记录 的 for_each 用到它，不能 on_fault: empty",
    ),
    "sum of what is no money": ("sums: [amount_fen]", "sums: [remark]", "remark 不是 kind: money"),
    "pattern without its number": (
        'count: "共 {count} 笔"',
        'count: "共 笔"',
        "completeness.count: 缺少占位符 {count}",
    ),
    "unknown placeholder": ('count: "共 {count} 笔"', 'count: "共 {count} {what} 笔"', "没有占位符 {what}"),
    "child of nothing": (
        "dataset: statements,",
        "dataset: batches,",
        "for_each.dataset: 没有 kind: list 的数据集 batches",
    ),
    "unknown kind of dataset": ("kind: popup", "kind: window", "datasets.endorsements: kind 只能是"),
    "two columns of one name": (
        "产品名称: {name: product_name",
        "产品名称: {name: product_code",
        "两栏都叫 product_code",
    ),
    "enum without lookups": (", lookups: {已收: true, 未收: false}", "", "收费状态: enum 必须写 lookups"),
    "unknown family": ("family: jsp_frameset", "family: unheard_of", "family: 没有家族 unheard_of；可用："),
    "broken YAML": ("key: [policy_no]", "key: [policy_no", "不是正确的 YAML"),
    "doubled key": ("    kind: popup\n", "    kind: popup\n    kind: popup\n", "不是正确的 YAML"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_named_with_its_line(fault):
    """Each fault is refused; the message holds file, line, key and what is wrong."""
    old, new, said = FAULTS[fault]
    with pytest.raises(RecipeInvalid) as caught:
        parse_taian((old, new))
    line = TAIAN[: TAIAN.index(old)].count("\n") + 1
    lines = range(line - 4, line + 4)
    assert said in caught.value.what
    assert any(f"taian.yaml:{number}: " in caught.value.what for number in lines)


def test_unknown_key_points_at_its_very_line():
    """The line number is exact for a key in the middle of the file."""
    with pytest.raises(RecipeInvalid) as caught:
        parse_taian(("    title: 保全记录\n", "    titel: 保全记录\n"))
    line = TAIAN[: TAIAN.index("    title: 保全记录\n")].count("\n") + 1
    assert f"taian.yaml:{line}: datasets.endorsements.titel: 未知的键" in caught.value.what


def test_fault_in_a_family_names_the_family_file():
    """A key inherited from a family is reported at its line in the family's file."""
    families = {"jsp_frameset": FAMILIES["jsp_frameset"].replace("relogins: 2", "relogins: 50")}
    line = families["jsp_frameset"].split("relogins")[0].count("\n") + 1
    with pytest.raises(RecipeInvalid) as caught:
        parse_recipe(TAIAN, "taian.yaml", families)
    assert f"_families/jsp_frameset.yaml:{line}: session.relogins: 不能大于 10" in caught.value.what


@pytest.mark.parametrize(
    "login",
    [
        "[{click: {element: a, answer_in: top}}, {fill: {element: b, secret: password}}, {click: c}]",
        "[{click: {element: a, answer_in: top}}, {fill: {element: b, secret: password}}]",
        "[{fill: {element: b, secret: password}}, {click: c}, {click: {element: a, answer_in: top}}]",
    ],
)
def test_a_login_that_is_sent_off_without_waiting_is_refused(login):
    """The first click after the last secret must be answered; another one's answer tells nothing."""
    with pytest.raises(RecipeInvalid, match=r"session\.login: 填完密钥后的第一次点击要写 answer_in"):
        parse_taian(("\ndatasets:", f"\nsession: {{login: {login}}}\n\ndatasets:"))


def test_own_keys_win_over_the_family():
    """A recipe repeats only what differs; mappings are merged key by key."""
    recipe = parse_taian(("\ndatasets:", "\nsession: {relogins: 5}\n\ndatasets:"))
    assert (recipe.session.relogins, recipe.session.login_form) == (5, "form[name=loginForm]")


def test_every_committed_recipe_is_valid():
    """What is in config/portals parses, under the slug of its file."""
    assert "taian" in list_recipes()
    for slug in list_recipes():
        assert load_recipe(slug).slug == slug


def test_unknown_slug_lists_the_known_ones():
    """A mistyped insurer is answered with those that exist."""
    with pytest.raises(RecipeInvalid, match="taian"):
        load_recipe("tayan")


def test_file_outside_the_folder_uses_the_committed_families(tmp_path):
    """A draft anywhere on disk may inherit from config/portals/_families."""
    draft = tmp_path / "draft.yaml"
    draft.write_text(TAIAN, "utf-8")
    assert find_recipe(str(draft)).name == "泰安人寿"


def test_parameters_are_written_as_the_portal_wants():
    """A month becomes 202610, a date keeps its dashes; anything else is refused."""
    recipe = parse_taian()
    statements, policies = recipe.datasets["statements"], recipe.datasets["policies"]
    assert isinstance(statements, ListDataset)
    assert isinstance(policies, ListDataset)
    assert statements.parameters["period"].write("2026-10") == "202610"
    assert policies.parameters["from_date"].write("2026/10/1") == "2026-10-01"
    with pytest.raises(ValueError, match="结算月"):
        statements.parameters["period"].write("十月")

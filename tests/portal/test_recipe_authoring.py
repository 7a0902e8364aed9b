"""New recipes: blanks that nobody can overlook, hints that cost nothing."""

import re
import shutil

import pytest

from bots.errors import RecipeInvalid
from bots.portal.recipe_file import parse_recipe
from bots.portal.recipe_hints import find_hints
from connectors.portal_drafts import write_draft
from connectors.portal_recipes import RECIPES, list_recipes, load_recipe, load_recipe_file
from tests.portal.recipes import FAMILIES, parse_taian

BLANK = re.compile(r"〔填写：(.*?)〕")


@pytest.fixture
def draft(tmp_path):
    """A function that starts a portal in an empty project; its recipe's path."""
    shutil.copytree(RECIPES / "_families", tmp_path / "_families")

    def write(slug="xinhe_life", family=""):
        recipe, readme = write_draft(slug, family, tmp_path, tmp_path / "goldens")
        assert readme == tmp_path / "goldens" / slug / "README.md"
        assert f"brokerflow portal golden {slug} --accept" in readme.read_text("utf-8")
        return recipe

    return write


@pytest.mark.parametrize("family", ["", "jsp_frameset"])
def test_every_blank_of_a_new_recipe_is_named_with_its_line(draft, family):
    """A new recipe is refused; each blank stands in the error with file, line and what is wanted there."""
    path = draft(family=family)
    with pytest.raises(RecipeInvalid) as caught:
        load_recipe_file(path)
    wanted = [
        f"xinhe_life.yaml:{number}: {blank}"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for blank in BLANK.findall(line)
    ]
    said = [re.sub(r": \S+: 还没有填写：", ": ", part) for part in caught.value.what.split("；")]
    assert len(wanted) > 10
    assert said == wanted


@pytest.mark.parametrize("family", ["", "jsp_frameset"])
def test_new_recipe_is_accepted_once_it_is_filled_in(draft, family):
    """Nothing but the blanks stands between the template and a recipe without hints."""
    path = draft(family=family)
    numbers = iter(range(100))
    filled = BLANK.sub(
        lambda blank: "共 {count} 条" if "{count}" in blank[1] else f"栏{next(numbers)}",
        path.read_text("utf-8"),
    )
    path.write_text(filled, "utf-8")
    recipe = load_recipe_file(path)
    assert (recipe.slug, recipe.family) == ("xinhe_life", family or None)
    assert recipe.datasets["policies"].titles.keys() >= {"policy_no", "policyholder_name"}
    assert list(find_hints(recipe)) == []


def test_nothing_is_overwritten(draft, tmp_path):
    """A recipe or a golden folder that is there already is left as it is; nothing is written beside it."""
    path = draft()
    path.write_text("mine", "utf-8")
    with pytest.raises(RecipeInvalid, match=r"已经有 xinhe_life\.yaml、README\.md"):
        draft()
    assert path.read_text("utf-8") == "mine"
    path.unlink()
    with pytest.raises(RecipeInvalid, match=r"已经有 README\.md"):
        draft()
    assert not path.exists()


@pytest.mark.parametrize(
    ("slug", "family", "said"),
    [("Xinhe", "", "不能作代码"), ("../x", "", "不能作代码"), ("xinhe", "extjs9", "没有家族 extjs9；有：")],
)
def test_names_that_cannot_be_are_refused(draft, slug, family, said):
    """A slug that is none and a family that is none write nothing."""
    with pytest.raises(RecipeInvalid, match=said):
        draft(slug, family)


HINTS = {
    "no logout": (("\ndatasets:", "\nsession:\n  logout: []\n\ndatasets:"), "session.logout: 没有写"),
    "no pause": (("family: jsp_frameset", "family: jsp_frameset\npause_ms: 0"), "pause_ms: 为 0"),
    "many logins": (("\ndatasets:", "\nsession: {relogins: 4}\n\ndatasets:"), "session.relogins: 为 4"),
    "name in evidence": (
        ("{name: insured_name, required: true, personal: true", "{name: insured_name, required: true"),
        "datasets.policies.columns.被保险人: 像是个人信息",
    ),
}


@pytest.mark.parametrize("unwise", HINTS)
def test_unwise_recipe_gets_one_hint(unwise):
    """What is legal and unwise is named by its key, and nothing else is."""
    change, said = HINTS[unwise]
    hints = list(find_hints(parse_taian(change)))
    assert len(hints) == 1
    assert hints[0].startswith(said)


@pytest.mark.parametrize("slug", ["ruixiang", "mingde"])
def test_query_that_nobody_waits_for_gets_a_hint(slug):
    """Where scripts draw the rows, the last click must know the address that answers it."""
    text = (RECIPES / f"{slug}.yaml").read_text("utf-8")
    asked = re.search(r"(#query|查询').*(, answer_from: [\w/.]+)\}", text)
    hints = list(find_hints(parse_recipe(text.replace(asked[2], ""), f"{slug}.yaml", FAMILIES)))
    assert [hint.partition("：")[0].split(": ")[0] for hint in hints] == [
        f"datasets.{'policies' if slug == 'ruixiang' else 'premiums'}.steps"
    ]


@pytest.mark.parametrize("slug", list_recipes())
def test_committed_recipe_gets_no_hint(slug):
    """Ours are as we advise."""
    assert list(find_hints(load_recipe(slug))) == []

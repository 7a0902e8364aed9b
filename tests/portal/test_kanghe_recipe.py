"""What contradicts itself in details and files is told by file, line and key."""

import pytest

from bots.errors import RecipeInvalid
from tests.portal.kanghe_portal import RECIPE, parse_kanghe

WRONG = {
    "details proved by no column": (
        ("same: {policy_no: 保单号}", "same: {policy: 保单号}"),
        "datasets.policies.details.same: 没有栏目 policy",
    ),
    "details repeat a column": (
        ("{name: receipt_date, kind: date}", "{name: issue_date, kind: date}"),
        "details.columns.回执日期: 列表里已有栏目 issue_date",
    ),
    "details use and ignore a label": (
        ("ignore: [保单状态, 产品名称", "ignore: [回执日期, 产品名称"),
        "details.columns.回执日期: 同一栏又在 ignore 里",
    ),
    "file says what was not asked": (
        ("says: 承保日期 {from_date}", "says: 承保日期 {first_date}"),
        "datasets.policies_file.says: 没有栏目 first_date",
    ),
    "file named after what was not asked": (
        ('"保单清单_{from_date}_', '"保单清单_{policy_no}_'),
        "policies_file.file_name: 没有栏目 policy_no",
    ),
    "file proved by no amount": (
        ("sums: [annual_premium_fen]", "sums: [pay_years]"),
        "policies_file.completeness.sums: pay_years 不是 kind: money 的栏目",
    ),
    "file with a parent": (
        ("sums: [annual_premium_fen]", "sums: [annual_premium_fen], parent_count: pay_years"),
        "parent_count 只和 for_each 一起写",
    ),
    "no way to turn the page": (
        (RECIPE[RECIPE.index("      number:") : RECIPE.index("      more:")], ""),
        "next 和 number 必须写且只写一个",
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_contradiction_is_named_with_its_line(fault):
    """File, line, key and what is wrong, before any portal is asked."""
    change, said = WRONG[fault]
    with pytest.raises(RecipeInvalid) as caught:
        parse_kanghe(change)
    assert said in caught.value.what
    assert caught.value.what.startswith("kanghe.yaml:")

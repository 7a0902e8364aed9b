"""The whole of 泰安人寿 through a real browser, against what the sandbox invented."""

import pytest

pytestmark = pytest.mark.browser
ALWAYS = {"from_date": "2000-01-01", "to_date": "2030-12-31"}
RARE = set("喆堃镕珺")


def rows_of(session, dataset, parameters):
    """All rows of a dataset, and its pages."""
    pages = list(session.extract(dataset, parameters))
    return [row for page in pages for row in page.rows], pages


def policy_row(policy):
    """A policy of the sandbox in hub columns."""
    parts = [f"{agent}:{share // 100}%" for agent, share in policy.shares]
    return {
        "policy_no": policy.policy_no,
        "product_code": policy.product.product_code,
        "product_name": policy.product.product_name,
        "policyholder_name": policy.policyholder.name,
        "policyholder_id_no": policy.policyholder.id_no,
        "policyholder_phone": policy.policyholder.phone,
        "insured_name": policy.insured_name,
        "pay_years": policy.pay_years,
        "issue_date": policy.issue_date,
        "effective_date": policy.effective_date,
        "receipt_date": policy.receipt_date,
        "return_visit_date": policy.return_visit_date,
        "return_visit_result": policy.return_visit_result or None,
        "annual_premium_fen": policy.annual_premium_fen,
        "currency": policy.currency,
        "agent_split": "/".join(parts) if len(parts) > 1 else policy.shares[0][0],
        "status": policy.status,
        "status_date": policy.status_date,
        "has_endorsement": bool(policy.endorsements),
    }


def test_two_thousand_policies_come_home_exactly(sandbox, enter):
    """Every policy on 20 pages equals what the sandbox invented, rare characters too; bytes stay GBK."""
    session = enter(sandbox)
    rows, pages = rows_of(session, "policies", ALWAYS)
    assert rows == [policy_row(policy) for policy in sandbox.brokerage.policies]
    assert RARE & set("".join(row["policyholder_name"] for row in rows))
    assert [page.page_no for page in pages] == list(range(1, 21))
    assert {page.expected for page in pages} == {2000}
    report = session.report("policies")
    assert (report.rows, report.expected, report.set_aside) == (2000, 2000, 0)
    assert report.round_trips <= 2 * len(pages) + 5
    for page in pages:
        text = page.raw.decode("gb18030")
        assert page.rows[0]["policyholder_name"] in text
        assert f"第 {page.page_no}/20 页" in text
        assert page.raw_name == f"taian-policies-{page.page_no:04d}.html"


def test_cells_that_cannot_be_read_cost_no_row(small_sandbox, enter):
    """Rows without their unreadable phone are accepted, reported cell by cell, and complete."""
    session = enter(
        small_sandbox, ("name: policyholder_phone, kind: phone", "name: policyholder_phone, kind: date")
    )
    rows, pages = rows_of(session, "policies", ALWAYS)
    assert [row["policyholder_phone"] for row in rows] == [None] * 120
    assert {cell.reason for page in pages for cell in page.emptied} == {"手机号码：不是日期"}
    report = session.report("policies")
    assert (report.rows, report.set_aside, report.expected, report.emptied) == (120, 0, 120, 120)


def test_endorsements_come_from_the_details_window(small_sandbox, enter):
    """Each policy with 保全 = 有 is opened in its own window; nothing else is."""
    session = enter(small_sandbox)
    rows, pages = rows_of(session, "endorsements", ALWAYS)
    policies = [policy for policy in small_sandbox.brokerage.policies if policy.endorsements]
    assert rows == [
        {
            "policy_no": policy.policy_no,
            "endorsement_no": change.endorsement_no,
            "kind": change.kind,
            "effective_date": change.effective_date,
            "premium_before_fen": change.premium_before_fen,
            "premium_after_fen": change.premium_after_fen,
        }
        for policy in policies
        for change in policy.endorsements
    ]
    assert len(pages) == len(policies)
    assert pages[0].raw_name == f"taian-endorsements-{policies[0].policy_no}.as-read.html"


def test_children_in_the_same_walk_are_the_same_rows(small_sandbox, enter):
    """Policies and endorsements of one walk equal those of two walks, and each has its own report."""
    session = enter(small_sandbox)
    together = [
        (page.dataset, row)
        for page in session.extract("policies", ALWAYS, with_children=True)
        for row in page.rows
    ]
    policies, endorsements = session.report("policies"), session.report("endorsements")
    assert (policies.rows, policies.expected) == (120, 120)
    apart = [rows_of(session, dataset, ALWAYS)[0] for dataset in ("policies", "endorsements")]
    assert [row for name, row in together if name == "policies"] == apart[0]
    assert [row for name, row in together if name == "endorsements"] == apart[1]
    assert endorsements.rows == len(apart[1])


def test_premiums_come_home_exactly(small_sandbox, enter):
    """Every premium row, received or not, equals what the sandbox invented."""
    rows, _ = rows_of(enter(small_sandbox), "premiums", ALWAYS)
    assert rows == [
        {
            "policy_no": premium.policy_no,
            "policy_year": premium.policy_year,
            "due_date": premium.due_date,
            "premium_due_fen": premium.due_fen,
            "received_date": premium.received_date,
            "premium_received_fen": premium.received_fen,
            "receipt_no": premium.receipt_no,
            "currency": premium.currency,
            "is_received": premium.received_date is not None,
        }
        for premium in small_sandbox.brokerage.premiums
    ]


def test_statements_and_their_files_come_home_exactly(small_sandbox, enter):
    """Five batches; every line of every exported file equals what the sandbox invented."""
    session = enter(small_sandbox)
    batches, _ = rows_of(session, "statements", {"period": "2026-10"})
    lines, files = rows_of(session, "statement_lines", {"period": "2026-10"})
    assert [(row["batch_no"], row["cover_total_fen"], row["line_count"]) for row in batches] == [
        (batch.batch_no, batch.cover_total_fen, len(batch.lines)) for batch in small_sandbox.brokerage.batches
    ]
    invented = [line for batch in small_sandbox.brokerage.batches for line in batch.lines]
    columns = (
        "batch_no line_no policy_no product_code policy_year item_type agent_no share_bp premium_fen rate_bp"
    )
    for column in [*columns.split(), "amount_fen", "currency"]:
        assert [row[column] for row in lines] == [getattr(line, column) for line in invented], column
    assert [row["endorsement_no"] or "" for row in lines] == [line.endorsement_no for line in invented]
    assert [row["remark"] or "" for row in lines] == [line.remark for line in invented]
    assert files[0].raw_name == "佣金结算单_TA202610-01.xls"
    assert "佣金结算单" in files[0].raw.decode("gb18030")


def test_empty_range_is_complete_with_no_rows(small_sandbox, enter):
    """A list that prints 共 0 条 is complete."""
    session = enter(small_sandbox)
    rows, pages = rows_of(session, "policies", {"from_date": "1990-01-01", "to_date": "1990-01-31"})
    assert (rows, len(pages), session.report("policies").expected) == ([], 1, 0)


def test_rows_that_cannot_be_read_are_set_aside_with_their_children(small_sandbox, enter):
    """Without a look-up for 有 such policies are set aside, still counted, and their windows with them."""
    session = enter(small_sandbox, ("lookups: {有: true, 无: false}", "lookups: {无: false}"))
    pages = list(session.extract("policies", ALWAYS, with_children=True))
    endorsed = sum(bool(policy.endorsements) for policy in small_sandbox.brokerage.policies)
    report, children = session.report("policies"), session.report("endorsements")
    assert (report.rows, report.set_aside, report.expected) == (120 - endorsed, endorsed, 120)
    assert (children.rows, children.set_aside, children.expected) == (0, endorsed, endorsed)
    asides = [aside for page in pages if page.dataset == "policies" for aside in page.set_aside]
    assert {(aside.column, aside.reason) for aside in asides} == {("保全", "保全：不在 lookups 里")}


def test_session_logs_out_at_the_end(small_sandbox, enter, context):
    """After close() the portal has forgotten the cookie."""
    session = enter(small_sandbox)
    session.close()
    answer = context.request.get(f"{small_sandbox.url}/taian/main.do")
    assert "登录超时".encode("gbk") in answer.body()

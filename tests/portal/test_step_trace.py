"""A step that is done again is traced from behind the login; the trace is sealed, or forgotten on success."""

import io
import zipfile

import pytest

from bots.errors import PageChanged, PortalUnavailable
from sandbox.ruixiang.portal import ACCOUNT
from sandbox.scene import PORTAL_PASSWORD
from tests.portal.five_portals import LISTS, logged_in

pytestmark = pytest.mark.browser


def entries(sealed):
    """Name and bytes of everything in the one trace."""
    assert len(sealed) == 1
    with zipfile.ZipFile(io.BytesIO(*sealed.values())) as trace:
        return {name: trace.read(name) for name in trace.namelist()}


def test_a_page_that_fails_again_after_a_new_login_is_traced(small_sandbox, context, evidence):
    """The session ends at page 2 and the way back fails: the trace shows the way back, not the password."""
    with logged_in(context, small_sandbox, "ruixiang", evidence) as session:
        pages = session.extract("policies", LISTS["ruixiang"].parameters)
        next(pages)
        small_sandbox.spoil("ruixiang", expire_at_page=2, renamed_class=True)
        with pytest.raises(PageChanged):
            list(pages)
    assert list(evidence.sealed) == ["ruixiang-policies-trace.zip"]
    traced = entries(evidence.sealed)
    assert b"click" in traced["trace.trace"]
    assert not [name for name, content in traced.items() if ACCOUNT.password.encode() in content]
    assert not [name for name in evidence.files if "trace" in name]


def test_a_dataset_begun_again_is_traced(small_sandbox, context, evidence):
    """The first failure leaves no trace, the second of the same dataset does, without its new login."""
    with logged_in(context, small_sandbox, "taian", evidence) as session:
        small_sandbox.spoil("taian", down=True)
        with pytest.raises(PortalUnavailable):
            list(session.extract("policies", LISTS["taian"].parameters))
        assert evidence.sealed == {}
        small_sandbox.spoil("taian", down=False, missing_column="币种")
        with pytest.raises(PageChanged):
            list(session.extract("policies", LISTS["taian"].parameters))
    traced = entries(evidence.sealed)
    assert b"policyList.do" in traced["trace.network"]
    assert not [name for name, content in traced.items() if PORTAL_PASSWORD.encode() in content]


def test_a_second_try_that_succeeds_leaves_no_trace(small_sandbox, context, evidence):
    """A list that comes home in spite of a lost session keeps nothing of anybody."""
    with logged_in(context, small_sandbox, "taian", evidence) as session:
        pages = session.extract("premiums", LISTS["taian"].parameters)
        next(pages)
        small_sandbox.spoil("taian", expire_after_requests=1)
        list(pages)
        assert session.report("premiums").rows == small_sandbox.truth["premium_rows"]
    assert (evidence.files, evidence.sealed) == ({}, {})


def test_a_login_in_the_middle_of_a_trace_is_not_in_it(small_sandbox, context, evidence):
    """A traced second try loses its session too: the trace begins anew behind that login."""
    with logged_in(context, small_sandbox, "ruixiang", evidence) as session:
        small_sandbox.spoil("ruixiang", down=True)
        with pytest.raises(PortalUnavailable):
            list(session.extract("policies", LISTS["ruixiang"].parameters))
        small_sandbox.spoil("ruixiang", down=False, expire_at_page=1, renamed_class=True)
        with pytest.raises(PageChanged):
            list(session.extract("policies", LISTS["ruixiang"].parameters))
    traced = entries(evidence.sealed)
    assert b"/api/policies" in traced["trace.network"]
    assert not [name for name, content in traced.items() if ACCOUNT.password.encode() in content]

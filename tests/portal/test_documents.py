"""What a document says, apart from its scripts."""

from bots.portal.documents import visible_source


def test_message_inside_a_script_does_not_count():
    """A page that carries 登录超时 in a script or comment is no expired page; one that shows it is."""
    script = "<script>function f(){alert('登录超时')}</script><!-- 登录超时 --><td>喆</td>"
    assert "登录超时" not in visible_source(script.encode("gbk"), "gb18030")
    assert "喆" in visible_source(script.encode("gbk"), "gb18030")
    assert "登录超时" in visible_source("<center>登录超时</center>".encode("gbk"), "gb18030")


def test_notice_in_utf8_before_a_portal_in_gbk_is_read():
    """A proxy's maintenance page says what it says; the portal's own rare characters stay what they are."""
    assert "系统维护中" in visible_source("<h1>系统维护中</h1>".encode(), "gb18030")
    assert "喆堃镕珺" in visible_source("<td>喆堃镕珺</td>".encode("gb18030"), "gb18030")

"""The whole exception tree: every error speaks to a person in Chinese.

BrokerFlowError
├── BusinessError          a person must change something; never retried by itself
│   ├── RecipeInvalid      a YAML file says something that cannot be
│   ├── LoginRefused       the portal refused user or password; the account is not tried again
│   ├── PasswordExpired    the portal lets nobody on until the password is changed
│   ├── SourceFileInvalid  a file cannot be trusted as a whole
│   ├── ExtractionIncomplete  rows at home disagree with what the source claims
│   ├── PageChanged        a column or element that the recipe names is not there
│   ├── RulesInvalid       rates, hierarchy or tables contradict each other
│   ├── SecretMissing      a secret is named and nowhere set
│   ├── MessageRefused     the channel refused the message for good
│   └── SetupInvalid       the installation lacks something (browser, key, database)
├── ApplicationError       the other side or the machine failed; may be retried
│   ├── PortalUnavailable  down, 5xx, timeout
│   ├── BrowserLost        the browser or its page died under us; only a new one helps
│   ├── StorageFull        no space left to write
│   ├── HubBusy            another process holds what we need
│   ├── RateLimited        the channel asks us to wait
│   └── FateUnknown        sent, but nobody can say whether it arrived; never sent again by itself
└── SessionError
    └── SessionExpired     the portal forgot or displaced us; log in again within the budget
"""

from typing import ClassVar


class BrokerFlowError(Exception):
    """Base: ``title`` names the kind, ``what`` the fact with file and place, ``remedy`` the next step.

    ``who`` is the person who acts: 运营, 财务, IT.
    """

    title: ClassVar[str] = "运行出错"
    who: ClassVar[str] = "IT"

    def __init__(self, what: str, *, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"【{self.title}】{self.what} 处理办法：{self.remedy}（处理人：{self.who}）"

    def __reduce__(self) -> tuple[object, ...]:
        """Prefect pickles a failed flow's error; keyword arguments need this."""
        return _rebuild, (type(self), self.what, self.remedy)


def _rebuild(kind: type[BrokerFlowError], what: str, remedy: str) -> BrokerFlowError:
    return kind(what, remedy=remedy)


class BusinessError(BrokerFlowError):
    """A person must change something; never retried by itself."""

    title = "需要人工处理"
    who = "运营"


class RecipeInvalid(BusinessError):
    """A recipe or another YAML file is wrong; ``what`` names file, line and key."""

    title = "配置文件有误"


class LoginRefused(BusinessError):
    """The portal refused the credentials; trying again would lock the account."""

    title = "登录被拒绝"


class PasswordExpired(BusinessError):
    """The portal lets nobody on until a person has changed the password."""

    title = "需要修改密码"


class SourceFileInvalid(BusinessError):
    """A source file is refused as a whole; ``what`` names file and line."""

    title = "来源文件无法使用"
    who = "财务"


class ExtractionIncomplete(BusinessError):
    """The rows at home disagree with the count or total that the source claims."""

    title = "采集不完整"


class PageChanged(BusinessError):
    """An element or column named by the recipe is missing on the page."""

    title = "页面已改版"


class RulesInvalid(BusinessError):
    """Rates, caps, shares or the hierarchy contradict each other."""

    title = "结算规则有误"
    who = "财务"


class SecretMissing(BusinessError):
    """A secret is named by a recipe or route and is nowhere set."""

    title = "缺少密钥或密码"
    who = "IT"


class MessageRefused(BusinessError):
    """The channel refused the message for good (bad key, unknown template, blocked number)."""

    title = "消息被拒绝"
    who = "IT"


class SetupInvalid(BusinessError):
    """The installation lacks something that a run needs."""

    title = "运行环境不完整"
    who = "IT"


class ApplicationError(BrokerFlowError):
    """The other side or the machine failed; a retry may help."""

    title = "系统暂时不可用"


class PortalUnavailable(ApplicationError):
    """The portal does not answer, answers 5xx or is under maintenance."""

    title = "保司系统无法访问"
    who = "运营"


class BrowserLost(ApplicationError):
    """The browser was closed or crashed under us; doing it again needs a new one."""

    title = "浏览器意外关闭"


class StorageFull(ApplicationError):
    """Nothing could be written; the half-written file is gone."""

    title = "磁盘空间不足"


class HubBusy(ApplicationError):
    """Another process holds the database or the work item."""

    title = "数据库被占用"


class RateLimited(ApplicationError):
    """The channel asks us to slow down; the message waits in the outbox."""

    title = "发送频率受限"


class FateUnknown(ApplicationError):
    """A message left, its receipt did not come; a person decides, nothing is sent twice."""

    title = "消息结果未知"
    who = "运营"


class SessionError(BrokerFlowError):
    """The portal session is gone."""

    title = "登录会话中断"
    who = "运营"


class SessionExpired(SessionError):
    """The portal forgot us or somebody else logged in with the account."""

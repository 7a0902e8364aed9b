"""The customers that 客户通 knows: the truth, made before and apart from any page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from sandbox.people import invent_name, invent_person
from sandbox.scene import BUSINESS_DATE, SEED

SIZE = 640
# Eight batches of thirty.
SMALL_SIZE = 220
_FIRST_DAY = date(2025, 1, 6)
_CITIES = ("北京", "上海", "广州", "深圳", "杭州", "南京", "成都", "武汉", "西安", "重庆")
_SOURCES = ("抖音", "百度", "转介绍", "自拓")
_INTENTS = ("高", "中", "低")
_OWNERS = ("沈珺", "陶镕", "韩喆", "葛堃", "方若曦", "袁春燕")
_INSURERS = ("泰安人寿", "海岚人寿", "云岭健康")
_PRODUCTS = ("安心终身寿险", "康护重疾险", "岁丰年金险", "乐享百万医疗险")
_PREMIUMS_FEN = (123_456_700, 100_000_000, 1_280_000, 36_550, 600_000, 99_999, 2_000_050)
_REMARKS = (
    "很有意向😊👍，周末回电",
    "第一次沟通：关注重疾\n第二次沟通：约 10 月底面谈",
    '=HYPERLINK("http://example.invalid/","点击领取")',
    "-已退保，请勿再打扰",
    '预算 30万，想要"终身"的，先看 A,B 两款',
    "<b>重要客户</b> & 家属三人",
    "+86 号码打不通，加微信",
    "转介绍人是老客户，注意保密",
)
_TALKS = (
    "电话未接，已发短信",
    "介绍了重疾险，客户要和家人商量",
    "发送计划书 V2\n客户已读",
    "面谈一小时，保额定为 50 万",
    "客户要求退保，已说明损失",
    "生日问候🎂",
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One talk with the customer; ``at`` is local time to the minute."""

    at: datetime
    person: str
    text: str


@dataclass(frozen=True, slots=True)
class CustomerPolicy:
    """A policy as the CRM knows it; a 退保 carries its premium negative."""

    policy_no: str
    insurer: str
    product_name: str
    premium_fen: int
    effective_date: date
    status: str


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer; empty text or None where nothing was ever entered; talks newest first."""

    customer_id: str
    customer_no: str
    name: str
    phone: str
    wechat: str
    gender: str
    birth_date: date | None
    city: str
    source: str
    intent: str
    owner: str
    created_at: datetime
    remark: str
    follow_ups: tuple[FollowUp, ...]
    policies: tuple[CustomerPolicy, ...]

    @property
    def last_contact_at(self) -> datetime | None:
        """When somebody last talked to the customer."""
        return self.follow_ups[0].at if self.follow_ups else None


def build_records(seed: int = SEED, size: int = SIZE) -> list[Customer]:
    """All customers, the newest first, as the list shows them."""
    dates = Random(f"{seed}/kehutong/created")
    days = (BUSINESS_DATE - _FIRST_DAY).days
    moments = sorted(_moment(dates, _FIRST_DAY + timedelta(days=dates.randrange(days))) for _ in range(size))
    oldest_first = [_customer(seed, number, moment) for number, moment in enumerate(moments, 1)]
    return oldest_first[::-1]


def build_newcomer(seed: int = SEED, size: int = SIZE) -> Customer:
    """The customer who comes in while somebody turns the pages (``moved_at_page``)."""
    return _customer(seed, size + 1, datetime.combine(BUSINESS_DATE, time(8, 59)))


def _customer(seed: int, number: int, created_at: datetime) -> Customer:
    rng = Random(f"{seed}/kehutong/{number}")
    person = invent_person(rng)
    born = datetime.strptime(person.id_no[6:14], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    owner = "" if rng.random() < 0.08 else rng.choice(_OWNERS)  # noqa: PLR2004 - share nobody cares for
    return Customer(
        customer_id=str(100_000 + number * 7),
        customer_no=f"KH{number:08d}",
        name=person.name,
        phone=person.phone,
        wechat=f"wx_{rng.randrange(16**6):06x}" if rng.randrange(3) else "",
        gender="男" if int(person.id_no[16]) % 2 else "女",
        birth_date=born if rng.randrange(8) else None,
        city=rng.choice(_CITIES) if rng.randrange(12) else "",
        source=rng.choice(_SOURCES),
        intent=rng.choice(_INTENTS),
        owner=owner,
        created_at=created_at,
        remark=rng.choice(_REMARKS) if rng.randrange(3) else "",
        follow_ups=_follow_ups(rng, created_at, owner),
        policies=tuple(_policy(rng, created_at.date()) for _ in range(rng.choice((0, 0, 1, 1, 2, 3)))),
    )


def _follow_ups(rng: Random, created_at: datetime, owner: str) -> tuple[FollowUp, ...]:
    days = (BUSINESS_DATE - created_at.date()).days
    moments = [
        _moment(rng, created_at.date() + timedelta(days=rng.randint(1, days)))
        for _ in range(rng.randint(0, 6) if days else 0)
    ]
    return tuple(
        FollowUp(moment, owner or invent_name(rng), rng.choice(_TALKS))
        for moment in sorted(moments, reverse=True)
    )


def _policy(rng: Random, created_on: date) -> CustomerPolicy:
    status = rng.choice(("有效", "有效", "有效", "待生效", "退保"))
    premium_fen = rng.choice(_PREMIUMS_FEN)
    return CustomerPolicy(
        policy_no=f"P{rng.randrange(10**12):012d}",
        insurer=rng.choice(_INSURERS),
        product_name=rng.choice(_PRODUCTS),
        premium_fen={"待生效": 0, "退保": -premium_fen}.get(status, premium_fen),
        effective_date=created_on + timedelta(days=rng.randrange(1, 400)),
        status=status,
    )


def _moment(rng: Random, day: date) -> datetime:
    return datetime.combine(day, time(rng.randrange(9, 21), rng.randrange(60)))

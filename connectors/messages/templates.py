"""Notice texts and filed SMS templates (config/messages/templates.yaml), checked before the first message."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from jinja2 import StrictUndefined, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field

from bots.errors import MessageRefused
from connectors.messages.delivery import Payload
from connectors.messages.yaml_file import YamlFile

_FILED_VARIABLE = re.compile(r"\$\{(\w+)\}")
_LINK = re.compile(r"https?://|www\.|[\w-]+\.(?:com|cn|net|org|top|cc)\b", re.IGNORECASE)
_CARRIER_LIMIT = 35
_JINJA = ImmutableSandboxedEnvironment(  # plain text for chat windows: HTML escapes would be seen
    undefined=StrictUndefined,
    autoescape=False,
)


class ParameterKind(StrEnum):
    """Text may be cut in an SMS, a figure (date, amount, count) never, a link never goes into one."""

    TEXT = "text"
    FIGURE = "figure"
    LINK = "link"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SmsParameter(_Strict):
    """One variable of a filed template and the notice parameter that fills it; length in characters."""

    source: str = Field(alias="from")
    max_length: Annotated[int, Field(ge=1, le=_CARRIER_LIMIT)]


class SmsTemplate(_Strict):
    """A template filed with the carrier; ``filed_text`` is word for word what was filed."""

    template_code: Annotated[str, Field(pattern=r"^SMS_\d+$")]
    filed_text: str
    parameters: dict[str, SmsParameter]


class NoticeTemplate(_Strict):
    """One kind of notice: its parameters, its text for chats, its SMS."""

    title: str
    parameters: dict[str, ParameterKind]
    text: str
    sms: SmsTemplate


class TemplateBook(_Strict):
    """Every notice that can be sent."""

    sms_sign_name: Annotated[str, Field(min_length=2, max_length=12)]
    templates: dict[str, NoticeTemplate]


def load_templates(path: Path) -> TemplateBook:
    """Read and check templates.yaml; raises RecipeInvalid naming file, line and key of each fault."""
    file = YamlFile(path)
    book = file.read(TemplateBook)
    complaints = [
        file.place(("templates", what, *keys), complaint)
        for what, template in book.templates.items()
        for keys, complaint in (*_check_text(template), *_check_sms(template))
    ]
    if complaints:
        raise file.refuse(complaints)
    return book


def render_text(template: NoticeTemplate, parameters: Mapping[str, str]) -> str:
    """The notice as text for a chat, without trailing line feed; raises nothing once checked on load."""
    return _JINJA.from_string(template.text).render(parameters).rstrip("\n")


def fill_sms(template: NoticeTemplate, parameters: Mapping[str, str], place: str) -> dict[str, str]:
    """Values of the filed template's variables, at most as long as filed.

    Texts that are too long are cut. Raises MessageRefused, naming ``place`` and key, for a figure that
    does not fit and for a link: carriers refuse links in parameters.
    """
    values = {}
    for name, slot in template.sms.parameters.items():
        value = parameters[slot.source]
        if template.parameters[slot.source] is ParameterKind.TEXT and len(value) > slot.max_length:
            value = value[: slot.max_length - 1] + "…"
        if len(value) > slot.max_length:
            raise _refused(f"{place}.sms.parameters.{name}：内容超过 {slot.max_length} 个字")
        if _LINK.search(value):
            raise _refused(f"{place}.sms.parameters.{name}：短信参数含有链接")
        values[name] = value
    return values


def sms_payload(book: TemplateBook, what: str, parameters: Mapping[str, str], out_id: str) -> Payload:
    """What the SMS channel sends for notice ``what``."""
    template = book.templates[what]
    return {
        "sign_name": book.sms_sign_name,
        "template_code": template.sms.template_code,
        "parameters": fill_sms(template, parameters, f"templates.yaml: templates.{what}"),
        "out_id": out_id,
    }


def _refused(what: str) -> MessageRefused:
    return MessageRefused(f"{what}，短信未发。", remedy="修改消息模板或缩短内容")


def _check_text(template: NoticeTemplate) -> Iterator[tuple[tuple[str, ...], str]]:
    try:
        used = meta.find_undeclared_variables(_JINJA.parse(template.text))
    except TemplateSyntaxError as error:
        yield ("text",), f"模板语法有误（第 {error.lineno} 行）"
        return
    for name in sorted(used - template.parameters.keys()):
        yield ("text",), f"用到的参数 {name} 未在 parameters 中声明"


def _check_sms(template: NoticeTemplate) -> Iterator[tuple[tuple[str, ...], str]]:
    filed = set(_FILED_VARIABLE.findall(template.sms.filed_text))
    for name in sorted(filed - template.sms.parameters.keys()):
        yield ("sms", "filed_text"), f"报备内容中的变量 {name} 没有对应参数"
    for name, slot in template.sms.parameters.items():
        keys = ("sms", "parameters", name)
        if name not in filed:
            yield keys, "报备内容中没有这个变量"
        if slot.source not in template.parameters:
            yield keys, f"参数 {slot.source} 未在 parameters 中声明"
        elif template.parameters[slot.source] is ParameterKind.LINK:
            yield keys, "短信参数不得为链接"

"""Who hears what by which channel: routes and templates together, as enqueue needs them."""

import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bots.errors import MessageRefused, RecipeInvalid
from bots.masking import mask_text
from bots.records import Notice, Severity
from connectors.messages.delivery import Payload
from connectors.messages.templates import (
    NoticeTemplate,
    TemplateBook,
    load_templates,
    render_text,
    sms_payload,
)
from connectors.messages.yaml_file import YamlFile

_log = logging.getLogger(__name__)
LOUDNESS = (Severity.INFO, Severity.WARNING, Severity.ALARM)


class Channel(StrEnum):
    """How a message travels."""

    WECOM_ROBOT = "wecom_robot"
    SMS = "sms"


class Route(BaseModel):
    """One receiver: a channel and the name of the secret with robot key or phone number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: Channel
    secret: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    from_severity: Severity


class Audience(BaseModel):
    """A group of people and how they are reached."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    channels: Annotated[list[Route], Field(min_length=1)]


class _RoutesFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    audiences: dict[str, Audience]


@dataclass(frozen=True, slots=True)
class Letter:
    """One message for the outbox; ``whom`` is the name of a secret, never an address.

    ``refusal`` says why the channel cannot carry it; then ``payload`` is empty.
    """

    whom: str
    channel: Channel
    payload: Payload
    refusal: MessageRefused | None = None


@dataclass(frozen=True, slots=True)
class MessageBook:
    """Audiences and templates, checked against each other's vocabulary."""

    audiences: dict[str, Audience]
    templates: TemplateBook

    def write_letters(self, notice: Notice) -> Iterator[Letter]:
        """One letter per receiver whose threshold the notice's severity reaches, personal data masked.

        Raises RecipeInvalid for an unknown audience or template, or parameters that are not the template's.
        """
        template, audience = self._find_template(notice), self._find_audience(notice)
        parameters = _mask_parameters(notice)
        for route in audience.channels:
            if LOUDNESS.index(notice.severity) < LOUDNESS.index(route.from_severity):
                continue
            if route.channel is Channel.SMS:
                yield self._write_sms(notice, parameters, route)
            else:
                text = mask_text(render_text(template, parameters))
                yield Letter(route.secret, route.channel, {"text": text})

    def _write_sms(self, notice: Notice, parameters: Mapping[str, str], route: Route) -> Letter:
        try:
            payload = sms_payload(self.templates, notice.what, parameters, out_id_of(notice, route))
        except MessageRefused as refusal:
            return Letter(route.secret, route.channel, {}, refusal)
        return Letter(route.secret, route.channel, payload)

    def _find_template(self, notice: Notice) -> NoticeTemplate:
        template = self.templates.templates.get(notice.what)
        if template is None:
            raise _unusable(f"templates.yaml: templates.{notice.what}: 没有这个消息模板")
        if template.parameters.keys() != notice.parameters.keys():
            differing = sorted(template.parameters.keys() ^ notice.parameters.keys())
            raise _unusable(
                f"templates.yaml: templates.{notice.what}.parameters: 与通知不一致：{'、'.join(differing)}"
            )
        return template

    def _find_audience(self, notice: Notice) -> Audience:
        audience = self.audiences.get(notice.audience)
        if audience is None:
            raise _unusable(f"routes.yaml: audiences.{notice.audience}: 没有这个接收群体")
        return audience


def load_message_book(folder: Path) -> MessageBook:
    """Read routes.yaml and templates.yaml of ``folder``; raises RecipeInvalid naming file, line, key."""
    routes = YamlFile(folder / "routes.yaml").read(_RoutesFile)
    return MessageBook(routes.audiences, load_templates(folder / "templates.yaml"))


def _mask_parameters(notice: Notice) -> dict[str, str]:
    masked = {name: mask_text(value) for name, value in notice.parameters.items()}
    hidden = sorted(name for name, value in masked.items() if value != notice.parameters[name])
    if hidden:
        _log.warning("personal data masked in notice %s: %s", notice.what, ", ".join(hidden))
    return masked


def out_id_of(notice: Notice, route: Route) -> str:
    """The outbox's unique key as the short text that comes back in an SMS receipt."""
    key = f"{notice.what}\n{route.secret}\n{route.channel}\n{notice.occasion}"
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _unusable(what: str) -> RecipeInvalid:
    return RecipeInvalid(f"{what}。", remedy="核对 config/messages/ 与发出通知的流程")

"""Jinja pages: the environment, and how amounts, sizes and times look."""

from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bots.money import format_yuan
from connectors.desk_accounts import Role
from web.access import ROLE_NAMES, may_open
from web.clock import show_time
from web.desk import get_visitor
from web.security import csrf_token

WEB_ROOT = Path(__file__).resolve().parent
_KIBIBYTE = 1024


def show_size(size: int) -> str:
    """Bytes as ``812 B``, ``48 KB`` or ``3.2 MB``."""
    if size < _KIBIBYTE:
        return f"{size} B"
    kilobytes = size / _KIBIBYTE
    return f"{kilobytes:.0f} KB" if kilobytes < _KIBIBYTE else f"{kilobytes / _KIBIBYTE:.1f} MB"


def show_role(role: str) -> str:
    """The role's Chinese name."""
    return ROLE_NAMES[Role(role)] if role in set(Role) else role


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(WEB_ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(may_open=may_open)
    environment.filters.update(yuan=format_yuan, time=show_time, size=show_size, role_name=show_role)
    return environment


_templates = Jinja2Templates(env=_environment())


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> Response:
    """A page for the person who is looking; every page knows ``visitor`` and ``csrf_token``."""
    context = {"visitor": get_visitor(request), "csrf_token": partial(csrf_token, request), **values}
    return _templates.TemplateResponse(request, template, context, status_code=status, headers=headers)

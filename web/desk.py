"""What every page of the desk works with, and the person who is looking."""

from dataclasses import dataclass, field
from typing import cast

from fastapi import Request
from sqlalchemy import Engine

from config.settings import Settings
from web.clock import Clock
from web.login_guard import AddressLimit, PasswordDesk
from web.sessions import SessionRegistry


@dataclass(frozen=True, slots=True)
class Desk:
    """The running desk: hub, settings, clock and what it remembers between requests."""

    settings: Settings
    engine: Engine
    clock: Clock
    sessions: SessionRegistry = field(default_factory=SessionRegistry)
    addresses: AddressLimit = field(default_factory=AddressLimit)
    passwords: PasswordDesk = field(default_factory=PasswordDesk)


@dataclass(frozen=True, slots=True)
class Visitor:
    """The logged-in person, as the hub knows them at this request."""

    username: str
    display_name: str
    role: str


def get_desk(request: Request) -> Desk:
    """The desk that serves this request."""
    return cast("Desk", request.app.state.desk)


def get_visitor(request: Request) -> Visitor | None:
    """The person whom the gate let in; None on public pages."""
    return getattr(request.state, "visitor", None)

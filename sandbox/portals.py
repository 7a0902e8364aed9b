"""The pretend portals by slug: each has its account, its sessions, its faults, its routes."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from sandbox.brokerage import Brokerage
from sandbox.gateways.received import Received
from sandbox.kanghe import portal as kanghe
from sandbox.kehutong import portal as kehutong
from sandbox.mingde import portal as mingde
from sandbox.portal_faults import PortalFaults
from sandbox.portal_sessions import Account, Sessions
from sandbox.ruixiang import portal as ruixiang
from sandbox.taian import portal as taian


@dataclass(frozen=True, slots=True)
class PortalWorld:
    """What a portal's routes stand on; ``is_small`` portals show a few pages instead of dozens.

    ``brokerage`` is what 泰安人寿 shows, whatever its size; the others invent their own records.
    """

    sessions: Sessions
    faults: PortalFaults
    received: Received
    brokerage: Brokerage
    is_small: bool


@dataclass(frozen=True, slots=True)
class PortalKind:
    """One portal: its account, and the routes under ``/<slug>/``."""

    account: Account
    build: Callable[[PortalWorld], APIRouter]


PORTALS: dict[str, PortalKind] = {
    "kanghe": PortalKind(kanghe.ACCOUNT, kanghe.build_portal),
    "kehutong": PortalKind(kehutong.ACCOUNT, kehutong.build_portal),
    "mingde": PortalKind(mingde.ACCOUNT, mingde.build_portal),
    "ruixiang": PortalKind(ruixiang.ACCOUNT, ruixiang.build_portal),
    "taian": PortalKind(taian.ACCOUNT, taian.build_portal),
}


def build_worlds(
    brokerage: Brokerage, session_seconds: float, received: Received, *, is_small: bool
) -> dict[str, PortalWorld]:
    """A good day at every portal."""
    return {
        slug: PortalWorld(
            Sessions(kind.account, session_seconds), PortalFaults(), received, brokerage, is_small
        )
        for slug, kind in PORTALS.items()
    }

"""The pretend portals beside 泰安人寿, by slug: each has its sessions, its faults, its routes."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from sandbox.gateways.received import Received
from sandbox.kanghe import portal as kanghe
from sandbox.kehutong import portal as kehutong
from sandbox.mingde import portal as mingde
from sandbox.portal_faults import PortalFaults
from sandbox.portal_sessions import Account, Sessions
from sandbox.ruixiang import portal as ruixiang


@dataclass(frozen=True, slots=True)
class PortalWorld:
    """What a portal's routes stand on; ``is_small`` portals show a few pages instead of dozens."""

    sessions: Sessions
    faults: PortalFaults
    received: Received
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
}


def build_worlds(session_seconds: float, received: Received, *, is_small: bool) -> dict[str, PortalWorld]:
    """A good day at every portal."""
    return {
        slug: PortalWorld(Sessions(kind.account, session_seconds), PortalFaults(), received, is_small)
        for slug, kind in PORTALS.items()
    }

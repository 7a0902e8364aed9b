"""The pretend outside world as one application."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from sandbox.brokerage import Brokerage
from sandbox.gateways.received import Received
from sandbox.gateways.sms import SmsGateway, build_sms
from sandbox.gateways.wecom import Robots, build_wecom
from sandbox.pages_router import build_pages
from sandbox.portal_faults import PortalFaults
from sandbox.portal_sessions import Sessions
from sandbox.portals import PORTALS, PortalWorld, build_worlds
from sandbox.switches import Switches

SESSION_SECONDS = 900.0
Middleware = Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]


def create_app(
    brokerage: Brokerage, session_seconds: float = SESSION_SECONDS, *, small_portals: bool = False
) -> FastAPI:
    """Everything outside the firm on one application; all state lives in it and nowhere else."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    switches, received = Switches(), Received()
    robots = Robots(received, switches)
    worlds = build_worlds(brokerage, session_seconds, received, is_small=small_portals)

    def reset() -> None:
        switches.reset()
        received.clear()
        robots.reset()
        for world in worlds.values():
            world.faults.reset()
            world.sessions.reset()

    app.middleware("http")(_misbehaviour(switches))
    app.middleware("http")(_portal_misbehaviour(worlds))
    app.include_router(_build_control(switches, worlds["taian"].sessions, reset))
    app.include_router(_build_portal_control(worlds))
    app.include_router(build_pages(brokerage, received))
    for slug, world in worlds.items():
        app.include_router(PORTALS[slug].build(world), prefix=f"/{slug}")
    app.include_router(build_wecom(robots), prefix="/wecom")
    app.include_router(build_sms(SmsGateway(received, switches)), prefix="/sms")
    return app


def _misbehaviour(switches: Switches) -> Middleware:
    """Slow on order; a slow service has already done what it was asked to."""

    async def misbehave(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.url.path.startswith("/control"):
            return await call_next(request)
        response = await call_next(request)
        await switches.wait()
        return response

    return misbehave


def _portal_misbehaviour(worlds: dict[str, PortalWorld]) -> Middleware:
    """The answer of a portal that has a bad day, before its routes see the request."""

    async def misbehave(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        world = worlds.get(request.url.path.strip("/").split("/")[0])
        if world and world.faults.ends_sessions():
            world.sessions.forget_all()
        return (world.faults.refusal() if world else None) or await call_next(request)

    return misbehave


def _build_portal_control(worlds: dict[str, PortalWorld]) -> APIRouter:
    router = APIRouter()

    @router.get("/control/portals/{slug}")
    async def show(slug: str) -> PortalFaults:
        """One portal's faults as they stand."""
        return worlds[slug].faults

    @router.post("/control/portals/{slug}")
    async def turn(slug: str, request: Request) -> JSONResponse:
        """Change one portal's faults, given as a JSON object; 400 names what is unknown."""
        try:
            worlds[slug].faults.change(await request.json())
        except ValidationError as error:
            return JSONResponse({"errors": error.errors(include_url=False)}, status_code=400)
        return JSONResponse(worlds[slug].faults.model_dump())

    return router


def _build_control(switches: Switches, sessions: Sessions, reset: Callable[[], None]) -> APIRouter:
    router = APIRouter()

    @router.get("/control")
    async def show() -> Switches:
        return switches

    @router.get("/control/sessions")
    async def count_sessions() -> dict[str, int]:
        """How often 泰安人寿 was logged in to, and how many sessions a later login threw out."""
        return {"logins": sessions.logins, "displaced": sessions.displaced}

    @router.post("/control")
    async def turn(request: Request) -> JSONResponse:
        """Turn switches given as a JSON object; 400 names what is unknown."""
        try:
            switches.change(await request.json())
        except ValidationError as error:
            return JSONResponse({"errors": error.errors(include_url=False)}, status_code=400)
        return JSONResponse(switches.model_dump())

    @router.post("/control/reset")
    async def start_over() -> Switches:
        """A good day again: switches off, sessions, lock and messages forgotten."""
        reset()
        return switches

    return router

"""The pretend outside world as one application."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from sandbox.brokerage import Brokerage
from sandbox.switches import Switches
from sandbox.taian.portal import build_portal
from sandbox.taian.sessions import Sessions

SESSION_SECONDS = 900.0


def create_app(brokerage: Brokerage, session_seconds: float = SESSION_SECONDS) -> FastAPI:
    """Everything outside the firm, mounted on one application; state lives in it and nowhere else."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    switches, sessions = Switches(), Sessions(session_seconds)

    @app.middleware("http")
    async def misbehave(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.url.path.startswith("/control"):
            return await call_next(request)
        if switches.taian_down and request.url.path.startswith("/taian/"):
            return Response("503 Service Unavailable", status_code=503)
        response = await call_next(request)
        await switches.wait()
        return response

    @app.get("/control")
    async def show_switches() -> Switches:
        return switches

    @app.post("/control")
    async def turn_switches(request: Request) -> Response:
        try:
            switches.change(await request.json())
        except ValidationError as error:
            return JSONResponse({"errors": error.errors(include_url=False)}, status_code=400)
        return JSONResponse(switches.model_dump())

    app.include_router(build_portal(brokerage, switches, sessions), prefix="/taian")
    return app

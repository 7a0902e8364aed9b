"""The desk: a FastAPI application put together from pages, gate and error pages."""

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.sessions import SessionMiddleware

from bots.errors import SetupInvalid
from config.settings import Settings, get_settings
from connectors.database.engine import open_hub
from web import health, pages_codes, pages_login, pages_workbooks
from web.clock import Clock, utc_now
from web.desk import Desk
from web.errors import install_error_pages
from web.gate import admit
from web.rendering import WEB_ROOT
from web.security import LimitBody, SecureHeaders, check_csrf
from web.sessions import ABSOLUTE_LIFETIME

SESSION_COOKIE = "brokerflow_desk"
_SHORTEST_KEY = 32


def create_app(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """The desk for ``settings``; every route passes the gate and, when it changes something, the CSRF check.

    Raises SetupInvalid when the key that signs the session cookie is missing or short.
    """
    key = _session_key(settings)
    is_https = settings.desk_url.startswith("https://")
    app = FastAPI(
        title="BrokerFlow desk",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
        dependencies=[Depends(check_csrf), Depends(admit)],
    )
    app.state.desk = Desk(settings, open_hub(settings.hub_url), clock)
    for pages in (health, pages_login, pages_workbooks, pages_codes):
        app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=WEB_ROOT / "static"), name="static")
    install_error_pages(app, is_https=is_https)
    app.add_middleware(LimitBody)
    app.add_middleware(
        SessionMiddleware,
        secret_key=key,
        session_cookie=SESSION_COOKIE,
        max_age=int(ABSOLUTE_LIFETIME.total_seconds()),
        same_site="lax",
        https_only=is_https,
    )
    app.add_middleware(SecureHeaders, is_https=is_https)
    return app


def desk_from_settings() -> Any:
    """Uvicorn's factory: the desk with the settings of this process."""
    return create_app(get_settings())


def _session_key(settings: Settings) -> str:
    key = settings.desk_session_key.get_secret_value() if settings.desk_session_key else ""
    if len(key) < _SHORTEST_KEY:
        raise SetupInvalid(
            f"工作台的会话密钥 BROKERFLOW_DESK_SESSION_KEY 未设置或不足 {_SHORTEST_KEY} 位。",
            remedy="请在 .env 中写入一段随机的密钥，例如 openssl rand -hex 32 的输出，然后重新启动工作台。",
        )
    return key

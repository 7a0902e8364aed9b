"""What every flow needs from the cockpit: its day, its id, its retries, a masked log."""

import logging
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import prefect.runtime.flow_run
from prefect.client.schemas.objects import State
from pydantic import Field

from bots.errors import ApplicationError, BrowserLost
from bots.masking import MaskingFilter
from bots.portal.too_fast import TooFast
from config.settings import TIME_ZONE

PeriodText = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A settlement month as people type it into a form: 2026-10."""
OPERATIONS, FINANCE = "operations", "finance"
"""Audiences of config/messages/routes.yaml."""

for _name in ("prefect.flow_runs", "prefect.task_runs"):
    logging.getLogger(_name).addFilter(MaskingFilter())


def business_date_of_run() -> date:
    """The day in Shanghai for which the current run was scheduled, however late it starts."""
    moment = prefect.runtime.flow_run.scheduled_start_time
    return moment.astimezone(ZoneInfo(TIME_ZONE)).date()  # type: ignore[no-any-return] # prefect.runtime is untyped


def shanghai_now() -> datetime:
    """The moment, for what must know whether a portal is open."""
    return datetime.now(ZoneInfo(TIME_ZONE))


def flow_run_id() -> str | None:
    """Id of the current flow run."""
    return prefect.runtime.flow_run.id  # type: ignore[no-any-return] # prefect.runtime is untyped


def may_retry(_task: Any, _run: Any, state: State[Any]) -> bool:
    """Retry by class of error: a machine or portal that failed may be asked again, a person's task never.

    A lost browser is the flow's to replace: the same task would go on with the dead one. Whoever asks too
    fast is told when to come again, and that is later than a retry.
    """
    return isinstance(state.data, ApplicationError) and not isinstance(state.data, BrowserLost | TooFast)

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
SHORTEST_RETRY_SECONDS = 2
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

    A lost browser is the flow's to replace: the same task would go on with the dead one. A portal that asks
    for a pause gets it: a retry comes only where that is long enough.
    """
    error = state.data
    if isinstance(error, TooFast):
        return not error.is_final and error.seconds <= SHORTEST_RETRY_SECONDS
    return isinstance(error, ApplicationError) and not isinstance(error, BrowserLost)

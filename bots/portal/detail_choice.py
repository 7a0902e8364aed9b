"""Which source reads the details of a list's rows: the keys that its recipe writes decide."""

from bots.portal.datasets import Details, ListDataset
from bots.portal.details import AnswerSheets, DetailReader, DetailSource, WindowSheets
from bots.portal.login import Login
from bots.portal.screen import Screen
from bots.portal.sent_sheets import SentSheets


def open_details(screen: Screen, login: Login, rules: ListDataset, place: str) -> DetailReader | None:
    """The reader of a list's details; None for a list without."""
    if rules.details is None:
        return None
    return DetailReader(login, _source(screen, rules, rules.details), rules, rules.details, place)


def _source(screen: Screen, rules: ListDataset, details: Details) -> DetailSource:
    if details.path:
        return AnswerSheets(screen, details)
    return (SentSheets if details.as_sent else WindowSheets)(screen, rules, details)

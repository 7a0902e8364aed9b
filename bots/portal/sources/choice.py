"""Which source reads a list: the key that its recipe writes decides."""

from collections.abc import Mapping

from bots.portal.datasets import ListDataset
from bots.portal.screen import Screen
from bots.portal.sheet import Source
from bots.portal.sources.answers import HttpPages, ResponsePages
from bots.portal.sources.card_rows import CardRows
from bots.portal.sources.field_sheet import FieldSheet
from bots.portal.sources.grid_rows import GridRows
from bots.portal.sources.http_tables import HttpTables
from bots.portal.sources.table_pages import TablePages


def open_source(screen: Screen, name: str, rules: ListDataset, values: Mapping[str, str]) -> Source:
    """The source of one walk; ``values`` fill the placeholders of steps and fields."""
    if rules.table:
        return TablePages(screen, name, rules, values)
    if rules.grid:
        return GridRows(screen, name, rules, values)
    if rules.cards:
        return CardRows(screen, name, rules, values)
    if rules.fields:
        return FieldSheet(screen, name, rules, rules.fields, values)
    if rules.response:
        return ResponsePages(screen, name, rules, values)
    asked = HttpTables if rules.http and rules.http.table else HttpPages
    return asked(screen, name, rules, values)

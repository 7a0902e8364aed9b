"""Column types and the declarative base of the hub."""

import json
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, BigInteger, Date, DateTime, Dialect, MetaData, Text, inspect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from connectors.database.crypto import current_keys


def dump_json(value: Any) -> str:
    """One text per value, whatever the order of its keys: texts are compared and digested."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


class EncryptedText(TypeDecorator[str]):
    """Text sealed with SM4-GCM on its way in, opened on its way out.

    ``place`` is ``table.column``, authenticated with the value: a ciphertext that was copied to another
    column does not open.
    """

    impl = Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's interface
        """Plain value -> ciphertext."""
        return None if value is None else current_keys().encrypt(self.to_plain(value), self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's interface
        """Ciphertext -> plain value."""
        return None if value is None else self.from_plain(current_keys().decrypt(value, self.place))

    def to_plain(self, value: Any) -> str:
        """The text that is sealed."""
        return str(value)

    def from_plain(self, text: str) -> Any:
        """The value of an opened text."""
        return text


class EncryptedJson(EncryptedText):
    """JSON sealed like EncryptedText."""

    cache_ok = True

    def to_plain(self, value: Any) -> str:
        """Canonical JSON."""
        return dump_json(value)

    def from_plain(self, text: str) -> Any:
        """The JSON value."""
        return json.loads(text)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database (SQLite knows no time zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware datetime -> UTC; ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's interface
        """UTC, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# PostgreSQL's plain json type cannot be compared, so an upsert could not tell a change.
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

Fen = Annotated[int, mapped_column(BigInteger)]


class Base(DeclarativeBase):
    """Every table of the hub; ``repr`` shows the primary key and nothing personal.

    Constraints are named by rule: SQLite can only drop or change what has a name.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    type_annotation_map: ClassVar = {
        str: Text(),
        date: Date(),
        datetime: UtcDateTime(),
        dict[str, Any]: Json,
        list[str]: Json,
    }

    def __repr__(self) -> str:
        identity = inspect(self).identity
        return f"<{type(self).__name__} {'new' if identity is None else '/'.join(map(str, identity))}>"

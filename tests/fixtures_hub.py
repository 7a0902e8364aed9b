"""The hub on SQLite and on a real PostgreSQL."""

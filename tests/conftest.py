"""Servers that the tests share; each starts once per session and is stopped by its fixture."""

pytest_plugins = ["tests.fixtures_sandbox", "tests.fixtures_hub"]

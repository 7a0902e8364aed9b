"""Alembic runs this file; connectors.database.engine.migrate gives it the connection.

A new version is a new file in versions/: the test of the models against the migrations lists what it must do.
"""

from alembic import context

from connectors.database.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()

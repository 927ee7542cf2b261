"""Alembic's way into the portal: the same engine, the same tables; one transaction a migration."""

from alembic import context
from flask import current_app

from app.kit.db import Base, db

with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_as_batch=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()

assert current_app

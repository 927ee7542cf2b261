"""Alembic's way into the portal: the same engine, the same tables; one transaction a migration."""

from alembic import context

from app.kit.db import Base, db

with db.engine.connect() as connection:
    driver = connection.connection.dbapi_connection
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        # A table that is made anew is gone for a moment: what points at it must not be minded until the end. Neither
        # can be switched inside a transaction, so this goes past SQLAlchemy, before its first one begins.
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("PRAGMA legacy_alter_table=ON")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_as_batch=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if on_sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
        raise RuntimeError(f"rows that point at nothing after a migration: {lost[:5]}")
    connection.commit()
    if on_sqlite:
        driver.execute("PRAGMA legacy_alter_table=OFF")
        driver.execute("PRAGMA foreign_keys=ON")

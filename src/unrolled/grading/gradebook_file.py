"""Make a gradebook's tables all at once, and tell a gradebook that an older nbgrader made.

nbgrader makes one table after the other and then starts alembic to ask which revision they are. A
kill on the way leaves tables without a revision, which `nbgrader db upgrade` cannot upgrade later.
"""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from nbgrader.api import Base
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import Connection, create_engine, inspect

from unrolled.grading.course import GradingError

REVISION = "alembic_version"


def prepare(url: str) -> None:
    """Make what a gradebook lacks, or nothing of it; raises GradingError for an outdated one."""
    engine = create_engine(url)
    try:
        with engine.connect() as db:
            found = inspect(db).get_table_names()
            lacking = missing_columns(db, found)
        if lacking:
            place = engine.url.render_as_string(hide_password=True)
            raise GradingError(
                f"The gradebook {place} was made by an older nbgrader: it has no {lacking[0]}. "
                "Copy it to a safe place, then run: nbgrader db upgrade"
            )
        if not {REVISION, *Base.metadata.tables} <= set(found):
            with engine.begin() as db:
                make_tables(db, revision=REVISION not in found)
    finally:
        engine.dispose()


def make_tables(db: Connection, *, revision: bool) -> None:
    """Make the tables that are not there, and note their revision, in the caller's transaction."""
    if db.dialect.name == "sqlite":
        # Python's driver begins a transaction before an INSERT, but not before a CREATE TABLE.
        db.exec_driver_sql("BEGIN IMMEDIATE")
    Base.metadata.create_all(db)
    if revision:
        MigrationContext.configure(db).stamp(ScriptDirectory(ALEMBIC_DIR), "head")


def missing_columns(db: Connection, found: list[str]) -> list[str]:
    """What nbgrader's tables lack, as table.column; tables that are not there do not count."""
    lacking = []
    for table in Base.metadata.sorted_tables:
        if table.name in found:
            have = {column["name"] for column in inspect(db).get_columns(table.name)}
            lacking += [
                f"{table.name}.{each.name}" for each in table.columns if each.name not in have
            ]
    return lacking

"""« One of these »: a list in one parameter, so that a statement is the same text whatever it is asked for.

SQLAlchemy's own `IN` writes the statement anew for each number of values, each time it is run.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Text, TypeDecorator, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class Texts(TypeDecorator[Sequence[str]]):
    """Several texts in one parameter: an array for PostgreSQL, JSON for SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the driver is given."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(Text()))

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        """Write the list."""
        texts = list(value or ())
        return json.dumps(texts) if dialect.name == "sqlite" else texts


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True


@compiles(_Among)
def _postgresql(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    column, wanted = (compiler.process(part, **given) for part in element.clauses)
    return f"{column} = ANY({wanted})"


@compiles(_Among, "sqlite")
def _sqlite(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    column, wanted = (compiler.process(part, **given) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({wanted}))"  # noqa: S608  # compiled parts, never a value


def among_wanted(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """True for the rows whose column is one of the parameter `wanted`, a list of texts."""
    return _Among(column, bindparam("wanted", type_=Texts()))

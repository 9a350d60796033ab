"""Queries whose SQL is made once in a process, for readers' pages.

Django takes longer to make the SQL of such a query than either database takes to answer it.
"""

from collections.abc import Callable, Sequence
from copy import copy
from itertools import count
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


class Parameter(Expression):
    """A value that is given when the query is asked, not when it is made; `number` is its place in
    a list."""

    def __init__(self, name: str, field: "Field[Any, Any]", number: int = 0) -> None:
        super().__init__(output_field=field)
        self.name, self.number = name, number

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        return "%s", [self]


class Made(NamedTuple):
    queryset: "QuerySet[Any, Any]"
    compiler: SQLCompiler
    sql: str
    params: list[Any]


class Prepared(Generic[Row]):
    """A query that is made once: `make` is given a parameter for each of the fields, by its name,
    and returns a queryset in which it stands for a value. For a field in a list it is given a list
    of them, to be used with `__in`."""

    def __init__(self, make: Callable[..., "QuerySet[Any, Row]"], **fields: Any) -> None:
        self.make = make
        self.fields: dict[str, Field[Any, Any]] = {
            name: field[0] if type(field) is list else field for name, field in fields.items()
        }
        self.lists = [name for name, field in fields.items() if type(field) is list]
        self.made: dict[tuple[int, ...], Made] = {}

    def rows(self, **values: Any) -> list[Row]:
        """Fetch the rows for these values, each as its field takes it; no list may be empty."""
        for name in self.lists:
            values[name] = filled(values[name])
        lengths = tuple(len(values[name]) for name in self.lists)
        made = self.made.get(lengths) or self.made.setdefault(lengths, self.make_for(lengths))
        connection = connections[made.queryset.db]
        given = {
            name: [
                field.get_db_prep_value(value, connection)
                for value in (values[name] if name in self.lists else [values[name]])
            ]
            for name, field in self.fields.items()
        }
        bound = [
            given[one.name][one.number] if type(one) is Parameter else one for one in made.params
        ]
        # What Django makes the rows with, for this thread and these values.
        compiler = copy(made.compiler)
        compiler.connection = connection
        vars(compiler)["as_sql"] = lambda: (made.sql, bound)
        rows = made.queryset.all()
        vars(rows.query)["get_compiler"] = lambda *args, **kwargs: compiler
        return list(rows)

    def first(self, **values: Any) -> Row | None:
        return next(iter(self.rows(**values)), None)

    def make_for(self, lengths: tuple[int, ...]) -> Made:
        parameters: dict[str, Any] = {
            name: Parameter(name, field) for name, field in self.fields.items()
        }
        for name, length in zip(self.lists, lengths, strict=True):
            field = self.fields[name]
            parameters[name] = [Parameter(name, field, number) for number in range(length)]
        queryset = self.make(**parameters)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        return Made(queryset, compiler, sql, list(params))


def filled(values: Sequence[Any]) -> list[Any]:
    # To a length that a few statements serve; nothing is found twice.
    length = next(4**power for power in count() if 4**power >= len(values))
    return [*values, *[values[-1]] * (length - len(values))]

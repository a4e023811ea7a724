"""The trace on terminals of any width: no number is broken, and no column is lost."""

import io
from itertools import pairwise

import pytest
from rich.console import Console
from rich.table import Table

from gradcli.render.console import PIPE_WIDTH, Plain
from gradcli.render.inspection import Inspection
from gradcli.render.trace_table import headings, rows, trace_tables
from tests.render.inspections import ROW_1, ROW_1_POINT, ROW_5, ROW_5_POINT, inspect

LONG = {"A": [[k / 7 + row for k in range(6)] for row in range(6)], "x": [1 / 3] * 6}
TRACES = {
    "row 1": inspect(ROW_1, ROW_1_POINT),
    "row 5": inspect(ROW_5, ROW_5_POINT),
    "arrays": inspect("sum(exp(A @ x))", LONG),
    "a kink": inspect("max(x,y)*where(x>y,x,y)^2", {"x": 1.1, "y": 1.1}),
    "long names": inspect("a_longer_name*sin(a_longer_name)", {"a_longer_name": 0.1}),
}


def lines(table: Table, room: int) -> list[str]:
    written = io.StringIO()
    Console(file=written, width=room, highlight=False, markup=False).print(table)
    return written.getvalue().splitlines()


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("room", [40, 50, 60, 80, 120])
@pytest.mark.parametrize("inspection", TRACES.values(), ids=TRACES)
def test_every_word_of_every_cell_is_whole_and_in_the_room(inspection: Inspection, room: int, full: bool) -> None:
    shown = [line for table in trace_tables(inspection, Plain(), room, full) for line in lines(table, room)]
    assert max(map(len, shown)) <= room
    words = sorted(word for line in shown for word in line.split() if not word.startswith("─"))
    names = [name for name, *_ in rows(inspection)] + ["v"]
    extra = words.count(names[-2]) - sum(row.count(names[-2]) for row in rows(inspection))
    texts = [text for row in rows(inspection, full) for text in row] + [title for title, _ in headings(inspection)]
    further = names * extra
    assert words == sorted([word for text in texts for word in text.split()] + further)


def test_one_table_where_there_is_room() -> None:
    for inspection in TRACES.values():
        (table,) = trace_tables(inspection, Plain(), PIPE_WIDTH)
        above, below = lines(table, PIPE_WIDTH)[3:5]
        assert len(above) == len(below)


def test_further_tables_begin_with_the_names() -> None:
    first, *others = trace_tables(TRACES["row 1"], Plain(), 60)
    assert others
    names = [line.split()[0][:2] for line in lines(first, 60) if line.strip()]
    for table in others:
        found = [line.split()[0][:2] for line in lines(table, 60) if line.strip()]
        assert found == names


def test_more_room_never_takes_more_tables() -> None:
    counts = [len(list(trace_tables(TRACES["a kink"], Plain(), room))) for room in range(30, 140, 5)]
    assert all(narrower >= wider for narrower, wider in pairwise(counts))
    assert counts[0] > counts[-1] == 1

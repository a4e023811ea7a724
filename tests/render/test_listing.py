"""The listing below a drawing: whatever room there is, each number stands in one piece."""

import pytest

from gradcli.render.console import PIPE_WIDTH, Plain, table_text
from gradcli.render.listing import listing_tables
from gradcli.render.summary import array_text
from tests.render.inspections import ROW_1, ROW_1_POINT, inspect


@pytest.mark.parametrize("room", [30, 50, 80, 120, PIPE_WIDTH])
def test_no_number_is_broken(room: int) -> None:
    inspection = inspect(ROW_1, ROW_1_POINT)
    tables = listing_tables(inspection, Plain(), room)
    words = " ".join(map(table_text, tables)).replace(",", "").split()
    for node in inspection.rows:
        assert array_text(inspection.value(node), ()) in words
    assert "0.28366218546322625" in words
    assert (len(tables) == 1) == (room in (120, PIPE_WIDTH))


@pytest.mark.parametrize("room", [50, 80])
def test_tables_keep_to_the_room(room: int) -> None:
    for table in listing_tables(inspect(ROW_1, ROW_1_POINT), Plain(), room):
        assert max(map(len, table_text(table).splitlines())) <= room

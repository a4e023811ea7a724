"""Where a long picture is cut into rows."""

from gradcli.render.fold import choose_cuts
from gradcli.render.layout import Box, Layout

STEP = 450.0
CARD = 100.0


def loop(steps: int) -> Layout:
    """A loop as it is laid out: h beside a small card, a product beside another, a sum, and so on."""
    cards, routes = [], []
    for k in range(steps):
        left = k * STEP
        columns = [left, left + STEP / 3, left + 2 * STEP / 3]
        cards += [Box(x, 0.0, CARD, 60.0) for x in columns] + [Box(x, 80.0, CARD, 20.0) for x in columns[:2]]
        routes += [((start + CARD, 30.0), (start + STEP / 3, 30.0)) for start in (*columns, *columns[:2])]
    return Layout(
        size=(steps * STEP, 100.0),
        cards=tuple(cards),
        labels=(None,) * len(routes),
        routes=tuple(routes),
        frames=(),
    )


def test_rows_end_where_one_edge_leaves_them() -> None:
    layout = loop(40)
    for length in (1800.0, 2000.0, 2300.0, 3100.0):
        cuts = choose_cuts(layout, length)
        assert len(cuts) > 3
        assert [sum(a[0] < cut < b[0] for a, b in layout.routes) for cut in cuts] == [1] * len(cuts)

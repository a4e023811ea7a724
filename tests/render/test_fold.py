"""Where a long picture is cut into rows."""

from itertools import pairwise

from gradcli.render.fold import Rows, choose_cuts, is_within
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


def test_a_card_that_only_the_next_row_uses_stands_in_it() -> None:
    chain = (Box(0.0, 0.0, CARD, 60.0), Box(150.0, 0.0, CARD, 60.0), Box(300.0, 0.0, CARD, 60.0))
    weight = Box(150.0, 100.0, CARD, 60.0)

    def row_of_weight(*ends: tuple[float, float, float, float], frames: tuple[Box, ...] = ()) -> int:
        ends = ((CARD, 30.0, 150.0, 30.0), (250.0, 30.0, 300.0, 30.0), *ends)
        routes = tuple(((a, b), (a, b), (c, d), (c, d)) for a, b, c, d in ends)
        layout = Layout((400.0, 160.0), (*chain, weight), (None,) * len(ends), routes, tuple(enumerate(frames)))
        return Rows(layout, [275.0]).card_rows[-1]

    used = (250.0, 130.0, 300.0, 45.0)
    assert row_of_weight(used) == 1
    assert row_of_weight() == 0
    assert row_of_weight(used, (CARD, 45.0, 150.0, 130.0)) == 0, "a line comes to it"
    assert row_of_weight(used, (CARD, 45.0, 300.0, 140.0)) == 0, "a line would cross it"
    assert row_of_weight(used, frames=(Box(140.0, 90.0, 120.0, 80.0),)) == 0, "a frame is around it"
    assert row_of_weight(used, frames=(Box(290.0, -10.0, 120.0, 80.0),)) == 1


def test_a_cut_stands_between_two_frames_however_near_their_labels_are() -> None:
    """The gap after a card begins inside its frame, and ends at the label of the edge that leaves it."""
    frames = tuple(Box(600.0 * k - 12.0, -20.0, 524.0, 120.0) for k in range(4))
    cards = tuple(Box(x, 0.0, CARD, 60.0) for k in range(4) for x in (600.0 * k, 600.0 * k + 200.0, 600.0 * k + 400.0))
    routes = tuple(((a.right, 30.0), (a.right, 30.0), (b.x, 30.0), (b.x, 30.0)) for a, b in pairwise(cards))
    labels = tuple(Box(end[0] - 80.0, 20.0, 20.0, 20.0) for *_, end in routes)
    layout = Layout((2300.0, 120.0), cards, labels, routes, tuple(enumerate(frames)))
    cuts = choose_cuts(layout, 1150.0)
    assert cuts
    assert not any(is_within(cut, frames) for cut in cuts)
    assert not any(is_within(cut, [box for box in labels if box is not None]) for cut in cuts)

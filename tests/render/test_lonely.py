"""Cards that nothing joins to the rest take no level of the picture."""

import pytest

from gradcli.render.drawing import draw
from gradcli.render.picture import Picture
from tests.render.geometry import ENGINES, drawn
from tests.render.pictures import downwards, lonely


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("picture", [lonely(4, 2), downwards(lonely(4, 2))], ids=["to the right", "downwards"])
def test_lonely_cards_stand_side_by_side_above_the_rest(picture: Picture, engine: str) -> None:
    boxes = {
        card.id: group.box for card, group in zip(picture.cards, drawn(picture, engine).groups("card"), strict=True)
    }
    alone = [boxes[name] for name in ("x0", "x1")]
    assert alone[0].y == alone[1].y
    assert alone[0].right < alone[1].x
    assert all(box.y > max(one.bottom for one in alone) for name, box in boxes.items() if name.startswith("v"))


def test_many_alone_make_a_picture_that_is_broad_but_no_sliver() -> None:
    found = draw(lonely(0, 100))
    assert 1 < found.width / found.height < 3


def test_one_more_lonely_card_takes_no_further_level() -> None:
    assert draw(lonely(6, 5)).height == draw(lonely(6, 4)).height

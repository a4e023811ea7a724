"""Claims of Jacobians judged row by row: each row is the gradient of an element of the output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gradcli.layouts import LAYOUTS, Layout, layout_shape
from gradcli.methods.base import arranged, flatten, unflatten
from gradcli.shapes import Shape, format_shape, index_of, size
from gradcli.syntax.claims import Claim
from gradcli.verify.claims import (
    RIGHT,
    UNDECIDED,
    UNDEFINED,
    WRONG,
    Judgement,
    in_torch_order,
    judge_numbers,
    layout_slip,
    shape_error,
    torch_places,
)
from gradcli.verify.explanations import Explanation
from gradcli.verify.setting import Setting

FROM_WORST = (WRONG, UNDEFINED, UNDECIDED, RIGHT)


def judge_jacobian_claim(claim: Claim, setting: Setting) -> Judgement:
    """The judgement on a claim of numbers of a Jacobian. Raises ShapeError for numbers of another shape."""
    shape = setting.problem.input_shape(claim.name)
    needed = layout_shape(setting.outer, shape, setting.layout)
    fitting = [layout for layout in LAYOUTS if layout_shape(setting.outer, shape, layout) == claim.shape]
    found = {layout: _rows(claim, setting, layout) for layout in fitting}
    own = found.get(setting.layout)
    if own is not None and all(row.word != WRONG for row in own):
        return _whole(claim, setting, own)
    other = next((layout for layout, rows in found.items() if all(row.word == RIGHT for row in rows)), None)
    if own is None and other is None:
        raise shape_error(claim, needed, setting.outer)
    rows = own or found[other or setting.layout]
    whole = _whole(claim, setting, rows)
    if other is None:
        return whole
    apart = "" if claim.shape == needed else f", not of shape {format_shape(needed)}"
    text = f"these are the numbers of layout {other}, not of layout {setting.layout}{apart}"
    wrong = whole.wrong if own else tuple(range(size(needed)))
    slip = Explanation(layout_slip((*setting.outer, *shape)), text)
    return replace(whole, word=WRONG, wrong=wrong, note="", explanations=(slip,))


def _rows(claim: Claim, setting: Setting, layout: Layout) -> list[Judgement]:
    """The judgements on the rows of a claim, read in a layout."""
    shape = setting.problem.input_shape(claim.name)
    numbers = in_torch_order(claim.numbers, shape, layout, setting.outer)
    count = size(shape)
    parts = [tuple(numbers[start : start + count]) for start in range(0, len(numbers), count)]
    return [
        judge_numbers(replace(claim, numbers=part, shape=shape), row)
        for part, row in zip(parts, setting.rows, strict=True)
    ]


def _whole(claim: Claim, setting: Setting, rows: Sequence[Judgement]) -> Judgement:
    """The judgement on a Jacobian from those on its rows."""
    shape = setting.problem.input_shape(claim.name)
    word = next(word for word in FROM_WORST if any(row.word == word for row in rows))
    known = all(row.right is not None for row in rows)
    numbers = [number for row in rows for number in flatten(row.right)] if known else []
    right = unflatten(numbers, (*setting.outer, *shape)) if known else None
    block, needed = arranged(right, setting.outer, shape, setting.layout) if known else (None, ())
    wrong = {k * size(shape) + place for k, row in enumerate(rows) for place in row.wrong}
    places = torch_places(shape, setting.layout, setting.outer)
    explained = {k: row.explanations for k, row in enumerate(rows) if row.word == WRONG}
    return Judgement(
        claim,
        False,
        word,
        block,
        needed,
        tuple(k for k, place in enumerate(places) if place in wrong),
        _note([row for row in rows if row.word == word], len(rows)),
        explanations=of_rows(explained, setting.outer),
    )


def _note(rows: Sequence[Judgement], count: int) -> str:
    """What there is to say of all rows; of some it would need a place."""
    notes = {row.note for row in rows}
    return notes.pop() if len(notes) == 1 and len(rows) == count else ""


def of_rows(explained: Mapping[int, Sequence[Explanation]], outer: Shape) -> tuple[Explanation, ...]:
    """The explanations of wrong rows: of a kind that explains every one of them, at the first."""
    if not explained:
        return ()
    kinds = [{e.kind for e in found} for found in explained.values()]
    first, found = next(iter(explained.items()))
    place = f"row {index_of(first, outer)}: " if outer else ""
    return tuple(replace(e, text=place + e.text) for e in found if all(e.kind in row for row in kinds))

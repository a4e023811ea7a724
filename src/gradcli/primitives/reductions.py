"""Operations that collapse axes: sums, products, means, deviations and extremes."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from functools import reduce
from typing import Any

from gradcli.errors import ShapeError
from gradcli.graph import Parameters
from gradcli.primitives.axes import (
    AXIS_ALIASES,
    OVER_AXES,
    canonical_axes,
    count,
    joined_axes,
    laid_over,
    length,
    nonempty_axes,
    reduced_shape,
    spread,
)
from gradcli.primitives.backings import axes
from gradcli.primitives.declare import (
    ARRAYS,
    AXES,
    Composition,
    Differential,
    Kink,
    Linear,
    Notation,
    Primitive,
    Value,
    multiplication,
    no_cost,
)
from gradcli.shapes import Shape, format_shape

MATRIX = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5))
CUBE = (MATRIX, ((2.0, 1.5, -0.75), (-0.5, 4.0, 1.25)))
ALL = (None, None, None)


def _prod_jvp(m: Any, tangent: Value, out: Value, x: Value, axis: Any, keepdim: bool) -> Value:
    """Each tangent times the product of all other elements, without a division, which fails at 0."""
    values, place = joined_axes(m, x, axis)
    moved, _ = joined_axes(m, tangent, axis)
    before = m.cumprod(values, axis=place, exclusive=True)
    after = m.cumprod(values, axis=place, exclusive=True, reverse=True)
    total = m.sum(moved * before * after, axis=place)
    return total if m.shape(total) == m.shape(out) else m.reshape(total, shape=m.shape(out))


def _degrees(m: Any, x: Value, axis: Any, correction: int) -> Value:
    """What a sum of squares is divided by."""
    return count(m, x, axis) - float(correction) if correction else count(m, x, axis)


def _centred(m: Any, x: Value, axis: Any) -> Value:
    return x - m.mean(x, axis=axis, keepdim=True)


def _var_jvp(m: Any, tangent: Value, out: Value, x: Value, axis: Any, correction: int, keepdim: bool) -> Value:
    total = m.sum(_centred(m, x, axis) * tangent, axis=axis, keepdim=keepdim)
    return m.div(2.0 * total, _degrees(m, x, axis, correction))


def _std_jvp(m: Any, tangent: Value, out: Value, x: Value, axis: Any, correction: int, keepdim: bool) -> Value:
    # Where all elements are equal, the denominator is replaced before dividing, so that neither sweep meets 0/0.
    deviation = laid_over(m, out, x, axis)
    flat = m.eq(deviation, 0.0)
    scaled = m.where(flat, 0.0, m.div(_centred(m, x, axis), m.where(flat, 1.0, deviation)))
    return m.div(m.sum(scaled * tangent, axis=axis, keepdim=keepdim), _degrees(m, x, axis, correction))


def _var(m: Any, x: Value, axis: Any, correction: int, keepdim: bool) -> Value:
    squares = m.power(_centred(m, x, axis), exponent=2)
    return m.div(m.sum(squares, axis=axis, keepdim=keepdim), _degrees(m, x, axis, correction))


def _std(m: Any, x: Value, *parameters: Any) -> Value:
    return m.sqrt(_var(m, x, *parameters))


def _spread(m: Any, out: Value, x: Value, axis: Any, correction: int, keepdim: bool) -> Value:
    """0 where all elements are equal."""
    return m.max(x, axis=axis, keepdim=keepdim) - m.min(x, axis=axis, keepdim=keepdim)


def _corrected_axes(shapes: Sequence[Shape], axis: Any, correction: Any, keepdim: Any) -> Parameters:
    chosen, kept = canonical_axes(shapes, axis, keepdim)
    number, removed = length(shapes[0], chosen), int(correction)
    if isinstance(number, int) and number <= removed:
        raise ShapeError(
            f"the variance of {number} element{'s' * (number != 1)} with correction={removed} divides by "
            f"{number - removed}; the shape is {format_shape(shapes[0])}",
            hint="correction=0 divides by the number of elements" if number else "give it elements",
        )
    return (chosen, removed, kept)


def _extreme_jvp(m: Any, tangent: Value, out: Value, x: Value, axis: Any, keepdim: bool) -> Value:
    """The mean of the tangents of all elements that equal the extreme."""
    tied = m.eq(x, laid_over(m, out, x, axis))
    total = m.sum(m.where(tied, tangent, 0.0), axis=axis, keepdim=keepdim)
    return m.div(total, m.sum(tied, axis=axis, keepdim=keepdim))


def _elements(m: Any, x: Value, axis: Any) -> list[Value]:
    """The elements that are reduced to one, each in the shape of the result without the reduced axes."""
    values, place = joined_axes(m, x, axis)
    return [m.index(values, spec=(ALL,) * place + (k,)) for k in range(m.shape(values)[place])]


def _untied(m: Any, out: Value, x: Value, axis: Any, keepdim: bool) -> Value:
    """0 where several elements are the extreme."""
    return m.lt(m.sum(m.eq(x, laid_over(m, out, x, axis)), axis=axis, keepdim=keepdim), 2.0)


def _product(m: Any, x: Value, axis: Any, keepdim: bool) -> Value:
    return m.reshape(reduce(operator.mul, _elements(m, x, axis)), shape=reduced_shape(m.shape(x), axis, keepdim))


def _extreme(name: str, pairwise: str, beyond: float, doc: str) -> Primitive:
    """`pairwise` is the larger or smaller of two; `beyond` is worse than all numbers."""

    def sides(m: Any, tangents: tuple[Value], x: Value, axis: Any, keepdim: bool) -> Value:
        extreme = getattr(m, name)
        tied = m.eq(x, extreme(x, axis=axis, keepdim=True))
        return extreme(m.where(tied, tangents[0], beyond), axis=axis, keepdim=keepdim)

    def definition(m: Any, x: Value, axis: Any, keepdim: bool) -> Value:
        found = _elements(m, x, axis)
        while len(found) > 1:
            # In rounds, as a tournament: the expression is nested logarithmically deep.
            rest = found[len(found) // 2 * 2 :]
            found = [getattr(m, pairwise)(a, b) for a, b in zip(found[::2], found[1::2], strict=False)] + rest
        return m.reshape(found[0], shape=reduced_shape(m.shape(x), axis, keepdim))

    return Primitive(
        name,
        Differential(_extreme_jvp),
        doc=doc,
        spellings=(name, f"a{name}"),
        parameters=OVER_AXES,
        parameter_aliases=AXIS_ALIASES,
        shape=reduced_shape,
        normalize=nonempty_axes(name),
        kink=Kink(
            at=lambda x, axis, keepdim: (axes.ties(x, getattr(axes, name), axis, keepdim),),
            convention="shared equally among all elements of a tie",
            points=(((1.0, 1.0),), ((-2.0, -2.0, -2.0),)),
            sides=sides,
            flat=f"another element is {'larger' if name == 'max' else 'smaller'}",
            jax="shared equally",
        ),
        notation=Notation(latex=rf"\{name}\left({{0}}\right)", encloses=True),
        samples=((MATRIX,), (MATRIX, 0), (MATRIX, 1, True), (CUBE, (0, 2)), ((1.0, 2.0),)),
        torch=AXES + name,
        definition=definition,
        composition=Composition(definition, _untied),
    )


def _place_axis(shapes: Sequence[Shape], axis: Any, keepdim: Any) -> Parameters:
    if isinstance(axis, tuple):
        raise ShapeError("a place is counted along one axis, or along all in row-major order", hint="name one axis")
    return nonempty_axes("the place of an extreme")(shapes, axis, keepdim)


def _place(name: str, extreme: str, better: str, pairwise: str, doc: str) -> Primitive:
    def definition(m: Any, x: Value, axis: Any, keepdim: bool) -> Value:
        best, *others = _elements(m, x, axis)
        place: Value = 0.0 * m.sign(best)
        for number, other in enumerate(others, 1):
            place = m.where(getattr(m, better)(other, best), float(number), place)
            best = getattr(m, pairwise)(best, other)
        return m.reshape(place, shape=reduced_shape(m.shape(x), axis, keepdim))

    return Primitive(
        name,
        Differential(None),
        doc=doc,
        parameters=OVER_AXES,
        parameter_aliases=AXIS_ALIASES,
        shape=reduced_shape,
        normalize=_place_axis,
        kink=Kink(
            at=lambda x, axis, keepdim: (axes.ties(x, getattr(axes, extreme), axis, keepdim),),
            convention="0, as on both sides of the jump",
            points=(((0.0, 0.0),),),
            jax="0",
        ),
        notation=Notation(latex=rf"\operatorname{{{{{name}}}}}\left({{0}}\right)", encloses=True),
        samples=((MATRIX,), (MATRIX, 0), (MATRIX, 1, True), ((1.0, 2.0),)),
        torch=AXES + name,
        definition=definition,
    )


PRIMITIVES = (
    Primitive(
        "sum",
        Linear(lambda m, cotangent, x, axis, keepdim: spread(m, cotangent, x, axis)),
        doc="sum of all elements, or along one or more axes",
        parameters=OVER_AXES,
        parameter_aliases=AXIS_ALIASES,
        shape=reduced_shape,
        normalize=canonical_axes,
        notation=Notation(latex=r"\sum {0}"),
        samples=((MATRIX,), (MATRIX, 0), (MATRIX, 1, True), ((1.0, 2.0),)),
        torch=AXES + "sum",
        array=ARRAYS + "sum",
    ),
    Primitive(
        "prod",
        Differential(_prod_jvp),
        doc="product of all elements, or along one or more axes",
        parameters=OVER_AXES,
        parameter_aliases=AXIS_ALIASES,
        shape=reduced_shape,
        normalize=canonical_axes,
        notation=Notation(latex=r"\prod {0}"),
        samples=(
            (MATRIX,),
            (MATRIX, 0),
            (MATRIX, 1, True),
            (CUBE, (0, 2)),
            ((2.0, 0.0, -3.0),),
            ((0.0, 2.0, 0.0),),
            ((0.0, 0.0, 0.0),),
        ),
        torch=AXES + "prod",
        array=ARRAYS + "prod",
        cost=lambda out, x, *parameters: multiplication(x),
        composition=Composition(_product),
    ),
    Primitive(
        "mean",
        Linear(lambda m, cotangent, x, axis, keepdim: m.div(spread(m, cotangent, x, axis), count(m, x, axis))),
        doc="mean of all elements, or along one or more axes",
        parameters=OVER_AXES,
        parameter_aliases=AXIS_ALIASES,
        shape=reduced_shape,
        normalize=canonical_axes,
        samples=((MATRIX,), (MATRIX, 0), (MATRIX, 1, True)),
        torch=AXES + "mean",
        definition=lambda m, x, axis, keepdim: m.div(m.sum(x, axis=axis, keepdim=keepdim), count(m, x, axis)),
    ),
    Primitive(
        "var",
        Differential(_var_jvp),
        doc="variance: squared deviations from the mean, summed and divided by the number of elements - correction",
        parameters={"axis": None, "correction": 1, "keepdim": False},
        parameter_aliases={**AXIS_ALIASES, "unbiased": "correction", "ddof": "correction"},
        shape=lambda shape, axis, correction, keepdim: reduced_shape(shape, axis, keepdim),
        normalize=_corrected_axes,
        samples=((MATRIX,), (MATRIX, 0, 0), (MATRIX, 1, 1, True), (MATRIX, None, False), (CUBE, (0, 2))),
        torch=AXES + "var",
        definition=_var,
        composition=Composition(_var),
    ),
    Primitive(
        "std",
        Differential(_std_jvp),
        doc="standard deviation, the root of the variance",
        parameters={"axis": None, "correction": 1, "keepdim": False},
        parameter_aliases={**AXIS_ALIASES, "unbiased": "correction", "ddof": "correction"},
        shape=lambda shape, axis, correction, keepdim: reduced_shape(shape, axis, keepdim),
        normalize=_corrected_axes,
        kink=Kink(
            at=lambda x, axis, correction, keepdim: (axes.range_of(x, axis, keepdim),),
            convention="0, the centre of its subdifferential",
            points=(((2.0, 2.0, 2.0),), ((3.0, 3.0), None, 0)),
            sides=lambda m, tangents, x, axis, correction, keepdim: m.std(
                tangents[0], axis=axis, correction=correction, keepdim=keepdim
            ),
            jax="nan",
        ),
        samples=((MATRIX,), (MATRIX, 1, 0), (MATRIX, 1, 1, True), (MATRIX, None, False), (CUBE, (0, 2))),
        torch=AXES + "std",
        definition=_std,
        composition=Composition(_std, _spread),
    ),
    _extreme("max", "maximum", -math.inf, "largest of all elements, or along one or more axes"),
    _extreme("min", "minimum", math.inf, "smallest of all elements, or along one or more axes"),
    _place("argmax", "max", "gt", "maximum", "place of the first largest element, counted from 0"),
    _place("argmin", "min", "lt", "minimum", "place of the first smallest element, counted from 0"),
    Primitive(
        "numel",
        Differential(None),
        doc="number of elements, or of those along some axes: a constant",
        parameters={"axis": None},
        parameter_aliases={"dim": "axis"},
        shape=lambda shape, axis: (),
        normalize=lambda shapes, axis: canonical_axes(shapes, axis, False)[:1],
        samples=((MATRIX,), (MATRIX, 0), (CUBE, (0, 2))),
        definition=lambda m, x, axis: m.lift(count(m, x, axis)),
        cost=no_cost,
    ),
)

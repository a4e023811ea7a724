"""Shape inference helpers and the only unbroadcasting.

A dimension is an integer or a symbol (a string such as "n"); a shape is a tuple of them. Broadcasting is PyTorch's.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.errors import ShapeError

Dimension = int | str
Shape = tuple[Dimension, ...]

MAX_RANK = 32
"""Axes of a tensor. Deeper lists would be nested too deep to hash and to print."""


def format_shape(shape: Shape) -> str:
    """A shape as PyTorch prints it: (), (3,), (m, 3)."""
    if len(shape) == 1:
        return f"({shape[0]},)"
    return "(" + ", ".join(str(d) for d in shape) + ")"


def unify(a: Dimension, b: Dimension) -> Dimension | None:
    """The dimension that two dimensions share, or None. A symbol meets an integer: the integer wins."""
    if a == b:
        return a
    if isinstance(a, str) and isinstance(b, int):
        return b
    if isinstance(b, str) and isinstance(a, int):
        return a
    return None


def broadcast(*shapes: Shape) -> Shape | None:
    """The common shape of elementwise operands (NumPy's rule), or None when they cannot agree."""
    if not any(shapes):
        return ()
    rank = max(map(len, shapes))
    result: list[Dimension] = []
    for position in range(-rank, 0):
        dimension: Dimension = 1
        for shape in shapes:
            if len(shape) < -position or shape[position] == 1:
                continue
            common = shape[position] if dimension == 1 else unify(dimension, shape[position])
            if common is None:
                return None
            dimension = common
        result.append(dimension)
    return tuple(result)


def unbroadcast_axes(source: Shape, target: Shape) -> tuple[int, ...]:
    """Axes of `source` to sum so that, reshaped to `target`, a broadcast is undone; none when nothing was broadcast."""
    lead = len(source) - len(target)
    return tuple(axis for axis in range(len(source)) if axis < lead or (target[axis - lead] == 1 and source[axis] != 1))


def normalize_axis(axis: int, rank: int) -> int:
    """A non-negative axis; negative ones count from the end."""
    if not -rank <= axis < rank:
        allowed = f"{-rank} to {rank - 1}" if rank else "none: it is a scalar"
        raise ShapeError(f"axis {axis} is out of range for rank {rank} (allowed: {allowed})")
    return axis % rank


def normalize_axes(axes: int | Sequence[int] | None, rank: int) -> tuple[int, ...]:
    """All axes for None, else the given ones as a sorted tuple without repetition."""
    if axes is None:
        return tuple(range(rank))
    chosen = [normalize_axis(a, rank) for a in ((axes,) if isinstance(axes, int) else axes)]
    if len(set(chosen)) != len(chosen):
        raise ShapeError(f"an axis is named twice in {tuple(chosen)}")
    return tuple(sorted(chosen))


def reduced(shape: Shape, axes: tuple[int, ...], keepdim: bool) -> Shape:
    """The shape after a reduction over `axes`."""
    if keepdim:
        return tuple(1 if k in axes else d for k, d in enumerate(shape))
    return tuple(d for k, d in enumerate(shape) if k not in axes)


def added(*dimensions: Dimension) -> Dimension:
    """The sum of dimensions. One that holds several terms is a symbol in parentheses."""
    number = sum(d for d in dimensions if isinstance(d, int))
    symbols = [d for d in dimensions if isinstance(d, str)]
    if not symbols:
        return number
    if len(set(symbols)) == 1 and not number:
        return multiplied(len(symbols), symbols[0])
    return "(" + "+".join([*symbols, *([str(number)] if number else [])]) + ")"


def multiplied(count: int, dimension: Dimension) -> Dimension:
    """A dimension times a number."""
    if isinstance(dimension, int) or count == 0:
        return count * int(dimension) if isinstance(dimension, int) else 0
    return dimension if count == 1 else f"{count}*{dimension}"


def factors(shape: Sequence[Dimension]) -> tuple[int, tuple[str, ...]]:
    """The number of elements as an integer factor and a sorted tuple of symbols."""
    number = 1
    symbols: list[str] = []
    for dimension in shape:
        if isinstance(dimension, int):
            number *= dimension
        else:
            for factor in _split(dimension):
                if factor.isdigit():
                    number *= int(factor)
                else:
                    symbols.append(factor)
    return number, tuple(sorted(symbols))


def _split(dimension: str) -> list[str]:
    """The factors of a symbolic dimension; a sum in parentheses is one."""
    found = [""]
    depth = 0
    for character in dimension:
        depth += (character == "(") - (character == ")")
        if character == "*" and not depth:
            found.append("")
        else:
            found[-1] += character
    return found


def size(shape: Shape) -> int:
    """Number of elements of a shape without symbols."""
    number, symbols = factors(shape)
    if symbols:
        raise ShapeError(f"the number of elements of {format_shape(shape)} is not known without a point")
    return number


def resolve_reshape(source: Shape, target: Shape) -> Shape:
    """`target` with at most one -1 replaced, so that the number of elements stays; symbols are cancelled."""
    wildcards = [k for k, d in enumerate(target) if d == -1]
    if len(wildcards) > 1:
        raise ShapeError(f"only one dimension of a reshape can be -1, not {len(wildcards)}")
    number, symbols = factors(source)
    known, known_symbols = factors([d for d in target if d != -1])
    rest = list(symbols)
    for symbol in known_symbols:
        if symbol not in rest:
            raise ShapeError(f"cannot reshape {format_shape(source)} to {format_shape(target)}")
        rest.remove(symbol)
    if not wildcards:
        if number != known or rest:
            raise ShapeError(f"cannot reshape {format_shape(source)} to {format_shape(target)}")
        return target
    if known == 0 or number % known:
        raise ShapeError(f"cannot reshape {format_shape(source)} to {format_shape(target)}")
    quotient = number // known
    names = ([str(quotient)] if quotient != 1 or not rest else []) + rest
    missing: Dimension = quotient if not rest else "*".join(names)
    return tuple(missing if d == -1 else d for d in target)


def index_text(number: int, shape: Shape) -> str:
    """The index of an element that is counted in row-major order: `[0,1]`; nothing for a scalar."""
    indices: list[str] = []
    for dimension in reversed(shape):
        assert isinstance(dimension, int)
        number, index = divmod(number, dimension)
        indices.insert(0, str(index))
    return f"[{','.join(indices)}]" if indices else ""


def index_of(number: int, shape: Shape) -> str:
    """The index of an element that is the number-th in row-major order: `[1, 0]`."""
    places = []
    for dimension in reversed(shape):
        number, place = divmod(number, int(dimension))
        places.append(str(place))
    return "[" + ", ".join(reversed(places)) + "]"

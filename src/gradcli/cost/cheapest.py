"""Which method takes the fewest operations (multiplications and function calls), and why, in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gradcli.cost.operations import Function, Row
from gradcli.polynomials import Polynomial, turning_points, without_common_factors

SIZES = tuple(10**k for k in range(7))
Write = Callable[[Polynomial], str]
"""A count as text."""

READABLE = 2
"""Terms of a condition on several sizes; a longer one tells a reader nothing."""


@dataclass(frozen=True)
class Choice:
    """The methods with the fewest operations, several where they tie, none where it depends on sizes; and why."""

    methods: tuple[str, ...]
    sentence: str


def choose(function: Function, rows: Sequence[Row], bytes_each: int, write: Write) -> Choice:
    """The cheapest of the rows, of which the first two are forward and reverse."""
    if not function.sources:
        return Choice((), "the value depends on no input: there is nothing to differentiate by")
    counted = [row for row in rows if not row.reason]
    if any((row.operations - counted[0].operations).symbols for row in counted):
        return _choose_with_symbols(function, counted[0], counted[1], bytes_each, write)
    fewest = min(known(row) for row in counted)
    best = [row for row in counted if known(row) == fewest]
    names = tuple(row.method for row in best)
    ahead, back = counted[:2]
    if ahead in best or back in best:
        sentence = _sweep_sentence(function, [row for row in (ahead, back) if row in best], counted, bytes_each, write)
        others = [name for name in names if name not in (ahead.method, back.method)]
        if len(others) == len(counted) - 2 and others:
            sentence += "; elimination in any order takes as many"
        elif others:
            sentence += f"; {listed(others)} {'takes' if len(others) == 1 else 'take'} as many"
        return Choice(names, sentence)
    return Choice(names, _elimination_sentence(function, best, counted, write))


def _sweep_sentence(
    function: Function, best: Sequence[Row], counted: Sequence[Row], bytes_each: int, write: Write
) -> str:
    """Why a sweep is cheapest, or both."""
    ahead, back = counted[:2]
    keeps = f"keeps {stored(back.kept, 'value', bytes_each, write)}"
    if len(best) == 2:
        return f"forward and reverse tie at {operations(ahead, write)}: {_sweeps(function, write)}, reverse {keeps}"
    (row,) = best
    keeps = f"it {keeps}" if row is back else "it keeps nothing"
    return f"{row.method} is cheapest, at {operations(row, write)}: {_why(function, ahead, back, row, write)}; {keeps}"


def _sweeps(function: Function, write: Write) -> str:
    """How many sweeps both make, and what forward keeps."""
    n, m = function.n, function.m
    if n == m or not ((n - m).never_negative or (m - n).never_negative):
        return f"{named(n, 'sweep', write)} forward, {named(m, 'sweep', write)} back; forward keeps nothing"
    fewer, less, more = ("reverse", m, n) if (n - m).never_negative else ("forward", n, m)
    return f"{fewer} makes fewer sweeps, {write(less)} against {write(more)}; forward keeps nothing"


def _why(function: Function, ahead: Row, back: Row, row: Row, write: Write) -> str:
    """Fewer sweeps, or sweeps that do less."""
    inputs, outputs = named(function.n, "input", write), named(function.m, "output", write)
    sweeps_ahead = f"{named(function.n, 'sweep', write)} forward"
    sweeps_back = f"{named(function.m, 'sweep', write)} back"
    more = function.n - function.m if row is back else function.m - function.n
    if more.never_negative and more != 0:
        if row is back:
            return f"{outputs} against {inputs}, so {sweeps_back} {verb(function.m, 'replace')} {sweeps_ahead}"
        return f"{inputs} against {outputs}, so {sweeps_ahead} {verb(function.n, 'replace')} {sweeps_back}"
    one, other = (sweeps_back, sweeps_ahead) if row is back else (sweeps_ahead, sweeps_back)
    less = "no more" if ahead.operations.at_ones == back.operations.at_ones else "less"
    total = write(ahead.operations if row is back else back.operations)
    return f"{one} together do {less} than {other} ({total} operations)"


def _elimination_sentence(function: Function, best: Sequence[Row], counted: Sequence[Row], write: Write) -> str:
    """Why an elimination is cheapest, and which sweep is the cheaper one."""
    ahead, back, *eliminations = counted
    name = "elimination in any order" if len(best) == len(eliminations) else listed([row.method for row in best])
    verb_ = "are" if 1 < len(best) < len(eliminations) else "is"
    reasons = []
    if min(known(row) for row in eliminations[:2]) < min(known(ahead), known(back)):
        if any(function.graph.shapes[node] for node in function.graph.ancestors(function.outputs)):
            reasons.append("on single elements it leaves out the zeros that sweeps over whole arrays multiply")
        else:
            reasons.append("parallel edges are added before they are multiplied")
    if known(best[0]) < min(known(row) for row in eliminations[:2]):
        reasons.append("joining the vertices with the fewest ways through them first makes shared products once")
    sweeps = min(ahead, back, key=known)
    tie = known(ahead) == known(back)
    cheaper = "both sweeps take" if tie else f"{sweeps.method}, the cheaper sweep, takes"
    why = " and ".join(reasons)
    return f"{name} {verb_} cheapest, at {operations(best[0], write)} where {cheaper} {write(sweeps.operations)}: {why}"


def _choose_with_symbols(function: Function, ahead: Row, back: Row, bytes_each: int, write: Write) -> Choice:
    """Forward against reverse as far as the sizes decide it."""
    excess = ahead.operations - back.operations
    if excess == 0:
        both = (ahead, back)
        return Choice(("forward", "reverse"), _sweep_sentence(function, both, both, bytes_each, write))
    for row, difference in ((back, excess), (ahead, back.operations - ahead.operations)):
        if difference.never_negative:
            sizes = " and ".join(difference.symbols)
            may_tie = difference.at_ones == 0
            claim = f"{row.method} is cheapest{', or ties,' if may_tie else ''} for every {sizes}"
            keeps = "nothing" if row is ahead else stored(back.kept, "value", bytes_each, write)
            why = _why(function, ahead, back, row, write)
            return Choice((row.method,), f"{claim}: {why}; it keeps {keeps}")
    sweeps = f"{named(function.n, 'sweep', write)} forward against {named(function.m, 'sweep', write)} back"
    if len(excess.symbols) == 1:
        return Choice((), f"{_stretches(excess)}: {sweeps}")
    one, other = without_common_factors(ahead.operations, back.operations)
    if max(len(one.terms), len(other.terms)) > READABLE:
        sizes = " and ".join(excess.symbols)
        return Choice((), f"which is cheapest depends on {sizes}: {sweeps}; numbers for the sizes decide")
    left, right = write(one), write(other)
    return Choice((), f"forward is cheapest where {left} < {right}, reverse where {left} > {right}: {sweeps}")


def _stretches(excess: Polynomial) -> str:
    """Which sweep is cheapest from where to where, by the excess of forward over reverse in one symbol."""
    (symbol,) = excess.symbols
    starts = [1, *turning_points(excess, symbol)]
    parts = []
    for k, start in enumerate(starts):
        value = excess.at(symbol, start).number or 0
        name = "forward is cheapest" if value < 0 else "reverse is cheapest" if value > 0 else "they tie"
        if k + 1 == len(starts):
            where = f"from {symbol} = {start} on" if k else f"for every {symbol}"
        else:
            end = starts[k + 1] - 1
            where = f"at {symbol} = {start}" if end == start else f"for {symbol} from {start} to {end}"
        parts.append(f"{name} {where}")
    return ", ".join(parts)


@dataclass(frozen=True)
class Size:
    """Both sweeps for one size of a symbol; `cheapest` is `tie`, or empty where other symbols leave it open."""

    size: int
    forward: Row
    reverse: Row
    cheapest: str


def growth(ahead: Row, back: Row, symbol: str) -> list[Size]:
    """Both sweeps as a symbol grows tenfold."""
    return [_size(size, ahead.at(symbol, size), back.at(symbol, size)) for size in SIZES]


def _size(size: int, ahead: Row, back: Row) -> Size:
    one, other = ahead.operations, back.operations
    if one == other:
        return Size(size, ahead, back, "tie")
    if (one - other).never_negative:
        return Size(size, ahead, back, "reverse")
    return Size(size, ahead, back, "forward" if (other - one).never_negative else "")


def known(row: Row) -> int:
    """The operations of a row, less those with symbols, which are the same in all rows where this is asked."""
    return row.operations.terms.get((), 0)


def operations(row: Row, write: Write) -> str:
    """`12 operations`."""
    return named(row.operations, "operation", write)


def named(count: Polynomial, noun: str, write: Write) -> str:
    """A count and what is counted: `1 sweep`, `n sweeps`."""
    return f"{write(count)} {noun}{'s' * (count != 1)}"


def stored(count: Polynomial, noun: str, bytes_each: int, write: Write) -> str:
    """`5 values (40 bytes)`."""
    return f"{named(count, noun, write)} ({named(count * bytes_each, 'byte', write)})"


def verb(count: Polynomial, word: str) -> str:
    """The verb's form for so many."""
    return word + "s" if count == 1 else word


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))

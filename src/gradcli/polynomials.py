"""Counts as exact polynomials in the dimension symbols of shapes, with whole coefficients.

SymPy's polynomials would do, but scalar graphs are counted too, and theirs should not wait for SymPy to load.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise, product
from math import comb, gcd

from gradcli.shapes import Shape, factors

Monomial = tuple[str, ...]
"""Symbols in alphabetical order, each as often as its exponent says; () is 1."""
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Polynomial:
    """A sum of monomials with whole coefficients; without symbols, a number."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Monomial, int] | None = None) -> None:
        self.terms: dict[Monomial, int] = {m: c for m, c in (terms or {}).items() if c}

    def __add__(self, other: Polynomial | int) -> Polynomial:
        terms = Counter(self.terms)
        for monomial, coefficient in _polynomial(other).terms.items():
            terms[monomial] += coefficient
        return Polynomial(terms)

    def __sub__(self, other: Polynomial | int) -> Polynomial:
        return self + _polynomial(other) * -1

    def __mul__(self, other: Polynomial | int) -> Polynomial:
        terms: Counter[Monomial] = Counter()
        for (one, a), (two, b) in product(self.terms.items(), _polynomial(other).terms.items()):
            terms[tuple(sorted(one + two))] += a * b
        return Polynomial(terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Polynomial, int)) and self.terms == _polynomial(other).terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols that it depends on."""
        return tuple(sorted({symbol for monomial in self.terms for symbol in monomial}))

    @property
    def number(self) -> int | None:
        """Its value where there is no symbol, else None."""
        return None if self.symbols else self.terms.get((), 0)

    def at(self, symbol: str, value: int) -> Polynomial:
        """The polynomial with a number for a symbol."""
        terms: Counter[Monomial] = Counter()
        for monomial, coefficient in self.terms.items():
            rest = tuple(s for s in monomial if s != symbol)
            terms[rest] += coefficient * value ** (len(monomial) - len(rest))
        return Polynomial(terms)

    @property
    def at_ones(self) -> int:
        """Its value where every symbol is 1."""
        return sum(self.terms.values())

    def coefficients(self, symbol: str) -> list[int]:
        """The coefficients of a polynomial in this symbol alone, lowest power first."""
        found = [0] * (1 + max(map(len, self.terms), default=0))
        for monomial, coefficient in self.terms.items():
            assert set(monomial) <= {symbol}
            found[len(monomial)] = coefficient
        return found

    @property
    def never_negative(self) -> bool:
        """Whether it is certainly 0 or more for all sizes from 1 on: in sizes less 1, no coefficient is negative."""
        terms: Counter[Monomial] = Counter()
        for monomial, coefficient in self.terms.items():
            powers = Counter(monomial)
            for exponents in product(*(range(power + 1) for power in powers.values())):
                shifted, ways = [], coefficient
                for (symbol, power), exponent in zip(powers.items(), exponents, strict=True):
                    ways *= comb(power, exponent)
                    shifted += [symbol] * exponent
                terms[tuple(sorted(shifted))] += ways
        return all(c >= 0 for c in terms.values())

    def __str__(self) -> str:
        return self.text("·", superscripts=True)

    def text(self, times: str = "*", superscripts: bool = False) -> str:
        """Highest powers first: `2*m*n + n^2 - 1`; with the signs of print, `2·m·n + n² - 1`."""
        written = ""
        for monomial, coefficient in sorted(self.terms.items(), key=lambda term: (-len(term[0]), term[0])):
            parts = [_power(symbol, count, superscripts) for symbol, count in Counter(monomial).items()]
            if abs(coefficient) != 1 or not parts:
                parts.insert(0, str(abs(coefficient)))
            sign = ("-" if coefficient < 0 else "") if not written else (" - " if coefficient < 0 else " + ")
            written += sign + times.join(parts)
        return written or "0"


ZERO = Polynomial()


def _polynomial(value: Polynomial | int) -> Polynomial:
    return value if isinstance(value, Polynomial) else Polynomial({(): value})


def _power(symbol: str, exponent: int, superscripts: bool) -> str:
    if exponent == 1:
        return symbol
    return symbol + (str(exponent).translate(SUPERSCRIPTS) if superscripts else f"^{exponent}")


def elements(shape: Shape) -> Polynomial:
    """The number of elements of a shape."""
    number, symbols = factors(shape)
    return Polynomial({symbols: number})


def without_common_factors(one: Polynomial, other: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Two counts that compare as the given ones do: without the terms and then without the factors that they share."""
    shared = {m: min(c, other.terms.get(m, 0)) for m, c in one.terms.items()}
    one, other = one - Polynomial(shared), other - Polynomial(shared)
    terms = [*one.terms.items(), *other.terms.items()]
    if not terms:
        return one, other
    factor = Counter(terms[0][0])
    for monomial, _ in terms:
        factor &= Counter(monomial)
    number = gcd(*(coefficient for _, coefficient in terms))

    def reduced(polynomial: Polynomial) -> Polynomial:
        rest = {tuple(sorted((Counter(m) - factor).elements())): c // number for m, c in polynomial.terms.items()}
        return Polynomial(rest)

    return reduced(one), reduced(other)


def turning_points(difference: Polynomial, symbol: str) -> list[int]:
    """The sizes from 2 on at which the sign of a polynomial in one symbol differs from that one below.

    Between neighbouring turning points of its derivative a polynomial is monotonic, so that bisection finds each.
    """
    chain = [difference.coefficients(symbol)]
    while len(chain[-1]) > 2:
        # Forward differences: whole numbers again, and exact where sizes are.
        chain.append(_forward_difference(chain[-1]))
    points: list[int] = []
    for coefficients in reversed(chain):
        points = _sign_changes(coefficients, points)
    return points


def _forward_difference(coefficients: list[int]) -> list[int]:
    """p(n + 1) - p(n)."""
    found = [0] * (len(coefficients) - 1)
    for power, coefficient in enumerate(coefficients):
        for lower in range(power):
            found[lower] += coefficient * comb(power, lower)
    return found


def _sign_changes(coefficients: list[int], bends: list[int]) -> list[int]:
    """Sizes at which the sign is another than one before, given those where the slope's sign is another."""
    # All real roots lie below Cauchy's bound.
    last = 2 + max(map(abs, coefficients))
    edges = sorted({1, *(b for bend in bends for b in (bend - 1, bend) if 1 <= b < last), last})
    found = []
    for low, high in pairwise(edges):
        # A monotonic stretch passes each sign once: at most to 0 and on.
        while _sign(coefficients, low) != _sign(coefficients, high):
            below, above = low, high
            while above - below > 1:
                middle = (below + above) // 2
                if _sign(coefficients, middle) == _sign(coefficients, low):
                    below = middle
                else:
                    above = middle
            found.append(above)
            low = above
    return found


def _sign(coefficients: list[int], size: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = value * size + coefficient
    return (value > 0) - (value < 0)

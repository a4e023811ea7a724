"""What a primitive is: one declaration, from which everything else about an operation follows.

A derivative rule is one of three kinds (`Elementwise`, `Linear` and its variant `Multilinear`, `Differential`), written
once in the vocabulary of a carrier `m`: `m.cos(x)` applies the primitive `cos` to whatever the carrier computes on, and
`+ - *` may be written as operators. Division and all else go through `m`, because Python's own raise where IEEE 754
does not. Parameters (axes, shapes, indices) are no arguments: nothing is differentiated by them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from gradcli.errors import ShapeError
from gradcli.graph import Operation, Parameters
from gradcli.polynomials import ZERO, Polynomial, elements
from gradcli.shapes import Shape, broadcast, factors, format_shape

MOST_ELEMENTS = 2**33
"""Of one tensor: 64 GiB of float64. Torch repeats elements without memory, and would then add for hours."""

Value = Any
RuleFunction = Callable[..., Value]
Angle = Literal["", "argument", "result"]


@dataclass(frozen=True)
class Elementwise:
    """One local partial an argument: `partial(m, out, *arguments, *parameters)`. It broadcasts to the result's shape.

    None: the result is locally constant in that argument, or the argument is held (detach).
    """

    partials: tuple[RuleFunction | None, ...]

    def __init__(self, *partials: RuleFunction | None) -> None:
        object.__setattr__(self, "partials", partials)

    def depends_on(self, position: int) -> bool:
        """Whether a derivative flows through this argument."""
        return self.partials[position] is not None


@dataclass(frozen=True)
class Linear:
    """Linear in all differentiable arguments together: forward applies the operation to the tangents.

    Each transpose is `transpose(m, cotangent, *arguments, *parameters)`; None: not differentiable by that argument.
    A variadic one has one transpose that takes the position: `transpose(m, cotangent, position, *arguments, ...)`.
    """

    transposes: tuple[RuleFunction | None, ...]
    variadic: bool = False

    def __init__(self, *transposes: RuleFunction | None, variadic: bool = False) -> None:
        object.__setattr__(self, "transposes", transposes)
        object.__setattr__(self, "variadic", variadic)

    def depends_on(self, position: int) -> bool:
        """Whether a derivative flows through this argument."""
        return self.variadic or self.transposes[position] is not None

    def transpose(
        self, m: Any, cotangent: Value, position: int, arguments: Sequence[Value], parameters: Parameters
    ) -> Value:
        """The cotangent of one argument."""
        if self.variadic:
            transpose = self.transposes[0]
            assert transpose is not None
            return transpose(m, cotangent, position, *arguments, *parameters)
        transpose = self.transposes[position]
        assert transpose is not None
        return transpose(m, cotangent, *arguments, *parameters)


class Multilinear(Linear):
    """Linear in each argument separately (matmul): forward sums it with one argument after another made its tangent."""


@dataclass(frozen=True)
class Differential:
    """Any other operation: one jvp an argument, `jvp(m, tangent, out, *arguments, *parameters)`, linear in the tangent.

    Reverse mode records that piece and transposes it, so that both sweeps follow from one statement.
    """

    jvps: tuple[RuleFunction | None, ...]

    def __init__(self, *jvps: RuleFunction | None) -> None:
        object.__setattr__(self, "jvps", jvps)

    def depends_on(self, position: int) -> bool:
        """Whether a derivative flows through this argument."""
        return self.jvps[position] is not None


Rule = Elementwise | Linear | Differential


@dataclass(frozen=True)
class Domain:
    """A condition that the arguments of a defined application meet, in words and as a test on floats or tensors."""

    text: str
    holds: Callable[..., Any]


@dataclass(frozen=True)
class Premise(Domain):
    """A condition on the point alone: beyond it the primal goes on, so that differences may leave it, but is not what
    its name says. An answer there is refused, with this mend. `property`: the property of the first argument
    (`gradcli.assumptions`) that it asks for, if it is one."""

    hint: str
    property: str = ""


@dataclass(frozen=True)
class Kink:
    """Where the operation is continuous but not differentiable, or (`sides` None) jumps.

    `at(*arguments, *parameters)` gives values that are 0 exactly there; `sides(m, tangents, *arguments, *parameters)`
    is the one-sided directional derivative at such a point; `arguments` are those that can cross it (None: all), which
    a locally constant one (a comparison) cannot; `convention` says what our rule gives, which is what PyTorch gives
    where it has the function; `points` are samples on the kink, for the tests; `flat` says, in the
    arguments' names, where the operation does not change with an argument. `jax` is what jax.grad was measured to
    give there (JAX 0.10.2), empty where it has no such function. `quotient` of the arguments is whole exactly
    there, where rounded numbers cannot decide it by `at`: 1 is ten times 0.1, and no multiple of its float; every large
    float is whole.

    Where the function is convex or concave, the sides along the axes bound its generalised gradient (Clarke,
    Optimization and Nonsmooth Analysis, 1990, proposition 2.3.6). Where it is neither, `slopes` bounds all partials.
    """

    at: Callable[..., tuple[Value, ...]]
    convention: str
    points: tuple[tuple[Any, ...], ...]
    sides: Callable[..., Value] | None = None
    arguments: tuple[int, ...] | None = None
    flat: str = ""
    jax: str = ""
    slopes: tuple[float, float] | None = None
    quotient: Callable[..., Value] | None = None


@dataclass(frozen=True)
class Composition:
    """How a page computes what is neither elementwise nor linear: by operations that are, fit for rounding.

    `value(m, *arguments, *parameters)` is the value; `kink(m, out, ...)`, where there is a kink, is 0 exactly on it.
    `value` raises Unstated for arguments on which a domain would be looked at: a page knows domains of numbers only.
    """

    value: RuleFunction
    kink: RuleFunction | None = None


@dataclass(frozen=True)
class Notation:
    """How an application is written. Without `infix` or `prefix` it is a call by the first spelling.

    `latex` holds `{0}`, `{1}` for the arguments, which it encloses when `encloses` is true (a fraction, a root).
    """

    infix: str = ""
    prefix: str = ""
    precedence: int = 100
    right_associative: bool = False
    latex: str = ""
    encloses: bool = False


CALL = Notation()


@dataclass(frozen=True)
class Cost:
    """How many multiplications (divisions too) and function calls something takes. Additions are not counted."""

    multiplications: Polynomial = ZERO
    calls: Polynomial = ZERO

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.multiplications + other.multiplications, self.calls + other.calls)

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.multiplications - other.multiplications, self.calls - other.calls)

    def __mul__(self, times: Polynomial) -> Cost:
        return Cost(self.multiplications * times, self.calls * times)

    @property
    def operations(self) -> Polynomial:
        """Multiplications and function calls together."""
        return self.multiplications + self.calls


NOTHING = Cost()


def no_cost(out: Shape, *shapes_and_parameters: Any) -> Cost:
    """Additions, comparisons and choices."""
    return NOTHING


def multiplication(out: Shape, *shapes_and_parameters: Any) -> Cost:
    """A multiplication or division an element of the result."""
    return Cost(multiplications=elements(out))


def function_call(out: Shape, *shapes_and_parameters: Any) -> Cost:
    """A function call an element of the result."""
    return Cost(calls=elements(out))


@dataclass(frozen=True, eq=False)
class Primitive(Operation):
    """One operation. Arguments are named as in the documentation; the backings are dotted names, resolved when used.

    torch: on tensors, of arguments then parameters. math: on Python floats, as IEEE 754, no exceptions. sympy: on SymPy
    expressions, elementwise. array: on NumPy object arrays, for operations that move or add elements. arb: on balls of
    python-flint, elementwise, or where `array` does not serve them. fraction: elementwise, on its fractions; a
    TypeError says that the result is none. `of_equals`: what it makes of two equal numbers. `definition`: in the
    vocabulary, for carriers without a backing. `powers`: whole powers of an application that are better computed by a
    primitive of their own, by its name. `jacobian(m, position, *arguments, *parameters)`: the Jacobian by one argument,
    in the result's shape followed by the argument's, where it lies at hand, else None. `autograd_error`: the relative
    error of torch's own derivative, where that is worse than rounding. `absolute_error`: in ulps of 1, what floats are
    off by near a root of the function, where most libraries' have no small relative error. `moves`: every element of
    the result is an element of an argument, so that it costs nothing. `under`: what an application to an input of a
    property (`gradcli.assumptions`) is, in the vocabulary. `commutative`: the order of the two arguments does not
    matter. `angle`: whether its (first) argument or its result is an angle in radians. javascript: elementwise, an
    operator, or a function of arguments then parameters (`Math`, `backings/floating.js`). `cost(out, *shapes,
    *parameters)`: its operations for a result of shape `out`; without it see `carriers.counting`.
    """

    name: str
    rule: Rule
    doc: str
    arguments: tuple[str, ...] = ("x",)
    spellings: tuple[str, ...] = ()
    variadic: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    parameter_aliases: Mapping[str, str] = field(default_factory=dict)
    shape: Callable[..., Shape] | None = None
    normalize: Callable[..., Parameters] | None = None
    domain: tuple[Domain, ...] = ()
    kink: Kink | None = None
    notation: Notation = CALL
    powers: Mapping[int, str] = field(default_factory=dict)
    identities: tuple[float | None, ...] = ()
    samples: tuple[tuple[Any, ...], ...] = ()
    torch: str = ""
    math: str = ""
    sympy: str = ""
    array: str = ""
    arb: str = ""
    fraction: str = ""
    of_equals: int | None = None
    javascript: str = ""
    composition: Composition | None = None
    definition: Callable[..., Value] | None = None
    jacobian: Callable[..., Value | None] | None = None
    holds_value: bool = False
    autograd_error: float = 0.0
    absolute_error: float = 0.0
    under: Mapping[str, RuleFunction] = field(default_factory=dict)
    angle: Angle = ""
    commutative: bool = False
    moves: bool = False
    cost: Callable[..., Cost] | None = None

    def infer_shape(self, shapes: Sequence[Shape], parameters: Parameters) -> Shape:
        """The shape of the result; elementwise operations broadcast. Raises ShapeError."""
        result = broadcast(*shapes) if self.shape is None else self.shape(*shapes, *parameters)
        if result is None:
            raise ShapeError(f"shapes {' and '.join(map(format_shape, shapes))} do not broadcast")
        if result and factors(result)[0] > MOST_ELEMENTS:
            raise ShapeError(f"{self.name} makes more elements than any memory holds: {format_shape(result)}")
        return result

    @property
    def elementwise(self) -> bool:
        """Whether the result's elements depend on the arguments' elements at the same place only."""
        return self.shape is None

    @property
    def premises(self) -> tuple[Premise, ...]:
        """The domain conditions that concern the point alone."""
        return tuple(condition for condition in self.domain if isinstance(condition, Premise))

    @property
    def locally_constant(self) -> bool:
        """Whether no derivative flows through any argument."""
        return not any(self.rule.depends_on(k) for k in range(len(self.arguments)))

    def bind_parameters(self, given: Mapping[str, Any]) -> Parameters:
        """Parameters in declared order, with defaults for those that are not given."""
        if not self.parameters:
            return ()
        return tuple([given.get(name, default) for name, default in self.parameters.items()])


FLOATING = "gradcli.primitives.backings.floating."
TENSORS = "gradcli.primitives.backings.tensors."
AXES = "gradcli.primitives.backings.axes."
SOFTMAX = "gradcli.primitives.backings.softmax."
SYMBOLIC = "gradcli.primitives.backings.symbolic."
ARRAYS = "gradcli.primitives.backings.arrays."
BALLS = "gradcli.primitives.backings.balls."
FRACTIONS = "gradcli.primitives.backings.fractions."
SPECTRAL = "gradcli.primitives.backings.spectral."
JAVASCRIPT = "floating."
"""Where the backings are that no library has; the last is what `backings/floating.js` defines."""


def unary(name: str, partial: RuleFunction, doc: str, points: tuple[float, ...], **declared: Any) -> Primitive:
    """A smooth function of one number, backed by the same name in every library unless declared otherwise."""
    backings = {
        "torch": f"torch.{name}",
        "math": f"math.{name}",
        "sympy": f"sympy.{name}",
        "arb": f"flint.arb.{name}",
        "javascript": f"Math.{name}",
    }
    return Primitive(
        name, Elementwise(partial), doc=doc, samples=tuple((p,) for p in points), **{**backings, **declared}
    )


def function_latex(command: str) -> Notation:
    """A call whose LaTeX command differs from its name."""
    return Notation(latex=rf"\{command}\left({{0}}\right)", encloses=True)

"""Pictures that the tests of this folder draw, built by hand so that no other part of the program is needed."""

import random
from dataclasses import replace

from gradcli.render.picture import KINDS, Card, Cluster, Edge, Heat, Picture, Row, pretty_name, signed_log_tint

HOSTILE = '</title><script>"\'\\" \\N\\G &amp; {<b>\u202e\u2066x\x00\x1b\ud800]]> --> \u200b }'


def printed(number: float) -> str:
    return f"{number:.4g}".replace("-", "\N{MINUS SIGN}")


def worked_example() -> Picture:
    """Row 1 of the worked examples: ln(x1) + x1*x2 - sin(x2) at x1 = 2, x2 = 5."""
    columns: tuple[tuple[str, str, str, float, float, float, float], ...] = (
        ("x1", "x₁", "input", 2, 1, 0, 5.5),
        ("x2", "x₂", "input", 5, 0, 1, 1.7163378145367738),
        ("v1", "v₁ = ln x₁", "elementary", 0.6931471805599453, 0.5, 0, 1),
        ("v2", "v₂ = x₁ · x₂", "arithmetic", 10, 5, 2, 1),
        ("v3", "v₃ = sin x₂", "elementary", -0.9589242746631385, 0, 0.28366218546322625, -1),
        ("v4", "v₄ = v₁ + v₂", "arithmetic", 10.693147180559945, 5.5, 2, 1),
        ("f", "f = v₄ − v₃", "arithmetic", 11.652071455223084, 5.5, 1.7163378145367738, 1),
    )
    badges = {"x1": "in", "x2": "in", "f": "out"}
    cards = tuple(
        Card(
            name,
            title,
            kind,
            (
                Row("value", printed(value)),
                Row("∂/∂x₁ →", printed(first)),
                Row("∂/∂x₂ →", printed(second)),
                Row(f"← ∂f/∂{pretty_name(name)}", printed(adjoint), signed_log_tint(adjoint, 5.5), emphasis=True),
            ),
            badges.get(name, ""),
        )
        for name, title, kind, value, first, second, adjoint in columns
    )
    partials = (
        ("x1", "v1", 0.5),
        ("x1", "v2", 5),
        ("x2", "v2", 2),
        ("x2", "v3", 0.28366218546322625),
        ("v1", "v4", 1),
        ("v2", "v4", 1),
        ("v4", "f", 1),
        ("v3", "f", -1),
    )
    edges = tuple(Edge(source, target, printed(partial)) for source, target, partial in partials)
    return Picture("f = ln(x₁) + x₁ · x₂ − sin(x₂) at x₁ = 2, x₂ = 5", cards, edges)


def square() -> Picture:
    """x * x: two edges between the same cards."""
    cards = (
        Card("x", "x", "input", (Row("value", "3"),), "in"),
        Card("y", "y = x · x", "arithmetic", (Row("value", "9"), Row("← ∂y/∂y", "1", 1.0, emphasis=True)), "out"),
    )
    return Picture("y = x · x at x = 3", cards, (Edge("x", "y", "3"), Edge("x", "y", "3")))


def one_card() -> Picture:
    return Picture("", (Card("x", "x", "input"),))


def random_graph(size: int, seed: int) -> Picture:
    """Cards with a value and an adjoint, each of which uses one or two of the eight before it."""
    chance = random.Random(seed)
    cards: list[Card] = []
    edges: list[Edge] = []
    for index in range(size):
        name = pretty_name(f"v{index}")
        rows = (
            Row("value", printed(chance.gauss(0, 10))),
            Row(f"← ∂y/∂{name}", printed(chance.gauss(0, 1)), chance.uniform(-1, 1), emphasis=True),
        )
        cards.append(Card(f"v{index}", f"{name} = sin {name}", chance.choice(KINDS), rows))
        used = chance.sample(range(max(0, index - 8), index), min(index, chance.choice((1, 2))))
        labels = [printed(chance.gauss(0, 1)) if chance.random() < 0.9 else "" for _ in used]
        edges += (Edge(f"v{source}", f"v{index}", label) for source, label in zip(used, labels, strict=True))
    return Picture(f"a random graph of {size} nodes", tuple(cards), tuple(edges))


def clusters() -> Picture:
    """Two frames, an alarm of each sort and a detached edge."""
    cards = (
        Card("W", "W", "input", (Row("shape", "float32[8×16]"), Row("← ∂y/∂W", "3.21", 0.9, emphasis=True)), "in"),
        Card("x", "x", "input", (Row("shape", "float32[16]"), Row("← ∂y/∂x", "−1.2", -0.6, emphasis=True)), "in"),
        Card("h", "h = W @ x", "matrix", (Row("shape", "float32[8]"),)),
        Card("p", "p = log h", "elementary", (Row("← ∂y/∂p", "NaN", float("nan"), emphasis=True),), alarm="NaN"),
        Card("d", "d = detach p", "detach", (Row("shape", "float32[8]"),)),
        Card("k", "k = relu p", "piecewise", alarm="kink"),
        Card("y", "y = sum p", "reduction", (Row("value", "NaN"),), "out", "NaN"),
    )
    edges = (
        Edge("W", "h", "⊗ xᵀ"),
        Edge("x", "h", "Wᵀ"),
        Edge("h", "p", "diag 8×8"),
        Edge("p", "d", "0", cut=True),
        Edge("p", "k", "diag", tint=0.5),
        Edge("k", "y", "1ᵀ"),
        Edge("d", "y"),
    )
    frames = (Cluster("layer 1: the affine map", ("h", "p")), Cluster("a title too long for its frame" * 3, ("d", "k")))
    return Picture("y = sum(log(W @ x))", cards, edges, frames)


def nested_frames(length: int) -> Picture:
    """A chain whose second half is in a frame that is in two more, the outer of which ends later."""
    cards = tuple(Card(str(k), f"v{k}", "elementary", (Row("value", "1"),)) for k in range(length))
    edges = tuple(Edge(str(k), str(k + 1), "0.5") for k in range(length - 1))
    third = length // 3
    frames = (
        Cluster("outer", tuple(str(k) for k in range(1, third))),
        Cluster("between, without a card of its own", (), 0),
        Cluster("inner", tuple(str(k) for k in range(third, length - 2)), 1),
        Cluster("last", (str(length - 2),), 0),
    )
    return Picture("frames in frames", cards, edges, frames)


def lonely(joined: int, alone: int) -> Picture:
    """Cards that no edge joins, beside a chain."""
    cards = [Card(f"v{k}", f"v{k} = sin v{k}", "elementary", (Row("value", "1"),) * 3) for k in range(joined)]
    edges = tuple(Edge(f"v{k}", f"v{k + 1}", "1") for k in range(joined - 1))
    cards[1:1] = [Card(f"x{k}", f"x{k}", "input", (Row("value", "1"),) * (k % 4)) for k in range(alone)]
    return Picture("lonely", tuple(cards), edges)


def long_names() -> Picture:
    """Texts that must be shortened, and scripts that a monospaced font lacks."""
    cards = (
        Card(
            "a",
            "weighted_reconstruction_loss = " * 9,
            "input",
            (Row("value " * 20, "3.14159" * 20),),
            "in",
            "NaN " * 30,
        ),
        Card("b", "你好世界 = Δ漢字", "matrix", (Row("cafe\u0301 Ω", "😀😀 αβγ 𝛼"),), "out"),
    )
    return Picture("A very long title " * 40, cards, (Edge("a", "b", "∂prediction/∂weights · " * 20), Edge("a", "b")))


def hostile() -> Picture:
    """The same hostile text wherever a text can be."""
    rows = (Row(HOSTILE, HOSTILE, 0.5, emphasis=True), Row("", ""))
    cards = (Card(HOSTILE, HOSTILE, HOSTILE, rows, HOSTILE, HOSTILE, HOSTILE), Card("b", "", ""))
    edge = Edge(HOSTILE, "b", HOSTILE, cut=True, description=HOSTILE)
    return Picture(HOSTILE, cards, (edge,), (Cluster(HOSTILE, (HOSTILE, "b")),))


def chain(size: int) -> Picture:
    """sin applied again and again, all but the first in one cluster."""
    cards = tuple(Card(str(index), pretty_name(f"v{index}"), "elementary") for index in range(size))
    edges = tuple(Edge(str(index), str(index + 1), "0.9995") for index in range(size - 1))
    return Picture("a chain", cards, edges, (Cluster("all but the first", tuple(map(str, range(1, size)))),))


def long_sum(terms: int) -> Picture:
    """Products that are added up one by one: the layout drifts along the diagonal."""
    cards, edges = [], []
    for k in range(terms):
        cards += [
            Card(f"x{k}", f"x{k}", "input"),
            Card(f"w{k}", f"w{k}", "input"),
            Card(f"p{k}", f"x{k}*w{k}", "arithmetic"),
        ]
        edges += [Edge(f"x{k}", f"p{k}", printed(k / 7)), Edge(f"w{k}", f"p{k}", printed(k / 3))]
    for k in range(1, terms):
        cards.append(Card(f"s{k}", f"s{k} = {'s' if k > 1 else 'p'}{k - 1} + p{k}", "arithmetic"))
        edges += [Edge(f"s{k - 1}" if k > 1 else "p0", f"s{k}", "1"), Edge(f"p{k}", f"s{k}", "1")]
    return Picture("a long sum", tuple(cards), tuple(edges))


def layers(count: int) -> Picture:
    """A network: each layer has two inputs of its own."""
    cards, edges = [Card("h0", "x", "input", (Row("value", "1"),))], []
    for k in range(1, count + 1):
        cards += [Card(f"{name}{k}", f"{name}{k}", "input", (Row("value", "1"),) * 4) for name in "WV"]
        cards.append(Card(f"h{k}", f"h{k} = tanh(W{k}*V{k}*h{k - 1})", "elementary"))
        edges += [Edge(source, f"h{k}", "0.5") for source in (f"W{k}", f"h{k - 1}", f"V{k}")]
    return Picture("a network", tuple(cards), tuple(edges))


def twins(count: int) -> Picture:
    """Two inputs that all of a few cards use, and a card that uses all of these."""
    names = [f"g{k}" for k in range(count)]
    cards = [Card(name, name, "input", (Row("value", "1"),)) for name in "xb"]
    cards += [Card(name, name, "elementary", (Row("value", "1" * k),)) for k, name in enumerate(names, 1)]
    edges = [Edge(source, name, "15 edges") for name in names for source in "xb"]
    edges += [Edge(name, "L", "15 edges") for name in names]
    return Picture("twins", (*cards, Card("L", "L", "arithmetic")), tuple(edges))


def tensors() -> Picture:
    """Heat maps: a matrix, a pooled one with NaN, a strip."""
    nan = float("nan")
    matrix = Heat(tuple(tuple((row - column) / 16 for column in range(16)) for row in range(12)), "largest |·| of 5×4")
    strip = Heat(((1.0, -0.5, nan, 0.0, 0.001, -1.0, nan, 0.3),))
    cards = (
        Card("W", "W", "input", (Row("shape", "f64[60×64]"), Row("min … max", "−2.1 … 2.4")), "in", heat=matrix),
        Card("x", "x", "input", (), "in", heat=strip),
        Card("p", "p = ln(W @ x)", "matrix", (Row("not finite", "2 NaN of 8"),), "out", "NaN", heat=strip),
    )
    return Picture("p = ln(W @ x)", cards, (Edge("W", "p", "dW @ x"), Edge("x", "p", "NaN", tint=nan)))


def downwards(picture: Picture) -> Picture:
    return replace(picture, direction="TB")


PICTURES = {
    "worked example": worked_example(),
    "worked example, downwards": downwards(worked_example()),
    "square": square(),
    "one card": one_card(),
    "random graph of 60": random_graph(60, 1),
    "random graph of 60, downwards": downwards(random_graph(60, 2)),
    "random graph of 150": random_graph(150, 3),
    "clusters": clusters(),
    "clusters, downwards": downwards(clusters()),
    "tensors": tensors(),
    "frames in frames": nested_frames(9),
    "frames in frames, downwards": downwards(nested_frames(9)),
    "frames in frames, folded": nested_frames(80),
    "frames in frames, folded downwards": downwards(nested_frames(80)),
    "layers": layers(30),
    "layers, downwards": downwards(layers(30)),
    "twins": twins(5),
    "twins, downwards": downwards(twins(5)),
    "two lonely": lonely(4, 2),
    "two lonely, downwards": downwards(lonely(4, 2)),
    "lonely only": lonely(0, 40),
    "long names": long_names(),
    "hostile": hostile(),
    "chain of 200": chain(200),
    "sum of 40 products": long_sum(40),
    "sum of 40 products, downwards": downwards(long_sum(40)),
    "chain of 200, downwards": downwards(chain(200)),
}

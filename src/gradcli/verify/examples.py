"""The built-in examples: what a course on deep learning computes by hand. A bare `gradcli compare` runs them."""

from __future__ import annotations

from typing import NamedTuple


class Example(NamedTuple):
    """An expression, its point as in --at, and weights for a non-scalar output."""

    title: str
    expression: str
    at: str
    cotangent: str = ""


EXAMPLES = (
    Example("worked example", "ln(x1) + x1*x2 - sin(x2)", "x1=2,x2=5"),
    Example("power and product", "x^3*exp(x)", "x=1.5"),
    Example("quotient", "sin(x)/x", "x=2"),
    Example("chain", "cos(ln(x^2 + 1))", "x=0.7"),
    Example("|x| at its kink", "abs(x)", "x=0"),
    Example("relu at its kink", "relu(x)", "x=0"),
    Example("paraboloid", "x1^2 + 2*x2^2", "x1=1,x2=-1.5"),
    Example("one neuron", "(x*w - y)^2", "x=2,w=3,y=1"),
    Example("vector chain rule", "a = dot(x, w); b = a - y; z = b^2", "x=[1,2,3],w=[0.5,-1,2],y=1.5"),
    Example("least squares", "norm(X@w - y)^2", "X=[[1,2],[3,4],[5,6]],w=[1,-1],y=[0.5,1,2]"),
    Example("quadratic form", "y' @ A @ y", "y=[1,-2],A=[[2,1],[1,3]]"),
    Example("2 x'x", "2*dot(x, x)", "x=[0,1,2,3]"),
    Example("sum", "sum(x)", "x=[0,1,2,3]"),
    Example("weighted vector", "x*x", "x=[0,1,2,3]", "ones"),
    Example("detach", "u = detach(x*x); sum(u*x)", "x=[0,1,2,3]"),
    Example("mean squared error", "mean((X@w + b - y)^2)/2", "X=[[3,1],[2,0],[4,0],[3,0]],w=[2,-1],b=0.5,y=[1,2,3,4]"),
    Example("softmax", "dot(softmax(x), c)", "x=[0.1,2,-1],c=[1,2,3]"),
)

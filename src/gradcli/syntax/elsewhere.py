"""Functions of other libraries that are an expression here, in the names that their documentation has."""

from __future__ import annotations

EIGENVALUES = "eigvalsh(A) gives the eigenvalues of a symmetric A, eigvecsh(A) its eigenvectors"
SEVERAL = dict.fromkeys(("eigh", "eig", "eigs", "eigvals", "eigen"), EIGENVALUES)
"""Those that are several functions here."""

_BINARY = "mean(-y*ln(p) - (1 - y)*ln(1 - p))"
_OF_LOGITS = "mean(softplus(z) - y*z)"
_LAYER = "(x - mean(x))/sqrt(var(x, correction=0) + 1e-5)"
_ATTENTION = "softmax(Q @ K'/sqrt(d)) @ V"

EXPRESSIONS = {
    "attention": _ATTENTION,
    "bce": _BINARY,
    "bce_loss": _BINARY,
    "bce_with_logits": _OF_LOGITS,
    "binary_cross_entropy": _BINARY,
    "binary_cross_entropy_with_logits": _OF_LOGITS,
    "cosine_similarity": "dot(x, y)/(norm(x)*norm(y))",
    "deg2rad": "x*pi/180",
    "exp2": "2^x",
    "fact": "gamma(n + 1)",
    "factorial": "gamma(n + 1)",
    "hardsigmoid": "clamp(x/6 + 1/2, 0, 1)",
    "hardtanh": "clamp(x, -1, 1)",
    "heaviside": "where(x > 0, 1, 0)",
    "l1_loss": "mean(abs(x - y))",
    "layer_norm": _LAYER,
    "layernorm": _LAYER,
    "lg": "log10(x)",
    "logdet": "ln(det(A))",
    "logit": "ln(p/(1 - p))",
    "logsigmoid": "-softplus(-x)",
    "mae": "mean(abs(x - y))",
    "mish": "x*tanh(softplus(x))",
    "prelu": "max(x, 0) + a*min(x, 0)",
    "rad2deg": "x*180/pi",
    "reciprocal": "1/x",
    "relu6": "clamp(x, 0, 6)",
    "rms_norm": "x/sqrt(mean(x^2))",
    "rsqrt": "1/sqrt(x)",
    "scaled_dot_product_attention": _ATTENTION,
    "softsign": "x/(1 + abs(x))",
    "square": "x^2",
    "xlogy": "where(x != 0, x*ln(y), 0)",
}
"""Those that are an expression of the functions here."""

"""Derivatives at a point, computed, checked and put into results. `digits`: so many decimal digits are to be proven."""

from __future__ import annotations

from dataclasses import replace

from gradcli.api.plan import Plan
from gradcli.api.results import Gradient, Hessian, Hvp, Jacobian, Jvp, Sheet, Vjp, judged, sizes, written
from gradcli.layouts import Layout
from gradcli.methods.jacobian import Mode
from gradcli.problem import Nested, Problem
from gradcli.verify.at_kink import AtKink


def gradient_of(plan: Plan, problem: Problem, layout: Layout, at_kink: AtKink, digits: int | None) -> Gradient:
    """Value and gradient of <cotangent, output>. Raises DomainError where there is no value."""
    from gradcli.methods.base import arranged
    from gradcli.render.answers import (
        gradient_in_layout,
        gradient_lines,
        gradient_rows,
        gradient_verdict,
        proven_blocks,
        shape_text,
        value_text,
    )
    from gradcli.verify.verdict import check_gradient, require_number

    require_number(problem, plan.carrier, plan.program.source)
    checked = check_gradient(problem, plan.carrier, at_kink, digits)
    blocks = {name: arranged(g, (), problem.input_shape(name), layout) for name, g in checked.gradient.items()}
    rows = [(plan.name, value_text(problem, checked), shape_text(problem.output_shape))]
    for row in gradient_rows(plan.name, problem, checked, layout=layout):
        rows += [(row.label, row.answer, row.about), *([("", row.sides, "")] if row.sides else [])]
    return Gradient(
        **judged(gradient_in_layout(problem, checked.verdict, layout), plan.carrier, plan.built.notes),
        value=checked.derivatives["reverse"].value,
        gradient={name: block for name, (block, _) in blocks.items()},
        proven=checked.proof and proven_blocks(problem, checked.proof, layout),
        shapes={name: sizes(shape) for name, (_, shape) in blocks.items()},
        layout=layout,
        _text="\n".join(gradient_lines(plan.name, problem, checked, layout=layout)),
        _sheet=Sheet([("", False)] * 3, rows, [gradient_verdict(problem, checked, layout)]),
    )


def jacobian_of(plan: Plan, problem: Problem, mode: Mode | None, layout: Layout, digits: int | None) -> Jacobian:
    """The Jacobian of the whole output, whose value is finite, by a mode (None: the one that needs fewer sweeps)."""
    from gradcli.render.derivatives import in_layout, jacobian_arrays, jacobian_blocks
    from gradcli.verify.proof import prove_jacobian
    from gradcli.verify.rows import check_jacobian

    proof = prove_jacobian(problem, digits) if digits else None
    checked = check_jacobian(problem, plan.carrier, mode)
    blocks = jacobian_blocks(problem, checked.blocks, layout)
    shown = jacobian_blocks(problem, proof.by_input(), layout) if proof else blocks
    verdict = in_layout(problem, proof.judged(checked.verdict) if proof else checked.verdict, layout)
    value = proof.value if proof else checked.value
    arrays = jacobian_arrays(plan.name, problem, value, shown, layout, true=None if proof else verdict.true)
    return Jacobian(
        **judged(verdict, plan.carrier, plan.built.notes),
        **written(arrays, checked.why if problem.wrt else "", verdict, plan.carrier),
        value=checked.value,
        jacobian={by: block for by, (block, _) in blocks.items()},
        proven={by: block for by, (block, _) in shown.items()} if proof else None,
        shapes={by: sizes(shape) for by, (_, shape) in blocks.items()},
        layout=layout,
        mode=checked.mode,
    )


def hessian_of(plan: Plan, problem: Problem, layout: Layout, digits: int | None) -> Hessian:
    """The Hessian of a scalar output, whose value is finite."""
    from gradcli.render.derivatives import hessian_arrays, hessian_blocks, in_layout
    from gradcli.verify.curvature import check_hessian
    from gradcli.verify.proof import prove_hessian

    proof = prove_hessian(problem, digits) if digits else None
    graph, output = plan.graph_of_its_own()
    checked = check_hessian(replace(problem, graph=graph, output=output), plan.carrier)
    blocks = hessian_blocks(problem, checked.blocks, layout)
    shown = hessian_blocks(problem, proof.by_pairs(), layout) if proof else blocks
    verdict = in_layout(problem, proof.judged(checked.verdict) if proof else checked.verdict, layout)
    value = proof.value if proof else checked.value
    arrays = hessian_arrays(plan.name, value, shown, layout, true=None if proof else verdict.true)
    return Hessian(
        **judged(verdict, plan.carrier, plan.built.notes),
        **written(arrays, "", verdict, plan.carrier),
        value=checked.value,
        proven={a: {b: block for b, (block, _) in row.items()} for a, row in shown.items()} if proof else None,
        gradient=checked.gradient,
        hessian={one: {other: block for other, (block, _) in row.items()} for one, row in blocks.items()},
        shapes={one: {other: sizes(shape) for other, (_, shape) in row.items()} for one, row in blocks.items()},
        layout=layout,
    )


def jvp_of(plan: Plan, problem: Problem, tangent: dict[str, Nested], digits: int | None) -> Jvp:
    """J v of the whole output, whose value is finite, for a tangent of each input."""
    from gradcli.render.derivatives import JVP_MODE, jvp_arrays
    from gradcli.verify.proof import prove_jvp
    from gradcli.verify.rows import check_jvp

    value, product, verdict = check_jvp(problem, plan.carrier, tangent)
    arrays, proven = jvp_arrays(plan.name, problem, value, product, verdict.true), None
    if digits:
        proof = prove_jvp(problem, tangent, digits)
        (proven,), verdict = proof.parts.values(), proof.judged(verdict)
        arrays = jvp_arrays(plan.name, problem, proof.value, proven)
    return Jvp(
        **judged(verdict, plan.carrier, plan.built.notes),
        **written(arrays, JVP_MODE, verdict, plan.carrier),
        proven=proven,
        value=value,
        tangent=tangent,
        jvp=product,
    )


def vjp_of(plan: Plan, problem: Problem, cotangent: Nested, at_kink: AtKink, digits: int | None) -> Vjp:
    """u'J for a cotangent u of the whole output, whose value is finite."""
    from gradcli.render.derivatives import VJP_MODE, of_product, vjp_arrays
    from gradcli.verify.verdict import check_gradient

    checked = check_gradient(replace(problem, cotangent=cotangent), plan.carrier, at_kink, digits)
    value, proof = checked.derivatives["reverse"].value, checked.proof
    shown = (value, checked.gradient) if proof is None else (proof.value, proof.by_input())
    verdict = of_product(checked.verdict)
    arrays = vjp_arrays(plan.name, problem, *shown, verdict.true if proof is None else None)
    return Vjp(
        **judged(verdict, plan.carrier, plan.built.notes),
        **written(arrays, VJP_MODE, verdict, plan.carrier),
        value=value,
        cotangent=cotangent,
        proven=proof and proof.by_input(),
        vjp=checked.gradient,
    )


def hvp_of(plan: Plan, problem: Problem, tangent: dict[str, Nested], digits: int | None) -> Hvp:
    """H v of a scalar output, whose value is finite, for a tangent of each input."""
    from gradcli.render.derivatives import HVP_MODE, hvp_arrays
    from gradcli.verify.curvature import check_hvp
    from gradcli.verify.proof import prove_hvp

    value, products, verdict = check_hvp(problem, plan.carrier, tangent)
    arrays, proof = hvp_arrays(plan.name, problem, value, products, verdict.true), None
    if digits:
        proof = prove_hvp(problem, tangent, digits)
        verdict = proof.judged(verdict)
        arrays = hvp_arrays(plan.name, problem, proof.value, proof.by_input())
    return Hvp(
        **judged(verdict, plan.carrier, plan.built.notes),
        **written(arrays, HVP_MODE, verdict, plan.carrier),
        proven=proof and proof.by_input(),
        value=value,
        tangent=tangent,
        hvp=products,
    )

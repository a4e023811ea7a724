// Operations that are made of others: programs for the value, for the rule by each argument, which is linear in the tangent
// that comes first, and for what is 0 on the kink.
"use strict";

function composition({ zeros, plus, evaluate, pull }) {
  const values = (node) => node.given.map(({ value }) => value);

  // The nodes of a piece's program at some inputs, and what it gives.
  function perform(node, written, inputs) {
    const nodes = node.prepare(written);
    evaluate(nodes, inputs);
    return { nodes, value: nodes.find(({ id }) => id === written.output.id).value };
  }

  function pieceTransposed(node, cotangent) {
    return node.piece.rules.map((rule, k) => {
      if (rule === null) {
        return null;
      }
      const { nodes } = perform(node, rule, [zeros(node.given[k].shape), node.value, ...values(node)]);
      const first = nodes.find(({ input }) => input === 0).id;
      return pull(nodes, { id: rule.output.id, weights: cotangent }, false).numbers[first];
    });
  }

  return {
    value: (node) => perform(node, node.piece.value, values(node)).value,
    tangent: (node) =>
      node.piece.rules.reduce((total, rule, k) => {
        const { tangent } = node.given[k];
        if (rule === null || tangent === null) {
          return total;
        }
        return plus(total, perform(node, rule, [tangent, node.value, ...values(node)]).value);
      }, null),
    partials: (node) => (node.shape.length === 0 ? pieceTransposed(node, [1]) : null),
    contributions: (node) => pieceTransposed(node, node.adjoint),
    needs: ({ given }) => given.map(({ value }) => [...value.keys()]),
    onKink: (node) => perform(node, node.piece.kink, [node.value, ...values(node)]).value.includes(0),
  };
}

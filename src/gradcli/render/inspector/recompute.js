// Values, local partials, tangents and adjoints of a program (see program.py) for given inputs: one loop over the nodes
// forward, one backward. Arrays are flat, in row-major order; what belongs to a node stands at its id.
"use strict";

const recompute = (() => {
  const NAMED = { inf: Infinity, "-inf": -Infinity, nan: NaN };

  /** A number as JSON holds it. */
  const numberOf = (written) => (typeof written === "number" ? written : NAMED[written]);

  const sizeOf = (shape) => shape.reduce((product, dimension) => product * dimension, 1);
  const zeros = (shape) => new Array(sizeOf(shape)).fill(0);

  /** For each element of a shape, the place of the element that an argument of another shape repeats there. */
  function broadcastPlaces(shape, argumentShape) {
    const lead = shape.length - argumentShape.length;
    let places = [0];
    let stride = sizeOf(argumentShape);
    shape.forEach((dimension, axis) => {
      const own = axis < lead ? 1 : argumentShape[axis - lead];
      stride /= own || 1;
      const step = own === 1 ? 0 : stride;
      places = places.flatMap((start) => Array.from({ length: dimension }, (_, k) => start + k * step));
    });
    return places;
  }

  /** The nodes by id, with the places that their elements take from each argument. */
  function prepare(program) {
    const nodes = [];
    for (const node of program.nodes) {
      nodes[node.id] = node;
    }
    const places = [];
    for (const node of program.nodes) {
      if (node.function !== undefined) {
        places[node.id] = node.arguments.map((argument) => broadcastPlaces(node.shape, nodes[argument].shape));
      }
    }
    return { nodes, places };
  }

  /** A linear node: its matrix on the elements of its arguments, null standing for zeros. */
  function linear(node, nodes, operands) {
    const result = new Array(sizeOf(node.shape));
    const elements = node.arguments.flatMap((argument, k) => operands[k] ?? zeros(nodes[argument].shape));
    const { from, into, weight } = node.entries;
    from.forEach((place, k) => {
      const term = weight[k] * elements[place];
      result[into[k]] = result[into[k]] === undefined ? term : result[into[k]] + term;
    });
    return Array.from(result, (number) => number ?? 0);
  }

  function evaluate(program, functions, inputs, { nodes, places }) {
    const values = [];
    for (const node of program.nodes) {
      if (node.input !== undefined) {
        values[node.id] = Array.from(inputs[node.input], numberOf);
      } else if (node.value !== undefined) {
        values[node.id] = node.value.map(numberOf);
      } else {
        const operands = node.arguments.map((argument) => values[argument]);
        values[node.id] =
          node.function === undefined
            ? linear(node, nodes, operands)
            : zeros(node.shape).map((_, element) =>
                functions[node.function].value(...operands.map((operand, k) => operand[places[node.id][k][element]])),
              );
      }
    }
    return values;
  }

  /** By node and argument one partial an element: null for the branch that is not taken, and for all where the rule has
   * none. Of a linear node with one element, the gradient by each argument; of any other the entries are the partials. */
  function localPartials(program, functions, values, { nodes, places }) {
    const partials = [];
    for (const node of program.nodes) {
      if (node.function !== undefined) {
        const operands = node.arguments.map((argument) => values[argument]);
        partials[node.id] = functions[node.function].partials.map(
          (partial) =>
            partial &&
            values[node.id].map((out, element) =>
              partial(out, ...operands.map((operand, k) => operand[places[node.id][k][element]])),
            ),
        );
      } else if (node.entries !== undefined && node.shape.length === 0) {
        partials[node.id] = transposed(node, nodes, [1]);
      }
    }
    return partials;
  }

  /** Whether a test of a function holds at an element of a node. */
  function someElement(node, test, values, { places }) {
    const operands = node.arguments.map((argument) => values[argument]);
    return values[node.id].some((_, element) =>
      test(...operands.map((operand, k) => operand[places[node.id][k][element]])),
    );
  }

  /** The nodes that stand on a kink of their function, or on a jump. */
  function kinks(program, functions, values, prepared) {
    const crossing = program.nodes.filter((node) => node.crosses);
    return crossing
      .filter((node) => someElement(node, functions[node.function].kink, values, prepared))
      .map((node) => node.id);
  }

  /** The nodes whose arguments are outside their function's domain, with the number of the first condition that is not
   * met. NaN is the fault of an earlier node. */
  function outside(program, functions, values, prepared) {
    const found = [];
    for (const node of program.nodes) {
      if (node.function !== undefined && !node.arguments.some((argument) => values[argument].some(Number.isNaN))) {
        const condition = functions[node.function].domain.findIndex((holds) =>
          someElement(node, (...operands) => !holds(...operands), values, prepared),
        );
        if (condition >= 0) {
          found.push({ id: node.id, condition });
        }
      }
    }
    return found;
  }

  /** The tangent of every node along a direction; null is a structural zero. */
  function push(program, partials, direction, { nodes, places }) {
    const tangents = [];
    for (const node of program.nodes) {
      tangents[node.id] = null;
      if (node.input !== undefined) {
        tangents[node.id] = direction.tangents[node.id]?.map(numberOf) ?? null;
      } else if (node.arguments?.some((argument) => tangents[argument] !== null)) {
        const incoming = node.arguments.map((argument) => tangents[argument]);
        tangents[node.id] =
          node.function === undefined
            ? linear(node, nodes, incoming)
            : tangentOf(partials[node.id], incoming, places[node.id]);
      }
    }
    return tangents;
  }

  function tangentOf(partials, incoming, places) {
    let total = null;
    partials.forEach((partial, k) => {
      if (partial !== null && incoming[k] !== null) {
        const terms = partial.map((slope, element) => (slope === null ? 0 : slope * incoming[k][places[k][element]]));
        total = total === null ? terms : total.map((number, element) => number + terms[element]);
      }
    });
    return total;
  }

  /** The derivative of one output by every node; null is a structural zero. */
  function pull(program, partials, output, { nodes, places }) {
    const adjoints = [];
    for (const node of program.nodes) {
      adjoints[node.id] = null;
    }
    adjoints[output.id] = output.weights?.map(numberOf) ?? zeros(nodes[output.id].shape).fill(1);
    for (let at = program.nodes.length - 1; at >= 0; at--) {
      const node = program.nodes[at];
      const cotangent = adjoints[node.id];
      if (cotangent === null || node.arguments === undefined) {
        continue;
      }
      const given =
        node.function === undefined
          ? transposed(node, nodes, cotangent)
          : node.arguments.map((argument, k) =>
              contribution(partials[node.id][k], cotangent, places[node.id][k], nodes[argument], program.masked),
            );
      node.arguments.forEach((argument, k) => {
        const counts = nodes[argument].value === undefined && !nodes[argument].held;
        if (given[k] !== null && counts) {
          const known = adjoints[argument];
          adjoints[argument] = known === null ? given[k] : known.map((number, element) => number + given[k][element]);
        }
      });
    }
    return adjoints;
  }

  /** What a node's adjoint adds to that of an argument, summed where the argument was repeated; null for nothing. */
  function contribution(partial, cotangent, places, argument, masked) {
    if (partial === null || (masked === "nothing" && partial.every((slope) => slope === null))) {
      return null;
    }
    const sum = new Array(sizeOf(argument.shape));
    partial.forEach((slope, element) => {
      const term = slope === null ? 0 : slope * cotangent[element];
      sum[places[element]] = sum[places[element]] === undefined ? term : sum[places[element]] + term;
    });
    return Array.from(sum, (number) => number ?? 0);
  }

  /** The transpose of a linear node's matrix on its adjoint, cut into its arguments. */
  function transposed(node, nodes, cotangent) {
    const sizes = node.arguments.map((argument) => sizeOf(nodes[argument].shape));
    const whole = new Array(sizes.reduce((sum, size) => sum + size, 0)).fill(0);
    node.entries.from.forEach((place, k) => {
      whole[place] += node.entries.weight[k] * cotangent[node.entries.into[k]];
    });
    let start = 0;
    return sizes.map((size) => whole.slice(start, (start += size)));
  }

  /** What a sweep found, with zeros for structural zeros. */
  function whole(found, program) {
    const numbers = [];
    for (const node of program.nodes) {
      numbers[node.id] = found[node.id] ?? zeros(node.shape);
    }
    return numbers;
  }

  /**
   * `functions` is the array of the program's text, `inputs` has the elements of each of `program.inputs`. The answer has
   * `values` by node, `partials` by node and argument, `tangents` by direction and node, `adjoints` by output and node; and
   * the ids of nodes on `kinks` and `outside` their domain, whose words are in `program.functions`.
   */
  return (program, functions, inputs) => {
    const prepared = prepare(program);
    const values = evaluate(program, functions, inputs, prepared);
    const partials = localPartials(program, functions, values, prepared);
    const tangents = program.directions.map((direction) =>
      whole(push(program, partials, direction, prepared), program),
    );
    const adjoints = {};
    for (const output of program.outputs) {
      adjoints[output.id] = whole(pull(program, partials, output, prepared), program);
    }
    return {
      values,
      partials,
      tangents,
      adjoints,
      kinks: kinks(program, functions, values, prepared),
      outside: outside(program, functions, values, prepared),
    };
  };
})();

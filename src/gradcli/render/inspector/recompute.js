// Values, local partials, tangents and adjoints of a program (see program.py) for given inputs: one loop over the nodes
// forward, one backward. Arrays are flat, in row-major order; what belongs to a node stands at its id.
"use strict";

const recompute = (() => {
  const NAMED = { inf: Infinity, "-inf": -Infinity, nan: NaN };

  // A number as JSON holds it.
  const numberOf = (written) => (typeof written === "number" ? written : NAMED[written]);

  const sizeOf = (shape) => shape.reduce((product, dimension) => product * dimension, 1);
  const zeros = (shape) => new Array(sizeOf(shape)).fill(0);
  const plus = (known, more) => (known === null ? more : known.map((number, element) => number + more[element]));

  // Terms added up where they belong, in an array of a shape; `place[k]` is where the k-th goes. A sum of one term is
  // that term, the sign of its zero included.
  function collect(shape, place, term) {
    const sums = new Array(sizeOf(shape));
    place.forEach((to, k) => {
      sums[to] = sums[to] === undefined ? term(k) : sums[to] + term(k);
    });
    return Array.from(sums, (sum) => sum ?? 0);
  }

  // For each element of a shape, the place of the element that an argument of another shape repeats there.
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

  // The kinds of nodes that compute. Each knows its value, its tangent and what its adjoint adds to each argument's, and
  // its local partials. null is a structural zero.

  const elementwise = {
    value: (node) => elementsOf(node, node.run.value),

    // One number an element and argument: null for the branch that is not taken, and for all where the rule has none.
    partials: (node) => node.run.partials.map((partial) => partial && elementsOf(node, partial, true)),

    tangent: (node) =>
      node.partials.reduce((total, partial, k) => {
        const { tangent } = node.given[k];
        if (partial === null || tangent === null) {
          return total;
        }
        const places = node.places[k];
        return plus(total, partial.map((slope, element) => (slope === null ? 0 : slope * tangent[places[element]])));
      }, null),

    contributions: (node, skipsMasked) =>
      node.partials.map((partial, k) => {
        if (partial === null || (skipsMasked && partial.every((slope) => slope === null))) {
          return null;
        }
        const term = (element) => (partial[element] === null ? 0 : partial[element] * node.adjoint[element]);
        return collect(node.given[k].shape, node.places[k], term);
      }),

    onKink: (node) => elementsOf(node, node.run.kink).includes(true),

    // For each argument, the places of the elements that elements of the result depend on: no branch that is not taken.
    needs: (node, wanted) =>
      node.places.map((places, k) => {
        const partial = node.partials[k];
        return places.filter((_, element) => wanted[element] && partial?.[element] !== null);
      }),
  };

  // A function on the arguments of each element of a node, after the result if it asks for that.
  function elementsOf(node, compute, takesResult = false) {
    return zeros(node.shape).map((_, element) => {
      const operands = node.given.map(({ value }, k) => value[node.places[k][element]]);
      return takesResult ? compute(node.value[element], ...operands) : compute(...operands);
    });
  }

  // A matrix on the elements of all arguments, one after another.
  const linear = {
    value: (node) => matrixOn(node, node.given.map(({ value }) => value)),
    tangent: (node) => matrixOn(node, node.given.map(({ tangent, shape }) => tangent ?? zeros(shape))),
    partials: (node) => (node.shape.length === 0 ? transposed(node, [1]) : null),
    contributions: (node) => transposed(node, node.adjoint),
    needs: ({ given, entries: { from, into } }, wanted) => {
      const taken = from.filter((_, k) => wanted[into[k]]);
      let end = 0;
      return given.map(({ shape }) => {
        const start = end;
        end += sizeOf(shape);
        return taken.filter((place) => place >= start && place < end).map((place) => place - start);
      });
    },
  };

  function matrixOn({ shape, entries: { from, into, weight } }, operands) {
    const elements = operands.flat();
    return collect(shape, into, (k) => weight[k] * elements[from[k]]);
  }

  function transposed({ given, entries: { from, into, weight } }, cotangent) {
    const sizes = given.map(({ shape }) => sizeOf(shape));
    const length = sizes.reduce((sum, size) => sum + size, 0);
    const whole = collect([length], from, (k) => weight[k] * cotangent[into[k]]);
    let end = 0;
    return sizes.map((size) => whole.slice(end, (end += size)));
  }

  // Sums of products of an element of each of two arguments.
  const bilinear = {
    value: (node) => productsOf(node, ...node.given.map(({ value }) => value)),
    tangent: (node) => {
      const [a, b] = node.given;
      const first = a.tangent && productsOf(node, a.tangent, b.value);
      return b.tangent ? plus(first, productsOf(node, a.value, b.tangent)) : first;
    },
    partials: (node) => (node.shape.length === 0 ? factorsOf(node, [1]) : null),
    contributions: (node) => factorsOf(node, node.adjoint),
    needs: ({ products: { left, right, into } }, wanted) =>
      [left, right].map((places) => places.filter((_, k) => wanted[into[k]])),
  };

  function productsOf({ shape, products: { left, right, into, weight } }, a, b) {
    return collect(shape, into, (k) => weight[k] * a[left[k]] * b[right[k]]);
  }

  function factorsOf({ given: [a, b], products: { left, right, into, weight } }, cotangent) {
    return [
      collect(a.shape, left, (k) => weight[k] * b.value[right[k]] * cotangent[into[k]]),
      collect(b.shape, right, (k) => weight[k] * a.value[left[k]] * cotangent[into[k]]),
    ];
  }

  // Only where a program has pieces is their file there.
  const composed = typeof composition === "undefined" ? null : composition({ zeros, plus, evaluate, pull });

  // The program's nodes in their order, each with its kind, its arguments as nodes, and room for numbers.
  function prepare(program, functions, pieces) {
    const byId = [];
    return program.nodes.map((written) => {
      const given = (written.arguments ?? []).map((argument) => byId[argument]);
      const node = { shape: [], ...written, given, value: null, partials: null, tangent: null, adjoint: null };
      if (node.function !== undefined) {
        node.kind = elementwise;
        node.run = functions[node.function];
        node.places = given.map(({ shape }) => broadcastPlaces(node.shape, shape));
      } else if (node.piece !== undefined) {
        node.kind = composed;
        node.piece = pieces[node.piece];
        node.prepare = (written) => prepare(written, functions, pieces);
      } else if (given.length > 0) {
        node.kind = node.products === undefined ? linear : bilinear;
      }
      byId[node.id] = node;
      return node;
    });
  }

  function evaluate(nodes, inputs) {
    for (const node of nodes) {
      if (node.kind !== undefined) {
        node.value = node.kind.value(node);
        node.partials = node.kind.partials(node);
      } else {
        node.value = (node.constant ?? Array.from(inputs[node.input])).map(numberOf);
      }
    }
  }

  // The tangent of every node along a direction.
  function push(nodes, direction) {
    for (const node of nodes) {
      if (node.kind === undefined) {
        node.tangent = direction.tangents[node.id]?.map(numberOf) ?? null;
      } else {
        node.tangent = node.given.some(({ tangent }) => tangent !== null) ? node.kind.tangent(node) : null;
      }
    }
    return { numbers: whole(nodes, "tangent"), absent: absent(nodes, "tangent") };
  }

  // The derivative of an output, weighed if it is no scalar, by every node but constants and what is held.
  function pull(nodes, output, skipsMasked) {
    for (const node of nodes) {
      node.adjoint = node.id !== output.id ? null : (output.weights?.map(numberOf) ?? zeros(node.shape).fill(1));
    }
    for (const node of [...nodes].reverse()) {
      if (node.adjoint !== null && node.kind !== undefined) {
        node.kind.contributions(node, skipsMasked).forEach((contribution, k) => {
          const argument = node.given[k];
          if (contribution !== null && argument.constant === undefined && !argument.held) {
            argument.adjoint = plus(argument.adjoint, contribution);
          }
        });
      }
    }
    return { numbers: whole(nodes, "adjoint"), absent: absent(nodes, "adjoint") };
  }

  // A quantity of all nodes by their ids, with zeros for structural zeros.
  function whole(nodes, quantity) {
    const numbers = [];
    for (const node of nodes) {
      numbers[node.id] = node[quantity] ?? zeros(node.shape);
    }
    return numbers;
  }

  // The nodes of which it is a structural zero.
  function absent(nodes, quantity) {
    return nodes.filter((node) => node[quantity] === null).map(({ id }) => id);
  }

  // The nodes that stand on a kink of their function, or on a jump.
  function kinks(nodes) {
    return nodes.filter((node) => node.crosses && node.kind.onKink(node)).map(({ id }) => id);
  }

  // By id, which elements of each node some output depends on (verify/needed.py).
  function needed(nodes, outputs) {
    const masks = [];
    for (const { id, shape } of nodes) {
      masks[id] = zeros(shape).fill(outputs.some((output) => output.id === id));
    }
    for (const node of [...nodes].reverse()) {
      if (node.kind !== undefined && masks[node.id].includes(true)) {
        node.kind.needs(node, masks[node.id]).forEach((places, k) => {
          places.forEach((place) => (masks[node.given[k].id][place] = true));
        });
      }
    }
    return masks;
  }

  // The nodes that some output needs where their arguments are outside their function's domain, with the number of the
  // first condition that is not met. NaN is the fault of an earlier node.
  function outside(nodes, outputs) {
    const masks = needed(nodes, outputs);
    return nodes.flatMap((node) => {
      if (node.run === undefined || node.given.some(({ value }) => value.some(Number.isNaN))) {
        return [];
      }
      const fails = (met, element) => !met && masks[node.id][element];
      const condition = node.run.domain.findIndex((holds) => elementsOf(node, holds).some(fails));
      return condition < 0 ? [] : [{ id: node.id, condition }];
    });
  }

  // `functions` is the array of the program's text, `inputs` has the elements of each of `program.inputs`. The answer has
  // `values` by node, `partials` by node and argument, `tangents` by direction and node, `adjoints` by output and node;
  // the ids of nodes whose tangent or adjoint is a structural zero, `still` by direction and `free` by output; and those of
  // nodes on `kinks` and, where an output needs them, `outside` their domain, whose words are in `program`.
  return (program, functions, inputs) => {
    const nodes = prepare(program, functions, program.pieces);
    evaluate(nodes, inputs);
    const partials = [];
    for (const node of nodes) {
      partials[node.id] = node.partials && node.partials.map((partial) => partial && partial.map((slope) => slope ?? 0));
    }
    const pushed = program.directions.map((direction) => push(nodes, direction));
    const pulled = program.outputs.map((output) => [output.id, pull(nodes, output, program.skipsMasked)]);
    const byOutput = (kind) => Object.fromEntries(pulled.map(([id, swept]) => [id, swept[kind]]));
    return {
      values: whole(nodes, "value"),
      partials,
      tangents: pushed.map(({ numbers }) => numbers),
      still: pushed.map(({ absent }) => absent),
      adjoints: byOutput("numbers"),
      free: byOutput("absent"),
      kinks: kinks(nodes),
      outside: outside(nodes, program.outputs),
    };
  };
})();

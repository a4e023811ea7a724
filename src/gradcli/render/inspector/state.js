// What the file holds, and the one state that all numbers on screen come from.

const data = JSON.parse(document.getElementById("data").textContent);
const { nodes, links, columns, outputs, tops, views } = data;
const original = decoded(data.state);
const app = {
  state: original,
  step: 0,
  view: 0,
  chosen: -1,
  pointed: -1,
  pointedCard: -1,
  path: null,
  matches: [],
};

function decoded(state) {
  return {
    values: state.values.map(number),
    tangents: state.tangents.map((column) => column.map(number)),
    adjoints: state.adjoints.map((column) => column.map(number)),
    partials: state.partials.map(number),
    still: columns.map((_, column) => placesOf("still", column)),
    free: outputs.map((_, output) => placesOf("free", output)),
  };
}

// The nodes that do not follow a column, or that an output does not depend on: structural zeros.
function placesOf(kind, which) {
  return new Set(nodes.flatMap((node, place) => (node[kind]?.includes(which) ? [place] : [])));
}

nodes.forEach((node) => {
  node.below ??= node.name;
  node.aliases ??= [];
  node.truths ??= [];
});

function changed() {
  return app.state !== original;
}

// The flat numbers of a number or of an array that was computed here.
function flatOf(x) {
  return typeof x === "number" ? [x] : x?.flat ?? [];
}

// What is wrong at a node, after a change.
function troubleAt(node) {
  const { kinks, outside, values, tangents, adjoints } = app.state;
  if (outside.has(node)) return outside.get(node);
  if (kinks.has(node)) return kinks.get(node);
  const numbers = [values, ...tangents, ...adjoints].flatMap((column) => flatOf(column[node]));
  return numbers.some(Number.isNaN) ? "NaN" : numbers.some((x) => !Number.isFinite(x)) ? "inf" : "";
}

const linksInto = nodes.map(() => []);
const linksFrom = nodes.map(() => []);
links.forEach((link, place) => {
  linksInto[link.target].push(place);
  linksFrom[link.source].push(place);
});

const steps = [];
if (data.point) {
  nodes.forEach((_, node) => steps.push({ sweep: "forward", node }));
  outputs.forEach((_, output) => {
    for (let node = nodes.length - 1; node >= 0; node--) steps.push({ sweep: "reverse", node, output });
  });
}

function reachedForward(node) {
  return data.point && app.step > node;
}

function reachedReverse(node, output) {
  return app.step >= nodes.length * (output + 2) - node;
}

// The step that is looked at; none at the start.
function current() {
  return app.step > 0 ? steps[app.step - 1] : null;
}

// The output whose paths and adjoints are spoken of; `tops` holds the nodes of the outputs.
function currentOutput() {
  const step = current();
  return step && step.sweep === "reverse" ? step.output : 0;
}

function titleOf(node) {
  const { aliases, name } = nodes[node];
  const operation = operationText(node);
  return [...aliases, name, ...(operation ? [operation] : [])].join(" = ");
}

function operationText(node) {
  const { operation, arguments: given } = nodes[node];
  return operation.map((piece) => (typeof piece === "number" ? nodes[given[piece]].name : piece)).join("");
}

// Elements

const byId = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  // One by one: a call takes only so many arguments.
  for (const child of children.flat()) element.append(child);
  return element;
}

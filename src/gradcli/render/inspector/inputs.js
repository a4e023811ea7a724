// Inputs that can be typed or slid: all numbers are then computed anew, by the rules that the command line uses.

const { program } = data;
const placeOf = new Map(nodes.map(({ id }, place) => [id, place]));
const given = program.inputs.map(({ value }) => value.map(number));
const typed = given.map((values) => [...values]);
const fields = [];
let waiting = 0;

// The answer of `recompute` as a state: by place instead of id, arrays with their texts.
function stateOf(answer) {
  const shapeOf = new Map(program.nodes.map(({ id, shape = [] }) => [id, shape]));
  const shaped = (flat, shape) => (shape.length ? arrayOf(flat, shape) : flat[0]);
  const column = (numbers) => nodes.map(({ id }) => shaped(numbers[id], shapeOf.get(id)));
  const words = new Map(program.nodes.map((node) => [node.id, program.functions[node.function] ?? node]));
  const places = (ids) => new Set(ids.map((id) => placeOf.get(id)));
  const needs = new Map(program.nodes.map((node) => [node.id, node.needs]));
  const at = (id, text) => [placeOf.get(id), text];
  return {
    values: column(answer.values),
    tangents: answer.tangents.map(column),
    adjoints: outputs.map(({ node }) => column(answer.adjoints[nodes[node].id])),
    still: answer.still.map(places),
    free: outputs.map(({ node }) => places(answer.free[nodes[node].id])),
    partials: links.map(({ source, target, detached }, link) => {
      const [node, argument] = [nodes[target].id, nodes[source].id];
      const flat = answer.partials[node]?.[positions[link]]?.map((x) => x ?? 0); // null: a branch that is not taken
      if (!flat) return detached ? 0 : null;
      return shaped(flat, flat.length === 1 ? [] : flat.length === size(shapeOf.get(node)) ? shapeOf.get(node) : shapeOf.get(argument));
    }),
    kinks: new Map(answer.kinks.map((id) => at(id, `kink: the derivative taken here is by convention ${words.get(id).convention}`))),
    outside: new Map(answer.outside.map(({ id, condition }) => at(id, `undefined: ${operationText(placeOf.get(id))} needs ${needs.get(id)[condition]}`))),
    where: fields.filter(isChanged).map(({ name, input, element }) => `${name} = ${full(typed[input][element])}`).join(", "),
  };
}

function size(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

function isChanged({ input, element }) {
  return !Object.is(typed[input][element], given[input][element]);
}

const positions = links.map(({ position }) => position);

function compute() {
  waiting = 0;
  const same = !fields.some(isChanged);
  app.state = same ? original : stateOf(recompute(program, functions, typed));
  byId("reset").disabled = same;
  refresh();
  showVerdicts();
  showTroubles();
}

function showTroubles() {
  const found = changed() ? nodes.flatMap((_, node) => (app.state.outside.has(node) || app.state.kinks.has(node) ? [node] : [])) : [];
  byId("troubles").textContent = found.map((node) => `${nodes[node].name}: ${troubleAt(node)}`).join("; ");
}

function speakGradient() {
  const texts = outputs.flatMap(({ name }, output) => program.inputs.map(({ id }) => {
    const place = placeOf.get(id);
    return `${derivativeText(name, place)} = ${short(app.state.adjoints[output][place])}`;
  }));
  byId("spoken").textContent = `Recomputed: ${[...outputs.map(({ name, node }) => `${name} = ${short(app.state.values[node])}`), ...texts].join(", ")}`;
}

function setInput(field, x) {
  typed[field.input][field.element] = x;
  waiting ||= requestAnimationFrame(compute);
}

// What is typed, or null: a number as the command line reads it, or a product or quotient of numbers and pi.
function readNumber(text) {
  const plain = text.trim().replaceAll("−", "-").replaceAll("\u03c0", "pi").toLowerCase();
  if (/^[+-]?inf$|^nan$/.test(plain)) return Number(plain.replace("inf", "Infinity"));
  const [, sign, rest] = /^([+-]?)(.*)$/.exec(plain);
  const [first, ...more] = rest.split(/\s*([*/])\s*/);
  let x = readFactor(first);
  for (let place = 0; place < more.length; place += 2) {
    const other = readFactor(more[place + 1]);
    x = more[place] === "*" ? x * other : x / other;
  }
  if (!Number.isFinite(x)) return null;
  return sign === "-" ? -x : x;
}

function readFactor(text) {
  if (text === "pi") return Math.PI;
  return /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(text) ? Number(text) : NaN;
}

function indexText(element, shape) {
  const index = [];
  for (const length of [...shape].reverse()) {
    index.unshift(element % length);
    element = Math.floor(element / length);
  }
  return shape.length ? `[${index}]` : "";
}

// The slider spans twice the number to both sides, in steps of a power of ten.
function makeField(input, element) {
  const { id, shape } = program.inputs[input];
  const start = given[input][element];
  const field = { input, element, name: `${nodes[placeOf.get(id)].name}${indexText(element, shape)}` };
  const reach = Number.isFinite(start) ? 2 * Math.max(1, Math.abs(start)) : 4;
  const middle = Number.isFinite(start) ? start : 0;
  const step = 10 ** Math.floor(Math.log10(reach / 100));
  const text = make("input", { type: "text", id: `input-${input}-${element}`, inputmode: "decimal", autocomplete: "off" });
  const slider = make("input", { type: "range", min: middle - reach, max: middle + reach, step, "aria-label": `${field.name}, slider` });
  const note = make("p", { class: "alarm-word field-note", id: `note-${input}-${element}`, "aria-live": "polite" });
  text.setAttribute("aria-describedby", note.id);
  const valid = (words = "") => {
    note.textContent = words;
    if (words) text.setAttribute("aria-invalid", "true");
    else text.removeAttribute("aria-invalid");
  };
  field.show = (x) => {
    text.value = full(x);
    slider.value = x;
    valid();
  };
  text.addEventListener("input", () => {
    const x = readNumber(text.value);
    if (x === null) return valid(`not a number: ${field.name} = ${full(typed[input][element])} stands`);
    valid();
    slider.value = x;
    return setInput(field, x);
  });
  slider.addEventListener("input", () => {
    const x = Number(Number(slider.value).toPrecision(12));
    text.value = full(x);
    valid();
    setInput(field, x);
  });
  for (const control of [text, slider]) control.addEventListener("change", () => requestAnimationFrame(speakGradient));
  field.show(start);
  fields.push(field);
  return make("div", { class: "field" }, make("label", { for: text.id, class: "mono" }, make("bdi", {}, field.name)), text, slider, note);
}

function prepareInputs() {
  const count = given.reduce((sum, values) => sum + values.length, 0);
  if (!count) return;
  const box = byId("inputs");
  const rows = given.flatMap((values, input) => values.map((_, element) => makeField(input, element)));
  const reset = make("button", { id: "reset", disabled: true, onclick: () => {
    fields.forEach((field) => {
      typed[field.input][field.element] = given[field.input][field.element];
      field.show(given[field.input][field.element]);
    });
    compute();
    speakGradient();
  } }, "Back to the original point");
  box.append(make("div", { class: "fields" }, ...rows), make("p", { class: "alarm-word", id: "troubles" }), reset);
  box.hidden = false;
  box.open = count <= 3 && innerHeight >= 860;
}

prepareInputs();

// The panel: the step's arithmetic, and all there is to say about the node that is pointed at or selected.

function equation({ left, right, note }) {
  const long = left.length > 24;
  const rows = [make("span", { class: "left" }, left)];
  right.forEach((text, place) => {
    const last = place === right.length - 1;
    if (place) rows.push(make("span"));
    rows.push(make("span", { class: last ? "right last" : "right" }, "= ", summands(text)));
  });
  if (long) rows.splice(0, rows.length, ...rows.filter((row) => row.textContent));
  const whole = make("div", { class: long ? "math equation long" : "math equation" }, ...rows);
  return note ? [whole, hint(note)] : [whole];
}

// A sum in pieces that a line breaks between, and not inside a product.
function summands(text) {
  return text.split(/ (?=[+−] )/).flatMap((term, place) => [place ? " " : "", make("span", { class: "term" }, term)]);
}

function hint(text) {
  return make("p", { class: "hint" }, text);
}

function agrees(text) {
  return make("p", { class: "agrees" }, text);
}

function sweepName({ sweep, output }) {
  return sweep === "forward" ? "Forward sweep" : `Reverse sweep of ${outputs[output].name}`;
}

function showStep() {
  const box = byId("step");
  if (!steps.length) return;
  box.hidden = false;
  const step = current();
  if (!step) {
    box.replaceChildren(
      make("h2", {}, "Before the first step"),
      hint("The forward sweep computes values and tangents from the inputs on; the reverse sweep carries adjoints back from the output."),
    );
    return;
  }
  const heading = make("h2", {}, make("span", { class: "sweep" }, sweepName(step)), " · ", make("bdi", {}, nodes[step.node].name));
  const ended = step.sweep === "reverse" && step.node === 0 ? [ending(outputs[step.output])] : [];
  box.replaceChildren(heading, ...stepEquations(step).flatMap(equation), ...ended);
}

// The last word of a reverse sweep: it is the gradient only where nothing is known against it.
function ending({ swept, refuted }) {
  if (changed()) {
    const trouble = nodes.some((_, node) => troubleAt(node));
    return trouble
      ? make("p", { class: "alarm-word" }, `The adjoints of the inputs need not be ${swept}: look at the marked cards.`)
      : agrees(`The adjoints of the inputs are ${swept} by the rules; nothing has checked it here.`);
  }
  if (!refuted) return agrees(`The adjoints of the inputs are ${swept}.`);
  return make("p", { class: "alarm-word" }, `The adjoints of the inputs are not ${swept}: ${refuted.join("; ") || "see the verdict"}.`);
}

function speakStep() {
  const step = current();
  const words = step ? stepEquations(step).map(({ left, right }) => [left, ...right.slice(-2)].join(" = ")) : [];
  byId("spoken").textContent = step ? `${sweepName(step)}, step ${app.step} of ${steps.length}: ${words.join("; ")}` : "Before the first step";
}

function facts(pairs) {
  const cells = pairs.flatMap(([term, text]) => [make("dt", {}, term), make("dd", { class: "mono" }, text)]);
  return make("dl", { class: "facts" }, ...cells);
}

// Drawn anew only when something else is to be said, so that the focus can be in it.
let told = null;

function showDetails() {
  const box = byId("details");
  const node = app.pointed >= 0 ? app.pointed : app.chosen;
  const content = [node, node < 0 && app.pointedCard, node === app.chosen, app.step, app.view];
  if (told?.state === app.state && content.every((part, place) => part === told.content[place])) return;
  told = { state: app.state, content };
  if (node < 0) {
    const card = app.pointedCard >= 0 ? views[app.view].cards[app.pointedCard] : null;
    box.replaceChildren(...(card ? cardDetails(card) : noDetails()));
    return;
  }
  const numbers = [...numbersOf(node), ...rulesOf(node)];
  const swept = data.point && outputs.length > 0;
  // What was asked for by selecting comes first.
  const parts = !data.point ? [...numbers, ...formulasOf(node)] : !swept ? numbers : node === app.chosen ? [...pathsOf(node), make("h3", {}, "In full"), ...numbers] : [...numbers, ...contributionsOf(node)];
  box.replaceChildren(make("h2", { class: "math" }, make("bdi", {}, titleOf(node))), ...alarmAt(node), ...parts);
  box.scrollTop = 0;
}

function noDetails() {
  const paths = outputs.length ? " Select it to see the paths on which the gradient reaches it." : "";
  const what = data.point ? `its numbers in full.${paths}` : "the formulas of its local partials and their products along the paths to the output.";
  return [hint(`Point at a card, or reach it with the Tab and arrow keys, for ${what}`)];
}

function cardDetails(card) {
  const opens = card.opens > 0 ? "Click or press Enter to open the group." : "";
  return [make("h2", {}, make("bdi", {}, card.title)), ...[changed() && card.opens > 0 ? `At the original point: ${card.description}` : card.description, opens].filter(Boolean).map((text) => hint(text))];
}

function numbersOf(node) {
  const { shape } = nodes[node];
  const { values, tangents, adjoints } = app.state;
  const pairs = shape ? [["shape", shape]] : [];
  if (reachedForward(node)) {
    pairs.push(["value", full(values[node])]);
    columns.forEach((column, c) => pairs.push([`∂${nodes[node].below}/∂${column}`, full(tangents[c][node])]));
  }
  outputs.forEach(({ name }, output) => {
    if (reachedReverse(node, output)) pairs.push([derivativeText(name, node), full(adjoints[output][node])]);
  });
  if (!changed() && app.step === steps.length) pairs.push(...nodes[node].truths);
  return pairs.length ? [facts(pairs)] : [];
}

function alarmAt(node) {
  const { alarm, convention } = nodes[node];
  const told = convention ? `${alarm}: the derivative taken here is by convention ${convention}` : alarm;
  const words = changed() ? troubleAt(node) : told;
  if (!words) return [];
  const why = /NaN|inf|undefined/.test(words) ? [hint("gradcli why, with the same arguments, says where it comes from.")] : [];
  return [make("p", { class: "alarm-word" }, words), ...why];
}

function rulesOf(node) {
  if (!linksInto[node].length) return [];
  const lines = linksInto[node].map((link) => {
    const { formula, map, detached } = links[link];
    const partial = app.state.partials[link];
    if (detached) return equation({ left: localText(link), right: ["0, no derivative flows"] })[0];
    const shown = partial !== null && partial !== undefined && reachedForward(node) ? full(partial) : "";
    const left = map ? `${localText(link)} is the map ${formula}` : localText(link);
    return equation({ left, right: unique([map ? "" : formula, shown]) })[0];
  });
  return [make("h3", {}, lines.length > 1 ? "Local partials" : "Local partial"), ...lines];
}

// How the adjoint is put together, for a node that is only pointed at.
function contributionsOf(node) {
  const output = currentOutput();
  if (!reachedReverse(node, output)) return [];
  const { left, right, note } = reverseEquation(node, output);
  return [make("h3", {}, "Adjoint"), ...equation({ left, right, note })];
}

// Kept while the same is asked: of a node with very many users it takes long to put together.
let traced = null;

function pathsOf(node) {
  const output = currentOutput();
  const { state } = app;
  if (traced?.node !== node || traced.output !== output || traced.state !== state) {
    traced = { node, output, state, parts: pathsTo(output, node) };
  }
  return traced.parts;
}

// The paths from a selected node to an output, and that what comes along them adds up.
function pathsTo(output, node) {
  const { name, node: top, weight } = outputs[output];
  const { state } = app;
  const found = between(node, top);
  const heading = (text) => make("h3", {}, text);
  if (!found.nodes.size) {
    const words = depends(output, node) ? "The paths lead through nodes that have no card of their own here." : `${name} does not depend on it.`;
    return [heading("Paths"), hint(words)];
  }
  if (node === top) return [heading("Paths"), hint(`This is ${name} itself: its own derivative is ${outputs[output].start}.`)];
  const count = countPaths(top).get(node);
  const plain = data.scalar && typeof weight === "number";
  const title = `${count > 1e6 ? "Over a million paths" : count === 1 ? "One path" : `${count} paths`} to ${nodes[top].name}`;
  const rows = plain && count <= MOST_PATHS ? pathRows(node, output) : edgeRows(node, output);
  const adjoint = state.adjoints[output][node];
  const terms = rows.map((row) => row.term).filter((x) => x !== undefined);
  const sum = terms.length > 1 ? summandsText(terms) : "";
  const cells = [make("th", { scope: "row" }, derivativeText(name, node)), make("td", {}, sum), make("td", {}, short(adjoint))];
  const known = [...found.nodes].every((at) => at === top || !nodes[at].unseen);
  const body = make("tbody", {}, rows.flatMap(({ element }) => element ?? []), omittedRow(rows));
  const table = make("table", { class: "paths" }, body, make("tfoot", {}, make("tr", {}, ...cells)));
  return [heading(title), table, ...(known ? agreement(terms, adjoint) : [agrees("Some paths lead through nodes that have no card of their own here.")])];
}

// Without a point: the products of local partials along the paths to each output, as formulas.
function formulasOf(node) {
  return tops.flatMap((top) => {
    const found = between(node, top);
    if (node === top || !found.nodes.size) return [];
    const count = countPaths(top).get(node);
    const left = derivativeText(nodes[top].name, node);
    const heading = make("h3", {}, count === 1 ? `One path to ${nodes[top].name}` : `Paths to ${nodes[top].name}`);
    if (count > MOST_PATHS) return [heading, hint(`${count > 1e6 ? "Over a million" : count} paths: too many to write down.`)];
    const paths = listPaths(node, top);
    const rows = paths.map((edges) => tableRow(chainText(node, edges), () => edges, productText(edges)));
    const sum = paths.map(productText).join(" + ");
    const body = make("tbody", {}, ...rows.map((row) => row.element));
    return [heading, make("table", { class: "paths" }, body), ...equation({ left, right: [sum] })];
  });
}

function productText(edges) {
  const factors = edges.map(formulaFactor).filter((text) => text !== "1");
  return factors.join("·") || "1";
}

// A local partial as a factor of a product; of a linear map its name.
function formulaFactor(link) {
  const { formula, map, detached } = links[link];
  if (detached) return "0";
  if (map) return localText(link);
  return /^[^\s/+−<>=]+$/.test(formula) ? formula : `(${formula})`;
}

function summand(x, place) {
  if (!place) return short(x);
  return x < 0 ? `− ${short(-x)}` : `+ ${short(x)}`;
}

function summandsText(terms) {
  const omitted = terms.length - data.mostTerms;
  const shown = terms.slice(0, data.mostTerms).map(summand).join(" ");
  return omitted > 0 ? `${shown} + … and ${omitted.toLocaleString("en")} more` : shown;
}

function omittedRow(rows) {
  const omitted = rows.filter(({ element }) => !element).length;
  if (!omitted) return [];
  return make("tr", {}, make("th", { scope: "row", colspan: 3, class: "hint" }, `and ${omitted.toLocaleString("en")} more`));
}

function agreement(terms, adjoint) {
  if (!terms.length || typeof adjoint !== "number") return [];
  const sum = terms.reduce((a, b) => a + b, 0);
  const scale = terms.reduce((most, x) => Math.max(most, Math.abs(x)), Math.abs(adjoint));
  const same = Object.is(sum, adjoint) || Math.abs(sum - adjoint) <= 1e-12 * scale * terms.length;
  const text = same
    ? "The contributions add up to the adjoint."
    : `Added up here they give ${full(sum)}; the adjoint is ${full(adjoint)}.`;
  return [agrees(text)];
}

function pathRows(node, output) {
  const top = tops[output];
  const { weight } = outputs[output];
  return listPaths(node, top).map((edges) => {
    const partials = edges.map((link) => app.state.partials[link]);
    const factors = weight === 1 ? partials : [weight, ...partials];
    return tableRow(chainText(node, edges), () => edges, factors.map(factor).join(""), factors.reduce((a, b) => a * b, 1));
  });
}

function chainText(node, edges) {
  return [node, ...edges.map((link) => links[link].target)].map((at) => nodes[at].name).join(" → ");
}

// Of many edges only the first have a row; the others have their terms.
function edgeRows(node, output) {
  const top = tops[output];
  const count = countPaths(top);
  return edgesTowards(node, top).map((link, place) => {
    const { target, contributions } = links[link];
    const term = contribution(link, output);
    if (place >= MOST_ROWS) return contributions ? {} : { term };
    const single = count.get(target) === 1;
    const text = contributions ? "" : factor(app.state.adjoints[output][target]) + factor(app.state.partials[link]);
    const many = count.get(target) > 1e6 ? "over a million paths" : `${count.get(target)} paths`;
    const name = single ? chainText(node, [link, ...listPaths(target, top)[0]]) : `through ${nodes[target].name} (${many})`;
    const row = tableRow(name, () => [link, ...between(target, top).links], text, term);
    return contributions ? { element: row.element } : row;
  });
}

// A row whose path is marked in the picture while it is pointed at.
function tableRow(name, edges, text, term) {
  const mark = (path) => () => {
    app.path = path();
    refreshPicture();
  };
  const button = make("button", { class: "plain", onfocus: mark(edges), onblur: mark(() => null) }, name);
  const element = make(
    "tr",
    { onpointerenter: mark(edges), onpointerleave: mark(() => null) },
    make("th", { scope: "row" }, button),
    make("td", {}, text),
    ...(term === undefined ? [] : [make("td", {}, typeof term === "number" ? short(term) : term)]),
  );
  return { element, term };
}

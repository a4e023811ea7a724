// The arithmetic of a step: a list of equations, each a left side and the right sides that follow it.

function derivativeText(above, node) {
  return `∂${above}/∂${nodes[node].below}`;
}

function localText(link) {
  return `∂${nodes[links[link].target].below}/∂${nodes[links[link].source].below}`;
}

// Two edges between the same nodes (x*x) are told apart by their formulas.
function localFactor(link) {
  const { source, target, formula } = links[link];
  const alike = linksInto[target].filter((other) => links[other].source === source);
  if (alike.length === 1) return localText(link);
  return /^[^\s·/+−]+$/.test(formula) ? formula : `(${formula})`;
}

function unique(texts) {
  return texts.filter((text, place) => text && text !== texts[place - 1]);
}

function stepEquations({ sweep, node, output }) {
  return sweep === "forward" ? forwardEquations(node) : [reverseEquation(node, output)];
}

function forwardEquations(node) {
  const { state } = app;
  const found = [{ left: nodes[node].name, right: unique([operationText(node), filledText(node), short(state.values[node])]) }];
  columns.forEach((column, c) => {
    const left = `∂${nodes[node].below}/∂${column}`;
    const whole = nodes[node].forward;
    if (whole) found.push(writtenEquation(whole[c], state.tangents[c][node]));
    else found.push({ left, right: unique([...tangentTexts(node, c), short(state.tangents[c][node])]) });
  });
  return found;
}

// An operation with the numbers of its arguments, where all are single numbers.
function filledText(node) {
  const { operation, arguments: given } = nodes[node];
  const numbers = given.map((argument) => (argument < 0 ? null : app.state.values[argument]));
  if (!given.length || !operation.some((piece) => typeof piece === "number")) return "";
  if (numbers.some((x) => typeof x !== "number") || typeof app.state.values[node] !== "number") return "";
  return operation
    .map((piece, place) => {
      if (typeof piece !== "number") return piece;
      const alone = /[(,]$/.test(operation[place - 1] ?? "") && /^[),]/.test(operation[place + 1] ?? "");
      return numbers[piece] < 0 && !alone ? factor(numbers[piece]) : short(numbers[piece]);
    })
    .join("");
}

function tangentTexts(node, column) {
  const { partials, tangents } = app.state;
  const terms = linksInto[node].filter((link) => !links[link].detached && follows(links[link].source, column));
  if (!terms.length) return [];
  const below = `∂${columns[column]}`;
  return [
    sumText([], terms, (link) => `${localFactor(link)}·∂${nodes[links[link].source].below}/${below}`),
    sumText([], terms, (link) => factor(partials[link]) + factor(tangents[column][links[link].source])),
  ];
}

// The terms of a sum that begins with some texts; of many only the first are written.
function sumText(begun, terms, write) {
  const omitted = terms.length - data.mostTerms;
  const rest = omitted > 0 ? [`… and ${omitted.toLocaleString("en")} more`] : [];
  return [...begun, ...terms.slice(0, data.mostTerms).map(write), ...rest].join(" + ");
}

// Whether a node depends on what a column follows. The sweeps skip what does not, so that 0 times infinity does not arise
// from it; a computed 0 is a number like any other.
function follows(node, column) {
  return !app.state.still[column].has(node);
}

function reverseEquation(node, output) {
  const { state } = app;
  const whole = nodes[node].reverse;
  if (whole) return writtenEquation(whole[output], state.adjoints[output][node]);
  const { name, start, node: top } = outputs[output];
  const terms = contributingLinks(node, output);
  const begun = node === top ? [start] : [];
  const symbol = (link) => `${derivativeText(name, links[link].target)}·${localFactor(link)}`;
  const numbers = (link) => factor(state.adjoints[output][links[link].target]) + factor(state.partials[link]);
  const sums = [symbol, numbers].map((write) => sumText(begun, terms, write));
  return {
    left: derivativeText(name, node),
    right: unique([...sums, short(state.adjoints[output][node])]),
    note: depends(output, node) ? "" : `${name} does not depend on it`,
  };
}

// Whether an output depends on a node at all.
function depends(output, node) {
  return !app.state.free[output].has(node);
}

// The edges that add to an adjoint.
function contributingLinks(node, output) {
  return linksFrom[node].filter((link) => !links[link].detached && depends(output, links[link].target));
}

// An equation that came as text: of arrays there are no single numbers to put in. After a change only its words hold.
function writtenEquation(text, result) {
  const [left, ...right] = text.split(" = ");
  const words = changed() ? right.filter((side) => side.includes("∂") || /d[A-Za-z]/.test(side)) : right.slice(0, -1);
  return { left, right: [...words, rowsText(changed() ? full(result) : right.at(-1))] };
}

// An array in four digits, a row a line; the panel of its node has it in full.
function rowsText(text) {
  const end = text.startsWith("[") ? text.lastIndexOf("]") : 0;
  const numbers = text.slice(0, end).replace(/[\d.]+(e[−+]?\d+)?/g, (digits) => short(Number(digits.replace("−", "-"))));
  return numbers.replaceAll("], [", "],\n [") + text.slice(end);
}

function contribution(link, output) {
  const given = links[link].contributions;
  if (given) return changed() ? "" : given[output];
  return app.state.adjoints[output][links[link].target] * app.state.partials[link];
}

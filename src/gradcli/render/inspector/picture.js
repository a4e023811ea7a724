// Cards and edges on screen: their numbers, what the step and the selection mark, keyboard and pointer.

// What makes cards controls: one of them at a time is reached by the Tab key, the others by arrow keys.
function dressCards(picture) {
  picture.svg.removeAttribute("role");
  picture.svg.setAttribute("role", "group");
  picture.cards.forEach(({ element, card, box }, k) => {
    element.setAttribute("role", "button");
    element.setAttribute("tabindex", k === 0 ? 0 : -1);
    if (card.opens !== undefined) element.classList.add("group");
    if (card.node < 0) element.setAttribute("aria-label", card.opens > 0 ? `${card.title}, a group; opens` : card.title);
    element.addEventListener("click", () => dragged || press(k));
    element.addEventListener("pointerenter", () => point(card.node, k));
    element.addEventListener("pointerleave", () => point(-1));
    element.addEventListener("focus", () => {
      picture.cards.forEach((other) => other.element.setAttribute("tabindex", other.element === element ? 0 : -1));
      point(card.node, k);
      reveal(box);
    });
    element.addEventListener("blur", () => point(-1));
    element.addEventListener("keydown", (event) => cardKey(event, k));
  });
}

function point(node, card = -1) {
  app.pointed = node;
  app.pointedCard = node < 0 ? card : -1;
  showDetails();
}

function press(k) {
  const { card } = parts(app.view).cards[k];
  if (card.opens > 0) openView(card.opens);
  else choose(card.node);
  if (card.opens === -1) followCard(card);
}

function choose(node) {
  app.chosen = app.chosen === node ? -1 : node;
  app.path = null;
  refresh();
}

function cardKey(event, k) {
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (event.key === "Enter" || event.key === " ") press(k);
  else if (arrows[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) focusCard(neighbour(k, arrows[event.key]));
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// The nearest card in a direction: what is aside counts twice.
function neighbour(k, [dx, dy]) {
  const middles = parts(app.view).cards.map(({ box }) => [box.x + box.width / 2, box.y + box.height / 2]);
  let best = k;
  let least = Infinity;
  middles.forEach(([x, y], other) => {
    const along = (x - middles[k][0]) * dx + (y - middles[k][1]) * dy;
    const aside = Math.abs((x - middles[k][0]) * dy) + Math.abs((y - middles[k][1]) * dx);
    if (along > 1 && along + 2 * aside < least) [best, least] = [other, along + 2 * aside];
  });
  return best;
}

function focusCard(k) {
  parts(app.view).cards[k]?.element.focus({ preventScroll: true });
}

function refreshPicture() {
  const { cards, edges, view } = parts(app.view);
  const step = current();
  const chosen = app.chosen >= 0 ? onward(app.chosen) : null;
  const onPath = chosen && (app.path ? pathOf(app.path) : chosen);
  const has = (card, set) => card.members.some((node) => set.has(node));
  cards.forEach((drawn) => {
    const { element, rows, card } = drawn;
    if (drawn.state !== app.state) rewriteCard(drawn);
    rows.forEach((row) => refreshRow(row, card));
    drawn.heat?.classList.toggle("later", !reachedForward(card.node));
    const marks = element.classList;
    marks.toggle("current", Boolean(step) && card.members.includes(step.node) && !card.again);
    marks.toggle("chosen", app.chosen >= 0 && card.node === app.chosen);
    marks.toggle("on-path", Boolean(onPath) && has(card, onPath.nodes));
    marks.toggle("dim", Boolean(onPath) && card.node !== app.chosen && !has(card, onPath.nodes));
    marks.toggle("found", card.node >= 0 && app.matches.includes(card.node));
    if (card.node < 0) return;
    if (element.ariaPressed !== String(card.node === app.chosen)) element.setAttribute("aria-pressed", card.node === app.chosen);
    const words = spokenCard(card);
    if (element.ariaLabel !== words) element.setAttribute("aria-label", words);
  });
  const active = new Set(!step ? [] : step.sweep === "forward" ? linksInto[step.node] : linksFrom[step.node]);
  edges.forEach(({ element, label, source, target, link }) => {
    const marked = (set) => link >= 0
      ? set.has(link)
      : [...set].some((k) => view.cardOf.get(links[k].source) === source && view.cardOf.get(links[k].target) === target);
    const [now, path] = [marked(active), Boolean(onPath) && marked(onPath.links)];
    for (const part of [element, label?.element]) {
      part?.classList.toggle("active", now && !onPath);
      part?.classList.toggle("on-path", path);
      part?.classList.toggle("dim", Boolean(onPath) && !path);
    }
    if (label && link >= 0) refreshLabel(label, link);
  });
}

// What lies on paths to the output that is spoken of; without adjoints, to any.
function onward(node) {
  const found = (outputs.length ? [tops[currentOutput()]] : tops).map((top) => between(node, top));
  const all = (kind) => new Set(found.flatMap((one) => [...one[kind]]));
  return { nodes: all("nodes"), links: all("links") };
}

// What a card says of the state, whatever the step: written when the state is another one.
function rewriteCard(drawn) {
  const { rows, card } = drawn;
  drawn.state = app.state;
  for (const row of rows) if (row.node >= 0 && row.part && row.part !== "truth") rewriteRow(row);
  if (!card.again) refreshAlarm(drawn);
  if (drawn.heat && data.heat) redrawHeat(drawn);
}

function rewriteRow(row) {
  const x = rowNumber(row, row.node);
  if (row.ofArray === "norm") row.label.lastChild.data = changed() ? x.normLabel : row.called;
  write(row, changed() ? rowText(row, x) : row.text);
  if (row.tint) setAttributes(row.tint, changed() ? tint(flatOf(x), largestAdjoint()) : row.look);
}

// After a change a card is marked for what is wrong now; the word for what was is hidden.
function refreshAlarm(drawn) {
  const { element, card, frame, box, pill } = drawn;
  const words = changed() ? troubleIn(card) : "";
  drawn.trouble?.remove();
  drawn.trouble = words ? element.appendChild(alarmPill(frame, box, words)) : null;
  frame.classList.toggle("alarmed", changed() ? words !== "" : Boolean(pill));
  pill?.parentNode.classList.toggle("later", changed());
}

// What is wrong on a card now: of a group how many nodes have which trouble.
function troubleIn({ node, members }) {
  const count = new Map();
  for (const member of members) {
    const word = troubleAt(member).split(":")[0];
    if (word) count.set(word, (count.get(word) ?? 0) + 1);
  }
  return [...count].map(([word, number]) => (node >= 0 ? word : `${number} ${word}`)).join(", ");
}

// A word on the upper border of a card, where there is nothing else.
function alarmPill(frame, { x, y, width }, word) {
  const length = word.length * 6.7 + 12;
  const left = x + width - length - 8;
  const [pill, box, text] = ["g", "rect", "text"].map((tag) => document.createElementNS(frame.namespaceURI, tag));
  setAttributes(box, { class: "alarm-pill", x: left, y: y - 9, width: length, height: 17, rx: 8.5 });
  setAttributes(text, { class: "alarm-text", x: left + length / 2, y: y + 3.5, "font-size": 11, "text-anchor": "middle" });
  text.textContent = word;
  pill.setAttribute("class", "now-pill");
  pill.append(box, text);
  return pill;
}

function pathOf(edges) {
  const on = new Set(edges.map((link) => links[link].target));
  if (edges.length) on.add(links[edges[0]].source);
  return { nodes: on, links: new Set(edges) };
}

function spokenCard({ node }) {
  const { values, adjoints } = app.state;
  const parts = [titleOf(node)];
  if (nodes[node].role) parts.push(nodes[node].role);
  const alarm = changed() ? troubleAt(node) : nodes[node].alarm;
  if (alarm) parts.push(alarm);
  if (reachedForward(node)) parts.push(`value ${short(values[node])}`);
  outputs.forEach(({ name }, output) => {
    if (reachedReverse(node, output)) parts.push(`derivative of ${name} by it ${short(adjoints[output][node])}`);
  });
  return parts.join(", ");
}

function rowNumber({ part, which }, node) {
  const { values, tangents, adjoints } = app.state;
  if (part === "value") return values[node];
  return part === "tangent" ? tangents[which]?.[node] : adjoints[which]?.[node];
}

function rowReached({ part, which, node, ofArray }, { members }) {
  if (!part || !data.point) return true;
  if (part === "truth") return !changed() && app.step === steps.length;
  if (node >= 0) return part === "adjoint" ? reachedReverse(node, which) : reachedForward(node);
  if (ofArray !== "largest" || !members.length) return app.step === steps.length;
  return members.every((member) => reachedReverse(member, outputs.length - 1));
}

function refreshRow(row, card) {
  // Which node of a group has the largest adjoint, and how large it is, is known of the original point only.
  const outdated = Boolean(row.part) && row.node < 0 && changed();
  const later = outdated || !rowReached(row, card);
  row.label.classList.toggle("later", row.part === "truth" ? later : outdated);
  row.value.classList.toggle("later", later);
  row.tint?.classList.toggle("later", later);
}

function rowText({ ofArray }, x) {
  return { range: x.range, norm: x.norm, strange: x.odd || "none" }[ofArray] ?? short(x);
}

function setAttributes(element, pairs) {
  for (const [name, value] of Object.entries(pairs)) element.setAttribute(name, value);
}

function labelEnd(label) {
  return Number(label.getAttribute("x")) + label.textContent.length * 6.7 + 4;
}

// A text that a change made too long for its place is set narrower.
function write({ value, label }, text) {
  if (value.lastChild.data === text) return;
  value.lastChild.data = text;
  value.removeAttribute("textLength");
  const room = Number(value.getAttribute("x")) - labelEnd(label);
  if (changed() && text.length * 7.3 > room) setAttributes(value, { textLength: room, lengthAdjust: "spacingAndGlyphs" });
}

// Of the nodes in this picture, in a state that was computed here.
function largestAdjoint() {
  const numbers = () => app.state.adjoints.flatMap((column) => views[app.view].own.flatMap((node) => flatOf(column[node])));
  app.state.largest ??= [];
  return app.state.largest[app.view] ??= numbers().reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
}

// As the drawing does it: on a logarithmic scale, blue for positive, orange for negative.
function tint(flat, top) {
  const x = flat.some(Number.isNaN) ? NaN : flat.reduce((most, n) => (Math.abs(n) > Math.abs(most) ? n : most), 0);
  const mixed = flat.some((n) => n > 0) && flat.some((n) => n < 0);
  const odd = !Number.isFinite(x);
  const named = odd ? "nan" : x === 0 || mixed ? "zero" : x > 0 ? "positive" : "negative";
  const size = Math.abs(x);
  const { decades, least, faintest, strongest, ofNaN } = data.tints;
  const share = size === 0 ? 0 : size >= top ? 1 : Math.max(least, 1 - ((1 - least) * Math.log10(top / size)) / decades);
  const opacity = odd ? ofNaN : faintest + (strongest - faintest) * share;
  return { class: `tint-${named}`, "fill-opacity": opacity.toFixed(2) };
}

function refreshLabel(label, link) {
  const { element, text, words } = label;
  element.classList.toggle("later", data.point && !reachedForward(links[link].target));
  const told = changed() && !links[link].detached ? partialText(link, words) : words;
  if (text.lastChild.data === told) return;
  text.lastChild.data = told;
  element.querySelector(".tint-nan")?.classList.toggle("later", changed() && !/NaN|inf/.test(told));
  const width = told.length * 6.7 + 10;
  const x = Number(text.getAttribute("x")) - width / 2;
  element.querySelectorAll("rect").forEach((rect) => setAttributes(rect, { x, width }));
}

// One number where it says all, or a few; a formula holds after a change too.
function partialText(link, words) {
  const flat = flatOf(app.state.partials[link]);
  if (flat.length && flat.every((x) => x === flat[0])) return short(flat[0]);
  const text = app.state.partials[link]?.short ?? "norm";
  return text.startsWith("norm") ? (/\d/.test(words[0]) || words[0] === "[" ? localText(link) : words) : text;
}

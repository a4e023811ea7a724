// The evaluation trace (Wengert list), in step with the picture.

const traceRows = [];
let tableState = null;
// Of more tangent columns paper shows none: the adjoints are what has to be read.
const MOST_PRINTED = 4;

function prepareTable() {
  const adjoints = outputs.map(({ name }) => `∂${name}/∂v`);
  const head = data.point ? ["v", "value", ...adjoints, ...columns.map((column) => `∂/∂${column}`)] : ["v", "local partials"];
  const body = make("tbody");
  nodes.forEach((_, node) => {
    const button = make("button", { class: "plain", tabindex: node ? -1 : 0 }, titleOf(node));
    const cells = head.slice(1).map(() => make("span"));
    const wrapped = cells.map((cell, place) => make("td", { class: place > outputs.length ? "tangent" : false }, cell));
    const row = make("tr", {}, make("th", { scope: "row", title: titleOf(node) }, button), ...wrapped);
    row.addEventListener("click", () => selectRow(node));
    row.addEventListener("pointerenter", () => point(node));
    row.addEventListener("pointerleave", () => point(-1));
    button.addEventListener("focus", () => {
      traceRows.forEach((other) => (other.button.tabIndex = other.button === button ? 0 : -1));
      point(node);
    });
    button.addEventListener("blur", () => point(-1));
    button.addEventListener("keydown", (event) => {
      const to = { ArrowDown: node + 1, ArrowUp: node - 1 }[event.key];
      if (to === undefined) return;
      traceRows[to]?.button.focus();
      event.preventDefault();
      event.stopPropagation();
    });
    traceRows.push({ row, cells, button });
    body.append(row);
  });
  const fixed = data.fixed ? [`The inputs cannot be changed in this page: ${data.fixed}.`] : [];
  if (nodes.some(({ alarm }) => /NaN/.test(alarm))) fixed.push("gradcli why, with the same arguments, says where the NaN comes from.");
  const columnHeads = head.map((title, place) => make("th", { scope: "col", title, class: place > 1 + outputs.length ? "tangent" : false }, title));
  const tangents = columns.length > MOST_PRINTED ? "many" : "few";
  const table = make("table", { class: "trace", "data-tangents": tangents }, make("thead", {}, make("tr", {}, ...columnHeads)), body);
  byId("trace").append(
    make("h2", {}, "Evaluation trace"),
    make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Evaluation trace, scrolls" }, table),
    ...[...data.notes, ...fixed].map((note) => make("p", { class: "note" }, note)),
  );
}

function selectRow(node) {
  choose(node);
  const card = views[app.view].cardOf.get(node);
  if (card !== undefined) reveal(parts(app.view).cards[card].box);
}

// A step hides and shows cells and marks them, without a change of their sizes: the browser then lays out nothing anew.
function refreshTable() {
  const step = current();
  if (tableState !== app.state) rewriteTable();
  traceRows.forEach(({ row, cells }, node) => {
    const here = step?.node === node;
    row.classList.toggle("current", here);
    row.classList.toggle("chosen", app.chosen === node);
    if (!data.point) return;
    cells.forEach((cell, place) => {
      const adjoint = place <= outputs.length ? place - 1 : -1;
      cell.classList.toggle("later", adjoint < 0 ? !reachedForward(node) : !reachedReverse(node, adjoint));
      cell.parentElement.classList.toggle("now", here && (step.sweep === "reverse" ? adjoint === step.output : adjoint < 0));
    });
  });
}

// The adjoints are the result: they stand beside the value, and the tangents after them.
function rewriteTable() {
  const { values, tangents, adjoints } = app.state;
  tableState = app.state;
  const shown = [values, ...adjoints, ...tangents];
  traceRows.forEach(({ cells }, node) => {
    if (!data.point) cells[0].textContent = linksInto[node].map((link) => `${localText(link)} = ${links[link].formula}`).join(", ");
    else cells.forEach((cell, place) => {
      const x = shown[place][node];
      cell.textContent = short(x);
      cell.parentElement.title = full(x) === short(x) ? "" : full(x);
    });
  });
}

// The trace scrolls just so far that a row is seen.
function showRow(node) {
  const box = document.querySelector(".scroll");
  if (box.scrollHeight <= box.clientHeight) return;
  const { row } = traceRows[node];
  const head = traceRows[0].row.offsetTop;
  if (row.offsetTop - head < box.scrollTop) box.scrollTop = row.offsetTop - head;
  else if (row.offsetTop + row.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = row.offsetTop + row.offsetHeight - box.clientHeight;
}

function followTable() {
  const step = current();
  if (step) showRow(step.node);
}

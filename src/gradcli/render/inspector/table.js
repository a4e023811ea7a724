// The evaluation trace (Wengert list), in step with the picture.

const traceRows = [];

function prepareTable() {
  const adjoints = outputs.map(({ name }) => `\u2202${name}/\u2202v`);
  const head = data.point ? ["v", "value", ...columns.map((column) => `\u2202/\u2202${column}`), ...adjoints] : ["v", "local partials"];
  const body = make("tbody");
  nodes.forEach((_, node) => {
    const button = make("button", { type: "button", class: "plain", tabindex: node ? -1 : 0 }, titleOf(node));
    const cells = head.slice(1).map(() => make("td"));
    const row = make("tr", {}, make("th", { scope: "row", title: titleOf(node) }, button), ...cells);
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
    traceRows.push({ row, cells, button, shown: [] });
    body.append(row);
  });
  const fixed = data.fixed ? [`The inputs cannot be changed in this page: ${data.fixed}.`] : [];
  const columnHeads = head.map((title) => make("th", { scope: "col" }, title));
  const table = make("table", { class: "trace" }, make("thead", {}, make("tr", {}, ...columnHeads)), body);
  byId("trace").append(
    make("h2", {}, "Evaluation trace"),
    make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Evaluation trace, scrolls" }, table),
    ...[...data.notes, ...fixed].map((note) => make("p", { class: "note" }, note)),
  );
}

function selectRow(node) {
  choose(node);
  const card = views[app.view].cardOf.get(node);
  if (card !== undefined) reveal(parts(app.view).cards[card].element);
}

function refreshTable() {
  const step = current();
  const { values, tangents, adjoints } = app.state;
  traceRows.forEach(({ row, cells, shown }, node) => {
    row.classList.toggle("current", Boolean(step) && step.node === node);
    row.classList.toggle("chosen", app.chosen === node);
    if (!data.point) {
      cells[0].textContent = linksInto[node].map((link) => `${localText(link)} = ${links[link].formula}`).join(", ");
      return;
    }
    const numbers = reachedForward(node) ? [values[node], ...tangents.map((column) => column[node])] : columns.map(() => null).concat(null);
    outputs.forEach((_, output) => numbers.push(reachedReverse(node, output) ? adjoints[output][node] : null));
    numbers.forEach((x, place) => {
      if (shown[place] !== x) {
        shown[place] = x;
        cells[place].textContent = x === null ? "" : short(x);
        cells[place].title = x === null || full(x) === short(x) ? "" : full(x);
      }
      const adjoint = place > columns.length ? place - columns.length - 1 : -1;
      const now = step && step.node === node && (step.sweep === "reverse" ? adjoint === step.output : adjoint < 0);
      cells[place].classList.toggle("now", Boolean(now));
    });
  });
}

// The trace scrolls just so far that the current row is seen.
function followTable() {
  const step = current();
  const box = document.querySelector(".scroll");
  if (!step || box.scrollHeight <= box.clientHeight) return;
  const { row } = traceRows[step.node];
  const head = traceRows[0].row.offsetTop;
  if (row.offsetTop - head < box.scrollTop) box.scrollTop = row.offsetTop - head;
  else if (row.offsetTop + row.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = row.offsetTop + row.offsetHeight - box.clientHeight;
}

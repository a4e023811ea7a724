// Finding nodes by name or operation.

let foundPlace = -1;

function withoutSubscripts(text) {
  return text.replace(/[\u2080-\u2089]/g, (digit) => digit.charCodeAt(0) - 0x2080);
}

function plainText(text) {
  return withoutSubscripts(text).replaceAll("·", "*").replaceAll("−", "-").replaceAll(/\s/g, "").toLowerCase();
}

// Nodes that match and are not in this page, each as name and operation.
let farMatches = [];

function search(words) {
  const wanted = plainText(words);
  const has = (...texts) => texts.some((text) => text && plainText(text).includes(wanted));
  app.matches = wanted ? nodes.flatMap(({ called }, node) => (has(titleOf(node), called) ? [node] : [])) : [];
  farMatches = wanted ? data.elsewhere.filter((texts) => has(...texts)) : [];
  foundPlace = -1;
  const count = app.matches.length + farMatches.length;
  byId("found").textContent = !wanted ? "" : count ? `${count} found` : "none";
  refreshPicture();
}

function nextFound(by) {
  const count = app.matches.length + farMatches.length;
  if (!count) return;
  foundPlace = (foundPlace + by + count) % count;
  byId("found").textContent = `${foundPlace + 1} of ${count}`;
  const node = app.matches[foundPlace];
  if (node === undefined) return showFar(...farMatches[foundPlace - app.matches.length]);
  if (!goTo(node)) return showFar(withoutSubscripts(nodes[node].name), nodes[node].called);
  byId("search").focus();
  point(node);
  const card = views[app.view].cardOf.get(node);
  if (card !== undefined) reveal(parts(app.view).cards[card].box);
}

// A node in a group that is too far inside to be in this page: the command that draws it.
function showFar(name, called) {
  told = null;
  byId("details").replaceChildren(
    make("h2", {}, make("bdi", {}, called ? `${name} (${called})` : name)),
    make("p", { class: "hint" }, "It is in a group that this page cannot open. This draws it, and what is around it:"),
    make("p", { class: "mono" }, `gradcli graph … --focus ${name}`),
  );
}

function prepareSearch() {
  const field = byId("search");
  field.addEventListener("input", () => search(field.value));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") nextFound(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      field.value = "";
      search("");
      field.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

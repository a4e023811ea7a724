// Finding nodes by name or operation.

let foundPlace = -1;

function plainText(text) {
  const digits = "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089";
  return text.replace(/[\u2080-\u2089]/g, (digit) => digits.indexOf(digit)).replaceAll("\u00b7", "*").replaceAll("\u2212", "-").replaceAll(/\s/g, "").toLowerCase();
}

function search(words) {
  const wanted = plainText(words);
  app.matches = wanted ? nodes.flatMap((_, node) => (plainText(titleOf(node)).includes(wanted) ? [node] : [])) : [];
  foundPlace = -1;
  byId("found").textContent = !wanted ? "" : app.matches.length ? `${app.matches.length} found` : "none";
  refreshPicture();
}

function nextFound(by) {
  if (!app.matches.length) return;
  foundPlace = (foundPlace + by + app.matches.length) % app.matches.length;
  const node = app.matches[foundPlace];
  byId("found").textContent = `${foundPlace + 1} of ${app.matches.length}`;
  goTo(node);
  byId("search").focus();
  point(node);
  const card = views[app.view].cardOf.get(node);
  if (card !== undefined) reveal(parts(app.view).cards[card].element);
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

// Puts it together: what is redrawn after a change, and the keys that work everywhere.

const KEYS = [
  ["← →", "step back, step on (on a card: to the next card)"],
  ["n p", "step on, step back, wherever the focus is"],
  ["Space", "play, pause"],
  ["Home End", "to the start, to the end"],
  ["Tab", "to the picture, the trace and the controls"],
  ["← ↑ → ↓", "on a card: to the nearest card that way; in the trace: to the next row"],
  ["Enter", "select a card and show its paths; open a group"],
  ["Esc", "clear the selection, else leave the group"],
  ["/", "find a node; Enter goes to the next one"],
  ["+ − 0", "zoom in, zoom out, fit"],
  ["t", "colours: as the system, light, dark"],
  ["?", "this list"],
];

const SIGNS = [
  ["positive", "a positive adjoint: stronger is larger"],
  ["negative", "a negative adjoint: stronger is larger"],
  ["both", "an adjoint that is zero, or has elements of both signs"],
  ["alarm dashed", "dashed border and a word: kink, NaN, inf, undefined, or digits lost"],
  ["accent framed", "the card of this step, and the edges that it uses"],
  ["path framed", "the selected card, and its paths to the output"],
  ["edge dashed", "a dashed edge with a gap: no derivative flows"],
  ["stripe", "on the left of a card: the kind of operation, named below the picture"],
];
const BADGES = [
  ["in", "an input"],
  ["out", "an output"],
  ["focus", "the node that all others are around"],
  ["again", "a node that is drawn once more, beside a user far from it"],
];

function refresh() {
  refreshPicture();
  refreshTable();
  refreshSweep();
  showStep();
  showDetails();
}

function showVerdicts() {
  const list = byId("verdicts");
  const kinds = { verified: "good", kink: "doubt", "ill-conditioned": "doubt", inconclusive: "doubt", wrong: "bad", undefined: "bad" };
  const items = data.verdicts.map(({ output, word, reason }) => make(
    "li",
    changed() ? { class: "was" } : {},
    changed() ? `at first: ${word}: ` : make("span", { class: `word ${kinds[word] ?? ""}` }, word),
    `${output ? `${output}: ` : ""}${reason}`,
  ));
  if (changed()) {
    const word = app.state.outside.size ? "undefined" : "unverified";
    const text = `recomputed in this page for ${app.state.where}`;
    items.unshift(make("li", {}, make("span", { class: `word ${kinds[word] ?? "doubt"}` }, word), make("strong", {}, text)));
  }
  document.querySelector("h1").classList.toggle("was", changed());
  if (data.omitted) items.push(make("li", {}, `${data.omitted} nodes have no card of their own here`));
  list.replaceChildren(...items);
  list.hidden = !items.length;
}

function nextTheme() {
  const themes = ["auto", "light", "dark"];
  const words = { auto: "as the system", light: "light", dark: "dark" };
  const root = document.documentElement;
  root.dataset.theme = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
  byId("theme").setAttribute("aria-label", `Colours: ${words[root.dataset.theme]}`);
}

function escape() {
  if (app.chosen >= 0) choose(app.chosen);
  else if (app.view !== 0) openView(views[app.view].parent);
}

const SHORTCUTS = {
  n: () => step(1),
  p: () => step(-1),
  ArrowRight: () => step(1),
  ArrowLeft: () => step(-1),
  Home: () => step(-Infinity),
  End: () => step(Infinity),
  " ": togglePlay,
  "/": () => byId("search").focus(),
  "+": () => zoomBy(1.25),
  "=": () => zoomBy(1.25),
  "-": () => zoomBy(0.8),
  0: () => fitPicture(false),
  t: nextTheme,
  "?": () => byId("keys").showModal(),
  Escape: escape,
};

// Buttons by the key that does the same.
const BUTTONS = { first: "Home", back: "p", play: " ", next: "n", last: "End", closer: "+", farther: "-", fit: 0, theme: "t", help: "?" };

function shortcut(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open || !Object.hasOwn(SHORTCUTS, key)) return;
  const sliding = target.matches("input[type=range]");
  if (target.matches("input") && !sliding) return;
  if (sliding && /^(Arrow|Home|End)/.test(key)) return;
  if (key === " " && target.matches("button")) return;
  if (!steps.length && /^(n|p| |Arrow.*|Home|End)$/.test(key)) return;
  SHORTCUTS[key]();
  event.preventDefault();
}

preparePictures();
prepareZoom();
prepareTable();
prepareSweep();
prepareSearch();
byId("keys-table").append(...KEYS.map(([keys, what]) => make(
  "tr",
  {},
  make("th", { scope: "row" }, ...keys.split(" ").flatMap((key) => [make("kbd", {}, key), " "])),
  make("td", {}, what),
)));
byId("signs-table").append(
  ...SIGNS.map(([kind, what]) => make("tr", {}, make("td", {}, make("span", { class: `sign ${kind}` })), make("td", {}, what))),
  ...BADGES.map(([word, what]) => make("tr", {}, make("td", {}, make("span", { class: "word" }, word)), make("td", {}, what))),
);
for (const [id, key] of Object.entries(BUTTONS)) byId(id).addEventListener("click", SHORTCUTS[key]);
document.addEventListener("keydown", shortcut);
app.step = steps.length;
openView(0);
showVerdicts();

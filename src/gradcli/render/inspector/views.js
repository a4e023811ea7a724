// The pictures: which card shows which node, and groups that open in place of the picture.

const pictures = [];

function preparePictures() {
  const waiting = [...document.querySelectorAll("#canvas template")].map((t) => t.content.firstElementChild);
  const all = [document.querySelector("#canvas > svg"), ...waiting];
  all.forEach((svg, place) => {
    svg.classList.add("placed");
    pictures.push({ svg, view: views[place], ready: false });
  });
  views.forEach((view) => (view.cardOf = new Map()));
  // Groups know the nodes in them once those of their own pictures are known: inner pictures come after outer ones.
  const inside = [];
  for (let place = views.length - 1; place >= 0; place--) {
    const { cards, cardOf } = views[place];
    cards.forEach((card) => {
      const held = card.opens > 0 ? inside[card.opens] : card.members ?? [];
      card.members = card.node >= 0 ? [card.node] : card.outside ? [] : held;
    });
    inside[place] = cards.flatMap((card) => (card.outside || card.again ? [] : card.members));
    views[place].own = inside[place];
    cards.forEach((card, k) => {
      if (card.node < 0) card.members.forEach((node) => cardOf.has(node) || cardOf.set(node, k));
    });
    cards.forEach((card, k) => {
      if (card.node >= 0 && !card.again) cardOf.set(card.node, k);
    });
  }
}

// Elements of a picture, found once: cards, edges and labels stand in the order of the data.
function parts(place) {
  const picture = pictures[place];
  if (picture.ready) return picture;
  const { svg, view } = picture;
  const all = (kind) => [...svg.querySelectorAll(`:scope > g.${kind}`)];
  const labels = all("label");
  const edges = all("edge");
  picture.edges = view.edges.map(([source, target, link, labelled], k) => ({
    element: edges[k],
    label: labelled ? labelParts(labels.shift()) : null,
    source,
    target,
    link,
  }));
  picture.cards = all("card").map((element, k) => {
    const values = [...element.querySelectorAll(":scope > .value")];
    const { node, rows: told = [] } = view.cards[k];
    const rows = told.map((kind, row) => {
      const label = values[row].previousElementSibling;
      const before = label.previousElementSibling;
      const tint = before?.matches("rect[class^=tint-]") ? before : null;
      const look = tint && { class: tint.getAttribute("class"), "fill-opacity": tint.getAttribute("fill-opacity") };
      return { node, which: 0, ...data.rows[kind], value: values[row], text: values[row].lastChild?.data, label, called: label.lastChild?.data, tint, look };
    });
    // The last frame is the card's own: behind that of a group are those of its pile.
    const frame = [...element.querySelectorAll(":scope > .card-frame")].at(-1);
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(frame.getAttribute(name)));
    const pill = element.querySelector(".alarm-pill");
    return { element, rows, card: view.cards[k], frame, box: { x, y, width, height }, pill, heat: element.querySelector(".heat") };
  });
  dressCards(picture);
  picture.ready = true;
  return picture;
}

function labelParts(element) {
  const text = element.querySelector("text");
  return { element, text, words: text.lastChild.data };
}

function openView(place, focusOn = -1) {
  const from = app.view;
  app.view = place;
  byId("canvas").querySelector(":scope > svg").replaceWith(pictures[place].svg);
  const picture = parts(place);
  showCrumbs();
  fitPicture(true);
  refresh();
  const back = picture.view.cards.findIndex((card) => card.opens === from && card.opens > 0);
  const focus = focusOn >= 0 ? focusOn : from === place ? -1 : back >= 0 ? back : firstOwn(picture.view);
  const looked = focus >= 0 ? focus : picture.view.cardOf.get(current()?.node) ?? 0;
  centreOn(picture.cards[looked].box);
  if (focus < 0) return;
  focusCard(focus);
  followCard(picture.view.cards[focus]);
}

// The trace at a card's first row; of nodes that have none, where it would be.
function followCard({ members: [row], near }) {
  if ((row ?? near) !== undefined) showRow(row ?? near);
}

// The first card of what a group holds: not one for what is around it.
function firstOwn({ cards }) {
  return Math.max(0, cards.findIndex(({ outside, members, near }) => !outside && (members[0] ?? near) !== undefined));
}

function showCrumbs() {
  const trail = [];
  for (let place = app.view; ; place = views[place].parent) {
    trail.unshift(place);
    if (place === 0) break;
  }
  byId("crumbs").hidden = views.length < 2;
  const items = trail.map((place) => {
    const name = place === 0 ? "whole graph" : views[place].name;
    const inside = place === app.view
      ? make("span", { "aria-current": "true" }, name)
      : make("button", { onclick: () => openView(place) }, name);
    return make("li", {}, make("bdi", {}, inside));
  });
  byId("crumbs").replaceChildren(make("ol", {}, ...items));
}

// The card that shows a node, in this view or the first that has it; whether there is one.
function goTo(node) {
  if (!views[app.view].cards.some((card) => card.node === node && !card.again)) {
    const place = views.findIndex((view) => view.cards.some((card) => card.node === node && !card.again));
    if (place < 0) return false;
    openView(place, views[place].cardOf.get(node));
  } else focusCard(views[app.view].cardOf.get(node));
  return true;
}

// Zoom and pan: a transformation of the SVG element, so that its parts are not laid out anew, as they were if its view box
// changed. `scale` is pixels a point, (x, y) the middle of what is seen.

const LEGIBLE = 0.7;
const TOO_SMALL = 0.55;
const PHONE = { width: 600, tooSmall: 0.6 };
const MOST_SCALE = 1.25;
const look = { x: 0, y: 0, scale: 1 };
const pointers = new Map();
let dragged = false;

function pictureSize() {
  const { svg } = pictures[app.view];
  return [Number(svg.getAttribute("width")), Number(svg.getAttribute("height"))];
}

function canvasSize() {
  const { clientWidth, clientHeight } = byId("canvas");
  return [clientWidth || 1, clientHeight || 1];
}

function applyLook() {
  const { style } = pictures[app.view].svg;
  const [left, top] = canvasSize().map((length, axis) => length / 2 - [look.x, look.y][axis] * look.scale);
  style.transform = `translate(${left.toFixed(2)}px, ${top.toFixed(2)}px) scale(${look.scale})`;
  // Frames that are marked are as thick at every scale.
  if (style.getPropertyValue("--scale") !== String(look.scale)) style.setProperty("--scale", look.scale);
}

// The whole picture. `legible` stops at a size that can be read.
function fitPicture(legible) {
  const [width, height] = pictureSize();
  const [across, down] = canvasSize();
  const whole = Math.min(across / width, down / height);
  const tooSmall = across < PHONE.width ? PHONE.tooSmall : TOO_SMALL;
  look.scale = legible && whole < tooSmall ? LEGIBLE : Math.min(MOST_SCALE, whole);
  look.x = width / 2;
  look.y = height / 2;
  applyLook();
}

function zoomBy(ratio, at = canvasSize().map((length) => length / 2)) {
  const scale = Math.min(8, Math.max(0.02, look.scale * ratio));
  const [width, height] = canvasSize();
  look.x += (at[0] - width / 2) * (1 / look.scale - 1 / scale);
  look.y += (at[1] - height / 2) * (1 / look.scale - 1 / scale);
  look.scale = scale;
  applyLook();
}

// Moves the picture just so far that a card is seen, and not behind the buttons.
function reveal(box) {
  const [width, height] = canvasSize();
  const margin = Math.min(16, 16 / look.scale);
  const shift = (middle, low, high, half) => {
    if (high - low > 2 * half) return (low + high) / 2;
    return Math.min(Math.max(middle, high - half), low + half);
  };
  look.x = shift(look.x, box.x - margin, box.x + box.width + margin, width / 2 / look.scale);
  const { offsetLeft, offsetHeight } = byId("closer").parentElement;
  const right = (box.x + box.width - look.x) * look.scale + width / 2;
  const foot = right > offsetLeft ? (offsetHeight + 12) / look.scale : 0;
  look.y = shift(look.y, box.y - margin, box.y + box.height + margin + foot, height / 2 / look.scale);
  applyLook();
}

// A card in the middle, as far as the picture goes.
function centreOn(box) {
  const [width, height] = pictureSize();
  const within = (middle, length, seen) => (length <= seen ? length / 2 : Math.min(Math.max(middle, seen / 2), length - seen / 2));
  const [across, down] = canvasSize().map((length) => length / look.scale);
  look.x = within(box.x + box.width / 2, width, across);
  look.y = within(box.y + box.height / 2, height, down);
  applyLook();
}

function prepareZoom() {
  const canvas = byId("canvas");
  const place = (event) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), place(event));
  }, { passive: false });
  canvas.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, place(event));
    if (pointers.size === 1) dragged = false;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    if (!dragged && Math.hypot(dx, dy) < 4) return;
    if (!dragged) canvas.setPointerCapture(event.pointerId);
    dragged = true;
    canvas.classList.add("dragging");
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    look.x -= dx / look.scale / pointers.size;
    look.y -= dy / look.scale / pointers.size;
    if (others.length) {
      const [other] = others;
      const length = (at) => Math.hypot(at[0] - other[0], at[1] - other[1]) || 1;
      zoomBy(length(now) / length(before), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
    }
    pointers.set(event.pointerId, now);
    applyLook();
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    canvas.addEventListener(end, (event) => {
      pointers.delete(event.pointerId);
      if (pointers.size) return;
      canvas.classList.remove("dragging");
      setTimeout(() => (dragged = false)); // after the click that ends a drag
    });
  }
  new ResizeObserver(applyLook).observe(canvas);
}

// Heat maps of arrays that were computed here, as `render/heat.py` and `render/drawing.py` make those of the point.

// A grid of the array: of what does not fit, the largest magnitude; NaN for what is not finite.
function heatGrid(flat, shape) {
  const columns = shape.at(-1);
  const rows = flat.length / columns;
  const [high, wide] = [Math.ceil(rows / data.heat.mostRows), Math.ceil(columns / data.heat.mostColumns)];
  const grid = Array.from({ length: Math.ceil(rows / high) }, () => new Array(Math.ceil(columns / wide)).fill(0));
  flat.forEach((x, place) => {
    const cells = grid[Math.floor(place / columns / high)];
    const at = Math.floor((place % columns) / wide);
    if (!Number.isFinite(x)) cells[at] = NaN;
    else if (Math.abs(x) > Math.abs(cells[at])) cells[at] = x;
  });
  return grid;
}

// The cells by style and opacity, each as its row and column.
function heatLooks(flat, shape) {
  const grid = heatGrid(flat, shape);
  const largest = grid.flat().reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
  const found = new Map();
  grid.forEach((cells, row) => cells.forEach((x, column) => {
    const look = heatLook(largest ? x / largest : x);
    found.set(look, [...(found.get(look) ?? []), [row, column]]);
  }));
  return found;
}

function heatLook(share) {
  const { levels, faintest, strongest } = data.heat;
  if (Number.isNaN(share)) return "tint-nan 1";
  const level = Math.ceil(levels * Math.abs(share));
  if (!level) return `tint-zero ${faintest}`;
  return `tint-${share > 0 ? "positive" : "negative"} ${faintest + ((strongest - faintest) * level) / levels}`;
}

// A negative cell has a bar and one that is not finite a hole.
function redrawHeat(drawn) {
  const { heat, box, card } = drawn;
  drawn.tiles ??= [...heat.children];
  const words = drawn.tiles.filter(({ tagName }) => tagName === "text");
  if (!changed()) return heat.replaceChildren(...drawn.tiles);
  const { flat, shape } = app.state.values[card.node];
  const { left, top, cell, strip } = data.heat;
  const tall = flat.length === shape.at(-1) ? strip : cell;
  const paths = [...heatLooks(flat, shape)].flatMap(([look, cells]) => {
    const [style, opacity] = look.split(" ");
    const tiles = (width, height, kind, strength) => {
      const path = document.createElementNS(heat.namespaceURI, "path");
      const [right, down] = [(cell - 1 - width) / 2, (tall - 1 - height) / 2];
      const outline = cells.map(([row, column]) => [box.x + left + column * cell + right, box.y + top + row * tall + down]);
      const d = outline.map(([x, y]) => `M${Number(x.toFixed(2))} ${Number(y.toFixed(2))}h${width}v${height}h${-width}z`).join("");
      setAttributes(path, { class: kind, d, "fill-opacity": Number(Number(strength).toFixed(2)) });
      return path;
    };
    const whole = tiles(cell - 1, tall - 1, style, opacity);
    if (style === "tint-negative") return [whole, tiles(cell - 5, 1.2, "mark", 0.7)];
    return style === "tint-nan" ? [whole, tiles(4, 4, "halo", 1)] : [whole];
  });
  return heat.replaceChildren(...paths, ...words);
}

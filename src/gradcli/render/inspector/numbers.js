// Numbers as render/numbers.py and the cards write them: in full, or in four digits; always with a real minus sign.

function strange(x) {
  return x !== x ? "NaN" : x > 0 ? "inf" : "−inf";
}

function signed(text) {
  return text.replaceAll("-", "−");
}

function exponentText(exponent, places) {
  const digits = String(Math.abs(exponent)).padStart(places, "0");
  return (exponent < 0 ? "-" : places > 1 ? "+" : "") + digits;
}

// A text for each number once: a step writes many again.
function remembered(write) {
  const known = new Map();
  return (x) => {
    if (known.size > 100_000) known.clear();
    if (!known.has(x)) known.set(x, write(x));
    return known.get(x);
  };
}

const fullText = remembered(writtenInFull);
const shortText = remembered((x) => rounded(x, 4));

// The shortest text that reads back as the same number.
function full(x) {
  return typeof x === "number" ? fullText(x) : x.full;
}

// Four digits.
function short(x) {
  return typeof x === "number" ? shortText(x) : x.short;
}

function writtenInFull(x) {
  if (!Number.isFinite(x)) return strange(x);
  if (x === 0) return "0";
  const [digits, power] = x.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) return signed(String(x));
  return signed(`${digits}e${exponentText(exponent, 2)}`);
}

// A tie goes to the even digit, as in Python.
function rounded(x, places) {
  if (!Number.isFinite(x)) return strange(x);
  if (x === 0) return "0";
  let [digits, power] = x.toExponential(places - 1).split("e");
  if (x.toExponential(places).includes("5e")) {
    const [exact, exactPower] = x.toExponential(40).split("e");
    const end = exact.indexOf(".") + places;
    if (/[02468]/.test(exact[end - 1]) && /^50*$/.test(exact.slice(end))) [digits, power] = [exact.slice(0, end), exactPower];
  }
  const exponent = Number(power);
  if (exponent >= -4 && exponent < places) return signed(String(Number(`${digits}e${power}`)));
  return signed(`${String(Number(digits))}e${exponentText(exponent, 1)}`);
}

function factor(x) {
  return `(${short(x)})`;
}

function number(x) {
  return typeof x === "string" ? Number(x.replace("inf", "Infinity")) : x;
}

// Arrays: flat, in row-major order, with a shape.

function nestedText(flat, shape, write) {
  let texts = flat.map(write);
  for (const length of [...shape].reverse()) {
    const rows = [];
    for (let start = 0; start < texts.length; start += length) rows.push(`[${texts.slice(start, start + length).join(", ")}]`);
    texts = rows;
  }
  return texts[0];
}

function fits(text, flat, most) {
  return flat.length <= most && text.length <= most;
}

// The sign of all numbers between two, if they have one.
function signBetween(low, high) {
  if ((low < 0 && high > 0) || (low === 0 && high === 0)) return "";
  return ` (${high > 0 ? "+" : "\u2212"}${low === 0 || high === 0 ? " or 0" : ""})`;
}

// An array in the words of cards and answers.
function arrayOf(flat, shape) {
  const finite = flat.filter(Number.isFinite);
  const nans = flat.filter(Number.isNaN).length;
  const infinite = flat.length - finite.length - nans;
  const ends = [...finite, ...flat.filter((x) => Math.abs(x) === Infinity)];
  const low = ends.length ? Math.min(...ends) : NaN;
  const high = ends.length ? Math.max(...ends) : NaN;
  const norm = Math.hypot(...finite);
  const counts = [[nans, "NaN"], [infinite, "inf"]].filter(([count]) => count).map(([count, word]) => `${count} ${word}`);
  const odd = counts.length ? `${counts.join(", ")} of ${flat.length}` : "";
  const inShort = nestedText(flat, shape, short);
  const inFull = nestedText(flat, shape, full);
  const [from, to, length] = [low, high, norm].map((x) => rounded(x, 6));
  const named = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  return {
    short: fits(inShort, flat, data.arrays.short) ? inShort : odd || `norm ${short(norm)}${signBetween(low, high)}`,
    full: flat.length <= data.arrays.whole || fits(inFull, flat, data.arrays.full) ? inFull : `${named} ${from} to ${to}, norm ${length}${odd ? `, ${odd}` : ""}`,
    normLabel: odd ? data.arrays.normOfFinite : data.arrays.norm,
    range: `${short(low)} … ${short(high)}`,
    norm: short(norm),
    odd,
    flat,
    shape,
  };
}

// Numbers as render/numbers.py and the cards write them: in full, or in four digits; always with a real minus sign.

function strange(x) {
  return x !== x ? "NaN" : x > 0 ? "inf" : "\u2212inf";
}

function signed(text) {
  return text.replaceAll("-", "\u2212");
}

function exponentText(exponent, places) {
  const digits = String(Math.abs(exponent)).padStart(places, "0");
  return (exponent < 0 ? "-" : places > 1 ? "+" : "") + digits;
}

// The shortest text that reads back as the same number.
function full(x) {
  if (typeof x !== "number") return x.full;
  if (!Number.isFinite(x)) return strange(x);
  if (x === 0) return "0";
  const [digits, power] = x.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) return signed(String(x));
  return signed(`${digits}e${exponentText(exponent, 2)}`);
}

// Four digits; a tie goes to the even digit, as in Python.
function short(x) {
  if (typeof x !== "number") return x.short;
  if (!Number.isFinite(x)) return strange(x);
  if (x === 0) return "0";
  let [digits, power] = x.toExponential(3).split("e");
  const exact = x.toExponential(40).split("e")[0];
  if (/^-?\d\.\d\d[02468]50*$/.test(exact)) [digits, power] = [exact.slice(0, exact.indexOf(".") + 4), x.toExponential(40).split("e")[1]];
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 4) return signed(String(Number(`${digits}e${power}`)));
  return signed(`${String(Number(digits))}e${exponentText(exponent, 1)}`);
}

function factor(x) {
  return `(${short(x)})`;
}

function number(x) {
  return typeof x === "string" ? Number(x.replace("inf", "Infinity")) : x;
}

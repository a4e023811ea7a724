// What JavaScript's Math lacks, or does otherwise than Python: the twin of floating.py, with the same special values.
//
// Formulas are those of the NIST Digital Library of Mathematical Functions (DLMF), by their numbers.
"use strict";

const floating = (() => {
  // Signs, steps and choices. NaN counts as true, as in Python.

  const unchanged = (x) => x;
  const sign = (x) => (x > 0 ? 1 : x < 0 ? -1 : x !== x ? x : 0);
  const relu = (x) => (x < 0 ? 0 : x);
  const maximum = (x, y) => (y > x || y !== y ? y : x);
  const minimum = (x, y) => (y < x || y !== y ? y : x);
  const clamp = (x, low, high) => minimum(maximum(x, low), high);
  const where = (condition, a, b) => (condition !== 0 ? a : b);

  const gt = (x, y) => (x > y ? 1 : 0);
  const lt = (x, y) => (x < y ? 1 : 0);
  const ge = (x, y) => (x >= y ? 1 : 0);
  const le = (x, y) => (x <= y ? 1 : 0);
  const eq = (x, y) => (x === y ? 1 : 0);
  const ne = (x, y) => (x !== y ? 1 : 0);

  const logical_and = (x, y) => (x !== 0 && y !== 0 ? 1 : 0);
  const logical_or = (x, y) => (x !== 0 || y !== 0 ? 1 : 0);
  const logical_xor = (x, y) => ((x !== 0) !== (y !== 0) ? 1 : 0);
  const logical_not = (x) => (x === 0 ? 1 : 0);

  // Nearest integer, halves to even; Math.round takes halves upwards.
  function round(x) {
    return Math.abs(x - Math.trunc(x)) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
  }

  // Quotients and powers

  // x - y floor(x / y), with the sign of y.
  function remainder(x, y) {
    const rest = x % y;
    return rest && rest < 0 !== y < 0 ? rest + y : rest;
  }

  // x / y rounded down, of the exact quotient; a zero divisor as in x / y.
  function floor_divide(x, y) {
    if (y === 0) {
      return x / y;
    }
    const rest = x % y;
    const quotient = (x - rest) / y - (rest && rest < 0 !== y < 0 ? 1 : 0);
    if (quotient === 0) {
      return 0 * (x / y);
    }
    const whole = Math.floor(quotient);
    return quotient - whole > 0.5 ? whole + 1 : whole;
  }

  // x^y as C99 pow; Math.pow gives NaN for 1^NaN, 1^Infinity and (-1)^Infinity.
  function power(x, y) {
    return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y);
  }

  // Activations

  // 1/(1 + exp(-x)), in the branch that cannot overflow.
  function sigmoid(x) {
    if (x >= 0) {
      return 1 / (1 + Math.exp(-x));
    }
    const powerOfX = Math.exp(x);
    return powerOfX / (1 + powerOfX);
  }

  const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  const leaky_relu = (x, negativeSlope) => (x > 0 ? x : negativeSlope * x);
  const elu = (x, alpha) => (x >= 0 ? x : alpha * Math.expm1(x));
  const silu = (x) => x * sigmoid(x);

  // x times the normal distribution function by erfc, or its approximation: 1 + tanh(u) is 2 sigmoid(2u).
  function gelu(x, approximate) {
    if (approximate === "none") {
      return 0.5 * x * erfc(-x * Math.SQRT1_2);
    }
    return x * sigmoid(Math.sqrt(8 / Math.PI) * (x + 0.044715 * (x * x * x)));
  }

  // Error functions

  const SERIES_BELOW = 1.5;

  // exp(-x^2) with the digits that x * x rounds off.
  function gaussian(x) {
    const head = Math.fround(x);
    return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
  }

  // DLMF 7.6.2, all terms of one sign; beyond it the complement.
  function erf(x) {
    if (!(Math.abs(x) < SERIES_BELOW)) {
      return x > 0 ? 1 - erfc(x) : x < 0 ? erfc(-x) - 1 : x;
    }
    let term = x;
    let sum = x;
    for (let odd = 3; sum + term !== sum; odd += 2) {
      term *= (2 * x * x) / odd;
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * gaussian(x) * sum;
  }

  // The continued fraction DLMF 7.9.1, from a depth at which it has settled for all x that come here.
  function erfc(x) {
    if (x < -SERIES_BELOW) {
      return 2 - erfc(-x);
    }
    if (!(x >= SERIES_BELOW)) {
      return 1 - erf(x);
    }
    if (x > 28) {
      return 0;
    }
    let fraction = x;
    for (let k = 120; k > 0; k--) {
      fraction = x + k / 2 / fraction;
    }
    return gaussian(x) / (Math.sqrt(Math.PI) * fraction);
  }

  // The gamma function and its logarithmic derivatives

  // The Bernoulli numbers B_2, B_4, ... of the asymptotic series.
  const BERNOULLI = [
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330,
  ];
  const ASYMPTOTIC_FROM = 15;
  const LARGEST_EXACT_FACTORIAL = 23;
  const TAYLOR_TERMS = 26;
  const NEAR_ZERO = 1e-20; // where gamma is 1/x to the last digit

  // The distance from x to the nearest integer, which is exact.
  const fraction = (x) => x - round(x);

  // sin(pi x), with all its digits near integers.
  function sinPi(x) {
    const sine = Math.sin(Math.PI * fraction(x));
    return round(x) % 2 === 0 ? sine : -sine;
  }

  // What DLMF 5.11.1 adds to (x - 1/2) ln x - x + ln(2 pi)/2.
  function stirlingSeries(x) {
    const reciprocal = 1 / x;
    let sum = 0;
    for (let k = BERNOULLI.length; k > 0; k--) {
      sum = sum * reciprocal * reciprocal + BERNOULLI[k - 1] / (2 * k * (2 * k - 1));
    }
    return sum * reciprocal;
  }

  // Stirling's formula from 15 on, recurrence below, reflection below 0 (DLMF 5.11.1, 5.5.1, 5.5.3).
  function gamma(x) {
    if (Math.abs(x) < NEAR_ZERO) {
      return 1 / x;
    }
    if (x < 0) {
      return x === Math.floor(x) ? NaN : Math.PI / sinPi(x) / -x / gamma(-x);
    }
    if (x <= LARGEST_EXACT_FACTORIAL && x === Math.floor(x)) {
      let factorial = 1;
      for (let k = 2; k < x; k++) {
        factorial *= k;
      }
      return factorial;
    }
    let product = 1;
    while (x < ASYMPTOTIC_FROM) {
      product *= x;
      x += 1;
    }
    if (x > 172) {
      return Infinity;
    }
    // In halves: the power alone overflows before gamma does.
    const half = Math.pow(x, (x - 0.5) / 2);
    return (Math.sqrt(2 * Math.PI) * half * Math.exp(-x) * half * Math.exp(stirlingSeries(x))) / product;
  }

  // ln gamma(2 + z) for |z| <= 1/2 by Taylor's series (DLMF 5.15.1): 1 and 2 are zeros, where the logarithm of gamma
  // has few digits.
  function aboveTwo(z) {
    let sum = 0;
    for (let k = TAYLOR_TERMS; k > 1; k--) {
      sum = (sum + polygamma(2, k - 1) / gamma(k + 1)) * z;
    }
    return (sum + digamma(2)) * z;
  }

  // ln |gamma(x)|; infinity at the poles.
  function lgamma(x) {
    if (Math.abs(x) === Infinity || (x <= 0 && x === Math.floor(x))) {
      return Infinity;
    }
    if (Math.abs(x) < NEAR_ZERO) {
      return -Math.log(Math.abs(x));
    }
    if (x < 0) {
      return Math.log(Math.PI) - Math.log(Math.abs(sinPi(x))) - Math.log(-x) - lgamma(-x);
    }
    if (x > 0.5 && x < 2.5) {
      return x < 1.5 ? aboveTwo(x - 1) - Math.log1p(x - 1) : aboveTwo(x - 2);
    }
    if (x < ASYMPTOTIC_FROM) {
      return Math.log(gamma(x));
    }
    return (x - 0.5) * (Math.log(x) - 1) + 0.5 * (Math.log(2 * Math.PI) - 1) + stirlingSeries(x);
  }

  // Reflection below 0, recurrence up to 15, then DLMF 5.11.2.
  function digamma(x) {
    if (!Number.isFinite(x)) {
      return x < 0 ? NaN : x;
    }
    if (x === 0) {
      return -1 / x;
    }
    if (x < 0) {
      return x === Math.floor(x) ? NaN : digamma(1 - x) - Math.PI / Math.tan(Math.PI * fraction(x));
    }
    let shift = 0;
    while (x < ASYMPTOTIC_FROM) {
      shift -= 1 / x;
      x += 1;
    }
    const reciprocal = 1 / x;
    const squared = reciprocal * reciprocal;
    let series = 0;
    for (let k = BERNOULLI.length; k > 0; k--) {
      series = (series + BERNOULLI[k - 1] / (2 * k)) * squared;
    }
    return shift + Math.log(x) - 0.5 * reciprocal - series;
  }

  // Derivative of digamma of an order >= 1: DLMF 5.15.1, 5.15.5, 5.15.6 and 5.15.8.
  function polygamma(x, order) {
    if (x !== x || x === -Infinity) {
      return NaN;
    }
    const sign = order % 2 === 0 ? -1 : 1;
    if (x <= 0) {
      if (x === Math.floor(x)) {
        return order % 2 ? Infinity : NaN;
      }
      const cotangent = 1 / Math.tan(Math.PI * fraction(x));
      const reflected = cotangentDerivative(order).reduceRight((sum, c) => sum * cotangent + c, 0);
      return -sign * polygamma(1 - x, order) - Math.pow(Math.PI, order + 1) * reflected;
    }
    let shift = 0;
    while (x < ASYMPTOTIC_FROM + order) {
      shift += factorialOverPower(x, order);
      x += 1;
    }
    const reciprocal = 1 / x;
    let rising = factorialOverPower(x, order);
    let total = x < Infinity ? factorialOverPower(x, order - 1) + 0.5 * rising : 0;
    BERNOULLI.forEach((b, before) => {
      // (2k + order - 1)! / ((2k)! x^(2k + order)), from order! / x^(order + 1) on
      const k = before + 1;
      rising *= reciprocal * (k === 1 ? order + 1 : (2 * k + order - 1) * (2 * k + order - 2) * reciprocal);
      rising /= k === 1 ? 2 : 2 * k * (2 * k - 1);
      total += b * rising;
    });
    return sign * (shift + total);
  }

  // order! / x^(order + 1), as quotients, so that neither overflows by itself.
  function factorialOverPower(x, order) {
    let result = 1 / x;
    for (let k = 1; k <= order; k++) {
      result *= k / x;
    }
    return result;
  }

  // Coefficients p with d^order cot(u) / du^order = sum p[k] cot(u)^k, by P' -> -(1 + c^2) P'(c).
  function cotangentDerivative(order) {
    let coefficients = [0, 1];
    for (let time = 0; time < order; time++) {
      const slope = coefficients.map((c, k) => k * c).slice(1);
      coefficients = new Array(slope.length + 2).fill(0);
      slope.forEach((c, k) => {
        coefficients[k] -= c;
        coefficients[k + 2] -= c;
      });
    }
    return coefficients;
  }

  return Object.freeze({
    unchanged, sign, relu, maximum, minimum, clamp, where,
    gt, lt, ge, le, eq, ne, logical_and, logical_or, logical_xor, logical_not,
    floor: Math.floor, ceil: Math.ceil, round, remainder, floor_divide, power,
    sigmoid, softplus, leaky_relu, elu, silu, gelu,
    erf, erfc, gamma, lgamma, digamma, polygamma,
  });
})();

// The gated cells, with the equations and the letters of cells.py; any gate can be forced.
import { sigmoid } from "./cells.js";

/** drive + h W + b of all gates at once; W lies row after row. */
function sums(drive, h, W, b) {
  const wide = b.length;
  const a = Float64Array.from(b, (bias, k) => bias + drive[k]);
  for (let i = 0; i < h.length; i++) {
    for (let k = 0; k < wide; k++) a[k] += h[i] * W[i * wide + k];
  }
  return a;
}

/** What stands in a gate's place, from clamps [gate, step, unit or −1 for all, value]. */
export function forcing(clamps) {
  const at = {};
  for (const [gate, step, unit, value] of clamps) (at[gate + step] ??= {})[unit] = value;
  return (gate, step, unit) => at[gate + step]?.[unit] ?? at[gate + step]?.[-1];
}

/** Gates i, f, g, o, memory c and state h of an LSTM at every step, from zero states.
 *  drives[t] is x_t W_x; columns lie in the order i, f, g, o. forced(name, t, j) may give a value
 *  that stands in a gate's place; undefined leaves it alone. */
export function lstmSteps(drives, W_h, b, forced = () => undefined) {
  const units = b.length / 4;
  let h = new Float64Array(units);
  let c = new Float64Array(units);
  return drives.map((drive, t) => {
    const a = sums(drive, h, W_h, b);
    const gate = (name, k, squash) =>
      Float64Array.from(h, (_, j) => forced(name, t, j) ?? squash(a[k * units + j]));
    const [i, f, g, o] = [gate("i", 0, sigmoid), gate("f", 1, sigmoid), gate("g", 2, Math.tanh), gate("o", 3, sigmoid)];
    c = c.map((past, j) => f[j] * past + i[j] * g[j]);
    h = c.map((memory, j) => o[j] * Math.tanh(memory));
    return { i, f, g, o, c, h };
  });
}

/** Gates z, r, candidate n and state h of a GRU at every step, from a zero state.
 *  b_h is the bias of the recurrent product where the reset comes after it, else undefined;
 *  drives, W_h (columns z, r, n) and forced as in lstmSteps. */
export function gruSteps(drives, W_h, b, b_h, forced = () => undefined) {
  const units = b.length / 3;
  let h = new Float64Array(units);
  const none = new Float64Array(3 * units);
  return drives.map((drive, t) => {
    const past = sums(none, h, W_h, b_h ?? none);
    const a = (k, j) => drive[k * units + j] + b[k * units + j];
    const gate = (name, k) =>
      Float64Array.from(h, (_, j) => forced(name, t, j) ?? sigmoid(a(k, j) + past[k * units + j]));
    const [z, r] = [gate("z", 0), gate("r", 1)];
    const reset = b_h ? past : sums(none, h.map((v, j) => r[j] * v), W_h, none);
    const n = Float64Array.from(h, (_, j) => {
      const own = reset[2 * units + j];
      return forced("n", t, j) ?? Math.tanh(a(2, j) + (b_h ? r[j] * own : own));
    });
    h = h.map((v, j) => z[j] * v + (1 - z[j]) * n[j]);
    return { z, r, n, h };
  });
}

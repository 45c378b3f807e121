// The simple recurrent cell, with the letters of cells.py.

export const sigmoid = (a) => 0.5 * (1 + Math.tanh(0.5 * a));

/** All states of h' = tanh(x W_x + h W_h + b) from a zero state.
 *  drives[t] is x_t W_x (of a one-hot word: one row of W_x); W_h lies row after row. Another
 *  function may squash in tanh's place. */
export function rnnStates(drives, W_h, b, squash = Math.tanh) {
  const units = b.length;
  let h = new Float64Array(units);
  return drives.map((drive) => {
    const a = Float64Array.from(b, (bias, j) => bias + drive[j]);
    for (let i = 0; i < units; i++) {
      for (let j = 0; j < units; j++) a[j] += h[i] * W_h[i * units + j];
    }
    return (h = a.map(squash));
  });
}

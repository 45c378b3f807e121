// How a sentence reaches a trained layer: tokens, and the row of W_x that each of them adds.
import { sigmoid } from "./cells.js";

export const LONGEST = 100; // tokens computed in the page

export const floats = (view) =>
  new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

/** The weights out of one block of float32: W_x, W_h, V and c of a sigmoid head, and b, one row or
 *  two. A cell's columns are `blocks` times its units. */
export function unpack(view, [features, units, head, blocks]) {
  const [all, columns] = [floats(view), blocks * units];
  let at = 0;
  const take = (count) => all.subarray(at, (at += count));
  const [W_x, W_h, V, c] = [take(features * columns), take(units * columns), take(head * units), take(head)];
  return { W_x, W_h, V, c, b: all.subarray(at), units };
}

export const split = (words, how) =>
  how === "character" ? [...words] : words.split(/\s+/u).filter(Boolean);

/** Which tokens are known, and x_t W_x of each: an unknown one counts as <unk>, or as no input. */
export function look(tokens, vocabulary, W_x, columns) {
  const known = tokens.map((token) => Object.hasOwn(vocabulary, token));
  const drives = tokens.map((token, t) => {
    const id = vocabulary[known[t] ? token : "<unk>"];
    return id === undefined ? new Float32Array(columns) : W_x.subarray(id * columns, (id + 1) * columns);
  });
  return { known, drives };
}

/** The head's probability after each state; none without a head. */
export const chances = (states, V, c) =>
  c.length ? states.map((h) => sigmoid(V.reduce((sum, v, j) => sum + v * h[j], c[0]))) : [];

// GradientLab: why does the first token's gradient vanish or explode?
import { rnnStates } from "./cells.js";
import { button, clamp, element, frame, rect, signed, symbol, text } from "./core.js";
import { lstmSteps } from "./gates.js";

// Places in the chart, in pixels: its left edge, and the floor on which the bars stand.
const [LEFT, FLOOR] = [46, 380];
const ANSWERS = ["vanishes", "stays", "explodes"];
const HAND = ["cell", "matrix", "radius", "strength", "timesteps", "forget_bias", "clip"];

// A loop, since this is where the time goes.
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
const size = (v) => Math.sqrt(dot(v, v));
/** All inner products of rows divided by a number: A Aᵀ, and the square of a symmetric matrix. */
function gram(rows, by = 1) {
  const G = rows.map(() => []);
  rows.forEach((a, i) => {
    for (let j = 0; j <= i; j++) G[i][j] = G[j][i] = dot(a, rows[j]) / by / by;
  });
  return G;
}
const chunks = (flat, wide) => Array.from({ length: flat.length / wide }, (_, i) => flat.slice(i * wide, (i + 1) * wide));

/** log10 of the spectral norm. The Gram matrix is squared again and again: at last its trace grows
 *  by the largest eigenvalue alone, and that growth is told from one squaring to the next. */
export function logNorm(rows) {
  let G = gram(rows);
  // log of the trace of the Gram matrix raised to `power`, and by how much squaring raised it
  let log, growth;
  for (let power = 1; ; power *= 2) {
    const trace = G.reduce((sum, row, i) => sum + row[i], 0);
    if (!trace) return -Infinity;
    const now = Math.log10(trace) + (log * 2 || 0);
    const before = growth;
    growth = (now - log) / power;
    if (power > 1e6 || Math.abs(growth - before) < 1e-12) return growth;
    log = now;
    G = gram(G, trace);
  }
}

/** A gradient carried back from the last state, lag by lag; names and equations of backflow.py. */
export function flow({ cell, W_h, drives, b = drives[0].map(() => 0) }) {
  const lstm = cell === "lstm";
  const columns = b.length;
  const units = lstm ? columns / 4 : columns;
  const W = chunks(W_h, columns);
  const into = (a) => W.map((row) => dot(a, row));
  const curved = cell === "tanh";
  const steps = lstm ? lstmSteps(drives, W_h, b)
    : rnnStates(drives, W_h, b, curved ? Math.tanh : Number).map((h) => ({ h }));

  /** A gradient at state t → that at its sums, and that at the state before. */
  function back(row, t) {
    const { h, i, f, g, o, c } = steps[t];
    if (!lstm) {
      const a = row.map((v, j) => (curved ? v * (1 - h[j] ** 2) : v));
      return [a, into(a)];
    }
    const shown = c.map(Math.tanh);
    const dc = c.map((_, j) => row[units + j] + row[j] * o[j] * (1 - shown[j] ** 2));
    const a = [
      dc.map((v, j) => v * g[j] * i[j] * (1 - i[j])),
      dc.map((v, j) => v * steps[t - 1].c[j] * f[j] * (1 - f[j])),
      dc.map((v, j) => v * i[j] * (1 - g[j] ** 2)),
      o.map((v, j) => row[j] * shown[j] * v * (1 - v)),
    ].flatMap((part) => [...part]);
    return [a, [...into(a), ...dc.map((v, j) => v * f[j])]];
  }
  const wide = lstm ? 2 * units : units;
  let rows = Array.from({ length: wide }, (_, j) => new Float64Array(wide).fill(1, j, j + 1));
  let carried = new Float64Array(wide).fill(units ** -0.5, 0, units);
  const made = { logs: [0], kept: [], pushed: [], gradient: new Float64Array(W_h.length) };
  for (let t = steps.length - 1; t > 0; t--) {
    const [sums, past] = back(carried, t);
    carried = past;
    made.gradient.forEach((_, i, all) => (all[i] += steps[t - 1].h[Math.floor(i / columns)] * sums[i % columns]));
    const pairs = rows.map((row) => back(row, t));
    rows = pairs.map((pair) => pair[1]);
    const left = lstm ? steps[t].f.reduce((sum, v) => sum + v / units, 0) : 10 ** logNorm(pairs.map((pair) => pair[0]));
    const log = logNorm(rows);
    made.kept.push(left);
    made.pushed.push(10 ** log / (left || 1));
    made.logs.push(made.logs.at(-1) + log);
    rows = rows.map((row) => row.map((v) => v / (10 ** log || 1)));
  }
  return made;
}

/** What clipping makes of a gradient, and the two weights to draw; as in backflow.py. */
export function clipped(gradient, how, limits) {
  const norm = size(gradient);
  const cut = gradient.map((v) =>
    how === "norm" ? v * Math.min(1, limits.norm / norm || 1) : how === "value" ? clamp(v, -limits.value, limits.value) : v);
  const after = size(cut);
  const sizes = [...gradient].map(Math.abs);
  const most = (list) => list.indexOf(list.reduce((a, b) => Math.max(a, b)));
  const first = most(sizes);
  const pair = [first, most(sizes.map((v, i) => (i === first ? -Infinity : -Math.abs(v - sizes[first] / 3))))];
  const turned = (180 / Math.PI) * Math.acos(Math.min(1, dot(gradient, cut) / norm / after || 1));
  return { norm, after, turned, raw: pair.map((i) => gradient[i]), cut: pair.map((i) => cut[i]) };
}

const raised = (n) => `10${[...String(n)].map((d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d] ?? "⁻").join("")}`;

/** 10 ** log, short: 0.36, 12.1 or 3.2·10⁻⁹. */
export function power(log) {
  if (!Number.isFinite(log)) return log < 0 ? "0" : "∞";
  if (log >= -2 && log < 4) return (10 ** log).toFixed(log < 1 ? 2 : log < 2 ? 1 : 0);
  const [digits, more] = (10 ** (log % 1)).toExponential(1).split("e");
  return `${digits}·${raised(Math.trunc(log) + Number(more))}`;
}
const verdict = (log) => ANSWERS[log < -3 ? 0 : log > 3 ? 2 : 1];

const floats = (view) =>
  Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
const mark = (look, words) => element("span", { class: look }, element("span", { class: "swatch" }), words);
// A sentence in which W_h becomes a symbol.
const prose = (words) => words.split(/(W_h)/).map((piece, i) => (i % 2 ? symbol(piece) : piece));
const path = (look, d, more) => element("svg:path", { class: look, d, ...more });

function render(context) {
  const { model } = context;
  const get = (name) => model.get(name);
  const parts = {};
  const choices = {};
  let revealed = "";
  // the last setting computed, and what came out
  let known;
  let column;
  const forget = () => (revealed = "");
  const open = () => !get("predicting") || revealed;
  const fixed = "logs" in get("_sent");
  const lstm = () => get("cell") === "lstm";
  const last = () => result().logs.length - 1;

  function compute() {
    if (fixed) return Object.fromEntries(Object.entries(get("_sent")).map(([name, view]) => [name, floats(view)]));
    const W_h = floats(get("_matrices")[lstm() ? "lstm" : get("matrix")]).map((v) => v * get("radius"));
    const x = floats(get("_drives")[lstm() ? "lstm" : "simple"]).map((v) => v * get("strength"));
    const units = get("_units");
    const drives = chunks(x, W_h.length / units).slice(0, get("timesteps") + 1);
    const b = drives[0].map((_, k) => (k >= units && k < 2 * units ? get("forget_bias") : 0));
    return flow({ cell: get("cell"), W_h, drives, b });
  }
  function result() {
    const key = String(HAND.map(get));
    if (known?.key !== key) known = { key, ...compute() };
    return known;
  }

  function change(changes) {
    // another setting is another question
    forget();
    ui.patch(changes);
  }
  const turn = (by) =>
    fixed || change({ radius: clamp(Math.round((get("radius") + by) * 100) / 100, 0, get("_ranges").radius[1]) });
  function answer(said) {
    revealed = said;
    ui.goTo(last());
  }
  function preset(i) {
    if (!open()) return ANSWERS[i] && answer(ANSWERS[i]);
    const it = get("_presets")[i];
    if (it) change(it.set);
  }

  function slider([name, [min, max, step]]) {
    const input = element("input", {
      type: "range", min, max, step, "aria-label": t(name), oninput: () => change({ [name]: Number(input.value) }) });
    input.disabled = fixed;
    const number = element("output", {});
    parts[name] = { input, number };
    return element("div", { class: `slider ${name}` }, element("div", { class: "quiet" }, ...prose(t(name))), input, number);
  }
  function choice([name, values]) {
    choices[name] = values.map((value) => button(t(value), () => change({ [name]: value }), { value }));
    return element("div", { class: `choice ${name}`, role: "group", "aria-label": t(name) },
      element("span", { class: "quiet" }, ...prose(t(name))), ...choices[name]);
  }

  function build() {
    parts.presets = get("_presets").map(({ name, set }, i) => button(`${i + 1}: ${t(name)}`, () => change(set)));
    const onpointerdown = ({ buttons, clientX, currentTarget }) =>
      buttons === 1 && ui.goTo(Math.round((clientX - currentTarget.getBoundingClientRect().left - LEFT) / column));
    parts.chart = element("svg:svg", {
      role: "img", class: "chart", "aria-label": t("chart"), onpointerdown, onpointermove: onpointerdown });
    parts.plane = element("svg:svg", { role: "img", class: "plane", "aria-label": t("plane") });
    for (const name of ["guess", "equation", "why", "clipping"]) {
      parts[name] = element("div", { class: name, "aria-live": "polite" });
    }
    parts.clipped = element("div", { class: "clipped" }, parts.plane, parts.clipping);
    return [
      element("div", { class: "cells", role: "group", "aria-label": t("presets") }, ...parts.presets),
      element("div", { class: "choices" }, ...Object.entries(get("_choices")).map(choice)),
      element("div", { class: "sliders" }, ...Object.entries(get("_ranges")).map(slider)),
      parts.guess, parts.why, parts.chart,
      element("div", { class: "axis" }, ...["last", "back", "first"].map((key) => element("span", {}, t(key)))),
      element("div", { class: "legend" },
        ...["after", "before", "squash", "push", "carry", "forget", "whole"].map((look) => mark(look, prose(t(`key_${look}`))))),
      parts.equation, parts.clipped, ...ui.toolbar(),
    ];
  }

  function draw() {
    const made = result();
    const k = clamp(get("step"), 0, last());
    for (const name in get("_ranges")) {
      parts[name].input.value = get(name);
      parts[name].number.textContent = name === "timesteps" ? last() : get(name).toFixed(2);
    }
    const r = get("radius").toFixed(2);
    parts.radius.number.append(` (${t(r < 1 ? "under" : r > 1 ? "over" : "even")})`);
    for (const name in choices) {
      for (const press of choices[name]) press.ariaPressed = String(press.value === get(name));
    }
    ui.root.classList.toggle("gated", lstm());
    ui.root.classList.toggle("asking", !open());
    parts.presets.forEach((press, i) =>
      (press.ariaPressed = String(HAND.every((name) => get("_presets")[i].set[name] === get(name)))));
    drawChart(made, k);
    drawWords(made, k);
    drawClipped(made);
    drawGuess(made);
  }

  function drawChart({ logs, kept, pushed }, k) {
    const right = parts.chart.clientWidth - 14;
    column = (right - LEFT) / (last() || 1);
    const half = Math.min(column, 28) / 2;
    const x = (lag) => LEFT + lag * column;
    // 14 pixels a power of ten; a curve that leaves the chart runs on just beyond its edge
    const y = (log) => 98 - 14 * clamp(log, -12.7, 6.7);
    const bar = (factor) => FLOOR - 52 * Math.min(factor, 1.6);
    const line = (values, look) => element("svg:polyline", {
      class: look, points: values.map((v, i) => `${x(i)},${y(v)}`).join(" ") });
    const level = (at, look, label) => [
      path(`rule ${look}`, `M${LEFT} ${at}H${right}`),
      text(LEFT - 8, at + 4, label, { class: "end" })];
    let sum = 0;
    const alone = [0, ...(lstm() ? kept : pushed).map((v) => (sum += Math.log10(v)))];
    const every = [1, 2, 5, 10, 20, 50].find((n) => n * column >= 34) ?? 100;
    parts.chart.replaceChildren(
      rect(LEFT, 14, right - LEFT, 42, { class: "wild" }),
      rect(LEFT, 140, right - LEFT, 126, { class: "gone" }),
      rect(x(k) - 7, 14, 14, FLOOR - 14, { class: "here", rx: 4 }),
      ...[6, 3, 0, -3, -6, -9, -12].flatMap((log) => level(y(log), log ? "" : "one", log ? raised(log) : 1)),
      ...(open() ? [
        line(alone, "dashed"), line(logs, "line"),
        path(lstm() ? "forget" : "squash", kept.map((v, i) => `M${x(i + 1)} ${FLOOR}V${bar(v)}`).join(""), { "stroke-width": 1.4 * half }),
        path("push", pushed.map((v, i) => `M${x(i + 1) - half} ${bar(lstm() ? v * kept[i] : v)}h${2 * half}`).join("")),
        rect(x(k) + half, 0, right + 14 - x(k) - half, FLOOR, { class: "veil" }),
        element("svg:circle", { class: "dot", cx: x(k), cy: y(logs[k]), r: 6 }),
      ] : []),
      text(right - 6, 31, t("band_high"), { class: "end" }),
      text(LEFT + 6, 258, t("band_low")),
      text(LEFT, 288, t("each")),
      ...level(bar(1), "one", 1), ...level(FLOOR, "zero", 0),
      ...logs.flatMap((_, i) => (i % every ? [] : text(x(i), FLOOR + 16, i, { class: "middle" }))));
  }

  function drawWords({ logs, kept, pushed }, k) {
    const show = (v) => v.toFixed(2);
    const factors = kept.map((v, i) => v * pushed[i]);
    const some = factors.slice(0, k).map(show);
    if (k > 4) some.splice(2, k - 3, "…");
    const term = (look, ...words) => element("span", { class: `term ${look}` }, ...words);
    const log = (list) => list.reduce((sum, v) => sum + Math.log10(v), 0);
    const mean = (list) => (10 ** (log(list) / (list.length || 1))).toFixed(3);
    parts.equation.replaceChildren(
      element("bdi", { class: "token" }, get("tokens")[last() - k] ?? ""),
      `${t("product", { k })} = `, some.join(" · "), k > 4 ? ` (${t("count", { k })})` : "", k ? " = " : "",
      element("strong", {}, power(logs[k])),
      ...(!k || lstm() ? [] : [element("br"), `${t("factor", { k })} = `, term("squash", `tanh' ${show(kept[k - 1])}`), " · ",
        term("state", symbol("W_h"), ` ${show(pushed[k - 1])}`), ` = ${show(factors[k - 1])}`]));
    parts.why.replaceChildren(...prose(`${t(`why_${get("cell")}`, {
      steps: last(), factor: mean(factors), kept: mean(kept), alone: power(log(lstm() ? kept : pushed)), share: power(logs.at(-1)) })} ${t(verdict(logs.at(-1)))}`));
  }

  /** Two weights' gradient as an arrow, before and after; what is too long ends at the frame. */
  function drawClipped({ gradient }) {
    const how = get("clip");
    parts.clipped.hidden = how === "none";
    const { norm, after, turned, raw, cut } = clipped(gradient, how, get("_clipping"));
    const reach = 1.5 * get("_clipping").value;
    const arrow = ([a, b], look) => path(look,
      `M0 0H${(100 * Math.hypot(a, b)) / Math.max(reach, Math.abs(a), Math.abs(b))}m0 0l-9 -5v10z`,
      { transform: `translate(100 100) rotate(${(-180 / Math.PI) * Math.atan2(b, a)})` });
    parts.plane.replaceChildren(
      rect(33, 33, 134, how === "value" && 134, { class: "limit" }),
      path("rule zero", "M0 100H200M100 0V200"), arrow(raw, "before"), arrow(cut, "after"));
    const pair = (look, v) => mark(look, `${t(look)}: (${v.map(signed).join(", ")})`);
    const values = { norm: power(Math.log10(norm)), after: power(Math.log10(after)), turned: turned.toFixed(0) };
    parts.clipping.replaceChildren(pair("before", raw), pair("after", cut), element("span", {},
      ...prose(`${t(norm === after ? "idle" : `clipped_${how}`, values)} ${t("curve_same")}`)));
  }

  function drawGuess({ logs }) {
    const end = logs.at(-1);
    const words = revealed
      ? `${t(revealed === verdict(end) ? "right" : "wrong", { share: power(end) })} ${t("next")}`
      : t("ask", { steps: last() });
    parts.guess.replaceChildren(...(get("predicting") ? [element("p", {}, words)] : []),
      ...(open() ? [] : ANSWERS.map((said, i) => button(`${i + 1}: ${t(`say_${said}`)}`, () => answer(said)))));
  }

  const ui = frame(context, {
    name: "gradient-lab",
    pace: 150,
    traits: [...HAND, "tokens"],
    steps: () => last() + 1,
    keys: { ArrowUp: () => turn(0.05), ArrowDown: () => turn(-0.05) },
    preset,
    reset: forget,
    build,
    draw,
  });
  const { t } = ui;
  ui.rebuild();
  return ui.stop;
}
export default { render };

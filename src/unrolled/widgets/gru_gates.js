// GRUGates by hand: how do z and r share one state?
import { button, clamp, curve, element, frame, rect, signed, symbol, text } from "./core.js";

// The candidate's weight of x, as in gru_challenges.py; that of r h is 1.
const W_X = 2;
const LEFT = 34;
const HEIGHT = 150;
// Height of a gate's row of bars.
const LANE = 40;
// What the challenge that nobody solves asks for at each step, and changes before it says so.
const RISE = 0.15;
const TRIES = 6;
const plain = (value) => value.toFixed(2);

/** Candidate n and state h of one unit at each step; z and r are given, in Keras's writing. */
export function unitSteps({ z, r }, inputs) {
  let h = 0;
  return inputs.map((x, t) => {
    const n = Math.tanh(W_X * x + r[t] * h);
    h = z[t] * h + (1 - z[t]) * n;
    return { n, h };
  });
}

/** Do these states do what the challenge asks? "count" asks for more than a tanh can give. */
export function succeeds({ kind, inputs, events }, h) {
  const at = events.at(-1);
  const alone = Math.tanh(W_X * inputs[at]);
  return h.every((v, t) => {
    if (kind === "hold") return t < at || v > 0.8;
    if (kind === "replace") return t < at ? v > 0.7 : v < -0.7;
    if (kind === "ignore") return t < at ? v > 0.7 : Math.abs(v - alone) < 0.05;
    if (kind === "fade") return t < at || (t === at ? v > 0.5 : Math.abs(v / h[t - 1] - 0.5) < 0.08);
    return v - (h[t - 1] ?? 0) >= RISE;
  });
}

/** Where the curve should run: boxes [from, to, low, high], or a dashed curve from a step on. */
function goal({ kind, inputs, events }, h) {
  const [at, end] = [events.at(-1), inputs.length];
  const alone = Math.tanh(W_X * inputs[at]);
  if (kind === "hold") return { boxes: [[at, end, 0.8, 1]] };
  if (kind === "replace") return { boxes: [[0, at, 0.7, 1], [at, end, -1, -0.7]] };
  if (kind === "ignore") return { boxes: [[0, at, 0.7, 1], [at, end, alone - 0.05, alone + 0.05]] };
  if (kind === "fade") return { from: at, dashed: h.slice(at).map((_, t) => h[at] * 0.5 ** t) };
  return { from: 0, dashed: h.map((_, t) => RISE * (t + 1)) };
}

function render(context) {
  const { model } = context;
  const get = (name) => model.get(name);
  const inputs = () => get("inputs");
  const gates = () => ({ z: get("z"), r: get("r") });
  const challenges = () => get("_challenges");
  const chosen = () => challenges()[get("challenge")];
  const guessing = () => get("predicting");
  const swapped = () => get("swapped");
  const shownGate = (name, value) => (name === "z" && swapped() ? 1 - value : value);
  const parts = {};
  // How far the curve is uncovered and how well it was predicted; the gates left in each challenge.
  let guess;
  let kept = {};
  let won = new Set();
  let tries = 0;
  let scale;

  const forget = () => (guess = { upTo: 0, right: 0, made: 0, verdict: "" });
  function restart() {
    forget();
    [kept, won, tries] = [{}, new Set(), 0];
  }
  const seen = () => (guessing() ? guess.upTo : inputs().length);
  const reach = () => Math.min(seen() + 1, inputs().length);
  const played = () => `${chosen().inputs}` === `${inputs()}`;
  /** Has the challenge without a solution been tried for long enough to be told? */
  const told = () => chosen().kind === "count" && played() && !guessing() && tries >= TRIES;

  function choose(i, solve) {
    const it = challenges()[i];
    if (!it) return;
    forget();
    if (played()) kept[chosen().kind] = gates();
    if (it !== chosen()) tries = 0;
    if (solve && !it.solved) tries = TRIES;
    ui.patch({ challenge: i, inputs: it.inputs, step: 0, ...(solve && it.solved || kept[it.kind] || it.fresh) });
  }
  /** Set a gate at a step; values come as they are shown, in either writing. */
  function turn(name, step, value) {
    tries += 1;
    const next = [...get(name)];
    next[step] = shownGate(name, clamp(Math.round(value * 20) / 20, 0, 1));
    ui.patch({ [name]: next.map((v) => Number(v.toFixed(2))), gate: name, step });
  }
  const nudge = (by) => turn(get("gate"), get("step"), shownGate(get("gate"), get(get("gate"))[get("step")]) + by);
  const put = (value) => turn(get("gate"), get("step"), value);

  function slider(name) {
    const number = element("output", {});
    const input = element("input", {
      type: "range", min: 0, max: 1, step: 0.05, "aria-label": `${name}: ${ui.t(name)}`,
      oninput: () => turn(name, get("step"), Number(input.value)),
    });
    parts[name] = { input, number };
    return element("div", { class: `slider ${name}` },
      element("div", {}, symbol(name), element("span", { class: "quiet" }, ui.t(name))), input, number);
  }

  function build() {
    const { t } = ui;
    const svg = (look) => element("svg:svg", { role: "img", class: look, "aria-label": t(look) });
    parts.lights = challenges().map(({ kind }, i) => {
      const light = element("span", { class: "light" });
      return { light, press: button([light, t(kind)], () => choose(i)) };
    });
    parts.aim = element("span", { "aria-live": "polite" });
    parts.show = button("", () => choose(get("challenge"), true), { class: "show" });
    [parts.blend, parts.chart] = [svg("blend"), svg("chart")];
    parts.ends = element("div", { class: "ends quiet" });
    parts.equation = element("div", { class: "equation", "aria-live": "polite" });
    parts.writings = ["keras", "chung"].map((key, i) =>
      button(t(key), () => ui.patch({ swapped: i === 1 }), { class: "writing" }));
    parts.guess = element("div", { class: "guess" });
    parts.chart.onpointerdown = touch;
    parts.chart.onpointermove = (event) => event.buttons === 1 && touch(event);
    return [
      element("div", { class: "lights", role: "group", "aria-label": t("challenges") },
        ...parts.lights.map(({ press }) => press)),
      element("p", { class: "aim" }, parts.aim, parts.show),
      element("div", { class: "between" },
        element("div", {}, parts.blend, parts.ends, slider("z")),
        element("div", {}, parts.equation, slider("r"), element("p", { class: "quiet" }, t("writing")),
          element("div", { class: "writings" }, parts.writings))),
      parts.chart, parts.guess, ...ui.toolbar(),
    ];
  }

  /** A touch of the chart: choose a step, or set a gate in its row. */
  function touch(event) {
    const box = parts.chart.getBoundingClientRect();
    const step = clamp(Math.floor((event.clientX - box.left - LEFT) / scale), 0, inputs().length - 1);
    const down = event.clientY - box.top;
    const k = [0, 1].find((k) => down > top(k) - 5 && down < top(k) + LANE + 5);
    if (k >= 0 && step <= seen()) turn("zr"[k], step, 1 - (down - top(k)) / LANE);
    else if (event.type === "pointerdown") ui.goTo(step);
  }
  const top = (k) => HEIGHT + 14 + k * (LANE + 12);

  function draw() {
    const { t } = ui;
    const { z, r } = gates();
    const steps = unitSteps({ z, r }, inputs());
    const h = steps.map((it) => it.h);
    const step = clamp(get("step"), 0, reach() - 1);
    if (played() && !guessing() && succeeds(chosen(), h)) won.add(chosen().kind);
    for (const name of ["z", "r"]) {
      parts[name].input.value = parts[name].number.value = plain(shownGate(name, get(name)[step]));
    }
    parts.lights.forEach(({ light, press }, i) => {
      const lit = won.has(challenges()[i].kind);
      light.className = lit ? "light lit" : "light";
      light.textContent = lit ? "✓" : i === get("challenge") && told() ? "✗" : "";
      press.ariaPressed = String(i === get("challenge"));
      press.setAttribute("aria-description", t(lit ? "lit" : "unlit"));
    });
    parts.aim.textContent = t(told() ? "count_told" : `${chosen().kind}_aim`);
    parts.show.textContent = `${t("show")} (${get("challenge") + 1})`;
    const ends = [swapped(), !swapped()].map((old, z) => element("span", {}, t(old ? "old_end" : "new_end", { z })));
    parts.ends.replaceChildren(...ends);
    parts.writings.forEach((press, i) => (press.ariaPressed = String(swapped() === (i === 1))));
    const moment = { step, x: inputs()[step], z: z[step], r: r[step], before: h[step - 1] ?? 0, ...steps[step], open: step < seen() };
    drawBlend(moment);
    drawEquation(moment);
    drawChart(h, step);
    drawGuess(h);
  }

  /** Old state and candidate as two ends; r moves the candidate on its rail, z the new state. */
  function drawBlend({ step, x, z, before, n, h, open }) {
    const width = parts.blend.parentNode.clientWidth;
    const [first, last] = [42, width - 16];
    const y = (v) => 96 - 66 * v;
    const [fresh, old] = swapped() ? [last, first] : [first, last];
    const at = fresh + z * (old - fresh);
    const rail = [0, 1].map((r) => y(Math.tanh(W_X * x + r * before)));
    const label = (where, v, words, below) => text(
      clamp(where, 56, width - 30), y(v) + (below ? 24 : -13), words,
      { "text-anchor": where < width * 0.3 ? "start" : where > width * 0.7 ? "end" : "middle" });
    const dot = (look, where, v, r) => element("svg:circle", { class: look, cx: where, cy: y(v), r });
    parts.blend.setAttribute("width", width);
    parts.blend.setAttribute("height", 196);
    parts.blend.replaceChildren(
      ...[1, 0, -1].flatMap((v) => [
        element("svg:line", { class: v ? "rule" : "rule zero", x1: 27, x2: width, y1: y(v), y2: y(v) }),
        text(20, y(v) + 4, v < 0 ? "−1" : v, { "text-anchor": "end" })]),
      ...(open ? [
        element("svg:line", { class: "rail", x1: fresh, x2: fresh, y1: rail[0], y2: rail[1] }),
        element("svg:line", { class: "span", x1: fresh, x2: old, y1: y(n), y2: y(before) }),
      ] : []),
      dot("old", old, before, 10),
      ...(open ? [
        dot("new", fresh, n, 10),
        element("svg:line", { class: "drop", x1: at, x2: at, y1: y(h), y2: 196 }),
        dot("now", at, h, 7),
        label(fresh, n, `${ui.t("new")} ${signed(n)}`), label(at, h, `h′ ${signed(h)}`, true),
      ] : [text(width / 2, 60, "?", { class: "asked", "text-anchor": "middle" })]),
      label(old, before, `${ui.t("old")} ${signed(before)}`));
  }

  function drawEquation({ step, x, z, r, before, n, h, open }) {
    const term = (kind, ...words) => element("span", { class: `term ${kind}` }, ...words);
    const past = symbol(`h_${step}`);
    const [keep, take] = swapped() ? ["(1 − z)", "z"] : ["z", "(1 − z)"];
    const known = (value) => (open ? signed(value) : "?");
    parts.equation.replaceChildren(
      element("strong", {}, ui.t("place", { step: step + 1 })),
      element("div", {}, symbol("n"), " = tanh(", term("input", "2 ", symbol("x")), " + ",
        term("reset", "r ", past), ") = tanh(", term("input", `2 · ${x < 0 ? `(−${-x})` : x}`), " + ",
        term("reset", `${plain(r)} · ${signed(before)}`), ") = ", element("strong", {}, known(n))),
      element("div", {}, symbol(`h_${step + 1}`), " = ", term("state", keep, " ", past.cloneNode(true)), " + ",
        term("candidate", take, " ", symbol("n")), " = ", term("state", `${plain(z)} · ${signed(before)}`), " + ",
        term("candidate", `${plain(1 - z)} · ${known(n)}`), " = ", element("strong", {}, known(h))));
  }

  function drawChart(h, step) {
    const width = parts.chart.parentNode.clientWidth - 2 * parseFloat(getComputedStyle(ui.root).paddingLeft);
    const column = (scale = (width - LEFT) / h.length);
    const high = told() ? 1.7 : 1.1;
    const x = (i) => LEFT + (i + 0.5) * column;
    const y = (v) => 8 + ((high - v) * (HEIGHT - 16)) / (high + 1.1);
    const { boxes = [], dashed, from } = played() && !guessing() ? goal(chosen(), h) : {};
    const floor = top(2) + 18;
    const line = (values, first, look) => element("svg:polyline", {
      class: look, points: values.map((v, i) => `${x(i + first)},${y(v)}`).join(" ") });
    const memory = h.map((_, t) => 0.2 * Math.tanh(W_X) * (t + 1));
    const bar = (i, down, tall, look) => rect(LEFT + (i + 0.2) * column, down, column * 0.6, tall, { class: look, rx: 3 });
    const lane = (name, k) => get(name).flatMap((value, i) => {
      const tall = LANE * shownGate(name, value);
      return [
        bar(i, top(k), LANE, i === step && name === get("gate") ? "lane hand" : "lane"),
        bar(i, top(k) + LANE - tall, tall, `bar-${name}`),
      ];
    });
    parts.chart.setAttribute("width", width);
    parts.chart.setAttribute("height", floor + 42);
    parts.chart.replaceChildren(
      rect(LEFT + step * column, 0, column, floor + 42, { class: "here", rx: 4 }),
      ...boxes.map(([a, b, low, most]) => rect(LEFT + a * column, y(most), (b - a) * column, y(low) - y(most), { class: "goal", rx: 4 })),
      ...(dashed ? [line(dashed.filter((v) => v <= high), from, "dashed")] : []),
      ...(told() ? [line(memory, 0, "memory"), text(x(memory.length - 1), y(memory.at(-1)) - 9, ui.t("memory"), { "text-anchor": "end" })] : []),
      ...curve(h, x, y, [LEFT, width], { step, shown: seen() }),
      ...lane("z", 0), ...lane("r", 1),
      ...[["h", y(0.5)], ["z", top(0) + 25], ["r", top(1) + 25], ["x", floor + 5]].map(([name, down]) => text(2, down, name, { class: "name" })),
      element("svg:line", { class: "rule zero", x1: LEFT, x2: width, y1: floor, y2: floor }),
      ...inputs().flatMap((value, i) => {
        const tall = 18 * clamp(Math.abs(value), 0, 1);
        return [
          bar(i, floor - (value > 0 ? tall : 0), tall, "pulse"),
          text(x(i), floor + 36, i + 1, { "text-anchor": "middle" }),
        ];
      }));
  }

  /** The learner commits: up (1), stay (0) or down (−1). The step is then uncovered. */
  function commit(way) {
    const t = guess.upTo;
    if (t >= inputs().length) return;
    const steps = unitSteps(gates(), inputs());
    const { n, h } = steps[t];
    const before = steps[t - 1]?.h ?? 0;
    const moved = Math.abs(h - before) < 0.05 ? 0 : Math.sign(h - before);
    const values = { h: signed(h), n: signed(n), before: signed(before), share: Math.round(100 * (1 - get("z")[t])) };
    guess = {
      upTo: t + 1,
      right: guess.right + (way === moved),
      made: guess.made + 1,
      verdict: `${ui.t(way === moved ? "right" : "wrong", values)} ${ui.t("why", values)}`,
    };
    ui.goTo(t);
    ui.refresh();
  }

  function drawGuess(h) {
    const { t } = ui;
    const { upTo, right, made, verdict } = guess;
    parts.guess.replaceChildren();
    if (!guessing()) return;
    parts.guess.append(element("p", { "aria-live": "polite" }, made ? `${verdict} ${t("score", { right, made })}` : ""));
    if (upTo >= h.length) return;
    const values = {
      step: upTo + 1, x: `${inputs()[upTo]}`.replace("-", "−"), before: signed(h[upTo - 1] ?? 0),
      z: plain(shownGate("z", get("z")[upTo])), r: plain(get("r")[upTo]),
    };
    parts.guess.append(element("p", {}, t("ask", values)),
      ...["up", "stay", "down"].map((key, i) => button(`${i + 1}  ${t(key)}`, () => commit(1 - i))));
  }

  forget();
  const ui = frame(context, {
    name: "gru-gates",
    traits: ["z", "r", "inputs", "challenge", "swapped", "gate"],
    steps: reach,
    keys: {
      ArrowUp: () => ui.patch({ gate: "z" }), ArrowDown: () => ui.patch({ gate: "r" }),
      o: () => put(1), s: () => put(0), "+": () => nudge(0.1), "=": () => nudge(0.1), "-": () => nudge(-0.1),
      c: () => choose((get("challenge") + 1) % challenges().length),
      w: () => ui.patch({ swapped: !swapped() }),
    },
    preset: (i) => (guessing() ? i < 3 && commit(1 - i) : choose(i, true)),
    reset: restart,
    build,
    draw,
  });
  ui.rebuild();
  return ui.stop;
}
export default { render };

// NeuronLab: what does one neuron do with x and its own past?
import { rnnStates } from "./cells.js";
import { button, clamp, curve, element, frame, rect, signed, symbol, text } from "./core.js";

const LEFT = 34;
const HEIGHT = 200;
const REACH = 3; // sliders run from −3 to 3

/** h over time of one neuron from a zero state. */
export function neuron({ w_x, w_h, b }, inputs) {
  return rnnStates(inputs.map((x) => [x * w_x]), [w_h], [b]).map((h) => h[0]);
}

/** Does the neuron do what the challenge asks, on the challenge's own inputs? */
export function succeeds({ kind, inputs, pulse }, weights) {
  const h = neuron(weights, inputs);
  const after = h.slice(pulse);
  const quiet = h.slice(0, pulse);
  if (kind === "latch") return quiet.every((v) => v < 0.2) && after.every((v) => v > 0.8);
  if (kind === "blink") {
    return after.every((v, t) => Math.abs(v) > 0.5 && (t === 0 || v * after[t - 1] < 0));
  }
  if (kind === "leak") {
    const halved = after.slice(3).every((v, t) => Math.abs(v / after[t] - 0.5) < 0.05);
    return quiet.every((v) => Math.abs(v) < 0.02) && after[0] > 0.1 && halved;
  }
  const deaf = neuron(weights, inputs.map(() => 0));
  return Math.abs(h.at(-1)) > 0.5 && h.every((v, t) => Math.abs(v - deaf[t]) < 0.02);
}

/** Where the curve should run: boxes [from, to, low, high], or a dashed curve. */
function goal({ kind, inputs, pulse }, weights, h) {
  const end = inputs.length;
  if (kind === "latch") return { boxes: [[0, pulse, -1, 0.2], [pulse, end, 0.8, 1]] };
  if (kind === "blink") return { boxes: [[pulse, end, 0.5, 1], [pulse, end, -1, -0.5]] };
  if (kind === "leak") return { from: pulse, dashed: h.slice(pulse).map((_, t) => h[pulse] * 0.5 ** (t / 3)) };
  return { from: 0, dashed: neuron(weights, inputs.map(() => 0)) };
}

function render(context) {
  const { model } = context;
  const get = (name) => model.get(name);
  const weights = () => ({ w_x: get("w_x"), w_h: get("w_h"), b: get("b") });
  const challenges = () => get("_challenges");
  const chosen = () => challenges()[get("challenge")];
  const guessing = () => get("predicting");
  const parts = {};
  let guess = []; // the curve a learner drew, before the real one is shown
  let revealed = false;
  let scale; // of the chart on screen

  const forget = () => ((guess = []), (revealed = false));
  const open = () => !guessing() || revealed;

  function choose(i, solve) {
    const it = challenges()[clamp(i, 0, challenges().length - 1)];
    if (solve && i >= challenges().length) return;
    forget();
    ui.patch({ challenge: challenges().indexOf(it), inputs: it.inputs, ...(solve ? it.preset : {}) });
  }
  function bend(by) {
    if (open()) return choose(get("challenge") - Math.sign(by));
    draft(get("step"), (guess[get("step")] ?? 0) + by);
  }
  /** Put the learner's own curve at a step; steps never drawn lie at 0. */
  function draft(step, value) {
    guess = get("inputs").map((_, t) => guess[t] ?? 0);
    guess[step] = clamp(Math.round(value * 20) / 20, -1, 1);
    ui.goTo(step);
    ui.refresh();
  }

  function slider(name) {
    const number = element("output", {});
    const input = element("input", {
      type: "range", min: -REACH, max: REACH, step: 0.05, "aria-label": `${name}: ${ui.t(name)}`,
      oninput: () => ui.patch({ [name]: Number(input.value) }),
    });
    parts[name] = { input, number };
    return element("div", { class: `slider ${name}` },
      element("div", {}, symbol(name), element("span", { class: "quiet" }, ui.t(name))), input, number);
  }

  function build() {
    const { t } = ui;
    parts.lights = challenges().map(({ kind }, i) => {
      const light = element("span", { class: "light" });
      return { light, press: button([light, t(kind)], () => choose(i)) };
    });
    parts.aim = element("span", {});
    parts.show = button("", () => choose(get("challenge"), true), { class: "show" });
    parts.chart = element("svg:svg", { role: "img", class: "chart" });
    parts.equation = element("p", { class: "equation", "aria-live": "polite" });
    parts.guess = element("div", { class: "guess" });
    parts.chart.addEventListener("pointerdown", touch);
    parts.chart.addEventListener("pointermove", (event) => event.buttons === 1 && !open() && touch(event));
    return [
      element("div", { class: "lights", role: "group", "aria-label": t("challenges") },
        ...parts.lights.map(({ press }) => press)),
      element("p", { class: "aim" }, parts.aim, parts.show),
      element("div", { class: "sliders" }, ...["w_x", "w_h", "b"].map(slider)),
      parts.chart, parts.equation, parts.guess,
      ...ui.toolbar(),
    ];
  }

  /** A click: choose a step, switch a pulse on or off, or draw the guess. */
  function touch(event) {
    const box = parts.chart.getBoundingClientRect();
    const step = clamp(Math.floor((event.clientX - box.left - LEFT) / scale.column), 0, get("inputs").length - 1);
    const height = event.clientY - box.top;
    if (height > HEIGHT && event.type === "pointerdown") return flip(step);
    if (height > HEIGHT) return;
    if (open()) ui.goTo(step);
    else draft(step, scale.value(height));
  }

  function flip(step) {
    forget();
    ui.patch({ step, inputs: get("inputs").map((x, t) => (t === step ? Number(!x) : x)) });
  }

  function draw() {
    const { t } = ui;
    const inputs = get("inputs");
    const h = neuron(weights(), inputs);
    const step = clamp(get("step"), 0, inputs.length - 1);
    for (const name of ["w_x", "w_h", "b"]) {
      parts[name].input.value = get(name);
      parts[name].number.textContent = signed(get(name));
    }
    parts.lights.forEach(({ light, press }, i) => {
      const lit = succeeds(challenges()[i], weights());
      light.className = lit ? "light lit" : "light";
      light.textContent = lit ? "✓" : "";
      press.ariaPressed = String(i === get("challenge"));
      press.setAttribute("aria-description", t(lit ? "lit" : "unlit"));
    });
    parts.aim.textContent = t(`${chosen().kind}_aim`);
    parts.show.textContent = `${t("show")} (${get("challenge") + 1})`;
    drawChart(inputs, h, step);
    drawEquation(inputs, h, step);
    drawGuess(h);
  }

  function drawChart(inputs, h, step) {
    const width = parts.chart.parentNode.clientWidth - 2 * parseFloat(getComputedStyle(ui.root).paddingLeft);
    const column = (width - LEFT) / inputs.length;
    const x = (i) => LEFT + (i + 0.5) * column;
    const y = (v) => HEIGHT / 2 - v * (HEIGHT / 2 - 12);
    scale = { column, value: (height) => (HEIGHT / 2 - height) / (HEIGHT / 2 - 12) };
    const { boxes = [], dashed, from } = goal(chosen(), weights(), h);
    const line = (values, first, look) => element("svg:polyline", {
      class: look, points: values.map((v, i) => `${x(i + first)},${y(v)}`).join(" ") });
    const largest = Math.max(1, ...inputs.map(Math.abs));
    const floor = HEIGHT + 62;
    parts.chart.setAttribute("width", width);
    parts.chart.setAttribute("height", HEIGHT + 84);
    parts.chart.setAttribute("aria-label", ui.t("chart"));
    parts.chart.replaceChildren(
      rect(LEFT + step * column, 0, column, floor + 4, { class: "here", rx: 4 }),
      ...(open() ? boxes.map(([a, z, low, high]) =>
        rect(LEFT + a * column, y(high), (z - a) * column, y(low) - y(high), { class: "goal", rx: 4 })) : []),
      ...(open() && dashed ? [line(dashed, from, "dashed")] : []),
      ...(guessing() && guess.length ? [line(guess, 0, "drawn")] : []),
      ...curve(h, x, y, [LEFT, width], { step, shown: open() ? h.length : 0 }),
      text(2, 12, "h", { class: "name" }),
      text(2, floor - 10, "x", { class: "name" }),
      element("svg:line", { class: "rule zero", x1: LEFT, x2: width, y1: floor, y2: floor }),
      ...inputs.flatMap((value, i) => {
        const tall = (44 * Math.abs(value)) / largest;
        return [
          rect(LEFT + i * column + column * 0.2, floor - 44, column * 0.6, 44, { class: "lane", rx: 3 }),
          rect(LEFT + i * column + column * 0.2, floor - tall, column * 0.6, tall, { class: "pulse", rx: 3 }),
          text(x(i), floor + 17, i + 1, { "text-anchor": "middle" }),
        ];
      }));
  }

  function drawEquation(inputs, h, step) {
    const term = (kind, ...words) => element("span", { class: `term ${kind}` }, ...words);
    const past = step ? h[step - 1] : 0;
    const { w_x, w_h, b } = weights();
    const known = open() ? signed(h[step]) : "?";
    parts.equation.replaceChildren(
      symbol(`h_${step + 1}`), " = tanh(",
      term("input", symbol("w_x"), " · ", symbol(`x_${step + 1}`)), " + ",
      term("state", symbol("w_h"), " · ", symbol(`h_${step}`)), " + ", term("bias", "b"), ") = tanh(",
      term("input", `${signed(w_x)} · ${inputs[step]}`), " + ",
      term("state", `${signed(w_h)} · ${open() ? signed(past) : "?"}`), " + ", term("bias", signed(b)), ") = ",
      element("strong", {}, known));
  }

  function drawGuess(h) {
    const { t } = ui;
    parts.guess.replaceChildren();
    if (!guessing()) return;
    const gap = guess.length ? h.reduce((sum, v, i) => sum + Math.abs(v - guess[i]), 0) / h.length : 0;
    const words = !revealed ? t("ask") : t(gap < 0.15 ? "close" : "apart", { gap: gap.toFixed(2) });
    parts.guess.append(
      element("p", { "aria-live": "polite" }, words),
      button(t(revealed ? "again" : "reveal"), () => {
        if (revealed) forget();
        else revealed = true;
        ui.refresh();
      }, { class: "reveal" }));
    parts.guess.querySelector(".reveal").disabled = !guess.length;
  }

  const ui = frame(context, {
    name: "neuron-lab",
    traits: ["w_x", "w_h", "b", "inputs", "challenge"],
    steps: () => get("inputs").length,
    keys: { x: () => flip(get("step")), ArrowUp: () => bend(0.1), ArrowDown: () => bend(-0.1), Enter: () => parts.guess.querySelector("button")?.click() },
    preset: (i) => choose(i, true),
    reset: forget,
    build,
    draw,
  });
  ui.rebuild();
  return ui.stop;
}
export default { render };

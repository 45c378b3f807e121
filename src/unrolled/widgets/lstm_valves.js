// LSTMGates by hand: one memory cell and its valves.
import { button, clamp, curve, element, frame, rect, signed, text } from "./core.js";

const LEFT = 34;
const RIGHT = 14; // where the curves' letters stand
const HEIGHT = 190; // of the curves
const LANE = 30;
const ROWS = [..."fio"];
const STILL = 0.02; // a memory that moves less stays

/** Memory c and state h at each step, from zero: c' = f c + i g, h' = o tanh(c'). */
export function cell({ f, i, o }, inputs) {
  let past = 0;
  const c = inputs.map((g, t) => (past = f[t] * past + i[t] * g));
  return { c, h: c.map((memory, t) => o[t] * Math.tanh(memory)) };
}

/** Do the valves do what the task asks, on its own candidates? */
export function fulfils({ candidates, demands }, valves) {
  if (ROWS.some((name) => valves[name].length !== candidates.length)) return false;
  const values = cell(valves, candidates);
  return demands.every(([name, first, end, low, high]) =>
    values[name].slice(first, end).every((v) => low <= v && v <= high));
}

function render(context) {
  const { model } = context;
  const get = (name) => model.get(name);
  const tasks = () => get("_tasks");
  const task = () => tasks()[get("challenge")];
  const parts = {};
  let told; // in predicting: steps uncovered, guesses made and right, a sentence on the last
  let scale;
  const forget = () => (told = { upTo: 0, right: 0, made: 0, words: "" });
  const shown = () => (get("predicting") ? told.upTo : get("inputs").length);
  const asking = () => shown() < get("inputs").length;
  const gate = (name) => element("span", { class: `gate ${name}` }, name);
  // The state rows of a trained layer cannot be looked at here.
  const chosen = () => (/[fiog]/.test(get("gate")) ? get("gate") : "f");

  function choose(i, solve) {
    const it = tasks()[i];
    if (!it) return;
    forget();
    const fits = get("valves").f.length === it.candidates.length;
    const half = Object.fromEntries(ROWS.map((name) => [name, it.candidates.map(() => 0.5)]));
    ui.patch({ challenge: i, inputs: it.candidates, valves: solve ? it.preset : fits ? get("valves") : half });
  }
  const value = (name, t) => (name === "g" ? get("inputs") : get("valves")[name])[t];
  const shownAs = (name, t) => (name === "g" ? signed(value(name, t)) : value(name, t).toFixed(2));
  /** Set a valve (0 to 1) or the candidate (−1 to 1) at the present step. */
  function turn(to, name = chosen()) {
    const at = get("step");
    const put = (values, low) => values.map((v, t) => (t === at ? clamp(Math.round(to * 20) / 20, low, 1) : v));
    if (get("predicting") && at < told.upTo) forget();
    if (name === "g") ui.patch({ inputs: put(get("inputs"), -1) });
    else ui.patch({ valves: { ...get("valves"), [name]: put(get("valves")[name], 0) } });
  }
  /** Open what is shut and shut what is open; of the candidate, its sign. */
  function flip() {
    const now = value(chosen(), get("step"));
    turn(chosen() === "g" ? -now : now > 0.5 ? 0 : 1);
  }

  function commit(choice) {
    const t = told.upTo;
    const { c } = cell(get("valves"), get("inputs"));
    const before = t ? c[t - 1] : 0;
    const right = choice === (Math.abs(c[t] - before) <= STILL ? 2 : Number(c[t] < before));
    const values = { before: signed(before), after: signed(c[t]), f: signed(value("f", t) * before), i: signed(value("i", t) * value("g", t)) };
    told = {
      upTo: t + 1,
      right: told.right + right,
      made: told.made + 1,
      words: `${ui.t(right ? "right" : "wrong", values)} ${ui.t("reason", values)}`,
    };
    ui.goTo(t + 1);
    ui.refresh();
  }

  function slider(name) {
    const number = element("output", {});
    const input = element("input", {
      type: "range", min: name === "g" ? -1 : 0, max: 1, step: 0.05, "aria-label": ui.t(`${name}_does`),
      oninput: () => (ui.patch({ gate: name }), turn(Number(input.value), name)),
    });
    parts[name] = { input, number };
    return element("div", { class: `slider ${name}` },
      element("div", {}, gate(name), " ", element("span", { class: "quiet" }, ui.t(`${name}_does`).replace(/^\w,? ?/, ""))), input, number);
  }

  function build() {
    const { t } = ui;
    parts.lights = tasks().map(({ kind }, i) => {
      const light = element("span", { class: "light" });
      return { light, press: button([light, t(kind)], () => choose(i)) };
    });
    parts.aim = element("span", {});
    parts.show = button("", () => choose(get("challenge"), true), { class: "show" });
    parts.chart = element("svg:svg", { role: "img", class: "chart" });
    parts.chart.addEventListener("pointerdown", touch);
    parts.equation = element("div", { class: "equation" });
    parts.said = element("p", { class: "verdict", "aria-live": "polite" });
    parts.guess = element("div", { class: "guess" });
    return [
      element("div", { class: "lights", role: "group", "aria-label": t("challenges") },
        ...parts.lights.map(({ press }) => press)),
      element("p", { class: "aim" }, parts.aim, parts.show),
      parts.chart, parts.said, parts.equation,
      element("div", { class: "sliders" }, [...ROWS, "g"].map(slider)),
      parts.guess, ...ui.toolbar(
        button(`${t("open")} (O)`, () => turn(1)), button(`${t("shut")} (S)`, () => turn(0))),
    ];
  }

  /** A click on a lane turns its valve; above, it chooses the step. */
  function touch(event) {
    const box = parts.chart.getBoundingClientRect();
    const step = Math.floor((event.clientX - box.left - LEFT) / scale.column);
    const lane = Math.floor((event.clientY - box.top - HEIGHT - 14) / LANE);
    ui.goTo(step);
    if (!"fiog"[lane] || step < 0) return;
    ui.patch({ gate: "fiog"[lane] });
    if (lane < 3) flip();
  }

  function draw() {
    const { t } = ui;
    const inputs = get("inputs");
    if (get("valves").f.length !== inputs.length) return; // the kernel is sending the other half
    const step = clamp(get("step"), 0, inputs.length - 1);
    for (const name of "fiog") {
      parts[name].input.value = value(name, step);
      parts[name].number.textContent = shownAs(name, step);
    }
    parts.lights.forEach(({ light, press }, i) => {
      // While a learner guesses, a light would tell.
      const lit = !asking() && fulfils(tasks()[i], get("valves"));
      light.className = lit ? "light lit" : "light";
      light.textContent = lit ? "✓" : "";
      press.ariaPressed = String(i === get("challenge"));
      press.setAttribute("aria-description", t(lit ? "lit" : "unlit"));
    });
    const own = String(task().candidates) === String(inputs);
    parts.aim.textContent = `${t(`${task().kind}_aim`)} ${own ? "" : t("other_inputs")}`;
    parts.show.textContent = `${t("show")} (${get("challenge") + 1})`;
    const values = cell(get("valves"), inputs);
    drawChart(values, step);
    drawEquation(values, step);
    parts.said.textContent = step < shown() ? says(values, step) : "";
    drawGuess(values.c);
  }

  /** Which gate did it: what f let go of the old memory, what i wrote, what o showed. */
  function says({ c, h }, step) {
    const past = step ? c[step - 1] : 0;
    const lost = (1 - value("f", step)) * past;
    const written = value("i", step) * value("g", step);
    const [left, came] = [lost, written].map((v) => Math.abs(v) > STILL);
    const did = left && came ? "did_both" : left ? "did_f" : came ? "did_i" : "did_none";
    const numbers = { step: step + 1, memory: c[step], lost, written, shown: h[step], whole: Math.tanh(c[step]) };
    const told = Object.fromEntries(Object.entries(numbers).map(([key, v]) => [key, key === "step" ? v : signed(v)]));
    return `${ui.t(did, told)} ${ui.t("did_o", told)}`;
  }

  function drawChart({ c, h }, step) {
    const inputs = get("inputs");
    const width = parts.chart.parentNode.clientWidth - 2 * parseFloat(getComputedStyle(ui.root).paddingLeft);
    const column = (width - LEFT - RIGHT) / inputs.length;
    scale = { column };
    const x = (t) => LEFT + (t + 0.5) * column;
    const seen = shown();
    // Room for the goal and for the curve, but not for what is still covered.
    const reach = [...task().demands.flatMap((it) => it.slice(3)), ...c.slice(0, seen), 1, -1];
    const [low, high] = [Math.min(...reach), Math.max(...reach)];
    const y = (v) => 10 + ((high - v) / (high - low)) * (HEIGHT - 20);
    const top = (lane) => HEIGHT + 14 + lane * LANE;
    const line = (values, look) => element("svg:polyline", {
      class: look, points: values.slice(0, seen).map((v, t) => `${x(t)},${y(v)}`).join(" ") });
    const letters = task().letters && String(task().candidates) === String(inputs) ? task().letters : "";
    parts.chart.setAttribute("width", width);
    parts.chart.setAttribute("height", top(4) + 24);
    parts.chart.setAttribute("aria-label", ui.t("chart"));
    parts.chart.replaceChildren(
      rect(LEFT + step * column, 0, column, top(4), { class: "here", rx: 4 }),
      ...(asking() ? [] : task().demands).map(([name, from, to, least, most]) =>
        rect(LEFT + from * column, y(most) - 3, (to - from) * column, y(least) - y(most) + 6, { class: `goal ${name}`, rx: 4 })),
      // The curve's own rules go from −1 to 1; a memory that counts goes higher.
      ...Array.from({ length: Math.max(0, Math.floor(high) - 1) }, (_, n) => text(LEFT - 7, y(n + 2) + 4, n + 2, { "text-anchor": "end" })),
      line(h, "line thin"),
      element("svg:g", { class: "memory" }, curve(c, x, y, [LEFT, width - RIGHT], { step, shown: seen })),
      ...(seen ? [..."ch"] : []).map((name, k) => {
        // Of two letters that may lie close, the outer curve's goes to its outer side.
        const last = { c, h }[name][seen - 1];
        return text(x(seen - 1) + 9, y(last) + (k ^ (c[seen - 1] < 0) ? 15 : -5), name, { class: "name" });
      }),
      ...[..."fiog"].flatMap((name, lane) => [
        text(2, top(lane) + 19, name, { class: "name" }),
        rect(16, top(lane) + 7, 12, 14, { class: `fill ${name}`, rx: 3 }),
        ...inputs.flatMap((_, t) => {
          const [left, wide, tall] = [LEFT + t * column + 3, column - 6, LANE - 6];
          const v = value(name, t);
          const middle = top(lane) + (name === "g" ? LANE / 2 : LANE - 3);
          const size = Math.abs(v) * (name === "g" ? tall / 2 : tall);
          const look = t === step && name === chosen() ? "lane chosen" : "lane";
          return [
            rect(left, top(lane) + 3, wide, tall, { class: look, rx: 4 }),
            rect(left, v < 0 ? middle : middle - size, wide, size, { class: `fill ${name}`, rx: 3 }),
            text(x(t), top(lane) + 19, `${+v.toFixed(2)}`.replace("-", "−"), { "text-anchor": "middle", class: "on" }),
          ];
        }),
      ]),
      ...inputs.map((_, t) => text(x(t), top(4) + 16, `${t + 1}${letters && ` ${letters[t]}`}`, { "text-anchor": "middle" })));
  }

  function drawEquation({ c, h }, step) {
    const known = (values, t) => (t < 0 ? "0.00" : t < shown() ? signed(values[t]) : "?");
    const sub = (letter, t) => element("span", { class: "symbol" }, letter, element("sub", {}, t + 1));
    const v = (name) => element("span", { class: `gate ${name}` }, name, " ", shownAs(name, step));
    parts.equation.replaceChildren(
      element("div", {}, sub("c", step), " = ", v("f"), " · ", known(c, step - 1), " + ", v("i"), " · ", v("g"), " = ", element("strong", {}, known(c, step))),
      element("div", {}, sub("h", step), " = ", v("o"), " · tanh(", known(c, step), ") = ", element("strong", {}, known(h, step))));
  }

  function drawGuess(c) {
    const { t } = ui;
    parts.guess.replaceChildren();
    if (!get("predicting")) return;
    const at = told.upTo;
    parts.guess.append(element("p", { "aria-live": "polite" }, told.made ? `${told.words} ${t("score", told)} ` : "", asking() ? "" : t("end")));
    if (!asking()) return;
    const valves = [..."fig"].map((name) => `${name} ${shownAs(name, at)}`).join(", ");
    parts.guess.append(
      element("p", {}, t("ask", { step: at + 1, past: signed(at ? c[at - 1] : 0), valves })),
      ...["rise", "fall", "stay"].map((key, i) => button(`${i + 1}  ${t(key)}`, () => commit(i))));
  }

  const along = (by) => ui.patch({ gate: "fiog"[clamp("fiog".indexOf(chosen()) + by, 0, 3)] });
  const more = (by) => turn(value(chosen(), get("step")) + by);
  const next = () => choose((get("challenge") + 1) % tasks().length);
  forget();
  const ui = frame(context, {
    name: "lstm-valves",
    traits: ["inputs", "valves", "challenge", "gate"],
    steps: () => get("inputs").length,
    keys: {
      ArrowUp: () => along(-1), ArrowDown: () => along(1), o: () => turn(1), s: () => turn(0),
      "+": () => more(0.1), "=": () => more(0.1), "-": () => more(-0.1), Enter: flip, c: next,
    },
    preset: (i) => (get("predicting") && asking() ? i < 3 && commit(i) : choose(i, true)),
    reset: forget,
    build,
    draw,
  });
  ui.rebuild();
  return ui.stop;
}
export default { render };

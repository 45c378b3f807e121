// GRUGates of a trained layer: how do z and r share one state, token by token?
import { button, curve, element, frame, signed, text } from "./core.js";
import { forcing, gruSteps } from "./gates.js";
import { heatmap } from "./heatmap.js";
import { LONGEST, chances, look, split, unpack } from "./reader.js";

// The first two of these may be held.
const ROWS = [..."zrnh"];
// A smaller change of the answer counts as none.
const MOVED = 0.05;

/** Gates and states of the layer at all steps, and the answer after each token. */
export function readGates(tokens, vocabulary, { W_x, W_h, b, V, c, units }, clamps) {
  const wide = 3 * units;
  const { known, drives } = look(tokens, vocabulary, W_x, wide);
  const b_h = b.length > wide ? b.subarray(wide) : undefined;
  const steps = gruSteps(drives, W_h, b.subarray(0, wide), b_h, forcing(clamps));
  return { known, steps, odds: chances(steps.map(({ h }) => h), V, c) };
}

function render(context) {
  const { model } = context;
  const get = (name) => model.get(name);
  let data;
  // Words and weights, of a wide layer those of the present text alone.
  let sent;
  let vocabulary;
  let weights;
  // Clamps that wait for the learner's guess, and how the guesses went.
  let ask;
  let told;
  const forget = () => ((ask = undefined), (told = { right: 0, made: 0 }));
  const live = get("_split") !== "kernel";
  const number = (value) => (data.odds.length ? value.toFixed(2) : signed(value));
  const end = ({ odds, steps }) => odds.at(-1) ?? steps.at(-1).h[get("unit")];

  const fresh = (words, save) => words !== get("text") && ui.patch({ text: words, step: 0, clamps: [] }, save);
  const field = element("input", {
    type: "text", dir: "auto",
    // While typing, the page computes alone; the kernel hears of it when the field is left.
    oninput: () => live && fresh(field.value, false),
    onchange: () => (fresh(field.value), model.save_changes()),
  });
  const [note, question, lines, tools, said, readout, body] =
    ["note", "guess", "", "toolbar", "answer", "readout", ""].map((look) => element("div", { class: look }));
  said.ariaLive = question.ariaLive = "polite";
  let press;

  function reread() {
    if (sent !== get("_vocabulary")) {
      sent = get("_vocabulary");
      [vocabulary, weights] = [Object.fromEntries(sent), unpack(get("_weights"), get("_shape"))];
    }
    // As many tokens as the kernel reads; all of them are shown.
    const tokens = (live ? split(get("text"), get("_split")) : get("tokens")).slice(0, LONGEST);
    const run = (clamps) => readGates(tokens, vocabulary, weights, clamps);
    const [now, free] = [get("clamps"), []].map(run);
    data = {
      tokens, run, now, free, odds: now.odds, outcome: get("outcome"), shown: LONGEST, known: now.known,
      rows: ROWS.map((name) => ({ name, values: now.steps.map((step) => step[name][get("unit")]) })),
    };
    map?.stale();
    ui?.refresh();
  }

  const place = () => [get("gate"), get("step"), get("everywhere") ? -1 : get("unit")];
  const gated = () => "zr".includes(get("gate"));
  const held = () => forcing(get("clamps"))(...place());
  /** Hold the gate under the cursor open (1) or shut (0), or let it go (undefined). */
  function hold(value) {
    const [gate, step, unit] = place();
    if (!gated() || held() === value) return;
    const rest = get("clamps").filter(([g, t, u]) =>
      g !== gate || t !== step || (u !== unit && unit >= 0 && (u >= 0 || value >= 0)));
    propose(value === undefined ? rest : [...rest, [gate, step, unit, value]], value);
  }
  function propose(clamps, value = ui.t("f")) {
    if (!get("predicting")) return ui.patch({ clamps });
    ask = { clamps, value, gate: get("gate"), token: data.tokens[get("step")] };
    ui.refresh();
  }
  const cycle = () => hold({ undefined: 1, 1: 0 }[held()]);

  /** The learner commits: 0 rise, 1 fall, 2 stay. Only then the gate is held. */
  function commit(way) {
    const change = end(data.run(ask.clamps)) - end(data.now);
    const right = way === (Math.abs(change) <= MOVED ? 2 : Number(change < 0));
    told.made += 1;
    told.right += right;
    told.verdict = ui.t(right ? "right" : "wrong", { by: signed(change) });
    ui.patch({ clamps: ask.clamps });
    ask = undefined;
  }
  function preset(i) {
    const it = get("_presets")[i];
    if (ask || !it) return ask && i < 3 && commit(i);
    const [gate, step, unit, value] = it.clamp;
    ui.patch({ text: it.text, gate, step, everywhere: unit < 0, ...(unit < 0 ? {} : { unit }), clamps: [] });
    propose([it.clamp], value);
  }
  function build() {
    const { t } = ui;
    map.stale();
    press = Object.entries(actions).map(([key, action]) => button(t(key), action));
    tools.replaceChildren(...press);
    body.replaceChildren(map.scroll, readout, tools, said);
    return [
      element("label", { class: "field" }, t("own"), field),
      body, question, note,
      element("div", { class: "examples" }, get("_presets").map((_, i) => button(`${i + 1}  ${t(`preset_${i}`)}`, () => ask || preset(i)))),
      ...ui.toolbar(element("span", { class: "legend" }, "−1", element("span", { class: "ramp" }), "+1")),
    ];
  }

  function draw() {
    const { t } = ui;
    const { tokens, known, free, now, outcome } = data;
    if (!field.matches(":focus")) field.value = get("text");
    note.textContent = [!tokens[0] && t("empty"), known.includes(false) && t("unknown"), get("_searched") === get("text") && t("share")].filter(Boolean).join(" ");
    body.hidden = !tokens[0];
    question.replaceChildren();
    if (body.hidden) return;
    const [step, unit, gate] = [Math.min(get("step"), tokens.length - 1), get("unit"), get("gate")];
    drawMap(step, unit, gate);
    press.forEach((one, i) => {
      one.disabled = i < 3 && !gated();
      if (i < 4) one.ariaPressed = i < 3 ? held() === [0, 1][i] : get("everywhere");
      else one.textContent = t("u", { unit });
    });
    readout.replaceChildren(
      element("bdi", { class: "token" }, tokens[step]),
      element("strong", {}, `${gate} = ${signed(now.steps[step][gate][unit])}`.replace(gated() && "+", "")),
      element("span", { class: "quiet" }, t(`${gate}_does`)));
    const [before, after] = [free, now].map(end);
    const did = data.odds.length && before > 0.5 !== after > 0.5 ? "turned" : Math.abs(after - before) <= MOVED ? "unmoved" : "nudged";
    said.textContent = t(get("clamps").length ? did : "none", { outcome, before: number(before), after: number(after) });
    if (!get("predicting")) return;
    question.append(element("p", {}, told.made ? `${told.verdict} ${t("score", told)} ` : "", t(ask ? "ask" : "first", { outcome, ...ask })),
      ...(ask ? ["rise", "fall", "stay"] : []).map((key, i) => button(`${i + 1}  ${t(key)}`, () => commit(i))));
  }

  function drawMap(step, unit, gate) {
    const { across, left, width } = map.mark(step, ROWS.indexOf(gate), lines);
    const force = forcing(get("clamps"));
    map.scroll.querySelectorAll("tbody td").forEach((cell, i) => {
      const t = i % data.tokens.length;
      const value = force(ROWS[(i - t) / data.tokens.length], t, unit);
      if (value >= 0) cell.replaceChildren(element("span", { class: "held" }, value));
    });
    const x = (i) => left + (i + 0.5) * across;
    const line = (name, values, label, ghost = []) => {
      const most = Math.max(1, ...values.map(Math.abs));
      const y = (v) => 76 - (46 * v) / most;
      return element("svg:svg", { class: name, width, height: 136 },
        text(2, 48, name, { class: "name" }), text(left, 18, label),
        element("svg:polyline", { class: "dashed", points: ghost.map((v, i) => `${x(i)},${y(v)}`).join(" ") }),
        curve(values, x, y, [left, width], { step }));
    };
    const beside = get("_beside");
    lines.replaceChildren(
      line("h", data.rows[3].values, ui.t("curve", { unit }), data.free.steps.map(({ h }) => h[unit])),
      beside.text === get("text") ? line("c", beside.values, ui.t("beside")) : "");
  }

  const along = (by) => ui.patch({ gate: ROWS[ROWS.indexOf(get("gate")) + by] ?? get("gate") });
  const units = () => get("_shape")[1];
  const other = (by) => ui.patch({ unit: (get("unit") + by + units()) % units() });
  // Keys, and buttons in this order.
  const actions = {
    s: () => hold(0), o: () => hold(1), f: () => hold(),
    a: () => ui.patch({ everywhere: !get("everywhere") }), u: () => other(1),
  };
  let ui;
  let map;
  forget();
  reread();
  ui = frame(context, {
    name: "gru-reading",
    traits: ["gate", "everywhere", "_beside"],
    steps: () => data.tokens.length,
    keys: {
      ArrowUp: () => along(-1), ArrowDown: () => along(1), PageUp: () => other(-1), PageDown: () => other(1),
      Enter: cycle, ...actions,
    },
    preset,
    reset: forget,
    restyle: () => map.stale(true),
    build,
    draw,
  });
  map = heatmap(ui, () => data, (step = get("step"), at) => {
    const gate = ROWS[at];
    if (gate === get("gate") && step === get("step")) cycle();
    else ui.patch({ step, gate: gate ?? get("gate") });
  });
  const anew = ["text", "tokens", "clamps", "_vocabulary", "unit"];
  anew.forEach((name) => model.on(`change:${name}`, reread));
  ui.rebuild();
  return () => (anew.forEach((name) => model.off(`change:${name}`, reread)), ui.stop());
}
export default { render };

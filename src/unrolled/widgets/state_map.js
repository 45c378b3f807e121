// StateMap: what does each unit hold at each token?
import { rnnStates } from "./cells.js";
import { button, clamp, curve, element, frame, signed, text } from "./core.js";
import { heatmap } from "./heatmap.js";
import { LONGEST, chances, floats, look, split, unpack } from "./reader.js";

/** Tokens → which are known, all states, and the head's probability at each token. */
export function readTokens(tokens, vocabulary, { W_x, W_h, b, V, c, units }) {
  const { known, drives } = look(tokens, vocabulary, W_x, units);
  const states = rnnStates(drives, W_h, b);
  return { tokens, known, states, odds: chances(states, V, c) };
}

function render(context) {
  const { model } = context;
  const get = (name) => model.get(name);
  let weights;
  let vocabulary;
  let data;
  let guess;
  const forget = () => (guess = { upTo: 0, right: 0, made: 0, verdict: "" });
  const live = () => get("_where") === "page" && get("_split") !== "kernel";
  const guessing = () => get("predicting");
  const rows = () => get("_rows");
  const shown = () => Math.min(guessing() ? guess.upTo + 1 : LONGEST ** 2, data.tokens.length);

  const field = element("input", {
    type: "text", spellcheck: "false", autocomplete: "off", dir: "auto",
    // While typing, the page computes alone; the kernel hears of it when the field is left.
    oninput: () => live() && ui.patch({ text: field.value, step: 0 }, false),
    onchange: () => (ui.patch({ text: field.value }), model.save_changes()),
  });
  const [note, ask] = ["note", "guess"].map((look) => element("div", { class: look }));
  const readout = element("p", { class: "readout", "aria-live": "polite" });
  const line = element("svg:svg", { height: 118, role: "img" });

  function read() {
    if (get("_where") === "page") {
      weights ??= unpack(get("_weights"), get("_shape"));
      vocabulary ??= Object.fromEntries(get("_vocabulary"));
      const tokens = live() ? split(get("text"), get("_split")) : get("tokens");
      return readTokens(tokens.slice(0, LONGEST), vocabulary, weights);
    }
    const [tokens, all] = [get("tokens"), floats(get("_states"))];
    const units = all.length / tokens.length;
    const states = tokens.map((_, t) => all.subarray(t * units, (t + 1) * units));
    return { tokens, known: get("_known"), states, odds: get("_probabilities") };
  }
  function reread() {
    data = read();
    map?.stale();
    forget();
    ui?.refresh();
  }

  /** The learner commits: up or down, above or below. The next token is then uncovered. */
  function commit(high) {
    const next = guess.upTo + 1;
    if (next >= data.tokens.length) return;
    const [before, state] = [data.states[next - 1], data.states[next]].map((h) => h[get("unit")]);
    const odds = data.odds[next];
    const right = high === (odds === undefined ? state > before : odds > 0.5);
    const value = odds === undefined ? signed(state) : odds.toFixed(2);
    guess = {
      upTo: next,
      right: guess.right + right,
      made: guess.made + 1,
      verdict: ui.t(right ? "right" : "wrong", { value }),
    };
    map.stale();
    ui.goTo(next);
  }
  function choose(i) {
    if (guessing()) return i < 2 && commit(i === 0);
    if (get("_typed") && get("examples")[i]) ui.patch({ text: get("examples")[i], step: 0 });
  }

  function build() {
    map.stale();
    const examples = get("examples").map((words, i) => button(words, () => choose(i), { dir: "auto" }));
    return [
      ...(get("_typed")
        ? [element("label", { class: "field" }, ui.t("own"), field), element("div", { class: "examples" }, examples)]
        : []),
      map.scroll, note, readout, ask,
      ...ui.toolbar(element("span", { class: "legend" }, "−1", element("span", { class: "ramp" }), "+1")),
    ];
  }

  function draw() {
    const { t } = ui;
    const count = data.tokens.length;
    if (!field.matches(":focus")) field.value = get("text");
    note.textContent = [
      !count && t("empty"),
      data.known.includes(false) && t("unknown"),
      live() && split(get("text"), get("_split")).length > LONGEST && t("long", { count: LONGEST }),
    ].filter(Boolean).join(" ");
    map.scroll.hidden = readout.hidden = !count;
    ask.replaceChildren();
    if (!count) return;
    const step = clamp(get("step"), 0, shown() - 1);
    const unit = get("unit");
    const { across, left, width } = map.mark(step, rows().indexOf(unit), line);
    const values = data.states.map((h) => h[unit]);
    line.setAttribute("width", width);
    line.setAttribute("aria-label", t("curve", { unit }));
    line.replaceChildren(
      text(2, 63, `${unit}`, { class: "name" }),
      ...curve(values, (i) => left + (i + 0.5) * across, (v) => 58 - 46 * v, [left, width], { step, shown: shown() }));
    readout.replaceChildren(
      element("bdi", { class: "token" }, data.tokens[step]),
      element("span", {}, t("place", { step: step + 1, steps: count })),
      element("span", {}, `${t("unit", { unit })}: ${signed(values[step])}`),
      data.odds.length ? element("span", {}, `${get("outcome")} = ${data.odds[step].toFixed(2)}`) : "");
    if (guessing()) question(unit);
  }

  function question(unit) {
    const { t } = ui;
    const { upTo, made, right, verdict } = guess;
    const next = data.tokens[upTo + 1];
    const [yes, no, words] = data.odds.length ? ["yes", "no", "ask_odds"] : ["up", "down", "ask_state"];
    ask.append(element("p", { "aria-live": "polite" }, made ? `${verdict} ${t("score", { right, made })}` : ""));
    if (next === undefined) return;
    ask.append(
      element("p", {}, t(words, { token: next, outcome: get("outcome"), unit })),
      ...[yes, no].map((key, i) => button(`${i + 1}  ${t(key)}`, () => commit(i === 0))));
  }

  const along = (by) => {
    const at = rows().indexOf(get("unit")) + by;
    ui.patch({ unit: rows()[clamp(at, 0, rows().length - 1)] });
  };
  let ui;
  let map;
  reread();
  ui = frame(context, {
    name: "state-map",
    traits: ["unit"],
    steps: shown,
    keys: { ArrowUp: () => along(-1), ArrowDown: () => along(1) },
    preset: choose,
    reset: () => (forget(), map.stale()),
    restyle: () => map.stale(true),
    build,
    draw,
  });
  const sheet = () => ({
    ...data,
    rows: rows().map((unit) => ({ name: `${unit}`, values: data.states.map((h) => h[unit]) })),
    outcome: get("outcome"),
    shown: shown(),
  });
  map = heatmap(ui, sheet, (step, at) =>
    ui.patch({ ...(at === undefined ? {} : { unit: rows()[at] }), ...(step === undefined ? {} : { step }) }));
  const fresh = ["text", "tokens", "_states", "_probabilities", "predicting"];
  fresh.forEach((name) => model.on(`change:${name}`, reread));
  ui.rebuild();
  return () => (fresh.forEach((name) => model.off(`change:${name}`, reread)), ui.stop());
}
export default { render };

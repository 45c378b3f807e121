// LSTMGates of a trained layer: which gate did it, at this step?
import { button, clamp, curve, element, frame, signed, text } from "./core.js";
import { forcing, lstmSteps } from "./gates.js";
import { heatmap } from "./heatmap.js";
import { LONGEST, chances, look, split, unpack } from "./reader.js";

const ROWS = [..."ifogch"];
const GATES = 3; // of these rows the first three may be held
const HOLDS = [["open", 1, "O"], ["shut", 0, "S"], ["free", undefined, "F"]];
const MOVED = 0.05; // a smaller change of the answer counts as none

/** Every gate and state of the layer, free and held, and the answer after each token. `before` is
 *  what the same tokens gave free, if that is known. */
export function readGates(tokens, vocabulary, { W_x, W_h, b, V, c }, clamps, before) {
  const { known, drives } = look(tokens, vocabulary, W_x, b.length);
  const run = (forced) => {
    const steps = lstmSteps(drives, W_h, b, forced);
    return { steps, odds: chances(steps.map(({ h }) => h), V, c) };
  };
  const free = before || run();
  return { tokens, known, free, held: clamps.length ? run(forcing(clamps)) : free };
}

function render(context) {
  const { model } = context;
  const get = (name) => model.get(name);
  const weights = unpack(get("_weights"), get("_shape"));
  const vocabulary = Object.fromEntries(get("_vocabulary"));
  let done = []; // what has been read
  let tokens; // of the text, of which the first LONGEST are read
  let data;
  let ask; // a clamp that waits for the learner's guess
  let told; // how many guesses were right, how many made, and a sentence on the last
  const forget = () => ((ask = undefined), (told = { right: 0, made: 0, words: "" }));
  const live = () => get("_split") !== "kernel";
  const clamps = () => get("clamps").filter(([, step]) => step < data.tokens.length);
  const spot = () => [get("gate"), get("step"), get("everywhere") ? -1 : get("unit")];
  const where = (unit) => (unit < 0 ? ui.t("all_units") : ui.t("unit", { unit }));
  /** What a sentence about a place names; a token keeps its own direction. */
  const about = (gate, step, unit) => ({
    gate, where: where(unit), outcome: outcome(),
    token: `\u2068${[...data.tokens[step]].slice(0, 24).join("")}\u2069`,
  });
  const gate = (name) => element("span", { class: `gate ${name}` }, name);
  const last = (part, name) => part.steps.at(-1)[name][get("unit")];
  const end = (part) => part.odds.at(-1) ?? last(part, "h");
  const headed = () => data.free.odds.length;
  const outcome = () => (headed() ? get("outcome") : ui.t("h_of", { unit: get("unit") }));
  const number = (value) => (headed() ? value.toFixed(2) : signed(value));

  const type = (save) => ui.patch({ text: field.value, step: 0, clamps: [] }, save);
  const field = element("input", {
    type: "text", spellcheck: "false", autocomplete: "off", dir: "auto",
    // While typing, the page computes alone; the kernel hears of it when the field is left.
    oninput: () => live() && type(false),
    onchange: () => (type(), model.save_changes()),
  });
  const [note, question, marks, below, share, tools] =
    ["note", "guess", "marks", "", "note", "toolbar"].map((look) => element("div", { class: look }));
  const [readout, verdict] = ["readout", "verdict"].map((look) => element("p", { class: look, "aria-live": "polite" }));
  const line = element("svg:svg", { role: "img" });
  below.append(line, marks);
  let press;

  /** Compute anew what the present text, clamps and unit make of it. */
  function read() {
    const keys = [["text", "tokens"], ["clamps", "unit"]].map((names) => JSON.stringify(names.map(get)));
    if (`${keys}` === `${done}`) return;
    tokens = live() ? split(get("text"), get("_split")) : get("tokens");
    data = readGates(tokens.slice(0, LONGEST), vocabulary, weights, get("clamps"), keys[0] === done[0] && data.free);
    done = keys;
    ask = undefined; // about what is no longer there
    map.stale();
  }

  const isGate = () => ROWS.indexOf(get("gate")) < GATES;
  /** Which hold the present place is under: 1, 0 or undefined. */
  const held = () => forcing(clamps())(...spot());

  /** Hold the gate under the cursor open (1) or shut (0), or let it go (undefined). */
  function hold(value) {
    const [name, step, unit] = spot();
    if (!isGate() || !data.tokens.length || held() === value) return;
    const rest = clamps().filter(([g, t, u]) =>
      g !== name || t !== step || (unit >= 0 && u !== unit && (value !== undefined || u >= 0)));
    apply(value === undefined ? rest : [...rest, [name, step, unit, value]], name, step, unit, value);
  }
  function apply(list, ...place) {
    if (get("predicting")) ask = { list, place };
    else ui.patch({ clamps: list });
    ui.refresh();
  }
  const cycle = () => hold(held() === undefined ? 1 : held() ? 0 : undefined);

  /** The learner commits: 0 rise, 1 fall, 2 stay. Only then the clamp is put on. */
  function commit(choice) {
    const now = () => [end(data.held), last(data.held, "c")];
    const [before, was] = now();
    const { list } = ask;
    ask = undefined;
    ui.patch({ clamps: list });
    read();
    const [after, is] = now();
    const right = choice === (Math.abs(after - before) <= MOVED ? 2 : Number(after < before));
    const values = { before: number(before), after: number(after), unit: get("unit"), was: signed(was), now: signed(is) };
    told = {
      right: told.right + right,
      made: told.made + 1,
      words: `${ui.t(right ? "right" : "wrong", values)} ${ui.t("reason", values)}`,
    };
  }

  function preset(i) {
    if (ask) return i < 3 && commit(i);
    const it = get("_presets")[i];
    if (!it) return;
    ui.patch(it.place);
    read();
    apply([it.clamp], ...it.clamp);
  }

  function build() {
    map.stale();
    const { t } = ui;
    const units = Array.from({ length: get("_shape")[1] }, (_, unit) => element("option", {}, unit));
    press = [
      element("select", { onchange: () => ui.patch({ unit: Number(press[0].value) }) }, units),
      button(`${t("all_units")} (A)`, everywhere),
      ...HOLDS.map(([key, value, letter]) => button(`${t(key)} (${letter})`, () => hold(value))),
    ];
    tools.replaceChildren(element("label", {}, t("unit_label"), " ", press[0]), ...press.slice(1));
    return [
      element("label", { class: "field" }, t("own"), field),
      map.scroll, note, readout, tools, verdict, question,
      element("div", { class: "examples presets" }, get("_presets").map((_, i) =>
        button([`${i + 1}  `, t("preset_" + i)], () => !ask && preset(i)))),
      share, ...ui.toolbar(element("span", { class: "legend" }, "−1", element("span", { class: "ramp" }), "+1")),
    ];
  }
  const everywhere = () => ui.patch({ everywhere: !get("everywhere") });

  function draw() {
    const { t } = ui;
    read();
    const count = data.tokens.length;
    if (!field.matches(":focus")) field.value = get("text");
    note.textContent = [
      !count && t("empty"),
      data.known.includes(false) && t("unknown"),
      tokens.length > LONGEST && t("long", { count: LONGEST }),
    ].filter(Boolean).join(" ");
    ui.root.classList.toggle("empty", !count);
    question.replaceChildren();
    const searched = get("_searches").find((each) => each.text === get("text"));
    share.textContent = searched ? t("share", searched) : "";
    if (!count) return;
    const [step, unit, name] = [clamp(get("step"), 0, count - 1), get("unit"), get("gate")];
    press[0].value = unit;
    press[1].ariaPressed = get("everywhere");
    HOLDS.forEach(([, value], k) => {
      press[k + 2].ariaPressed = held() === value;
      press[k + 2].disabled = !isGate();
    });
    drawMap(step, unit, name);
    const [value, was] = [data.held, data.free].map((part) => signed(part.steps[step][name][unit]));
    readout.replaceChildren(
      element("bdi", { class: "token" }, tokens[step]),
      element("span", {}, t("place", { step: step + 1, steps: count })),
      element("span", {}, gate(name), ` ${t("unit", { unit })}: ${value}`, value === was ? "" : ` (${t("was", { value: was })})`),
      element("span", { class: "quiet" }, t(`${name}_does`)));
    verdict.textContent = says();
    if (get("predicting")) drawQuestion();
  }

  /** What all that is held did to the answer. */
  function says() {
    const all = clamps();
    if (!all.length) return ui.t("none");
    const [before, after] = [end(data.free), end(data.held)];
    const did = all.length > 1 ? "did_many" : all[0][3] ? "did_open" : "did_shut";
    const turned = headed() && before > 0.5 !== after > 0.5;
    const said = ui.t(did, { ...about(...all[0]), count: all.length, before: number(before), after: number(after) });
    return `${said} ${turned ? ui.t("turned") : Math.abs(after - before) <= MOVED ? ui.t("unmoved") : ""}`;
  }

  function drawMap(step, unit, name) {
    const { across, down, left, top, width } = map.mark(step, ROWS.indexOf(name), below);
    const force = forcing(clamps());
    marks.replaceChildren(...clamps().map(([row, t]) => {
      const value = force(row, t, unit);
      const style = `left:${left + t * across}px;top:${top + ROWS.indexOf(row) * down}px;width:${across}px`;
      return value === undefined ? "" : element("span", { class: "held", style }, value);
    }));
    const [held, free] = [data.held, data.free].map(({ steps, odds }) =>
      ({ odds, c: steps.map(({ c }) => c[unit]), h: steps.map(({ h }) => h[unit]) }));
    const reach = Math.max(1, ...[...held.c, ...free.c].map(Math.abs));
    const x = (i) => left + (i + 0.5) * across;
    const [y, z] = [(v) => 58 - (46 * v) / reach, (p) => 204 - 50 * p];
    const join = (values, at, look) => element("svg:polyline", {
      class: look, points: values.map((v, i) => `${x(i)},${at(v)}`).join(" ") });
    const ghosts = clamps()[0];
    const answer = held.odds.length ? [
      text(left, 138, get("outcome")),
      text(left - 7, 183, "0.5", { "text-anchor": "end" }),
      ...[0, 0.5, 1].map((p) => element("svg:line", { class: "rule", x1: left, x2: width, y1: z(p), y2: z(p) })),
      ghosts ? join(free.odds, z, "dashed") : "",
      join(held.odds, z, "line answer"),
    ] : [];
    line.setAttribute("width", width);
    line.setAttribute("height", answer.length ? 214 : 118);
    line.setAttribute("aria-label", ui.t("curve", { unit }));
    line.replaceChildren(
      ...[..."ch"].map((each, k) =>
        text(width - across / 2 + 5, y(held[each].at(-1)) + (k ^ (held.c.at(-1) < 0) ? 13 : -4), each, { class: "name" })),
      ...(ghosts ? [join(free.c, y, "dashed c"), join(free.h, y, "dashed h")] : []),
      join(held.h, y, "line thin"),
      element("svg:g", { class: "memory" }, curve(held.c, x, y, [left, width], { step })), ...answer);
  }

  function drawQuestion() {
    const { t } = ui;
    question.append(element("p", { "aria-live": "polite" }, told.made ? `${told.words} ${t("score", told)} ` : "", ask ? "" : t("first")));
    if (!ask) return;
    question.append(
      element("p", {}, t("ask_" + (["shut", "open"][ask.place[3]] ?? "free"), about(...ask.place))),
      ...["rise", "fall", "stay"].map((key, i) => button(`${i + 1}  ${t(key)}`, () => commit(i))));
  }

  const along = (by) => ui.patch({ gate: ROWS[clamp(ROWS.indexOf(get("gate")) + by, 0, ROWS.length - 1)] });
  const other = (by) => ui.patch({ unit: clamp(get("unit") + by, 0, get("_shape")[1] - 1) });
  forget();
  const ui = frame(context, {
    name: "lstm-gates",
    traits: ["text", "tokens", "clamps", "gate", "unit", "everywhere"],
    steps: () => data.tokens.length,
    keys: {
      ArrowUp: () => along(-1), ArrowDown: () => along(1), PageUp: () => other(-1), PageDown: () => other(1),
      a: everywhere, o: () => hold(1), s: () => hold(0), f: () => hold(), Enter: cycle,
    },
    preset,
    reset: forget,
    restyle: () => map.stale(true),
    build,
    draw,
  });
  const sheet = () => ({
    ...data,
    rows: ROWS.map((name) => ({ name: gate(name), values: data.held.steps.map((step) => step[name][get("unit")]) })),
    odds: data.held.odds,
    outcome: get("outcome"),
    shown: data.tokens.length,
  });
  const map = heatmap(ui, sheet, (step, at) => {
    const place = { ...(at === undefined ? {} : { gate: ROWS[at] }), ...(step === undefined ? {} : { step }) };
    const again = at !== undefined && place.gate === get("gate") && step === get("step");
    ui.patch(place);
    if (again) cycle();
  });
  ui.rebuild();
  return ui.stop;
}
export default { render };

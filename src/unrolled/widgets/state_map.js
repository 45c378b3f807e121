// StateMap: what does each unit hold at each token?
import { button, clamp, colours, curve, element, frame, rnnStates, sigmoid, signed, text } from "./core.js";

const LONGEST = 100; // tokens computed in the page
const CELLS = 400; // a table up to here, a canvas above
const LABEL = 54; // width of the column of unit names

const floats = (view) =>
  new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

/** The weights out of one block of float32: W_x, W_h, b, then V and c of a sigmoid head. */
export function unpack(view, [features, units, head]) {
  const all = floats(view);
  let at = 0;
  const take = (count) => all.subarray(at, (at += count));
  const [W_x, W_h, b] = [take(features * units), take(units * units), take(units)];
  return { W_x, W_h, b, V: take(head * units), c: take(head), units };
}

/** Tokens → which are known, all states, and the head's probability at each token. */
export function readTokens(tokens, vocabulary, { W_x, W_h, b, V, c, units }) {
  const known = tokens.map((token) => Object.hasOwn(vocabulary, token));
  const drives = tokens.map((token, t) => {
    const id = vocabulary[known[t] ? token : "<unk>"];
    return id === undefined ? new Float32Array(units) : W_x.subarray(id * units, (id + 1) * units);
  });
  const states = rnnStates(drives, W_h, b);
  const odds = c.length ? states.map((h) => sigmoid(V.reduce((sum, v, j) => sum + v * h[j], c[0]))) : [];
  return { tokens, known, states, odds };
}

export const split = (words, how) =>
  how === "character" ? [...words] : words.split(/\s+/u).filter(Boolean);

function render(context) {
  const { model } = context;
  const get = (name) => model.get(name);
  let weights;
  let vocabulary;
  let data;
  let place; // measures of the sheet on screen; undefined when it must be laid out anew
  let paint; // value → colour
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
  const box = (look) => element("div", { class: look });
  const [sheet, scroll, note, ask] = ["sheet", "scroll", "note", "guess"].map(box);
  const readout = element("p", { class: "readout", "aria-live": "polite" });
  const [column, row] = ["column", "row"].map(box);
  scroll.append(sheet);

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
    place = undefined;
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
    place = undefined;
    ui.goTo(next);
  }
  function choose(i) {
    if (guessing()) return i < 2 && commit(i === 0);
    if (get("_typed") && get("examples")[i]) ui.patch({ text: get("examples")[i], step: 0 });
  }

  function build() {
    place = undefined;
    const examples = get("examples").map((words, i) => button(words, () => choose(i), { dir: "auto" }));
    return [
      ...(get("_typed")
        ? [element("label", { class: "field" }, ui.t("own"), field), element("div", { class: "examples" }, examples)]
        : []),
      scroll, note, readout, ask,
      ...ui.toolbar(element("span", { class: "legend" }, "−1", element("span", { class: "ramp" }), "+1")),
    ];
  }

  /** Header, probabilities, cells and curve, all on one grid of columns. */
  function lay() {
    const count = data.tokens.length;
    const units = rows().length;
    const across = Math.floor(clamp((scroll.clientWidth - LABEL - 4) / count, 24, 110));
    const down = Math.round(clamp(340 / units, 10, 30));
    const width = LABEL + across * count;
    const rarely = down < 13 ? 4 : 1;
    const seen = (i) => i < shown();
    paint ??= colours(ui.root);
    const number = (p) => (across < 32 ? p.toFixed(1).replace(/^0/, "") : p.toFixed(2));
    const side = (words) => element("th", { scope: "row" }, words);
    const heading = data.tokens.map((token, i) =>
      element("th", { scope: "col", title: token, class: data.known[i] ? "" : "unknown" }, element("bdi", {}, token)));
    const odds = data.odds.map((p, i) => {
      const bar = box("bar");
      bar.style.height = `${seen(i) ? 30 * p : 0}px`;
      return element("td", {}, seen(i) ? number(p) : "?", bar);
    });
    const cell = (token, value, i) => {
      const label = seen(i) ? `${token}: ${signed(value)}` : "?";
      const made = element("td", { "aria-label": label, class: seen(i) ? "" : "hidden" });
      if (seen(i)) made.style.background = paint(value);
      return made;
    };
    const cells = (unit, j) => {
      if (count * units <= CELLS) return data.tokens.map((token, i) => cell(token, data.states[i][unit], i));
      return j ? [] : [element("td", { colspan: count, rowspan: units, class: "picture" }, canvas(across, down))];
    };
    const table = element("table", { role: "grid", "aria-label": ui.t("grid") },
      element("thead", { class: across < 64 ? "upright" : "" },
        element("tr", {}, element("th", { scope: "col" }, ui.t("unit_column")), heading),
        odds.length ? element("tr", { class: "odds" }, side(get("outcome")), odds) : ""),
      element("tbody", {}, rows().map((unit, j) =>
        element("tr", {}, side(j % rarely ? "" : `${unit}`), cells(unit, j)))));
    const line = element("svg:svg", { width, height: 118, role: "img" });
    table.style.width = sheet.style.width = row.style.width = `${width}px`;
    sheet.style.setProperty("--row", `${down}px`);
    row.style.height = `${down}px`;
    column.style.width = `${across}px`;
    sheet.replaceChildren(table, line, column, row);
    scroll.tabIndex = width > scroll.clientWidth ? 0 : -1;
    place = { across, down, width, line, top: table.tBodies[0].offsetTop };
  }

  function canvas(across, down) {
    const sharp = devicePixelRatio;
    const [width, height] = [across * data.tokens.length, down * rows().length];
    const made = element("canvas", { width: width * sharp, height: height * sharp, role: "img", "aria-label": ui.t("grid") });
    made.style.cssText = `width:${width}px;height:${height}px`;
    const pen = made.getContext("2d");
    pen.scale(sharp, sharp);
    data.states.slice(0, shown()).forEach((h, i) => rows().forEach((unit, j) => {
      pen.fillStyle = paint(h[unit]);
      pen.fillRect(i * across, j * down, across - 1, down - 1);
    }));
    return made;
  }
  sheet.onpointerdown = (event) => {
    const { left, top } = sheet.getBoundingClientRect();
    const step = Math.floor((event.clientX - left - LABEL) / place.across);
    const unit = rows()[Math.floor((event.clientY - top - place.top) / place.down)];
    ui.patch({
      ...(unit === undefined ? {} : { unit }),
      ...(step < 0 ? {} : { step: clamp(step, 0, shown() - 1) }),
    });
  };

  function draw() {
    const { t } = ui;
    const count = data.tokens.length;
    if (!field.matches(":focus")) field.value = get("text");
    note.textContent = [
      !count && t("empty"),
      data.known.includes(false) && t("unknown"),
      live() && split(get("text"), get("_split")).length > LONGEST && t("long", { count: LONGEST }),
    ].filter(Boolean).join(" ");
    scroll.hidden = readout.hidden = !count;
    ask.replaceChildren();
    if (!count) return;
    if (!place) lay();
    const step = clamp(get("step"), 0, shown() - 1);
    const unit = get("unit");
    const { across, down, width, line, top } = place;
    const left = step * across;
    column.style.transform = `translateX(${LABEL + left}px)`;
    row.style.transform = `translateY(${top + rows().indexOf(unit) * down}px)`;
    const x = (i) => LABEL + (i + 0.5) * across;
    const values = data.states.map((h) => h[unit]);
    line.setAttribute("aria-label", t("curve", { unit }));
    line.replaceChildren(
      text(2, 63, `${unit}`, { class: "name" }),
      ...curve(values, x, (v) => 58 - 46 * v, [LABEL, width], { step, shown: shown() }));
    const [first, room] = [scroll.scrollLeft, scroll.clientWidth - LABEL];
    if (left < first || left + across > first + room) scroll.scrollLeft = left + (left < first ? 0 : across - room);
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
  reread();
  ui = frame(context, {
    name: "state-map",
    traits: ["unit"],
    steps: shown,
    keys: { ArrowUp: () => along(-1), ArrowDown: () => along(1) },
    preset: choose,
    reset: () => (forget(), (place = undefined)),
    restyle: () => (paint = place = undefined),
    build,
    draw,
  });
  const fresh = ["text", "tokens", "_states", "_probabilities", "predicting"];
  fresh.forEach((name) => model.on(`change:${name}`, reread));
  ui.rebuild();
  return () => (fresh.forEach((name) => model.off(`change:${name}`, reread)), ui.stop());
}
export default { render };

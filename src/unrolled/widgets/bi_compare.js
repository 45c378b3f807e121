// BiCompare: what did each direction know at "Teddy"?
import { rnnStates, sigmoid } from "./cells.js";
import { button, clamp, element, frame, signed } from "./core.js";
import { gruSteps, lstmSteps } from "./gates.js";
import { heatmap } from "./heatmap.js";
import { floats, look, split } from "./reader.js";

const KEYS = ["text", "other"];
const WAYS = ["forward", "backward"];

/** The arrays W_x, W_h, b, V and c of each half: forward, backward and, if any, one-way. */
export const unpack = (halves) => halves.map((half) =>
  Object.fromEntries(Object.entries(half).map(([name, view]) => [name, floats(view)])));

/** What one half makes of each token: its state, and its push V · h on the head's sum. */
function run({ W_x, W_h, b, V }, tokens, vocabulary, backwards) {
  const units = V.length;
  const wide = W_h.length / units;
  const turned = (list) => (backwards ? list.reverse() : list);
  const { known, drives } = look(tokens, vocabulary, W_x, wide);
  turned(drives);
  const states = turned(
    wide === units ? rnnStates(drives, W_h, b)
    : (wide > 3 * units ? lstmSteps(drives, W_h, b)
      : gruSteps(drives, W_h, b.subarray(0, wide), b.length > wide ? b.subarray(wide) : null)).map(({ h }) => h));
  return { known, states, pushes: states.map((h) => V.reduce((sum, v, j) => sum + v * h[j], 0)) };
}

/** Tokens → which are known, both halves, the bias, and the one-way tagger's logits. */
export function readTokens(tokens, vocabulary, [forward, backward, alone]) {
  const read = (half, backwards) => run(half, tokens, vocabulary, backwards);
  const halves = [read(forward), read(backward, true)];
  return {
    tokens, known: halves[0].known, c: forward.c[0], halves,
    one_way: alone ? read(alone).pushes.map((push) => push + alone.c[0]) : [],
  };
}

/** 0: the forward half tells, 1: the backward half, 2: neither; a gap below 1 tells nothing. */
export const teller = ([forward, backward]) =>
  Math.max(forward, backward) < 1 ? 2 : Number(backward > forward);

const span = (look, ...words) => element("span", { class: look }, ...words);

function render(context) {
  const { model } = context;
  const get = (name) => model.get(name);
  const [ask, gap, note] = ["guess", "gap", "note"].map((look) => element("div", { class: look, "aria-live": "polite" }));
  let weights;
  let panels;
  let data; // both sentences
  let verdict; // once the learner has committed
  const asking = () => get("predicting") && !verdict;
  const here = () => data[get("sentence")];
  const alone = () => !data[1].tokens.length;
  const inPage = () => get("_split") !== "kernel";
  const place = (it, step = get("step")) => clamp(step, 0, it.tokens.length - 1);
  /** How many tokens both sentences share. */
  function shared() {
    const [a, b] = data.map((it) => it.tokens);
    const at = a.findIndex((token, i) => token !== b[i]);
    return at < 0 ? a.length : at;
  }
  /** By how much each half's push differs between the sentences, or from none. */
  const gaps = (step) => [0, 1].map((k) => {
    const [a, b = 0] = data.map((it) => it.halves[k].pushes[place(it, step)]);
    return Math.abs(a - b);
  });
  const logit = ({ halves: [f, b], c }, i) => f.pushes[i] + b.pushes[i] + c;
  /** The shared token where the two answers differ most: there the question is asked. */
  function focus() {
    if (alone()) return place(here());
    const apart = data[0].tokens.slice(0, shared()).map((_, i) =>
      Math.abs(sigmoid(logit(data[0], i)) - sigmoid(logit(data[1], i))));
    return Math.max(0, apart.lastIndexOf(Math.max(...apart)));
  }

  function reread() {
    weights ??= unpack(get("_weights"));
    data = KEYS.map((key, i) => {
      const given = get("_readings")[i];
      if (given.halves) return given;
      const tokens = inPage() ? split(get(key), get("_split")) : given.tokens;
      return readTokens(tokens, Object.fromEntries(get("_vocabulary")), weights);
    });
    map.stale();
    ui.refresh();
  }
  /** Other words: the cursor goes to where the sentences part. */
  function edit(changes, save) {
    verdict = "";
    ui.patch(changes, save);
    if (inPage()) ui.patch({ step: focus() }, save);
  }
  function choose(i) {
    if (asking()) return i < 3 && commit(i);
    const it = get("_examples")[i];
    if (it) edit(it.set);
  }
  function commit(i) {
    verdict = i === teller(gaps(focus())) ? "right" : "wrong";
    map.stale();
    ui.root.focus({ preventScroll: true }); // the button that was pressed is gone, the keys go on
    ui.goTo(focus());
  }
  const turn = (to = 1 - get("sentence")) => ui.patch({ sentence: alone() ? 0 : to });

  function build() {
    map.stale();
    panels = KEYS.map((key, i) => {
      const field = element("input", {
        type: "text", spellcheck: "false", dir: "auto", placeholder: t("empty"), "aria-label": t("own", { number: i + 1 }),
        // While typing, the page computes alone; the kernel hears of it when the field is left.
        oninput: () => inPage() && edit({ [key]: field.value }, false),
        onchange: () => (edit({ [key]: field.value }), model.save_changes()),
      });
      const body = element("div");
      const box = element("div", { class: "panel", onclick: ({ target: { dataset } }) =>
        (turn(i), dataset.at && ui.goTo(+dataset.at)) }, field, body);
      return { field, body, box };
    });
    return [
      element("div", { class: "examples" }, get("_examples").map(({ word, title }, i) =>
        button(`${i + 1}  ${word}`, () => choose(i), { title }))),
      ask, element("div", { class: "pair" }, panels.map((it) => it.box)), element("p", {}, t("pushes")), gap, map.scroll, note,
      ...ui.toolbar(span("legend", "−1", span("ramp"), "+1")),
    ];
  }

  /** What a half has read so far; its words are places to click. */
  const lane = (k, { tokens }, step) => element("p", { class: `lane ${WAYS[k]}` },
    span("who", t(WAYS[k])), " ",
    span("count", t("read", { count: k ? tokens.length - step : step + 1, all: tokens.length })), " ",
    tokens.flatMap((word, j) => [element("bdi", { "data-at": j, class: j === step ? "now" : "" }, word), " "]));
  /** A bar from one share of the track to another, with its name and number. */
  function bar(look, from, to, number) {
    const fill = element("i", { class: look });
    if (!asking()) fill.style.cssText = `left:${100 * Math.min(from, to)}%;width:${100 * Math.abs(to - from)}%`;
    return [span("", t(look)), span("track", fill), element("b", {}, asking() ? "?" : number)];
  }
  function panel(it, i) {
    const { field, body, box } = panels[i];
    if (!field.matches(":focus")) field.value = get(KEYS[i]);
    box.ariaCurrent = i === get("sentence");
    body.replaceChildren();
    if (!it.tokens.length) return;
    const step = place(it);
    const [f, b] = it.halves.map((half) => half.pushes[step]);
    const all = logit(it, step);
    const push = (look, from, to, size) =>
      bar(look, ...[from, to].map((a) => 0.5 + clamp(a / get("_reach"), -1, 1) / 2), signed(size));
    const odds = (look, a) => bar(look, 0, sigmoid(a), sigmoid(a).toFixed(2));
    body.append(lane(0, it, step), lane(1, it, step), element("div", { class: "bars" },
      span("ends", span("", t("no")), span("", t("yes"))),
      ...push("forward", 0, f, f), ...push("backward", f, f + b, b), ...push("bias", f + b, all, it.c), ...push("sum", 0, all, all),
      span("outcome", get("outcome")),
      ...odds("both", all), ...(it.one_way.length ? odds("one_way", it.one_way[step]) : [])));
  }

  function draw() {
    const { tokens, halves } = here();
    const count = tokens.length;
    data.forEach(panel);
    ask.replaceChildren();
    map.scroll.hidden = note.hidden = !count;
    gap.hidden = alone() || asking();
    if (!count) return;
    const step = place(here());
    const word = tokens[asking() ? focus() : step];
    ui.root.querySelector(".title").textContent = t("question", { word });
    note.textContent = `${t("pitfall", { count })} ${data.some((it) => it.known.includes(false)) ? t("unknown") : ""}`;
    gap.replaceChildren(
      ...gaps().map((by, k) => element("b", { class: WAYS[k] }, t("apart", { half: t(WAYS[k]), gap: by.toFixed(2) }))),
      t(step < shared() ? "same" : "parted"));
    map.mark(step);
    map.scroll.querySelectorAll("tbody tr")[halves[0].states[0].length].className = "second";
    if (!get("predicting")) return;
    const half = t(`half_${teller(gaps(focus()))}`);
    ask.append(element("p", {}, verdict ? t(verdict, { half }) : t(alone() ? "ask_alone" : "ask", { word })),
      ...(verdict ? [] : [0, 1, 2].map((i) => button(`${i + 1}  ${t(`half_${i}`)}`, () => commit(i)))));
  }

  const ui = frame(context, {
    name: "bi-compare",
    traits: ["sentence"],
    steps: () => here().tokens.length,
    keys: { ArrowUp: turn, ArrowDown: turn, t: turn, T: turn },
    preset: choose,
    // The question is asked where the sentences part, not at the first word.
    reset: () => ((verdict = ""), reread(), queueMicrotask(() => get("predicting") && ui.goTo(focus()))),
    restyle: () => map.stale(true),
    build,
    draw,
  });
  const { t } = ui;
  const map = heatmap(ui, () => {
    const it = here();
    return {
      ...it, outcome: get("outcome"), shown: asking() ? 0 : it.tokens.length,
      odds: it.tokens.map((_, i) => sigmoid(logit(it, i))),
      rows: it.halves.flatMap(({ states }, k) => [...states[0]].map((_, j) =>
        ({ name: k ? `← ${j}` : `${j} →`, values: states.map((h) => h[j]) }))),
    };
  }, (step) => step >= 0 && ui.goTo(step));
  const hear = (how) => [...KEYS, "sentence", "_readings", "predicting"].forEach((name) =>
    model[how](`change:${name}`, reread));
  hear("on");
  reread();
  ui.rebuild();
  return () => (hear("off"), ui.stop());
}
export default { render };

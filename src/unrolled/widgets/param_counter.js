// ParamCounter: where do a layer's parameters sit?
import { button, clamp, element, frame, rect, symbol, text } from "./core.js";

// The matrices that stand side by side in one kernel, by the letter of what they feed.
const GATES = { SimpleRNN: "h", LSTM: "ifgo", GRU: "zrn" };
const MOST = { features: 1_000_000, units: 4096, timesteps: 10_000 };

/** The blocks of weights of the layer and of the dense unit behind it, each a product. */
export function blocks({ cell, features, units, reset_after, bidirectional, outputs }) {
  const ways = bidirectional ? 2 : 1;
  const many = [ways, GATES[cell].length].filter((n) => n > 1);
  const biases = cell === "GRU" && reset_after ? [2] : [];
  const made = [
    { name: "W_x", kind: "input", factors: [...many, features, units] },
    { name: "W_h", kind: "state", factors: [...many, units, units] },
    { name: "b", kind: "bias", factors: [...many, ...biases, units] },
    { name: "Dense", kind: "output", factors: [ways * units + 1, outputs] },
  ];
  return made.map((block) => ({ ...block, count: block.factors.reduce((a, n) => a * n, 1) }));
}
export const total = (all) => all.reduce((sum, { count }) => sum + count, 0);

/** Which of ×1, ×2, ×4 a growth is nearest to. */
export const nearest = (ratio) => clamp(2 ** Math.round(Math.log2(ratio)), 1, 4);

const grouped = (number) => number.toLocaleString("en");

/** A sentence in which names such as W_x become symbols. */
const prose = (sentence) =>
  sentence.split(/\b([A-Za-z]_[a-z0-9]+)\b/).map((piece, i) => (i % 2 ? symbol(piece) : piece));

function render(context) {
  const { model } = context;
  const get = (name) => model.get(name);
  const shape = () =>
    Object.fromEntries(["cell", "features", "units", "reset_after", "bidirectional", "outputs"].map((k) => [k, get(k)]));
  const parts = {};
  let before; // the total a change is compared with
  let asked; // a change whose effect the learner predicts first
  let verdict = "";
  const forget = () => ((before = asked = undefined), (verdict = ""));
  const now = () => total(blocks(shape()));
  const limit = (name, value) => clamp(Math.round(value) || 1, 1, MOST[name]);

  /** Change one number; in prediction mode it waits for the learner's guess. */
  function change(changes, label) {
    verdict = "";
    if (get("predicting") && label) {
      asked = { changes, label };
      return ui.refresh();
    }
    asked = undefined;
    before = now();
    ui.patch(changes);
  }
  function scaleBy(name, factor) {
    const value = limit(name, get(name) * factor);
    if (value !== get(name)) change({ [name]: value }, factor === 2 && `${name}_doubled`);
  }
  function commit(guessed) {
    before = now();
    const after = total(blocks({ ...shape(), ...asked.changes }));
    const truth = nearest(after / before);
    verdict = ui.t(guessed === truth ? "right" : "wrong", { ratio: `×${(after / before).toFixed(2)}` });
    const { changes } = asked;
    asked = undefined;
    ui.patch(changes);
  }

  function stepper(name) {
    const { t } = ui;
    const input = element("input", {
      type: "number", min: 1, max: MOST[name], onchange: () => change({ [name]: limit(name, input.value) }) });
    parts[name] = input;
    const press = (factor, words) =>
      button(words, () => scaleBy(name, factor), { "aria-label": `${t(name)} ${words}` });
    return element("div", { class: "stepper" },
      element("label", {}, element("span", {}, t(name)), input), press(0.5, "÷2"), press(2, "×2"));
  }
  const choices = [[1, "times_1"], [2, "times_2"], [4, "times_4"]];
  const choose = (i) => {
    const it = get("_presets")[i];
    if (it) change(it.set);
  };

  function build() {
    const { t } = ui;
    parts.presets = get("_presets").map(({ name }, i) =>
      button(name, () => choose(i)));
    parts.total = element("p", { class: "total", "aria-live": "polite" });
    parts.chart = element("svg:svg", { class: "chart", role: "img" });
    parts.chart.addEventListener("pointerdown", (event) => {
      const at = event.target.dataset.block;
      if (at) ui.goTo(Number(at));
    });
    parts.rows = element("tbody");
    parts.why = element("p", { class: "why", "aria-live": "polite" });
    parts.guess = element("div", { class: "guess" });
    return [
      element("div", { class: "cells", role: "group", "aria-label": t("cell") }, ...parts.presets),
      element("div", { class: "steppers" }, ...["features", "units", "timesteps"].map(stepper)),
      parts.guess, parts.total, parts.chart,
      element("div", { class: "scroll" },
        element("table", { class: "blocks" },
          element("thead", {}, element("tr", {},
            ...["block", "product", "parameters", "share"].map((key) => element("th", { scope: "col" }, t(key))))),
          parts.rows)),
      parts.why,
      ...ui.toolbar(),
    ];
  }

  function draw() {
    const { t } = ui;
    const all = blocks(shape());
    const sum = total(all);
    const step = clamp(get("step"), 0, all.length - 1);
    for (const name of Object.keys(MOST)) {
      if (ui.root.getRootNode().activeElement !== parts[name]) parts[name].value = get(name);
    }
    parts.presets.forEach((press, i) => {
      const is = Object.entries(get("_presets")[i].set).every(([key, value]) => get(key) === value);
      press.ariaPressed = String(is);
    });
    const growth = before === undefined || asked ? ""
      : t(before === sum ? "same" : "was", { before: grouped(before), ratio: `×${(sum / before).toFixed(2)}` });
    parts.total.replaceChildren(
      element("strong", {}, asked ? "?" : grouped(sum)), ` ${t("in_all")} `, element("span", { class: "quiet" }, growth));
    drawBars(all, sum, step);
    parts.rows.replaceChildren(...all.map((block, i) => row(block, i, sum, step)), still());
    const sizes = { units: grouped(get("units")), features: grouped(get("features")) };
    parts.why.replaceChildren(...prose(t(`why_${all[step].name}`, sizes)));
    drawGuess();
  }

  function row({ name, kind, factors, count }, i, sum, step) {
    const share = (100 * count) / sum;
    return element("tr", { class: i === step ? "chosen" : "", onpointerdown: () => ui.goTo(i) },
      element("th", { scope: "row" }, element("span", { class: `swatch ${kind}` }), symbol(name)),
      element("td", {}, factors.map(grouped).join(" × ")),
      element("td", {}, grouped(count)),
      element("td", {}, `${share < 0.005 ? "< 0.01" : share.toFixed(share < 10 ? 2 : 1)} %`));
  }
  /** The row that never grows: a longer sentence uses the same weights again. */
  function still() {
    return element("tr", { class: "still" },
      element("th", { scope: "row", colspan: 2 }, `${ui.t("timesteps")}: ${grouped(get("timesteps"))}`),
      element("td", {}, "+ 0"), element("td", {}, ui.t("shared")));
  }

  /** One bar with all parameters in true proportion; below it, the small ones under a lens. */
  function drawBars(all, sum, step) {
    const width = parts.chart.parentNode.clientWidth - 2 * parseFloat(getComputedStyle(ui.root).paddingLeft);
    const largest = Math.max(...all.map(({ count }) => count));
    const small = all.filter(({ count }) => count < largest);
    const rest = sum - largest;
    const lens = small.length === all.length - 1 && rest < 0.25 * sum;
    const bar = (list, whole, top, high) => {
      let at = 0;
      return list.flatMap((block) => {
        const i = all.indexOf(block);
        const wide = (width * block.count) / whole;
        const left = at;
        at += wide;
        const name = block.name.replace("_x", "ₓ").replace("_h", "ₕ");
        const label = wide > 150 ? `${name}   ${grouped(block.count)}` : wide > 9 * name.length + 8 ? name : "";
        const gates = block.kind === "output" ? "h" : GATES[get("cell")].repeat(get("bidirectional") ? 2 : 1);
        const each = wide / gates.length;
        const cuts = gates.length > 1 && each > 12
          ? [...gates].flatMap((gate, k) => [
              rect(left + each * k, top, k && 1, 14, { class: "cut" }),
              text(left + each * k + 5, top + 14, gate, { class: `gate on-${block.kind}` })])
          : [];
        return [
          rect(left, top, Math.max(wide, 0.5), high,
            { class: `block ${block.kind} ${i === step ? "chosen" : ""}`, "data-block": i }),
          ...cuts,
          text(left + wide / 2, top + high / 2 + (cuts.length ? 12 : 5), label, { class: `on-${block.kind}`, "text-anchor": "middle" })];
      });
    };
    // The largest block goes first, so that the lens lies under the sliver at the right.
    const sorted = lens ? [...all.filter((b) => !small.includes(b)), ...small] : all;
    const start = width * (1 - rest / sum);
    parts.chart.setAttribute("width", width);
    parts.chart.setAttribute("height", lens ? 148 : 54);
    parts.chart.setAttribute("aria-label", ui.t("chart"));
    parts.chart.replaceChildren(
      ...bar(sorted, sum, 2, 48),
      ...(lens
        ? [element("svg:polygon", { class: "lens", points: `${start},52 ${width},52 ${width},98 0,98` }),
           text(width - 8, 92, ui.t("lens", { share: `${((100 * rest) / sum).toFixed(2)} %`, times: grouped(Math.round(sum / rest)) }),
             { "text-anchor": "end", class: "small" }),
           ...bar(small, rest, 98, 48)]
        : []));
  }

  function drawGuess() {
    const { t } = ui;
    parts.guess.replaceChildren();
    if (!get("predicting")) return;
    parts.guess.append(element("p", { "aria-live": "polite" }, asked ? t(asked.label) : verdict || t("ask")));
    if (!asked) return;
    parts.guess.append(...choices.map(([factor, key], i) =>
      button(`${i + 1}  ${t(key)}`, () => commit(factor))));
  }

  const ui = frame(context, {
    name: "param-counter",
    traits: ["cell", "features", "units", "timesteps", "reset_after", "bidirectional", "outputs"],
    steps: () => 4,
    keys: { ArrowUp: () => scaleBy("units", 2), ArrowDown: () => scaleBy("units", 0.5) },
    preset: (i) => (asked ? choices[i] && commit(choices[i][0]) : choose(i)),
    reset: forget,
    build,
    draw,
  });
  ui.rebuild();
  return ui.stop;
}
export default { render };

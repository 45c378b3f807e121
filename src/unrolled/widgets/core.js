// What every widget shares: elements, colours, keys, time.

export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/** A number with its sign and two digits; never "−0.00". */
export function signed(value) {
  const digits = Math.abs(value).toFixed(2);
  return Number(digits) ? (value < 0 ? "−" : "+") + digits : digits;
}

/** An element with attributes, listeners (onclick: …) and children.
 *  Strings become text nodes: what a learner types is never read as markup. */
export function element(tag, attributes = {}, ...children) {
  const drawn = tag.startsWith("svg:");
  const made = drawn
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.flat());
  return made;
}

/** Names such as W_x with their index set low. */
export function symbol(name) {
  const [letter, index] = name.split("_");
  return element("span", { class: index || !letter[1] ? "symbol" : "" }, letter, index ? element("sub", {}, index) : "");
}

export const button = (words, action, more = {}) =>
  element("button", { type: "button", onclick: action, ...more }, words);

export const text = (x, y, words, more = {}) => element("svg:text", { x, y, ...more }, words);
export const rect = (x, y, width, height, more = {}) =>
  element("svg:rect", { x, y, width: Math.max(0, width), height: Math.max(0, height), ...more });

/** Lines at −1, 0 and 1, the values joined, and a dot for each step up to `shown`. */
export function curve(values, x, y, [left, right], { step, shown = values.length } = {}) {
  const seen = [...values.slice(0, shown).entries()].filter(([, v]) => isFinite(v)); // NaN leaves a gap
  const at = ([t, v]) => `${x(t).toFixed(1)},${y(v).toFixed(1)}`;
  return [
    ...[1, 0, -1].flatMap((v) => [
      element("svg:line", { class: v ? "rule" : "rule zero", x1: left, x2: right, y1: y(v), y2: y(v) }),
      text(left - 7, y(v) + 4, v < 0 ? "−1" : v, { "text-anchor": "end" }),
    ]),
    element("svg:polyline", { class: "line", points: seen.map(at).join(" ") }),
    ...seen.map(([t, v]) =>
      element("svg:circle", { class: "dot", cx: x(t), cy: y(v), r: t === step ? 6 : 3 })),
  ];
}

/** A function from −1 … 1 to a colour of the diverging map in the theme the element stands in. */
export function colours(root) {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const stops = getComputedStyle(root).getPropertyValue("--u-map").match(/#\w+|\w+\([^)]*\)|\w+/g);
  const known = stops.map((stop) => {
    pen.fillStyle = stop;
    pen.fillRect(0, 0, 1, 1);
    return pen.getImageData(0, 0, 1, 1).data;
  });
  const ramp = Array.from({ length: 201 }, (_, i) => {
    const below = Math.min(3, Math.floor(i / 50));
    const mixed = [0, 1, 2].map((channel) =>
      Math.round(known[below][channel] + (known[below + 1][channel] - known[below][channel]) * (i / 50 - below)));
    return `rgb(${mixed})`;
  });
  return (value) => ramp[Math.round(100 * (clamp(value, -1, 1) + 1))];
}

/** The frame of a widget: root element, sentences, keys, play, reset and redrawing.
 *  `part` gives name, traits, steps(), build() → elements, draw(), preset(i), reset(), keys and,
 *  where 700 ms are too slow, the pace of playing. */
export function frame({ model, el }, part) {
  let timer;
  let queued = false;
  const watched = ["step", "playing", "labels", "predicting", ...part.traits];
  const t = (key, values = {}) =>
    (model.get("labels")[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const root = element("div", { class: `unrolled ${part.name}`, tabindex: 0, role: "group" });

  // Only real changes go out, together; drawing waits for all of them.
  function patch(changes, save = true) {
    const real = Object.entries(changes)
      .filter(([key, value]) => JSON.stringify(model.get(key)) !== JSON.stringify(value));
    for (const [key, value] of real) model.set(key, value);
    if (real.length && save) model.save_changes();
    refresh();
  }
  const goTo = (step) => patch({ step: clamp(step, 0, Math.max(0, part.steps() - 1)) });
  const go = (by) => goTo(model.get("step") + by);

  function play() {
    const start = !model.get("playing");
    const over = model.get("step") >= part.steps() - 1;
    patch({ playing: start, ...(start && over ? { step: 0 } : {}) });
  }
  function reset() {
    part.reset();
    patch({ ...model.get("_initial"), playing: false });
  }

  function draw() {
    queued = false;
    if (!root.isConnected || !root.clientWidth) return;
    root.classList.toggle("narrow", root.clientWidth < 460);
    // The picture that stands in where no widget runs (base.py) has done its work.
    document.querySelectorAll(`[data-unrolled="${model.get("_twin")}"]`).forEach((e) => (e.hidden = true));
    part.draw();
    const player = root.querySelector(".play");
    player.textContent = model.get("playing") ? "❚❚" : "▶\uFE0E";
    player.title = player.ariaLabel = t(model.get("playing") ? "pause" : "play");
    root.querySelector(".predict").ariaPressed = model.get("predicting");
    // Set anew at each drawing, so that two views of one widget keep one pace.
    clearTimeout(timer);
    if (!model.get("playing")) return;
    timer = setTimeout(() => {
      if (model.get("step") < part.steps() - 1) go(1);
      else patch({ playing: false });
    }, part.pace ?? 700);
  }
  function refresh() {
    if (!queued) queueMicrotask(draw);
    queued = true;
  }
  function rebuild() {
    root.setAttribute("aria-label", t("title"));
    root.lang = model.get("lang");
    root.replaceChildren(element("div", { class: "title" }, t("title")), ...part.build());
    refresh();
  }

  function predict() {
    part.reset();
    patch({ predicting: !model.get("predicting"), step: 0 });
  }
  /** Play, reset, "predict first", what a widget adds, and the keys. */
  function toolbar(...more) {
    return [
      element("div", { class: "toolbar" },
        button("▶", play, { class: "play" }),
        button("↺", reset, { class: "reset", "aria-label": t("reset"), title: t("reset") }),
        button(t("predict"), predict, { class: "predict" }), ...more),
      element("p", { class: "keys" }, t("keys")),
    ];
  }

  const actions = {
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
    Home: () => goTo(0),
    End: () => goTo(part.steps() - 1),
    " ": play,
    ...part.keys,
  };
  root.addEventListener("keydown", (event) => {
    const { key, code, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return; // Ctrl+S is for the notebook
    if (key === "Escape" && target === root) return root.blur();
    event.stopPropagation(); // JupyterLab would take arrows and letters
    if (key === "Escape") return root.focus();
    if (target.matches("input, select")) return;
    if (target.matches("button") && (key === " " || key === "Enter")) return;
    const preset = /^Digit[1-9]$|^Numpad[1-9]$/.test(code) && (() => part.preset(code.at(-1) - 1));
    const action = preset || (code === "KeyR" ? reset : actions[key]);
    if (!action) return;
    event.preventDefault();
    action();
  });

  const listen = (how) =>
    watched.forEach((name) => model[how](`change:${name}`, name === "labels" ? rebuild : refresh));
  listen("on");
  const repaint = () => {
    part.restyle?.();
    refresh();
  };
  let width;
  const size = new ResizeObserver(() => {
    if (width !== root.clientWidth) repaint((width = root.clientWidth));
  });
  const theme = new MutationObserver(repaint);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", repaint);
  theme.observe(document.body, { attributes: true });
  size.observe(root);
  el.style.flexGrow = 1; // beside other controls in an HBox, take the room that is left
  el.append(root);
  const stop = () => {
    clearTimeout(timer);
    size.disconnect();
    theme.disconnect();
    dark.removeEventListener("change", repaint);
    listen("off");
  };
  return { root, t, patch, goTo, go, refresh, rebuild, toolbar, stop };
}

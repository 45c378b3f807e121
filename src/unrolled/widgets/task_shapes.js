// TaskShapes: which inputs and outputs exist at which step?
import { button, clamp, element, frame, rect, text } from "./core.js";

const LABEL = 52; // width of the column of names
const PICTURE = 84; // side of an image that comes in
// Heights of the three rows of boxes: outputs, states, inputs.
const ROWS = { out: [2, 36], state: [76, 116], in: [156, 190] };

/** The two ends of an arrow; g holds x(step), the rows' edges and half the width of a state. */
export function ends([kind, from, to], g) {
  if (kind === "input") return [g.x(to), g.in, g.x(to), g.bottom];
  if (kind === "output") return [g.x(to), g.top, g.x(to), g.out];
  if (kind === "state") return [g.x(from) + g.half, g.middle, g.x(to) - g.half, g.middle];
  return [g.x(from) + g.half * 0.7, g.out, g.x(to) - g.half * 0.7, g.top];
}

function arrow(spec, g, look = "", size = 5) {
  const [x1, y1, x2, y2] = ends(spec, g);
  const long = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [dx, dy] = [(size * (x2 - x1)) / long, (size * (y2 - y1)) / long];
  const wing = (side) => `${x2 - dx - side * dy},${y2 - dy + side * dx}`;
  return element("svg:g", { class: `arrow ${spec[0]} ${look}` },
    element("svg:line", { x1, y1, x2, y2 }),
    element("svg:polyline", { points: `${wing(1)} ${x2},${y2} ${wing(-1)}` }));
}

/** A small drawing of a shape. */
function mini({ inputs, outputs, arrows }) {
  const x = (t) => 12 + 24 * t;
  const box = (kind, y) => (word, t) => (word === null ? "" : rect(x(t) - 5, y, 10, 10, { class: `box ${kind}`, rx: 2 }));
  return element("svg:svg", { class: "mini", width: 96, height: 62, "aria-hidden": "true" },
    arrows.map((spec) => arrow(spec, { x, out: 12, top: 25, middle: 31, bottom: 37, in: 50, half: 6 }, "", 3)),
    outputs.map(box("output", 1)), inputs.map((_, t) => rect(x(t) - 6, 25, 12, 12, { class: "box state", rx: 3 })),
    inputs.map(box("input", 50)));
}

/** The width that a word asks for; letters beyond Latin are broader. */
const needed = (word) => clamp([...(word ?? "")].reduce((sum, letter) => sum + (letter > "\u1100" ? 15 : 9), 20), 36, 118);

/** An image as rectangles: runs of one colour, [left, top, length, colour] in pixels. */
function drawing({ size, runs }, x, y) {
  const side = PICTURE / size;
  return runs.map(([left, top, long, fill]) => rect(x + left * side, y + top * side, long * side + 0.3, side + 0.3, { fill }));
}

function render(context) {
  const { model } = context;
  const get = (name) => model.get(name);
  const [tasks, jobs, minis] = ["_tasks", "_jobs", "_minis"].map(get);
  const parts = {};
  let place; // the picture on screen; undefined when it must be laid out anew
  let quiz; // the job looked at, and the answer given to each
  const forget = () => (quiz = { at: 0, given: new Map() });
  const guessing = () => get("predicting");
  const job = () => jobs[quiz.at];
  const examples = () => tasks[get("task")].examples;
  const example = () => {
    if (!guessing()) return examples()[get("example")];
    return quiz.given.has(quiz.at) ? job().examples[get("lang")] : undefined;
  };
  /** What is drawn; nothing while a question is open. */
  function picture() {
    const [it, every] = [example(), get("return_sequences")];
    return (!guessing() && every !== null && it.switched[Number(every)]) || it?.own;
  }

  function choose(task) {
    if (guessing()) return answer(task);
    if (!tasks[task]) return;
    const first = tasks[task].examples.findIndex(({ language }) => language === get("lang"));
    ui.patch({ task, example: Math.max(0, first), return_sequences: null, step: 0 });
  }
  const another = (i) => guessing() || ui.patch({ example: i % examples().length, return_sequences: null, step: 0 });
  function flip() {
    const { own, switched } = example() ?? {};
    if (guessing() || !switched.length) return;
    const every = picture().shape === "sequence_to_vector";
    ui.patch({ return_sequences: every === (own.shape === "sequence_to_sequence") ? null : every });
  }
  /** The learner commits to a shape for the job; then its picture is drawn to the end. */
  function answer(shape) {
    if (quiz.given.has(quiz.at) || !minis[shape]) return;
    quiz.given.set(quiz.at, shape);
    ui.goTo(picture().inputs.length - 1);
    ui.refresh();
  }
  function toJob(at) {
    quiz.at = clamp(at, 0, jobs.length - 1);
    ui.patch({ step: picture() ? picture().inputs.length - 1 : 0, playing: false });
    ui.root.focus({ preventScroll: true }); // the button that was pressed is gone, the keys go on
  }
  const along = (by) => (guessing() ? toJob(quiz.at + by) : choose(clamp(get("task") + by, 0, tasks.length - 1)));

  function build() {
    const { t } = ui;
    const card = (i, shape, ...words) =>
      button([mini(shape), element("span", {}, `${i + 1}  `, ...words)], () => choose(i), { class: "card" });
    const kind = ({ shape }) => minis.find((it) => it.shape === shape);
    parts.tasks = tasks.map((task, i) => {
      const { own } = task.examples[0];
      return card(i, kind(own), element("bdi", {}, t(task.name)), element("small", {}, t(own.shape)));
    });
    parts.shapes = minis.map((shape, i) => card(i, shape, t(shape.shape)));
    const box = (look, ...children) => element("div", { class: look }, ...children);
    const group = (look, label) => element("div", { class: look, role: "group", "aria-label": label });
    parts.ask = element("p", { class: "ask", "aria-live": "polite" });
    parts.cards = group("tasks", t("tasks"));
    parts.guess = box("guess");
    parts.others = group("examples", t("examples"));
    parts.of = place = undefined;
    parts.every = button([element("code", {}, "return_sequences"), `: ${t("every")}`], flip, { class: "every" });
    parts.shape = element("strong");
    parts.choice = box("choice", parts.others, parts.shape, parts.every);
    parts.sheet = element("div", { class: "sheet", role: "img", onpointerdown: touch });
    parts.scroll = box("wiring scroll", parts.sheet);
    parts.said = element("p", { class: "said", "aria-live": "polite" });
    parts.code = group("code", t("code"));
    parts.counts = element("p", { class: "counts quiet" });
    return [parts.ask, parts.cards, parts.guess, parts.choice, parts.scroll, parts.said, parts.code, parts.counts, ...ui.toolbar()];
  }
  function touch({ clientX }) {
    const at = clientX - parts.sheet.getBoundingClientRect().left;
    if (at > LABEL) ui.goTo(place.lefts.findLastIndex((left) => left <= at));
  }

  function draw() {
    const { t } = ui;
    const shown = picture();
    drawChoices(shown);
    drawQuiz();
    ["scroll", "said", "code", "counts"].forEach((key) => (parts[key].hidden = !shown));
    if (!shown) return;
    const step = clamp(get("step"), 0, shown.inputs.length - 1);
    drawPicture(shown, step);
    // Isolated, so that a word written from right to left leaves its sentence in order.
    const [key, values] = shown.says[step];
    const apart = Object.fromEntries(Object.entries(values).map(([field, value]) =>
      [field, typeof value === "string" ? `\u2068${value}\u2069` : value]));
    parts.said.replaceChildren(element("strong", {}, `${step + 1} / ${shown.inputs.length}`), ` ${t(key, apart)}`);
    parts.sheet.ariaLabel = `${t(shown.shape)}. ${t(key, apart)}`;
    parts.code.replaceChildren(...shown.code.flatMap(([line, into, out]) => [
      element("code", {}, line.split(/(return_sequences=\w+|initial_state=\w+)/).map((piece, i) => (i % 2 ? element("b", {}, piece) : piece))),
      element("span", {}, `${into} → ${out}`)]));
    parts.counts.textContent = `${t("counts", shown.counts)} ${t(shown.note, shown.counts)}`;
  }

  function drawChoices(shown) {
    const [cards, on] = guessing() ? [parts.shapes, quiz.given.get(quiz.at)] : [parts.tasks, get("task")];
    if (parts.cards.firstChild !== cards[0]) parts.cards.replaceChildren(...cards);
    cards.forEach((each, i) => (each.ariaPressed = String(i === on)));
    parts.choice.hidden = guessing();
    if (guessing()) return;
    const all = examples();
    // Made anew for another task only: a button that holds the focus stays in place.
    if (parts.of !== all) {
      parts.of = all;
      parts.others.replaceChildren(...(all.length > 1 ? all : []).map((each, i) =>
        button(element("bdi", {}, each.name || `${i + 1}`), () => another(i))));
    }
    [...parts.others.children].forEach((each, i) => (each.ariaPressed = String(i === get("example"))));
    parts.shape.textContent = ui.t(shown.shape);
    parts.every.hidden = !example().switched.length;
    parts.every.ariaPressed = String(shown.shape === "sequence_to_sequence");
  }

  function drawQuiz() {
    const { t } = ui;
    parts.ask.replaceChildren();
    parts.guess.replaceChildren();
    if (!guessing()) return;
    const { key, answer: truth } = job();
    const given = quiz.given.get(quiz.at);
    parts.ask.append(
      element("span", { class: "quiet" }, t("job", { number: quiz.at + 1, jobs: jobs.length })),
      element("strong", {}, t(key)), t(`${key}_ask`));
    parts.shapes.forEach((each, i) => {
      each.classList.toggle("truth", given !== undefined && i === truth);
      each.classList.toggle("missed", i === given && i !== truth);
    });
    if (given === undefined) return;
    const made = quiz.given.size;
    const right = [...quiz.given].filter(([at, shape]) => jobs[at].answer === shape).length;
    const shape = t(minis[truth].shape);
    const verdict = given === truth ? t("right", { shape }) : t("wrong", { shape, would: t(`would_${minis[given].shape}`) });
    parts.guess.append(element("p", { "aria-live": "polite" },
      element("strong", {}, given === truth ? "✓ " : "✗ "), verdict, " ", t(`${key}_why`), " ",
      t(made === jobs.length ? "answered" : "score", { right, made })));
    if (quiz.at < jobs.length - 1) parts.guess.append(button(t("next_job"), () => toJob(quiz.at + 1), { class: "next" }));
  }

  /** Lay out a picture; `marks` are the things that change with the step: [node, at, word]. */
  function lay({ inputs, outputs, arrows, parts: networks }) {
    const { t } = ui;
    const { image } = example();
    const count = inputs.length;
    // A column is as wide as its words ask for; what room is left, all share.
    const least = inputs.map((word, at) => Math.max(image && !at ? PICTURE + 12 : 0, needed(word), needed(outputs[at])));
    const spare = (parts.scroll.clientWidth - LABEL - 2 - least.reduce((a, w) => a + w)) / count;
    const wide = least.map((w) => Math.floor(clamp(w + spare, w, Math.max(w, 118))));
    const lefts = wide.reduce((all, w) => [...all, all.at(-1) + w], [LABEL]);
    const bottom = ROWS.in[0] + (image ? PICTURE : ROWS.in[1] - ROWS.in[0]);
    const x = (at) => (lefts[at] + lefts[at + 1]) / 2;
    const half = Math.min(23, Math.min(...wide) * 0.38);
    const g = { x, half, out: ROWS.out[1], top: ROWS.state[0], middle: 96, bottom: ROWS.state[1], in: ROWS.in[0] };
    const marks = [];
    const mark = (node, at, word) => (marks.push([node, at, word]), node);
    const put = (made, left, [top, low], width) => {
      made.style.cssText = `left:${left}px;top:${top}px;width:${width}px;height:${low - top}px`;
      return made;
    };
    const box = (kind, row, at, word) => {
      const inner = element("bdi", {}, word);
      mark(inner, at, row === ROWS.out ? word : undefined);
      return put(mark(element("div", { class: `word ${kind}` }, inner), at), lefts[at] + 3, row, wide[at] - 6);
    };
    const boxes = inputs.flatMap((word, at) => [
      outputs[at] === null ? "" : box(`output${outputs[at] === "?" ? " open" : ""}`, ROWS.out, at, outputs[at]),
      put(mark(element("div", { class: "cell" }, element("span", {}, "h", element("sub", {}, at + 1))), at), x(at) - half, ROWS.state, 2 * half),
      word === null || image ? "" : box("input", ROWS.in, at, word)]);
    const labels = networks.flatMap(([key, from, to], i) => {
      const y = i ? ROWS.state[1] + 12 : ROWS.state[0] - 12;
      const [left, right, up] = [x(from) - half, x(to) + half, i ? -5 : 5];
      return [
        element("svg:path", { class: "bracket", d: `M${left},${y + up}V${y}H${right}V${y + up}` }),
        text((left + right) / 2, i ? y + 18 : y - 8, t(key), { "text-anchor": "middle" })];
    });
    const bridge = networks[1]?.[1];
    const lines = arrows.map((spec) => mark(arrow(spec, g, spec[0] === "state" && spec[2] === bridge ? "bridge" : ""), spec[2]));
    const width = lefts[count];
    parts.here = element("div", { class: "here" });
    const sketch = element("svg:svg", { width, height: bottom + 22 }, labels, lines,
      image ? [rect(x(0) - 43, ROWS.in[0] - 1, 86, 86, { class: "mount" }), ...drawing(image, x(0) - PICTURE / 2, ROWS.in[0])] : [],
      inputs.map((_, at) => text(x(at), bottom + 16, at + 1, { "text-anchor": "middle" })));
    const names = element("div", { class: "names" },
      ["output", "state", "input"].map((key) => put(element("span", {}, t(key)), 0, ROWS[key.replace("put", "")], LABEL)));
    parts.sheet.style.cssText = `width:${width}px;height:${bottom + 24}px`;
    parts.sheet.replaceChildren(parts.here, sketch, ...boxes, names);
    parts.scroll.tabIndex = width > parts.scroll.clientWidth ? 0 : -1;
    return { of: inputs, room: parts.scroll.clientWidth, marks, lefts, wide, move: (step) => put(parts.here, lefts[step], [0, bottom + 22], wide[step]) };
  }

  /** The picture at a step, laid out anew only where it is another one. */
  function drawPicture(shown, step) {
    const { scroll } = parts;
    if (place?.of !== shown.inputs || place.room !== scroll.clientWidth) place = lay(shown);
    for (const [node, at, word] of place.marks) {
      node.classList.toggle("later", at > step);
      node.classList.toggle("now", at === step);
      // What is not yet written is not in the page.
      if (word !== undefined) node.textContent = at > step ? "" : word;
    }
    place.move(step);
    const [room, wide] = [place.room - LABEL, place.wide[step]];
    const shift = place.lefts[step] - LABEL - scroll.scrollLeft;
    // Where it nears an edge, the step moves to the middle: what comes next is seen too.
    if (shift < wide || shift + 2 * wide > room) scroll.scrollLeft += shift - (room - wide) / 2;
  }

  forget();
  const ui = frame(context, {
    name: "task-shapes",
    traits: ["task", "example", "return_sequences"],
    steps: () => picture()?.inputs.length ?? 1,
    keys: {
      ArrowUp: () => along(-1), ArrowDown: () => along(1), Enter: () => parts.guess.querySelector("button")?.click(),
      // The same keys on a Korean keyboard.
      ...Object.fromEntries(["e", "E", "ㄷ"].map((key) => [key, () => another(get("example") + 1)])),
      ...Object.fromEntries(["s", "S", "ㄴ"].map((key) => [key, flip])),
    },
    preset: choose,
    reset: forget,
    build,
    draw,
  });
  ui.rebuild();
  return ui.stop;
}
export default { render };

// AttentionMap: when it writes this, which part of the input does it look at?
import { button, clamp, element, frame, rect, text } from "./core.js";
import { heatmap } from "./heatmap.js";
import { floats } from "./reader.js";

const HEIGHT = 112; // of the writer and its lines
const WORTH_A_WORD = 0.1; // as in attention_readings.py

/** Weights as rows, one for each step of writing. */
export function unpackRows(view, steps) {
  const all = floats(view);
  const count = steps && all.length / steps;
  return Array.from({ length: steps }, (_, t) => all.subarray(t * count, (t + 1) * count));
}
export const peak = (row) => row.indexOf(Math.max(...row));

/** Is a guess at the peak right, near (beside it, or half as heavy) or wrong? */
export function judge(row, guess) {
  const most = Math.max(...row);
  if (row[guess] >= most - 1e-6) return "right";
  return Math.abs(guess - peak(row)) === 1 || row[guess] >= most / 2 ? "near" : "wrong";
}
/** The steps of writing that look at a token of the input, at most three. */
export const lookers = (rows, token) => [...rows.keys()]
  .sort((a, b) => rows[b][token] - rows[a][token]).slice(0, 3)
  .filter((t) => rows[t][token] >= WORTH_A_WORD);

/** A token as it is shown: a blank as a box without a lid, a long one cut. */
const visible = (token, longest = 24) => {
  const letters = [...(token.trim() ? token : "␣")];
  return letters.length > longest ? `${letters.slice(0, longest - 1).join("")}…` : letters.join("");
};
/** In a sentence, whose direction a token must not turn. */
const quoted = (token) => (/[\u0590-\u08ff\u200e-\u2069]/.test(token) ? `\u2068${visible(token)}\u2069` : visible(token));
const joined = (tokens) => tokens.join(tokens.every((token) => [...token].length < 2) ? "" : " ");
const number = (p) => p.toFixed(2);
const paragraph = (look, more = {}) => element("p", { class: look, ...more });

function render(context) {
  const { model } = context;
  const get = (name) => model.get(name);
  let list; // all readings
  let guess;
  let laid; // what the map on screen shows
  let examples;
  let field;
  const forget = () => ((guess = { upTo: 0, right: 0, made: 0, at: undefined, verdict: "" }), (laid = ""));
  const it = () => list[clamp(get("example"), 0, list.length - 1)];
  const many = () => it().written.length;
  const guessing = () => get("predicting");
  const steps = () => (guessing() ? Math.min(guess.upTo + 1, many()) : many());
  const step = () => clamp(get("step"), 0, Math.max(0, steps() - 1));
  /** Is the question of the present step still open? */
  const asking = () => guessing() && step() >= guess.upTo && guess.upTo < many();
  const hidden = (t) => guessing() && t >= guess.upTo;

  const writer = element("svg:svg", { height: HEIGHT, role: "img", class: "writer", onpointerdown: touch });
  const [readout, why, who, outcome, note] =
    ["readout", "why", "who", "outcome", "note"].map((look) => paragraph(look));
  readout.ariaLive = why.ariaLive = "polite";
  const ask = element("div", { class: "guess", "aria-live": "polite" });
  const candidates = element("div", { class: "candidates" });
  let slots = { first: 0, wide: 1, count: 0 }; // of the tokens written, on screen

  function reread() {
    list = get("_readings").map((each) => ({ ...each, rows: unpackRows(each.weights, each.written.length) }));
    forget();
    if (!field) return;
    const held = field.matches(":focus"); // the field is made anew, the keys go on
    ui.rebuild();
    if (held) ui.root.focus({ preventScroll: true });
  }
  function choose(i) {
    if (!list[i]) return;
    forget();
    ui.patch({ example: i, step: 0, token: -1, playing: false });
  }
  function point(by) {
    const { read, rows } = it();
    const token = get("token");
    const start = asking() ? 0 : peak(rows[step()] ?? []);
    ui.patch({ token: clamp(token < 0 ? start : token + by, -1, read.length - 1) });
  }
  /** The learner commits to the token pointed at; then the row is uncovered. */
  function commit() {
    const at = get("token");
    if (!asking() || at < 0) return;
    const verdict = judge(it().rows[guess.upTo], at);
    guess = { upTo: guess.upTo + 1, right: guess.right + (verdict === "right"), made: guess.made + 1, at, verdict };
    ui.root.focus({ preventScroll: true }); // the button that was pressed is gone, the keys go on
    ui.goTo(guess.upTo - 1);
  }
  function onward() {
    if (asking()) return commit();
    if (guessing() && step() < steps() - 1) ui.patch({ step: step() + 1, token: -1 });
    ui.root.focus({ preventScroll: true });
  }
  function pick(token, row) {
    if (!(token >= 0)) return row === undefined || ui.goTo(row);
    if (!asking()) return ui.patch({ token, ...(row === undefined ? {} : { step: clamp(row, 0, steps() - 1) }) });
    ui.patch({ token });
    commit();
  }
  function touch(event) {
    const at = slots.first + Math.floor((event.clientX - writer.getBoundingClientRect().left - place.left) / slots.wide);
    if (at >= slots.first && at < slots.first + slots.count) ui.goTo(at);
  }

  function build() {
    const { t } = ui;
    laid = "";
    examples = list.map(({ text: words, differs, expected, own }, i) =>
      button([element("bdi", {}, `${i + 1}  ${visible(words, 32)}`), expected ? (differs < 0 ? " ✓" : " ✗") : own ? " ✎" : ""],
        () => choose(i), { title: words }));
    field = element("input", {
      type: "text", spellcheck: "false", autocomplete: "off", dir: "auto",
      onchange: () => (forget(), ui.patch({ text: field.value, step: 0, token: -1 })),
    });
    return [
      // The kernel reads it: a page without one has no such field.
      get("_typed") && model.send ? element("label", { class: "field" }, t("own"), field) : "",
      paragraph("problem", { "aria-live": "polite" }),
      element("div", { class: "examples", role: "group", "aria-label": t("examples") }, examples),
      ask, writer, map.scroll, readout, why, element("div", { class: "more" }, element("div", {}, who, outcome), candidates), note,
      ...ui.toolbar(),
    ];
  }

  function draw() {
    const { t } = ui;
    const { read, written, rows, kind } = it();
    ui.root.classList.toggle("letters", [...read, ...written].every((token) => [...token].length < 3));
    ui.root.querySelector(".problem").textContent = get("_problem");
    if (!field.matches(":focus")) field.value = get("text");
    examples.forEach((each, i) => (each.ariaPressed = String(list[i] === it())));
    const empty = !written.length || !read.length;
    for (const part of [writer, map.scroll, readout, why, who, outcome, candidates]) part.hidden = empty;
    note.textContent = t(empty ? "nothing" : "note");
    ask.replaceChildren();
    if (empty) return;
    const [now, open, token] = [step(), asking(), get("token")];
    // What is covered is laid out anew; where it looks changes in place.
    const key = [get("example"), guess.upTo, guessing()].join();
    if (laid !== key) map.stale();
    place = map.mark(token < 0 ? undefined : token, now);
    if (laid !== key) cover(read);
    laid = key;
    dress(rows[now], open);
    if (!open && (token < 0 || (guessing() && token === guess.at))) show(peak(rows[now]));
    drawWriter();
    const at = peak(rows[now]);
    readout.replaceChildren(
      element("bdi", { class: "token" }, visible(written[now])),
      element("span", {}, t("place", { step: now + 1, steps: many() })),
      open ? "" : element("span", {}, t("most", { token: quoted(read[at]), weight: number(rows[now][at]) })));
    const [reason, past] = it().why[now];
    const because = t(`why_${reason}`, { written: quoted(written[now]), weight: number(rows[now][at]), past: quoted(past) });
    why.textContent = open || guessing() ? "" : because;
    drawColumn(token);
    drawCandidates(open);
    drawOutcome(kind);
    if (guessing()) question(because);
  }
  let place;

  const all = (where) => [...map.scroll.querySelectorAll(where)];
  /** A map laid out anew: blanks that can be seen, rows that are not known yet. */
  function cover(read) {
    all("thead bdi").forEach((name, i) => (name.textContent = visible(read[i])));
    all("tbody tr").forEach((line, t) => {
      line.firstChild.title = line.firstChild.textContent;
      if (hidden(t)) line.querySelectorAll("td:not(.picture)").forEach((cell) => {
        cell.className = "hidden";
        cell.ariaLabel = "?";
        cell.style.background = "";
      });
    });
  }
  /** The weights of one step: the tokens shaded, a bar for each. */
  function dress(row, open) {
    const brief = (p) => (place.across < 32 ? p.toFixed(1).replace(/^0/, "") : number(p));
    const names = all("thead tr:first-child th");
    all(".odds td").forEach((cell, i) => {
      const said = open ? "?" : brief(row[i]);
      if (cell.firstChild.data !== said) cell.firstChild.data = said;
      cell.lastChild.style.height = `${open ? 0 : (30 * row[i]).toFixed(1)}px`;
      const share = open ? 0 : Math.round(48 * row[i]);
      names[i + 1].style.background = share ? `color-mix(in srgb, var(--u-state) ${share}%, var(--u-ground))` : "";
    });
    all("tbody .now").forEach((line) => line.classList.remove("now"));
    all("tbody tr")[step()].classList.add("now");
  }
  function show(column) {
    const left = column * place.across;
    const [first, room] = [map.scroll.scrollLeft, map.scroll.clientWidth - place.left];
    if (left < first || left + place.across > first + room) map.scroll.scrollLeft = left - (room - place.across) / 2;
  }

  /** The tokens written so far, and lines from the present one to what it looks at. */
  function drawWriter() {
    if (!place) return;
    const { written, rows, expected, differs } = it();
    const { left, across, width } = place;
    const room = Math.min(map.scroll.clientWidth, width);
    const letters = ui.root.classList.contains("letters");
    const wide = clamp((room - left) / many(), letters ? 22 : 68, 110);
    const count = Math.min(many(), Math.floor((room - left) / wide));
    const now = step();
    const first = clamp(now - count + 2, 0, many() - count);
    const x = (t) => left + (t - first + 0.5) * wide;
    const box = Math.min(wide - 4, letters ? 36 : 104);
    slots = { first, wide, count };
    const lines = asking() ? [] : [...rows[now]].flatMap((weight, i) => {
      const to = left + (i + 0.5) * across - map.scroll.scrollLeft;
      if (weight < 0.015 || to < left || to > room) return [];
      return element("svg:path", {
        class: "look", d: `M${x(now)},34C${x(now)},78 ${to},66 ${to},${HEIGHT}`,
        "stroke-width": (0.8 + 9 * weight).toFixed(2), opacity: (0.35 + 0.65 * weight).toFixed(2),
      });
    });
    writer.setAttribute("width", room);
    writer.setAttribute("aria-label", ui.t("fan", { step: now + 1 }));
    writer.replaceChildren(
      text(left - 8, 23, ui.t("writes"), { "text-anchor": "end" }), ...lines,
      ...Array.from({ length: count }, (_, i) => i + first).flatMap((t) => {
        const wrong = expected && differs >= 0 && written[t] !== expected[t] && t <= now && !(asking() && t === now);
        const look = `box${t === now ? " now" : t > now ? " later" : ""}${wrong ? " off" : ""}`;
        return [
          rect(x(t) - box / 2, 4, box, 30, { class: look, rx: 6 }),
          t > now ? "" : element("svg:svg", { x: x(t) - box / 2, y: 4, width: box, height: 30, style: "overflow:hidden" },
            text(box / 2, 20, visible(written[t], Math.max(2, Math.floor(box / 8))), { class: "said", "text-anchor": "middle" })),
        ];
      }));
  }

  function drawColumn(token) {
    const { read, written, rows } = it();
    who.textContent = "";
    if (token < 0 || guessing()) return;
    const steps = lookers(rows, token).map((t) =>
      ui.t("who_one", { written: quoted(written[t]), step: t + 1, weight: number(rows[t][token]) }));
    who.textContent = ui.t(steps.length ? "who" : "who_none",
      { token: quoted(read[token]), place: token + 1, steps: steps.join(", ") });
  }

  function drawCandidates(open) {
    const likeliest = it().likeliest[step()];
    candidates.hidden = open || !likeliest.length;
    const line = ([token, p]) => {
      const bar = element("i");
      bar.style.width = `${100 * clamp(p, 0, 1)}%`;
      return [element("bdi", { title: token }, visible(token)), element("span", { class: "track" }, bar), element("b", {}, number(p))];
    };
    candidates.replaceChildren(element("p", { class: "quiet" }, ui.t("candidates")), ...likeliest.flatMap(line));
  }

  function drawOutcome(kind) {
    const { written, expected, differs } = it();
    // Before the end of a guessing round it would tell what is still to be written.
    outcome.hidden = !expected || (guessing() && guess.upTo < many());
    if (!outcome.hidden) {
      const values = { text: joined(written), expected: joined(expected), step: differs + 1 };
      outcome.textContent = ui.t(differs < 0 ? "as_expected" : "differs", values);
      if (kind) outcome.append(" ", ui.t(`kind_${kind}`));
    }
  }

  function question(because) {
    const { t } = ui;
    const { read, written, rows } = it();
    const now = step();
    const token = get("token");
    if (asking()) {
      ask.append(element("p", {}, t("ask", { step: now + 1, token: quoted(written[now]) }), " ", t("point")));
      if (token >= 0) ask.append(button(`↵  ${t("commit", { token: quoted(read[token]) })}`, commit, { class: "commit" }));
      return;
    }
    const { made, right, at, verdict } = guess;
    const row = rows[now];
    if (now === guess.upTo - 1) {
      const values = {
        token: quoted(read[peak(row)]), weight: number(row[peak(row)]), guess: quoted(read[at]), own: number(row[at]) };
      ask.append(element("p", {}, element("b", {}, t(verdict, values)), " ", because, " ", t("score", { right, made })));
    } else ask.append(element("p", {}, because));
    if (now < steps() - 1) ask.append(button(`↵  ${t("next")}`, onward, { class: "next" }));
  }

  let ui;
  let map;
  reread();
  ui = frame(context, {
    name: "attention-map",
    traits: ["example", "token", "_problem"],
    steps,
    keys: { ArrowUp: () => point(-1), ArrowDown: () => point(1), Enter: onward },
    preset: choose,
    reset: forget,
    restyle: () => ((laid = ""), map.stale(true)),
    build,
    draw,
  });
  const sheet = () => {
    const { read, written, rows } = it();
    return {
      tokens: read, known: read.map(() => true), shown: read.length, outcome: ui.t("weight"),
      odds: read.map(() => 0), // filled in by dress()
      rows: written.map((token, t) => ({
        name: guessing() && t > guess.upTo ? "?" : visible(token),
        values: hidden(t) ? read.map(() => 0) : rows[t],
      })),
    };
  };
  map = heatmap(ui, sheet, pick);
  map.scroll.onscroll = () => writer.isConnected && drawWriter();
  const hear = (how) => (model[how]("change:_readings", reread), model[how]("change:predicting", forget));
  hear("on");
  ui.rebuild();
  return () => (hear("off"), ui.stop());
}
export default { render };

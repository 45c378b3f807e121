// A heatmap of a sentence: a column for each token, a row for each quantity, and a cursor.
import { clamp, colours, element, signed } from "./core.js";

const CELLS = 400; // a table up to here, a canvas above
const LABEL = 54; // width of the column of names

/** A map in `ui`. what() gives { tokens, known, rows, odds, outcome, shown }: each of rows is
 *  { name, say?, values } with values from −1 to 1, odds (may be empty) are probabilities; columns
 *  from `shown` on stay covered. pick(column, row) is called where a pointer touches the map. */
export function heatmap(ui, what, pick) {
  const box = (look) => element("div", { class: look });
  const [scroll, sheet, column, row] = ["map scroll", "sheet", "column", "row"].map(box);
  let place; // measures of the map on screen; undefined when it must be laid out anew
  let paint; // value → colour
  scroll.append(sheet);

  /** Tokens, probabilities and cells on one grid of columns; `line` joins them below. */
  function lay(line) {
    const { tokens, known, rows, odds, outcome, shown } = what();
    const count = tokens.length;
    const across = Math.floor(clamp((scroll.clientWidth - LABEL - 4) / count, 24, 110));
    const down = Math.round(clamp(340 / rows.length, 10, 30));
    const width = LABEL + across * count;
    const seen = (i) => i < shown;
    paint ??= colours(ui.root);
    const number = (p) => (across < 32 ? p.toFixed(1).replace(/^0/, "") : p.toFixed(2));
    const side = (...words) => element("th", { scope: "row" }, ...words);
    const heading = tokens.map((token, i) =>
      element("th", { scope: "col", title: token, class: known[i] ? "" : "unknown" }, element("bdi", {}, token)));
    const bars = odds.map((p, i) => {
      const bar = box("bar");
      bar.style.height = `${seen(i) ? clamp(30 * p, 0, 30) || 0 : 0}px`;
      return element("td", {}, seen(i) ? number(p) : "?", bar);
    });
    const cell = (value, i) => {
      const label = seen(i) ? `${tokens[i]}: ${signed(value)}` : "?";
      const made = element("td", { "aria-label": label, class: seen(i) ? "" : "hidden" });
      if (seen(i)) made.style.background = paint(value);
      return made;
    };
    const cells = ({ values }, j) => {
      if (count * rows.length <= CELLS) return tokens.map((_, i) => cell(values[i], i));
      return j ? [] : [element("td", { colspan: count, rowspan: rows.length, class: "picture" }, canvas(across, down))];
    };
    const table = element("table", { role: "grid", "aria-label": ui.t("grid") },
      element("thead", { class: across < 64 ? "upright" : "" },
        element("tr", {}, element("th", { scope: "col" }, ui.t("unit_column")), heading),
        odds.length ? element("tr", { class: "odds" }, side(outcome), bars) : ""),
      element("tbody", { class: down < 13 ? "rare" : "" }, rows.map((each, j) =>
        element("tr", {}, side(each.name), cells(each, j)))));
    table.style.width = sheet.style.width = row.style.width = `${width}px`;
    sheet.style.setProperty("--row", `${down}px`);
    row.style.height = `${down}px`;
    column.style.width = `${across}px`;
    sheet.replaceChildren(table, line ?? "", column, row);
    scroll.tabIndex = width > scroll.clientWidth ? 0 : -1;
    place = { across, down, width, left: LABEL, top: table.tBodies[0].offsetTop };
  }

  function canvas(across, down) {
    const { tokens, rows, shown } = what();
    const sharp = devicePixelRatio;
    // A browser draws no canvas wider than this; a longer one is drawn coarser.
    const scale = Math.min(sharp, 16384 / (across * tokens.length));
    const [width, height] = [across * tokens.length, down * rows.length];
    const made = element("canvas", { width: width * scale, height: height * sharp, role: "img", "aria-label": ui.t("grid") });
    made.style.cssText = `width:${width}px;height:${height}px`;
    const pen = made.getContext("2d");
    pen.scale(scale, sharp);
    rows.forEach(({ values }, j) => {
      for (let i = 0; i < Math.min(shown, tokens.length); i++) {
        pen.fillStyle = paint(values[i]);
        pen.fillRect(i * across, j * down, across - 1, down - 1);
      }
    });
    return made;
  }

  /** Put the cursor on a column and a row (either may be undefined), laid out if need be. */
  function mark(step, at, line) {
    if (!place) lay(line);
    const { across, down, top } = place;
    const left = step * across;
    column.hidden = step === undefined;
    row.hidden = at === undefined || at < 0;
    column.style.transform = `translateX(${LABEL + left}px)`;
    row.style.transform = `translateY(${top + at * down}px)`;
    const [first, room] = [scroll.scrollLeft, scroll.clientWidth - LABEL];
    if (left < first || left + across > first + room) scroll.scrollLeft = left + (left < first ? 0 : across - room);
    return place;
  }

  sheet.onpointerdown = (event) => {
    const { left, top } = sheet.getBoundingClientRect();
    const step = Math.floor((event.clientX - left - LABEL) / place.across);
    const at = Math.floor((event.clientY - top - place.top) / place.down);
    const { tokens, rows, shown } = what();
    pick(step < 0 ? undefined : clamp(step, 0, Math.min(shown, tokens.length) - 1), rows[at] && at);
  };
  return {
    scroll,
    mark,
    /** Lay out anew at the next drawing; with `restyle` in new colours. */
    stale: (restyle) => ((place = undefined), restyle && (paint = undefined)),
  };
}

"use strict";
// A table that can be sorted and filtered. The rows are made once; sorting puts them into another order.
(() => {
  const { h } = semscope;

  const compare = (a, b) => typeof a === "string" ? a.localeCompare(b, "en") : a - b;
  const missing = value => value === null || value === undefined || Number.isNaN(value);

  // columns: {key, label, value(row), cell(row), number, wide, hint}; wide ones are left out on narrow screens.
  // state: {sort, order ("up", "down"), filter}; changed(state) hears of each change that the reader makes.
  // kind "texts": columns of words, which get more room on narrow screens.
  // Of many rows the first `most` are shown until the reader asks for all.
  // keep(row, state): whether a row is shown besides the text of the filter; text(row): what the filter looks through.
  semscope.table = ({ caption, columns, rows, state, changed, keep = () => true, text, tools = [], most = Infinity, kind = "", row: decorate }) => {
    const made = rows.map(row => {
      const cells = columns.map((column, index) => h(index === 0 ? "th" : "td", {
        scope: index === 0 ? "row" : null, class: [column.number && "number", column.wide && "wide", column.class]
          .filter(Boolean).join(" ") || null, "data-label": column.label,
      }, column.cell ? column.cell(row) : String(column.value(row))));
      const element = h("tr", {}, ...cells);
      decorate?.(element, row);
      return { row, element, text: (text ? text(row) : "").toLowerCase() };
    });

    const heads = columns.map(column => {
      const button = h("button", { type: "button", title: column.hint ?? null,
                                   onclick: () => choose(column) }, column.label, h("span", { class: "arrow", "aria-hidden": "true" }));
      if (column.label === "") return h("td", { class: column.class });
      return h("th", { scope: "col", class: [column.number && "number", column.wide && "wide", column.class].filter(Boolean).join(" ") || null },
               button);
    });
    const body = h("tbody");
    const count = h("p", { class: "tally muted", role: "status" });
    const filter = text && h("input", { type: "search", class: "filter", placeholder: "Filter", "aria-label": `Filter ${caption}`,
                                        oninput: () => set({ filter: filter.value }) });
    const pick = h("select", { "aria-label": `Sort ${caption} by`, onchange: () => {
      const [sort, order] = pick.value.split(" ");
      set({ sort, order });
    } }, columns.filter(({ label }) => label !== "").flatMap(({ key, label }) => [h("option", { value: `${key} down` }, `${label} \u2193`),
                                              h("option", { value: `${key} up` }, `${label} \u2191`)]));
    const more = h("button", { type: "button", class: "quiet more", onclick: () => { most = Infinity; show(); } });
    const element = h("div", { class: `table ${kind}` },
      h("div", { class: "tools" }, ...tools, filter, h("label", { class: "pick" }, "Sort ", pick), count),
      h("table", {}, h("caption", { class: "hidden" }, caption), h("thead", {}, h("tr", {}, heads)), body), more);

    const choose = column => {
      const first = column.number ? "down" : "up";
      const turned = state.order === "up" ? "down" : "up";
      set({ sort: column.key, order: state.sort === column.key ? turned : first });
    };
    const set = change => {
      Object.assign(state, change);
      show();
      changed?.(state);
    };
    const show = () => {
      const column = columns.find(({ key }) => key === state.sort) ?? columns[0];
      const wanted = (state.filter ?? "").trim().toLowerCase(), sign = state.order === "up" ? 1 : -1;
      const shown = made.filter(each => keep(each.row, state) && each.text.includes(wanted));
      // What has no value stands last either way.
      shown.sort((a, b) => {
        const x = column.value(a.row), y = column.value(b.row);
        if (missing(x) || missing(y)) return missing(x) - missing(y);
        return sign * compare(x, y);
      });
      body.replaceChildren(...shown.slice(0, most).map(each => each.element));
      more.hidden = shown.length <= most;
      more.textContent = `Show all ${shown.length.toLocaleString("en")}`;
      heads.forEach((head, index) => {
        const sorted = columns[index] === column && column.label !== "";
        if (sorted) head.setAttribute("aria-sort", state.order === "up" ? "ascending" : "descending");
        else head.removeAttribute("aria-sort");
      });
      pick.value = `${column.key} ${state.order}`;
      if (filter && filter.value !== (state.filter ?? "")) filter.value = state.filter ?? "";
      count.textContent = shown.length === made.length ? semscope.count(made.length, "row")
        : `${shown.length.toLocaleString("en")} of ${semscope.count(made.length, "row")}`;
    };
    show();
    return { element, update: change => { Object.assign(state, change); show(); } };
  };

  // Buttons of which one is chosen.
  semscope.choice = (label, options, chosen, change) => {
    const buttons = options.map(([value, text]) => h("button", { type: "button", "aria-pressed": String(value === chosen), onclick: () => {
      mark(value);
      change(value);
    } }, text));
    const mark = value => options.forEach(([each], index) => buttons[index].setAttribute("aria-pressed", String(each === value)));
    return { element: h("div", { class: "choice", role: "group", "aria-label": label }, buttons), mark };
  };
})();

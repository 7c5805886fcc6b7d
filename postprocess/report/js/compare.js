"use strict";
// Two runs of the same photos: how often they agree, and where they do not.
(() => {
  const { h, link, percent, card, section } = semscope;

  // [[key, value of A, value of B], ...] of the lines of two configurations that differ.
  const different = (a, b) => {
    const parse = text => {
      const values = new Map();
      let group = "";
      for (const line of text.split("\n")) {
        const at = line.indexOf(" = ");
        if (line.startsWith("[")) group = line.slice(1, -1);
        else if (line.trim() !== "") values.set(`${group}.${at < 0 ? line.replace(/ *=$/, "") : line.slice(0, at)}`, at < 0 ? "" : line.slice(at + 3));
      }
      return values;
    };
    const [first, second] = [parse(a), parse(b)];
    return [...new Set([...first.keys(), ...second.keys()])].filter(key => first.get(key) !== second.get(key) && !key.startsWith("output."))
      .map(key => [key, first.get(key) ?? "\u2013", second.get(key) ?? "\u2013"]);
  };

  semscope.views.compare = async ({ query }) => {
    const data = semscope.overview;
    if (!data.against) throw new Error("This report shows one run alone. Give a second one as report.against.");
    const comparison = await semscope.load("comparison");
    const { common, judged, changed } = comparison;
    const verdict = ([, , truth, a, b]) => truth < 0 ? "unknown" : b === truth ? "better" : a === truth ? "worse" : "wrong in both";
    const marks = { better: "\u25b2 right in B alone", worse: "\u25bc right in A alone", "wrong in both": "\u2717 wrong in both", unknown: "? true scene unknown" };
    let state = { ...query };
    const which = semscope.choice("Which images", [["", "All"], ["better", "Right in B"], ["worse", "Right in A"]], state.which ?? "", value => {
      state = { ...state, which: value };
      semscope.note(link("compare", "", { which: value }));
      made.update({ which: value });
    });
    const made = semscope.table({
      caption: "images with another prediction", rows: changed, most: 50, kind: "texts", state: { sort: "image", order: "up", filter: "", which: state.which ?? "" }, tools: [which.element],
      text: row => `${row[1]} ${semscope.sceneName(row[3])} ${semscope.sceneName(row[4])}`, keep: (row, now) => !now.which || verdict(row) === now.which,
      columns: [
        { key: "image", label: "Image", value: row => row[1], cell: row => h("a", { href: link("image", row[0]) }, semscope.stem(row[1])) },
        { key: "truth", label: "True scene", value: row => semscope.sceneName(row[2]), cell: row => semscope.sceneLink(row[2]) },
        { key: "a", label: "Run A", value: row => semscope.sceneName(row[3]), cell: row => semscope.sceneLink(row[3]) },
        { key: "b", label: "Run B", value: row => semscope.sceneName(row[4]), cell: row => semscope.sceneLink(row[4]) },
        { key: "verdict", label: "", value: verdict, cell: row => marks[verdict(row)] },
      ],
    });
    const largest = semscope.table({
      caption: "images with other deviations", rows: comparison.largest, most: 25, kind: "texts", state: { sort: "difference", order: "down", filter: "" },
      text: row => `${row[1]} ${semscope.sceneName(row[2])} ${semscope.className(row[3])}`,
      columns: [
        { key: "image", label: "Image", value: row => row[1], cell: row => h("a", { href: link("image", row[0], { class: row[3] }) }, semscope.stem(row[1])) },
        { key: "scene", label: "Scene", hint: "predicted by run A", value: row => semscope.sceneName(row[2]), cell: row => semscope.sceneLink(row[2]) },
        { key: "class", label: "Class", value: row => semscope.className(row[3]), cell: row => [semscope.swatch(row[3]), semscope.shortName(semscope.className(row[3]))] },
        { key: "first", label: "d, run A", number: true, value: row => row[4], cell: row => semscope.signed(row[4]) },
        { key: "second", label: "d, run B", number: true, value: row => row[5], cell: row => semscope.signed(row[5]) },
        { key: "difference", label: "Difference", number: true, value: row => Math.abs(row[5] - row[4]), cell: row => semscope.signed(row[5] - row[4]) },
      ],
    });
    const settings = different(data.run.configuration ?? "", data.against.configuration ?? "");
    const facts = [["Network, SHA-256", "model_sha256"], ["Device", "device"], ["Precision", "precision"], ["Started", "created"], ["Command", "command_line"]];
    const element = h("div", { class: "page" },
      h("p", { class: "crumbs" }, h("a", { href: "#/" }, "Overview"), " / Compare"), h("h1", {}, "Two runs"),
      h("dl", { class: "cards" }, card("Images in both", common.toLocaleString("en")), card("Same prediction", percent(comparison.same_prediction, common)),
        card("Top-1 of run A", percent(comparison.correct_first, judged, 2)), card("Top-1 of run B", percent(comparison.correct_second, judged, 2))),
      section("Predictions that differ", changed.length > 0 ? made.element : h("p", { class: "muted" }, "None among the images of this report."),
        h("p", { class: "muted" }, "The page of an image shows both runs side by side, on one colour scale.")),
      section("Deviations that differ most", h("p", { class: "muted" }, "For each image the class whose deviation differs most, for the scene that run A predicts."), largest.element),
      section("What ran", settings.length > 0 && h("table", { class: "settings" }, h("caption", { class: "hidden" }, "Settings that differ"),
        h("thead", {}, h("tr", {}, ["Setting", "Run A", "Run B"].map(text => h("th", { scope: "col" }, text)))),
        h("tbody", {}, settings.map(([key, one, other]) => h("tr", {}, h("th", { scope: "row" }, key), h("td", {}, one), h("td", {}, other))))), h("div", { class: "columns" }, [["Run A", data.run], ["Run B", data.against]].map(([title, run]) => h("div", {}, h("h3", {}, title),
        h("dl", { class: "facts" }, facts.filter(([, key]) => run[key]).map(([name, key]) => [h("dt", {}, name), h("dd", {}, String(run[key]))])),
        h("details", {}, h("summary", {}, "Configuration"), h("pre", {}, run.configuration ?? "")))))));
    return { element, title: "Two runs", update: next => { which.mark(next.which ?? ""); made.update({ which: next.which ?? "" }); } };
  };
})();

"use strict";
// The page of a scene: its sets, figures, confusions and images.
(() => {
  const { h, link, section, card, percent, signed, count, known } = semscope;

  const classTable = (data, state, changed) => {
    const c = data.classes, rows = c.class.map((_, index) => index), limit = semscope.overview.settings.significant;
    const axis = semscope.axisOf([...c.mean, ...c.ci_low, ...c.ci_high]);
    const inSet = (row, set) => set === "" || (set === "distracting" ? c.distracts[row] : semscope.setNames[c.set[row]] === set);
    const counts = set => rows.filter(row => inSet(row, set)).length;
    const tabs = semscope.choice("Which set", [["", "All"], ["relevant", "Relevant"], ["irrelevant", "Irrelevant"], ["distracting", "Distracting"]]
      .map(([value, text]) => [value, `${text} ${counts(value)}`]), state.set ?? "", value => made.update(changed({ set: value })));
    const made = semscope.table({
      caption: "classes", rows, most: 40, state: { sort: state.sort ?? "mean", order: state.order ?? "down", filter: state.filter ?? "", set: state.set ?? "" },
      changed, tools: [tabs.element], text: row => semscope.className(c.class[row]), keep: (row, now) => inSet(row, now.set ?? ""),
      row: (element, row) => { element.dataset.class = c.class[row]; },
      columns: [
        { key: "name", label: "Class", value: row => semscope.className(c.class[row]),
          cell: row => [semscope.swatch(c.class[row]), semscope.shortName(semscope.className(c.class[row]))] },
        { key: "set", label: "Set", value: row => c.set[row], class: "sets", cell: row => [semscope.setBadge(c.set[row]),
          c.distracts[row] && c.set[row] !== 3 && [" ", semscope.setBadge(3)]] },
        { key: "mean", label: "Mean", number: true, hint: "mean deviation over the correct predictions", class: "main", value: row => c.mean[row], cell: row => signed(c.mean[row]) },
        { key: "interval", label: "95 % interval", hint: "of the mean; sorted by its lower end", value: row => c.ci_low[row], class: "bar-cell",
          cell: row => h("span", { class: "with-bar", title: known(c.ci_low[row]) ? `${signed(c.ci_low[row])} to ${signed(c.ci_high[row])}` : null },
            semscope.effectBar(c.mean[row], axis, [c.ci_low[row], c.ci_high[row]]),
            h("span", { class: "hidden" }, `${signed(c.ci_low[row])} to ${signed(c.ci_high[row])}`)) },
        ...(c.shapley ? [{ key: "shapley", label: "Shapley", number: true, hint: "mean Shapley value over the correct predictions, with its q-value below the limit marked", value: row => c.shapley.mean[row],
          cell: row => h("span", { title: known(c.shapley.ci_low[row]) ? `${signed(c.shapley.ci_low[row])} to ${signed(c.shapley.ci_high[row])}` : null },
            signed(c.shapley.mean[row]), known(c.shapley.q_value[row]) && c.shapley.q_value[row] < limit && h("span", { title: "significant" }, "\u00a0*")) }] : []),
        { key: "present", label: "Present", number: true, hint: "correct predictions that have the class", value: row => c.present[row] },
        { key: "q", label: "q", number: true, hint: "q-value of the permutation test", value: row => c.q_value[row],
          cell: row => h("span", { class: c.q_value[row] < limit ? "sure" : null }, semscope.small(c.q_value[row]), known(c.q_value[row]) && c.q_value[row] < limit && h("span", { title: "significant" }, "\u00a0*")) },
        { key: "strongest", label: "Strongest", number: true, hint: "missed images whose strongest distractor it is", value: row => c.strongest[row] },
        { key: "flip", label: "Flips", number: true, hint: "missed images that become right without it", value: row => c.flip[row] },
        { key: "share", label: "Pixels", number: true, wide: true, hint: "share of the labelled pixels of the scene's images", value: row => c.share[row], cell: row => percent(c.share[row]) },
      ],
    });
    return { element: made.element, update: change => { tabs.mark(change.set); made.update(change); } };
  };

  const confusions = (title, list, total, phrase) => h("div", {}, h("h3", {}, title), list.length === 0
    ? h("p", { class: "muted" }, "None.")
    : h("ul", { class: "pairs" }, list.slice(0, 12).map(([scene, images]) => {
      const fill = h("span", { class: "fill" });
      fill.style.width = `${100 * images / total}%`;
      return h("li", {}, h("span", { class: "names" }, semscope.sceneLink(scene)), h("span", { class: "track", "aria-hidden": "true" }, fill),
        h("span", { class: "figure" }, `${images.toLocaleString("en")} ${phrase}`));
    }), list.length > 12 && h("li", { class: "muted" }, `and ${list.length - 12} more scenes`)));

  const kinds = {
    correct: ["Correct", "images of the scene that were recognised", "\u2713"],
    missed: ["Missed", "images of the scene that were predicted as another", "\u2717"],
    wrong: ["Predicted wrongly", "images of other scenes that were predicted as this one", "\u2717"],
    unknown: ["Of unknown scene", "images predicted as this scene whose true scene is not known", "?"],
  };

  const thumbnail = (entry, kind, scene) => {
    const note = kind === "missed" ? ["seen as ", semscope.sceneName(entry.predicted)] : kind === "wrong" ? ["is ", semscope.sceneName(entry.truth)] : [semscope.stem(entry.path)];
    const frame = h("span", { class: "frame" });
    semscope.whenNear(frame, async () => {
      try {
        const image = await semscope.loadImage(entry.image);
        if (image.photo) frame.append(h("img", { src: semscope.photo(image), alt: semscope.stem(entry.path), decoding: "async" }));
        else frame.append(h("span", { class: "gone" }, "no photo"));
      } catch (error) { frame.append(h("span", { class: "gone" }, error.message)); }
    });
    return h("li", {}, h("a", { href: link("image", entry.image, { in: `${scene}.${kind}`, scene: kind === "missed" ? scene : null }), class: "thumb " + kind,
                                title: entry.path },
      frame, h("span", { class: "note" }, h("span", { class: "mark", "aria-hidden": "true" }, kinds[kind][2]), " ", ...note)));
  };

  const gallery = (data, kind) => {
    const { total, images } = data.gallery[kind];
    if (total === 0) return null;
    const [title, meaning] = kinds[kind];
    return [h("h3", {}, title, h("span", { class: "muted" }, total > images.length ? ` ${images.length} of ${total.toLocaleString("en")}, chosen evenly` : ` ${total.toLocaleString("en")}`)),
      h("p", { class: "muted" }, meaning), h("ul", { class: "gallery" }, images.map(entry => thumbnail(entry, kind, data.scene)))];
  };

  const figures = data => h("div", { class: "sheets" },
    semscope.figure(data.figures.boxplot, "Score deviations of the relevant classes, correct predictions",
      data.correct === 0 ? "No box plot: no image of the scene is predicted correctly." : "No box plot: no class has a mean deviation above the threshold."),
    semscope.figure(data.figures.relevant, "Word cloud of the classes that support the scene", "No word cloud: no class has a positive mean deviation."),
    data.figures.distracting && semscope.figure(data.figures.distracting, "Word cloud of the distracting classes", ""),
    semscope.figure(data.figures.distribution, "Semantic distribution: shares of the pixels", "No distribution: there are no images."),
    data.figures.shapley && semscope.figure(data.figures.shapley, "Shapley values of the classes whose mean is above the threshold, correct predictions", ""),
    data.figures.interactions && semscope.figure(data.figures.interactions, "Interactions of classes, images predicted as the scene", ""),
    data.figures.curves && semscope.figure(data.figures.curves, "Faithfulness: deletion and insertion curves, images predicted as the scene", ""));

  semscope.views.scene = async ({ id, query }) => {
    const scene = Number(id), names = semscope.overview.scenes.name;
    if (!/^\d+$/.test(id) || scene >= names.length) throw new Error("This report has no such scene.");
    const data = await semscope.load(`scene/${scene}`);
    let state = { ...query };
    const changed = change => {
      state = { ...state, ...change };
      semscope.note(link("scene", scene, { set: state.set, sort: state.sort, order: state.order, filter: state.filter }));
      return change;
    };
    const classes = classTable(data, state, changed);
    const wrong = data.predicted - data.correct;
    const element = h("div", { class: "page" },
      h("p", { class: "crumbs" }, h("a", { href: "#/" }, "Overview"), " / Scene"),
      h("h1", {}, names[scene]),
      h("dl", { class: "cards" },
        card("Images", data.images.toLocaleString("en")), card("Accuracy", percent(data.top1, data.images), `${data.top1} of ${data.images}`),
        card("Top-5", percent(data.top5, data.images)), card("Missed", data.missed.toLocaleString("en")),
        card("Predicted", data.predicted.toLocaleString("en"), wrong > 0 ? `${wrong} of them wrongly` : null)),
      data.correct > 0 && data.correct < 10 && h("aside", { class: "warnings" }, h("p", {}, `Only ${count(data.correct, "correct prediction")}: the means and intervals below stand on little.`)),
      section("What matters to the scene", data.classes.class.length > 0 ? classes.element : h("p", { class: "muted" }, "No class: the scene has no images.")),
      section("Figures", figures(data)),
      section("Confusions", h("div", { class: "columns" },
        confusions("It is seen as", data.predicted_as, data.images, `of ${data.images}`),
        confusions("Seen as it", data.mistaken_for_it, data.predicted, `of ${data.predicted}`))),
      section("Images", Object.keys(kinds).map(kind => gallery(data, kind)), Object.values(data.gallery).every(({ total }) => total === 0) && h("p", { class: "muted" }, "There are none.")));
    return { element, title: names[scene], update: next => classes.update({ sort: next.sort ?? "mean", order: next.order ?? "down", filter: next.filter ?? "", set: next.set ?? "" }) };
  };
})();

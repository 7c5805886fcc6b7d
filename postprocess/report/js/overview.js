"use strict";
// The first page: what ran, how well the network did, and what is there to look at.
(() => {
  const { h, link, table, section, card, percent, fixed, signed, count, known } = semscope;

  const rowsOf = columns => columns.name.map((_, index) => index);

  const cards = data => {
    const e = data.evaluation;
    return h("dl", { class: "cards" },
      card("Top-1", known(e.top1) ? e.top1.toFixed(2) + " %" : "\u2013"), card("Top-2", known(e.top2) ? e.top2.toFixed(2) + " %" : "\u2013"),
      card("Top-5", known(e.top5) ? e.top5.toFixed(2) + " %" : "\u2013"),
      card("Mean class accuracy", known(e.mean_class_accuracy) ? e.mean_class_accuracy.toFixed(2) + " %" : "\u2013",
        known(e.mean_class_accuracy_all) ? `${e.mean_class_accuracy_all.toFixed(2)} % over all listed scenes` : null),
      card("Loss", fixed(e.loss), "cross-entropy, nat"), card("Images", e.images.toLocaleString("en"), "of known scene"));
  };

  const warnings = data => {
    const { scenes, evaluation: e } = data, few = 10, lines = [];
    const say = (text, list = []) => lines.push(h("li", {}, text, list.length > 0 && " ", list.slice(0, 12).map((scene, index) =>
      [index > 0 && ", ", semscope.sceneLink(scene)]), list.length > 12 && ` and ${list.length - 12} more.`));
    const used = rowsOf(scenes).filter(scene => scenes.images[scene] > 0);
    if (!data.run.complete || e.pending > 0) say(`The run is not complete: ${count(e.pending, "image")} pending.`);
    if (e.unreadable > 0) say(`${count(e.unreadable, "photo")} could not be read by the run; the list is below.`);
    if (e.not_finite > 0) say(`${count(e.not_finite, "photo")} got scores that are not finite; the list is below.`);
    if (e.unknown > 0) say(`${count(e.unknown, "image")} of unknown scene: they count in no accuracy.`);
    if (data.missing_photos.total > 0) say(`${count(data.missing_photos.total, "photo")} could not be read for this report; a placeholder stands in.`);
    if (data.missing_labels.total > 0) say(`${count(data.missing_labels.total, "label map")} could not be read, or changed since the run: these images have numbers but no map.`);
    const small = used.filter(scene => scenes.correct[scene] < few);
    if (small.length > 0) say(`${count(small.length, "scene")} with fewer than ${few} correct predictions. Means and intervals there stand on little:`, small);
    const unsure = used.filter(scene => scenes.relevant[scene] > 0 && scenes.significant[scene] === 0);
    if (unsure.length > 0) say(`${count(unsure.length, "scene")} whose relevant classes are all not significant (q of ${data.settings.significant} or more):`, unsure);
    if (lines.length === 0) return null;
    return h("aside", { class: "warnings", "aria-label": "Warnings" }, h("h2", {}, "Read with care"), h("ul", {}, lines));
  };

  const sceneTable = (data, state, changed) => {
    const { scenes } = data, all = rowsOf(scenes);
    const accuracy = scene => scenes.images[scene] > 0 ? scenes.top1[scene] / scenes.images[scene] : null;
    const empty = all.filter(scene => scenes.images[scene] === 0).length;
    const which = semscope.choice("Which scenes", [["", "With images"], ["all", "All"]], state.scenes ?? "", value => made.update(changed({ scenes: value })));
    const made = table({
      caption: "scenes", rows: all, most: 25, state: { sort: state.sort ?? "name", order: state.order ?? "up", filter: state.filter ?? "", scenes: state.scenes ?? "" },
      changed, text: scene => scenes.name[scene], tools: empty > 0 ? [which.element] : [],
      keep: (scene, now) => now.scenes === "all" || scenes.images[scene] > 0,
      columns: [
        { key: "name", label: "Scene", value: scene => scenes.name[scene], cell: scene => semscope.sceneLink(scene) },
        { key: "images", label: "Images", number: true, value: scene => scenes.images[scene] },
        { key: "accuracy", label: "Accuracy", number: true, value: accuracy, class: "bar-cell",
          cell: scene => semscope.shareBar(accuracy(scene), percent(scenes.top1[scene], scenes.images[scene])) },
        { key: "predicted", label: "Predicted", number: true, hint: "images predicted as the scene", value: scene => scenes.predicted[scene] },
        { key: "relevant", label: "Relevant", number: true, hint: "relevant classes", value: scene => scenes.relevant[scene] },
        { key: "significant", label: "Significant", number: true, wide: true, hint: "relevant classes with a small q-value", value: scene => scenes.significant[scene] },
        { key: "distracting", label: "Distracting", number: true, hint: "distracting classes", value: scene => scenes.distracting[scene] },
      ],
    });
    return { element: made.element, update: change => { which.mark(change.scenes); made.update(change); } };
  };

  const pairTable = data => {
    const { total, most } = data.confusions;
    if (most.length === 0) return h("p", { class: "muted" }, "No image of known scene was predicted as another scene.");
    const largest = most[0][2], shown = 15, list = h("ol", { class: "pairs" });
    const item = ([truth, predicted, images]) => {
      const fill = h("span", { class: "fill" });
      fill.style.width = `${100 * images / largest}%`;
      return h("li", {}, h("span", { class: "names" }, semscope.sceneLink(truth), h("span", { class: "muted" }, " seen as "), semscope.sceneLink(predicted)),
        h("span", { class: "track", "aria-hidden": "true" }, fill), h("span", { class: "figure" }, images.toLocaleString("en")));
    };
    list.append(...most.slice(0, shown).map(item));
    const more = most.length > shown && h("button", { type: "button", class: "quiet", onclick: event => {
      list.append(...most.slice(shown).map(item));
      event.currentTarget.remove();
    } }, `Show ${most.length - shown} more`);
    return [list, more, total > most.length && h("p", { class: "muted" }, `The ${most.length} most frequent of ${total.toLocaleString("en")} pairs.`)];
  };

  const classTable = data => {
    const { classes } = data;
    const rows = rowsOf(classes).filter(s => s > 0 && classes.relevant[s] + classes.irrelevant[s] + classes.distracting[s] > 0);
    const axis = semscope.axisOf(rows.map(s => classes.mean[s]));
    return table({
      caption: "semantic classes", rows, most: 25, state: { sort: "mean", order: "down", filter: "" }, text: s => classes.name[s],
      columns: [
        { key: "name", label: "Class", value: s => classes.name[s], cell: s => [semscope.swatch(s), semscope.shortName(classes.name[s])] },
        { key: "mean", label: "Mean effect", number: true, hint: "mean deviation over all correctly predicted images", class: "main", value: s => classes.mean[s], cell: s => signed(classes.mean[s]) },
        { key: "bar", label: "", value: s => classes.mean[s], class: "bar-cell", cell: s => semscope.effectBar(classes.mean[s], axis) },
        { key: "relevant", label: "Relevant in", number: true, hint: "scenes", value: s => classes.relevant[s] },
        { key: "distracting", label: "Distracting in", number: true, hint: "scenes", value: s => classes.distracting[s] },
        { key: "flip", label: "Flips", number: true, wide: true, hint: "missed images that become right without the class", value: s => classes.flip[s] },
        { key: "strongest", label: "Strongest in", wide: true, hint: "scene with the largest mean deviation, up or down", value: s => Math.abs(classes.strongest_mean[s] ?? 0),
          cell: s => classes.strongest_scene[s] < 0 ? "\u2013" : [semscope.sceneLink(classes.strongest_scene[s]), " ", h("span", { class: "muted" }, signed(classes.strongest_mean[s]))] },
      ],
    }).element;
  };

  const runFacts = data => {
    const list = names => h("dl", { class: "facts" }, Object.entries(names).filter(([key]) => data.run[key] !== undefined && data.run[key] !== "")
      .map(([key, name]) => [h("dt", {}, name), h("dd", {}, String(data.run[key]))]));
    return [list({ model: "Network", data: "Data", fill: "Fill", mode: "Mode", device: "Device", hardware: "Hardware", precision: "Precision", ranks: "Ranks",
      created: "Started", slurm_job_id: "Slurm job", software_version: "semscope", git_revision: "Revision" }),
      h("details", {}, h("summary", {}, "Configuration"), list({ command_line: "Command", model_sha256: "SHA-256 of the network",
        image_list_sha256: "SHA-256 of the list", configuration_digest: "Digest of the configuration", libraries: "Libraries" }),
        h("pre", {}, data.run.configuration ?? ""),
        h("p", { class: "muted" }, `Statistics: a class is relevant with a mean deviation above ${data.settings.relevant}, distracting as a distractor of an image or below \u2212${data.settings.distracting}; ${data.settings.resamples} resamples, ${data.settings.permutations} permutations, seed ${data.settings.seed}.`))];
  };

  const lists = data => [
    ["Unreadable photos", data.unreadable.total, data.unreadable.paths],
    ["Photos with scores that are not finite", data.not_finite.total, data.not_finite.paths],
    ["Photos missing from this report", data.missing_photos.total, data.missing_photos.first],
    ["Label maps missing from this report", data.missing_labels.total, data.missing_labels.first],
  ].filter(([, total]) => total > 0).map(([title, total, first]) => section(title, h("details", {},
    h("summary", {}, count(total, "line")), h("ul", { class: "paths" }, first.map(text => h("li", {}, text))),
    total > first.length && h("p", { class: "muted" }, `The first ${first.length}.`))));

  semscope.views.overview = async ({ query }) => {
    const data = semscope.overview;
    let state = { ...query };
    const changed = change => {
      state = { ...state, ...change };
      semscope.note(link("overview", "", { sort: state.sort, order: state.order, filter: state.filter, scenes: state.scenes }));
      return change;
    };
    const scenes = sceneTable(data, state, changed);
    const element = h("div", { class: "page" },
      h("h1", {}, data.run.model || "Scene classifier"),
      h("p", { class: "lead" }, `${count(data.evaluation.images, "image")} of ${count(data.scenes.images.filter(images => images > 0).length, "scene")}, each semantic class ${data.run.mode === "keep" ? "kept alone" : "inhibited"} in turn (fill: ${data.run.fill}).`),
      data.against && h("p", { class: "lead" }, h("a", { href: link("compare") }, "Compare with the second run")),
      cards(data), warnings(data),
      section("Scenes", scenes.element),
      h("div", { class: "columns" }, section("Most confused", pairTable(data)), section("The run", runFacts(data))),
      section("Semantic classes", h("p", { class: "muted" }, "Over all scenes. The mean effect is the mean score deviation over all correctly predicted images: positive supports the scene."), classTable(data)),
      data.curves && section("Faithfulness", h("p", { class: "muted" }, "How fast the predicted scene loses its probability when classes are inhibited in an order, and gains it when they are revealed. An order is worth something only if it beats those by area and at random."),
        h("div", { class: "sheets" }, semscope.figure(data.curves, "Deletion and insertion curves, all images", ""))),
      lists(data));
    return { element, title: "Overview", update: next => scenes.update({ sort: next.sort ?? "name", order: next.order ?? "up", filter: next.filter ?? "", scenes: next.scenes ?? "" }) };
  };
})();

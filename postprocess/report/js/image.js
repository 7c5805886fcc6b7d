"use strict";
// The viewer of an image: photo, classes and deviations of any scene, with every number behind every pixel.
(() => {
  const { h, link, signed, fixed, percent } = semscope;
  const defaults = { layer: "map", opacity: 75, scale: "own", class: "", compare: "1", effect: "deviation" };
  const signs = { deviation: "d", shapley: "\u03c6" }, effects = { deviation: "deviation d", shapley: "Shapley value \u03c6" };

  const stateOf = (query, image) => ({
    ...defaults, ...Object.fromEntries(Object.entries(query).filter(([key]) => key in defaults)),
    opacity: /^\d+$/.test(query.opacity ?? "") ? Math.min(100, Number(query.opacity)) : defaults.opacity,
    scene: /^\d+$/.test(query.scene ?? "") && Number(query.scene) < semscope.overview.scenes.name.length ? Number(query.scene) : image.run.predicted,
    in: query.in ?? "", effect: query.effect === "shapley" && image.run.shapley && (!image.against || image.against.shapley) ? "shapley" : "deviation",
  });
  const addressOf = (image, state) => {
    const query = { in: state.in, scene: state.scene === image.run.predicted ? null : state.scene };
    for (const [key, value] of Object.entries(defaults)) query[key] = state[key] === value ? null : state[key];
    return link("image", image.image, query);
  };

  // The images before and after this one, in the gallery that the reader comes from or among all.
  const neighbours = async (image, from) => {
    const [, scene, kind] = /^(\d+)\.(\w+)$/.exec(from) ?? [];
    const gallery = scene !== undefined ? (await semscope.load(`scene/${scene}`).catch(() => null))?.gallery[kind] : null;
    const list = (gallery?.images ?? []).map(each => each.image);
    const all = list.includes(image) ? list : (await semscope.load("images")).map(([each]) => each);
    const at = all.indexOf(image);
    return { at, total: all.length, before: all[at - 1] ?? null, after: all[at + 1] ?? null, scene: list === all ? Number(scene) : null };
  };

  const scenePicker = (image, runs, choose) => {
    const names = semscope.overview.scenes.name, { order, p, predicted } = runs[0];
    const listed = [...new Set([...order.slice(0, 5), ...(image.truth >= 0 ? [image.truth] : [])])];
    const buttons = listed.map(scene => {
      const fill = h("span", { class: "fill" });
      fill.style.width = `${100 * p[scene]}%`;
      return h("li", {}, h("button", { type: "button", dataset: { scene }, onclick: () => choose(scene) },
        h("span", { class: "name" }, names[scene]), h("span", { class: "tags" }, scene === predicted && h("span", { class: "tag" }, "predicted"), scene === image.truth && h("span", { class: "tag truth" }, "true")),
        h("span", { class: "figure" }, fixed(p[scene])), h("span", { class: "track", "aria-hidden": "true" }, fill)));
    });
    const field = h("input", { type: "search", list: "scene-names", placeholder: "Any scene", "aria-label": "Show the deviations of another scene", autocomplete: "off",
      onchange: () => {
        const wanted = field.value.trim().toLowerCase();
        const exact = names.findIndex(name => name.toLowerCase() === wanted);
        const scene = exact >= 0 ? exact : wanted === "" ? -1 : names.findIndex(name => name.toLowerCase().includes(wanted));
        field.setCustomValidity(scene < 0 && wanted !== "" ? "There is no such scene" : "");
        field.reportValidity();
        if (scene >= 0) choose(scene);
      } });
    const list = h("ul", { class: "predictions" }, buttons);
    const other = h("p", { class: "other" });
    return { element: h("div", {}, list, other, field, h("datalist", { id: "scene-names" }, names.map(name => h("option", { value: name })))),
      mark: scene => {
        for (const button of list.querySelectorAll("button")) button.setAttribute("aria-pressed", String(Number(button.dataset.scene) === scene));
        other.replaceChildren(...(listed.includes(scene) ? [] : ["Shown: ", h("strong", {}, names[scene]), ` ${fixed(p[scene])}`]));
        field.value = "";
      } };
  };

  const kept = () => semscope.overview.run.mode === "keep" ? "with it alone" : "without it";

  // Text on a class for the shown scene: share of the pixels, deviation, both probabilities, of each run.
  const describe = (semantic, runs, scene, labels) => {
    const pixels = semscope.overview.side ** 2, variants = runs.map(run => run.classes.indexOf(semantic));
    const name = h("strong", {}, semscope.swatch(semantic), semantic === 0 ? "unlabelled" : semscope.shortName(semscope.className(semantic)));
    if (variants.every(variant => variant < 0)) return [name, h("span", {}, semantic === 0 ? "Nothing was inhibited here." : "Too few pixels: not inhibited.")];
    return [name, ...runs.map((run, index) => {
      const variant = variants[index];
      if (variant < 0) return h("span", {}, labels[index], "not in this run");
      return h("span", { class: "numbers" }, labels[index], h("span", { class: "share-of" }, percent(run.pixels[variant], pixels), " of the pixels"),
        h("span", {}, "d\u00a0", h("b", { class: "deviation" }, signed(run.deviation(variant, scene)))),
        run.shapley && h("span", {}, "\u03c6\u00a0", h("b", { class: "shapley" }, signed(run.shapley(variant, scene)))),
        h("span", {}, "p\u00a0", h("b", {}, fixed(run.p[scene])), " \u2192 ", h("b", { class: "without" }, fixed(run.probabilityWithout(variant, scene))), ` ${kept()}`));
    })];
  };

  const classList = (runs, hover) => {
    const body = h("tbody"), two = runs.length > 1;
    const heads = runs.map(() => h("th", { scope: "col", class: "number" }));
    const element = h("table", { class: two ? "effects both" : "effects" }, h("caption", { class: "hidden" }, "Classes of the image by their effect on the shown scene"),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Class"), h("th", { scope: "col", class: "number" }, "Pixels"),
        heads, h("th", { scope: "col", class: "bar-cell" }, h("span", { class: "hidden" }, "as a bar")))), body);
    const show = (scene, effect) => {
      heads.forEach((head, index) => { head.textContent = two ? `${signs[effect]}, run ${"AB"[index]}` : signs[effect]; });
      const classes = [...new Set(runs.flatMap(run => run.classes))];
      const at = runs.map(run => new Map(run.classes.map((semantic, variant) => [semantic, variant])));
      const deviation = (semantic, index) => at[index].has(semantic) ? runs[index][effect](at[index].get(semantic), scene) : null;
      const rows = classes.map(semantic => ({ semantic, values: runs.map((_, index) => deviation(semantic, index)),
        pixels: runs[0].pixels[at[0].get(semantic)] ?? null }));
      rows.sort((a, b) => (b.values[0] ?? -2) - (a.values[0] ?? -2) || a.semantic - b.semantic);
      const axis = semscope.axisOf(rows.flatMap(row => row.values));
      body.replaceChildren(...rows.map(({ semantic, values, pixels }) => h("tr", { dataset: { class: semantic }, tabindex: 0,
        onpointerenter: () => hover(semantic), onpointerleave: () => hover(null), onfocus: () => hover(semantic), onblur: () => hover(null) },
        h("th", { scope: "row" }, semscope.swatch(semantic), semscope.shortName(semscope.className(semantic))), h("td", { class: "number" }, percent(pixels, semscope.overview.side ** 2)),
        values.map(value => h("td", { class: "number" }, signed(value))), h("td", { class: "bar-cell" }, values.map(value => semscope.effectBar(value, axis))))));
    };
    return { element, show, mark: semantic => {
      for (const row of body.children) row.classList.toggle("lit", Number(row.dataset.class) === semantic);
    } };
  };

  const save = (pictures, name) => {
    const [first] = pictures, gap = pictures.length > 1 ? 16 : 0;
    const sheet = h("canvas", { width: pictures.length * (first.width + gap) - gap, height: first.height });
    pictures.forEach((picture, index) => sheet.getContext("2d").drawImage(picture, index * (first.width + gap), 0));
    sheet.toBlob(blob => {
      const address = URL.createObjectURL(blob);
      h("a", { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10000);
    });
  };

  semscope.views.image = async ({ id, query }) => {
    if (!/^\d+$/.test(id)) throw new Error("This report has no such image.");
    const image = await semscope.loadImage(Number(id));
    let state = stateOf(query, image);
    const first = await semscope.decodeRun(image.run), second = image.against ? await semscope.decodeRun(image.against) : null;
    if (second && !image.against.labels) second.labels = first.labels;

    const both = () => second !== null && state.compare !== "0";
    const runs = second ? [first, second] : [first];
    let hovered = null;
    const info = h("div", { class: "info", "aria-live": "off" });
    const hover = semantic => { hovered = semantic; paint(); };
    const pictures = await Promise.all(runs.map(run => semscope.picture(image, run, hover)));
    const titles = runs.map((run, index) => second && h("figcaption", {}, h("b", {}, `Run ${"AB"[index]}`), " predicted ", semscope.sceneLink(run.predicted), h("span", { class: "muted" }, ` ${fixed(run.p[run.predicted])}`)));
    const frames = pictures.map(({ canvas }, index) => h("figure", {}, canvas, titles[index] ?? ""));
    const shade = h("span", { class: "gradient", "aria-hidden": "true" }), low = h("span", {}), high = h("span", {});
    const bar = h("div", { class: "colour-bar" }, h("div", { class: "ends" }, low, h("span", { class: "muted what" }), high), shade);

    const change = (values, step = false) => {
      Object.assign(state, values);
      render();
      if (step) semscope.go(addressOf(image, state));
      else semscope.note(addressOf(image, state));
    };
    const layer = semscope.choice("Layer", [["map", first.shapley ? "Effects" : "Deviations"], ["classes", "Classes"]], state.layer, value => change({ layer: value }));
    const effect = runs.every(run => run.shapley) && semscope.choice("Effect", [["deviation", "Deviation"], ["shapley", "Shapley value"]], state.effect, value => change({ effect: value }));
    const scale = semscope.choice("Colours", [["own", "Own range"], ["zero", "Around 0"]], state.scale, value => change({ scale: value }));
    const slider = h("input", { type: "range", min: 0, max: 100, step: 1, id: "opacity", oninput: () => change({ opacity: Number(slider.value) }) });
    const compare = second && semscope.choice("Runs", [["1", "Both runs"], ["0", "First alone"]], state.compare, value => change({ compare: value }));
    const stem = semscope.stem(image.path);
    const tools = h("div", { class: "tools" }, layer.element, effect && effect.element, scale.element, compare?.element,
      h("label", { class: "slide", for: "opacity" }, "Opacity ", slider),
      h("button", { type: "button", class: "quiet", onclick: () => save(pictures.slice(0, both() ? 2 : 1).map(each => each.canvas), `${stem}.png`) }, "Save PNG"));
    const picker = scenePicker(image, runs, scene => change({ scene }, true));
    const list = classList(runs, hover);
    const labels = second ? [h("span", { class: "tag" }, "A"), h("span", { class: "tag" }, "B")] : [null];

    let look = [];
    const paint = () => {
      const marked = hovered ?? (state.class === "" ? null : Number(state.class));
      pictures.forEach((picture, index) => { if (index === 0 || both()) picture.draw({ ...look[index], highlight: marked }); });
      list.mark(marked);
      info.replaceChildren(...(marked === null ? [h("span", { class: "muted" }, "Point at a region or a class to see its numbers.")]
        : describe(marked, both() ? runs : [first], state.scene, labels.map(each => each?.cloneNode(true)))));
    };
    const render = () => {
      const shown = both() ? runs : [first];
      const deviations = runs.map(run => semscope.deviationsOf(run, state.scene, state.effect));
      let range = semscope.joinRanges(shown.map((run, index) => semscope.rangeOf(run, deviations[index])));
      const colours = state.scale === "zero" ? "diverging" : "plasma";
      if (state.scale === "zero") range = semscope.aroundZero(range);
      look = runs.map((_, index) => ({ layer: state.layer, opacity: state.opacity / 100, colours, range, deviations: deviations[index] }));
      frames.forEach((frame, index) => { frame.hidden = index > 0 && !both(); });
      frames[0].parentElement?.classList.toggle("two", both());
      shade.style.backgroundImage = semscope.gradient(colours);
      low.textContent = signed(range.low);
      high.textContent = signed(range.high);
      bar.querySelector(".what").textContent = `speaks against \u2190 ${effects[state.effect]} \u2192 supports`;
      bar.hidden = state.layer !== "map";
      scale.element.hidden = state.layer !== "map";
      slider.value = state.opacity;
      layer.mark(state.layer);
      scale.mark(state.scale);
      if (effect) effect.mark(state.effect);
      compare?.mark(state.compare);
      picker.mark(state.scene);
      list.show(state.scene, state.effect);
      pictures.forEach(({ canvas }, index) => canvas.setAttribute("aria-label", altText(image, runs[index], state)));
      paint();
    };

    // The way on comes after the first paint: it may need the list of all images.
    let around = { before: null, after: null };
    const steps = h("div", { class: "steps" }), crumb = h("span", {});
    const step = target => link("image", target, { in: state.in, layer: state.layer === defaults.layer ? null : state.layer,
      opacity: state.opacity === defaults.opacity ? null : state.opacity, scale: state.scale === defaults.scale ? null : state.scale });
    const arrow = (target, text, name) => target === null ? h("span", { class: "step off", "aria-hidden": "true" }, text)
      : h("a", { class: "step", href: step(target), "aria-label": name, title: name, onclick: event => { event.preventDefault(); semscope.go(step(target)); } }, text);
    const showSteps = async () => {
      around = await neighbours(image.image, state.in);
      steps.replaceChildren(arrow(around.before, "\u2190", "Previous image"), h("span", { class: "muted" }, `${around.at + 1} of ${around.total}`), arrow(around.after, "\u2192", "Next image"));
      if (around.scene !== null) crumb.replaceChildren(" / ", semscope.sceneLink(around.scene));
    };
    const right = first.predicted === image.truth;
    const element = h("div", { class: "page viewer" },
      h("p", { class: "crumbs" }, h("a", { href: "#/" }, "Overview"), crumb, " / Image"),
      h("div", { class: "title" }, h("h1", {}, stem), steps),
      h("p", { class: "verdict" }, image.truth >= 0 && h("span", { class: right ? "yes" : "no" }, right ? "\u2713 correct" : "\u2717 wrong"), " true scene ", h("b", {}, semscope.sceneName(image.truth)),
        !right && [", predicted ", h("b", {}, semscope.sceneName(first.predicted))], h("span", { class: "muted path" }, ` ${image.path}`)),
      h("div", { class: "stage" },
        h("div", { class: "left" }, tools, h("div", { class: "frames" }, frames), bar, info,
          image.photo_missing && h("p", { class: "fault" }, `No photo: ${image.photo_missing}`), first.labelsMissing && h("p", { class: "fault" }, `No map: ${first.labelsMissing}`)),
        h("div", { class: "right" }, h("h2", {}, "Scene shown"), picker.element, h("h2", {}, "Classes by effect"), list.element)));
    render();
    const ready = showSteps();
    return {
      element, ready, title: stem,
      update: next => { state = stateOf(next, image); render(); },
      key: event => {
        const target = { ArrowLeft: around.before, ArrowRight: around.after }[event.key] ?? null;
        if (target === null) return;
        event.preventDefault();
        semscope.go(step(target));
      },
    };
  };

  const altText = (image, run, state) => {
    const effects = run.classes.map((semantic, variant) => [semscope.shortName(semscope.className(semantic)), run[state.effect](variant, state.scene)]).sort((a, b) => b[1] - a[1]);
    const most = effects.slice(0, 3).map(([name, value]) => `${name} ${signed(value)}`).join(", ");
    return `${semscope.stem(image.path)}: ${state.layer === "map" ? `${state.effect === "shapley" ? "Shapley value" : "score deviation"} map of the scene ${semscope.sceneName(state.scene)}` : "semantic classes"} over the photo; largest effects: ${most}`;
  };
})();

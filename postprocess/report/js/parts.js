"use strict";
// Parts that several pages are made of.
(() => {
  const { h, svg, link } = semscope;

  semscope.sceneName = scene => scene < 0 ? "unknown" : semscope.overview.scenes.name[scene];
  semscope.className = semantic => semscope.overview.classes.name[semantic];
  semscope.sceneLink = scene => scene < 0 ? h("span", { class: "muted" }, "unknown")
    : h("a", { href: link("scene", scene) }, semscope.sceneName(scene));

  semscope.swatch = semantic => {
    const mark = h("span", { class: "swatch", "aria-hidden": "true" });
    mark.style.backgroundColor = semscope.overview.classes.colour[semantic];
    return mark;
  };

  semscope.setNames = ["absent", "relevant", "irrelevant", "distracting"];
  const setMarks = ["", "\u25b2", "\u25cf", "\u25bc"];
  semscope.setBadge = set =>
    h("span", { class: "badge set-" + semscope.setNames[set] },
      h("span", { "aria-hidden": "true" }, setMarks[set]), " " + semscope.setNames[set]);

  // A bar from 0 to the value on the axis [low, high], with the interval of the mean as a line.
  semscope.effectBar = (value, axis, interval = null) => {
    const width = 120, height = 16, middle = height / 2;
    const at = number => 2 + (width - 4) * (number - axis.low) / (axis.high - axis.low || 1);
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "effect", "aria-hidden": "true",
                                 preserveAspectRatio: "none" });
    picture.append(svg("line", { x1: at(0), x2: at(0), y1: 0, y2: height, class: "zero" }));
    if (!semscope.known(value)) return picture;
    const from = Math.min(at(0), at(value));
    picture.append(svg("rect", { x: from, y: 4, width: Math.max(0.75, Math.abs(at(value) - at(0))), height: height - 8,
                                 class: value < 0 ? "against" : "for" }));
    if (interval && interval.every(semscope.known)) {
      const [a, b] = interval.map(at);
      picture.append(svg("path", { d: `M${a} ${middle}H${b}M${a} 4.5V${height - 4.5}M${b} 4.5V${height - 4.5}`,
                                   class: "interval" }));
    }
    return picture;
  };
  // The axis that holds 0 and all values.
  semscope.axisOf = values => {
    let low = 0, high = 0;
    for (const value of values) if (semscope.known(value)) { low = Math.min(low, value); high = Math.max(high, value); }
    return { low, high };
  };

  semscope.shareBar = (share, text) => {
    const fill = h("span", { class: "fill" });
    fill.style.width = `${semscope.known(share) ? 100 * Math.min(1, share) : 0}%`;
    return h("span", { class: "share" }, h("span", { class: "track", "aria-hidden": "true" }, fill),
             h("span", { class: "figure" }, text));
  };

  semscope.card = (label, value, hint = null) =>
    h("div", { class: "card" }, h("dt", {}, label), h("dd", {}, value), hint && h("p", {}, hint));

  semscope.section = (title, ...content) => {
    const id = "s-" + title.toLowerCase().replace(/[^a-z]+/g, "-");
    return h("section", { "aria-labelledby": id }, h("h2", { id }, title), ...content);
  };

  // Calls show() once the element comes near to what is seen, or when the page is printed.
  const waiting = new Map();
  const observer = new IntersectionObserver(entries => {
    for (const entry of entries) if (entry.isIntersecting) run(entry.target);
  }, { rootMargin: "300px" });
  const run = element => {
    const show = waiting.get(element);
    observer.unobserve(element);
    if (waiting.delete(element)) show();
  };
  semscope.whenNear = (element, show) => { waiting.set(element, show); observer.observe(element); };
  semscope.forgetWaiting = () => { waiting.clear(); observer.disconnect(); restAfter(1500); };
  // Once the page is quiet the rest follows piece by piece, so that a print has it; of very many the first ones.
  let timer = 0;
  const restAfter = (pause, left = 200) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const [next] = waiting.keys();
      if (next) run(next);
      if (next && left > 1) restAfter(20, left - 1);
    }, pause);
  };
  addEventListener("beforeprint", () => { for (const element of [...waiting.keys()]) run(element); });

  // Our SVG files become elements: only the shapes and attributes that they are made of are taken over.
  const shapes = new Set(["svg", "g", "title", "rect", "line", "polyline", "polygon", "circle", "text"]);
  const attributes = new Set(["viewBox", "class", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height",
                              "points", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin",
                              "paint-order", "transform", "font-family", "font-size", "font-weight", "text-anchor",
                              "textLength"]);
  const copy = node => {
    if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE || !shapes.has(node.localName)) return null;
    const element = svg(node.localName);
    for (const { name, value } of node.attributes)
      if (attributes.has(name) || name.startsWith("data-")) element.setAttribute(name, value);
    for (const child of node.childNodes) { const made = copy(child); if (made) element.append(made); }
    return element;
  };
  semscope.drawing = (text, label) => {
    const picture = copy(new DOMParser().parseFromString(text, "image/svg+xml").documentElement);
    if (!picture || picture.localName !== "svg") throw new Error("a figure of this report is no SVG");
    const [, , width] = picture.getAttribute("viewBox").split(" ").map(Number);
    picture.removeAttribute("height");
    picture.removeAttribute("width");
    picture.style.setProperty("--natural", `${Math.round(width * 4 / 3)}px`);
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", label);
    // The sheet of paper: left out, so that the figure stands on the page.
    picture.querySelector(":scope > rect")?.remove();
    return picture;
  };

  // A figure with its caption, drawn when it comes into view; its own size on request.
  semscope.figure = (packed, caption, missing) => {
    if (!packed) return h("figure", { class: "sheet none" }, h("p", { class: "muted" }, missing),
                        h("figcaption", {}, caption));
    const place = h("div", { class: "drawing" });
    const button = h("button", { type: "button", class: "quiet", "aria-pressed": "false", onclick: () => {
      const large = place.classList.toggle("natural");
      button.setAttribute("aria-pressed", String(large));
    } }, "Full size");
    semscope.whenNear(place, async () => place.append(semscope.drawing(await semscope.inflateText(packed), caption)));
    return h("figure", { class: "sheet" }, place, h("figcaption", {}, caption, button));
  };
})();

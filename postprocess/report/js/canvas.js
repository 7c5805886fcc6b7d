"use strict";
// One photo with the colours of its classes laid over it, on a canvas.
(() => {
  const { h } = semscope;

  // d_s of one scene by class, 0 .. S-1, or another effect of the run: 0 where nothing was inhibited.
  semscope.deviationsOf = (run, scene, effect = "deviation") => {
    const deviations = new Float64Array(semscope.overview.classes.name.length);
    run.classes.forEach((semantic, variant) => { deviations[semantic] = run[effect](variant, scene); });
    deviations[0] = 0;
    return deviations;
  };

  // Smallest and largest deviation among the pixels; without a label map, among the classes.
  semscope.rangeOf = (run, deviations) => {
    const seen = run.labels ? new Set(run.labels) : new Set(run.classes);
    const values = [...seen].map(label => deviations[label]);
    return values.length > 0 ? { low: Math.min(...values), high: Math.max(...values) } : { low: 0, high: 0 };
  };
  semscope.joinRanges = ranges => ({ low: Math.min(...ranges.map(each => each.low)), high: Math.max(...ranges.map(each => each.high)) });
  semscope.aroundZero = ({ low, high }) => {
    const most = Math.max(Math.abs(low), Math.abs(high));
    return { low: -most, high: most };
  };

  const outline = (labels, side, wanted, factor) => {
    const path = new Path2D();
    const inside = (x, y) => x >= 0 && y >= 0 && x < side && y < side && labels[y * side + x] === wanted;
    for (let y = 0; y < side; ++y) for (let x = 0; x < side; ++x) {
      if (labels[y * side + x] !== wanted) continue;
      const left = x * factor, top = y * factor;
      if (!inside(x - 1, y)) { path.moveTo(left, top); path.lineTo(left, top + factor); }
      if (!inside(x + 1, y)) { path.moveTo(left + factor, top); path.lineTo(left + factor, top + factor); }
      if (!inside(x, y - 1)) { path.moveTo(left, top); path.lineTo(left + factor, top); }
      if (!inside(x, y + 1)) { path.moveTo(left, top + factor); path.lineTo(left + factor, top + factor); }
    }
    return path;
  };

  // hover(semantic or null): the reader points at a region. Its draw(look) paints the whole picture:
  // look = {layer: "map" or "classes", opacity 0..1, colours: name of the map, range, deviations, highlight: class or null}.
  semscope.picture = async (image, run, hover) => {
    const side = semscope.overview.side, factor = Math.max(1, Math.round(672 / side)), size = side * factor;
    const canvas = h("canvas", { width: size, height: size, class: "picture", role: "img" });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const overlay = h("canvas", { width: side, height: side }), pixels = overlay.getContext("2d").createImageData(side, side);
    let photo = null;
    if (image.photo) {
      photo = new Image();
      photo.src = semscope.photo(image);
      await photo.decode().catch(() => { photo = null; });
    }
    const outlines = new Map();

    const drawGround = () => {
      if (photo) return context.drawImage(photo, 0, 0, size, size);
      context.fillStyle = "#77757f";
      context.fillRect(0, 0, size, size);
      context.fillStyle = "#ffffff";
      context.font = `${Math.round(size / 24)}px sans-serif`;
      context.textAlign = "center";
      context.fillText("photo not found", size / 2, size / 2);
    };
    const colourOf = (label, look) => look.layer === "classes" ? semscope.classColour(label)
      : semscope.colourOf(look.colours, look.deviations[label], look.range);
    const drawOverlay = look => {
      const table = new Map();
      for (let i = 0; i < run.labels.length; ++i) {
        const label = run.labels[i];
        let colour = table.get(label);
        if (!colour) table.set(label, colour = colourOf(label, look));
        pixels.data.set(colour, 4 * i);
        pixels.data[4 * i + 3] = 255;
      }
      overlay.getContext("2d").putImageData(pixels, 0, 0);
      context.globalAlpha = look.opacity;
      context.imageSmoothingEnabled = false;
      context.drawImage(overlay, 0, 0, size, size);
      context.imageSmoothingEnabled = true;
      context.globalAlpha = 1;
    };
    const drawHighlight = wanted => {
      if (!outlines.has(wanted)) outlines.set(wanted, outline(run.labels, side, wanted, factor));
      for (const [style, width] of [["#000000", 5], ["#ffffff", 2]]) {
        context.strokeStyle = style;
        context.lineWidth = width;
        context.stroke(outlines.get(wanted));
      }
    };
    const draw = look => {
      context.imageSmoothingEnabled = true;
      drawGround();
      if (!run.labels) return;
      if (look.opacity > 0) drawOverlay(look);
      if (look.highlight !== null) drawHighlight(look.highlight);
    };

    const pointed = event => {
      const box = canvas.getBoundingClientRect();
      const x = Math.floor((event.clientX - box.left) / box.width * side), y = Math.floor((event.clientY - box.top) / box.height * side);
      return run.labels && x >= 0 && y >= 0 && x < side && y < side ? run.labels[y * side + x] : null;
    };
    canvas.addEventListener("pointermove", event => hover(pointed(event)));
    canvas.addEventListener("pointerdown", event => hover(pointed(event)));
    canvas.addEventListener("pointerleave", event => { if (event.pointerType === "mouse") hover(null); });
    return { canvas, draw };
  };
})();

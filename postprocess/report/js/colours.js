"use strict";
// Colour maps, the same tables and the same rounding as the pictures of semscope-sdm.
(() => {
  const levels = 255;
  const parse = text => {
    const bytes = new Uint8Array(3 * levels);
    for (let i = 0; i < bytes.length; ++i) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
    return bytes;
  };
  const maps = {};
  const mapOf = name => maps[name] ??= parse(semscope.overview.colours[name]);

  // The level of a value: floor(255 share), the end itself in the last; the middle where the range has no width.
  semscope.levelOf = (value, low, high) => {
    if (!(high > low)) return Math.floor(levels / 2);
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return Math.min(levels - 1, Math.floor(share * levels));
  };
  semscope.colourOf = (name, value, { low, high }) => {
    const at = 3 * semscope.levelOf(value, low, high), map = mapOf(name);
    return [map[at], map[at + 1], map[at + 2]];
  };
  // Stops of a CSS gradient over the whole map.
  semscope.gradient = name => {
    const map = mapOf(name), stops = [];
    for (let level = 0; level < levels; level += 16) stops.push(`rgb(${map.slice(3 * level, 3 * level + 3).join(" ")})`);
    stops.push(`rgb(${map.slice(-3).join(" ")})`);
    return `linear-gradient(to right, ${stops.join(", ")})`;
  };
  semscope.classColour = semantic => {
    const text = semscope.overview.classes.colour[semantic];
    return [1, 3, 5].map(at => parseInt(text.slice(at, at + 2), 16));
  };
})();

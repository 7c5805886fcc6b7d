"use strict";
// What all pages share: elements, numbers, addresses. Text from the data becomes text nodes only, never markup.
const semscope = { views: {} };

(() => {
  // h("td", {class: "number", title: "x"}, child, ...): an element. Properties that start with "on" are listeners; a
  // child that is a string or number becomes a text node; null and false are left out.
  semscope.h = (tag, properties, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties ?? {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name === "dataset") Object.assign(element.dataset, value);
      else element.setAttribute(name, value === true ? "" : String(value));
    }
    element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
    return element;
  };

  const svgSpace = "http://www.w3.org/2000/svg";
  semscope.svg = (tag, properties, ...children) => {
    const element = document.createElementNS(svgSpace, tag);
    for (const [name, value] of Object.entries(properties ?? {})) element.setAttribute(name, String(value));
    element.append(...children);
    return element;
  };

  // Numbers as people read them. Whatever is not one becomes a dash.
  const known = value => typeof value === "number" && Number.isFinite(value);
  const minus = text => text.replace("-", "\u2212");
  semscope.known = known;
  semscope.signed = (value, digits = 4) => {
    if (!known(value)) return "\u2013";
    const text = value.toFixed(digits);
    return Number(text) === 0 ? (0).toFixed(digits) : (value > 0 ? "+" : "") + minus(text);
  };
  semscope.fixed = (value, digits = 4) => known(value) ? minus(value.toFixed(digits)) : "\u2013";
  semscope.percent = (part, whole = 1, digits = 1) =>
    known(part) && whole > 0 ? (100 * part / whole).toFixed(digits) + " %" : "\u2013";
  semscope.count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  semscope.small = value => !known(value) ? "\u2013" : value < 0.001 ? "< 0.001" : value.toFixed(3);
  // "windowpane, window" -> "windowpane", as in the figures.
  semscope.shortName = name => name.split(",")[0].trim();
  semscope.stem = path => path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");

  // Addresses: #/page/id?key=value. Every state of a page is in its address.
  semscope.link = (page, id = "", query = {}) => {
    const rest = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== null && value !== ""));
    const text = rest.toString();
    return "#/" + page + (id === "" ? "" : "/" + id) + (text ? "?" + text : "");
  };
  semscope.route = () => {
    const [, page = "", id = "", query = ""] = /^#\/([^/?]*)\/?([^?]*)\??(.*)$/.exec(location.hash) ?? [];
    return { page: page || "overview", id, query: Object.fromEntries(new URLSearchParams(query)) };
  };
  semscope.go = address => { location.hash = address; };

  // Writes the present state into the address without a step for the back button; in time, since browsers refuse to do
  // that a hundred times a second.
  let pending = 0;
  semscope.note = address => {
    clearTimeout(pending);
    pending = setTimeout(() => history.replaceState(null, "", address), 150);
  };
  semscope.forget = () => clearTimeout(pending);
})();

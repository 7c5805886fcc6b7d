"use strict";
// Starts the report: loads the overview, then shows the page that the address names, and again at each change of it.
(() => {
  const { h } = semscope;
  const main = document.getElementById("main");
  let shown = null;  // {page, id, view}
  let turn = 0;

  const show = async () => {
    semscope.forget();
    const route = semscope.route(), [address] = location.hash.split("?");
    if (shown && shown.page === route.page && shown.id === route.id && shown.view.update) return shown.view.update(route.query);
    const mine = ++turn;
    let view;
    try {
      if (!semscope.views[route.page]) throw new Error("This report has no such page.");
      semscope.forgetWaiting();
      view = await semscope.views[route.page](route);
    } catch (error) {
      view = { element: h("div", { class: "page" }, h("h1", {}, "Not here"), h("p", {}, error.message), h("p", {}, h("a", { href: "#/" }, "To the overview"))), title: "Not here" };
    }
    if (mine !== turn) return;  // the reader has gone on meanwhile
    main.replaceChildren(view.element);
    // From image to image the reader keeps the place.
    if (shown?.page !== "image" || route.page !== "image") scrollTo(0, 0);
    main.focus({ preventScroll: true });
    shown = { page: route.page, id: route.id, view };
    document.title = `${view.title} \u00b7 semscope report`;
    document.documentElement.dataset.page = route.page;
    await view.ready?.catch(() => {});
    if (mine === turn) document.documentElement.dataset.shown = address;
  };

  const themes = ["auto", "light", "dark"];
  const startTheme = () => {
    const button = document.getElementById("theme"), key = "semscope-report-theme";
    let theme = "auto";
    try { theme = localStorage.getItem(key) ?? "auto"; } catch { /* a browser that keeps nothing for files */ }
    if (!themes.includes(theme)) theme = "auto";
    const apply = () => {
      document.documentElement.dataset.theme = theme;
      button.textContent = { auto: "\u25d0", light: "\u2600", dark: "\u263e" }[theme];
      button.title = `Colours: ${theme}`;
      button.setAttribute("aria-label", `Colours: ${theme}. Change`);
    };
    button.addEventListener("click", () => {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length];
      try { localStorage.setItem(key, theme); } catch { /* the choice lasts as long as the page */ }
      apply();
    });
    apply();
  };

  addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea")) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("search").focus();
    } else {
      shown?.view.key?.(event);
    }
  });

  const start = async () => {
    startTheme();
    try {
      semscope.overview = await semscope.load("overview");
    } catch (error) {
      main.replaceChildren(h("p", { class: "wait" }, `${error.message}. Copy the whole folder.`));
      return;
    }
    const { run } = semscope.overview;
    document.getElementById("pages").append(h("a", { href: "#/" }, "Overview"), semscope.overview.against ? h("a", { href: "#/compare" }, "Compare") : "");
    document.getElementById("foot").append(`semscope ${run.software_version ?? ""} \u00b7 results of ${run.created ?? "unknown date"} \u00b7 made to be copied: the folder is complete and asks nothing of any network`);
    semscope.startSearch();
    addEventListener("hashchange", show);
    await show();
    document.documentElement.dataset.ready = "true";
  };
  start();
})();

"use strict";
// The search field: scenes and images by a part of their name.
(() => {
  const { h, link } = semscope;
  const most = 8;

  semscope.startSearch = () => {
    const input = document.getElementById("search"), list = document.getElementById("search-list");
    let images = null, found = [], chosen = -1;

    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      chosen = -1;
    };
    const choose = index => {
      chosen = found.length === 0 ? -1 : (index + found.length) % found.length;
      [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
      if (chosen < 0) return;
      input.setAttribute("aria-activedescendant", list.children[chosen].id);
      list.children[chosen].scrollIntoView({ block: "nearest" });
    };
    const open = address => {
      input.value = "";
      close();
      input.blur();
      semscope.go(address);
    };
    const look = () => {
      const wanted = input.value.trim().toLowerCase();
      if (wanted === "") return close();
      const names = semscope.overview.scenes.name;
      const scenes = names.map((name, scene) => [name, scene]).filter(([name]) => name.toLowerCase().includes(wanted));
      scenes.sort(([a], [b]) => a.toLowerCase().indexOf(wanted) - b.toLowerCase().indexOf(wanted));
      const photos = (images ?? []).filter(([, path]) => path.toLowerCase().includes(wanted)).slice(0, most);
      found = [...scenes.slice(0, most).map(([name, scene]) => ["Scene", name, link("scene", scene)]),
               ...photos.map(([image, path]) => ["Image", path, link("image", image)])];
      list.replaceChildren(...found.map(([kind, name, address], index) => h("li", { role: "option", id: `found-${index}`, "aria-selected": "false",
        onpointerdown: event => { event.preventDefault(); open(address); } }, h("span", { class: "kind" }, kind), h("span", { class: "name" }, name))));
      if (found.length === 0) list.append(h("li", { class: "muted", role: "option", "aria-disabled": "true" }, "Nothing of that name"));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      choose(0);
    };
    input.addEventListener("focus", async () => {
      if (!images) images = await semscope.load("images").catch(() => []);
      look();
    });
    input.addEventListener("input", look);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", event => {
      if (event.key === "ArrowDown") choose(chosen + 1);
      else if (event.key === "ArrowUp") choose(chosen - 1);
      else if (event.key === "Enter" && chosen >= 0) open(found[chosen][2]);
      else if (event.key === "Escape") { input.value = ""; close(); input.blur(); }
      else return;
      event.preventDefault();
    });
  };
})();

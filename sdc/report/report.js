"use strict";
// The page holds everything without this script, which pages, sorts and filters
// the findings, folds hierarchies, shows one page of a table at a time, and says
// what is behind a marked cell. It sends nothing anywhere.
try {
  const all = (root, selector) => [...root.querySelectorAll(selector)];

  // Findings: filter, sort, and fifty at a time.
  for (const box of all(document, ".findings")) {
    const size = 50;
    const body = box.querySelector("tbody");
    const rows = all(body, "tr").map((tr) => ({ tr, text: tr.textContent.toLowerCase() }));
    const search = box.querySelector("input"), filters = all(box, "select[data-col]");
    const is = (tr, select) => !select.value || (tr.cells[select.dataset.col].dataset.v ?? tr.cells[select.dataset.col].textContent) === select.value;
    const state = box.querySelector(".state"), prev = box.querySelector(".prev"), next = box.querySelector(".next");
    let order = rows, from = 0;
    const show = () => {
      const q = search.value.trim().toLowerCase();
      const hits = order.filter((r) => (!q || r.text.includes(q)) && filters.every((select) => is(r.tr, select)));
      from = Math.max(0, Math.min(from, Math.floor((hits.length - 1) / size) * size));
      body.replaceChildren(...hits.slice(from, from + size).map((r) => r.tr));
      const to = Math.min(from + size, hits.length);
      state.textContent = hits.length ? box.dataset.status.replace("%a", from + 1).replace("%b", to).replace("%n", hits.length) : box.dataset.none;
      prev.disabled = from === 0;
      next.disabled = to >= hits.length;
    };
    const restart = () => { from = 0; show(); };
    search.addEventListener("input", restart);
    for (const select of filters) select.addEventListener("change", restart);
    prev.addEventListener("click", () => { from -= size; show(); });
    next.addEventListener("click", () => { from += size; show(); });
    for (const th of all(box, "th[data-sort]")) {
      const column = th.cellIndex;
      const numeric = th.classList.contains("n");
      const key = (r) => { const td = r.tr.cells[column]; return numeric ? Number(td.dataset.n ?? td.textContent) : td.textContent; };
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...th.childNodes);
      th.append(button);
      button.addEventListener("click", () => {
        const up = th.getAttribute("aria-sort") !== "ascending";
        for (const other of all(box, "th[aria-sort]")) other.removeAttribute("aria-sort");
        th.setAttribute("aria-sort", up ? "ascending" : "descending");
        const keyed = rows.map((r) => ({ r, k: key(r) }));
        keyed.sort((a, b) => (numeric ? a.k - b.k : a.k.localeCompare(b.k)) * (up ? 1 : -1));
        order = keyed.map((x) => x.r);
        restart();
      });
    }
    box.querySelector(".controls").hidden = false;
    show();
    // Paper holds every finding, in the order on the screen.
    addEventListener("beforeprint", () => body.replaceChildren(...order.map((r) => r.tr)));
    addEventListener("afterprint", show);
  }
  const closed = () => all(document, "details:not([open])");
  let opened = [];
  addEventListener("beforeprint", () => { opened = closed(); for (const d of opened) d.open = true; });
  addEventListener("afterprint", () => { for (const d of opened) d.open = false; });

  // Fold: a head with heads below it gets a button; what is below a closed one
  // is hidden.
  const fold = (heads, setHidden) => {
    const open = heads.map(() => true);
    const update = () => heads.forEach((h, i) => {
      let shown = true;
      for (let p = Number(h.dataset.p); p >= 0; p = Number(heads[p].dataset.p)) shown = shown && open[p];
      setHidden(h, i, !shown);
    });
    heads.forEach((h, i) => {
      if (!("k" in h.dataset)) return;
      const th = h.tagName === "TR" ? h.cells[0] : h;
      const button = document.createElement("button");
      const sign = document.createElement("span");
      sign.setAttribute("aria-hidden", "true");
      button.type = "button";
      button.className = "fold";
      button.append(sign, ...all(th, ":scope > bdi, :scope > i"));
      th.prepend(button);
      const below = th.querySelector(".below");
      const set = (value) => {
        open[i] = value;
        sign.textContent = value ? "\u25be " : "\u25b8 ";
        button.setAttribute("aria-expanded", String(value));
        if (below) below.hidden = value;
      };
      h.unfold = () => { set(true); update(); };
      button.addEventListener("click", () => { set(!open[i]); update(); });
      set(false);
    });
    update();
  };
  for (const table of all(document, "table.cross")) {
    const rows = all(table, "tbody tr"), lines = all(table, "tr");
    fold(rows, (tr, _, hidden) => { tr.hidden = hidden; });
    fold(all(table, "thead th"), (_, i, hidden) => { for (const tr of lines) tr.cells[i + 1].hidden = hidden; });
  }

  // One page of a table at a time.
  const showSlice = (section, id) => {
    for (const slice of all(section, ".slice")) slice.hidden = slice.id !== id;
  };
  for (const pick of all(document, ".pick")) {
    const select = pick.querySelector("select"), section = pick.closest("section");
    pick.hidden = false;
    select.addEventListener("change", () => showSlice(section, select.value));
    showSlice(section, select.value);
  }

  // From here on nothing is hidden but what was hidden above.
  document.documentElement.classList.remove("boot");

  // Marked cells: one stop of Tab a table, arrow keys from there.
  const tell = (button) => {
    const panel = button.closest("section").querySelector(".evidence");
    panel.replaceChildren(...button.querySelector(".note").cloneNode(true).childNodes);
    panel.hidden = false;
  };
  // What is hidden says so by an attribute: nothing here waits for a layout.
  const shown = (b) => !b.parentElement.hidden && !b.parentElement.parentElement.hidden;
  const buttons = new Map();
  const rove = (table) => {
    const list = all(table, "button.cell").filter(shown);
    if (list.length && !list.some((b) => b.tabIndex === 0)) list[0].tabIndex = 0;
  };
  for (const table of all(document, "table.cross")) {
    buttons.set(table, all(table, "button.cell"));
    for (const b of buttons.get(table)) b.tabIndex = -1;
    table.addEventListener("focusin", (e) => {
      const b = e.target.closest("button.cell");
      if (!b) return;
      for (const other of all(table, "button.cell[tabindex='0']")) other.tabIndex = -1;
      b.tabIndex = 0;
      tell(b);
    });
    table.addEventListener("mouseover", (e) => { const b = e.target.closest("td")?.querySelector("button.cell"); if (b) tell(b); });
    table.addEventListener("click", (e) => { const b = e.target.closest("button.cell"); if (b) tell(b); else rove(table); });
    table.addEventListener("keydown", (e) => {
      const b = e.target.closest("button.cell");
      if (!b) return;
      const list = buttons.get(table), column = b.parentElement.cellIndex;
      const walk = (from, step, fits) => {
        for (let i = from; i >= 0 && i < list.length; i += step) if (shown(list[i]) && fits(list[i])) return list[i];
      };
      const any = () => true, same = (x) => x.parentElement.cellIndex === column;
      const go = { ArrowRight: [1, any], ArrowLeft: [-1, any], ArrowDown: [1, same], ArrowUp: [-1, same] }[e.key];
      const to = go ? walk(list.indexOf(b) + go[0], ...go) : { Home: walk(0, 1, any), End: walk(list.length - 1, -1, any) }[e.key];
      if (to) { e.preventDefault(); to.focus(); }
    });
    rove(table);
  }
  for (const pick of all(document, ".pick")) pick.addEventListener("change", () => all(pick.closest("section"), "table.cross").forEach(rove));
  document.addEventListener("keydown", (e) => { if (e.key === "Escape") for (const panel of all(document, ".evidence")) panel.hidden = true; });

  // From a finding to its cell: unfold what hides it.
  const go = () => {
    const td = document.getElementById(location.hash.slice(1));
    if (!td || td.tagName !== "TD") return;
    const table = td.closest("table"), slice = td.closest(".slice"), section = td.closest("section");
    const select = section.querySelector(".pick select");
    if (select) { select.value = slice.id; showSlice(section, slice.id); }
    const unfold = (heads, i) => { for (let p = Number(heads[i].dataset.p); p >= 0; p = Number(heads[p].dataset.p)) heads[p].unfold(); };
    unfold(all(table, "tbody tr"), td.parentElement.rowIndex - 1);
    unfold(all(table, "thead th"), td.cellIndex - 1);
    td.scrollIntoView({ block: "center", inline: "center" });
    td.querySelector("button").focus();
  };
  addEventListener("hashchange", go);
  // The same cell twice in a row changes no hash.
  document.addEventListener("click", (e) => {
    if (e.target.closest(".findings a")?.hash !== location.hash) return;
    e.preventDefault();
    go();
  });
  go();
} finally {
  document.documentElement.classList.remove("boot");
}

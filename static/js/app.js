// The only script of every page; everything works without it.
// Loaded without `defer`, beside the style sheet, so that a chosen theme is there before paint.
(() => {
  const root = document.documentElement;
  const store = (kind, key, value) => {
    try {
      if (value === null) kind().removeItem(key);
      else if (value !== undefined) kind().setItem(key, value);
      else return kind().getItem(key);
    } catch { /* private mode: nothing is kept */ }
    return null;
  };
  const local = () => localStorage;
  const session = () => sessionStorage;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  root.dataset.js = "";
  const saved = store(local, "theme");
  if (saved === "dark" || saved === "light") root.dataset.theme = saved;

  const switchTheme = () => {
    const dark = root.dataset.theme === "dark" ||
      (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = dark ? "light" : "dark";
    store(local, "theme", root.dataset.theme);
    document.dispatchEvent(new Event("themechange"));
  };

  document.addEventListener("click", (e) => {
    const near = (selector) => e.target.closest(selector);
    if (near("[data-theme-toggle]")) switchTheme();
    if (near("[data-print]")) print();
    const opener = near("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) { e.preventDefault(); dialog.showModal(); }
    const closer = near("[data-close]");
    if (closer) { e.preventDefault(); closer.closest("dialog").close(); }
    near("[data-dismiss]")?.closest(".toast").remove();
    const menu = near("details.menu");
    for (const open of all("details.menu[open]")) if (open !== menu) open.open = false;
  });

  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    for (const menu of all("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // A form is sent once; it is free again when the page comes back or the network failed.
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.matches("[data-leave]")) forgetDrafts();
    if (form.dataset.forget) store(session, `draft:${form.dataset.forget}`, null);
    if (form.method !== "post" || form.matches("[data-again], [hx-post]:not([hx-trigger])")) return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // htmx: the token of any form on the page, and the focus on what was announced.
  document.addEventListener("htmx:configRequest", (e) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (token) e.detail.headers["X-CSRFToken"] = token.value;
  });
  document.addEventListener("htmx:afterSwap", (e) => e.target.querySelector?.("[data-focus]")?.focus());

  // Drafts that lie in this tab (draft.js) go at signing out, and one by one at sending.
  const forgetDrafts = () => {
    try {
      Object.keys(sessionStorage).filter((key) => key.startsWith("draft:"))
        .forEach((key) => sessionStorage.removeItem(key));
    } catch { /* private mode */ }
  };

  const countAnswers = (form) => {
    const out = form.querySelector("[data-answered]");
    const bar = form.querySelector("progress");
    const update = () => {
      const n = all(".scale input:checked", form).length;
      if (bar) bar.value = n;
      if (out) out.textContent = out.dataset.answered.replace("{n}", n);
    };
    form.addEventListener("change", update);
    form.addEventListener("restored", update);
    update();
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (document.querySelector("[data-forget-drafts]")) forgetDrafts();
    all("[data-forget-draft]").forEach((e) => store(session, `draft:${e.dataset.forgetDraft}`, null));
    all("form[data-count]").forEach(countAnswers);
    document.querySelector("[data-errors]")?.focus();
    all(".toast[data-brief]").forEach((toast) => setTimeout(
      () => toast.matches(":hover, :focus-within") || toast.remove(), 10000));
  });
})();

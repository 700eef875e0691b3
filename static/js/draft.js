// A draft: each tap goes to the server, which says that it is kept; what could not reach it
// stays in this tab, under the form's key, till the network is back. A form without an address
// for it (data-draft-url) has its draft in the tab alone.
(() => {
  const store = (key, value) => {
    try {
      if (value === null) sessionStorage.removeItem(key);
      else if (value !== undefined) sessionStorage.setItem(key, value);
      else return sessionStorage.getItem(key);
    } catch { /* private mode */ }
    return null;
  };
  const draftKey = (form) => `draft:${form.dataset.draft}`;
  const OWN = ["csrfmiddlewaretoken", "seen"];
  const typed = (form) => [...new FormData(form)].filter(([name]) => !OWN.includes(name));
  const keepInTab = (form) => store(draftKey(form),
    JSON.stringify({ seen: form.elements.seen?.value, typed: typed(form) }));
  const restoreDraft = (form) => {
    const kept = JSON.parse(store(draftKey(form)) ?? "null");
    if (!kept || kept.seen !== form.elements.seen?.value) return false;
    form.querySelectorAll("[type=checkbox]").forEach((box) => { box.checked = false; });
    for (const [name, value] of kept.typed) {
      const field = form.elements.namedItem(name);
      if (field?.type === "checkbox") field.checked = true;
      else if (field) field.value = value;
    }
    form.dispatchEvent(new Event("restored"));
    return true;
  };
  const watchDraft = (form) => {
    const out = form.querySelector("[data-saved]");
    const say = (words) => { if (out) out.textContent = words; };
    let typing = null, sending = null, isBehind = false, isGone = false, isLeft = false;
    const send = async () => {
      sending = new AbortController();
      keepInTab(form);
      const sent = store(draftKey(form));
      try {
        const answer = await fetch(form.dataset.draftUrl, {
          method: "POST", body: new URLSearchParams(new FormData(form)),
          signal: sending.signal, keepalive: true,
        });
        const words = answer.headers.get("Content-Type")?.startsWith("text/plain");
        say(words ? await answer.text() : out?.dataset.later);
        // What was typed meanwhile stays; so does all on leaving.
        if (answer.ok && !isLeft && store(draftKey(form)) === sent) store(draftKey(form), null);
      } catch (error) {
        if (error.name !== "AbortError") say(out?.dataset.offline);
      }
      sending = null;
    };
    // One at a time: an older one never lands on a newer one.
    const save = async () => {
      clearTimeout(typing);
      keepInTab(form);
      if (!form.dataset.draftUrl || isGone) return;
      isBehind = true;
      if (sending) return;
      while (isBehind && !isGone) {
        isBehind = false;
        await send();
      }
    };
    form.addEventListener("change", save);
    form.addEventListener("input", (e) => {
      if (!e.target.matches("textarea")) return;
      keepInTab(form);
      clearTimeout(typing);
      typing = setTimeout(save, 2000);
    });
    form.addEventListener("submit", () => {
      isGone = true;
      clearTimeout(typing);
      sending?.abort();
      keepInTab(form);
    });
    addEventListener("beforeunload", () => { isLeft = true; });
    addEventListener("pageshow", () => { isGone = isLeft = false; });
    addEventListener("online", () => { if (store(draftKey(form))) save(); });
    if (restoreDraft(form)) save();
  };

  document.querySelectorAll("form[data-draft]").forEach(watchDraft);
})();

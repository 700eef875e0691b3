// Drag of the rows of a list by their handle, with mouse, finger or pen. The arrows beside each row
// do the same without this script. Dropping a row sends its own form with its new place.
(() => {
  const rows = (list) => [...list.children];
  const number = (list) => rows(list).forEach((row, place) => {
    row.querySelector("[data-place]").textContent = place + 1;
  });

  const grab = (event) => {
    const handle = event.target.closest("[data-grab]");
    const row = handle && handle.closest("li");
    const list = row && row.closest("[data-sorted]");
    if (!list || event.button > 0) return;
    event.preventDefault();
    // Heard by the document: a row that moves in the page would lose a captured pointer.
    const before = rows(list);
    row.classList.add("dragged");

    const follow = (move) => {
      const passed = rows(list).filter((one) => one !== row)
        .find((one) => {
          const box = one.getBoundingClientRect();
          return move.clientY < box.top + box.height / 2;
        });
      if (passed ? passed !== row.nextElementSibling : row !== list.lastElementChild) {
        list.insertBefore(row, passed || null);
        number(list);
      }
    };
    const leave = () => {
      row.classList.remove("dragged");
      document.removeEventListener("pointermove", follow);
      document.removeEventListener("pointerup", drop);
      document.removeEventListener("pointercancel", cancel);
      document.removeEventListener("keydown", escape);
    };
    const cancel = () => {
      leave();
      list.append(...before);
      number(list);
    };
    const escape = (key) => { if (key.key === "Escape") cancel(); };
    const drop = () => {
      leave();
      const place = rows(list).indexOf(row);
      if (place === before.indexOf(row)) return;
      const form = row.querySelector("form");
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "place", value: place + 1 });
      form.append(field);
      form.requestSubmit();
    };
    document.addEventListener("pointermove", follow);
    document.addEventListener("pointerup", drop);
    document.addEventListener("pointercancel", cancel);
    document.addEventListener("keydown", escape);
  };
  document.addEventListener("pointerdown", grab);
})();

// Draws the Plotly figures of a page. Each <div data-chart="id"> names a JSON script element
// {"data": […], "layout": {…}} and already holds what the server drew: an SVG, a table or a
// sentence. That content stays if anything fails here, and stays in the page's tables anyway.
// Colours are written "var(--…)" in the JSON and read from the style sheet, so that a
// figure follows the theme.
(() => {
  const NBSP = "\u00a0";
  const french = document.documentElement.lang.startsWith("fr");

  const colour = (() => {
    const probe = document.createElement("span");
    return (name) => {
      document.body.append(probe);
      probe.style.color = name;
      const read = getComputedStyle(probe).color;
      probe.remove();
      return read;
    };
  })();

  const resolve = (value) => {
    if (typeof value === "string") return /^var\(--[\w-]+\)$/.test(value) ? colour(value) : value;
    if (Array.isArray(value)) return value.map(resolve);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
    }
    return value;
  };

  const axis = (given) => ({
    gridcolor: colour("var(--gridline)"), linecolor: colour("var(--line-strong)"),
    zeroline: false, automargin: true, ...given, fixedrange: true,
  });

  const layoutOf = (given) => {
    const text = colour("var(--text-2)");
    const family = getComputedStyle(document.body).fontFamily;
    const layout = {
      height: 380, showlegend: false, margin: { l: 44, r: 16, t: 12, b: 44 },
      ...given,
      font: { family, size: 13, color: text, ...given.font },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      hovermode: "closest", dragmode: false,
      hoverlabel: {
        bgcolor: colour("var(--surface)"), bordercolor: colour("var(--line-strong)"),
        font: { family, size: 13, color: colour("var(--text)") }, align: "left",
      },
    };
    for (const name of new Set(["xaxis", "yaxis", ...Object.keys(given)])) {
      if (/^[xy]axis\d*$/.test(name)) layout[name] = axis(given[name]);
    }
    // On a phone, a few figures that stay upright.
    if (layout.xaxis.dtick && matchMedia("(max-width: 35em)").matches) {
      Object.assign(layout.xaxis, { dtick: undefined, nticks: 4, tickangle: 0 });
    }
    return layout;
  };

  const config = {
    displayModeBar: false, plotlyServerURL: "", displaylogo: false, showTips: false,
    doubleClick: false, scrollZoom: false, responsive: true, locale: french ? "fr" : "en",
  };

  const registerFrench = () => window.Plotly.register({
    moduleType: "locale", name: "fr", dictionary: {},
    format: {
      days: ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
      shortDays: ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
      months: ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
        "septembre", "octobre", "novembre", "décembre"],
      shortMonths: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.",
        "oct.", "nov.", "déc."],
      date: "%d/%m/%Y", decimal: ",", thousands: NBSP, year: "%Y", month: "%b %Y",
      dayMonth: "%-d %b", dayMonthYear: "%-d %b %Y",
    },
  });

  // Long names would leave no room for the marks: the server's narrow drawing shortens them.
  const isServed = (box) =>
    "servedNarrow" in box.dataset && matchMedia("(max-width: 35em)").matches;

  const draw = (box) => {
    const figure = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const plot = document.createElement("div");
    plot.className = "plot";
    if (box.dataset.label) {
      plot.setAttribute("role", "img");
      plot.setAttribute("aria-label", box.dataset.label);
    }
    const served = [...box.children];
    const parts = () => [plot, resolve(figure.data), layoutOf(resolve(figure.layout ?? {})), config];
    box.append(plot);
    return window.Plotly.newPlot(...parts()).then(() => {
      served.forEach((child) => { child.hidden = true; });
      window.Plotly.Plots.resize(plot);
      const again = () => window.Plotly.react(...parts());
      document.addEventListener("themechange", again);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    }).catch((error) => {
      plot.remove();
      throw error;
    });
  };

  const drawAll = () => {
    if (!window.Plotly) return;
    if (french) registerFrench();
    for (const box of document.querySelectorAll("[data-chart]")) {
      if (isServed(box)) continue;
      Promise.resolve(box).then(draw).catch(() => { box.dataset.failed = ""; });
    }
  };
  drawAll();
})();

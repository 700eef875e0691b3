"""The product's icons: one path each, drawn on a 24 by 24 grid with a stroke.

They are written into the page instead of being read from a sprite file: a page uses a handful,
which compress to some hundred bytes, and the check-in page is spared one request.
"""

ICONS = {
    "archive": "M4 5h16v4H4zM6 9v10h12V9M10 13h4",
    "arrow-down": "M6 10l6 6 6-6",
    "arrow-left": "M15 6l-6 6 6 6",
    "arrow-right": "M9 6l6 6-6 6",
    "arrow-up": "M6 14l6-6 6 6",
    "bell": "M6 16V11a6 6 0 1 1 12 0v5l2 2H4zM10 21h4",
    "building": "M5 21V4h9v17M14 9h5v12M3 21h18M8 8h3M8 12h3M8 16h3",
    "calendar": "M4 6h16v15H4zM4 10h16M8 3v4M16 3v4",
    "chat": "M4 5h16v11H9l-5 4z",
    "check": "M4 12.5 10 18 20 6",
    "clock": "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
    "cross": "M6 6l12 12M18 6 6 18",
    "download": "M12 4v11M7 11l5 5 5-5M4 20h16",
    "edit": "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
    "eye": "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
    "eye-off": (
        "M4 4l16 16M9.5 5.4A10 10 0 0 1 12 5c6 0 10 7 10 7a17 17 0 0 1-3.2 3.9"
        "M6.2 7.4A17 17 0 0 0 2 12s4 7 10 7a10 10 0 0 0 4.5-1.1"
    ),
    "flag": "M6 21V4h12l-3 4 3 4H6",
    "grab": "M9 5h.01M15 5h.01M9 12h.01M15 12h.01M9 19h.01M15 19h.01",
    "grid": "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
    "help": (
        "M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 17h.01"
        "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z"
    ),
    "home": "M4 11 12 4l8 7M6 10v9h12v-9",
    "info": "M12 11v6M12 7h.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
    "layers": "M12 3 3 8l9 5 9-5zM3 12.5l9 5 9-5M3 17l9 5 9-5",
    "link": (
        "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1"
    ),
    "list": "M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 1 1 7 0v3",
    "logout": "M14 4h6v16h-6M4 12h11M11 8l4 4-4 4",
    "mail": "M3 5h18v14H3zM3 6l9 7 9-7",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "minus": "M5 12h14",
    "moon": "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
    "pause": "M8 5v14M16 5v14",
    "people": (
        "M9 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM1.5 21c0-4 3.5-6 7.5-6s7.5 2 7.5 6"
        "M16 4.5a4 4 0 0 1 0 7M18.5 15.5c2.5.8 4 2.6 4 5.5"
    ),
    "person": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 4-6 8-6s8 2 8 6",
    "pie": "M12 3v9h9A9 9 0 1 1 12 3zM16 3.5A9 9 0 0 1 20.5 8H16z",
    "plus": "M12 5v14M5 12h14",
    "scales": "M12 4v16M7 20h10M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
    "search": "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
    "settings": (
        "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 2v3M12 19v3M2 12h3M19 12h3"
        "M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2"
    ),
    "shield": "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM9 12l2 2 4-4",
    "star": "M12 4l2.5 5 5.5.8-4 3.9.9 5.5-4.9-2.6-4.9 2.6.9-5.5-4-3.9 5.5-.8z",
    "swap": "M4 9h14M14 5l4 4-4 4M20 15H6M10 11l-4 4 4 4",
    "trash": "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
    "trend": "M3 17l6-6 4 4 8-9M15 6h6v6",
    "upload": "M12 16V5M7 9l5-5 5 5M4 20h16",
    "warning": "M12 4 2.5 20h19zM12 10v4M12 17h.01",
}

"""Does a label fit a tile of the form on a phone? Measured, not counted in letters.

The five tiles stand side by side from a window of 353 px up (below, the style sheet puts them one
under another). There a tile has 59.8 px inside its borders and letters are set tighter; from 377
px up they are not, and it has 64.6 px. A chosen label is semi-bold, its widest look. A label fits
when each of its words fits both tiles and it takes three lines at most, which is what the height
of a tile holds. Widths are those of the face that the product brings; a reader whose device has
not loaded it yet sees another one, in which a word may be broken.

The browser test ``tests/browser/test_question_editor.py`` holds all of this against Chromium.
"""

import re
from collections.abc import Iterator

SIZE = 13.0
# Room inside the borders of a tile, and what the style sheet takes off after each letter there.
TILES = ((59.8, 0.025 * SIZE), (64.6, 0.0))
LINES = 3
# Words too long for a fifth of a phone's width may be cut here (soft hyphens).
CUTS = {
    "Intenable": "Inte\u00adnable",
    "Équilibrée": "Équi\u00adlibrée",
    "Partenaire": "Parte\u00adnaire",
    "Dissatisfied": "Dissat\u00adisfied",
    "Very dissatisfied": "Very dissat\u00adisfied",
    "Volontiers": "Volon\u00adtiers",
    "Beaucoup": "Beau\u00adcoup",
    "Incertaine": "Incer\u00adtaine",
    "Manageable": "Manage\u00adable",
    "Somewhat": "Some\u00adwhat",
    "Uncertain": "Uncer\u00adtain",
}
SOFT_HYPHEN = "\u00ad"
# Thousandths of an em, semi-bold.
GLYPHS = {
    252: " ",
    262: "ijlìíîï",
    277: "IÌÍÎÏ",
    294: "‘’",
    316: "¦",
    319: ",.:·",
    321: "!¡",
    324: "¹",
    326: "'",
    329: ";",
    351: "`",
    353: "t",
    359: "|",
    373: "()[]",
    379: "/\\",
    389: "f",
    397: "r",
    423: "1",
    452: "¯",
    454: "²",
    455: "{}",
    458: "°",
    460: "ª",
    463: "³",
    465: "-",
    469: "_",
    481: "^",
    487: "º",
    500: "–",
    501: "”",
    503: "•",
    507: "“",
    523: '"',
    540: "*",
    543: "?¿",
    549: "s",
    563: "¥",
    565: "L",
    566: "z",
    568: "§",
    569: "kx",
    574: "aàáâãäå",
    576: "7",
    580: "J",
    583: "c¢ç",
    587: "v",
    588: "Fyýÿ",
    591: "eèéêë",
    594: "ð",
    600: "¶",
    605: "EÈÉÊË",
    609: "oòóôõöø",
    612: "5hnu¨ñùúûü",
    614: "µ",
    623: "2",
    624: "bdpqþ",
    625: "g",
    629: "£",
    634: "«»",
    636: "3",
    640: "689",
    644: "#ß",
    645: "P",
    650: "$S",
    652: "RZ",
    658: "Þ",
    659: "B",
    660: "0T",
    663: "&",
    664: "®",
    666: "4",
    673: "+<=>~¬±×÷",
    679: "€",
    703: "K",
    713: "YÝŸ",
    720: "X",
    722: "D",
    728: "AVÀÁÂÃÄÅ",
    736: "UÙÚÛÜ",
    737: "CÇ",
    746: "H",
    749: "G¤",
    751: "Ð",
    759: "NÑ",
    769: "OÒÓÔÕÖØ",
    773: "Q",
    831: "¼",
    839: "w",
    870: "½",
    900: "m",
    907: "¾",
    913: "æ",
    914: "©",
    922: "M",
    956: "…",
    992: "œ",
    999: "@",
    1000: "—",
    1004: "%",
    1013: "Æ",
    1014: "Œ",
    1020: "W",
}
WIDTHS = {letter: width for width, letters in GLYPHS.items() for letter in letters}
WIDEST = max(WIDTHS.values())
# Where a line may break: after a space, a hyphen, and at a cut.
PIECES = re.compile(rf"[^ \-{SOFT_HYPHEN}]+[ \-{SOFT_HYPHEN}]?")


def width(text: str) -> float:
    """Pixels of these letters on one line, before they are set tighter.

    >>> round(width("Lourde"), 1), round(width("Partenaire"), 1)
    (44.2, 64.9)
    """
    return sum(WIDTHS.get(letter, WIDEST) for letter in text) * SIZE / 1000


def too_wide(label: str) -> str:
    """The first word that no line of the narrowest tile can hold; empty where all fit.

    >>> too_wide("Very useful"), too_wide("Insupportable")
    ('', 'Insupportable')
    """
    pieces = list(_pieces(label))
    return next((shown for shown, _sep in pieces if not _fits(shown)), "")


def lines(label: str) -> int:
    """Lines that it takes in the narrowest tile.

    >>> lines("Heavy"), lines("Not very useful"), lines("Ni trop ni trop peu pour moi aujourd’hui")
    (1, 2, 4)
    """
    count, line = 1, ""
    for shown, separator in _pieces(label):
        if line and not _fits(line + shown):
            count, line = count + 1, ""
        line += shown.removesuffix("-") if separator == SOFT_HYPHEN else shown + separator
    return count


def fits(label: str) -> bool:
    """Does it fit a tile on a phone?"""
    return not too_wide(label) and lines(label) <= LINES


def _pieces(label: str) -> Iterator[tuple[str, str]]:
    """What stands between two places where a line may break, as it is shown there."""
    for piece in PIECES.findall(CUTS.get(label, label)):
        text = piece.rstrip(f" {SOFT_HYPHEN}")
        separator = piece[len(text) :]
        yield text + ("-" if separator == SOFT_HYPHEN else ""), separator


def _fits(text: str) -> bool:
    text = text.rstrip()
    return all(width(text) - tighter * len(text) <= room for room, tighter in TILES)

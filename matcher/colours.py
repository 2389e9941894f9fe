"""A site's colour on light and on dark ground: kept where it can be read, moved towards black or white where not."""

from __future__ import annotations

# The contrast that text needs (WCAG 2.2, success criterion 1.4.3, level AA).
READABLE = 4.5
# What reads well on dark ground (1.4.6, level AAA): bright letters on it need more than dark ones on white.
EASY = 7.0
LIGHT, DARK = "#ffffff", "#14191d"
_STEPS = 20


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (`#rrggbb`), from 1 to 21, by WCAG 2.2."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def readable(colour: str, ground: str, least: float = READABLE) -> str:
    """The colour, or the nearest mixture of it with black or white that has the least contrast on that ground."""
    towards = "#000000" if contrast("#000000", ground) > contrast("#ffffff", ground) else "#ffffff"
    mixtures = (_mixed(colour, towards, step / _STEPS) for step in range(_STEPS + 1))
    return next((mixture for mixture in mixtures if contrast(mixture, ground) >= least), towards)


def on(colour: str) -> str:
    """White or the dark ground, whichever reads better on the colour."""
    return max((LIGHT, DARK), key=lambda text: contrast(text, colour))


def _channels(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(mine + (theirs - mine) * share):02x}" for mine, theirs in pairs)


def _luminance(colour: str) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

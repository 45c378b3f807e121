"""The colours of every drawing: one identity, one colour, in figures and widgets alike.

Identities come from Okabe & Ito (2008), which people with any common colour vision tell apart.
"""

from collections.abc import Mapping
from types import MappingProxyType

OKABE_ITO: Mapping[str, str] = MappingProxyType(
    {
        "black": "#000000",
        "orange": "#E69F00",
        "sky blue": "#56B4E9",
        "bluish green": "#009E73",
        "yellow": "#F0E442",
        "blue": "#0072B2",
        "vermillion": "#D55E00",
        "reddish purple": "#CC79A7",
    }
)

# What a colour stands for. Gates bear their letter as well, so colour never says it alone.
IDENTITIES: Mapping[str, str] = MappingProxyType(
    {
        "input": OKABE_ITO["orange"],
        "state": OKABE_ITO["blue"],
        "memory": OKABE_ITO["reddish purple"],
        "input_gate": OKABE_ITO["bluish green"],
        "forget_gate": OKABE_ITO["vermillion"],
        "candidate": OKABE_ITO["yellow"],
        "output_gate": OKABE_ITO["sky blue"],
        "update_gate": OKABE_ITO["bluish green"],
        "reset_gate": OKABE_ITO["vermillion"],
        "right": OKABE_ITO["bluish green"],
        "wrong": OKABE_ITO["vermillion"],
    }
)

# The same identities on a dark ground, where plain blue would sink into it.
_DARK_IDENTITIES = {"state": "#4FA8E0", "right": "#2FBF95", "wrong": "#F28A3C"}

# Ground, ink and lines of a page; the front end's own theme goes before them in a notebook.
THEMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "light": {
            "ground": "#FFFFFF",
            "ink": "#1F2328",
            "quiet": "#5B6470",
            "line": "#D0D5DB",
            "bias": "#8A929C",
            "output": "#1F2328",
        },
        "dark": {
            "ground": "#16191D",
            "ink": "#E8EAED",
            "quiet": "#A9B1BB",
            "line": "#3B424B",
            "bias": "#8A929C",
            "output": "#E8EAED",
        },
    }
)

# From -1 to +1. The middle stop is missing on purpose: zero is the ground of the theme.
_DIVERGING = {
    "light": (("#8C3A00", "#E39A57"), ("#6CB2DC", "#004E86")),
    "dark": (("#FFB469", "#A85410"), ("#1C6FA8", "#86CBFA")),
}


def colour(identity: str, theme: str = "light") -> str:
    """The colour of "input", "state", "ink" … as #RRGGBB in the light or dark theme."""
    if identity in THEMES[theme]:
        return THEMES[theme][identity]
    return (_DARK_IDENTITIES if theme == "dark" else {}).get(identity, IDENTITIES[identity])


def diverging(theme: str = "light", ground: str | None = None) -> tuple[str, str, str, str, str]:
    """Five stops from -1 to +1, evenly spaced, whose middle is the ground drawn on."""
    low, high = _DIVERGING[theme]
    return (*low, ground or THEMES[theme]["ground"], *high)


def css_variables(theme: str) -> str:
    """The palette as CSS declarations: `--u-input: #E69F00; …` and the map `--u-map`."""
    names = [*IDENTITIES, "bias", "output"]
    lines = [f"--u-{name.replace('_', '-')}: {colour(name, theme)};" for name in names]
    page = {"ground": "layout-color1", "ink": "ui-font-color1", "line": "border-color2"}
    for name, jupyter in page.items():
        lines.append(f"--u-{name}: var(--jp-{jupyter}, {colour(name, theme)});")
    lines.append(f"--u-quiet: {colour('quiet', theme)};")
    lines.append(f"--u-map: {', '.join(diverging(theme, 'var(--u-ground)'))};")
    return "\n  ".join(lines)

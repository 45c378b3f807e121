"""What every widget is beyond its own picture: sentences, a static twin, words and a page."""

import base64
import html
import io
import uuid
from importlib.resources import files
from pathlib import Path

import anywidget
import traitlets
from matplotlib.figure import Figure

from unrolled import palette
from unrolled.figures.drawing import styled
from unrolled.language import LANGUAGES, _, current_language, speaking
from unrolled.widgets import page
from unrolled.widgets.bundle import read

_LIGHT, _DARK = palette.css_variables("light"), palette.css_variables("dark")
# A notebook's own theme decides; where there is none, what the reader's system prefers.
_COLOURS = f"""
.unrolled {{
  {_LIGHT}
  --u-on-state: #fff;
  --u-edge: color-mix(in srgb, var(--u-ink) 45%, transparent);
}}
[data-jp-theme-light="false"] .unrolled, .vscode-dark .unrolled {{
  {_DARK}
  --u-on-state: #000;
}}
@media (prefers-color-scheme: dark) {{
  body:not([data-jp-theme-light]):not([class*="vscode"]) .unrolled {{
  {_DARK}
  --u-on-state: #000;
  }}
}}
"""


def css(name: str) -> str:
    """The style of a widget: the palette's colours, what all widgets share, NAME.css if any."""
    own = files("unrolled.widgets").joinpath(f"{name}.css")
    return _COLOURS + read("widgets.css") + (read(f"{name}.css") if own.is_file() else "")


class Widget(anywidget.AnyWidget):
    """A picture with a time line, in the reader's language, that also works without a kernel.

    A widget gives `sentences` (every word its page shows), `describe`, `draw` and, in `own`,
    the traits that the key R puts back.
    """

    own: tuple[str, ...] = ()

    step = traitlets.Int(0, help="the time step looked at, from 0").tag(sync=True)
    playing = traitlets.Bool(False, help="whether the steps run by themselves").tag(sync=True)
    lang = traitlets.Enum(LANGUAGES, help='"en" or "ko"').tag(sync=True)
    labels = traitlets.Dict(help="every sentence the page shows").tag(sync=True)
    _initial = traitlets.Dict().tag(sync=True)
    _twin = traitlets.Unicode(help="the name of the picture that stands in").tag(sync=True)

    @traitlets.default("_twin")
    def _default_twin(self) -> str:
        return uuid.uuid4().hex

    @traitlets.default("lang")
    def _default_lang(self) -> str:
        return current_language()

    def __init__(self, **traits):
        super().__init__(**traits)
        self._speak()
        self._initial = {name: getattr(self, name) for name in ("step", *self.own)}

    @traitlets.observe("lang")
    def _speak(self, change=None):
        with speaking(self.lang):
            self.labels = self.sentences() | {
                "play": _("Play"),
                "pause": _("Pause"),
                "reset": _("Start again"),
                "predict": _("Predict first"),
            }

    def set_traits(self, **values):
        """Set several traits as one change: one message, checked when all of them are in."""
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in values.items():
                setattr(self, name, value)

    def sentences(self) -> dict[str, str]:
        """Key → sentence in the language being spoken."""
        raise NotImplementedError

    def words(self) -> str:
        """The picture in words, in the language being spoken."""
        raise NotImplementedError

    def draw(self, theme: str) -> Figure:
        """The picture in matplotlib, in the language being spoken."""
        raise NotImplementedError

    def describe(self) -> str:
        """The picture in words, for a reader who does not see it."""
        with speaking(self.lang):
            return self.words()

    def static(self, theme: str = "light") -> Figure:
        """The same picture as a matplotlib figure, in the "light" or "dark" theme."""
        with speaking(self.lang), styled():
            figure = self.draw(theme)
            figure.draw_without_rendering()  # labels made later would miss the font set here
            return figure

    def to_html(self, path: str | Path) -> Path:
        """Write the live widget as one page that needs neither a kernel nor a network."""
        path = Path(path)
        path.write_text(page.html(self), encoding="utf-8")
        return path

    def _picture(self) -> str:
        """The static picture as base64 of a PNG."""
        picture = io.BytesIO()
        with speaking(self.lang), styled():
            self.draw("light").savefig(picture, format="png", dpi=120)
        return base64.b64encode(picture.getvalue()).decode("ascii")

    def _repr_mimebundle_(self, **kwargs):
        """The live view, and for a front end without widgets the picture and its words."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        words = self.describe()
        data = data | {"image/png": self._picture(), "text/plain": words}
        return data, metadata | {"image/png": {"alt": words}}

    def _ipython_display_(self, **_options):
        """Show the picture, then the live view, which hides the picture as soon as it runs.

        A notebook that is opened again has no live widget until its cell has run: there and where
        a front end knows no widgets, the picture stays. JupyterLab's own word for that case, "model
        not found", is hidden.
        """
        from IPython.display import display

        bundle = self._repr_mimebundle_()
        if bundle is None:
            return
        data, metadata = bundle
        live = {mime: data.pop(mime) for mime in list(data) if "widget-view" in mime}
        place = f'[data-unrolled="{self._twin}"]'
        missing = ".jp-OutputArea-child .jupyter-widgets:not(:has(*))"
        data["text/html"] = (
            f'<div data-unrolled="{self._twin}"><img style="max-width: 100%" '
            f'alt="{html.escape(data["text/plain"])}" '
            f'src="data:image/png;base64,{data["image/png"]}"></div>'
            f"<style>.jp-OutputArea-child:has({place}) + {missing} {{ display: none }}</style>"
        )
        display(data, metadata=metadata, raw=True)
        display(live, raw=True)

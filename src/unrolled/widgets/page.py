"""A widget as one HTML page that works offline, from a file."""

import base64
import html as markup
import json

import ipywidgets

# As much of a front end's model as the widgets use.
_MODEL = """
const state = JSON.parse(document.getElementById("state").textContent, (key, value) =>
  typeof value?.base64 === "string"
    ? new DataView(Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0)).buffer)
    : value);
const heard = {};
const model = {
  get: (name) => state[name],
  set(name, value) {
    state[name] = value;
    (heard[`change:${name}`] ?? []).forEach((listener) => listener());
  },
  on: (event, listener) => (heard[event] ??= []).push(listener),
  off: (event, listener) => {
    heard[event] = (heard[event] ?? []).filter((other) => other !== listener);
  },
  save_changes() {},
};
render({ model, el: document.getElementById("widget") });
"""

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ margin: 0; padding: 16px; background: Canvas; }}
main {{ max-width: 960px; margin: auto; }}
h1 {{ margin: 0 0 10px; color: GrayText; color: light-dark(#5b6470, #a9b1bb); \
font: 600 13px system-ui, sans-serif; }}
{css}</style>
</head>
<body>
<main><h1>Unrolled · {name}</h1><div id="widget"></div><noscript>{words}</noscript></main>
<script type="application/json" id="state">{state}</script>
<script type="module">
{esm}{model}</script>
</body>
</html>
"""


def _state(widget: ipywidgets.DOMWidget) -> dict:
    """The traits a page needs: all synced ones but the front end's own machinery."""
    foreign = set(ipywidgets.DOMWidget().keys) | {"_esm", "_css", "_anywidget_id", "_twin"}
    return {name: getattr(widget, name) for name in widget.keys if name not in foreign}


def _plain(value):
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(value).decode("ascii")}
    raise TypeError(f"a widget's trait holds {type(value).__name__}: make it plain data or bytes")


def html(widget) -> str:
    """The whole page of a widget: its module, style, state and a small model."""
    # "<" is escaped so that no token can close the script element it lies in.
    state = json.dumps(_state(widget), ensure_ascii=False, default=_plain).replace("<", "\\u003c")
    return _PAGE.format(
        lang=widget.lang,
        title=markup.escape(widget.labels["title"]),
        name=type(widget).__name__,
        words=markup.escape(widget.describe()),
        css=widget._css,
        state=state,
        esm=widget._esm,
        model=_MODEL,
    )

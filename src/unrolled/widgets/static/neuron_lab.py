"""NeuronLab in matplotlib."""

from matplotlib.figure import Figure

from unrolled.language import _
from unrolled.palette import colour
from unrolled.widgets.static.axes import draw_curve, heading, plain, sheet


def neuron_lab(w_x, w_h, b, inputs, states, step=0, theme="light") -> Figure:
    """One neuron's state over time, its input pulses below."""
    figure = sheet(8.5, 4, theme)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    for axes in (above, below):
        plain(axes, theme)
        axes.axvspan(step - 0.5, step + 0.5, color=colour("ink", theme), alpha=0.08, linewidth=0)
    draw_curve(above, states, step, theme)
    below.bar(range(len(inputs)), inputs, width=0.6, color=colour("input", theme))
    below.axhline(0, color=colour("line", theme), linewidth=0.8)
    below.set_yticks([])
    below.set_xticks(range(len(inputs)), range(1, len(inputs) + 1))
    for axes, name in ((above, "h"), (below, "x")):
        axes.set_ylabel(
            name, rotation=0, ha="right", va="center", style="italic", color=colour("ink", theme)
        )
    heading(above, _("What does one neuron do with x and its own past?"), theme)
    figure.text(
        0.99,
        0.98,
        f"$w_x$ = {w_x:.2f}    $w_h$ = {w_h:.2f}    $b$ = {b:.2f}".replace("-", "−"),
        ha="right",
        va="top",
        color=colour("ink", theme),
    )
    return figure

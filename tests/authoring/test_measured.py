import pytest
from nbformat import v4

from unrolled.authoring.measured import figures, unprinted

from .conftest import code, markdown

HEAD = "print(f'{1_234 + 1:,}', .98, 0.4567, 7.25)"


def executed(prose: str, *outputs) -> list[str]:
    cell = code("numbers", HEAD)
    said = "1,235 0.98 0.4567 7.25\nepoch 40: [0.125 0.25]\n"
    cell.outputs = [v4.new_output("stream", name="stdout", text=said), *outputs]
    return unprinted(v4.new_notebook(cells=[markdown("prose", prose), cell]))


def drawn(page: str, words: str = ""):
    return v4.new_output("display_data", {"text/html": page, "text/plain": words})


@pytest.mark.parametrize(
    "prose",
    [
        "It has 1,235 parameters and scores .98.",
        "It scores 0.457, about 0.46, nearly 0.5; in percent 45.7 % or 46 %.",
        "After 40 epochs; 12.5 % of them.",
        "7.3 seconds, 7.25 exactly.",
        "정확도는 0.98이고 파라미터는 1,235개입니다.",
        "-0.125 or −0.125",
        "1,234 stands in the code.",
    ],
)
def test_what_a_cell_prints_or_holds_may_be_said_and_rounded(prose):
    assert executed(prose) == []


@pytest.mark.parametrize(
    ("prose", "written"),
    [
        ("It has 1,236 parameters.", "1,236"),
        ("It has 1,200 parameters.", "1,200"),
        ("It scores .97.", ".97"),
        ("It scores 0.98, or 0.981.", "0.981"),
        ("It scores 0.458.", "0.458"),
        ("47 % are right.", "47"),
        ("**It took 31 seconds.**", "31"),
        ("| a | 0.33 |\n|---|---|", "0.33"),
        ("<details><summary>Why</summary>\n\nIt has 99.\n\n</details>", "99"),
        ("정확도는 0.97입니다.", "0.97"),
        ("파라미터는 1,236개입니다.", "1,236"),
    ],
)
def test_a_figure_that_no_cell_prints_is_named_with_its_cell(prose, written):
    (said,) = executed(prose)
    assert (
        said == f"cell prose: no cell prints {written}. Print it in this section, or leave it out."
    )


@pytest.mark.parametrize(
    "prose",
    [
        "Gers et al. (2000) mended the cell of 1997.",
        "$0.33 + 99 = 99.33$ and $$x = 55$$ and `0.33` and ```\n55\n```",
        "[lecture 02](../99_lecture.ipynb#77), section 4, hint 2",
        "| 01 | [lecture](01_lecture.ipynb)<br>55 min | [과제](../release/a.ipynb)<br>55분 |",
        "[it](https://doi.org/10.1162/089976600300015015)",
        'one <kbd title="33">Shift</kbd>, two, 3, W_22, h33, 22x',
    ],
)
def test_years_formulas_code_links_and_names_are_no_figures(prose):
    assert list(figures(v4.new_notebook(cells=[markdown("prose", prose)]))) == []


def test_sources_are_not_read():
    cell = markdown("sources", "*Cognitive Science* 14(2), 179–211.")
    assert unprinted(v4.new_notebook(cells=[cell])) == []


def test_the_words_of_a_figure_and_of_a_widget_count_as_printed():
    assert executed("It is 0.77.", drawn('<img alt="A curve that ends at 0.77">')) == []
    assert executed("It is 0.77.", drawn('<svg aria-label="ends at 0.77"/>')) == []
    assert executed("It is 0.77.", drawn("<table><tr><td>0.77</td></tr></table>")) == []
    assert executed("It is 0.77.", drawn("", "One unit at 0.77.")) == []
    assert executed("It is 0.77.", drawn('<path d="0.77 1"/>')) != []  # a place on the paper


def test_neighbours_in_a_list_are_no_thousands():
    output = v4.new_output("stream", name="stdout", text="[12,345]")
    assert executed("It has 12,345 of them.", output) == []
    output = v4.new_output("stream", name="stdout", text="[1, 2,3,4]")
    assert executed("It has 2,345 of them.", output) != []


@pytest.mark.parametrize(
    ("prose", "known"),
    [("40 epochs, 1,235 weights", True), ("0.457", False), (".98", False), ("0.125", True)],
)
def test_another_sections_figures_are_said_as_they_stand_there(prose, known):
    cells = v4.new_notebook(cells=[markdown("prose", prose), markdown("next", "## Next")])
    cell = code("numbers", HEAD)
    cell.outputs = [v4.new_output("stream", name="stdout", text="0.4567 .98 0.125 40 1,235")]
    assert (unprinted(v4.new_notebook(cells=[*cells.cells, cell])) == []) == known

from unrolled.authoring.tables import Row, Trained, refreshed, task_table

ROWS = [Row("05_lstm", "lstm_step", 6, 12), Row("05_lstm", "chrono_bias", 2.5, 3)]


def test_a_table_stands_between_the_marks_and_nothing_else_changes():
    text = "before\n<!-- exercises -->\nold\n<!-- /exercises -->\nafter\n"
    once = refreshed(text, ROWS)
    assert once == (
        "before\n<!-- exercises -->\n"
        "| assignment | exercise | points | mistakes told by name |\n"
        "|---|---|--:|--:|\n"
        "| 05_lstm | `lstm_step` | 6 | 12 |\n"
        "|  | `chrono_bias` | 2.5 | 3 |\n"
        "<!-- /exercises -->\nafter\n"
    )
    assert refreshed(once, ROWS) == once
    assert refreshed("no marks", ROWS) == "no marks"


def test_a_task_has_a_line_for_each_measure_and_says_which_way_it_goes():
    melodies = Trained(
        "melodies", {"bits": 3.5, "hits": 0.25}, {"bits": 4, "hits": 0.1}, 24.4, ["bits"]
    )
    assert task_table([melodies]) == (
        "| task | measure | score | baseline | seconds |\n|---|---|--:|--:|--:|\n"
        "| melodies | bits (lower is better) | 3.500 | 4.000 | 24 |\n"
        "|  | hits | 0.250 | 0.100 |  |\n"
    )

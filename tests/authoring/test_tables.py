from unrolled.authoring.tables import Row, refreshed

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

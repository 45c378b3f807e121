import pytest

from unrolled.authoring.prose import has_prose
from unrolled.authoring.sentences import code_sentences


def sentences_of(tmp_path, source):
    (tmp_path / "src/unrolled").mkdir(parents=True)
    (tmp_path / "src/unrolled/module.py").write_text(source)
    found, faults = code_sentences(tmp_path)
    return {sentence.english for sentence in found}, faults


def test_every_way_to_mark_a_sentence_is_seen(course):
    found, faults = code_sentences(course.root)
    assert faults == []
    assert {(s.english, s.file, s.note) for s in found} == {
        ("another formula", "src/unrolled/exercise.py", ""),
        ("The bias b is missing: y = x W + b.", "src/unrolled/exercise.py", ""),
        ("{count} of {all} cases.", "src/unrolled/exercise.py", "shown after a check."),
    }


@pytest.mark.parametrize(
    "source",
    [
        '_(f"{n} cases")',
        '_("a" + b)',
        '_("a", f(_("unseen by Babel")))',
        '_("{n} cases".format(n=1))',
        'rnn_step.mistake("id", SENTENCE, hint=1)',
        'rnn_step.mistake("id", f"{n} cases", hint=1)',
    ],
)
def test_a_sentence_that_cannot_be_translated_is_an_error(tmp_path, source):
    _found, (fault,) = sentences_of(tmp_path, "\n" + source)
    assert fault.startswith("src/unrolled/module.py, line 2: ")


def test_a_sentence_kept_in_a_variable_is_marked_where_it_is_written(tmp_path):
    source = (
        'A = N_("a sentence")\n_(A)\n_(case.about)\n_("one " "and two")\n_("x").format(f(_("y z")))'
    )
    assert sentences_of(tmp_path, source) == ({"a sentence", "one and two", "x", "y z"}, [])


@pytest.mark.parametrize(
    ("source", "prose"),
    [
        ("x = 1  # the input", True),
        ("x = 1  # (batch, time, units)", False),
        ('"""Two words."""', True),
        ('plt.title("hidden state")', True),
        ('print(f"{n} words")', True),
        ('f"h_{t}"', False),
        ('check("rnn_step", rnn_step)', False),
        ("%matplotlib inline\nx = 1", False),
    ],
)
def test_prose_is_told_from_code(source, prose):
    assert has_prose(source) is prose

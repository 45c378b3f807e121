"""TaskShapes: the arrows that exist, the words about them, and what Keras makes of the lines."""

import json
import re

import numpy as np
import pytest

from unrolled.tasks import captions
from unrolled.tasks.scenes import draw, read_scene
from unrolled.widgets import TaskShapes, shape_words, shapes
from unrolled.widgets.shape_examples import EXAMPLES, JOBS
from unrolled.widgets.shapes import SHAPES, Example, arrows, code_lines, columns, targets

from .examples import HOSTILE

TO_VECTOR, TO_SEQUENCE, DELAYED, FROM_VECTOR = SHAPES
ALL = [*EXAMPLES, *(example for job in JOBS for example in (job.english, job.korean))]
PICTURES = [
    (example, switch)
    for example in ALL
    for switch in ((None, False, True) if example.switchable else (None,))
]


def _of(shape, read, write):
    return Example("task", shape, ["i"] * read, ["o"] * write)


def _at(kind, example, return_sequences=None):
    """The steps, from 1 as a reader counts them, that an arrow of a kind leads to."""
    return [end + 1 for name, _start, end in arrows(example, return_sequences) if name == kind]


def test_the_four_shapes_have_the_arrows_of_the_lecture():
    for shape, read, write, inputs, outputs, fed in (
        (TO_VECTOR, 3, 1, [1, 2, 3], [3], []),
        (TO_SEQUENCE, 3, 3, [1, 2, 3], [1, 2, 3], []),
        (DELAYED, 3, 2, [1, 2, 3], [4, 5], [5]),
        (FROM_VECTOR, 1, 3, [1], [1, 2, 3], [2, 3]),
    ):
        example = _of(shape, read, write)
        found = [_at(kind, example) for kind in ("input", "output", "fed")]
        assert found == [inputs, outputs, fed], shape
        assert _at("state", example) == list(range(2, len(columns(example)[0]) + 1))


@pytest.mark.parametrize(("example", "switch"), PICTURES)
def test_an_arrow_stands_where_a_word_stands_and_nowhere_else(example, switch):
    read, write = columns(example, switch)
    for kind, words in (("input", read), ("output", write)):
        expected = [t + 1 for t, word in enumerate(words) if word is not None]
        assert _at(kind, example, switch) == expected
    assert all(start <= end < len(read) for _kind, start, end in arrows(example, switch))


def test_the_switch_turns_a_window_into_twenty_targets():
    melody = next(example for example in EXAMPLES if example.task == "melody")
    assert (targets(melody), targets(melody, False), targets(melody, True)) == (20, 1, 20)
    assert _at("output", melody, False) == [20]
    assert columns(melody, False)[1][-1] == columns(melody)[1][-1]
    assert "return_sequences=False" in code_lines(melody, False)[0][0]
    assert code_lines(melody, False)[1][2] == "(batch, outputs)"
    assert code_lines(melody, True) == code_lines(melody)


def test_a_verdict_asked_for_too_early_has_no_target():
    review = EXAMPLES[0]
    assert columns(review, True)[1] == ["?"] * 9 + ["negative"]
    assert targets(review, True) == 1
    said = Example("s", TO_VECTOR, ["a", "b"], ["no"], so_far=["yes", "no"])
    assert columns(said, True)[1] == ["yes", "no"]


def test_the_examples_are_true():
    melodies = [example for example in EXAMPLES if example.task == "melody"]
    for melody in melodies:
        assert melody.inputs[1:] == melody.outputs[:-1]  # what comes next is what came out
    letters = dict(zip(melodies[0].inputs, melodies[1].inputs, strict=True))
    assert melodies[1].inputs == tuple(letters[note] for note in melodies[0].inputs)
    digits = dict(zip("일이삼사오육칠팔구", range(1, 10), strict=True))
    for example in (example for example in EXAMPLES if example.task == "translation"):
        value, digit = 0, 1
        for syllable in example.inputs:
            power = {"십": 10, "백": 100, "천": 1000}.get(syllable)
            value += digit * power if power else 0
            digit = 1 if power else digits[syllable]
        assert value + (0 if syllable in "십백천" else digit) == int(example.name)


def test_a_caption_is_true_of_its_picture_and_the_captioner_writes_the_same():
    for example in (example for example in EXAMPLES if example.task == "caption"):
        assert example.image is not None
        scene = read_scene(" ".join(example.outputs))
        np.testing.assert_array_equal(example.image, draw(*scene))
        own = captions.load().example(scene, example.language)
        assert tuple(own["outputs"]) == example.outputs


def test_each_shape_is_the_answer_to_a_job_in_both_languages():
    assert {job.answer for job in JOBS} == {0, 1, 2, 3}
    assert len(JOBS) == 6
    for job in JOBS:
        assert job.english.shape == job.korean.shape
        assert {job.key, f"{job.key}_ask", f"{job.key}_why"} <= set(shape_words.jobs())


@pytest.mark.parametrize(("example", "switch"), PICTURES)
def test_each_step_is_said_in_a_sentence_whose_fields_are_known(example, switch):
    sentences, seen = shape_words.sentences(), shape_words.sayings(example, switch)
    assert len(seen) == len(columns(example, switch)[0])
    for t, (key, values) in enumerate(seen):
        said = sentences[key].format(**values)
        assert values["step"] == t + 1
        assert "{" not in said
        assert "“”" not in said


def test_every_sentence_has_a_step_that_says_it():
    generic = [_of(*size) for size in ((TO_VECTOR, 3, 1), (TO_SEQUENCE, 3, 3), (DELAYED, 2, 2))]
    pictures = [*PICTURES, (generic[0], True), *((each, None) for each in generic)]
    spoken = {key for picture in pictures for key, _values in shape_words.sayings(*picture)}
    assert spoken == set(shape_words.sentences())


def test_the_translator_may_not_write_before_it_has_read():
    widget = TaskShapes(task=2, step=2)
    assert "has read 3 of 7 syllables and may not write yet" in widget.describe()
    widget.step = 6
    assert "one arrow" in widget.describe()
    widget.step = 8
    assert "its own last word, “two”, and writes: “thousand”" in widget.describe()


def test_the_page_is_sent_what_python_says():
    widget = TaskShapes()
    groups = {}
    for example in EXAMPLES:
        groups.setdefault(example.task, []).append(example)
    assert [task["name"] for task in widget._tasks] == list(groups)
    for task in widget._tasks:
        for sent, example in zip(task["examples"], groups[task["name"]], strict=True):
            for picture, switch in zip(
                [sent["own"], *sent["switched"]], (None, False, True), strict=False
            ):
                assert [tuple(each) for each in picture["arrows"]] == arrows(example, switch)
                assert (picture["inputs"], picture["outputs"]) == columns(example, switch)
                for key in (picture["shape"], *(key for key, _values in picture["says"])):
                    assert key in widget.labels
                assert picture["note"] in ("", *widget.labels)
    assert [mini["shape"] for mini in widget._minis] == list(SHAPES)
    json.dumps([widget._tasks, widget._jobs, widget._minis], allow_nan=False)


def test_the_page_draws_every_pixel_of_an_image():
    image = np.random.default_rng(0).integers(0, 2, (5, 7, 3)) / 1.0
    sent = TaskShapes([Example("t", FROM_VECTOR, ["i"], ["o"], image=image)])._tasks
    drawn, again = sent[0]["examples"][0]["image"], np.full(image.shape, np.nan)
    for left, top, length, colour in drawn["runs"]:
        again[top, left : left + length] = np.frombuffer(bytes.fromhex(colour[1:]), np.uint8) / 255
    np.testing.assert_array_equal(again, image)
    assert drawn["size"] == 7


def test_an_arrow_is_drawn_between_the_rows_it_joins(javascript):
    sent = [arrow for picture in PICTURES for arrow in arrows(*picture)]
    rows = "{ x: (t) => 100 * t, out: 10, top: 20, middle: 25, bottom: 30, in: 40, half: 8 }"
    ends = javascript("task_shapes", f"data.map((spec) => widget.ends(spec, {rows}))", sent)
    heights = {"input": (40, 30), "state": (25, 25), "output": (20, 10), "fed": (10, 20)}
    assert {kind for kind, _start, _end in sent} == set(heights)
    for (kind, start, end), (x1, y1, x2, y2) in zip(sent, ends, strict=True):
        assert (y1, y2) == heights[kind]
        assert (round(x1 / 100), round(x2 / 100)) == (start, end)


def test_the_switch_and_the_task_are_traits():
    widget = TaskShapes(task=1, step=12)
    assert (widget.shape, widget.step) == (TO_SEQUENCE, 12)
    widget.return_sequences = False
    assert widget.shape == TO_VECTOR
    assert "(batch, 20, features) → (batch, 32)" in widget.describe()
    widget.task = 2  # a decoder writes at every step, whatever the switch says
    assert widget.shape == DELAYED
    assert widget.step == 11
    widget.set_traits(task=0, example=1, return_sequences=True, step=3)
    assert (widget.shown.name, widget.shape, widget.step) == ("한국어", TO_SEQUENCE, 3)
    widget.task = 99
    assert widget.task == 3
    widget.example = -5
    assert widget.example == 0


def test_a_reader_of_korean_sees_the_korean_example():
    widget = TaskShapes(lang="ko")
    assert widget.shown.language == "ko"
    assert widget._initial["example"] == widget.example == 1
    widget.lang = "en"
    assert widget.shown.language == "en"
    chosen = TaskShapes(lang="ko", example=0)
    assert chosen.shown.language == "en"


def test_examples_of_a_course_take_the_place_of_ours():
    widget = TaskShapes(
        [
            {"task": "sentiment", "shape": TO_VECTOR, "inputs": ["so", "good"], "outputs": [0.93]},
            Example("tagging", TO_SEQUENCE, ["Harry", "met"], ["1", "0"]),
        ]
    )
    assert widget.columns == (["so", "good"], [None, "0.93"])
    assert widget.describe().startswith("Sentiment: sequence-to-vector, 2 steps.")
    widget.task = 1
    assert widget.describe().startswith("tagging: sequence-to-sequence, 2 steps.")
    assert widget.static("dark")


@pytest.mark.parametrize("shape", SHAPES)
def test_one_step_and_hostile_words_are_drawn_and_described(shape):
    one = TaskShapes([Example("$x$", shape, ["\\frac$"], ["$\\oops"])])
    assert one.static()
    assert "$\\oops" in one.describe()
    read = HOSTILE[:1] if shape == FROM_VECTOR else HOSTILE
    write = HOSTILE[-1:] if shape == TO_VECTOR else HOSTILE
    many = TaskShapes([Example("<i>", shape, read, write)], step=99)
    assert many.static("dark")
    assert HOSTILE[-1] in many.describe()


def test_a_hundred_steps_are_drawn():
    widget = TaskShapes([_of(TO_SEQUENCE, 100, 100)], step=70)
    assert widget.static()
    assert len(widget.arrows) == 299


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: TaskShapes([]), "give at least one example"),
        (lambda: _of("sequence", 1, 1), "Use one of sequence_to_vector"),
        (lambda: _of(TO_VECTOR, 0, 1), "0 inputs and 1 outputs. Give at least one"),
        (lambda: _of(TO_VECTOR, 3, 2), "2 outputs. A sequence_to_vector has one"),
        (lambda: _of(TO_SEQUENCE, 3, 2), "3 inputs, but 2 outputs"),
        (lambda: _of(FROM_VECTOR, 2, 3), "2 inputs. A vector_to_sequence has one"),
        (lambda: _of(TO_SEQUENCE, 101, 101), "at most 100"),
        (lambda: Example("t", TO_VECTOR, "a review", ["good"]), "inputs is one string"),
        (lambda: Example("t", TO_VECTOR, ["a", "b"], ["c"], so_far=["d"]), "1 entries for 2"),
        (lambda: Example("t", FROM_VECTOR, ["p"], ["w"], image=np.zeros((4, 4))), "shape .4, 4."),
        (
            lambda: Example("t", FROM_VECTOR, ["p"], ["w"], image=np.full((2, 2, 3), np.nan)),
            "values from 0 to 1",
        ),
        (
            lambda: Example("t", FROM_VECTOR, ["p"], ["w"], image=np.full((2, 2, 3), 255)),
            "Divide bytes by 255",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.keras
@pytest.mark.parametrize(("example", "switch"), PICTURES)
def test_the_lines_of_code_give_the_shapes_beside_them(example, switch):
    import keras

    known = {"features": 13, "outputs": 7}
    names = known | {name: getattr(keras.layers, name) for name in ("SimpleRNN", "Dense")}
    for line, into, out in code_lines(example, switch):
        into, out = (
            tuple(
                int(each) if each.isdigit() else known.get(each)
                for each in re.findall(r"\w+", words)
            )
            for words in (into, out)
        )
        given = re.search(r"\)\((\w+)[,)]", line)
        assert given
        if given[1] in ("x", "last_words"):
            names[given[1]] = keras.Input(into[1:])
        assert names[given[1]].shape == into, line
        exec(line, names)
        assert names[line.split(" = ")[0]].shape == out, line


@pytest.mark.keras
def test_a_keras_model_shows_its_own_shape():
    import keras
    from keras import layers

    def model(inputs, *stack):
        made = inputs
        for layer in stack:
            made = layer(made)
        return keras.Model(inputs, made)

    words, ids, vector = keras.Input((5, 3)), keras.Input((5,), dtype="int32"), keras.Input((4,))
    last = keras.Input((None, 6))
    every = layers.LSTM(2, return_sequences=True)
    decoder = layers.GRU(2, return_sequences=True)
    said, shared = keras.Input((None,)), layers.Embedding(9, 6)
    code = layers.GRU(2)(shared(ids))
    for made, shape in (
        (model(words, layers.SimpleRNN(2), layers.Dense(1)), TO_VECTOR),
        (model(ids, layers.Embedding(9, 3), layers.LSTM(2), layers.Dense(1)), TO_VECTOR),
        (model(words, every, layers.Dense(1)), TO_SEQUENCE),
        (model(ids, layers.Embedding(9, 3), layers.Bidirectional(every)), TO_SEQUENCE),
        (model(words, layers.GRU(2), layers.RepeatVector(4), decoder), DELAYED),
        (keras.Model([ids, said], decoder(shared(said), initial_state=code)), DELAYED),
        (model(vector, layers.RepeatVector(4), decoder), FROM_VECTOR),
        (
            keras.Model([words, last], decoder(last, initial_state=layers.GRU(2)(words))),
            DELAYED,
        ),
        (
            keras.Model([vector, last], decoder(last, initial_state=layers.Dense(2)(vector))),
            FROM_VECTOR,
        ),
    ):
        assert shapes.shape_of_keras(made) == shape
    widget = TaskShapes.from_keras(
        model(words, layers.SimpleRNN(2)), ["so", "good"], ["0.9"], task="sentiment"
    )
    assert widget.shape == TO_VECTOR
    with pytest.raises(ValueError, match="no recurrent layer"):
        TaskShapes.from_keras(model(vector, layers.Dense(1)), ["a"], ["b"])
    both = model(vector, layers.RepeatVector(3), layers.GRU(2))
    with pytest.raises(ValueError, match="neither reads nor writes"):
        TaskShapes.from_keras(both, ["a"], ["b"])

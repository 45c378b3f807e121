"""A check meets anything that a learner can write with a sentence, and with nothing else."""

import os
import re
import signal
import subprocess
import sys
import traceback

import numpy as np
import pytest

from unrolled import CheckFailed, check, checks, outcome
from unrolled.comparison import difference, summary
from unrolled.diagnosis import diagnose
from unrolled.errors import AnswerError, AnswerTimeout
from unrolled.exercises import Case, Exercise, get
from unrolled.language import speaking
from unrolled.outcome import attempt
from unrolled.plain import Opaque, plain

SECRET = "the-secret-81173"


def right(x, W, b):
    return x @ W + b


def failure(answer, seed=None, name="affine"):
    with pytest.raises(CheckFailed) as failed:
        check(name, answer, seed=seed)
    return failed.value


# --- what can be returned ----------------------------------------------------------------------


class Hostile:
    """Answers every question about itself with an exception."""

    def __getattribute__(self, name):
        raise RuntimeError(SECRET)

    def __eq__(self, other):
        raise RuntimeError(SECRET)

    def __hash__(self):
        return 1

    __array__ = __len__ = __iter__ = __repr__ = __str__ = __bool__ = __getitem__ = __eq__


class AgreesWithAll:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __array__(self, *args, **kwargs):
        return np.zeros((2, 7))


class AgreeingArray(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __array_function__(self, *args, **kwargs):
        return np.array(True)

    def __array_ufunc__(self, *args, **kwargs):
        return np.array(True)

    @property
    def shape(self):  # type: ignore[override]
        return (2, 7)


class Meta(type):
    __name__ = SECRET

    def __instancecheck__(cls, instance):
        return True


class Named(metaclass=Meta):
    pass


class ListThatLies(list):
    def __len__(self):
        raise SystemExit(SECRET)

    def __iter__(self):
        raise SystemExit(SECRET)


class DictThatLies(dict):
    def __contains__(self, key):
        return True

    def __getitem__(self, key):
        raise KeyboardInterrupt

    def items(self):
        raise SystemExit(SECRET)


class TextThatLies(str):
    def __eq__(self, other):
        return True

    def __repr__(self):
        raise SystemExit(SECRET)

    __hash__ = str.__hash__


class NumberThatLies(int):
    def __eq__(self, other):
        return True

    def __repr__(self):
        raise SystemExit(SECRET)

    __hash__ = int.__hash__


def deep_list():
    inner: list = []
    for _ in range(100_000):
        inner = [inner]
    return inner


def circular_list():
    circle: list = [1]
    circle.append(circle)
    return circle


def many_shared_lists():
    inner: list = [0] * 10
    for _ in range(12):
        inner = [inner] * 10
    return inner


def hostile_array():
    objects = np.empty((2, 7), dtype=object)
    objects.fill(Hostile())
    return objects


RETURNED = {
    "None": lambda: None,
    "a list": lambda: [[0.0] * 7] * 2,
    "text": lambda: SECRET,
    "long text": lambda: SECRET * 1000,
    "NaN": lambda: np.full((2, 7), np.nan),
    "infinity": lambda: np.full((2, 7), np.inf),
    "a number": lambda: 3.5,
    "a huge number": lambda: 10**6000,
    "True": lambda: True,
    "an object array": hostile_array,
    "an array of text": lambda: np.full((2, 7), SECRET),
    "an array of dates": lambda: np.zeros((2, 7), "datetime64[s]"),
    "a structured array": lambda: np.zeros((2, 7), [("a", int), ("b", float)]),
    "complex numbers": lambda: np.full((2, 7), 1j),
    "an empty array": lambda: np.zeros((0, 7)),
    "an endless broadcast": lambda: np.broadcast_to(1.0, (10**6, 10**9)),
    "a masked array": lambda: np.ma.masked_all((2, 7)),
    "a generator": lambda: (row for row in [SECRET]),
    "a function": lambda: right,
    "a class": lambda: Hostile,
    "a module": lambda: np,
    "an exception": lambda: ValueError(SECRET),
    "an ellipsis": lambda: ...,
    "a set": lambda: {1, 2},
    "bytes": lambda: SECRET.encode(),
    "a hostile object": Hostile,
    "an agreeing object": AgreesWithAll,
    "an agreeing array": lambda: np.zeros((2, 7)).view(AgreeingArray),
    "a type with a name of its own": Named,
    "a lying list": lambda: ListThatLies([1, 2]),
    "a lying dictionary": lambda: DictThatLies(a=1),
    "lying text": lambda: TextThatLies("a"),
    "a lying number": lambda: NumberThatLies(3),
    "a dictionary with hostile keys": lambda: {Hostile(): 1, AgreesWithAll(): 2},
    "a deep list": deep_list,
    "a circular list": circular_list,
    "many shared lists": many_shared_lists,
    "a long list": lambda: list(range(200_000)),
}


def raising(error):
    def answer(*arguments):
        raise error

    return answer


class Nameless(Exception):
    def __str__(self):
        raise SystemExit(SECRET)


class SpeaksForUs(Exception):
    pass


SpeaksForUs.__name__ = ""


def recursion(*arguments):
    return recursion(*arguments)


RAISED = {
    "an error": raising(RuntimeError(SECRET)),
    "SystemExit": raising(SystemExit(SECRET)),
    "GeneratorExit": raising(GeneratorExit(SECRET)),
    "an error that cannot be told": raising(Nameless()),
    "an error without a name": raising(SpeaksForUs(SECRET)),
    "an error of many lines": raising(ValueError(f"{SECRET}\n" * 1000)),
    "a group of errors": raising(BaseExceptionGroup(SECRET, [ValueError(SECRET)])),
    "endless recursion": recursion,
    "too few arguments": lambda: None,
    "too many arguments": lambda x, W, b, more: None,
    "a class": Hostile,
    "a built-in": len,
    "a type": int,
}

NAMES = ["affine", "build_vocabulary", "one_hot", "rnn_step", "rnn_layer", "rnn_param_count"]
NAMES += ["build_name_classifier"]


def assert_a_sentence(failed, hidden):
    assert failed.message.strip()
    assert failed.mistake is None or failed.mistake
    shown = "\n".join(failed._render_traceback_())
    assert "Traceback" not in shown
    assert "File " not in shown
    assert "unrolled" not in shown
    if hidden:
        assert SECRET not in failed.message
        assert "81173" not in failed.message
        assert "0x" not in failed.message


@pytest.mark.parametrize("seed", [None, ...])
@pytest.mark.parametrize("value", RETURNED, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_anything_returned_gets_a_sentence(name, value, seed):
    failed = failure(lambda *arguments: RETURNED[value](), seed, name)
    assert_a_sentence(failed, hidden=seed is not None)


@pytest.mark.parametrize("seed", [None, ...])
@pytest.mark.parametrize("answer", RAISED, ids=str)
@pytest.mark.parametrize("name", ["affine", "one_hot", "build_name_classifier"])
def test_anything_raised_gets_a_sentence(name, answer, seed):
    failed = failure(RAISED[answer], seed, name)
    assert_a_sentence(failed, hidden=seed is not None)


@pytest.mark.parametrize("value", [value for value in RETURNED if value != "a function"], ids=str)
def test_what_is_no_function_gets_a_sentence(value):
    thing = RETURNED[value]()
    for seed in (None, ...):
        assert_a_sentence(failure(thing, seed), hidden=seed is not None)


@pytest.mark.parametrize("value", RETURNED, ids=str)
def test_anything_is_summed_up_in_one_short_line(value):
    text = summary(RETURNED[value]())
    assert text
    assert len(text) < 400
    assert "\n" not in text


def test_a_visible_error_shows_its_line_in_the_learners_cell():
    source = "def affine(x, W, b):\n    y = x @ W\n    return y + bias\n"
    names: dict = {}
    exec(compile(source, "<a cell>", "exec"), names)
    import linecache

    linecache.cache["<a cell>"] = (len(source), None, source.splitlines(True), "<a cell>")
    message = failure(names["affine"]).message
    assert "NameError at line 3 of its cell: name 'bias' is not defined" in message
    assert "    return y + bias" in message
    hidden = failure(names["affine"], ...).message
    assert "NameError" in hidden
    assert "bias" not in hidden


def test_a_hidden_error_names_only_builtin_exceptions():
    class Potter(Exception):
        pass

    for kind, shown in ((Potter, "Exception"), (KeyError, "KeyError")):
        assert f"error: {shown}." in failure(raising(kind(SECRET)), ...).message
    printing = type("print", (Exception,), {})
    assert "error: Exception." in failure(raising(printing()), ...).message


def test_a_wrong_kind_of_error_says_which_one_is_asked_for():
    def one_hot(ids, size):
        if ids.max() >= size or ids.min() < 0:
            raise KeyError(SECRET)
        return np.eye(size)[ids]

    assert "should raise a ValueError" in failure(one_hot, None, "one_hot").message
    hidden = failure(one_hot, ..., "one_hot").message
    assert "KeyError" in hidden
    assert "should raise a ValueError" in hidden


def test_an_unwritten_exercise_is_told_as_such():
    assert "not written yet" in failure(raising(NotImplementedError())).message
    assert "not written yet" in failure(raising(NotImplementedError()), ...).message


def test_a_report_shows_in_text_and_in_a_notebook():
    report = check("affine", right)
    assert str(report) == repr(report) == "✓ affine: right in all 5 cases."
    assert "right in all" in report._repr_html_()
    assert "hidden" in str(check("affine", right, seed=...))


def test_the_hidden_seed_comes_from_the_environment(monkeypatch):
    def seen(seed):
        given = []
        check("affine", lambda x, W, b: given.append(x) or right(x, W, b), seed=seed)
        return [x.tolist() for x in given]

    def drawn(seed):
        return [case.arguments["x"].tolist() for case in get("affine").draw(seed)]

    assert seen(...) == drawn(checks.FALLBACK_SEED)
    monkeypatch.setenv("UNROLLED_SEED", "7")
    assert seen(...) == drawn(7)
    assert seen(5) == drawn(5) != drawn(7)
    monkeypatch.setenv("UNROLLED_SEED", "seven")
    with pytest.raises(ValueError, match="UNROLLED_SEED"):
        check("affine", right, seed=...)


def test_an_unknown_exercise_lists_the_known_ones():
    with pytest.raises(ValueError, match="rnn_step"):
        check("rnn_stop", right)


def test_a_forgotten_return_is_told_as_such():
    for seed in (None, ...):
        assert "does every path end in a return?" in failure(lambda x, W, b: None, seed).message


def test_a_failure_shows_no_frame_of_ours():
    with pytest.raises(CheckFailed) as failed:
        check("affine", lambda x, W, b: 1 / 0)
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__
    assert "diagnosis.py" not in "".join(traceback.format_exception_only(failed.value))


# --- values, not dtypes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected", "same"),
    [
        (np.float32(2.0), 2, True),
        (2.0, 2, True),
        (np.array(2), 2, True),
        (np.int8(2), 2, True),
        (3, 2, False),
        (2.5, 2, False),
        ((3, 2), (3, 1), False),
        (np.array([1 + 5e-6]), np.array([1.0]), True),
        (np.array([1 + 5e-5]), np.array([1.0]), False),
        (np.array([5e-7]), np.array([0.0]), True),
        (np.array([5e-6]), np.array([0.0]), False),
        (True, 1, False),
        (np.array([2]), 2, False),
        ("2", 2, False),
        (np.array([True, False]), np.array([1.0, 0.0], dtype=np.float32), True),
        (np.array([1, 0], dtype=np.uint8), np.array([1.0, 0.0]), True),
        (np.array([1 + 0j, 0]), np.array([1.0, 0.0]), True),
        (np.array([[1.0, 0.0]]).view(AgreeingArray), np.array([[1.0, 0.0]]), True),
        ([1.0, 0.0], np.array([1.0, 0.0]), False),
        ([3, 1], (3, 1), True),
        ((np.int64(3), 1.0), (3, 1), True),
        ((3, 1, 1), (3, 1), False),
        ({"a": np.int64(0)}, {"a": 0}, True),
        ({np.str_("a"): 0}, {"a": 0}, True),
        ({"a": 0, "b": 1}, {"a": 0}, False),
        ({}, {"a": 0}, False),
    ],
)
def test_values_are_graded_and_not_their_types(value, expected, same):
    assert (difference(plain(value), expected, "y", ()) is None) is same


def test_the_first_difference_in_time_is_shown():
    expected = np.zeros((3, 5, 2))
    value = expected.copy()
    value[0, 4, 0] = value[2, 1, 1] = 1
    wrong = difference(value, expected, "states", ("row", "step", "unit"))
    assert wrong is not None
    assert "row 2, step 1, unit 1: 1, expected 0" in wrong.detail
    assert "first step" in wrong.general
    assert not re.search(r"\d", wrong.general)


def test_axes_in_another_order_are_recognised():
    wrong = difference(np.zeros((5, 3, 2)), np.zeros((3, 5, 2)), "states", ())
    assert wrong is not None
    assert "another order" in wrong.general
    assert "another order" in wrong.detail


# --- arguments, output and time ----------------------------------------------------------------


def test_arguments_changed_in_place_are_reported():
    def in_place(x, W, b):
        x *= 2
        return (x / 2) @ W + b

    for seed in (None, ...):
        assert "argument x was changed in place" in failure(in_place, seed).message

    def reshaped(x, W, b):
        y = x @ W + b
        b.resize((len(b), 1))
        return y

    assert "argument b was changed" in failure(reshaped).message


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sentences: sentences.append([]),
        lambda sentences: sentences[0].clear(),
        lambda sentences: sentences.sort(),
        lambda sentences: sentences.__setitem__(0, Hostile()),
        lambda sentences: sentences.__setitem__(0, sentences),
        lambda sentences: sentences[1].__setitem__(0, np.zeros(3)),
        lambda sentences: sentences[1].__setitem__(0, TextThatLies("a")),
    ],
)
def test_lists_changed_in_place_are_reported(spoil):
    reference = get("build_vocabulary").reference

    def answer(sentences, size):
        vocabulary = reference(sentences, size)
        spoil(sentences)
        return vocabulary

    for seed in (None, ...):
        message = failure(answer, seed, "build_vocabulary").message
        assert "argument sentences was changed in place" in message


def test_an_argument_changed_before_a_right_error_is_reported():
    def one_hot(ids, size):
        if ids.max() >= size or ids.min() < 0:
            ids[:] = 0
            raise ValueError
        return np.eye(size)[ids]

    assert "argument ids was changed in place" in failure(one_hot, None, "one_hot").message


def test_one_buffer_for_all_calls_is_a_right_answer():
    buffers: dict = {}

    def answer(x, W, b):
        buffer = buffers.setdefault("y", np.zeros((30, 30)))[: len(x), : len(b)]
        buffer[:] = x @ W + b
        return buffer

    check("affine", answer)
    check("affine", answer, seed=...)


NOISY = """
import os, subprocess, sys, warnings
import numpy as np
from unrolled import CheckFailed, check

def answer(x, W, b):
    print("printed")
    print("to stderr", file=sys.stderr)
    os.write(2, b"to the descriptor")
    subprocess.run([sys.executable, "-c", "import os; os.write(2, b'child')"], check=True)
    warnings.warn("warned", stacklevel=1)
    np.log(np.zeros(1))
    return x @ W + b

warnings.simplefilter("always")
check("affine", answer)
try:
    check("affine", lambda x, W, b: np.full((len(x), len(b)), np.longdouble("1e4000")), seed=...)
except CheckFailed:
    print("failed as it should")
"""


def test_printing_and_warning_cost_nothing_and_stay_off_stderr():
    run = subprocess.run([sys.executable, "-c", NOISY], capture_output=True, text=True, check=True)
    assert run.stderr == ""
    for word in ("printed", "to stderr", "warned", "divide by zero", "failed as it should"):
        assert word in run.stdout


def test_stderr_works_again_after_a_check(capfd):
    check("affine", right)
    os.write(2, b"descriptor")
    print("stream", file=sys.stderr)
    assert capfd.readouterr().err == "descriptorstream\n"


def test_an_answer_that_closes_stderr_is_undone(capfd):
    def answer(x, W, b):
        os.close(2)
        sys.stderr = None
        return x @ W + b

    kept = sys.stderr
    check("affine", answer)
    assert sys.stderr is kept
    os.write(2, b"still here")
    assert capfd.readouterr().err == "still here"


def test_known_mistakes_print_nothing_while_they_are_compared(capsys):
    def like_the_one_that_prints(ids, size):
        return np.eye(size)[ids] if ids.min() >= 0 and ids.max() < size else "an error"

    failure(like_the_one_that_prints, None, "one_hot")
    assert capsys.readouterr().out == ""


def test_strict_floating_point_settings_of_a_notebook_do_no_harm():
    def tiny(x, h, W_x, W_h, b):
        with np.errstate(all="ignore"):
            return np.tanh(x @ W_x + h @ W_h + b)

    with np.errstate(all="raise"):
        check("rnn_step", tiny)
        failure(
            lambda x, h, W_x, W_h, b: np.full(h.shape, np.longdouble("1e400")), None, "rnn_step"
        )


def endless(*arguments):
    while True:
        pass


def stubborn(*arguments):
    for _ in range(2):
        try:
            while True:
                pass
        except BaseException:
            continue
    return endless()


@pytest.mark.parametrize("answer", [endless, stubborn])
def test_an_endless_loop_ends_in_a_sentence(monkeypatch, answer):
    monkeypatch.setattr(outcome, "CALL_SECONDS", 0.3)
    for seed in (None, ...):
        assert "loop that never ends" in failure(answer, seed).message


def test_a_value_that_never_ends_ends_in_a_sentence(monkeypatch):
    class Endless(Exception):
        def __str__(self):
            return endless()

    monkeypatch.setattr(outcome, "CALL_SECONDS", 0.3)
    assert "loop that never ends" in failure(raising(Endless())).message


def test_a_check_leaves_no_alarm_and_keeps_the_one_that_ran():
    handler = signal.getsignal(signal.SIGALRM)
    running = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        check("affine", right)
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        signal.setitimer(signal.ITIMER_REAL, 100)
        check("affine", right)
        assert 50 < signal.getitimer(signal.ITIMER_REAL)[0] <= 100
        assert signal.getsignal(signal.SIGALRM) is handler
    finally:
        signal.setitimer(signal.ITIMER_REAL, *running)


# --- remote answers and languages --------------------------------------------------------------


def test_errors_of_a_remote_answer_are_told_alike():
    remote = AnswerError("NameError", SECRET, 4, "return bias")
    message = failure(raising(remote)).message
    assert f"NameError at line 4 of its cell: {SECRET}" in message
    assert SECRET not in failure(raising(remote), ...).message
    assert "within 5 s" in failure(raising(AnswerTimeout(5))).message
    lost = AnswerError("", "The process ended.")
    assert "The process ended." in failure(raising(lost), ...).message


@pytest.mark.parametrize("seed", [None, ...])
@pytest.mark.parametrize("value", ["None", "a list", "NaN", "a generator", "a class", "text"])
def test_sentences_are_korean_where_korean_is_spoken(value, seed):
    english = failure(lambda *arguments: RETURNED[value](), seed).message
    with speaking("ko"):
        korean = failure(lambda *arguments: RETURNED[value](), seed).message
    assert korean != english
    assert re.search("[가-힣]", korean.splitlines()[0])
    assert "{" not in korean
    assert len(korean.splitlines()) == len(english.splitlines())


def test_plain_keeps_data_and_drops_the_rest():
    value = [1, (2.5, "a"), {"k": np.arange(3)}, object()]
    copied = plain(value)
    assert copied[:2] == [1, (2.5, "a")]
    assert copied[2]["k"].tolist() == [0, 1, 2]
    assert copied[2]["k"] is not value[2]["k"]
    assert copied[3] == Opaque("object")


def test_an_answer_cannot_reach_the_cases():
    kept = Case("kept", {"x": np.ones((2, 2)), "words": [["a"]]})

    def answer(x, words):
        x[:] = 5
        words[0].append("b")
        return x

    seen = outcome.outcome_of(answer, kept)
    assert seen.changed == ("x", "words")
    assert kept.arguments["x"].tolist() == [[1, 1], [1, 1]]
    assert kept.arguments["words"] == [["a"]]


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (lambda: None, "returned None"),
        (lambda: [1, 2], "should return a Keras model"),
        (Hostile, "should return a Keras model"),
        (AgreesWithAll, "should return a Keras model"),
    ],
)
def test_what_is_no_model_gets_a_sentence(returned, said):
    for seed in (None, ...):
        failed = failure(lambda *sizes: returned(), seed, "build_name_classifier")
        assert said in failed.message
        assert_a_sentence(failed, hidden=seed is not None)


def test_importing_the_package_is_quick_and_loads_no_heavy_library():
    code = (
        "import sys, time, numpy; start = time.perf_counter(); import unrolled; "
        "print(time.perf_counter() - start); "
        "print(*[name for name in ('keras', 'tensorflow', 'matplotlib', 'IPython') "
        "if name in sys.modules])"
    )
    run = [sys.executable, "-c", code]
    seconds, heavy = subprocess.run(run, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )[:2]
    assert heavy == ""
    assert float(seconds) < 0.3


def test_an_answer_that_stops_with_a_mistakes_error_is_told_that_mistake():
    """It may differ from the known mistake wherever it does not stop, as with a batch of one."""

    def rnn_layer(x, h0, W_x, W_h, b):
        h, states = h0, []
        for x_t in x:
            h = np.tanh(x_t @ W_x + h @ W_h + b)
            states.append(h)
        return np.array(states)

    for seed in (None, ...):
        with pytest.raises(CheckFailed) as failure:
            check("rnn_layer", rnn_layer, seed=seed)
        assert failure.value.mistake == "batch-taken-for-time"


def test_the_words_of_a_right_error_hide_no_mistake():
    def one_hot(ids, size):
        if ids.min() < 0 or ids.max() >= size:
            raise ValueError("words of my own")
        return 1 - np.eye(size)[ids]

    for seed in (None, ...):
        assert failure(one_hot, seed, "one_hot").mistake == "one-cold"


def test_a_right_error_in_a_mistakes_words_is_no_mistake():
    """Errors that were asked for once counted as the error of the first mistake that raises too."""

    def one_hot(ids, size):
        if ids.min() < 0 or ids.max() >= size:
            raise ValueError("id out of range")
        return np.eye(size)[ids] + 0.5

    for seed in (None, ...):
        assert failure(one_hot, seed, "one_hot").mistake is None


def test_a_wrong_number_of_values_is_told_whatever_the_known_mistakes_return():
    """A check once failed itself on three values for two, and on a mistake that returns one."""
    pair = Exercise(
        "pair",
        reference=lambda x: (x, -x),
        cases=lambda rng, sizes: [Case("", {"x": np.arange(3)})],
        returns={"x": (), "minus": ()},
    )
    pair.mistake("one", "The second value is missing.", hint=1)(lambda x: x)
    cases = pair.draw(None)
    expected = [attempt(pair, pair.reference, case) for case in cases]
    for answer, mistake in [
        (lambda x: (x, x), None),
        (lambda x: (x, -x, x), None),
        (lambda x: x, "one"),
        (lambda x: -x, None),
        (lambda x: None, None),
    ]:
        for hidden in (False, True):
            diagnosed = diagnose(pair, cases, [attempt(pair, answer, cases[0])], expected, hidden)
            assert diagnosed is not None
            assert diagnosed[0] == mistake

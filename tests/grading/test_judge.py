"""Correct answers score full whatever surrounds them; cheats gain nothing."""
# ruff: noqa: E501 - one line is one notebook in the tables below

import ast
import textwrap
from dataclasses import replace

import pytest
from classroom import RIGHT, answered, judge, scores
from nbformat.v4 import new_code_cell

from unrolled import check, exercises
from unrolled.grading import judge as judging
from unrolled.grading.judge import judge_notebook, write_judgement
from unrolled.grading.match import match_cells
from unrolled.grading.playback import Playback
from unrolled.grading.profiles import NUMPY
from unrolled.grading.remote import CellResult, WorkerTimeout
from unrolled.grading.trial import JudgeError, hidden_part

pytestmark = pytest.mark.sandbox
AFFINE = {"affine": "def affine(x, W, b):\n    ### BEGIN SOLUTION\n    return x @ W + b\n    ### END SOLUTION"}  # fmt: skip


def passes(source: str, before: str = "", after: str = "") -> bool:
    """Whether `affine` written so scores, with cells before and after it."""
    notebook = answered(AFFINE, affine=textwrap.dedent(source))
    if before:
        notebook.cells.insert(2, new_code_cell(textwrap.dedent(before)))
    if after:
        notebook.cells.append(new_code_cell(textwrap.dedent(after)))
    return scores(notebook, AFFINE)["affine"]


def test_the_solution_scores_full_and_the_release_nothing():
    assert scores(answered(**RIGHT)) == {"affine": True, "rnn_step": True}
    assert scores(answered()) == {"affine": False, "rnn_step": False}


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        ("", "import sys\ndef affine(x, W, b):\n    print('hello', file=sys.stderr)\n    return x @ W + b"),
        ("", "import warnings\ndef affine(x, W, b):\n    warnings.warn('careful')\n    return x @ W + b"),
        ("", "import logging\ndef affine(x, W, b):\n    logging.error('hm')\n    return x @ W + b"),
        ("", "def affine(x, W, b):\n    import tensorflow as tf\n    from keras import layers\n    return x @ W + b"),
        ("import torch, pandas as pd\nfrom scipy.special import expit", "def affine(x, W, b): return x @ W + b"),
        ("import keras\nkeras.utils.set_random_seed(1)\nfrom keras.layers import SimpleRNN\nclass M(keras.Model): pass", "def affine(x, W, b): return x @ W + b"),
        ("%matplotlib inline\n!pip install numpy\n%load_ext autoreload\nnp?", "def affine(x, W, b): return x @ W + b"),
        ("", "%%time\ndef affine(x, W, b): return x @ W + b"),
        ("", "%%capture\ndef affine(x, W, b): return x @ W + b"),
        ("%no_such_magic\nfiles = !ls", "def affine(x, W, b): return x @ W + b"),
        ("import asyncio\nawait asyncio.sleep(0)", "def affine(x, W, b): return x @ W + b"),
        ("raise ValueError('an unrelated cell')", "def affine(x, W, b): return x @ W + b"),
        ("1/", "def affine(x, W, b): return x @ W + b"),
        ("", "affine = lambda x, W, b: x @ W + b"),
        ("", "class Affine:\n    def __call__(self, x, W, b): return x @ W + b\naffine = Affine()"),
        ("", "from functools import lru_cache\ndef affine(x, W, b) -> 'np.ndarray': return np.einsum('bf,fu->bu', x, W) + b"),
        ("", "def affine(x, W, b): return np.matrix(x) * np.matrix(W) + b"),
        ("import numpy\ndel np", "def affine(x, W, b): return numpy.dot(x, W) + b"),
        ("from unrolled.widgets import NeuronLab\nNeuronLab(units=3)", "def affine(x, W, b): return x @ W + b"),
        ("from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nP(1)", "def affine(x, W, b): return x @ W + b"),
        ("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", "def affine(x, W, b): return x @ W + b"),
        ("exit()", "def affine(x, W, b): return x @ W + b"),
        ("import sys\nsys.stdout.close()\nsys.stderr = None", "def affine(x, W, b): return x @ W + b"),
        ("get_ipython().run_line_magic('matplotlib', 'inline')\nassert len(In) == 4 and Out == {}", "def affine(x, W, b): return x @ W + b"),
        ("", "get_ipython().run_line_magic('matplotlib', 'inline')\ndef affine(x, W, b): return x @ W + b"),
        ("", "from IPython import get_ipython\nget_ipython().magic('%matplotlib inline')\ndef affine(x, W, b): return x @ W + b"),
        ("", "%no_such_magic\nget_ipython().run_line_magic('matplotlib', 'inline')\ndef affine(x, W, b): return x @ W + b"),
        ("", "from ipywidgets import interact\ninteract(lambda x: x, x=3)\n@interact(x=3)\ndef f(x): return x\nassert f(2) == 2\ndef affine(x, W, b): return x @ W + b"),
        ("", "import ipywidgets as w\nbox = w.VBox([w.IntSlider(value=3, min=0)])\nbox.layout.width = '3px'\ndef affine(x, W, b): return x @ W + b"),
        ("", "import keras, tensorflow as tf\nprint(keras.backend.backend())\ntf.config.threading.set_intra_op_parallelism_threads(1)\ndef affine(x, W, b): return x @ W + b"),
        ("", "import pandas as pd, seaborn as sns, torch\npd.set_option('display.width', 9)\nsns.set_style('dark')\ntorch.manual_seed(1)\ndevice = 'cuda' if torch.cuda.is_available() else 'cpu'\nassert device == 'cpu'\ndef affine(x, W, b): return x @ W + b"),
        ("", "from tqdm.auto import tqdm, trange\nassert sum(tqdm([1, 2], desc='d')) + len(list(trange(3))) == 6\nfor n in (bar := tqdm(range(3))): bar.set_postfix(n=n)\nassert n == 2\ndef affine(x, W, b):\n    return np.stack([row for row in tqdm(x)]) @ W + b"),
        ("", "import keras\nkeras.layers.Dense(3)\nkeras.Sequential()\ndef affine(x, W, b): return x @ W + b"),
        ("%%writefile mine.py\ndef affine(x, W, b): return x @ W + b", "from mine import affine"),
        ("input('name?')", "def affine(x, W, b): return x @ W + b"),
        ("import threading, time\nthreading.Thread(target=lambda: time.sleep(99), daemon=True).start()", "def affine(x, W, b): return x @ W + b"),
    ],
)  # fmt: skip
def test_a_correct_answer_scores_whatever_it_prints_warns_or_imports(before, answer):
    assert passes(answer, before)


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        # Whoever compares is elsewhere.
        ("np.testing.assert_allclose = lambda *a, **k: None\nnp.allclose = lambda *a, **k: True", "def affine(x, W, b): return x @ W"),
        ("", "class Yes(np.ndarray):\n    def __eq__(self, o): return True\n    def __array_function__(self, *a): return True\ndef affine(x, W, b): return (x @ W).view(Yes)"),
        ("", "class Yes:\n    def __eq__(self, o): return True\n    __hash__ = None\ndef affine(x, W, b): return Yes()"),
        ("import builtins\nbuiltins.isinstance = lambda *a: True", "def affine(x, W, b): return x @ W"),
        ("import unrolled\nunrolled.check = lambda *a, **k: None", "def affine(x, W, b): return x @ W"),
        ("def check(*a, **k): return None", "def affine(x, W, b): return x @ W"),
        ("class CheckFailed(Exception): pass", "def affine(x, W, b): raise CheckFailed"),
        ("", "from unrolled.cells import rnn_step as affine"),
        ("", "from unrolled import exercises\naffine = exercises.get('affine').reference"),
        ("", "def affine(x, W, b): raise SystemExit(0)"),
        ("", "def affine(x, W, b):\n    import os\n    os._exit(0)"),
        ("", "def affine(x, W, b):\n    import sys\n    sys.exit()"),
        ("", "def affine(x, W, b):\n    raise AssertionError"),
        ("", "def affine(x, W, b):\n    x += 1\n    return (x - 1) @ W + b"),
        ("", "def affine(x, W, b):\n    b.resize((1, b.size), refcheck=False)\n    return x @ W + b[0]"),
        ("import atexit\natexit.register(lambda: 1)", "affine = 'affine'"),
        ("", "def affine(x, W, b): yield x @ W + b"),
        ("", "async def affine(x, W, b): return x @ W + b"),
        ("import sys\nsys.settrace(lambda *a: None)\nsys.modules['unrolled'] = sys", "def affine(x, W, b): return None"),
    ],
)  # fmt: skip
def test_a_wrong_answer_scores_nothing_whatever_it_tries(before, answer):
    assert not passes(answer, before)


def test_answers_crash_loop_and_flood_at_their_own_cost_only():
    profile = in_time(call_seconds=1, cell_seconds=1)
    for wrong in (
        "def affine(x, W, b):\n    while True: pass",
        "def affine(x, W, b):\n    import ctypes; ctypes.string_at(0)",
        "def affine(x, W, b): return affine(x, W, b)",
        "def affine(x, W, b): return np.ones(2**28)",
        "def affine(x, W, b): return 'x' * 10**8",
        "def affine(x, W, b):\n    v = []\n    for _ in range(10**5): v = [v]\n    return v",
        "def affine(x, W, b):\n    v = []\n    v.append(v)\n    return v",
        "def affine(x, W, b):\n    while True: print('x' * 10**6)",
        "while True: pass",
        "import os; os._exit(0)",
        "import os; os.kill(os.getppid(), 9)",
        "import os\nfor fd in range(3, 9):\n    try: os.write(fd, b'{}' * 999)\n    except OSError: pass",
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    ):
        notebook = answered(affine=wrong, rnn_step=RIGHT["rnn_step"])
        found = scores(notebook, numpy_profile=profile)
        assert found == {"affine": False, "rnn_step": True}, wrong


def test_generators_travel_with_their_state(worker):
    import numpy as np

    from unrolled.grading.remote import Proxy

    worker.run("def draw(rng): return rng.normal(size=3)", "cell")
    rng, same = np.random.default_rng(5), np.random.default_rng(5)
    assert np.array_equal(Proxy(worker, "draw")(rng), same.normal(size=3))
    assert rng.integers(10**9) == same.integers(10**9)


def test_changes_in_place_are_seen_here(worker):
    import numpy as np

    from unrolled.grading.remote import Proxy

    worker.run(
        "def spoil(a, items, pairs, table):\n    a[0] = 9\n    items.append(1)\n"
        "    pairs[0][1][0] = 7\n    table['k'] = 1\n    a.shape = (3, 1)",
        "cell",
    )
    a, items, inner, table = np.zeros(3), [0], np.zeros(2), {}
    Proxy(worker, "spoil")(a, items, [(1, inner)], table)
    assert a.shape == (3, 1)
    assert a[0] == 9
    assert (items, inner[0], table) == ([0, 1], 7, {"k": 1})


def test_changes_made_before_an_error_are_seen_here_too(worker):
    """An answer once lost its mistake's name where it changed an argument and then raised."""
    import numpy as np

    from unrolled.errors import AnswerError

    worker.run("def answer(x):\n    x[0] = 9\n    raise ValueError('no')", "0")
    x = np.zeros(3)
    with pytest.raises(AnswerError):
        worker.call("answer", (x,))
    assert x.tolist() == [9, 0, 0]


def in_time(**limits):
    return replace(NUMPY, limits=replace(NUMPY.limits, **limits))


@pytest.mark.parametrize(
    ("slow", "limits"),
    [
        # Six cells that use up the notebook's time, and six that do not end.
        ("import time; time.sleep(0.7)", {"submission_seconds": 3}),
        ("while True: pass", {"submission_seconds": 3, "cell_seconds": 1}),
    ],
)
def test_slow_cells_after_the_tests_cost_no_answer_its_hidden_test(slow, limits):
    notebook = answered(**RIGHT)
    notebook.cells += [new_code_cell(slow) for _ in range(6)]
    profile = in_time(call_seconds=1, **limits)
    assert scores(notebook, numpy_profile=profile) == {"affine": True, "rnn_step": True}


def test_slow_cells_between_two_tests_cost_the_second_only_and_say_so():
    notebook = answered(**RIGHT)
    slow = [new_code_cell("import time; time.sleep(0.7)") for _ in range(6)]
    notebook.cells = notebook.cells[:4] + slow + notebook.cells[4:]
    results, judgement = judge(notebook, numpy_profile=in_time(submission_seconds=3))
    assert results["affine"].passed
    assert not results["rnn_step"].passed
    said = results["rnn_step"].message + str(judgement.outputs)
    assert "took more than its 3 s" in said
    assert "did not end" not in said


def test_a_bare_expression_without_its_library_is_left_out_and_said():
    notebook = answered(AFFINE, affine="import keras\nkeras.Sequential()\n" + RIGHT["affine"])
    results, judgement = judge(notebook, AFFINE)
    assert results["affine"].passed
    assert "left out: keras is not at hand" in str(judgement.outputs)


def test_the_assignment_s_files_lie_beside_the_notebook():
    answer = "size = len(open('data/words.txt').read())\n" + RIGHT["affine"]
    notebook = answered(AFFINE, affine=answer)
    files = {"data/words.txt": b"abc"}
    for sandboxed in (True, False):
        results, _ = judge(notebook, AFFINE, files=files, sandboxed=sandboxed)
        assert results["affine"].passed, sandboxed


def test_an_answer_scores_where_no_copy_of_the_process_can_be_made():
    crowd = (
        "import threading, time\n"
        "try:\n"
        "    while True:\n"
        "        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "except RuntimeError:\n    pass"
    )
    notebook = answered(**RIGHT)
    notebook.cells.insert(2, new_code_cell(crowd))
    profile = in_time(processes=8)
    assert scores(notebook, numpy_profile=profile) == {"affine": True, "rnn_step": True}


def test_what_is_shown_is_text_and_pictures_from_before_the_first_hidden_call():
    notebook = answered(
        affine=(
            "seen = []\nprint('<script>alert(1)</script>\\x1b[31m')\n"
            "def affine(x, W, b):\n    seen.append(x); print('SEEN', x)\n    return x @ W + b"
        )
    )
    notebook.cells.append(new_code_cell("print(len(seen), 'later')\nseen"))
    notebook.cells.append(
        new_code_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    )
    results, judgement = judge(notebook)
    assert results["affine"].passed
    said = str(judgement.outputs)
    assert "SEEN" not in said
    # As in a learner's own Jupyter: the visible test ran before that cell, the hidden one after it.
    calls = []
    check("affine", lambda x, W, b: calls.append(x) or x @ W + b)
    assert f"{len(calls)} later" in said
    assert "\x1b" not in said
    kinds = {key for outputs in judgement.outputs.values() for o in outputs for key in o.get("data", {})}  # fmt: skip
    assert kinds == {"text/plain", "image/png"}


def test_a_hidden_failure_shows_neither_values_nor_exception_text():
    known = [float(case.arguments["W"][0, 0]) for case in exercises.get("affine").draw(None)]
    right_on_visible_ones = f"""
    def affine(x, W, b):
        if float(W[0, 0]) in {known}:
            return x @ W + b
        raise ValueError(f"HERE {{x}}")
    """
    results, _ = judge(answered(AFFINE, affine=textwrap.dedent(right_on_visible_ones)), AFFINE)
    assert not results["affine"].passed
    assert "HERE" not in results["affine"].message


def test_a_known_mistake_is_named_and_written_for_nbgrader():
    from nbgrader.utils import determine_grade

    notebook = answered(AFFINE, affine="def affine(x, W, b): return x @ W")
    from classroom import recorded

    matched = match_cells(notebook, recorded(AFFINE))
    written = write_judgement(matched, judge_notebook(matched))
    test = next(one for one in written.cells if one.id == "test_affine")
    assert test.metadata["unrolled"]["mistake"] == "bias-ignored"
    assert determine_grade(test) == (0, 2)
    right = match_cells(answered(AFFINE, **{"affine": RIGHT["affine"]}), recorded(AFFINE))
    written = write_judgement(right, judge_notebook(right))
    test = next(one for one in written.cells if one.id == "test_affine")
    assert determine_grade(test) == (2, 2)


def test_feedback_speaks_the_notebook_s_language(monkeypatch):
    spoken = []
    real = judging.speaking
    monkeypatch.setattr(judging, "speaking", lambda lang: spoken.append(lang) or real("en"))
    notebook = answered(AFFINE)
    notebook.metadata["unrolled"] = {"language": "ko"}
    judge(notebook, AFFINE)
    notebook.metadata["unrolled"] = {"language": "../../etc"}
    judge(notebook, AFFINE)
    assert spoken == ["ko", "en"]


def test_what_a_test_showed_right_is_not_asked_again_but_what_it_needs_is_done_again():
    source = """x = 3
check("affine", affine)
np.random.seed(x)
### BEGIN HIDDEN TESTS
check("affine", affine, seed=...)
### END HIDDEN TESTS"""
    lines = [ast.unparse(statement) for statement in hidden_part(source).body]
    assert lines == ["x = 3", "np.random.seed(x)", "check('affine', affine, seed=...)"]


def test_a_fault_of_ours_is_never_a_zero(monkeypatch):
    def broken(*args, **kwargs):
        raise KeyError("ours")

    from unrolled import checks

    monkeypatch.setattr(checks, "diagnose", broken)
    with pytest.raises(JudgeError):
        judge(answered(AFFINE, affine="def affine(x, W, b): return 0"), AFFINE)


def test_an_unwritten_keras_exercise_starts_no_keras(monkeypatch):
    started = []
    real = judging.Playback
    monkeypatch.setattr(
        judging, "Playback", lambda profile, *a: started.append(profile.name) or real(profile, *a)
    )
    stub = {"build_name_classifier": "def build_name_classifier(t, f, u):\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"}  # fmt: skip
    assert scores(answered(stub), stub) == {"build_name_classifier": False}
    assert started == ["numpy"]


@pytest.mark.keras
def test_a_keras_exercise_is_judged_in_a_keras_worker():
    stub = {"build_name_classifier": "def build_name_classifier(t, f, u):\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"}  # fmt: skip
    written = (
        "import keras\nmodel = keras.Sequential()\n"
        "def build_name_classifier(timesteps, features, units):\n"
        "    return keras.Sequential([keras.Input((timesteps, features)),\n"
        "        keras.layers.SimpleRNN(units), keras.layers.Dense(1, activation='sigmoid')])"
    )
    assert scores(answered(stub, build_name_classifier=written), stub) == {"build_name_classifier": True}  # fmt: skip


def test_hidden_inputs_reach_no_later_message_not_even_over_a_file():
    spy = """
    import os, glob
    def affine(x, W, b):
        for path in glob.glob("/tmp/seen*"):
            raise ValueError("LEAK " + open(path).read())
        if float(W[0, 0]) not in KNOWN:
            open("/tmp/seen" + str(os.getpid()), "w").write(str(x))
        return x @ W + b
    """
    gossip = """
    import glob
    def rnn_step(x, h, W_x, W_h, b):
        for path in glob.glob("/tmp/seen*"):
            raise ValueError("LEAK " + open(path).read())
        return np.tanh(x @ W_x + h @ W_h + b)
    """
    known = [float(case.arguments["W"][0, 0]) for case in exercises.get("affine").draw(None)]
    spy = textwrap.dedent(spy).replace("KNOWN", str(known))
    answers = {"affine": spy, "rnn_step": textwrap.dedent(gossip)}
    for swapped in (False, True):
        notebook = answered(**answers)
        if swapped:
            cells = notebook.cells
            notebook.cells = cells[:2] + cells[4:] + cells[2:4]
        notebook.cells.append(
            new_code_cell("import glob\n[open(p).read() for p in glob.glob('/tmp/seen*')]")
        )
        results, judgement = judge(notebook)
        assert "LEAK" not in str(results)
        assert "seen" not in str(judgement.outputs.values())


def test_a_cell_that_is_played_again_cannot_tell_by_failing():
    playback = Playback(NUMPY, {0: "pass"}, sandboxed=True)
    said = CellResult([], None)
    playback.results[0] = said
    playback.freeze()
    playback._blame(0, WorkerTimeout(1))
    assert playback.left_out == {0}
    assert playback.results[0] is said


def test_tests_without_hidden_part_and_with_plain_assertions_work():
    from classroom import recorded

    cells = [
        replace(one, source="assert affine(1, 2, 3) == 5\nassert size == 3") if one.grade else one
        for one in recorded(AFFINE)
    ]
    for answer, passed in (("def affine(x, W, b): return x * W + b\nsize = 3", True),
                           ("def affine(x, W, b): return 1\nsize = 3", False),
                           ("def affine(x, W, b): return 1 / 0\nsize = 3", False),
                           ("def affine(x, W, b): return x * W + b", False)):  # fmt: skip
        matched = match_cells(answered(AFFINE, affine=answer), cells)
        assert judge_notebook(matched).tests["test_affine"].passed == passed


def test_large_data_is_not_counted_once_for_every_test():
    notebook = answered(**RIGHT)
    notebook.cells.insert(2, new_code_cell("data = np.ones(90 * 2**20)  # 720 MB"))
    assert scores(notebook) == {"affine": True, "rnn_step": True}

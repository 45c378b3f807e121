"""Keras models that lie about themselves: three lies in each notebook, one to an exercise."""
# ruff: noqa: E501 - a line of an attack's source is one line here

from tests.grading.attacks.attack import Attack

EXERCISES = ("build_name_classifier", "build_stacked", "build_name_tagger")
IMPORT = "import keras\n"


def lying(name: str, about: str, *lies: str) -> Attack:
    """Each lie is the source of a function ``build`` that takes whatever it is given."""
    answers = {
        exercise: f"{IMPORT}{lie}\n{exercise} = build"
        for exercise, lie in zip(EXERCISES, lies, strict=True)
    }
    return Attack(name, about, answers, assignment="keras")


PLAIN = "keras.Sequential([keras.Input((t, f)), keras.layers.SimpleRNN(3), keras.layers.Dense(1)])"
BUILD = "def build(t, f, *sizes):\n    model = " + PLAIN + "\n"

ATTACKS = (
    lying(
        "models-that-count",
        "models whose parameters, weights and outputs are made up",
        BUILD + "    model.count_params = lambda: 10**6\n    model.summary = print\n"
        "    model.get_config = lambda: {'name': 'build_name_classifier'}\n    return model",
        BUILD + "    model.get_weights = lambda: [np.zeros((2, 2))] * 5\n"
        "    model.set_weights = lambda w: None\n    return model",
        "class Liar(keras.Model):\n    def __call__(self, x, *a, **k):\n"
        "        return np.full((len(x), 1), 0.5, 'f4')\n    def get_weights(self): return []\n"
        "    def set_weights(self, w): pass\ndef build(*sizes): return Liar()",
    ),
    lying(
        "keras-patched",
        "Keras itself patched: models, tensors and conversions",
        "keras.ops.is_tensor = lambda x: False\n" + BUILD + "    return model",
        "keras.Model.__call__ = lambda self, x, *a, **k: x\n"
        "keras.Model.get_weights = lambda self: []\n" + BUILD + "    return model",
        "class Layer(keras.layers.Layer):\n    def call(self, x): raise SystemExit\n"
        "def build(t, f, *sizes): return keras.Sequential([keras.Input((t, f)), Layer()])",
    ),
    lying(
        "models-that-are-none",
        "files, functions and numbers in place of models",
        "def build(*sizes): return keras.Model",
        "def build(*sizes): return lambda x: x",
        "import sys\nframe = sys._getframe()\n"
        "while not hasattr(frame.f_locals.get('self'), 'writing'): frame = frame.f_back\n"
        "frame.f_locals['self'].keep_model = lambda v, p, d: {'t': 'model', 'v': 99, 'n': 'Model'}\n"
        "def build(*sizes): return object()",
    ),
)

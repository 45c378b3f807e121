"""A notebook's statement agrees with the contract: signature, arguments, shapes, hints."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from tests.exercises.mutation import reference
from tests.exercises.proof import EVERY
from unrolled import exercises
from unrolled.authoring import notebooks

ROOT = Path(__file__).parents[2]
CELLS = {
    (name, cell.id): cell.source
    for name in exercises.assignments()
    for cell in notebooks.read(ROOT / "source" / name / f"{name}.ipynb").cells
}
WHERE = {e.name: name for name, group in exercises.assignments().items() for e in group}
# The curriculum's own words, argument by argument.
SIGNATURES = [
    "affine(x, W, b)",
    "output_shape(task, batch, input_steps, target_steps, outputs)",
    "make_windows(sequence, size)",
    "shift_targets(ids)",
    "pad_sequences(sequences, pad=0)",
    "last_valid(states, mask)",
    "build_vocabulary(sentences, size)",
    "one_hot(ids, size)",
    "rnn_step(x, h, W_x, W_h, b)",
    "rnn_layer(x, h0, W_x, W_h, b)",
    "rnn_param_count(features, units)",
    "build_name_classifier(timesteps, features, units)",
    "stacked_rnn(x, layers)",
    "stacked_param_count(features, units)",
    "build_stacked(timesteps, features, units)",
    "rnn_step_backward(dh, x, h_prev, h, W_x, W_h)",
    "bptt(dstates, x, h0, W_x, W_h, b)",
    "clip_by_global_norm(gradients, max_norm)",
    "lstm_step(x, h, c, W_x, W_h, b)",
    "lstm_layer(x, h0, c0, W_x, W_h, b)",
    "lstm_param_count(features, units)",
    "chrono_bias(units, longest, rng)",
    "gru_step(x, h, W_x, W_h, b)",
    "gru_step_reset_after(x, h, W_x, W_h, b)",
    "gru_param_count(features, units, reset_after=True)",
    "reverse_sequences(x, mask)",
    "bidirectional(x, forward, backward, merge='concat')",
    "masked_binary_cross_entropy(probabilities, targets, mask)",
    "build_name_tagger(timesteps, features, units)",
    "teacher_forcing_inputs(targets, start)",
    "sample_next(logits, temperature, rng)",
    "greedy_decode(weights, state, start, end, max_steps)",
    "attention(query, keys, values, mask)",
    "perplexity(log_probabilities, mask)",
    "build_captioner(features, vocabulary, units, steps)",
]


def test_every_exercise_of_the_curriculum_is_there():
    assert [line.partition("(")[0] for line in SIGNATURES] == list(EVERY)


@pytest.mark.parametrize("signature", SIGNATURES)
def test_the_notebook_asks_for_the_signature_of_the_contract(signature):
    name = signature.partition("(")[0]
    functions = [
        node
        for node in ast.parse(CELLS[WHERE[name], name]).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    (function,) = functions
    assert f"{name}({ast.unparse(function.args)})" == signature
    assert ast.get_docstring(function)


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_check_calls_with_the_arguments_of_the_contract(signature):
    name = signature.partition("(")[0]
    call = ast.parse(f"def {signature}: pass").body[0]
    assert isinstance(call, ast.FunctionDef)
    wanted = [argument.arg for argument in call.args.args]
    for seed in (None, 1):
        for case in EVERY[name].draw(seed):
            given = list(case.arguments)
            least = len(wanted) - len(call.args.defaults)
            assert given in [wanted[:count] for count in range(least, len(wanted) + 1)], case.about
    if not EVERY[name].keras:
        of_reference = [p for p in inspect.signature(reference(name)).parameters if p != "step"]
        assert of_reference == wanted


@pytest.mark.parametrize("name", EVERY)
def test_a_statement_names_every_argument_and_works_an_example(name):
    statement = CELLS[WHERE[name], f"{name}-statement"]
    for parameter in list(EVERY[name].draw(None)[0].arguments):
        assert re.search(rf"`[^`]*\b{parameter}\b[^`]*`", statement), parameter
    assert "**By hand.**" in statement
    assert "points)" in statement.splitlines()[0]


@pytest.mark.parametrize("name", EVERY)
def test_three_hints_say_something(name):
    hints = CELLS[WHERE[name], f"{name}-hints"]
    bodies = re.findall(r"<summary>Hint (\d)</summary>\n\n([\s\S]+?)\n\n</details>", hints)
    assert [number for number, _body in bodies] == ["1", "2", "3"]
    assert all(len(body) >= 40 for _number, body in bodies)

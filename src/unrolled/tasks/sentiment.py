"""Is a review a praise or a blame? A small LSTM, its training and its measure.

The verdict hangs on the order ("not boring but exciting", "not exciting but boring"; 안 편했다,
편안했다), so a network that reads word after word can know it and a bag of words cannot. The
sigmoid is read after every token: it says the verdict on what has been read *so far*, so one
sees "not" or 않 turn it; the review's own verdict is the last.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unrolled.cells import sigmoid
from unrolled.language import _
from unrolled.sequences import PAD, UNKNOWN, build_vocabulary
from unrolled.tasks.lstm_reader import (
    NAMES,
    LSTMReader,
    correlated_unit,
    token_ids,
)
from unrolled.tasks.sentiment_sentences import (
    GRAMMARS,
    HELD_OUT,
    NEGATIVES,
    WRITTEN,
    Review,
    reviews,
    split,
    tokenize,
    topic_tokens,
)
from unrolled.tasks.weights import load_weights, save_weights

__all__ = [
    "GRAMMARS",
    "HELD_OUT",
    "TOLERANCE",
    "WRITTEN",
    "Review",
    "baseline",
    "build",
    "evaluate",
    "find_unit",
    "load",
    "reviews",
    "save",
    "split",
    "tokenize",
    "train",
]

PATH = Path(__file__).with_name("sentiment.npz")
VOCABULARY_SIZE, EMBEDDING, UNITS = 300, 12, 16
EPOCHS, BATCH, RATE = 20, 64, 0.015
# What the loss weighs: where the verdict is said, and where it is only carried on.
SAID, CARRIED = 1.0, 0.4
LONGEST_TEXT, LONGEST_REVIEW = 2000, 100  # characters, tokens
TOLERANCE = 0.02  # how far a retrained score may lie from the shipped one

# --- The trained model -----------------------------------------------------------------------


def _readable(text: str) -> list[str]:
    if not isinstance(text, str):
        raise ValueError(_("The model reads a text: write a review in quotation marks."))
    tokens = tokenize(text) if len(text) <= LONGEST_TEXT else []
    if len(text) > LONGEST_TEXT or len(tokens) > LONGEST_REVIEW:
        sentence = _(
            "This text is too long: at most {tokens} words and Korean syllables, and "
            "{characters} characters."
        )
        raise ValueError(sentence.format(tokens=LONGEST_REVIEW, characters=LONGEST_TEXT))
    if not tokens:
        raise ValueError(_("There is no word in this text: write a review."))
    return tokens


def load() -> LSTMReader:
    """Return the model that comes with the course; needs NumPy only."""
    return LSTMReader(*load_weights(PATH), _readable)


def save(model: LSTMReader, path: Path = PATH) -> None:
    """Write weights and vocabulary beside this module, byte for byte the same each time."""
    save_weights(model.weights, model.vocabulary, path)


# --- Training and measure ----------------------------------------------------------------------


def _with_unknown(ids: np.ndarray, topics: np.ndarray, unknown: int, rng: np.random.Generator):
    """Make what a review is about unknown at random, and put unknown tokens before it."""
    lost = np.isin(ids, topics) & (rng.random(len(ids)) < rng.choice([0.1, 0.1, 1.0]))
    before = rng.integers(1, 4) if rng.random() < 0.2 else 0
    return np.concatenate([np.full(before, unknown), np.where(lost, unknown, ids)]), before


def _batch(
    chosen: Sequence[Review],
    vocabulary: dict[str, int],
    rng: np.random.Generator | None = None,
    longest: int | None = None,
):
    """Lay reviews into arrays (batch, time): ids, verdicts so far, and what the loss weighs."""
    longest = longest or max(len(review.tokens) for review in chosen)
    ids = np.full((len(chosen), longest), vocabulary[PAD])
    verdicts, weights = (np.zeros((len(chosen), longest), dtype=np.float32) for _ in range(2))
    topics = token_ids(sorted(topic_tokens()), vocabulary)
    for row, review in enumerate(chosen):
        own, before = token_ids(review.tokens, vocabulary), 0
        if rng is not None:
            own, before = _with_unknown(own, topics, vocabulary[UNKNOWN], rng)
        ids[row, : len(own)] = own
        verdicts[row, : len(own)] = [0.5] * before + list(review.verdicts)
        said = np.array([False] * before + list(review.turns))
        weights[row, : len(own)] = np.where(said, SAID, CARRIED)
    return ids, verdicts[..., None], weights


def build(vocabulary_size: int, units: int = UNITS, seed: int = 0):
    """Build the Keras model: embedding, LSTM, and one sigmoid on the state after each token."""
    import keras

    layers: Any = keras.layers  # its stubs take an initialiser for a mere name
    start, few = keras.initializers, keras.regularizers.L1
    embedding = layers.Embedding(
        vocabulary_size, EMBEDDING, embeddings_initializer=start.RandomUniform(-0.3, 0.3, seed)
    )
    recurrent = layers.LSTM(
        units,
        return_sequences=True,
        kernel_initializer=start.GlorotUniform(seed + 1),
        recurrent_initializer=start.Orthogonal(seed=seed + 2),
        recurrent_regularizer=few(5e-5),
    )
    output = layers.Dense(
        1,
        activation="sigmoid",
        kernel_initializer=start.GlorotUniform(seed + 3),
        kernel_regularizer=few(1e-3),
    )
    return keras.Sequential([keras.Input((None,), dtype="int32"), embedding, recurrent, output])


def train(
    seed: int = 0, progress: Callable[[int, int], None] | None = None
) -> tuple[LSTMReader, dict[str, float]]:
    """Train the model with Keras and return it with its score on held-out reviews.

    progress is called with (epochs done, epochs in all). The same seed gives the same weights
    on the same machine, whatever the global seeds are.
    """
    import keras

    training, held_out = split(seed)
    vocabulary = build_vocabulary([review.tokens for review in training], VOCABULARY_SIZE)
    network: Any = build(len(vocabulary), seed=seed)
    network.compile(keras.optimizers.Adam(RATE, clipnorm=1.0), "binary_crossentropy")
    rng = np.random.default_rng(seed)
    longest = max(len(review.tokens) for review in training) + 3
    for epoch in range(EPOCHS):
        chosen = [training[i] for i in rng.permutation(len(training))]
        ids, verdicts, weights = _batch(chosen, vocabulary, rng, longest)
        network.optimizer.learning_rate = RATE * (1 - epoch / EPOCHS)
        network.fit(
            ids, verdicts, sample_weight=weights, batch_size=BATCH, shuffle=False, verbose=0
        )
        if progress:
            progress(epoch + 1, EPOCHS)
    embedding, W_x, *others = (np.array(array) for array in network.get_weights())
    # A token's row of the embedding, times W_x, is its row of the W_x that reads one-hot tokens.
    arrays = [embedding @ W_x, *others]
    model = LSTMReader(dict(zip(NAMES, arrays, strict=True)), vocabulary, _readable)
    return model, evaluate(model, held_out)


def _score(praised: Sequence[bool], held_out: Sequence[Review]) -> dict[str, float]:
    right = np.array([review.positive for review in held_out]) == np.array(praised)
    groups = {
        "accuracy": np.ones(len(held_out), dtype=bool),
        "english": np.array([review.lang == "en" for review in held_out]),
        "korean": np.array([review.lang == "ko" for review in held_out]),
        "negated": np.array([review.negated for review in held_out]),
    }
    return {name: float(right[group].mean()) for name, group in groups.items() if group.any()}


def evaluate(model: LSTMReader, held_out: Sequence[Review]) -> dict[str, float]:
    """Return the share judged right: of all reviews ("accuracy"), "english", "korean", "negated".

    "negated" are those with a negation. A group without reviews is left out.
    """
    return _score([model.probabilities(review.tokens)[-1] > 0.5 for review in held_out], held_out)


def find_unit(
    model: LSTMReader, examples: Sequence[Review], concept: str = "verdict"
) -> tuple[int, float]:
    """Find the unit whose memory goes most with an idea; returns (unit, its correlation).

    concept is "verdict" (what has been said so far is a praise) or "negation" (an English word
    such as "not" stands open: nothing has been said yet). A negative correlation: it goes down.
    """
    if concept not in ("verdict", "negation"):
        sentence = _("No concept {concept!r}: write 'verdict' or 'negation'.")
        raise ValueError(sentence.format(concept=concept))
    memories, ideas = [], []
    for review in examples:
        negated = np.logical_or.accumulate([token in NEGATIVES for token in review.tokens])
        verdicts = np.array(review.verdicts)
        if concept == "verdict":
            chosen, idea = verdicts != 0.5, verdicts
        else:
            chosen, idea = (verdicts == 0.5) & (review.lang == "en"), negated
        memories.append(model.steps(review.tokens)["c"][chosen])
        ideas.append(idea[chosen].astype(float))
    return correlated_unit(np.concatenate(memories), np.concatenate(ideas))


def baseline(training: Sequence[Review], held_out: Sequence[Review]) -> dict[str, float]:
    """Score whoever counts words and syllables without their order: logistic regression.

    Fitted to the end by Newton's method, with a small penalty. Returns what `evaluate` returns.
    """
    vocabulary = build_vocabulary([review.tokens for review in training], VOCABULARY_SIZE)

    def bags(chosen: Sequence[Review]) -> np.ndarray:
        rows = [
            np.bincount(token_ids(r.tokens, vocabulary), minlength=len(vocabulary)) for r in chosen
        ]
        return np.column_stack([rows, np.ones(len(rows))]).astype(float)

    x, labels = bags(training), np.array([review.positive for review in training], dtype=float)
    weights, penalty = np.zeros(x.shape[1]), 0.1
    for _newton in range(10):
        p = sigmoid(x @ weights)
        gradient = x.T @ (p - labels) + penalty * weights
        curvature = (x.T * (p * (1 - p))) @ x + penalty * np.eye(len(weights))
        weights -= np.linalg.solve(curvature, gradient)
    return _score(list(bags(held_out) @ weights > 0), held_out)

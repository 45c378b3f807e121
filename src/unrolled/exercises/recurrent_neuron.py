"""Exercises of 02_recurrent_neuron: vocabulary, one-hot vectors, the recurrent cell and layer."""

from functools import partial

import numpy as np

from unrolled import cells, layers, sequences
from unrolled.exercises import Case, Exercise, Sizes, models
from unrolled.exercises.models import (
    AXES_SWAPPED,
    BACKWARDS,
    CLASSIFIER_BATCH,
    EVERY_STEP,
    RELU_STATES,
    SIGMOID_STATES,
    classifier,
    observe_classifier,
    refuses,
)
from unrolled.language import N_

# --- build_vocabulary --------------------------------------------------------------------------

ENGLISH = "Harry Potter Hermione Granger Ron Weasley and the new spell book wand owl"
KOREAN = "해리 포터 헤르미온느 그레인저 그리고 새로운 주문을 배웠다 마법 지팡이 부엉이"


def in_no_special_order(rng, words: str) -> list[str]:
    """Draw seven words, the third to fifth neither in alphabetical order nor in its reverse."""
    drawn = [str(word) for word in rng.choice(words.split(), 7, replace=False)]
    low, middle, high = sorted(drawn[2:5])
    orders = [(middle, low, high), (middle, high, low), (low, high, middle), (high, low, middle)]
    drawn[2:5] = orders[rng.integers(len(orders))]
    return drawn


def vocabulary_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, sentences, size):
        return Case(about, {"sentences": sentences, "size": size})

    def sentences_of(words, pattern):
        return [[words["ABCDEFG".index(letter)] for letter in line] for line in pattern.split("/")]

    # A is the most frequent, then B; C, D and E stand in that order and appear equally often.
    any_words = in_no_special_order(rng, ENGLISH)
    any_words[0], any_words[5] = "Hogwarts", "hogwarts"
    once, korean, roomy, exact, empty, narrow = (
        in_no_special_order(rng, words)
        for words in (ENGLISH, KOREAN, ENGLISH, ENGLISH, ENGLISH, ENGLISH)
    )
    pattern = "FCBD/AABAED/BACEB"
    return [
        case(N_("any sentences"), sentences_of(any_words, pattern), 6),
        case(N_("every token once"), sentences_of(once, "GFC/DE/BA"), 6),
        case(N_("Korean tokens"), sentences_of(korean, pattern), 6),
        case(N_("fewer tokens than fit"), sentences_of(roomy, "BAC/CADEF"), 10 + sizes.units),
        case(N_("exactly as many tokens as fit"), sentences_of(exact, "ABA/CDE"), 7),
        case(N_("an empty sentence"), sentences_of(empty, "/BCDA/AAE/"), 5),
        case(N_("room for one token"), sentences_of(narrow, "CDABA/A"), 3),
        case(N_("size 2: no room for tokens"), sentences_of(narrow, "CDABA/A"), 2),
    ]


build_vocabulary = Exercise(
    "build_vocabulary",
    reference=sequences.build_vocabulary,
    cases=vocabulary_cases,
    returns={"vocabulary": ()},
)


@build_vocabulary.mistake(
    "no-special-tokens",
    "The two special tokens are missing: padding is 0, unknown words are 1, words start at 2.",
    hint=1,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    return {token: index for index, (token, count) in enumerate(counts.most_common(size))}


@build_vocabulary.mistake(
    "special-tokens-swapped",
    "The two special tokens are swapped: padding comes first, then unknown words.",
    hint=1,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    frequent = [token for token, count in counts.most_common(size - 2)]
    return {token: index for index, token in enumerate(["<unk>", "<pad>", *frequent])}


@build_vocabulary.mistake(
    "special-tokens-last",
    "The special tokens come after the words; they take the first two ids.",
    hint=1,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    frequent = [token for token, count in counts.most_common(size - 2)]
    return {token: index for index, token in enumerate([*frequent, "<pad>", "<unk>"])}


@build_vocabulary.mistake(
    "ids-from-one", "Counting starts at 1: the first id, that of padding, is 0.", hint=1
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    frequent = [token for token, count in counts.most_common(size - 2)]
    return {token: index for index, token in enumerate(["<pad>", "<unk>", *frequent], start=1)}


@build_vocabulary.mistake(
    "special-tokens-not-counted",
    "The dictionary gets two entries too many: size counts the special tokens as well.",
    hint=3,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    frequent = [token for token, count in counts.most_common(size)]
    return {token: index for index, token in enumerate(["<pad>", "<unk>", *frequent])}


@build_vocabulary.mistake(
    "size-ignored",
    "Every token gets in: only the most frequent ones do, up to size entries in all.",
    hint=3,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    frequent = [token for token, count in counts.most_common()]
    return {token: index for index, token in enumerate(["<pad>", "<unk>", *frequent])}


@build_vocabulary.mistake(
    "one-entry-short", "The dictionary is full one entry too early: size itself is allowed.", hint=3
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    vocabulary = {"<pad>": 0, "<unk>": 1}
    for token, _count in counts.most_common():
        if len(vocabulary) + 1 >= size:
            break
        vocabulary[token] = len(vocabulary)
    return vocabulary


@build_vocabulary.mistake(
    "order-of-appearance",
    "Tokens are taken as they appear: count them all first, then take the most frequent.",
    hint=2,
)
def _(sentences, size):
    vocabulary = {"<pad>": 0, "<unk>": 1}
    for sentence in sentences:
        for token in sentence:
            if token not in vocabulary and len(vocabulary) < size:
                vocabulary[token] = len(vocabulary)
    return vocabulary


@build_vocabulary.mistake(
    "rarest-first", "The rarest tokens come first: sort by falling frequency.", hint=2
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    tokens = sorted(counts, key=lambda token: counts[token])[: size - 2]
    return {token: index for index, token in enumerate(["<pad>", "<unk>", *tokens])}


@build_vocabulary.mistake(
    "alphabetical",
    "Tokens are in alphabetical order: how often they occur decides.",
    hint=2,
)
def _(sentences, size):
    tokens = sorted({token for sentence in sentences for token in sentence})[: size - 2]
    return {token: index for index, token in enumerate(["<pad>", "<unk>", *tokens])}


@build_vocabulary.mistake(
    "ties-alphabetical",
    "Equally frequent tokens are put in alphabetical order; the one that appears first goes first.",
    hint=2,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    tokens = sorted(counts, key=lambda token: (-counts[token], token))[: size - 2]
    return {token: index for index, token in enumerate(["<pad>", "<unk>", *tokens])}


@build_vocabulary.mistake(
    "ties-reverse-alphabetical",
    "Sorting pairs (count, token) downwards turns the alphabet round within a tie; "
    "the token that appears first goes first.",
    hint=2,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    pairs = sorted(((count, token) for token, count in counts.items()), reverse=True)
    tokens = [token for count, token in pairs][: size - 2]
    return {token: index for index, token in enumerate(["<pad>", "<unk>", *tokens])}


@build_vocabulary.mistake(
    "ties-turned-round",
    "Turning a sorted list round turns its ties round: the token that appears first goes first.",
    hint=2,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    tokens = sorted(counts, key=lambda token: counts[token])[::-1][: size - 2]
    return {token: index for index, token in enumerate(["<pad>", "<unk>", *tokens])}


@build_vocabulary.mistake(
    "once-per-sentence",
    "A token counts once per sentence here; every occurrence counts.",
    hint=2,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter()
    for sentence in sentences:
        counts.update(dict.fromkeys(sentence, 1))
    frequent = [token for token, count in counts.most_common(size - 2)]
    return {token: index for index, token in enumerate(["<pad>", "<unk>", *frequent])}


@build_vocabulary.mistake(
    "last-sentence-only",
    "Counting starts anew with each sentence: one count runs over all of them.",
    hint=2,
)
def _(sentences, size):
    from collections import Counter

    for sentence in sentences:
        counts = Counter(sentence)
    frequent = [token for token, count in counts.most_common(size - 2)]
    return {token: index for index, token in enumerate(["<pad>", "<unk>", *frequent])}


@build_vocabulary.mistake(
    "characters-counted",
    "Letters are counted, not tokens: a sentence is already a list of tokens.",
    hint=2,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter()
    for sentence in sentences:
        for token in sentence:
            counts.update(token)
    frequent = [token for token, count in counts.most_common(size - 2)]
    return {token: index for index, token in enumerate(["<pad>", "<unk>", *frequent])}


@build_vocabulary.mistake(
    "lowercased",
    "Tokens are put in lower case: take them as they come, sentences are prepared beforehand.",
    hint=1,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token.lower() for sentence in sentences for token in sentence)
    frequent = [token for token, count in counts.most_common(size - 2)]
    return {token: index for index, token in enumerate(["<pad>", "<unk>", *frequent])}


@build_vocabulary.mistake(
    "counts-for-ids",
    "The values are frequencies; they should be ids, numbered in that order.",
    hint=3,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    return {"<pad>": 0, "<unk>": 1, **dict(counts.most_common(size - 2))}


@build_vocabulary.mistake(
    "id-to-token",
    "The dictionary is the wrong way round: the token is the key, its id the value.",
    hint=3,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    frequent = [token for token, count in counts.most_common(size - 2)]
    return dict(enumerate(["<pad>", "<unk>", *frequent]))


@build_vocabulary.mistake(
    "list-of-tokens",
    "The order is right, but it is a list: return a dictionary from token to id.",
    hint=3,
)
def _(sentences, size):
    from collections import Counter

    counts = Counter(token for sentence in sentences for token in sentence)
    return ["<pad>", "<unk>", *[token for token, count in counts.most_common(size - 2)]]


# --- one_hot -----------------------------------------------------------------------------------


def one_hot_cases(rng, sizes: Sizes) -> list[Case]:
    size = 11 + sizes.units

    def ids_of(*shape, size=size):
        # Neither 0 nor an id that stands in the middle may be missing; the last one is.
        ids = rng.integers(1, size - 1, shape)
        ids.flat[[1, -1]] = 0, size // 2
        return ids

    def with_one(wrong):
        ids = ids_of(sizes.batch, sizes.time)
        ids[-1, 0] = wrong
        return ids

    last = ids_of(sizes.time)
    last[0] = size - 1

    def case(about, ids, size=size):
        return Case(about, {"ids": ids, "size": size})

    return [
        case(N_("the ids of one sentence"), ids_of(sizes.time)),
        case(N_("a batch of sentences"), ids_of(sizes.batch, sizes.time)),
        case(N_("ids with three axes"), ids_of(sizes.batch, sizes.time, sizes.features)),
        case(N_("one id alone, of shape ()"), np.array(int(rng.integers(1, size - 1)))),
        case(N_("the largest id"), last),
        case(N_("size 1"), np.zeros(sizes.time, dtype=np.int64), 1),
        case(N_("int32 ids"), ids_of(sizes.batch, sizes.time).astype(np.int32)),
        case(N_("an id equal to size"), with_one(size)),
        case(N_("an id far above size"), with_one(size + sizes.time)),
        case(N_("a negative id"), with_one(-1)),
    ]


one_hot = Exercise(
    "one_hot", reference=sequences.one_hot, cases=one_hot_cases, returns={"vectors": ()}
)


@one_hot.mistake(
    "range-unchecked", "No id is checked: one outside 0 … size - 1 has to raise ValueError.", hint=3
)
def _(ids, size):
    return np.eye(size)[ids]


@one_hot.mistake(
    "negative-ids-accepted",
    "Negative ids slip through: NumPy counts them from the end, so check for them too.",
    hint=3,
)
def _(ids, size):
    if ids.max() >= size:
        raise ValueError("id too large")
    return np.eye(size)[ids]


@one_hot.mistake(
    "large-ids-unchecked",
    "Only negative ids are checked: ids that are too large have to raise ValueError too.",
    hint=3,
)
def _(ids, size):
    if ids.min() < 0:
        raise ValueError("negative id")
    return np.eye(size)[ids]


@one_hot.mistake(
    "size-itself-accepted", "The id size is let through: the last valid id is one below it.", hint=3
)
def _(ids, size):
    if ids.min() < 0 or ids.max() > size:
        raise ValueError("id out of range")
    return np.eye(size)[ids]


@one_hot.mistake(
    "out-of-range-all-zeros",
    "An id out of range becomes a row of zeros in silence: raise ValueError instead.",
    hint=3,
)
def _(ids, size):
    return (ids[..., None] == np.arange(size)).astype(np.float32)


@one_hot.mistake(
    "out-of-range-clipped",
    "An id out of range is moved to the nearest valid one: raise ValueError instead.",
    hint=3,
)
def _(ids, size):
    return np.eye(size)[np.clip(ids, 0, size - 1)]


@one_hot.mistake(
    "assert-for-raise",
    "The range is checked by assert, which raises AssertionError: raise ValueError.",
    hint=3,
)
def _(ids, size):
    assert ids.min() >= 0
    assert ids.max() < size
    return np.eye(size)[ids]


@one_hot.mistake(
    "error-printed",
    "A wrong id is reported by print, then None is returned: an error has to be raised.",
    hint=3,
)
def _(ids, size):
    if ids.min() < 0 or ids.max() >= size:
        print("id out of range")
        return None
    return np.eye(size)[ids]


@one_hot.mistake(
    "width-from-the-data",
    "The width comes from the largest id that occurs; it is size, whatever occurs.",
    hint=1,
)
def _(ids, size):
    if ids.min() < 0 or ids.max() >= size:
        raise ValueError("id out of range")
    return np.eye(ids.max() + 1)[ids]


@one_hot.mistake(
    "ids-from-one",
    "Ids are counted from 1: id 0 marks the first place, so nothing is subtracted.",
    hint=2,
)
def _(ids, size):
    if ids.min() < 0 or ids.max() >= size:
        raise ValueError("id out of range")
    return np.eye(size)[ids - 1]


@one_hot.mistake(
    "zero-left-empty",
    "Id 0 gets a row of zeros. It is a token like any other: its vector has a 1 at place 0.",
    hint=2,
)
def _(ids, size):
    if ids.min() < 0 or ids.max() >= size:
        raise ValueError("id out of range")
    vectors = np.eye(size)[ids]
    vectors[ids == 0] = 0
    return vectors


@one_hot.mistake(
    "every-row-marked",
    "Each vector is marked at the ids of all rows: pair every row with its own id.",
    hint=2,
)
def _(ids, size):
    if ids.min() < 0 or ids.max() >= size:
        raise ValueError("id out of range")
    vectors = np.zeros((*ids.shape, size))
    vectors[..., ids] = 1
    return vectors


@one_hot.mistake(
    "one-axis-only",
    "This works for ids with one axis only; ids come in any shape.",
    hint=2,
)
def _(ids, size):
    if ids.min() < 0 or ids.max() >= size:
        raise ValueError("id out of range")
    vectors = np.zeros((len(ids), size))
    vectors[np.arange(len(ids)), ids] = 1
    return vectors


@one_hot.mistake(
    "flattened",
    "The ids are flattened and stay so: the result keeps their axes and adds one.",
    hint=1,
)
def _(ids, size):
    if ids.min() < 0 or ids.max() >= size:
        raise ValueError("id out of range")
    return np.eye(size)[ids.ravel()]


@one_hot.mistake(
    "new-axis-first", "The new axis stands in front; it belongs behind those of ids.", hint=1
)
def _(ids, size):
    if ids.min() < 0 or ids.max() >= size:
        raise ValueError("id out of range")
    return np.moveaxis(np.eye(size)[ids], -1, 0)


@one_hot.mistake(
    "one-cold",
    "Zeros and ones are exchanged: a single 1 among zeros.",
    hint=1,
)
def _(ids, size):
    if ids.min() < 0 or ids.max() >= size:
        raise ValueError("id out of range")
    return 1 - np.eye(size)[ids]


# --- rnn_step ----------------------------------------------------------------------------------


CALM = 0.25
"""A spread of weights at which rounding does not grow from step to step, for long sequences."""


def weights(rng, sizes: Sizes, dtype: type = np.float64, spread: float = 0.5) -> dict:
    """Random W_x, W_h and b: constant weights or zero biases would hide half of the mistakes."""
    shapes = {
        "W_x": (sizes.features, sizes.units),
        "W_h": (sizes.units, sizes.units),
        "b": (sizes.units,),
    }
    return {name: rng.normal(0, spread, shape).astype(dtype) for name, shape in shapes.items()}


def step_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, batch, dtype: type = np.float64, scale=1.0, **replaced):
        x = rng.normal(0, scale, (batch, sizes.features)).astype(dtype)
        h = np.tanh(rng.normal(0, 1, (batch, sizes.units))).astype(dtype)
        return Case(about, {"x": x, "h": h, **weights(rng, sizes, dtype)} | replaced)

    zeros = np.zeros((sizes.batch, sizes.units))
    return [
        case(N_("any input"), sizes.batch),
        case(N_("a batch of one"), 1),
        case(N_("a state of zeros"), sizes.batch, h=zeros),
        case(N_("a bias of zeros"), sizes.batch, b=np.zeros(sizes.units)),
        case(N_("large inputs"), sizes.batch, scale=3.0),
        case(N_("float32"), sizes.batch, np.float32),
    ]


rnn_step = Exercise(
    "rnn_step", reference=cells.rnn_step, cases=step_cases, returns={"h": ("row", "unit")}
)


@rnn_step.mistake("state-ignored", "The past never enters: h W_h is missing from the sum.", hint=1)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + b)


@rnn_step.mistake("input-ignored", "The input never enters: x W_x is missing from the sum.", hint=1)
def _(x, h, W_x, W_h, b):
    return np.tanh(h @ W_h + b)


@rnn_step.mistake("bias-ignored", "The bias b is missing from the sum.", hint=2)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h @ W_h)


@rnn_step.mistake("bias-twice", "The bias is added twice: both products share one b.", hint=2)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + b + h @ W_h + b)


@rnn_step.mistake("bias-after-tanh", "The bias is added after tanh; it belongs inside.", hint=2)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h @ W_h) + b


@rnn_step.mistake("no-activation", "The sum is returned as it is: tanh is missing.", hint=2)
def _(x, h, W_x, W_h, b):
    return x @ W_x + h @ W_h + b


@rnn_step.mistake(
    "sigmoid", "The activation is a sigmoid; a simple recurrent cell uses tanh.", hint=2
)
def _(x, h, W_x, W_h, b):
    return 1 / (1 + np.exp(-(x @ W_x + h @ W_h + b)))


@rnn_step.mistake("relu", "The activation is ReLU; a simple recurrent cell uses tanh.", hint=2)
def _(x, h, W_x, W_h, b):
    return np.maximum(0, x @ W_x + h @ W_h + b)


@rnn_step.mistake(
    "tanh-of-each-part",
    "Each product is squashed alone: add first, then one tanh of the sum.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x) + np.tanh(h @ W_h) + b


@rnn_step.mistake(
    "recurrent-weights-transposed",
    "W_h is transposed: column j of W_h holds what unit j hears, so it is h W_h.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h @ W_h.T + b)


@rnn_step.mistake(
    "weights-swapped",
    "x is multiplied by W_h, which does not fit it: W_x is for x, W_h is for h.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_h + h @ W_x + b)


@rnn_step.mistake(
    "weights-first",
    "The weights stand before the input. Rows are examples here, so it is x W_x, not W_x x.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(W_x @ x + W_h @ h + b)


@rnn_step.mistake(
    "elementwise-product",
    "The state is multiplied by W_h element by element: use @, not *.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h * W_h + b)


@rnn_step.mistake(
    "state-without-weights",
    "The state is added as it is: it has to pass through W_h first.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h + b)


@rnn_step.mistake(
    "old-state-added", "The old state is added after tanh; it enters through W_h only.", hint=1
)
def _(x, h, W_x, W_h, b):
    return h + np.tanh(x @ W_x + h @ W_h + b)


@rnn_step.mistake(
    "state-shared-by-the-batch",
    "The state is averaged over the batch: each row has a past of its own.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h.mean(axis=0) @ W_h + b)


@rnn_step.mistake(
    "product-of-parts", "The two products are multiplied with each other: add them.", hint=2
)
def _(x, h, W_x, W_h, b):
    return np.tanh((x @ W_x) * (h @ W_h) + b)


@rnn_step.mistake(
    "state-written-in-place",
    "The value is right, but it is written into the caller's h: return a new array.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    h[:] = np.tanh(x @ W_x + h @ W_h + b)
    return h


@rnn_step.mistake(
    "returned-twice", "The state is returned twice, as Keras's cells do: return h alone.", hint=3
)
def _(x, h, W_x, W_h, b):
    h = np.tanh(x @ W_x + h @ W_h + b)
    return h, h


# --- rnn_layer ---------------------------------------------------------------------------------


def layer_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, batch, time, dtype: type = np.float64, spread=0.5, **replaced):
        x = rng.normal(size=(batch, time, sizes.features)).astype(dtype)
        h0 = np.tanh(rng.normal(size=(batch, sizes.units))).astype(dtype)
        return Case(about, {"x": x, "h0": h0, **weights(rng, sizes, dtype, spread)} | replaced)

    batch, time, _features, units = sizes
    # Over many steps float32 drifts further than the comparison allows, so its case is short.
    return [
        case(N_("any input"), batch, time),
        case(N_("a batch of one"), 1, time),
        case(N_("a single step"), batch, 1),
        case(N_("an initial state of zeros"), batch, time, h0=np.zeros((batch, units))),
        case(N_("a bias of zeros"), batch, time, b=np.zeros(units)),
        case(N_("thirty steps"), batch, 30, spread=CALM),
        case(N_("float32"), batch, min(time, 3), np.float32),
    ]


rnn_layer = Exercise(
    "rnn_layer",
    reference=layers.rnn_layer,
    cases=layer_cases,
    returns={"states": ("row", "step", "unit")},
)


@rnn_layer.mistake(
    "no-recurrence",
    "No step knows the one before: each state needs the last one, so the steps run in a loop.",
    hint=1,
)
def _(x, h0, W_x, W_h, b):
    return np.tanh(x @ W_x + b)


@rnn_layer.mistake(
    "state-not-carried",
    "Every step starts from h0: hand each new state on to the next step.",
    hint=2,
)
def _(x, h0, W_x, W_h, b):
    states = []
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + h0 @ W_h + b))
    return np.stack(states, axis=1)


@rnn_layer.mistake(
    "initial-state-ignored", "The layer starts from zeros: it should start from h0.", hint=2
)
def _(x, h0, W_x, W_h, b):
    h = np.zeros_like(h0)
    states = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
        states.append(h)
    return np.stack(states, axis=1)


@rnn_layer.mistake(
    "last-state-only", "Only the last state is returned: collect one for every step.", hint=1
)
def _(x, h0, W_x, W_h, b):
    h = h0
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
    return h


@rnn_layer.mistake(
    "time-axis-first",
    "The states are stacked with time in front: the order of axes is batch, time, units.",
    hint=3,
)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
        states.append(h)
    return np.array(states)


@rnn_layer.mistake(
    "reshaped-for-transposed",
    "reshape gives the shape but scrambles the values: time has to be moved, not renamed.",
    hint=3,
)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
        states.append(h)
    return np.array(states).reshape(x.shape[0], x.shape[1], h0.shape[1])


@rnn_layer.mistake(
    "concatenated-for-stacked",
    "The states are glued side by side: time needs an axis of its own.",
    hint=3,
)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
        states.append(h)
    return np.concatenate(states, axis=1)


@rnn_layer.mistake(
    "list-of-states",
    "The states come as a Python list: join them into one array (batch, time, units).",
    hint=3,
)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
        states.append(h)
    return states


@rnn_layer.mistake(
    "features-taken-for-time",
    "The loop runs over features, not over steps: time is the second axis of x.",
    hint=2,
)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for t in range(x.shape[2]):
        h = np.tanh(x[:, :, t] @ W_x + h @ W_h + b)
        states.append(h)
    return np.stack(states, axis=1)


@rnn_layer.mistake(
    "batch-taken-for-time",
    "The loop runs over examples, not over steps: the first axis of x is the batch.",
    hint=2,
)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for x_t in x:
        h = np.tanh(x_t @ W_x + h @ W_h + b)
        states.append(h)
    return np.stack(states, axis=1)


@rnn_layer.mistake(
    "initial-state-kept",
    "h0 is among the states: they begin after the first step, so there are as many as steps.",
    hint=3,
)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = [h0]
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
        states.append(h)
    return np.stack(states, axis=1)


@rnn_layer.mistake(
    "stored-before-the-step",
    "The state is stored before it is updated, so all states are one step late.",
    hint=2,
)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for t in range(x.shape[1]):
        states.append(h)
        h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
    return np.stack(states, axis=1)


@rnn_layer.mistake(
    "first-step-skipped",
    "h0 stands in place of the first state, and the first word is never read.",
    hint=2,
)
def _(x, h0, W_x, W_h, b):
    states = np.zeros((x.shape[0], x.shape[1], h0.shape[1]))
    states[:, 0] = h0
    for t in range(1, x.shape[1]):
        states[:, t] = np.tanh(x[:, t] @ W_x + states[:, t - 1] @ W_h + b)
    return states


@rnn_layer.mistake(
    "first-input-at-every-step",
    "Every step reads the same input: step t reads the t-th one.",
    hint=2,
)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for _t in range(x.shape[1]):
        h = np.tanh(x[:, 0] @ W_x + h @ W_h + b)
        states.append(h)
    return np.stack(states, axis=1)


@rnn_layer.mistake(
    "read-backwards",
    "The sequence is read from its end: the first step reads the first input.",
    hint=2,
)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for t in reversed(range(x.shape[1])):
        h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
        states.append(h)
    return np.stack(states, axis=1)


@rnn_layer.mistake(
    "state-carried-across-the-batch",
    "The state runs on from one example into the next: each row starts from its own h0.",
    hint=2,
)
def _(x, h0, W_x, W_h, b):
    states = np.zeros((x.shape[0], x.shape[1], h0.shape[1]))
    h = h0[0]
    for row in range(x.shape[0]):
        for t in range(x.shape[1]):
            h = np.tanh(x[row, t] @ W_x + h @ W_h + b)
            states[row, t] = h
    return states


@rnn_layer.mistake(
    "one-array-for-all-states",
    "One array is filled again at each step, so all stored states are the last one: "
    "store a new array each time.",
    hint=2,
)
def _(x, h0, W_x, W_h, b):
    h = h0.copy()
    states = []
    for t in range(x.shape[1]):
        h[:] = np.tanh(x[:, t] @ W_x + h @ W_h + b)
        states.append(h)
    return np.stack(states, axis=1)


@rnn_layer.mistake(
    "initial-state-written-in-place",
    "The states are right, but they are written into the caller's h0: make a new array.",
    hint=3,
)
def _(x, h0, W_x, W_h, b):
    states = np.zeros((x.shape[0], x.shape[1], h0.shape[1]))
    h = h0
    for t in range(x.shape[1]):
        h[:] = np.tanh(x[:, t] @ W_x + h @ W_h + b)
        states[:, t] = h
    return states


@rnn_layer.mistake(
    "sum-carried-for-state",
    "What is handed on is the sum before tanh: the next step needs the state itself.",
    hint=2,
)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for t in range(x.shape[1]):
        h = x[:, t] @ W_x + h @ W_h + b
        states.append(np.tanh(h))
    return np.stack(states, axis=1)


@rnn_layer.mistake("no-activation", "The states are bare sums: tanh is missing.", hint=2)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for t in range(x.shape[1]):
        h = x[:, t] @ W_x + h @ W_h + b
        states.append(h)
    return np.stack(states, axis=1)


@rnn_layer.mistake("bias-ignored", "The bias b is missing from every step.", hint=2)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_x + h @ W_h)
        states.append(h)
    return np.stack(states, axis=1)


@rnn_layer.mistake(
    "recurrent-weights-transposed",
    "W_h is transposed: the state meets it as in rnn_step, row times matrix.",
    hint=3,
)
def _(x, h0, W_x, W_h, b):
    h = h0
    states = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_x + h @ W_h.T + b)
        states.append(h)
    return np.stack(states, axis=1)


# --- rnn_param_count ---------------------------------------------------------------------------


def param_count_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, features, units):
        return Case(about, {"features": features, "units": units})

    return [
        case(N_("any sizes"), sizes.features, sizes.units),
        case(N_("more features than units"), sizes.units + sizes.time, sizes.features),
        case(N_("a single unit"), sizes.features, 1),
        case(N_("a single feature"), 1, sizes.units),
        case(N_("the lecture's layer"), 10_000, 32),
    ]


rnn_param_count = Exercise(
    "rnn_param_count",
    reference=layers.rnn_param_count,
    cases=param_count_cases,
    returns={"count": ()},
)


@rnn_param_count.mistake(
    "biases-forgotten", "The biases are not counted: each unit has one.", hint=2
)
def _(features, units):
    return features * units + units * units


@rnn_param_count.mistake(
    "recurrent-weights-forgotten",
    "The weights from state to state are not counted; this is a dense layer's number.",
    hint=1,
)
def _(features, units):
    return features * units + units


@rnn_param_count.mistake(
    "input-weights-forgotten", "The weights from the input to the units are not counted.", hint=1
)
def _(features, units):
    return units * units + units


@rnn_param_count.mistake(
    "two-biases",
    "Two biases per unit are counted, one for each product; both products share one.",
    hint=2,
)
def _(features, units):
    return features * units + units * units + 2 * units


@rnn_param_count.mistake(
    "one-bias-in-all", "A single bias is counted: every unit has its own.", hint=2
)
def _(features, units):
    return features * units + units * units + 1


@rnn_param_count.mistake(
    "bias-per-feature", "A bias is counted for each feature: biases belong to units.", hint=2
)
def _(features, units):
    return features * units + units * units + features


@rnn_param_count.mistake(
    "unit-hears-only-itself",
    "Each unit is taken to hear its own past alone; it hears the past of all units.",
    hint=1,
)
def _(features, units):
    return features * units + units + units


@rnn_param_count.mistake(
    "recurrent-weights-features-square",
    "The recurrent matrix is counted as features by features: the state has units entries.",
    hint=1,
)
def _(features, units):
    return features * units + features * features + units


@rnn_param_count.mistake(
    "input-weights-twice",
    "The recurrent matrix is counted like W_x: it goes from units to units.",
    hint=1,
)
def _(features, units):
    return features * units + features * units + units


@rnn_param_count.mistake(
    "one-unit-only", "The weights of a single unit are counted: there are as many as units.", hint=3
)
def _(features, units):
    return features + units + 1


@rnn_param_count.mistake(
    "output-unit-counted",
    "The sigmoid unit behind the layer is counted in: the recurrent layer alone is asked for.",
    hint=3,
)
def _(features, units):
    return features * units + units * units + units + units + 1


@rnn_param_count.mistake(
    "four-gates", "The number is an LSTM's: a simple recurrent layer has no gates.", hint=1
)
def _(features, units):
    return 4 * (features * units + units * units + units)


@rnn_param_count.mistake(
    "matrices-multiplied",
    "The sizes of the matrices are multiplied with each other: add them up.",
    hint=3,
)
def _(features, units):
    return features * units * units + units


# --- build_name_classifier ---------------------------------------------------------------------


def classifier_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, timesteps, features, units):
        return Case(about, {"timesteps": timesteps, "features": features, "units": units})

    return [
        case(N_("any sizes"), sizes.time, sizes.features, sizes.units),
        case(N_("other sizes"), sizes.features, sizes.time, sizes.batch),
    ]


def name_classifier(timesteps, features, units):
    """What a check observes of the right model: output shape, parameters, formula."""
    return classifier(timesteps, features, [units])


build_name_classifier = Exercise(
    "build_name_classifier",
    reference=name_classifier,
    cases=classifier_cases,
    returns={N_("output shape"): (), N_("number of parameters"): (), N_("output"): ()},
    keras=True,
    observe=lambda build, given: observe_classifier(
        build, given, given["features"], [given["units"]]
    ),
)
another = partial(models.another, name_classifier)


@build_name_classifier.mistake(
    "no-sigmoid",
    "The output unit is linear: a probability needs a sigmoid.",
    hint=2,
    gives=another(formula="h_T V + c"),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(1),
        ]
    )


@build_name_classifier.mistake(
    "softmax-over-one-unit",
    "A softmax over one unit is always 1. One unit takes a sigmoid.",
    hint=2,
    gives=another(formula="softmax(h_T V + c) = 1"),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(1, activation="softmax"),
        ]
    )


@build_name_classifier.mistake(
    "tanh-output",
    "The output goes through tanh, from -1 to 1; a probability needs a sigmoid.",
    hint=2,
    gives=another(formula="tanh(h_T V + c)"),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(1, activation="tanh"),
        ]
    )


@build_name_classifier.mistake(
    "relu-output",
    "The output goes through ReLU and has no upper end: a probability needs a sigmoid.",
    hint=2,
    gives=another(formula="relu(h_T V + c)"),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(1, activation="relu"),
        ]
    )


@build_name_classifier.mistake(
    "two-units-softmax",
    "Two output units with softmax do give a probability, "
    "but one sigmoid unit says the same with fewer weights: use that.",
    hint=2,
    gives=another(
        lambda t, f, u: (CLASSIFIER_BATCH, 2),
        lambda t, f, u: u + 1,
    ),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )


@build_name_classifier.mistake(
    "output-of-units-width",
    "The output has one number per unit: the question has one answer, so one output unit.",
    hint=2,
    gives=another(
        lambda t, f, u: (CLASSIFIER_BATCH, u),
        lambda t, f, u: (u + 1) * (u - 1),
    ),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(units, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "every-step-answers",
    "All states are handed on, so every word gets an answer: only the last state should decide.",
    hint=1,
    gives=another(lambda t, f, u: (CLASSIFIER_BATCH, t, 1), formula=EVERY_STEP),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units, return_sequences=True),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "states-flattened",
    "The states of all steps are flattened for the output unit: only the last one should decide.",
    hint=1,
    gives=another(parameters=lambda t, f, u: u * (t - 1)),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units, return_sequences=True),
            keras.layers.Flatten(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "states-averaged",
    "The states of all steps are averaged: the last one alone should decide.",
    hint=1,
    gives=another(formula="sigmoid(mean(h) V + c)"),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units, return_sequences=True),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "read-backwards",
    "The layer reads the words from the last to the first.",
    hint=3,
    gives=another(formula=BACKWARDS),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units, go_backwards=True),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "relu-states",
    "The recurrent layer uses ReLU: a simple one keeps its default, tanh.",
    hint=3,
    gives=another(formula=RELU_STATES),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "sigmoid-states",
    "The recurrent layer uses a sigmoid: only the output unit does, the states keep tanh.",
    hint=3,
    gives=another(formula=SIGMOID_STATES),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units, activation="sigmoid"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "recurrent-bias-off",
    "The recurrent layer has no biases: the lecture's model has all of them.",
    hint=3,
    gives=another(parameters=lambda t, f, u: -u),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units, use_bias=False),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "output-bias-off",
    "The output unit has no bias: the lecture's model has all of them.",
    hint=3,
    gives=another(parameters=lambda t, f, u: -1),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(1, activation="sigmoid", use_bias=False),
        ]
    )


@build_name_classifier.mistake(
    "lstm",
    "The recurrent layer is an LSTM, with four times the parameters: use the simple one.",
    hint=1,
    gives=another(parameters=lambda t, f, u: 3 * layers.rnn_param_count(f, u)),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.LSTM(units),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "two-recurrent-layers",
    "Two recurrent layers are stacked: this model has one. Stacking is lecture 03.",
    hint=1,
    gives=another(parameters=lambda t, f, u: layers.rnn_param_count(u, u)),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units, return_sequences=True),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "hidden-dense-layer",
    "A dense layer stands in between: the output unit reads the last state itself.",
    hint=1,
    gives=another(parameters=lambda t, f, u: u * u + u),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(units, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "a-unit-per-step",
    "The layer has as many units as there are steps: units is its width, steps cost no weights.",
    hint=1,
    gives=another(parameters=lambda t, f, u: (t - u) * (f + t + u + 2)),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(timesteps),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "no-recurrent-layer",
    "The words are flattened into one row: without a recurrent layer nothing is read in order.",
    hint=1,
    gives=another(parameters=lambda t, f, u: t * f - layers.rnn_param_count(f, u) - u),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Flatten(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_classifier.mistake(
    "timesteps-and-features-swapped",
    "Timesteps and features are swapped: without the batch, an input is (timesteps, features).",
    hint=2,
    gives=refuses(AXES_SWAPPED),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((features, timesteps)),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


EXERCISES = (
    build_vocabulary,
    one_hot,
    rnn_step,
    rnn_layer,
    rnn_param_count,
    build_name_classifier,
)

"""The reviews and the shipped sentiment model: what holds without Keras."""

import unicodedata
from collections import Counter, defaultdict

import numpy as np
import pytest

from unrolled.sequences import build_vocabulary
from unrolled.tasks import sentiment
from unrolled.tasks.sentiment_sentences import mirrored, topic_tokens


@pytest.fixture(scope="module")
def model():
    return sentiment.load()


@pytest.fixture(scope="module")
def examples():
    return sentiment.split()


@pytest.fixture(scope="module")
def everything(examples):
    return [*examples[0], *examples[1]]


def verdict(model, text):
    return model.predict(text)[-1][1]


# --- The reviews


def test_half_of_the_reviews_of_each_language_are_praises():
    for lang in sentiment.GRAMMARS:
        assert sum(review.positive for review in sentiment.reviews(200, lang, seed=3)) == 100


def test_every_generated_text_is_read_as_its_tokens(everything):
    for review in everything:
        assert tuple(sentiment.tokenize(review.text)) == review.tokens
        assert len(review.tokens) == len(review.verdicts) == len(review.turns)
        assert review.text == " ".join(review.text.split())
        assert not set("+-*:") & set(review.text)
        assert review.lang == "ko" or not any(letter.isupper() for letter in review.text)


def test_a_review_and_its_mirror_disagree():
    assert mirrored("IT not BAD+ but GOOD+", "en") == "IT not GOOD- but BAD-"
    assert mirrored("IT B:ji- 않+았END", "ko") == "IT G:ji+ 않-았END"
    for lang, grammar in sentiment.GRAMMARS.items():
        for line in grammar.LINES:
            assert mirrored(mirrored(line, lang), lang) == line
            assert mirrored(line, lang) != line


PRAISES = {"good", "tasty", "clean", "funny", "좋", "훌륭", "맛있", "깨끗"}
BLAMES = {"bad", "greasy", "dirty", "dull", "나쁘", "나빴", "시시", "느끼", "더러"}


def test_plain_reviews_are_labelled_by_their_word(everything):
    plain = [
        review
        for review in everything
        if not review.negated and not {"but", "although"} & set(review.tokens)
    ]
    plain = [review for review in plain if "지만" not in review.text and "별로" not in review.text]
    assert len(plain) > 500
    for review in plain:
        praised = any(word in review.text for word in PRAISES)
        blamed = any(word in review.text for word in BLAMES)
        assert not (praised and blamed), review.text
        assert not praised or review.positive, review.text
        assert not blamed or not review.positive, review.text


def test_one_negation_turns_the_word_behind_it(everything):
    for review in everything:
        if review.lang == "en" and len(review.tokens) > 1 and "but" not in review.tokens:
            before, last = review.tokens[-2:]
            if before in ("not", "never", "wasn't") and last in PRAISES | BLAMES:
                assert review.positive == (last in BLAMES), review.text
        if review.text.endswith("지 않았다") and "지만" not in review.text:
            blame = any(word in review.text.split()[-2] for word in (*BLAMES, "지루", "불편"))
            praise = any(word in review.text.split()[-2] for word in (*PRAISES, "즐겁", "재미있"))
            assert not blame or review.positive, review.text
            assert not praise or not review.positive, review.text


def test_what_came_before_always_decides(everything):
    """No two reviews begin alike and then disagree where a verdict is said."""
    told = {}
    for review in everything:
        for time, verdict in enumerate(review.verdicts):
            if review.turns[time]:
                assert told.setdefault(review.tokens[: time + 1], verdict) == verdict, review.text


def test_no_token_gives_the_verdict_away(everything):
    praised, seen = Counter(), Counter()
    for review in everything:
        seen.update(set(review.tokens))
        praised.update(set(review.tokens) if review.positive else ())
    for token, count in seen.items():
        if count >= 100:  # the share of a rarer one is too uncertain
            assert 0.2 < praised[token] / count < 0.8, token
        if count >= 30:
            assert 0 < praised[token] < count, token


def test_the_same_words_come_in_both_verdicts(everything):
    bags = defaultdict(set)
    for review in everything:
        bags[tuple(sorted(review.tokens))].add(review.positive)
    assert sum(len(verdicts) == 2 for verdicts in bags.values()) >= 15


def test_about_half_of_the_reviews_are_negated(everything):
    assert 0.4 < np.mean([review.negated for review in everything]) < 0.7


HARDLY = ("전혀", "별로", "그다지")


def test_korean_particles_and_forms_are_right(everything):
    korean = " ".join(review.text for review in everything if review.lang == "ko")
    words = set(korean.split())
    assert {"영화가", "책이", "영화는", "책은", "음식을", "영화를"} <= words
    assert not {"영화이", "책가", "책는", "영화은", "책를", "의자이", "빵가"} & words
    assert {"나빠요", "즐거웠다", "더러운", "나쁩니다", "좋습니다", "지루합니다", "좋아요"} <= words
    assert not {"나쁘습니다", "좋읍니다", "즐겁었다", "더럽은", "지루하습니다"} & words
    assert "영화였" in korean
    assert "책이었" in korean
    assert "안 훌륭" not in korean
    assert not any(f"{word} {base}없지" in korean for word in HARDLY for base in ("맛", "재미"))


def test_english_articles_are_right(everything):
    english = " ".join(review.text for review in everything if review.lang == "en")
    assert " an interesting " in english
    assert not [word for word in ["aeiou"] if f" a {word}" in english]
    assert "songs was" not in english
    assert "music were" not in english


def test_what_reviews_are_about_says_nothing_of_them():
    assert {"film", "hotel", "soup", "화", "텔"} <= topic_tokens()
    assert not {"good", "not", "the", "좋", "않", "안", "지", "루", "편"} & topic_tokens()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The film WASN\u2019T good!", ["the", "film", "wasn't", "good"]),
        ("영화가 안 좋았다.", list("영화가안좋았다")),
        ("영화가 안좋았다", list("영화가안좋았다")),
        (unicodedata.normalize("NFD", "좋았다"), list("좋았다")),
        ("Netflix의 영화 2편ㅋㅋ", ["netflix", "의", "영", "화", "2", "편", "ㅋ", "ㅋ"]),
        ("well-made", ["well-made"]),
        ("", []),
    ],
)
def test_english_is_split_by_word_and_korean_by_syllable(text, tokens):
    assert sentiment.tokenize(text) == tokens


# --- The shipped model


@pytest.mark.parametrize(
    ("praise", "blame"),
    [
        ("The film was good.", "The film was not good."),
        ("The film was never boring.", "The film was boring."),
        ("It was not boring but exciting", "It was not exciting but boring"),
        ("The film was not only good but also funny", "The film was not good but boring"),
        ("The music was bad but the film was good", "The music was good but the film was bad"),
        ("Was the film good? It was.", "Was the film good? It was not."),
        ("I liked it.", "I did not like it."),
        ("영화가 재미있었다", "영화가 재미있지 않았다"),
        ("음식이 좋았다", "음식이 안 좋았다"),
        ("지루하지 않고 좋았다", "좋지 않고 지루했다"),
        ("의자가 편안했다", "의자가 안 편했다"),
        ("이 책은 지루한 것이 아니라 재미있었다", "이 책은 재미있는 것이 아니라 지루했다"),
        ("결말은 나빴지만 영화는 좋았다", "결말은 좋았지만 영화는 나빴다"),
    ],
)
def test_order_and_negation_decide(model, praise, blame):
    assert verdict(model, praise) > 0.75
    assert verdict(model, blame) < 0.25


@pytest.mark.parametrize(
    ("text", "positive"),
    [
        ("the restaurant was not so good", False),
        ("그 공연은 지루하지 않았어요", True),
        ("식당이 맛있지는 않았어요", False),
        ("나쁘지 않네요", True),
        ("안좋았다", False),
    ],
)
def test_a_learners_own_review_is_read(model, text, positive):
    assert any(token not in model.vocabulary for token in sentiment.tokenize(text)) or (
        text == "안좋았다"
    )
    assert (verdict(model, text) > 0.5) == positive


def test_not_is_seen_turning_the_verdict(model):
    running = dict(enumerate(p for _, p in model.predict("was the film good it was not")))
    assert all(0.3 < running[time] < 0.7 for time in range(5))  # a question says nothing
    assert running[5] > 0.75
    assert running[6] < 0.25
    syllables = dict(model.predict("재미있지 않았다"))
    assert 0.3 < syllables["미"] < 0.7
    assert syllables["있"] > 0.75
    assert syllables["않"] < 0.25


def test_what_is_said_so_far_is_told_at_every_token(model, examples):
    said = []
    for review in examples[1]:
        running = model.probabilities(review.tokens)
        said += [
            (p > 0.5) == (v == 1)
            for p, v, turn in zip(running, review.verdicts, review.turns, strict=True)
            if turn
        ]
    assert np.mean(said) > 0.98


def test_the_model_knows_what_a_bag_of_words_cannot(model, examples):
    training, held_out = examples
    score, bag = sentiment.evaluate(model, held_out), sentiment.baseline(training, held_out)
    assert score.keys() == bag.keys() == {"accuracy", "english", "korean", "negated"}
    assert min(score.values()) > 0.98
    assert max(bag.values()) < 0.66
    assert bag["negated"] < 0.6


def test_a_bag_that_can_learn_does():
    """The baseline is weak because of the reviews, not because it was not fitted."""
    reviews = sentiment.reviews(2000, "en", seed=5)
    plain = [r for r in reviews if not r.negated and not {"but", "although"} & set(r.tokens)]
    half = len(plain) // 2
    assert sentiment.baseline(plain[:half], plain[half:])["accuracy"] > 0.9


def test_reviews_beyond_the_grammar_show_where_it_ends(model):
    right = [(verdict(model, text) > 0.5) == good for text, good in sentiment.WRITTEN.items()]
    assert 0.25 < np.mean(right) < 0.75
    generated = {review.text for review in (*sentiment.split()[0], *sentiment.split()[1])}
    assert not generated & set(sentiment.WRITTEN)


def test_a_shut_input_gate_never_lets_not_in(model):
    tokens = sentiment.tokenize("the film was not good")
    shut = np.full((len(tokens), model.units), np.nan)
    shut[tokens.index("not")] = 0
    assert model.probabilities(tokens)[-1] < 0.25
    assert model.probabilities(tokens, {"i": shut})[-1] > 0.75


def test_a_unit_goes_with_the_verdict_and_one_with_an_open_negation(model, examples):
    unit, correlation = sentiment.find_unit(model, examples[1])
    assert abs(correlation) > 0.8
    other, correlation = sentiment.find_unit(model, examples[1], "negation")
    assert other != unit
    assert abs(correlation) > 0.5
    with pytest.raises(ValueError, match="'verb'"):
        sentiment.find_unit(model, examples[1], "verb")


def test_shapes_and_vocabulary_are_as_documented(model, examples):
    size, units = len(model.vocabulary), sentiment.UNITS
    assert {name: array.shape for name, array in model.weights.items()} == {
        **{"W_x": (size, 4 * units), "W_h": (units, 4 * units), "b": (4 * units,)},
        **{"V": (units, 1), "c": (1,)},
    }
    assert model.units == units
    tokens = [review.tokens for review in examples[0]]
    assert model.vocabulary == build_vocabulary(tokens, sentiment.VOCABULARY_SIZE)
    steps = model.steps(["not", "good"])
    assert {name: values.shape for name, values in steps.items()} == dict.fromkeys(
        "ifgoch", (2, units)
    )
    assert model.probabilities([]).shape == (0,)


def test_later_words_change_nothing_before_them(model):
    long = model.probabilities(["not", "good", "but", "boring"])
    np.testing.assert_allclose(long[:2], model.probabilities(["not", "good"]), rtol=1e-5)


# --- Hostile text


def test_a_text_of_too_many_syllables_is_refused(model):
    with pytest.raises(ValueError, match="too long"):
        model.predict("좋" * 101)

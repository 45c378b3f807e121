"""English reviews: what they are made of, and how a line of the grammar is filled."""

import random
import re

# Every line is a praise; its blame is the same line with GOOD and BAD, + and - changed over, so
# that no other word tells them apart. A sign behind a word is the verdict once it is read.
# Lines written several times come up more often.
LINES = [
    *(4 * ["IT GOOD+"] + 2 * ["IT ADVERB GOOD+", "IT GREAT+", "PERSON found THIS GOOD+"]),
    *(4 * ["IT not BAD+"] + 2 * ["IT never BAD+", "IT not BAD+ at all", "IT not at all BAD+"]),
    *(3 * ["IT not BAD+ but GOOD+", "IT GOOD+ and not BAD+"] + ["IT GOOD+ and never BAD+"]),
    *("IT never BAD+ and ADVERB GOOD+", "IT never BAD+ but always GOOD+", "IT really GREAT+"),
    *(3 * ["IT not only GOOD+ but also GOOD+"] + ["IT not only GOOD+ but GREAT+"]),
    *("PART BAD- but WHOLE was GOOD+", "PART BAD- but WHOLE was not BAD+"),
    *("PART not GOOD- but WHOLE was GOOD+", "PART not GOOD- but WHOLE was GREAT+"),
    *(2 * ["PART AWFUL- but WHOLE was GOOD+", "although PART AWFUL- WHOLE was GOOD+"]),
    *("PART BAD- but i LOVED+ WHOLE", "i HATED- PIECE but WHOLE was GOOD+", "PERSON LOVED+ THIS"),
    *("although PART BAD- WHOLE was GOOD+", "although PART not GOOD- WHOLE was GOOD+"),
    *(2 * ["was WHOLE GOOD it was+", "was WHOLE BAD it was- not+"]),
    *("is WHOLE GOOD it is+", "is WHOLE BAD it is- not+", "nobody found THIS BAD+"),
    *("people said WHOLE was GOOD and it was+", "people said WHOLE was BAD but it was not+"),
    *("i thought WHOLE would be BAD but it was not+", "IT neither BAD+ nor BAD+"),
    *(2 * ["it was a GOOD+ KIND", "it was not a BAD+ KIND"]),
]
# What is said of one verdict only, since its reverse is unusual or less sure.
EXTRA = {
    "+": [
        *("PERSON liked+ THIS", "PERSON really liked+ THIS", "PERSON did like+ THIS"),
        "PERSON liked+ THIS very much",
    ],
    "-": [
        *("PERSON never liked- THIS", "PERSON did not like- THIS", "PERSON did not like- THIS"),
        *("PERSON did not really like- THIS", "PERSON did not like- THIS very much"),
        *("IT not very GOOD-", "IT not so GOOD-", "IT not GREAT-"),
    ],
}
GRAMMAR = {
    "IT": ["WHOLE was", "WHOLE was", "WHOLE is", "PART", "PART", "it was", ""],
    "THIS": ["WHOLE", "it"],
    "PERSON": ["i", "i", "we", "they", "everybody", "my friends"],
    "ADVERB": ["very", "very", "really", "so"],
    "GREAT": ["great", "wonderful", "excellent", "amazing"],
    "AWFUL": ["awful", "terrible", "horrible"],
    "LOVED": ["loved"],
    "HATED": ["hated"],
}
STORY: dict[str, list[str]] = {
    "LINES": [
        *(2 * ["WHOLE MOVED+ me", "WHOLE did MOVE+ me", "WHOLE did not BORE+ me"]),
        *(2 * ["WHOLE never BORED+ me", "there were many GOOD+ scenes"]),
        *("there were no BAD+ scenes", "there was not one BAD+ scene"),
    ],
    "GOOD": ["good", "funny", "exciting", "beautiful", "clever", "interesting"],
    "BAD": ["bad", "boring", "dull", "silly", "weak", "slow"],
    "MOVED": ["moved", "touched"],
    "BORED": ["bored", "annoyed"],
    "MOVE": ["move", "touch"],
    "BORE": ["bore", "annoy"],
}
TOPICS = [
    STORY
    | {
        "WHOLE": ["the film", "the movie", "this film", "this movie", "the play"],
        "KIND": ["film", "movie", "play"],
        "PIECE": ["the music", "the acting", "the ending"],
        "PART": ["PIECE was", "PIECE was", "the songs were", "the actors were"],
    },
    STORY
    | {
        "WHOLE": ["the book", "this book", "the novel"],
        "KIND": ["book", "novel", "story"],
        "PIECE": ["the story", "the beginning", "the ending"],
        "PART": ["PIECE was", "PIECE was", "the pictures were"],
    },
    {
        "WHOLE": ["the meal", "the food", "the dinner", "this food"],
        "KIND": ["meal", "dinner"],
        "PIECE": ["the soup", "the bread", "the rice"],
        "PART": ["PIECE was", "PIECE was", "the noodles were"],
        "GOOD": ["good", "tasty", "fresh", "delicious"],
        "BAD": ["bad", "tasteless", "greasy", "bland"],
    },
    {
        "WHOLE": ["the room", "the hotel", "this hotel", "the house"],
        "KIND": ["room", "hotel", "house"],
        "PIECE": ["the bed", "the chair", "the kitchen"],
        "PART": ["PIECE was", "PIECE was", "the chairs were"],
        "GOOD": ["good", "nice", "clean", "comfortable"],
        "BAD": ["bad", "dirty", "uncomfortable", "ugly"],
    },
]
# Words of one family are not said of one thing ("tasty and not tasteless").
FAMILIES = ["comfortable uncomfortable", "tasty tasteless"]
FAMILY = {word: family for family in FAMILIES for word in family.split()}
OPPOSITE = {"GOOD": "BAD", "GREAT": "AWFUL", "LOVED": "HATED", "MOVED": "BORED", "MOVE": "BORE"}


def filled(line: str, topic: dict[str, list[str]], rng: random.Random) -> str:
    """Put words in the place of a line's capitals; the signs + and - stay."""
    grammar, used = GRAMMAR | topic, set()

    def choose(symbol: re.Match[str]) -> str:
        words = grammar[symbol[0]]
        if symbol[0] in ("GOOD", "BAD"):
            words = [word for word in words if FAMILY.get(word, word) not in used]
        chosen = rng.choice(words)
        used.add(FAMILY.get(chosen, chosen))
        return re.sub("[A-Z]+", choose, chosen)

    def contract(verb: re.Match[str]) -> str:
        return f"{verb[1]}n't" if rng.random() < 0.4 else verb[0]

    line = re.sub("[A-Z]+", choose, line).strip()
    line = re.sub(r"\ba (?=[aeiou])", "an ", line)
    return re.sub(r"\b(was|were|is|did)[+-]? not\b", contract, line)


def nouns() -> list[str]:
    """Return what the reviews are about."""
    return [noun for topic in TOPICS for key in ("WHOLE", "PIECE", "PART") for noun in topic[key]]

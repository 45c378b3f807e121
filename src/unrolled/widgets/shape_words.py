"""The words of TaskShapes: what is known at each step, the shapes' names, six new jobs."""

from unrolled.language import _
from unrolled.widgets.shapes import Example, columns, shape_shown


def sayings(example: Example, return_sequences: bool | None = None):
    """For each step the key of a sentence and the values of its fields."""
    read, write = columns(example, return_sequences)
    shape, keys = shape_shown(example, return_sequences), set(sentences())
    said = []
    for t, values in enumerate(_values(read, write)):
        phase = _phase(example, shape, t, write)
        own = f"{example.task}_{phase}"
        said.append((own if own in keys else phase, values))
    return said


def _values(read, write):
    """What a sentence may name at each step."""
    inputs, outputs = (sum(word is not None for word in row) for row in (read, write))
    for t in range(len(read)):
        yield {
            "step": t + 1,
            "read": sum(word is not None for word in read[: t + 1]),
            "inputs": inputs,
            "next": inputs + 1,
            "written": sum(word is not None for word in write[: t + 1]),
            "outputs": outputs,
            "input": read[t] or "",
            "output": write[t] or "",
            "last": (write[t - 1] or "") if t else "",
        }


def _phase(example: Example, shape: str, t: int, write) -> str:
    """What the network is about at one step."""
    last = t == len(write) - 1
    if shape == "sequence_to_vector":
        return "end" if last else "wait"
    if shape == "sequence_to_sequence":
        # A label of the whole says nothing true about its beginning.
        if example.shape == "sequence_to_vector":
            return "last" if last else "early"
        return "each"
    if shape == "vector_to_sequence":
        return "write_on" if t else "look"
    if write[t] is None:
        return "listen" if write[t + 1] is None else "bridge"
    return "begin" if write[t - 1] is None else "write"


def sentences() -> dict[str, str]:
    """Key → sentence: first for any task, then those of the four tasks."""
    return {
        "wait": _("{read} of {inputs} inputs read. No output yet: one is asked for, at the end."),
        "end": _("{inputs} of {inputs} inputs read. Now the one output comes: “{output}”."),
        "each": _("{read} of {inputs} inputs read, and an output at once: “{output}”."),
        "early": _(
            "return_sequences=True: an output after {read} of {inputs} inputs. But the true "
            "answer is about the whole, so this one has no target of its own."
        ),
        "last": _(
            "The last of the {inputs} inputs is read. This output has a true answer, the same as "
            "before the switch: “{output}”."
        ),
        "listen": _("{read} of {inputs} inputs read. It may not write yet."),
        "bridge": _(
            "{inputs} of {inputs} inputs read. What they say must pass through one arrow: the last "
            "state."
        ),
        "begin": _("Nothing is left to read. From the last state alone it writes: “{output}”."),
        "write": _(
            "{written} of {outputs} written. It reads its own last output, “{last}”, and writes: "
            "“{output}”."
        ),
        "look": _(
            "The one input comes in once, as the first state. It writes at once: “{output}”."
        ),
        "write_on": _(
            "Nothing new comes in. It has its state and its own last output, “{last}”, and writes: "
            "“{output}”."
        ),
        **_of_readers(),
        **_of_writers(),
    }


def _of_readers() -> dict[str, str]:
    """Sentences of the tasks that read step by step and answer: sentiment and melody."""
    return {
        "sentiment_wait": _(
            "The critic has read {read} of {inputs} words and says nothing yet: the next word may "
            "turn everything."
        ),
        "sentiment_end": _(
            "All {inputs} words are read. Only now one verdict comes out, on the whole review: "
            "“{output}”."
        ),
        "sentiment_early": _(
            "return_sequences=True: the critic speaks after {read} of {inputs} words. But the "
            "review has one label, for the whole, so this early word has no target of its own."
        ),
        "melody_each": _(
            "{read} of {inputs} notes heard, and an answer at once: “{output}” should follow. "
            "Then the true note comes in, whatever was answered."
        ),
        "melody_wait": _(
            "A window: {read} of {inputs} notes heard, and no answer yet. One is asked for, note "
            "{next}."
        ),
        "melody_end": _(
            "All {inputs} notes of the window are heard. Now the one answer comes, note {next}: "
            "“{output}”."
        ),
    }


def _of_writers() -> dict[str, str]:
    """Sentences of the tasks that write a text of their own: translation and caption."""
    return {
        "translation_listen": _(
            "The translator has read {read} of {inputs} syllables and may not write yet."
        ),
        "translation_bridge": _(
            "All {inputs} syllables are read. The whole number must pass through one arrow: the "
            "last state."
        ),
        "translation_begin": _(
            "Nothing is left to read. From the last state alone the decoder writes: “{output}”."
        ),
        "translation_write": _(
            "{written} of {outputs} words written. The decoder reads its own last word, “{last}”, "
            "and writes: “{output}”."
        ),
        "caption_look": _(
            "The picture comes in once, as the first state. The first word comes at once: "
            "“{output}”."
        ),
        "caption_write_on": _(
            "No input any more. The network has its state and its own last word, “{last}”, and "
            "writes: “{output}”."
        ),
    }


def shape_names() -> dict[str, str]:
    """The four shapes in the reader's language."""
    return {
        "sequence_to_vector": _("sequence-to-vector"),
        "sequence_to_sequence": _("sequence-to-sequence"),
        "delayed_sequence_to_sequence": _("delayed sequence-to-sequence"),
        "vector_to_sequence": _("vector-to-sequence"),
    }


def would() -> dict[str, str]:
    """What each shape would do with a job that is not of this shape."""
    return {
        "would_sequence_to_vector": _("Sequence-to-vector says one thing only, at the very end."),
        "would_sequence_to_sequence": _(
            "Sequence-to-sequence reads and answers in step: as many outputs as inputs."
        ),
        "would_delayed_sequence_to_sequence": _(
            "Delayed sequence-to-sequence reads all, step by step, and only then writes many "
            "things."
        ),
        "would_vector_to_sequence": _(
            "Vector-to-sequence takes in one thing at once and reads nothing step by step."
        ),
    }


def jobs() -> dict[str, str]:
    """Each job's name, what it asks for, and why it has its shape."""
    return {
        "spam": _("Spam filter"),
        "spam_ask": _("A mail comes in, word by word. Is it spam or not?"),
        "spam_why": _("Many words in, one verdict out, when the last word is read."),
        "live": _("Live captions"),
        "live_ask": _("Under a live talk, every piece of sound is turned into a word at once."),
        "live_why": _(
            "Who captions live cannot wait for the end: each piece that comes in brings a word out."
        ),
        "video": _("Label for a video"),
        "video_ask": _("A video comes in, frame by frame. What sport is it?"),
        "video_why": _("Many frames in, one label out, for the whole video."),
        "weather": _("Tomorrow's temperature"),
        "weather_ask": _("The temperatures of seven days come in. How warm will tomorrow be?"),
        "weather_why": _(
            "Seven numbers in, one number out: a window, like the 20 notes and the 21st."
        ),
        "story": _("A story from its title"),
        "story_ask": _("You pick one of 50 titles. The program writes the story."),
        "story_why": _(
            "One choice comes in at once, then only words come out. (A title of your own, read "
            "word by word, would make it delayed sequence-to-sequence.)"
        ),
        "summary": _("Summary of a text"),
        "summary_ask": _("A long text comes in. A summary of a few words comes out."),
        "summary_why": _(
            "What matters is known only when all is read, and the summary has a length of its "
            "own: first read, then write."
        ),
    }

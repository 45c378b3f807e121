"""Every attack there is, by what it is after, and what would count as a win."""

from tests.grading.attacks import change, door, earn, escape, exhaust, keras_lies, reach, read
from tests.grading.attacks.attack import Attack

GROUPS: dict[str, tuple[str, tuple[Attack, ...]]] = {
    "earn": ("a point more than the answer is due", earn.ATTACKS),
    "keras": ("a point more than the model is due", keras_lies.ATTACKS),
    "read": ("a planted secret or a hidden input in a row, an output or a page", read.ATTACKS),
    "reach": ("a listener that heard something", reach.ATTACKS),
    "change": ("a planted file, an honest row or another's sandbox changed", change.ATTACKS),
    "exhaust": ("a point lost elsewhere, a batch that is late, something that runs on",
                exhaust.ATTACKS),
    "escape": ("a privilege, a mount, a namespace or a write that should not be", escape.ATTACKS),
    "door": ("a crash, an unexplained refusal, active text on a page, a point too many",
             door.ATTACKS),
}  # fmt: skip

ATTACKS: dict[str, Attack] = {
    attack.name: attack for _win, attacks in GROUPS.values() for attack in attacks
}

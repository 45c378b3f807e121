"""Thirty tunes in the public domain, written down for this course note by note.

Nobody owns them: each is traditional or was printed before 1900. No edition was copied and no words
are kept. Where singers differ, one common way is given. The octave is the middle one where none is
written; lengths add up to whole bars, and a rest is counted to the note before.
"""

from typing import NamedTuple

from unrolled.tasks.melody_notes import Note, read_notes


class Tune(NamedTuple):
    """A title in English and Korean, where the tune comes from, beats in a bar, and its notes."""

    title: str
    korean: str
    source: str
    meter: int
    text: str

    @property
    def notes(self) -> list[Note]:
        """The notes, in the key they are written in."""
        return read_notes(self.text)


TUNES = (
    Tune(
        "Twinkle, Twinkle, Little Star",
        "반짝반짝 작은 별",
        "French, Ah! vous dirai-je, maman, printed in 1761",
        4,
        "C C G G | A A G:2 | F F E E | D D C:2 | G G F F | E E D:2 | G G F F | E E D:2 |"
        "C C G G | A A G:2 | F F E E | D D C:2",
    ),
    Tune(
        "Lightly Row",
        "나비야",
        "German, Hänschen klein, traditional since about 1800",
        4,
        "G E E:2 | F D D:2 | C D E F | G G G:2 | G E E E | F D D:2 | C E G G | E E E:2 |"
        "D D D D | D E F:2 | E E E E | E F G:2 | G E E:2 | F D D:2 | C E G G | E E E:2",
    ),
    Tune(
        "Arirang",
        "아리랑",
        "Korean, traditional; well known in this form since the film of 1926",
        3,
        "G:1.5 A:.5 G:.5 A:.5 | C5:1.5 D5:.5 C5:.5 D5:.5 | E5 D5:.5 C5:.5 A |"
        "G:1.5 A:.5 G:.5 A:.5 | C5:1.5 D5:.5 C5:.5 D5:.5 | E5:.5 D5:.5 C5:.5 A:.5 G:.5 A:.5 |"
        "C5:1.5 D5:.5 C5 | C5:3 | G5:2 G5 | G5 E5 D5 | E5 D5:.5 C5:.5 A |"
        "G:1.5 A:.5 G:.5 A:.5 | C5:1.5 D5:.5 C5:.5 D5:.5 | E5:.5 D5:.5 C5:.5 A:.5 G:.5 A:.5 |"
        "C5:1.5 D5:.5 C5 | C5:3",
    ),
    Tune(
        "Ode to Joy",
        "환희의 송가",
        "Ludwig van Beethoven (1770–1827), 1824",
        4,
        "E E F G | G F E D | C C D E | E:1.5 D:.5 D:2 | E E F G | G F E D | C C D E |"
        "D:1.5 C:.5 C:2 | D D E C | D E:.5 F:.5 E C | D E:.5 F:.5 E D | C D G3:2 |"
        "E E F G | G F E D | C C D E | D:1.5 C:.5 C:2",
    ),
    Tune(
        "Frère Jacques",
        "프레르 자크",
        "French, traditional, printed by 1811",
        4,
        "C D E C | C D E C | E F G:2 | E F G:2 | G:.5 A:.5 G:.5 F:.5 E C |"
        "G:.5 A:.5 G:.5 F:.5 E C | C G3 C:2 | C G3 C:2",
    ),
    Tune(
        "Au clair de la lune",
        "달빛 아래서",
        "French, traditional, 18th century",
        4,
        "C C C D | E:2 D:2 | C E D D | C:4 | C C C D | E:2 D:2 | C E D D | C:4 |"
        "D D D D | A3:2 A3:2 | D C B3 A3 | G3:4 | C C C D | E:2 D:2 | C E D D | C:4",
    ),
    Tune(
        "Alouette",
        "종달새",
        "French Canadian, traditional, printed in 1879; the refrain, twice",
        4,
        "C:1.5 D:.5 E E | D:.5 C:.5 D:.5 E:.5 C G3 | C:1.5 D:.5 E E | D:.5 C:.5 D:.5 E:.5 C:2 |"
        "C:1.5 D:.5 E E | D:.5 C:.5 D:.5 E:.5 C G3 | C:1.5 D:.5 E E | D:.5 C:.5 D:.5 E:.5 C:2",
    ),
    Tune(
        "Oh! Susanna",
        "오 수재나",
        "Stephen Foster (1826–1864), 1848",
        4,
        "C:.5 D:.5 | E G G:1.5 A:.5 | G E C:1.5 D:.5 | E E D C | D:3 C:.5 D:.5 |"
        "E G G:1.5 A:.5 | G E C:1.5 D:.5 | E E D D | C:4 | F:2 F:2 | A A:2 A | G G E C |"
        "D:3 C:.5 D:.5 | E G G:1.5 A:.5 | G E C:1.5 D:.5 | E E D D | C:3",
    ),
    Tune(
        "Greensleeves",
        "그린슬리브스",
        "English, traditional, registered in 1580",
        3,
        "A | C5:2 D5 | E5:1.5 F5:.5 E5 | D5:2 B | G:1.5 A:.5 B | C5:2 A | A:1.5 G#:.5 A |"
        "B:2 G# | E:2 A | C5:2 D5 | E5:1.5 F5:.5 E5 | D5:2 B | G:1.5 A:.5 B |"
        "C5:1.5 B:.5 A | G#:1.5 F#:.5 G# | A:3 | A:3 | G5:3 | G5:1.5 F#5:.5 E5 | D5:2 B |"
        "G:1.5 A:.5 B | C5:2 A | A:1.5 G#:.5 A | B:2 G# | E:3 | G5:3 | G5:1.5 F#5:.5 E5 |"
        "D5:2 B | G:1.5 A:.5 B | C5:1.5 B:.5 A | G#:1.5 F#:.5 G# | A:3 | A:2",
    ),
    Tune(
        "Auld Lang Syne",
        "올드 랭 사인",
        "Scottish, traditional, printed with these words in 1799",
        4,
        "C | F:1.5 F:.5 F A | G:1.5 F:.5 G A | F:1.5 F:.5 A C5 | D5:3 D5 | C5:1.5 A:.5 A F |"
        "G:1.5 F:.5 G A | F:1.5 D:.5 D C | F:3 D5 | C5:1.5 A:.5 A F | G:1.5 F:.5 G D5 |"
        "C5:1.5 A:.5 A C5 | D5:3 D5 | C5:1.5 A:.5 A F | G:1.5 F:.5 G A | F:1.5 D:.5 D C | F:3",
    ),
    Tune(
        "Mary Had a Little Lamb",
        "메리의 어린 양",
        "American, traditional, 19th century",
        4,
        "E D C D | E E E:2 | D D D:2 | E G G:2 | E D C D | E E E E | D D E D | C:4",
    ),
    Tune(
        "London Bridge",
        "런던 다리",
        "English, traditional, this tune printed in 1879",
        4,
        "G:1.5 A:.5 G F | E F G:2 | D E F:2 | E F G:2 | G:1.5 A:.5 G F | E F G:2 | D:2 G:2 | E C:3",
    ),
    Tune(
        "Row, Row, Row Your Boat",
        "노 저어라",
        "American, this tune printed by Eliphalet Oram Lyte (1842–1913) in 1881",
        3,
        "C:1.5 C:1.5 | C D:.5 E:1.5 | E D:.5 E F:.5 | G:3 | C5:.5 C5:.5 C5:.5 G:.5 G:.5 G:.5 |"
        "E:.5 E:.5 E:.5 C:.5 C:.5 C:.5 | G F:.5 E D:.5 | C:3",
    ),
    Tune(
        "Jingle Bells",
        "징글 벨",
        "James Pierpont (1822–1893), 1857; the refrain as sung since",
        4,
        "E E E:2 | E E E:2 | E G C:1.5 D:.5 | E:4 | F F F:1.5 F:.5 | F E E E:.5 E:.5 |"
        "E D D E | D:2 G:2 | E E E:2 | E E E:2 | E G C:1.5 D:.5 | E:4 | F F F:1.5 F:.5 |"
        "F E E E:.5 E:.5 | G G F D | C:4",
    ),
    Tune(
        "Silent Night",
        "고요한 밤 거룩한 밤",
        "Franz Xaver Gruber (1787–1863), 1818, as sung since",
        3,
        "G:1.5 A:.5 G | E:3 | G:1.5 A:.5 G | E:3 | D5:2 D5 | B:3 | C5:2 C5 | G:3 | A:2 A |"
        "C5:1.5 B:.5 A | G:1.5 A:.5 G | E:3 | A:2 A | C5:1.5 B:.5 A | G:1.5 A:.5 G | E:3 |"
        "D5:2 D5 | F5:1.5 D5:.5 B | C5:3 | E5:3 | C5 G E | G:1.5 F:.5 D | C:3",
    ),
    Tune(
        "Deck the Halls",
        "아름답게 장식하세",
        "Welsh, Nos Galan, printed in 1794",
        4,
        "G:1.5 F:.5 E D | C D E C | D:.5 E:.5 F:.5 D:.5 E:1.5 D:.5 | C B3 C:2 |"
        "G:1.5 F:.5 E D | C D E C | D:.5 E:.5 F:.5 D:.5 E:1.5 D:.5 | C B3 C:2 |"
        "D:1.5 E:.5 F D | E:1.5 F:.5 G D | E:.5 F#:.5 G A:.5 B:.5 C5 | B A G:2 |"
        "G:1.5 F:.5 E D | C D E C | A:.5 A:.5 A:.5 A:.5 G:1.5 F:.5 | E D C:2",
    ),
    Tune(
        "Joy to the World",
        "기쁘다 구주 오셨네",
        "after Lowell Mason (1792–1872), printed by 1848",
        4,
        "C5:2 B:1.5 A:.5 | G:3 F | E:2 D:2 | C:3 G | A:3 A | B:3 B | C5:3 C5 | C5 B A G |"
        "G:1.5 F:.5 E C5 | C5 B A G | G:1.5 F:.5 E E | E E E E:.5 F:.5 | G:3 F:.5 E:.5 |"
        "D D D D:.5 E:.5 | F:3 E:.5 D:.5 | C C5:2 A | G:1.5 F:.5 E F | E:2 D:2 | C:4",
    ),
    Tune(
        "Yankee Doodle",
        "양키 두들",
        "American, 18th century, traditional",
        4,
        "C5 C5 D5 E5 | C5 E5 D5:2 | C5 C5 D5 E5 | C5:2 B:2 | C5 C5 D5 E5 | F5 E5 D5 C5 |"
        "B G A B | C5:2 C5:2 | A:1.5 B:.5 A G | A B C5:2 | G:1.5 A:.5 G F | E:2 G:2 |"
        "A:1.5 B:.5 A G | A B C5 A | G C5 B D5 | C5:2 C5:2",
    ),
    Tune(
        "Pop Goes the Weasel",
        "팝 고스 더 위즐",
        "English, printed in 1853",
        3,
        "C C:.5 D D:.5 | E:.5 G:.5 E:.5 C G3:.5 | C C:.5 D D:.5 | E:1.5 C G3:.5 |"
        "C C:.5 D D:.5 | E:.5 G:.5 E:.5 C:1.5 | A:1.5 D F:.5 | E:1.5 C:1.5",
    ),
    Tune(
        "Brahms's Lullaby",
        "브람스의 자장가",
        "Johannes Brahms (1833–1897), 1868",
        3,
        "E:.5 E:.5 | G:1.5 E:.5 E | G:2 E:.5 G:.5 | C5 B:1.5 A:.5 | A G D:.5 E:.5 |"
        "F D D:.5 E:.5 | F:2 D:.5 F:.5 | B:.5 A:.5 G B | C5:2 C:.5 C:.5 | C5:2 A:.5 F:.5 |"
        "G:2 E:.5 C:.5 | F G A | G:2 C:.5 C:.5 | C5:2 A:.5 F:.5 | G:2 E:.5 C:.5 | F E D | C:2",
    ),
    Tune(
        "Minuet in G",
        "미뉴에트 사장조",
        "Christian Petzold (1677–1733), about 1725",
        3,
        "D5 G:.5 A:.5 B:.5 C5:.5 | D5 G G | E5 C5:.5 D5:.5 E5:.5 F#5:.5 | G5 G G |"
        "C5 D5:.5 C5:.5 B:.5 A:.5 | B C5:.5 B:.5 A:.5 G:.5 | F# G:.5 A:.5 B:.5 G:.5 | A:3 |"
        "D5 G:.5 A:.5 B:.5 C5:.5 | D5 G G | E5 C5:.5 D5:.5 E5:.5 F#5:.5 | G5 G G |"
        "C5 D5:.5 C5:.5 B:.5 A:.5 | B C5:.5 B:.5 A:.5 G:.5 | A B:.5 A:.5 G:.5 F#:.5 | G:3",
    ),
    Tune(
        "Good King Wenceslas",
        "선한 왕 벤체슬라스",
        "Tempus adest floridum, printed in 1582",
        4,
        "C C C D | C C G3:2 | A3 G3 A3 B3 | C:2 C:2 | C C C D | C C G3:2 | A3 G3 A3 B3 |"
        "C:2 C:2 | G F E D | E D C:2 | A3 G3 A3 B3 | C:2 C:2 | G3 G3 A3 B3 | C C D:2 |"
        "G F E D | C:2 F:2 | C:4",
    ),
    Tune(
        "O Tannenbaum",
        "소나무야",
        "German, traditional, with these words since 1824",
        6,
        "G3 | C:1.5 C:.5 C:3 D | E:1.5 E:.5 E:3 E | D E F:2 B3:2 | D:2 C:3 G | G E A:3 G |"
        "G F F:3 F | F D G:3 F | F E E:3 G3 | C:1.5 C:.5 C:3 D | E:1.5 E:.5 E:3 E |"
        "D E F:2 B3:2 | D:2 C:3",
    ),
    Tune(
        "God Save the King",
        "영국 국가",
        "English, printed in 1744",
        3,
        "C C D | B3:1.5 C:.5 D | E E F | E:1.5 D:.5 C | D C B3 | C:3 | G G G | G:1.5 F:.5 E |"
        "F F F | F:1.5 E:.5 D | E F:.5 E:.5 D:.5 C:.5 | E:1.5 F:.5 G | A:.5 F:.5 E D | C:3",
    ),
    Tune(
        "O du lieber Augustin",
        "오 사랑하는 아우구스틴",
        "Viennese, traditional, about 1800",
        3,
        "G:1.5 A:.5 G:.5 F:.5 | E C C | D G3 G3 | E C C | G:1.5 A:.5 G:.5 F:.5 | E C C |"
        "D:2 G3 | C:3 | D G3 G3 | E C C | D G3 G3 | E C C | G:1.5 A:.5 G:.5 F:.5 | E C C |"
        "D:2 G3 | C:3",
    ),
    Tune(
        "Sur le pont d'Avignon",
        "아비뇽 다리 위에서",
        "French, traditional, sung so since 1853; the refrain",
        4,
        "C C C:2 | D D D:2 | E F G C | B3 C D G3 | C C C:2 | D D D:2 | E F G C | D B3 C:2",
    ),
    Tune(
        "Alle meine Entchen",
        "내 아기 오리들",
        "German, traditional, 19th century",
        4,
        "C D E F | G:2 G:2 | A A A A | G:4 | A A A A | G:4 | F F F F | E:2 E:2 | D D D D | C:4",
    ),
    Tune(
        "New World Symphony, Largo",
        "신세계 교향곡 라르고",
        "Antonín Dvořák (1841–1904), 1893",
        4,
        "E:1.5 G:.5 G:2 | E:1.5 D:.5 C:2 | D E G:1.5 E:.5 | D:4 | E:1.5 G:.5 G:2 |"
        "E:1.5 D:.5 C:2 | D E D:1.5 C:.5 | C:4 | A:1.5 C5:.5 C5:2 | B:1.5 G:.5 A:2 |"
        "A C5 B:1.5 G:.5 | A:4 | A:1.5 C5:.5 C5:2 | B:1.5 G:.5 A:2 | A C5 B:1.5 G:.5 | A:4",
    ),
    Tune(
        "Home, Sweet Home",
        "즐거운 나의 집",
        "Henry Bishop (1786–1855), 1823; the verse",
        4,
        "C:.5 D:.5 | E:1.5 F:.5 F G | G:2 E G | F:1.5 E:.5 F D | E:3 C:.5 D:.5 |"
        "E:1.5 F:.5 F G | G:2 E G | F:1.5 E:.5 F D | C:3 G | C5:1.5 B:.5 A G | G:2 E G |"
        "F:1.5 E:.5 F D | E:3 G | C5:1.5 B:.5 A G | G:2 E G | F:1.5 E:.5 F D | C:3",
    ),
    Tune(
        "Oh My Darling, Clementine",
        "클레멘타인",
        "American, Percy Montrose, printed in 1884",
        3,
        "C:.5 C:.5 | C G3 E:.5 E:.5 | E C C:.5 E:.5 | G G F:.5 E:.5 | D:2 D:.5 E:.5 |"
        "F F E:.5 D:.5 | E C C:.5 E:.5 | D G3 B3:.5 D:.5 | C:2",
    ),
)
"""The tunes. Arirang, 나비야 and 반짝반짝 작은 별 are what Korean children sing first."""

"""What of two sequences is the same."""

import random

from articles.aligning import PAIRS, pairs, steps


def rebuilt(before, after):
    """`after`, made of the steps and of `before` alone where they say equal."""
    made = []
    for kind, i, i_end, j, j_end in steps(before, after):
        if kind == "equal":
            assert before[i:i_end] == after[j:j_end]
            made += before[i:i_end]
        else:
            assert (kind == "insert") == (i == i_end)
            assert (kind == "delete") == (j == j_end)
            made += after[j:j_end]
    return made


def test_steps_lead_from_one_text_to_the_other():
    """For any two texts, and the steps cover both without a gap."""
    chance = random.Random(3)
    for _ in range(300):
        before = chance.choices("abcd", k=chance.randrange(9))
        after = chance.choices("abcd", k=chance.randrange(9))
        assert rebuilt(before, after) == after
        found = steps(before, after)
        assert [step[1] for step in found[1:]] == [step[2] for step in found[:-1]]


def test_equal_texts_are_one_step_and_empty_ones_none():
    assert steps("abc", "abc") == [("equal", 0, 3, 0, 3)]
    assert steps("", "") == []


def test_a_text_that_repeats_itself_is_not_looked_at_pair_by_pair():
    """What differs in it is one replacement between the common ends."""
    before = ["x"] * PAIRS
    after = ["a", *["x"] * PAIRS, "b"]
    assert steps(before, after) == [("replace", 0, PAIRS, 0, PAIRS + 2)]
    assert steps(["x"] * 10 + ["y"], ["x"] * 10 + ["z"])[-1] == ("replace", 10, 11, 10, 11)


def test_a_long_text_is_compared_piece_by_piece():
    """Words that stand once in each hold the pieces together, in whatever stands between."""
    before = [word for number in range(4_000) for word in (f"only-{number}", "the", "of")]
    after = ["a" if word == "of" else word for word in before if word != "only-7"]
    assert rebuilt(before, after) == after
    kinds = [step[0] for step in steps(before, after)]
    assert kinds.count("replace") == 4_000
    assert kinds.count("equal") == 4_000


def test_single_words_that_changed_places_hold_nothing():
    """Only the longest row of them in one order does."""
    found = steps("abcdefg", "gabcdef")
    assert [step[0] for step in found] == ["insert", "equal", "delete"]


def test_what_was_rewritten_is_paired_with_what_it_became():
    """Like with like, in order; what has no likeness stands alone."""
    old, new = ["port", "strait"], ["new", "straits", "more"]

    def likeness(i, j):
        return len(set(old[i]) & set(new[j])) / len(set(old[i]) | set(new[j]))

    assert pairs(2, 3, likeness) == [(0, None), (None, 0), (1, 1), (None, 2)]


def test_pairing_asks_no_more_than_in_proportion():
    """Ten times the items, about ten times the questions."""
    asked = []
    for length in (100, 1_000):
        asked.append(0)

        def likeness(i, j):
            asked[-1] += 1
            return 0.5

        assert len(pairs(length, length, likeness)) == length
    assert asked[1] <= 10.5 * asked[0]


def test_a_long_text_of_few_words_is_compared_with_as_many_looks_for_each():
    """Where no word stands once, pairs and threes of them do: four times the length, about four
    times the looks, and what is the same is found to the end."""
    looks = []
    for length in (8_000, 32_000):
        looks.append(0)

        class Word(str):
            __slots__ = ()

            def __hash__(self):
                looks[-1] += 1
                return super().__hash__()

        chance = random.Random(length)
        before = [Word(chance.randrange(600)) for _ in range(length)]
        after = list(before)
        for place in chance.sample(range(length), length // 12):
            after[place] = Word("another")
        same = sum(end - at for kind, at, end, _, _ in steps(before, after) if kind == "equal")
        assert same >= 0.99 * 11 / 12 * length
    assert looks[1] <= 1.2 * 4 * looks[0]

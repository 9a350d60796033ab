"""What of two sequences is the same."""

import random

from articles.aligning import PAIRS, steps


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

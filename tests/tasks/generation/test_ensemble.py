"""What ensembles of texts choose."""

import numpy as np
import pytest

from mmbench.fusion.generation.ensemble import choose, learn

pytestmark = pytest.mark.generation

TRAINING = [
    ["a red cat sits here"],
    ["one blue dog runs there"],
    ["some big bird sings"],
]


def chosen(*members):
    """Return what is chosen among members' candidates for one row."""
    offered = [np.array([each]) for each in members]
    return choose(learn("mbr", TRAINING, None), offered).item()


def test_what_a_member_is_surest_of_outweighs_its_later_candidates():
    # The last two agree with each other, and little with the first.
    beams = ["a red cat sits here", "one blue dog runs there", "one blue dog runs"]

    assert chosen(beams) == beams[0]


def test_what_two_members_offer_is_chosen():
    first = ["a red cat sits here", "some big bird sings"]
    second = ["one blue dog runs there", "some big bird sings"]
    third = ["some big bird sings", "a red cat sits here"]

    assert chosen(first, second, third) == "some big bird sings"


def test_a_member_with_one_candidate_counts_as_much_as_one_with_three():
    many = ["a red cat sits here", "one blue dog runs there", "one blue dog"]

    assert chosen(many, ["some big bird sings"]) == "some big bird sings"

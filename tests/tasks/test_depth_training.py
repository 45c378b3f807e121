"""One layer against two, with Keras: parameters, the cut memories, and the same again."""

import numpy as np
import pytest

from unrolled.tasks import depth

pytestmark = pytest.mark.keras


def test_networks_have_the_parameters_that_the_table_says():
    shipped = {row.widths: row.parameters for row in depth.load()}
    features = len(depth.data()[2])
    assert shipped == {
        widths: depth.build(widths, features).count_params() for widths in depth.WIDTHS
    }


def test_one_memory_at_a_time_is_cut_and_all_comes_back():
    network = depth.build((3, 5), 7)
    before = network.get_weights()
    for cut, forgetful in enumerate(depth.each_without_memory(network)):
        for layer in range(2):
            W_h = forgetful.layers[layer].get_weights()[1]
            assert W_h.any() == (layer != cut)
    for one, other in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_same_seed_measures_the_same():
    one, other = (list(depth.measure((3,), 20, (1, 2), seed=3)) for _ in range(2))
    assert one == other
    assert [row.epochs for row in one] == [1, 2]
    assert one[0] != one[1]

"""What a plan will cost."""

from mmbench.engine.cache.store import Cache
from mmbench.engine.forecast import forecast
from mmbench.engine.graph.expansion import source
from mmbench.engine.graph.node import Node
from mmbench.engine.graph.works import Concatenate


def test_work_that_much_else_shares_is_looked_at_once(tmp_path):
    # Two ways lead from each node to the next: 2**60 to the first one.
    node = source("fruit")
    for _ in range(60):
        node = Node(Concatenate(), (node, node), None, "fruit")

    found = forecast([node], Cache(tmp_path, "test"))

    assert (found.n_trials, found.n_nodes, found.n_cached) == (1, 60, 0)

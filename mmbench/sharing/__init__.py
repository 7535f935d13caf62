"""Several results folders: merged, packed, ranked, and joined by foreign answers.

What happens to results after their run and away from it: neither a dataset nor the
engine is needed, and nothing that is read is executed.

May import everything below `cli`.
"""

from mmbench.sharing.answer_rows import Given
from mmbench.sharing.foreign import add_answers
from mmbench.sharing.leaderboard import Board, board_of
from mmbench.sharing.merge import merge_runs
from mmbench.sharing.pack import opened_runs, pack_run

__all__ = [
    "Board",
    "Given",
    "add_answers",
    "board_of",
    "merge_runs",
    "opened_runs",
    "pack_run",
]

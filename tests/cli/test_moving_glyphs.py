"""The same clips as five tasks, each by one command with few methods."""

import json

import pytest

FAST = ("--folds", "2", "--no-throughput", "--no-ablation", "--retrain", "none")


def asked(suite, dataset, methods, *, slow=False):
    """Return one command, marked by the task that it is about."""
    marks = [] if suite == "quick" else [getattr(pytest.mark, task_of(suite))]
    marks += [pytest.mark.slow] if slow else []
    name = f"{suite}, clips seen" if slow else suite
    return pytest.param(suite, dataset, methods, id=name, marks=marks)


def task_of(suite):
    return "generation" if suite == "captioning" else suite


@pytest.mark.parametrize(
    ("suite", "dataset", "methods"),
    [
        asked("quick", "moving_glyphs", ("dummy", "clip/motion/logistic")),
        asked("answering", "moving_glyphs_questions", ("dummy", "question/prior")),
        asked(
            "answering",
            "moving_glyphs_questions",
            ("question/prior", "*/ibowimg"),
            slow=True,
        ),
        asked(
            "retrieval",
            "moving_glyphs_retrieval",
            ("random", "*tfidf+motion/cca-local"),
        ),
        asked("captioning", "moving_glyphs_captions", ("random", "*/nearest")),
        asked("summarisation", "moving_glyphs_summaries", ("uniform", "*numeric/knn")),
    ],
)
def test_clips_are_asked_about_by_one_command(
    suite, dataset, methods, tmp_path, mmbench
):
    chosen = [word for method in methods for word in ("--method", method)]
    places = ("--out", tmp_path / "out", "--cache", tmp_path / "cache")

    how = (*FAST, *chosen, *map(str, places), "--debug", "--json")
    done = mmbench("run", suite, "--dataset", dataset, *how)

    assert done.exit_code == 0, done.output
    board = json.loads(done.stdout)["datasets"][dataset]["leaderboard"]
    assert len(board) == 2
    if suite != "summarisation":  # when a frame comes says little
        assert board[1]["method"] == methods[0]

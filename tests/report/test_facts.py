from mmbench.report.text.facts import (
    card_facts,
    columns_text,
    environment_facts,
    plain_text,
    version_facts,
)
from mmbench.tasks import Shown


def test_a_card_starts_with_what_matters_and_leaves_out_what_is_empty() -> None:
    card = {
        "zest": "much",
        "citation": "A. Author",
        "n_samples": 3,
        "title": "Things",
        "checksum": None,
        "modalities": {"name": "text", "image": "image"},
        "columns": {"name": "text", "image": "image"},
        "has_groups": False,
        "notices": ["shown elsewhere"],
    }

    assert list(card_facts(card, Shown())) == [
        ("title", "Things"),
        ("samples", "3"),
        ("modalities", "name (text), image"),
        ("citation", "A. Author"),
        ("has groups", "no"),
        ("zest", "much"),
    ]


def test_hundreds_of_columns_are_counted_and_views_are_named() -> None:
    views = {"shape": 200, "edges": 100}
    columns = [f"{view}_{i}" for view, n in views.items() for i in range(n)]
    entry = {"modalities": {"name": "text"} | dict.fromkeys(columns, "numeric")}

    assert columns_text(entry) == (
        "name (text), 300 numeric columns (shape_0 to edges_99)"
    )
    assert columns_text(entry | {"views": views}) == (
        "name (text), 300 numeric columns (2 views: shape, edges)"
    )


def test_the_environment_is_flat_and_names_in_it_stay_as_they_are() -> None:
    environment = {
        "schema": 1,
        "n_cores": 2,
        "threads_per_job": 1,
        "torch": {"device": "cpu", "n_threads": 1},
        "datasets": {"my_set": "sha256:00"},
        "gpu": None,
        "versions": {"typing_extensions": "4.12"},
    }

    assert list(environment_facts(environment)) == [
        ("cores", "2"),
        ("threads per job", "1"),
        ("torch.device", "cpu"),
        ("torch.n_threads", "1"),
        ("datasets.my_set", "sha256:00"),
    ]
    assert list(version_facts(environment)) == [("typing_extensions", "4.12")]


def test_sentences_are_not_joined_by_commas() -> None:
    assert plain_text(["One is missing.", "So is two."]) == "One is missing. So is two."
    assert plain_text(["a", "b.c"]) == "a, b.c"

"""The report in a browser, with the network off."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmbench.report import make_report
from mmbench.results import Predictions, Record, ResultStore

playwright_api = pytest.importorskip(
    "playwright.sync_api",
    reason="playwright is not installed: pip install mmbench[test]",
)
axe_api = pytest.importorskip(
    "axe_playwright_python.sync_playwright",
    reason="axe is not installed: pip install mmbench[test]",
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
    # A closed browser's transport is finalised late, which is none of our doing.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

GOLDEN = Path(__file__).parents[1] / "golden" / "results"
PHONE = {"width": 390, "height": 800}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the report of a small run with predictions, speeds and probes."""
    store = ResultStore(tmp_path_factory.mktemp("out"))
    methods = {
        "text/tfidf/logistic": ("text", "none", 0.8),
        "image/hog/logistic": ("image", "none", 0.6),
        "text+image/tfidf+hog/early/logistic": ("text+image", "early", 0.9),
        "text+image/tfidf+hog/late/logistic": ("text+image", "late", 0.89),
    }
    trials = [
        {"key": f"{i:x}{fold}", "dataset": "d", "method": name, "fold": fold, "seed": 0}
        for i, name in enumerate(methods)
        for fold in range(5)
    ]
    plan = {
        "suite": "small",
        "scoring": ["f1_macro", "accuracy", "log_loss"],
        "datasets": {"d": {"n_samples": 200, "n_classes": 3}},
        "methods": {
            name: {"modalities": sees, "fusion": fusion, "classifier": "Logistic"}
            for name, (sees, fusion, _) in methods.items()
        },
        "trials": trials,
    }
    with store.open(plan, {"python": "3.11"}):
        for number, trial in enumerate(trials):
            store.append(*_trial(trial, methods[trial["method"]][2], number))
        store.keep_throughput(
            {"d": {name: {"samples_per_s": 100.0 + len(name)} for name in methods}}
        )
    return make_report(store.out_dir)


@pytest.fixture(scope="module")
def golden_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the report of a run of two datasets, whose tables have many columns."""
    out = tmp_path_factory.mktemp("golden") / "results"
    shutil.copytree(GOLDEN, out)
    return make_report(out)


def _trial(
    trial: dict[str, Any], skill: float, number: int
) -> tuple[Record, Predictions]:
    rng = np.random.default_rng(number)
    truth = np.arange(40) % 3
    answers = np.where(rng.random(40) < skill, truth, (truth + 1) % 3)
    proba = np.full((40, 3), 0.1)
    proba[np.arange(40), answers] = 0.8
    score = float((answers == truth).mean())
    # The log loss says the opposite, so that ranking by it turns the table over.
    scores = {"f1_macro": score, "accuracy": score, "log_loss": skill}
    record = Record(
        **trial,
        suite="small",
        status="ok",
        scores=scores,
        n_train=160,
        n_test=40,
        fit_time_s=0.1,
        predict_time_s=0.01,
    )
    kept = {"y_true": truth, "classes": np.arange(3), "proba": proba}
    return record, Predictions(40 * trial["fold"] + np.arange(40), kept)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def opened(browser: Any, path: Path, **options: Any) -> Any:
    """Open the page offline, where anything on the console is an error."""
    context = browser.new_context(offline=True, **({"viewport": DESK} | options))
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda request: page.said.append(request.url))
    page.goto(path.as_uri())
    page.said = [text for text in page.said if text != path.as_uri()]
    return page


@pytest.fixture
def page(browser: Any, page_file: Path) -> Iterator[Any]:
    page = opened(browser, page_file)
    yield page
    page.context.close()


def names(page: Any) -> list[str]:
    rows = page.locator(".dataset table").first.locator("tbody tr:not([hidden]) .name")
    return list(rows.all_inner_texts())


def test_the_page_says_nothing_on_the_console_and_asks_for_nothing(page: Any) -> None:
    assert page.said == []
    assert page.title() == "small · mmbench report"


def test_a_heading_sorts_by_click_and_by_keyboard(page: Any) -> None:
    table = page.locator(".dataset table").first
    heading = table.locator("thead th").nth(1)

    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    rising = names(page)
    assert rising[0] == "image/hog"
    assert rising.index("early") + 1 == rising.index("late")

    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert names(page) == rising[::-1]
    assert table.locator("[aria-sort]").count() == 1


def test_a_filter_keeps_rows_with_all_its_words_and_says_how_many(page: Any) -> None:
    page.locator(".dataset").get_by_label("Filter").first.fill("image early")

    assert names(page) == ["early"]
    assert page.locator(".dataset output").first.inner_text() == "1 of 4 rows"
    page.locator(".dataset").get_by_label("Filter").first.fill("")
    assert len(names(page)) == 4


def test_another_metric_ranks_anew(page: Any) -> None:
    assert names(page)[-1] == "image/hog"

    page.locator(".dataset").get_by_label("Rank by").select_option(label="log loss")

    assert names(page)[0] == "image/hog"
    ranks = (
        page.locator(".dataset table").first.locator("tbody .rank").all_inner_texts()
    )
    assert ranks == ["1", "2", "3", "4"]
    assert (
        page.locator(".dataset caption")
        .first.inner_text()
        .startswith("Methods ranked by log loss")
    )


def test_the_best_and_what_ties_with_it_are_marked(page: Any) -> None:
    marks = {
        row.locator(".name").inner_text(): row.locator("td.number").nth(1)
        for row in page.locator(".dataset table").first.locator("tbody tr").all()
    }
    kinds = {name: cell.get_attribute("class") for name, cell in marks.items()}

    fused = [kinds["early"], kinds["late"]]
    assert sorted(fused) == ["number best", "number tied"]
    assert kinds["image/hog"] == "number"


def test_a_point_of_a_figure_names_its_method(page: Any) -> None:
    titles = page.locator("svg.plot title").all_text_contents()

    assert any(t.startswith("text+image/tfidf+hog/early/logistic: ") for t in titles)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, page_file: Path, scheme: str) -> None:
    page = opened(browser, page_file, color_scheme=scheme)
    found = axe_api.Axe().run(page).response["violations"]
    page.context.close()

    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_dark_is_dark(browser: Any, page_file: Path) -> None:
    page = opened(browser, page_file, color_scheme="dark")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.context.close()

    assert ground == "rgb(23, 28, 35)"


@pytest.mark.multilabel
@pytest.mark.parametrize("width", [390, 800, 1280])
def test_wide_tables_scroll_and_the_page_does_not(
    browser: Any, golden_page: Path, width: int
) -> None:
    page = opened(browser, golden_page, viewport={"width": width, "height": 800})

    found = page.evaluate("document.documentElement.scrollWidth")
    page.context.close()
    assert found <= width


def test_a_phone_shows_the_chosen_metric_without_scrolling_the_page(
    browser: Any, page_file: Path
) -> None:
    page = opened(browser, page_file, viewport=PHONE)

    width = page.evaluate("document.documentElement.scrollWidth")
    shown = (
        page.locator(".dataset table")
        .first.locator("thead th:visible")
        .all_inner_texts()
    )
    page.context.close()
    assert width <= PHONE["width"]
    assert shown == ["#", "method", "macro-F1", "trials"]

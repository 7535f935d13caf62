import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from mmbench.errors import DataWarning, StoreError
from mmbench.report import make_report
from mmbench.results import Record, ResultStore

Plan = dict[str, Any]
Records = dict[str, Record]
MakeOut = Callable[..., Path]

HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "a|b | **c** `d` [e](javascript:f)",
    "{{ 7 * 7 }}{% raw %}",
    "</title></style></svg>--><script>",
    "=cmd|' /C calc'!A0",
    "name\nwith\n# lines",
    "$\\frac{$ \ud800 \x00 \u202e",
    "../../etc/passwd",
]


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def read_all(out: Path) -> dict[str, bytes]:
    made = [out / "report.md", out / "report.html"]
    made += [*(out / "tables").iterdir(), *(out / "figures").iterdir()]
    return {str(path.relative_to(out)): path.read_bytes() for path in made}


@pytest.fixture(scope="module")
def hostile(reported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a report in which all names, reasons and notices are hostile."""
    store = ResultStore(reported)
    plan, records = store.plan(), store.records()
    methods = dict(zip(plan["methods"], HOSTILE * 3, strict=False))
    methods = {name: f"{evil}{i}" for i, (name, evil) in enumerate(methods.items())}
    datasets = {"glyphs": HOSTILE[0], "synthetic": HOSTILE[-1]}
    all_evil = " ".join(HOSTILE)
    for trial in plan["trials"]:
        trial["dataset"] = datasets[trial["dataset"]]
        trial["method"] = methods[trial["method"]]
    plan["datasets"] = {datasets[name]: card for name, card in plan["datasets"].items()}
    for card in plan["datasets"].values():
        card |= {"title": all_evil, "notices": HOSTILE, "source": "javascript:alert(1)"}
        card |= {"notice_codes": HOSTILE}
        card["modalities"] = dict.fromkeys(HOSTILE, "text")
    plan["methods"] = {methods[name]: m for name, m in plan["methods"].items()}
    for i, method in enumerate(plan["methods"].values()):
        evil = HOSTILE[i % len(HOSTILE)]
        method |= {"extractors": evil, "fusion": evil, "modalities": evil}
    plan |= {"suite": all_evil, "cv": all_evil, "ignored": HOSTILE[:1]}
    changed: list[tuple[Record, None]] = []
    for record in records.values():
        values = vars(record) | {"warnings": HOSTILE}
        if record.status != "ok":
            values |= {"reason": all_evil, "traceback": f"```\n{all_evil}\n```"}
        changed.append((Record(**values), None))
    out = tmp_path_factory.mktemp("hostile")
    with ResultStore(out).open(plan, {"command": all_evil, all_evil: all_evil}) as new:
        new.extend(changed)
    make_report(out)
    return out


def test_the_report_is_the_page_that_is_returned(out: Path) -> None:
    page = make_report(str(out))

    assert page == out / "report.html"
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_same_folder_gives_the_same_bytes(out: Path) -> None:
    make_report(out)
    first = read_all(out)
    make_report(out)

    assert read_all(out) == first
    assert len(first) == 18


def test_a_report_needs_neither_torch_nor_the_engine(out: Path) -> None:
    script = (
        "import sys\n"
        "from mmbench.report import make_report\n"
        "make_report(sys.argv[1])\n"
        "heavy = {'torch', 'sklearn', 'gensim', 'xgboost', 'mmbench.engine',"
        " 'mmbench.datasets'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    command = [sys.executable, "-c", script, str(out)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_the_page_needs_nothing_but_itself(reported: Path) -> None:
    page = Page((reported / "report.html").read_text(encoding="utf-8"))

    assert not page.attributes("link")
    assert not page.attributes("img")
    assert page.attributes("script") == [{}]
    assert not any("src" in attributes for _, attributes in page.tags)
    (policy,) = (a for a in page.attributes("meta") if "http-equiv" in a)
    assert "default-src 'none'" in str(policy["content"])


def test_the_policy_of_the_page_lets_its_own_script_run(reported: Path) -> None:
    import base64
    import hashlib

    text = (reported / "report.html").read_text(encoding="utf-8")

    script = text.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text


def test_tables_can_be_read_out_aloud(reported: Path) -> None:
    page = Page((reported / "report.html").read_text(encoding="utf-8"))

    assert len(page.attributes("caption")) == len(page.attributes("table")) == 9
    assert {a.get("scope") for a in page.attributes("th")} == {"col", "row"}
    assert all(a.get("aria-label") for a in page.attributes("svg"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_best_of_a_column_is_marked_and_the_dummys_speed_is_not(
    reported: Path,
) -> None:
    text = (reported / "report.html").read_text(encoding="utf-8")
    table = text.split("Methods ranked by")[1].split("<tbody>")[1]
    table = table.split("</tbody>")[0]
    first, *_, dummy = table.split("<tr>")[1:]

    assert 'title="text+image/tfidf+cnn/early/logistic: Tfidf' in first
    assert ">tfidf+cnn/<wbr>early/<wbr>logistic<" in first
    assert '<b>0.793</b><span class="unseen"> (best)</span>' in first
    assert '<span class="name">dummy</span>' in dummy
    assert "best" not in dummy


def test_a_method_with_trials_missing_stands_apart_with_its_coverage(
    reported: Path,
) -> None:
    text = (reported / "report.html").read_text(encoding="utf-8")
    ranked, apart = (
        text.split(f"<caption>{caption}")[1].split("</tbody>")[0]
        for caption in ("Methods ranked by", "Methods with trials missing")
    )

    assert "text/<wbr>fasttext/<wbr>logistic" not in ranked
    assert "text/<wbr>fasttext/<wbr>logistic" in apart
    assert ">4/5</td>" in apart
    assert ">0/5</td>" in apart


def test_failures_of_one_kind_are_told_once_with_their_folds(reported: Path) -> None:
    text = (reported / "report.md").read_text(encoding="utf-8")

    assert text.count("skipped in folds 0, 1, 2, 3, 4: torch is not installed") == 2
    assert text.count("failed in fold 3: ValueError: every text") == 1
    assert text.count("Traceback (most recent call last)") == 1


def test_cards_notices_and_environment_are_told(reported: Path) -> None:
    page = (reported / "report.html").read_text(encoding="utf-8")

    for told in (
        "Bitstream Vera Licence",
        "12 of 1,200 images can&#39;t be read and count as missing.",
        "AMD EPYC 7B13",
        "mmbench run quick",
        "scikit-learn",
    ):
        assert told in page


def test_no_name_becomes_markup_in_the_page(reported: Path, hostile: Path) -> None:
    honest = Page((reported / "report.html").read_text(encoding="utf-8"))
    known_tags = {tag for tag, _ in honest.tags}

    page = Page((hostile / "report.html").read_text(encoding="utf-8"))

    assert {tag for tag, _ in page.tags} <= known_tags
    assert page.attributes("script") == [{}]
    for _, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert not str(attributes.get("href", "")).startswith("javascript:")
    words = "".join(page.words)
    assert "<script>alert(1)</script>" in words
    assert "{{ 7 * 7 }}" in words


def test_no_name_becomes_markup_in_markdown(hostile: Path) -> None:
    text = (hostile / "report.md").read_text(encoding="utf-8")
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    page = Page(html)
    assert {tag for tag, _ in page.tags} <= {
        *("h1", "h2", "h3", "p", "ul", "li", "strong", "blockquote", "img", "a"),
        *("table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
        *("pre", "code"),
    }
    targets = {a["href"] for a in page.attributes("a")}
    assert all(str(target).startswith(("tables", "figures")) for target in targets)
    images = {a["src"] for a in page.attributes("img")}
    assert all((hostile / str(source)).is_file() for source in images)


def test_no_name_adds_a_column_to_a_markdown_table(hostile: Path) -> None:
    text = (hostile / "report.md").read_text(encoding="utf-8")
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    first = html.split("<tbody>")[1].split("</tbody>")[0]
    n_columns = html.split("<thead>")[1].split("</thead>")[0].count("<th")
    for line in first.split("<tr>")[1:]:
        cells = line.split("<td")[1:]
        assert len(cells) == n_columns
        assert cells[0].startswith(' style="text-align:right">')


def test_figure_files_of_any_dataset_stay_in_their_folder(hostile: Path) -> None:
    names = {path.name for path in (hostile / "figures").glob("*.svg")}
    assert names == {
        *("script-alert-1-script-scores.svg", "script-alert-1-script-throughput.svg"),
        *("etc-passwd-scores.svg", "etc-passwd-throughput.svg"),
    }


def test_datasets_whose_names_differ_in_signs_alone_keep_their_own_figures(
    make_out: MakeOut, plan: Plan, records: Records
) -> None:
    names = {"glyphs": "a b", "synthetic": "a-b"}
    plan["datasets"] = {names[name]: card for name, card in plan["datasets"].items()}
    for trial in plan["trials"]:
        trial["dataset"] = names[trial["dataset"]]

    out = make_out(plan, records)
    make_report(out)

    assert {path.name for path in (out / "figures").glob("*.svg")} == {
        *("a-b-scores.svg", "a-b-throughput.svg"),
        *("a-b-2-scores.svg", "a-b-2-throughput.svg"),
    }


def test_a_run_that_was_cut_short_is_reported_with_what_there_is(
    make_out: MakeOut, plan: Plan, records: Records
) -> None:
    some = dict(list(records.items())[:30])

    text = make_report(make_out(plan, some)).read_text(encoding="utf-8")

    assert "170 not run yet" in text
    assert "No method has all its trials ok, so none is ranked." in text


def test_an_empty_plan_is_reported(make_out: MakeOut) -> None:
    out = make_out({"datasets": {}, "methods": {}, "trials": []}, {}, {})

    assert "All 0 trials are ok." in make_report(out).read_text(encoding="utf-8")


def test_corrupt_lines_are_warned_about_and_their_trials_count_as_not_run(
    out: Path,
) -> None:
    path = out / "records.jsonl"
    path.write_text("garbage\n" + "".join(path.read_text().splitlines(True)[1:]))

    with pytest.warns(DataWarning, match="1 of 200 lines"):
        page = make_report(out)

    assert "1 not run yet" in page.read_text(encoding="utf-8")


def test_what_is_no_results_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not a results folder"):
        make_report(tmp_path)

    assert list(tmp_path.iterdir()) == []

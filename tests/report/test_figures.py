import io
import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from mmbench.presentation.drawing import printable
from mmbench.presentation.label_placement import Label, place_labels
from mmbench.presentation.palette import FUSIONS, INK, MUTED, PAPER, Tone
from mmbench.presentation.svg import figure_style, inline_svg, png_bytes
from mmbench.report.figures.methods import scores_figure, throughput_figure
from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.tables.methods import method_rows
from mmbench.results import Record
from tests.report.rows import ranked

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def glyphs(plan: dict[str, Any], records: dict[str, Record]) -> Leaderboard:
    rows = method_rows(plan, records)
    return ranked(row for row in rows if row.dataset == "glyphs")


def renamed(found: Leaderboard, name: str) -> Leaderboard:
    rows = [(rank, row._replace(method=name)) for rank, row in found.ranked]
    return replace(found, ranked=tuple(rows), unranked=())


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own figure
    return ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


def test_the_same_numbers_give_the_same_bytes(glyphs: Leaderboard) -> None:
    for draw in (throughput_figure, scores_figure):
        assert draw(glyphs) == draw(glyphs)


def test_a_png_shows_the_figure_and_is_the_same_each_time(glyphs: Leaderboard) -> None:
    drawing = scores_figure(glyphs)
    assert drawing is not None

    drawn, again = (png_bytes(drawing.image.figure) for _ in range(2))

    with Image.open(io.BytesIO(drawn)) as found:
        inches = drawing.image.figure.get_size_inches()
        assert found.width / found.height == pytest.approx(inches[0] / inches[1], 0.01)
        assert found.convert("L").getextrema()[0] < 128
    assert drawn == again


def test_a_users_matplotlib_settings_change_nothing(glyphs: Leaderboard) -> None:
    import matplotlib as mpl

    expected = scores_figure(glyphs)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        assert scores_figure(glyphs) == expected


def test_every_ranked_method_is_named_beside_its_score(glyphs: Leaderboard) -> None:
    drawing = scores_figure(glyphs)

    assert drawing is not None
    assert {row.method for row in glyphs.rows} <= set(texts(drawing.svg))


def test_the_best_points_against_speed_carry_their_rank(glyphs: Leaderboard) -> None:
    drawing = throughput_figure(glyphs)

    assert drawing is not None
    assert {"1", "2", "3", "4", "5"} <= set(texts(drawing.svg))


def test_the_caption_names_the_methods_that_none_beats_in_both(
    glyphs: Leaderboard,
) -> None:
    drawing = throughput_figure(glyphs)

    rows = [row for row in glyphs.rows if not row.is_floor]
    expected = [
        row.method
        for row in rows
        if not any(
            other.scores["accuracy"] >= row.scores["accuracy"]
            and other.samples_per_s >= row.samples_per_s
            and other is not row
            for other in rows
        )
    ]
    assert drawing is not None
    assert [text.split(":")[0] for _, text in drawing.leaders] == expected


def test_a_caption_names_a_dummy_only_where_there_is_one(glyphs: Leaderboard) -> None:
    pairs = tuple((rank, row) for rank, row in glyphs.ranked if not row.is_floor)
    with_dummy, without = map(
        throughput_figure, (glyphs, replace(glyphs, ranked=pairs))
    )

    assert with_dummy is not None
    assert without is not None
    assert "The dummy" in with_dummy.caption
    assert "dummy" not in without.caption


def test_accuracy_against_speed_leaves_out_the_dummy_and_methods_far_below(
    glyphs: Leaderboard,
) -> None:
    drawing = throughput_figure(glyphs)

    # The best accuracy is .909, the median .878: what is drawn is above .83.
    drawn = {
        row.method: row.scores["accuracy"] > 0.83
        for row in glyphs.rows
        if not row.is_floor
    }
    assert drawing is not None
    told = {hint.split(": ")[0] for hint in drawing.hints.values()}
    assert told == {method for method, near in drawn.items() if near}
    n_far = sum(not near for near in drawn.values())
    assert f"The dummy and {n_far} methods far below are left out." in drawing.caption


def test_nothing_is_drawn_of_nothing(glyphs: Leaderboard) -> None:
    empty = replace(glyphs, ranked=())

    assert throughput_figure(empty) is None
    assert scores_figure(empty) is None


def test_without_speeds_there_is_no_figure_against_speed(glyphs: Leaderboard) -> None:
    slow = [(rank, row._replace(samples_per_s=math.nan)) for rank, row in glyphs.ranked]

    assert throughput_figure(replace(glyphs, ranked=tuple(slow), unranked=())) is None


def test_one_method_alone_can_be_drawn(glyphs: Leaderboard) -> None:
    alone = replace(glyphs, ranked=glyphs.ranked[:1], unranked=())

    assert throughput_figure(alone) is not None
    assert scores_figure(alone) is not None


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        r"$\frac{1$ & ]]> -->",
        "\x00\x1b\x7f\ud800\ufffe",
        "名前 🎉 \u202egnissim",
        "long " * 100,
        "two\nlines",
        "",
    ],
)
def test_any_name_makes_a_well_formed_figure(glyphs: Leaderboard, name: str) -> None:
    for drawing in (throughput_figure, scores_figure):
        found = drawing(renamed(glyphs, name))
        assert found is not None
        page_part = inline_svg(
            found.svg, prefix="p", label=found.caption, hints=found.hints
        )
        cleaned = page_part.translate({0: None, 0x1B: None, 0xD800: None, 0xFFFE: None})
        root = ElementTree.fromstring(cleaned)  # noqa: S314 - our own figure
        assert {node.tag for node in root.iter()} <= {
            *("svg", "g", "path", "use", "text", "tspan", "title"),
            *("defs", "clipPath", "rect"),
        }


def test_a_name_in_a_figure_is_one_short_printable_line() -> None:
    assert printable("a\n b\x00\u202ec") == "a b c"
    assert len(printable("x" * 1000)) == 70


def test_an_inlined_figure_shares_no_id_and_takes_the_colours_of_the_page(
    glyphs: Leaderboard,
) -> None:
    drawing = scores_figure(glyphs)
    assert drawing is not None

    first, second = (
        inline_svg(drawing.svg, prefix=prefix, label="x") for prefix in ("a", "b")
    )

    def ids(svg: str) -> list[str]:
        root = ElementTree.fromstring(svg)  # noqa: S314 - our own figure
        return [node.attrib["id"] for node in root.iter() if "id" in node.attrib]

    assert len(set(ids(first) + ids(second))) == len(ids(first)) + len(ids(second))
    assert INK.light not in first
    assert PAPER.light not in first
    assert f"var({INK.variable})" in first


def test_no_label_covers_another_or_a_point() -> None:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    points = [(0.5 + 0.01 * i, 0.5 + 0.01 * j) for i in range(4) for j in range(3)]
    labels = [Label(*point, str(i), is_strong=False) for i, point in enumerate(points)]
    with figure_style():
        figure = Figure(figsize=(6, 4), dpi=72)
        axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
        axes.set(xlim=(0, 1), ylim=(0, 1))
        place_labels(axes, labels, points)
        figure.draw_without_rendering()
        # The extent of an annotation would hold the line to its point too.
        boxes = [Text.get_window_extent(text) for text in axes.texts]
        middles = axes.transData.transform(points)

    assert len(boxes) == len(points)
    for one, other in itertools.combinations(boxes, 2):
        assert one.intersection(one, other) is None
    for x, y in middles:
        assert not any(box.contains(x, y) for box in boxes)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first: str, second: str) -> float:
    low, high = sorted([luminance(first), luminance(second)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("tone", "least"),
    [(INK, 7.0), (MUTED, 4.5), *[(tone, 3.0) for tone in FUSIONS.values()]],
)
def test_every_colour_stands_out_from_its_ground(tone: Tone, least: float) -> None:
    assert contrast(tone.light, PAPER.light) >= least
    assert contrast(tone.dark, PAPER.dark) >= least


def test_figures_are_files_of_their_own(reported: Path) -> None:
    names = sorted(path.name for path in (reported / "figures").iterdir())
    assert names == [
        f"{name}.{kind}"
        for name in (
            *("glyphs-scores", "glyphs-throughput"),
            *("synthetic-scores", "synthetic-throughput"),
        )
        for kind in ("png", "svg")
    ]

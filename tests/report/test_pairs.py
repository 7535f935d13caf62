"""Every pair of the best methods, as a report shows it."""

import numpy as np
from scipy import stats

from mmbench.report.content import report_content
from mmbench.report.document import Fold, Table
from mmbench.report.parts.pairs import pair_blocks
from tests.report.test_verdicts import CLASSES, Made

METHODS = {f"text/m{i}": ("text", "none", "Logistic") for i in range(12)}
LEVELS = {name: 0.9 - 0.03 * i for i, name in enumerate(METHODS)}


def made() -> Made:
    run = Made(METHODS, LEVELS, n=500)
    run.plan["scoring"] = ["accuracy"]
    run.plan["datasets"]["d0"] |= {"ranked_by": "accuracy", "task": "classification"}
    return run


def right_answers(run: Made, method: str) -> np.ndarray:
    found = np.zeros(500)
    for key, record in run.records.items():
        if record.method == method:
            rows, kept = run.predictions[key][:2]
            said = CLASSES[kept["proba"].argmax(axis=1)]
            found[rows] = said == kept["y_true"]
    return found


def test_pairs_of_the_ten_best_have_the_plain_difference_and_a_wider_interval() -> None:
    run = made()
    (section,) = report_content(run.run(), run.judge()).sections

    assert len(section.pairs) == 10 * 9 / 2
    for row in section.pairs:
        lead = right_answers(run, row.first) - right_answers(run, row.second)
        assert abs(row.estimate - lead.mean()) < 1e-9
        error = lead.std(ddof=1) / np.sqrt(len(lead))
        assert row.high - row.low > 2 * stats.norm.ppf(0.975) * error * 0.999
        assert abs(abs(row.effect_size) - abs(lead.mean()) / lead.std()) < 0.02
        assert (row.p_value < 0.05) == (row.low > 0 or row.high < 0)
        assert row.n_compared == 12 * 11 / 2


def test_the_matrix_says_of_each_pair_the_opposite_both_ways() -> None:
    run = made()
    content = report_content(run.run(), run.judge())
    (fold,) = pair_blocks(content.sections[0], content)
    assert isinstance(fold, Fold)
    (table,) = fold.blocks
    assert isinstance(table, Table)

    said = [[cell.text for cell in row[2:]] for row in table.rows]

    opposite = {"win": "loss", "loss": "win", "tie": "tie"}
    for i, line in enumerate(said):
        assert line[i] == ""
        for j in range(i):
            (word, lead), (other, back) = line[j].split(), said[j][i].split()
            assert word == opposite[other]
            assert lead.lstrip("+")[-3:] == back.lstrip("+")[-3:]
    assert {text.split()[0] for line in said for text in line if text} == {*opposite}

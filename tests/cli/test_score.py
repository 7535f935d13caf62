"""``mmbench score`` equals the tools of the field, and names what doesn't fit."""

import json

import pytest
import sacrebleu

TEXTS = {"7": "a red cat sits", "x": "Two dogs run!", "9": "the blue car"}
REFERENCES = {
    "7": ["A red cat is sitting.", "a cat"],
    "x": ["Two dogs are running!", "dogs run"],
    "9": ["A car that is blue.", "the blue car"],
}


def lines(folder, name, field, values):
    path = folder / name
    rows = [json.dumps({"id": key, field: value}) for key, value in values.items()]
    path.write_text("\n".join(rows) + "\n")
    return path


def scored(mmbench, task, references, predictions, *options):
    asked = ["--task", task, "--references", references, "--predictions", predictions]
    return mmbench("score", *asked, *options)


@pytest.mark.generation
def test_translations_are_scored_as_sacrebleu_scores_them(mmbench, tmp_path):
    refs = lines(tmp_path, "refs.jsonl", "references", REFERENCES)
    hyps = lines(tmp_path, "hyps.jsonl", "prediction", dict(reversed(TEXTS.items())))

    found = json.loads(scored(mmbench, "generation", refs, hyps, "--json").stdout)

    streams = list(zip(*REFERENCES.values(), strict=True))
    bleu = sacrebleu.BLEU()
    expected = bleu.corpus_score([*TEXTS.values()], streams).score
    assert found["scores"]["sacrebleu"]["score"] == pytest.approx(expected, abs=1e-9)
    assert found["signatures"]["sacrebleu"] == str(bleu.get_signature())
    chrf = sacrebleu.CHRF()
    expected = chrf.corpus_score([*TEXTS.values()], streams).score
    assert found["scores"]["chrf"]["score"] == pytest.approx(expected, abs=1e-9)
    assert found["signatures"]["chrf"] == str(chrf.get_signature())
    assert found["n"] == 3
    interval = found["scores"]["bleu_1"]
    assert interval["low"] <= interval["score"] <= interval["high"]


@pytest.mark.generation
@pytest.mark.parametrize(
    ("references", "predictions", "message"),
    [
        (REFERENCES, {"7": "a", "x": "b"}, 'lacks a prediction for the id "9"'),
        (REFERENCES, {**TEXTS, "new": "c"}, 'has no references for the id "new"'),
        (REFERENCES, {**TEXTS, "7": 5}, "line 1: the prediction must be a string"),
        ({**REFERENCES, "x": []}, TEXTS, "line 2: references must be a list"),
    ],
)
def test_ids_that_do_not_fit_are_named(
    mmbench, tmp_path, references, predictions, message
):
    refs = lines(tmp_path, "refs.jsonl", "references", references)
    hyps = lines(tmp_path, "hyps.jsonl", "prediction", predictions)

    result = scored(mmbench, "generation", refs, hyps)

    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.generation
def test_a_doubled_id_is_named_with_both_lines(mmbench, tmp_path):
    refs = lines(tmp_path, "refs.jsonl", "references", REFERENCES)
    hyps = lines(tmp_path, "hyps.jsonl", "prediction", TEXTS)
    hyps.write_text(hyps.read_text() + hyps.read_text())

    result = scored(mmbench, "generation", refs, hyps)

    assert 'line 4: the id "7" is already in line 1' in result.stderr


@pytest.mark.answering
def test_answers_are_scored_by_how_many_people_gave_them(mmbench, tmp_path):
    people = {"1": ["yes"] * 10, "2": ["red"] * 2 + ["blue"] * 8}
    refs = lines(tmp_path, "refs.jsonl", "references", people)
    hyps = lines(tmp_path, "hyps.jsonl", "prediction", {"1": "yes", "2": "red"})

    found = json.loads(scored(mmbench, "answering", refs, hyps, "--json").stdout)

    # Of two who said it, two sets of nine keep one (1/3), and eight keep both (2/3).
    assert found["scores"]["vqa_accuracy"]["score"] == pytest.approx((1 + 0.6) / 2)


@pytest.mark.retrieval
def test_rankings_are_scored_as_trec_eval_scores_them(mmbench, tmp_path):
    pytrec_eval = pytest.importorskip("pytrec_eval")
    judged = {"q": {"a": 1, "b": 0, "c": 1}, "r": {"b": 1}, "s": {"a": 1, "d": 1}}
    ranked = {
        "q": {"a": 0.2, "b": 0.9, "c": 0.2},
        "r": {"a": 0.5, "b": 0.5, "c": 0.5},
        "s": {"a": 0.1, "b": 0.3},
    }
    qrels = [f"{q} 0 {d} {g}" for q, items in judged.items() for d, g in items.items()]
    run = [
        f"{q} Q0 {d} 0 {s} m" for q, items in ranked.items() for d, s in items.items()
    ]
    (tmp_path / "a.qrels").write_text("\n".join(qrels))
    (tmp_path / "a.run").write_text("\n".join(run))

    files = tmp_path / "a.qrels", tmp_path / "a.run"
    found = json.loads(scored(mmbench, "retrieval", *files, "--json").stdout)["scores"]

    names = {"map": "map", "recip_rank": "mrr", "ndcg_cut_10": "ndcg_at_10"}
    names |= {"recall_5": "recall_at_5", "success_1": "hit_at_1"}
    asked = {"map", "recip_rank", "ndcg_cut", "recall", "success"}
    each = pytrec_eval.RelevanceEvaluator(judged, asked).evaluate(ranked)
    for theirs, ours in names.items():
        expected = sum(query[theirs] for query in each.values()) / len(each)
        assert found[ours]["score"] == pytest.approx(expected), ours


@pytest.mark.summarisation
def test_a_task_without_files_of_its_own_says_what_to_do(mmbench, tmp_path):
    result = scored(mmbench, "summarisation", tmp_path / "a", tmp_path / "b")

    assert result.exit_code == 2
    assert "mmbench add" in result.stderr

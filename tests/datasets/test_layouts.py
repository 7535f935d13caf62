"""Every layout, on a small copy of how its dataset is published."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from mmbench.datasets import Samples, load_card, read_dataset
from mmbench.datasets.card import Card, card_paths
from mmbench.datasets.layouts.arrays import ArraysLayout
from mmbench.datasets.layouts.records import RecordsLayout
from mmbench.errors import DataError
from mmbench.testing import check_dataset

Write = Callable[[Path], None]


def picture(path: Path, shade: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((4, 4, 3), shade, np.uint8)).save(path)


def lines(path: Path, *rows: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    said = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("\n".join(said) + "\n", encoding="utf-8")


def small(name: str, **changed: object) -> Card:
    """Return a dataset's card without the sizes, which a small copy hasn't got."""
    files = [
        file.model_copy(update={"checksum": None}) for file in load_card(name).files
    ]
    update = {
        "n_samples": None,
        "n_classes": None,
        "classes": (),
        "official_split": {},
        "files": tuple(f.model_copy(update={"n_files": None}) for f in files),
    }
    return load_card(name).model_copy(update=update | changed)


def read(name: str, root: Path, **changed: object) -> Samples:
    return read_dataset(root, card=small(name, **changed)).load()


def shades(samples: Samples, column: str = "image") -> list[int]:
    """Return the first pixel of each picture."""
    found = []
    for cell in samples.X[column]:
        file = io.BytesIO(cell) if isinstance(cell, bytes) else cell
        with Image.open(file) as image:
            found.append(int(np.asarray(image.convert("RGB"))[0, 0, 0]))
    return found


def test_hateful_memes(tmp_path):
    for i in range(4):
        picture(tmp_path / f"img/{i}.png", 10 * i)
    rows = [
        {"id": i, "img": f"img/{i}.png", "label": i % 2, "text": f"t{i}"}
        for i in range(4)
    ]
    lines(tmp_path / "train.jsonl", *rows[:2])
    lines(tmp_path / "dev.jsonl", *rows[2:])
    samples = read("hateful_memes", tmp_path)
    assert samples.X["text"].tolist() == ["t0", "t1", "t2", "t3"]
    assert shades(samples) == [0, 10, 20, 30]
    assert samples.y.tolist() == [0, 1, 0, 1]
    assert samples.split.tolist() == ["train", "train", "test", "test"]


def test_upmc_food101(tmp_path):
    for part in ("train", "test"):
        rows = []
        for shade, dish in ((1, "apple_pie"), (2, "waffles")):
            picture(tmp_path / f"images/{part}/{dish}/{dish}_1.png", shade)
            rows.append(f'{dish}_1.png,"How to make, easily: {dish}",{dish}')
        lines(tmp_path / f"texts/{part}_titles.csv", *rows)
    samples = read("upmc_food101", tmp_path)
    assert samples.X["text"].iloc[0] == "How to make, easily: apple_pie"
    assert samples.y.tolist() == ["apple_pie", "waffles"] * 2
    assert shades(samples) == [1, 2, 1, 2]


def test_crisismmd(tmp_path):
    folder = "crisismmd_datasplit_agreed_label"
    for part in ("train", "dev", "test"):
        rows = ["event_name\ttweet_id\timage_id\ttweet_text\timage\tlabel"]
        for i, label in enumerate(("informative", "not_informative")):
            picture(tmp_path / f"data_image/flood/{part}{i}.png", i)
            at = f"data_image/flood/{part}{i}.png"
            rows.append(f"flood\t1\t1_{i}\thelp {part}{i}\t{at}\t{label}")
        name = f"{folder}/task_informative_text_img_agreed_lab_{part}.tsv"
        lines(tmp_path / name, *rows)
    samples = read("crisismmd", tmp_path)
    # The development part is neither trained nor tested on.
    assert samples.X["text"].tolist() == [
        "help train0",
        "help train1",
        "help test0",
        "help test1",
    ]
    assert samples.split.tolist() == ["train", "train", "test", "test"]


def test_n24news(tmp_path):
    for part in ("train", "dev", "test"):
        records = [
            {"headline": f"{part}{i}", "abstract": "a", "caption": "c", "article": "b",
             "image_id": f"{part}{i}", "section": ["Art", "Food"][i]}
            for i in range(2)
        ]  # fmt: skip
        lines(tmp_path / f"news/nytimes_{part}.json", records)
        for record in records:
            picture(tmp_path / f"imgs/{record['image_id']}.jpg", 9)
    samples = read("n24news", tmp_path)
    assert samples.X["headline"].tolist() == ["train0", "train1", "test0", "test1"]
    assert samples.y.tolist() == ["Art", "Food"] * 2


def test_fakeddit(tmp_path):
    for part in ("train", "validate", "test_public"):
        rows = ["clean_title\tid\tsubreddit\t2_way_label"]
        for i in range(2):
            picture(tmp_path / f"public_image_set/{part}{i}.jpg")
            rows.append(f"title {part}{i}\t{part}{i}\tpics\t{i}")
        lines(tmp_path / f"multimodal_{part}.tsv", *rows)
    samples = read("fakeddit", tmp_path)
    assert samples.y.tolist() == [0, 1, 0, 1]
    assert samples.X["text"].iloc[2] == "title test_public0"


def test_petfinder(tmp_path):
    picture(tmp_path / "train_images/p1-1.jpg")
    lines(
        tmp_path / "train/train.csv",
        "Type,Age,Breed1,Gender,Fee,RescuerID,Description,PetID,PhotoAmt,AdoptionSpeed",
        "1,3,299,1,100,r1,nice dog,p1,1.0,2",
        "2,4,265,2,0,r1,,p2,0.0,0",
    )
    samples = read("petfinder", tmp_path)
    assert samples.groups.tolist() == ["r1", "r1"]
    assert samples.X["age"].tolist() == [3.0, 4.0]
    assert samples.X["kind"].tolist() == ["1", "2"]
    assert samples.X["description"].tolist() == ["nice dog", None]
    assert samples.X["image"].isna().tolist() == [False, True]


def test_ag_news(tmp_path):
    lines(tmp_path / "train.csv", '"3","Oil, up","Prices, again"', '"1","War","Peace"')
    lines(tmp_path / "test.csv", '"1","Vote","Today"', '"3","Jobs","Fewer"')
    samples = read("ag_news", tmp_path)
    assert samples.X["title"].tolist() == ["Oil, up", "War", "Vote", "Jobs"]
    assert samples.y.tolist() == ["Business", "World", "World", "Business"]


def test_imdb(tmp_path):
    for part in ("train", "test"):
        for label in ("pos", "neg"):
            lines(tmp_path / f"aclImdb/{part}/{label}/0_9.txt", f"{part} {label}")
    lines(tmp_path / "aclImdb/train/unsup/0_0.txt", "no label")
    samples = read("imdb", tmp_path)
    assert samples.X["text"].str.strip().tolist() == [
        "test neg",
        "test pos",
        "train neg",
        "train pos",
    ]
    assert samples.y.tolist() == ["neg", "pos"] * 2
    assert samples.split.tolist() == ["test", "test", "train", "train"]


@pytest.mark.answering
def test_vqa_v2(tmp_path):
    number = 0
    for part in ("train", "val"):
        questions, annotations = [], []
        for image_id, said in ((1, ["yes"] * 10), (2, ["no"] * 6 + ["nope"] * 4)):
            number += 1
            picture(tmp_path / f"{part}2014/COCO_{part}2014_{image_id:012d}.jpg")
            about = {"image_id": image_id, "question_id": number}
            questions.append({**about, "question": "Is it?"})
            answers = [{"answer": a, "answer_id": i} for i, a in enumerate(said)]
            types = {"question_type": "is it", "answer_type": "yes/no"}
            annotations.append({**about, **types, "answers": answers})
        name = f"v2_OpenEnded_mscoco_{part}2014_questions.json"
        lines(tmp_path / name, {"questions": questions})
        name = f"v2_mscoco_{part}2014_annotations.json"
        # The order of annotations is not that of the questions.
        lines(tmp_path / name, {"annotations": annotations[::-1]})
    samples = read("vqa_v2", tmp_path)
    assert samples.y.tolist() == ["yes", "no"] * 2
    assert samples.truth[1].tolist() == ["no"] * 6 + ["nope"] * 4
    assert samples.slices["answer_type"] == ["yes/no"] * 4
    assert samples.slices["question_type"] == ["is it"] * 4
    assert samples.split.tolist() == ["train"] * 2 + ["test"] * 2


@pytest.mark.answering
def test_gqa(tmp_path):
    for i in (3, 7):
        picture(tmp_path / f"images/{i}.jpg", i)
    for part in ("train", "testdev"):
        about = {"types": {"structural": "query", "semantic": "attr"}}
        said = {
            f"{part}{i}": {
                "question": f"what is {i}?",
                "imageId": str(i),
                "answer": "a" * i,
                **about,
            }
            for i in (3, 7)
        }
        lines(tmp_path / f"{part}_balanced_questions.json", said)
    samples = read("gqa", tmp_path)
    assert samples.y.tolist() == ["aaa", "aaaaaaa"] * 2
    assert samples.slices["semantic"] == ["attr"] * 4
    assert samples.X["question"].tolist()[:2] == ["what is 3?", "what is 7?"]


def test_nlvr2(tmp_path):
    for part, folder in (("train", "train/12"), ("dev", "dev")):
        # The identifier of a pair, and then the number of the sentence.
        said = [
            {
                "identifier": f"{part}-{pair}-0-{sentence}",
                "sentence": f"there are {sentence} dogs.",
                "label": label,
                "directory": 12,
            }
            for pair, sentence, label in ((5, 1, "True"), (5, 2, "False"))
        ]
        for side in (0, 1):
            picture(tmp_path / f"images/{folder}/{part}-5-0-img{side}.png", side)
        lines(tmp_path / f"data/{part}.json", *said)
    samples = read("nlvr2", tmp_path)
    assert samples.y.tolist() == ["true", "false"] * 2
    assert Path(samples.X["left"].iloc[0]).name == "train-5-0-img0.png"
    assert Path(samples.X["right"].iloc[3]).name == "dev-5-0-img1.png"
    assert samples.split.tolist() == ["train"] * 2 + ["test"] * 2


@pytest.mark.answering
def test_daquar(tmp_path):
    for i in (3, 7):
        picture(tmp_path / f"nyu_depth_images/image{i}.png", i)
    pairs = [
        "what is on the left side of the telephone in the image3 ?",
        "desk",
        "how many chairs are there in the image7 ?",
        "2",
    ]
    for part in ("train", "test"):
        lines(tmp_path / f"qa.894.raw.{part}.txt", *pairs)
    samples = read("daquar", tmp_path)
    assert samples.X["question"].tolist()[:2] == [
        "what is on the left side of the telephone ?",
        "how many chairs are there ?",
    ]
    assert shades(samples) == [3, 7, 3, 7]
    assert samples.y.tolist() == ["desk", "2"] * 2


def write_flickr8k(root: Path) -> list[str]:
    names = [f"{i}.jpg" for i in range(6)]
    for name in names:
        picture(root / "Flicker8k_Dataset" / name)
    said = (f"{n}#{k}\tcaption {k} of {n}, red" for n in names for k in range(5))
    lines(root / "Flickr8k.token.txt", *said)
    parts = ("train", names[:3]), ("dev", names[3:4]), ("test", names[4:])
    for part, chosen in parts:
        lines(root / f"Flickr_8k.{part}Images.txt", *chosen)
    return names


@pytest.mark.retrieval
def test_flickr8k(tmp_path):
    write_flickr8k(tmp_path)
    samples = read("flickr8k", tmp_path)
    assert samples.y.tolist() == [f"{i}.jpg" for i in (0, 1, 2, 4, 5) for _ in range(5)]
    assert samples.X["caption"].tolist()[4:6] == [
        "caption 4 of 0.jpg, red",
        "caption 0 of 1.jpg, red",
    ]
    assert samples.split.tolist() == ["train"] * 15 + ["test"] * 10


def test_flickr8k_matches(tmp_path):
    write_flickr8k(tmp_path)
    samples = read("flickr8k_matches", tmp_path)
    assert len(samples.y) == 10
    assert samples.y.tolist() == ["match", "mismatch"] * 5
    assert samples.X["caption"].tolist()[:2] == [
        "caption 0 of 0.jpg, red",
        "caption 0 of 1.jpg, red",
    ]
    # Each caption is as often right as wrong, so neither column tells by itself.
    for column in ("caption", "image"):
        matches = samples.X[column][samples.y == "match"]
        assert sorted(matches) == sorted(samples.X[column][samples.y == "mismatch"])


def write_karpathy(file: Path, folder: Path, parts: list[str], **fields: str) -> None:
    content = [
        {
            "filename": f"{i}.jpg",
            "split": part,
            "sentences": [{"raw": f"Caption {i}{k}."} for k in range(2)],
            **fields,
        }
        for i, part in enumerate(parts)
    ]
    for each in content:
        picture(folder / str(each["filename"]))
    lines(file, {"images": content, "dataset": "a copy"})


@pytest.mark.retrieval
def test_flickr30k(tmp_path):
    parts = ["train", "val", "test", "train", "test"]
    folder = tmp_path / "flickr30k-images"
    write_karpathy(tmp_path / "dataset_flickr30k.json", folder, parts)
    samples = read("flickr30k", tmp_path)
    assert samples.y.tolist() == [f"{i}.jpg" for i in (0, 2, 3, 4) for _ in "ab"]
    assert samples.split.tolist()[::2] == ["train", "test", "train", "test"]
    assert samples.X["caption"].tolist()[:2] == ["Caption 00.", "Caption 01."]


def test_flickr30k_matches(tmp_path):
    for i in range(3):
        picture(tmp_path / f"flickr30k-images/{i}.jpg")
    rows = [f"{i}.jpg#{k}\tcaption {i}{k}" for i in range(3) for k in range(2)]
    lines(tmp_path / "results_20130124.token", *rows)
    samples = read("flickr30k_matches", tmp_path)
    assert samples.groups.tolist() == [f"{i}.jpg" for i in range(3) for _ in "ab"]
    assert samples.split is None


@pytest.mark.retrieval
def test_coco_captions(tmp_path):
    from mmbench.tasks.retrieval.query_scores import galleries

    parts = ["restval", "train", *["test"] * 5]
    file, folder = tmp_path / "dataset_coco.json", tmp_path / "val2014"
    (tmp_path / "train2014").mkdir()
    write_karpathy(file, folder, parts, filepath="val2014")
    dataset = read_dataset(tmp_path, card=small("coco_captions", gallery_size=2))
    samples = dataset.load()
    assert samples.split.tolist()[:5] == ["train"] * 4 + ["test"]
    assert samples.X["image"].notna().all()

    # The fifth picture of the test part fills no gallery.
    target = dataset.target(samples).take(samples.split == "test")
    assert [len(rows) for rows in galleries(target)] == [4, 4]


def test_coco_captions_matches(tmp_path):
    for part in ("train", "val"):
        images = [{"id": i, "file_name": f"{part}{i}.jpg"} for i in range(2)]
        for image in images:
            picture(tmp_path / f"{part}2017" / image["file_name"])
        captions = [{"image_id": i, "caption": f"{part} {i} "} for i in range(2)]
        content = {"images": images, "annotations": captions}
        lines(tmp_path / f"annotations/captions_{part}2017.json", content)
    samples = read("coco_captions_matches", tmp_path)
    assert samples.X["caption"].tolist() == [
        "train 0",
        "train 1",
        "train 1",
        "train 0",
        "val 0",
        "val 1",
        "val 1",
        "val 0",
    ]
    assert samples.X["image"].notna().all()


@pytest.mark.retrieval
def test_pascal_sentences(tmp_path):
    for category, name in (("cat", "2008_1"), ("cat", "2008_2"), ("dog", "2008_3")):
        picture(tmp_path / f"dataset/{category}/{name}.jpg")
        said = [f"A {category}.", f"{name}, seen."]
        lines(tmp_path / f"sentence/{category}/{name}.txt", *said)
    samples = read("pascal_sentences", tmp_path)
    assert samples.y.tolist() == ["cat"] * 4 + ["dog"] * 2
    assert samples.X["caption"].tolist()[2:4] == ["A cat.", "2008_2, seen."]
    assert samples.X["image"].notna().all()


def write_recipes(root: Path) -> None:
    """Write four recipes, of which the third has no picture and the second two."""
    parts = ["train", "val", "train", "test"]
    recipes = [
        {
            "id": f"r{i}",
            "title": f"Dish {i}",
            "partition": part,
            "ingredients": [{"text": "salt"}, {"text": f"{i} eggs"}],
            "instructions": [{"text": "Stir."}],
            "url": "http://example.org",
        }
        for i, part in enumerate(parts)
    ]
    shown = [{"id": f"{i}bcdef.jpg", "url": "x"} for i in (0, 1, 3)]
    pictures = [
        {"id": "r0", "images": shown[:1]},
        {"id": "r1", "images": [shown[1], {"id": "zzzz.jpg"}]},
        {"id": "r2", "images": []},
        {"id": "r3", "images": shown[2:]},
    ]
    lines(root / "layer1.json", recipes)
    lines(root / "layer2.json", pictures)
    for i, part in ((0, "train"), (1, "val"), (3, "test")):
        picture(root / f"{part}/{i}/b/c/d/{i}bcdef.jpg")


@pytest.mark.retrieval
def test_recipe1m(tmp_path):
    write_recipes(tmp_path)
    samples = read("recipe1m", tmp_path)
    # The validation part is left out, as of other sets of pairs.
    assert samples.y.tolist() == ["r0", "r3"]
    assert samples.split.tolist() == ["train", "test"]
    assert samples.X["title"].tolist() == ["Dish 0", "Dish 3"]
    assert samples.X["ingredients"].tolist()[1] == "salt\n3 eggs"
    assert samples.X["image"].notna().all()


@pytest.mark.retrieval
def test_recipes_that_are_something_else_are_told(tmp_path):
    write_recipes(tmp_path)
    lines(tmp_path / "layer2.json", [{"id": "r0"}])
    with pytest.raises(DataError, match="not as Recipe1M's are: KeyError"):
        read("recipe1m", tmp_path)


@pytest.mark.retrieval
def test_products_are_found_by_their_names(tmp_path):
    header = "id,image,category,subcategory,name,description,brand"
    rows = [f"{i},images/{i}.jpg,c,s,Cup {i},A cup.,b" for i in range(3)]
    lines(tmp_path / "products.csv", header, *rows, "3,,c,s,Cup 3,A cup.,b")
    for i in range(3):
        picture(tmp_path / f"images/{i}.jpg")
    samples = read("flipkart1050_retrieval", tmp_path)
    assert samples.y.tolist() == [f"images/{i}.jpg" for i in range(3)]
    assert samples.X["name"].tolist() == ["Cup 0", "Cup 1", "Cup 2"]
    assert list(samples.X) == ["name", "image"]
    assert samples.X["image"].notna().all()


def pairs_card(root: Path, reader: dict[str, object], **changed: object) -> Card:
    """Return a card of pairs that are in the files of a folder."""
    fields = load_card("flickr8k").model_dump(exclude={"reader", "files"})
    files = [{"path": path.name} for path in root.iterdir()]
    card = {**fields, "reader": reader, "files": files, "published": ()}
    card |= {"n_samples": None, "official_split": {}}
    return Card.model_validate_json(json.dumps(card | changed))


def write_vectors(root: Path, vectors: np.ndarray, n_captions: int) -> None:
    np.save(root / "test_ims.npy", vectors.astype(np.float32))
    lines(root / "test_caps.txt", *(f"caption {i}" for i in range(n_captions)))


VECTORS = {"kind": "caption_vectors", "parts": {"all": "test"}}


@pytest.mark.retrieval
@pytest.mark.parametrize("is_repeated", [False, True])
def test_vectors_of_pictures_beside_captions(tmp_path, is_repeated):
    vectors = np.arange(6).reshape(3, 2)
    shown = np.repeat(vectors, 5, axis=0) if is_repeated else vectors
    write_vectors(tmp_path, shown, 15)
    views = {"columns": {"caption": "text"}, "views": {"picture": 2}}
    samples = read_dataset(tmp_path, card=pairs_card(tmp_path, VECTORS, **views)).load()
    assert samples.y.tolist() == [f"all-{i}" for i in range(3) for _ in range(5)]
    assert samples.X["picture_1"].tolist() == [1.0] * 5 + [3.0] * 5 + [5.0] * 5
    assert samples.X["caption"].iloc[14] == "caption 14"


@pytest.mark.retrieval
def test_vectors_of_regions_are_averaged_where_the_card_says_so(tmp_path):
    write_vectors(tmp_path, np.arange(12).reshape(2, 3, 2), 10)
    views = {"columns": {"caption": "text"}, "views": {"picture": 2}}
    with pytest.raises(
        DataError, match=r"\(2, 3, 2\); for several regions per picture"
    ):
        read_dataset(tmp_path, card=pairs_card(tmp_path, VECTORS, **views))
    card = pairs_card(tmp_path, VECTORS | {"regions": "mean"}, **views)
    assert read_dataset(tmp_path, card=card).load().X["picture_0"].iloc[5] == 8


@pytest.mark.retrieval
def test_captions_that_pictures_cannot_share_out_are_refused(tmp_path):
    write_vectors(tmp_path, np.zeros((3, 2)), 14)
    with pytest.raises(DataError, match="14 captions, which is not as many for each"):
        read_dataset(tmp_path, card=pairs_card(tmp_path, VECTORS))


MTEB = {
    "kind": "mteb",
    "corpus": "corpus.jsonl",
    "queries": "queries.jsonl",
    "qrels": {"all": "test.tsv"},
}


def write_mteb(root: Path, *judged: tuple[str, str]) -> Card:
    for i in range(3):
        picture(root / f"{i}.png", 40 * i)
    items = [
        {"id": f"q{i}", "modality": "image", "image": f"{i}.png"} for i in range(2)
    ]
    lines(root / "queries.jsonl", *items)
    said = [{"id": f"d{i}", "modality": "text", "text": f"text {i}"} for i in range(5)]
    lines(root / "corpus.jsonl", *said)
    rows = [f"{query}\t{item}\t1" for query, item in judged]
    lines(root / "test.tsv", "query-id\tcorpus-id\tscore", *rows, "q0\td4\t0")
    return pairs_card(root, MTEB, columns={"text": "text", "image": "image"})


@pytest.mark.retrieval
def test_a_corpus_with_queries_and_judgements(tmp_path):
    judged = ("q0", "d0"), ("q0", "d1"), ("q1", "d2"), ("q1", "d3")
    samples = read_dataset(tmp_path, card=write_mteb(tmp_path, *judged)).load()
    assert samples.y.tolist() == ["q0", "q0", "q1", "q1", "corpus:d4"]
    assert samples.X["text"].tolist() == [f"text {i}" for i in range(5)]
    # What no query asks for stands in the gallery, without a picture.
    assert samples.X["image"].isna().tolist() == [False] * 4 + [True]


@pytest.mark.retrieval
def test_judgements_that_are_no_equality_of_keys_are_refused(tmp_path):
    card = write_mteb(tmp_path, ("q0", "d0"), ("q0", "d1"), ("q1", "d1"))
    with pytest.raises(DataError, match="query 'q0' shares some of its relevant"):
        read_dataset(tmp_path, card=card)


@pytest.mark.retrieval
def test_an_item_that_is_judged_must_be_there(tmp_path):
    with pytest.raises(DataError, match="item 'd9' is judged, but does not exist"):
        read_dataset(tmp_path, card=write_mteb(tmp_path, ("q0", "d9")))


def test_mvsa_single(tmp_path):
    said = {
        1: ("positive,positive", "positive"),
        2: ("neutral,negative", "negative"),
        3: ("positive,negative", None),
        4: ("neutral,neutral", "neutral"),
    }
    lines(
        tmp_path / "labelResultAll.txt",
        "ID\ttext,image",
        *(f"{i}\t{pair}" for i, (pair, _) in said.items()),
    )
    for i in said:
        picture(tmp_path / f"data/{i}.jpg")
        (tmp_path / f"data/{i}.txt").write_bytes(b"caf\xe9 %d" % i)
    samples = read("mvsa_single", tmp_path)
    assert samples.y.tolist() == [label for _, label in said.values() if label]
    assert samples.X["text"].tolist() == ["café 1", "café 2", "café 4"]


def test_mvsa_multiple_takes_the_majority_of_three(tmp_path):
    lines(
        tmp_path / "labelResultAll.txt",
        "ID\ttext,image\ttext,image\ttext,image",
        "1\tpositive,neutral\tpositive,neutral\tnegative,neutral",
        "2\tneutral,neutral\tneutral,neutral\tneutral,positive",
        "3\tpositive,neutral\tnegative,neutral\tneutral,neutral",
    )
    for i in (1, 2, 3):
        picture(tmp_path / f"data/{i}.jpg")
        lines(tmp_path / f"data/{i}.txt", f"tweet {i}")
    assert read("mvsa_single", tmp_path).y.tolist() == ["positive", "neutral"]


def test_av_mnist(tmp_path):
    (tmp_path / "image").mkdir()
    (tmp_path / "audio").mkdir()
    for part, n in (("train", 4), ("test", 2)):
        pixels = np.full((n, 784), 7.0) + np.arange(n)[:, None]
        np.save(tmp_path / f"image/{part}_data.npy", pixels)
        np.save(tmp_path / f"audio/{part}_data.npy", np.full((n, 8, 8), 0.5))
        np.save(tmp_path / f"{part}_labels.npy", np.arange(n) % 2)
    samples = read("av_mnist", tmp_path)
    assert shades(samples) == [7, 8, 9, 10, 7, 8]
    assert shades(samples, "spectrogram") == [128] * 6
    with Image.open(io.BytesIO(samples.X["image"].iloc[0])) as image:
        assert image.size == (28, 28)


def test_arrays_of_pictures_that_are_no_bytes_are_refused(tmp_path):
    (tmp_path / "image").mkdir()
    (tmp_path / "audio").mkdir()
    for part in ("train", "test"):
        deep = np.full((2, 784), 4000, dtype=np.uint16)
        np.save(tmp_path / f"image/{part}_data.npy", deep)
        np.save(tmp_path / f"audio/{part}_data.npy", np.full((2, 8, 8), 0.5))
        np.save(tmp_path / f"{part}_labels.npy", np.arange(2))
    with pytest.raises(DataError, match=r"pixels from 0 to 255, .* from 0 to 4000"):
        read("av_mnist", tmp_path)


@pytest.mark.parametrize("packed", ["gzip", "npz"])
def test_a_file_that_swells_beyond_what_data_would_is_refused(tmp_path, packed):
    if packed == "gzip":
        (tmp_path / "a.csv.gz").write_bytes(gzip.compress(bytes(2**27)))
        layout = RecordsLayout(
            kind="records", parts={"all": "a.csv.gz"}, columns={"a": "{a}"}, label="{b}"
        )
    else:
        np.savez_compressed(tmp_path / "a.npz", x=np.zeros(2**27, np.uint8))
        parts = {"all": {"x": "a.npz:x", "label": "a.npz:x"}}
        layout = ArraysLayout(kind="arrays", parts=parts)
    with pytest.raises(DataError, match="too many for genuine data"):
        layout.read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.timeout(10)
def test_a_pipe_in_place_of_a_file_is_refused_rather_than_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    layout = RecordsLayout(
        kind="records", parts={"all": "a.csv"}, columns={"a": "{a}"}, label="{b}"
    )
    with pytest.raises(DataError, match=r"a\.csv can't be read: it is not a regular"):
        layout.read(tmp_path)


def test_a_records_file_keeps_what_its_table_tells(tmp_path):
    lines(tmp_path / "a.tsv", "a\tb", '"an unclosed\tx', 'one "b" z\ty')
    layout = RecordsLayout(
        kind="records", parts={"all": "a.tsv"}, columns={"a": "{a}"}, label="{b}"
    )
    table = layout.read(tmp_path)
    assert table.column("a") == ['"an unclosed', 'one "b" z']
    assert "quotation marks count as characters like any other" in table.notices[0]


def test_lists_written_as_text_are_refused_in_records(tmp_path):
    lines(tmp_path / "a.tsv", "a\tb", "one\t['x', 'y']")
    layout = RecordsLayout(
        kind="records",
        parts={"all": "a.tsv"},
        columns={"a": "{a}"},
        label="{b}",
        label_separator=",",
    )
    with pytest.raises(DataError, match="must be a list, but are text"):
        layout.read(tmp_path)


def test_cifar10(tmp_path):
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    lines(folder / "batches.meta.txt", *load_card("cifar10").classes)

    def record(label: int, red: int) -> bytes:
        return bytes([label, *[red] * 1024, *[0] * 1024, *[255] * 1024])

    for i in range(1, 6):
        (folder / f"data_batch_{i}.bin").write_bytes(record(i % 2, 10 * i))
    (folder / "test_batch.bin").write_bytes(record(1, 77) + record(0, 78))
    samples = read("cifar10", tmp_path)
    assert shades(samples) == [10, 20, 30, 40, 50, 77, 78]
    assert samples.y.tolist() == ["automobile", "airplane"] * 2 + ["automobile"] * 2 + [
        "airplane"
    ]
    with Image.open(io.BytesIO(samples.X["image"].iloc[0])) as image:
        assert image.getpixel((5, 9)) == (10, 0, 255)


def idx(array: np.ndarray) -> bytes:
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes(), mtime=0)


def write_fashion(root: Path, **changed: bytes) -> None:
    for part in ("train", "t10k"):
        pictures = np.arange(2 * 784).reshape(2, 28, 28) % 256
        pictures[:, 0, 0] = (5, 6)
        files = {
            f"{part}-images-idx3-ubyte.gz": idx(pictures),
            f"{part}-labels-idx1-ubyte.gz": idx(np.array([9, 0])),
        }
        for name, content in files.items():
            (root / name).write_bytes(
                changed.get(name.partition("-idx")[0].replace("-", "_"), content)
            )


def test_fashion_mnist(tmp_path):
    write_fashion(tmp_path)
    samples = read("fashion_mnist", tmp_path)
    assert shades(samples) == [5, 6, 5, 6]
    assert samples.y.tolist() == ["Ankle boot", "T-shirt/top"] * 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not packed", "is truncated or damaged"),
        (idx(np.zeros((2, 28, 28)))[:-9], "is truncated or damaged"),
        (gzip.compress(b"\0\0\x08\x03\0\0", mtime=0), "is truncated in its header"),
        (gzip.compress(b"PK\3\4abcdefgh", mtime=0), "is not an IDX file"),
        (idx(np.zeros((3, 28, 28))), "must have a label for each of its 3 pictures"),
    ],
)
def test_a_damaged_idx_file_is_an_error(tmp_path, content, message):
    write_fashion(tmp_path, train_images=content)
    with pytest.raises(DataError, match=message):
        read("fashion_mnist", tmp_path)


def write_films(root: Path) -> None:
    split = {"train": ["1", "2"], "dev": ["3"], "test": ["4", "5"]}
    lines(root / "split.json", split)
    genres = [["War", "News", "Drama"], ["Comedy"], ["Short"], ["Drama"], ["News"]]
    for i, of_film in enumerate(genres, start=1):
        film = {"plot": [f"plot {i}", "longer"], "genres": of_film}
        lines(root / f"dataset/{i}.json", film)
        picture(root / f"dataset/{i}.jpeg", shade=i)


@pytest.mark.multilabel
def test_mm_imdb_has_several_labels_a_film(tmp_path):
    write_films(tmp_path)
    dataset = read_dataset(tmp_path, card=small("mm_imdb"))
    samples = dataset.load()
    assert dataset.task.name == "multilabel"
    assert samples.X["plot"].tolist() == ["plot 1", "plot 2", "plot 4", "plot 5"]
    assert shades(samples) == [1, 2, 4, 5]
    assert samples.split.tolist() == ["train", "train", "test", "test"]
    assert samples.schema["classes"] == ["Comedy", "Drama", "War"]
    assert samples.y.tolist() == [[0, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 0]]
    check_dataset(dataset)


@pytest.mark.multilabel
def test_a_card_must_say_whether_samples_have_several_labels(tmp_path):
    write_films(tmp_path)
    with pytest.raises(
        DataError, match=r"'classification', but its labels .* 'multi-label classifi"
    ):
        read("mm_imdb", tmp_path, task="classification")
    write_fashion(tmp_path)
    with pytest.raises(
        DataError, match=r"'multi-label classification', but its .* 'classification'"
    ):
        read("fashion_mnist", tmp_path, task="multi-label classification")


@pytest.mark.multilabel
def test_labels_of_films_are_counted_like_classes(tmp_path):
    write_films(tmp_path)
    with pytest.raises(DataError, match="n_classes should be 4, got 3"):
        read("mm_imdb", tmp_path, n_classes=4)


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_records_may_have_several_labels(tmp_path, suffix):
    rows = {
        "csv": ["id,tags", "a,x; y", "b,;", "c,", "d,y"],
        "jsonl": [
            {"id": i, "tags": tags}
            for i, tags in zip("abcd", (["x", "y"], [], None, ["y"]), strict=True)
        ],
    }[suffix]
    lines(tmp_path / f"all.{suffix}", *rows)
    layout = RecordsLayout(
        kind="records",
        parts={"all": f"all.{suffix}"},
        columns={"name": "{id}"},
        label="{tags}",
        label_separator=";",
        labels={"x": "X", "y": "Y"},
    )
    cells = layout.read(tmp_path).column("label")
    assert [cell or None for cell in cells] == [("X", "Y"), None, None, ("Y",)]
    assert cells[1] == ()


def test_mfeat_and_leaves_are_views_of_numbers(tmp_path):
    views = {
        view: np.arange(4 * n).reshape(4, n)
        for view, n in load_card("mfeat").views.items()
    }
    np.savez(tmp_path / "mfeat.npz", y=np.array([0, 1, 0, 1]), **views)
    samples = read("mfeat", tmp_path)
    assert samples.X.shape == (4, 649)
    np.testing.assert_array_equal(samples.X["kar_63"], views["kar"][:, 63])
    cells = np.empty((3, 1), dtype=object)
    for i in range(3):
        cells[i, 0] = np.full((4, 64), float(i))
    savemat(tmp_path / "100Leaves.mat", {"X": cells, "y": np.array([[1], [2]] * 2)})
    leaves = read("leaves100", tmp_path)
    assert leaves.X["view2_0"].tolist() == [2.0] * 4
    assert leaves.y.tolist() == [1, 2, 1, 2]


def test_a_pickled_array_is_never_loaded(tmp_path):
    np.savez(tmp_path / "mfeat.npz", fac=np.array([object()]), y=np.zeros(1))
    with pytest.raises(
        DataError, match="can't be read: Object arrays cannot be loaded"
    ):
        read("mfeat", tmp_path)


@pytest.mark.parametrize("name", sorted(card_paths()))
def test_every_card_without_data_here_is_tested_on_a_copy_of_its_layout(name):
    card = load_card(name)
    if card.status == "layout tested, numbers not":
        assert f"\ndef test_{name}" in Path(__file__).read_text()

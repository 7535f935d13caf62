"""A dataset is installed whole and as its card says, or not at all."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

import pytest

from mmbench.datasets import Card, read_card, read_dataset
from mmbench.datasets.files import checksum_of_folder, find_root
from mmbench.datasets.install import install, installed_root, locate
from mmbench.errors import DataError


def packed(folder: Path, archive: Path, inside: str = "plants-main/data") -> Path:
    with tarfile.open(archive, "w:gz") as tar:
        for name in ("train.csv", "more/test.csv"):
            tar.add(folder / name, f"{inside}/{name}")
    return archive


@pytest.fixture
def card(plants: Path) -> Card:
    return read_card(plants / "card.toml")


def assert_nothing_installed(home: Path) -> None:
    assert not home.exists() or not list(home.iterdir())


def test_a_folder_is_copied(plants: Path, card: Card, tmp_path: Path) -> None:
    (plants / "else.txt").write_text("not the dataset's")
    root = install(card, [plants.parent], tmp_path / "home")
    assert root == tmp_path / "home" / "plants"
    names = sorted(p.relative_to(root).as_posix() for p in root.rglob("*.*"))
    assert names == ["more/test.csv", "train.csv"]
    assert list((tmp_path / "home").iterdir()) == [root]


def test_an_archive_is_unpacked_from_wherever_its_files_lie_in_it(
    plants: Path, card: Card, tmp_path: Path
) -> None:
    archive = packed(plants, tmp_path / "x.tar.gz")
    root = install(card, [archive], tmp_path / "home")
    samples = read_dataset(root, card=card).load()
    assert samples.X["name"].tolist() == ["rose", "oak", "lily", "elm"]
    assert samples.y.tolist() == ["flower", "tree"] * 2
    assert samples.split.tolist() == ["train", "train", "test", "test"]


def test_what_was_installed_before_is_replaced(
    plants: Path, card: Card, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (install(card, [plants], home) / "train.csv").write_text("worn out")
    root = install(card, [plants], home)
    assert (root / "train.csv").read_text().startswith("name,kind")
    assert list(home.iterdir()) == [root]


def test_a_swapped_member_is_refused_and_what_was_there_stays(
    plants: Path, card: Card, tmp_path: Path
) -> None:
    root = install(card, [plants], tmp_path / "home")
    shutil.copy(plants / "more/test.csv", plants / "train.csv")
    archive = packed(plants, tmp_path / "x.tar.gz")
    with pytest.raises(DataError, match=r"train\.csv does not match its card"):
        install(card, [archive], tmp_path / "home")
    assert (root / "train.csv").read_text().startswith("name,kind\nrose")
    assert list((tmp_path / "home").iterdir()) == [root]


def test_a_truncated_archive_leaves_nothing(
    plants: Path, card: Card, tmp_path: Path
) -> None:
    archive = packed(plants, tmp_path / "x.tar.gz")
    archive.write_bytes(archive.read_bytes()[:-20])
    with pytest.raises(DataError, match="damaged or incomplete"):
        install(card, [archive], tmp_path / "home")
    assert_nothing_installed(tmp_path / "home")


@pytest.mark.parametrize(("extra", "n_found"), [("one.csv", 2), (None, 0)])
def test_a_folder_with_another_number_of_files_is_refused(
    plants: Path, card: Card, tmp_path: Path, extra: str | None, n_found: int
) -> None:
    if extra:
        (plants / "more" / extra).write_text("")
    else:
        (plants / "more/test.csv").unlink()
    message = rf"more/ must hold 1 files, got {n_found}\."
    with pytest.raises(DataError, match=message):
        install(card, [plants], tmp_path / "home")
    assert_nothing_installed(tmp_path / "home")


def test_a_link_in_a_folder_is_refused(
    plants: Path, card: Card, tmp_path: Path
) -> None:
    (plants / "more/link.csv").symlink_to("/etc/passwd")
    with pytest.raises(DataError, match="is a link"):
        install(card, [plants], tmp_path / "home")
    assert_nothing_installed(tmp_path / "home")


def test_what_lacks_a_file_is_told_how_to_get_it(
    plants: Path, card: Card, tmp_path: Path
) -> None:
    (plants / "train.csv").unlink()
    message = r"does not hold dataset 'plants': train\.csv is missing.*Ask nobody\."
    with pytest.raises(DataError, match=message):
        install(card, [plants], tmp_path / "home")


def test_a_file_that_is_none_of_the_dataset_s_is_refused(
    card: Card, tmp_path: Path
) -> None:
    (tmp_path / "other.csv").write_text("")
    with pytest.raises(
        DataError, match="neither an archive nor one of the files of dataset"
    ):
        install(card, [tmp_path / "other.csv"], tmp_path / "home")


def test_a_dataset_is_found_in_an_archive_of_a_folder_of_archives(
    plants: Path, card: Card, tmp_path: Path
) -> None:
    (tmp_path / "archives").mkdir()
    packed(plants, tmp_path / "archives/many.tar.gz")
    (tmp_path / "archives/broken.zip").write_bytes(b"no zip")
    root = locate(card, tmp_path / "archives", into=tmp_path / "home")
    assert root == tmp_path / "home/plants"
    assert locate(card, tmp_path / "home", into=tmp_path / "elsewhere") == root


def test_a_folder_by_another_name_counts_only_where_checksums_prove_it(
    plants: Path, card: Card
) -> None:
    home = plants.parent
    plants.rename(home / "by_hand")
    assert installed_root(card, home) is None
    pinned = [
        file.model_copy(update={"checksum": checksum_of_folder(home / "by_hand/more")})
        if file.is_folder
        else file
        for file in card.files
    ]
    proven = card.model_copy(update={"files": tuple(pinned)})
    assert installed_root(proven, home) == home / "by_hand"


def test_the_shallowest_folder_that_holds_everything_is_taken(
    plants: Path, card: Card
) -> None:
    shutil.copytree(plants, plants / "copy")
    assert find_root(plants.parent, card) == plants


def test_a_folder_s_checksum_is_that_of_its_list_of_files(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/x").write_bytes(b"")
    (tmp_path / "a").write_bytes(b"abc")
    # printf 'abc' | sha256sum, and of nothing; then sha256sum over both lines.
    lines = (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b/x\n"
    )
    import hashlib

    expected = hashlib.sha256(lines.encode()).hexdigest()
    assert checksum_of_folder(tmp_path) == f"sha256:{expected}"


def test_a_changed_file_is_noticed_when_a_dataset_is_read(plants: Path) -> None:
    with (plants / "train.csv").open("a") as file:
        file.write("fir,tree\n")
    with pytest.raises(DataError, match=r"train\.csv does not match its card"):
        read_dataset(plants)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("n_samples = 4", "n_samples = 5", "n_samples should be 5, got 4"),
        ("train = 2", "train = 3", "official_split.train should be 3, got 2"),
        ("n_classes = 2", "n_classes = 3", "n_classes should be 3, got 2"),
    ],
)
def test_other_numbers_than_the_card_s_are_an_error(
    plants: Path, old: str, new: str, message: str
) -> None:
    path = plants / "card.toml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DataError, match=message):
        read_dataset(plants)


def test_without_its_split_a_dataset_is_for_folds(plants: Path) -> None:
    dataset = read_dataset(plants, ignore_split=True)
    assert not dataset.has_split
    assert dataset.load().split is None


def test_identity_changes_with_what_is_read(plants: Path) -> None:
    before = read_dataset(plants).checksum
    assert read_dataset(plants).checksum == before
    (plants / "more/test.csv").write_text("name,kind\nlily,flower\nfir,tree\n")
    assert read_dataset(plants).checksum != before


def test_a_home_that_can_t_be_written_is_told(
    plants: Path, card: Card, tmp_path: Path
) -> None:
    if os.geteuid() == 0:
        (tmp_path / "home").write_text("a file in the way")
    else:
        (tmp_path / "home").mkdir(mode=0o500)
    from mmbench.errors import StoreError

    with pytest.raises(StoreError, match="can't be written"):
        install(card, [plants], tmp_path / "home")

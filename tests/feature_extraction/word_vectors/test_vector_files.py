"""Files of pretrained word vectors."""

import gzip
import os
import pickle
import struct

import numpy as np
import pytest
from gensim.models import FastText, KeyedVectors
from gensim.models.fasttext import load_facebook_vectors, save_facebook_model

from mmbench.errors import MissingWeightsError
from mmbench.feature_extraction.word_vectors.vector_files import open_vectors

WORDS = ["red", "hat", "東京", "caf\u00e9"]
VECTORS = np.random.default_rng(0).normal(size=(4, 6)).astype(np.float32)


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file and returns its path."""

    def to_file(content):
        path = tmp_path / "vectors"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return to_file


@pytest.fixture(scope="session")
def fasttext_path(tmp_path_factory):
    """Return the path of a small fastText model, as Facebook's own tool writes it."""
    texts = [["red", "hats"], ["blue", "hats", "東京"], ["red", "shoes"]]
    model = FastText(
        texts, vector_size=5, min_count=1, bucket=50, min_n=2, max_n=4, epochs=1, seed=1
    )
    path = tmp_path_factory.mktemp("fasttext") / "model.bin"
    save_facebook_model(model, str(path))
    return path


def text_of_vectors(*, header, end="\n"):
    rows = [
        " ".join([word, *map(repr, row.tolist())])
        for word, row in zip(WORDS, VECTORS, strict=True)
    ]
    return end.join([f"{len(WORDS)} 6"] * header + rows) + end


def assert_holds_the_vectors(path, **tolerance):
    file = open_vectors(path)
    known, vectors = file.lookup([*WORDS, "unknown"])
    assert file.vector_size == 6
    assert known.tolist() == [True] * 4 + [False]
    np.testing.assert_allclose(vectors[:4], VECTORS, **tolerance)
    assert not vectors[4].any()


@pytest.mark.parametrize("end", ["\n", "\r\n", " \n"])
@pytest.mark.parametrize("header", [True, False])
def test_text_is_read_with_and_without_a_header(write, header, end):
    assert_holds_the_vectors(write(text_of_vectors(header=header, end=end)))


@pytest.mark.parametrize("binary", [True, False])
def test_what_gensim_writes_is_read(tmp_path, binary):
    keyed = KeyedVectors(6)
    keyed.add_vectors(WORDS, VECTORS)
    path = tmp_path / "written"
    keyed.save_word2vec_format(str(path), binary=binary)
    assert_holds_the_vectors(path, rtol=1e-6)


def test_binary_rows_that_end_in_a_line_feed_are_read(write):
    rows = b"".join(
        word.encode() + b" " + row.tobytes() + b"\n"
        for word, row in zip(WORDS, VECTORS, strict=True)
    )
    assert_holds_the_vectors(write(b"4 6\n" + rows))


def test_a_gzipped_file_is_read(write):
    content = text_of_vectors(header=False).encode()
    assert_holds_the_vectors(write(gzip.compress(content)))


def test_fasttext_gives_what_gensim_gives_for_known_and_unknown_words(fasttext_path):
    words = ["red", "hats", "東京", "hat", "redshoes", "大阪", "x"]
    known, vectors = open_vectors(fasttext_path).lookup(words)
    theirs = load_facebook_vectors(str(fasttext_path))
    assert known.all()
    np.testing.assert_allclose(
        vectors, [theirs[word] for word in words], rtol=1e-5, atol=1e-8
    )


def test_a_word_with_spaces_in_it_does_not_break_the_line(write):
    known, vectors = open_vectors(write("the 1 2\n. . . 3 4\n")).lookup([". . ."])
    assert known.all()
    assert vectors.tolist() == [[3, 4]]


def test_of_a_word_that_is_there_twice_the_first_counts(write):
    assert open_vectors(write("a 1 2\na 3 4\n")).lookup(["a"])[1].tolist() == [[1, 2]]


def test_numbers_in_scientific_notation_are_read(write):
    vectors = open_vectors(write("a 1e-2 -2E+1\n")).lookup(["a"])[1]
    np.testing.assert_allclose(vectors, [[0.01, -20]])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "vectors: the file is empty"),
        ("hello\n", "vectors, line 1: expected a word and numbers"),
        ("a 1 2\nb 3\n", "vectors, line 2: expected a word and 2 numbers, got b'b 3'"),
        ("a 1 2\n\nb 3 x\n", "vectors, line 3: expected a word and 2 numbers"),
        ("a 1 2\nb 3 nan\n", "vectors, line 2: expected a word and 2 numbers"),
        ("3 2\na 1 2\nb 3 4\n", "line 1: states 3 words, but 2 follow"),
        ("2 2\na 1 2\nb 3\n", "vectors, line 3: expected a word and 2 numbers"),
        (
            "2 2\na 1 2 3\nb 3 4 5\n",
            "vectors, line 2: expected a word and 2 numbers",
        ),
        ("2 2\na 1 2\nb 3.5 4 5\n", "line 3: expected a word and 2 numbers"),
        ("2 3\na 1 2\nb 3 4\n", "line 2: expected a word and 3 numbers"),
        ("a 1  2\nb 3 4\n", "line 1: expected a word and 2 numbers"),
        (b"PK\x03\x04vectors", "vectors: it is a zip archive; unpack it first"),
        (gzip.compress(bytes(2**27)), "vectors: more than 64 MiB"),
        (b"1 0\na \x00", "vectors: no word2vec header, got b'1 0'"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "line 1: expected a word and numbers"),
        (
            gzip.compress(b"a 1 2\n", mtime=0)[:-6],
            "vectors: it is truncated or damaged",
        ),
    ],
)
def test_a_malformed_file_is_an_error_that_names_the_line(write, content, message):
    with pytest.raises(ValueError, match=message):
        open_vectors(write(content))


def test_a_number_that_is_none_is_an_error_when_its_word_is_asked_for(write):
    vectors = open_vectors(write("2 2\na 1 2\nb 3 1.2.3\n"))
    with pytest.raises(ValueError, match=r"vectors, line 3: .*'1\.2\.3'"):
        vectors.lookup(["b"])


@pytest.mark.parametrize("missing_bytes", [1, 30, 60])
def test_a_binary_file_that_is_cut_short_is_an_error(write, missing_bytes):
    rows = b"".join(
        word.encode() + b" " + row.tobytes()
        for word, row in zip(WORDS, VECTORS, strict=True)
    )
    path = write((b"4 6\n" + rows)[:-missing_bytes])
    with pytest.raises(ValueError, match="states 4 words, but ends within word"):
        open_vectors(path)


def test_a_header_that_promises_the_world_takes_no_memory(write):
    with pytest.raises(ValueError, match="ends within word 1"):
        open_vectors(write(b"999999999999 999999999\na \x00\x01"))


def test_a_fasttext_file_that_is_cut_short_anywhere_is_an_error(fasttext_path, write):
    content = fasttext_path.read_bytes()
    in_word, in_matrix = content.index(b"hats") + 2, content.index(b"hats") + 300
    for length in [4, 40, 70, in_word, in_word + 10, in_matrix]:
        with pytest.raises(ValueError, match="vectors: not a usable fastText model"):
            open_vectors(write(content[:length]))


@pytest.mark.parametrize(
    ("offset", "value", "message"),
    [
        (8, struct.pack("<i", 6), r"states \(\d+, 6\) rows and columns, but holds"),
        (72, struct.pack("<i", 1), "it is a supervised model"),
        (84, struct.pack("<q", 5), "it is pruned"),
    ],
)
def test_a_fasttext_model_of_another_kind_is_an_error(
    fasttext_path, write, offset, value, message
):
    content = bytearray(fasttext_path.read_bytes())
    content[offset : offset + len(value)] = value
    with pytest.raises(ValueError, match=message):
        open_vectors(write(bytes(content)))


def test_a_quantised_fasttext_model_is_an_error(fasttext_path, write):
    content = bytearray(fasttext_path.read_bytes())
    words = ["red", "hats", "blue", "東京", "shoes"]
    # The flag stands after the dictionary: per word a zero byte, its count and type.
    content[92 + sum(len(word.encode()) + 10 for word in words)] = 1
    with pytest.raises(ValueError, match="it is quantised"):
        open_vectors(write(bytes(content)))


def test_a_fasttext_model_without_subwords_knows_its_words_only(fasttext_path, write):
    content = bytearray(fasttext_path.read_bytes())
    content[48:52] = struct.pack("<i", 0)  # maxn
    known, vectors = open_vectors(write(bytes(content))).lookup(["red", "hat"])
    theirs = load_facebook_vectors(str(fasttext_path))
    assert known.tolist() == [True, False]
    np.testing.assert_array_equal(
        vectors, [theirs.vectors_vocab[theirs.key_to_index["red"]], np.zeros(5)]
    )


def test_a_pickle_is_refused_and_never_run(write, tmp_path):
    trace = tmp_path / "trace"

    class Harmful:
        def __reduce__(self):
            return trace.write_text, ("run",)

    with pytest.raises(ValueError, match="vectors, line"):
        open_vectors(write(pickle.dumps(Harmful())))
    assert not trace.exists()


def test_a_missing_file_is_an_error_that_says_how_to_give_one(tmp_path):
    with pytest.raises(MissingWeightsError, match=r"nowhere.* --vectors PATH"):
        open_vectors(tmp_path / "nowhere")


def test_a_folder_is_an_error_that_says_how_to_give_a_file(tmp_path):
    with pytest.raises(MissingWeightsError, match="--vectors PATH"):
        open_vectors(tmp_path)


def test_a_file_is_opened_once_until_it_changes(write):
    path = write("a 1 2\n")
    first = open_vectors(path)
    assert open_vectors(str(path)) is first
    path = write("a 1 2\nb 3 4\n")
    assert open_vectors(path).lookup(["b"])[0].all()


def binary_vectors(words=WORDS, vectors=VECTORS):
    rows = [
        word.encode() + b" " + row.tobytes()
        for word, row in zip(words, vectors, strict=True)
    ]
    return b"%d 6\n" % len(words) + b"".join(rows)


@pytest.mark.parametrize("content", [text_of_vectors(header=True), binary_vectors()])
def test_a_byte_order_mark_is_no_part_of_the_first_word(write, content):
    content = content if isinstance(content, bytes) else content.encode()
    assert_holds_the_vectors(write(b"\xef\xbb\xbf" + content))


def test_a_byte_order_mark_without_a_header_is_no_part_of_the_first_word(write):
    assert_holds_the_vectors(write("\ufeff" + text_of_vectors(header=False)))


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("separator", ["\t", "  "])
def test_a_tab_or_two_spaces_behind_the_word_separate_it(write, separator, header):
    rows = [
        separator.join([word, " ".join(map(repr, row.tolist()))])
        for word, row in zip(WORDS, VECTORS, strict=True)
    ]
    assert_holds_the_vectors(write("\n".join(["4 6"] * header + rows)))


@pytest.mark.parametrize("number", ["1e39", "1e999"])
def test_a_number_beyond_single_precision_names_its_line(write, number):
    vectors = open_vectors(write(f"2 2\na 1 2\nb 3 {number}\n"))
    with pytest.raises(ValueError, match=r"vectors, line 3: .* is not a number"):
        vectors.lookup(["b"])


def test_a_binary_word_with_a_space_is_refused(write):
    content = binary_vectors(["red", "New York", "hat", "caf\u00e9"])
    with pytest.raises(ValueError, match=r"word 3 is .*; the word before"):
        open_vectors(write(content))


@pytest.mark.parametrize("rest", [b"x", b"\0\0\0\0", b"word " + bytes(24)])
def test_a_binary_file_ends_behind_its_last_word(write, rest):
    with pytest.raises(ValueError, match=r"bytes follow the last of the 4 words"):
        open_vectors(write(binary_vectors() + rest))


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e30])
def test_a_binary_number_that_no_vector_has_names_its_word(write, number):
    vectors = VECTORS.copy()
    vectors[1, 2] = number
    file = open_vectors(write(binary_vectors(vectors=vectors)))
    assert file.lookup(["red"])[0].all()
    with pytest.raises(ValueError, match=r"vectors, word 'hat': .* is not a number"):
        file.lookup(["red", "hat"])


def test_a_binary_word_that_was_cut_within_a_character_is_kept(write):
    content = binary_vectors().replace("caf\u00e9 ".encode(), b"caf\xc3 ")
    assert open_vectors(write(content)).lookup(["red", "hat"])[0].all()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.timeout(10)
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(MissingWeightsError, match="it is not a regular file"):
        open_vectors(tmp_path / "pipe")

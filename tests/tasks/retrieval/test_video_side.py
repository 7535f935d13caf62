"""A video is the side that a picture would be."""

from mmbench.suites import build_suite
from mmbench.tasks.retrieval.sides import sides_of


def test_videos_are_the_side_of_pictures_wherever_they_stand():
    found = sides_of({"clip": "video", "photo": "image", "caption": "text"})
    assert found == {"text": ("caption",), "image": ("clip", "photo")}
    assert sides_of({"clip": "video", "photo": "image"}) == {
        "text": ("clip",),
        "image": ("photo",),
    }


def test_captions_and_clips_are_ranked_by_the_suite():
    from mmbench.datasets import EMBEDDED

    suite = build_suite("retrieval", [EMBEDDED["moving_glyphs_retrieval"]])
    assert "tfidf+motion+frames-glyph_cnn/cca" in suite.methods

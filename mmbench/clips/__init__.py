"""Videos as sequences of frames, from any container, and the choice of frames.

A reference of a video is the path of a file, what a file holds, the path of a folder of
frames, or an array. GIF, animated WebP and PNG, and folders, are read by Pillow;
everything else by PyAV, which the extra ``video`` brings. What is read comes from
elsewhere: sizes are bounded before anything is decoded, only containers of videos are
opened, none of which can name further files or addresses, and damage is an error.

May import `untrusted` and `errors`.
"""

from mmbench.clips.limits import MAX_FRAMES, MAX_PIXELS, MAX_VIDEO_PIXELS
from mmbench.clips.opening import FRAME_SUFFIXES, VIDEO_SUFFIXES, frame_files
from mmbench.clips.reading import read_frames, trouble_of
from mmbench.clips.sampling import SAMPLINGS, sampled

__all__ = [
    "FRAME_SUFFIXES",
    "MAX_FRAMES",
    "MAX_PIXELS",
    "MAX_VIDEO_PIXELS",
    "SAMPLINGS",
    "VIDEO_SUFFIXES",
    "frame_files",
    "read_frames",
    "sampled",
    "trouble_of",
]

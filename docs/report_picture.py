"""Take the picture of a report's first screen that the README shows.

Usage: python docs/report_picture.py REPORT PICTURE for
reports/reference/fusion/report.html and docs/images/report.png.
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

SCREEN = {"width": 1440, "height": 900}
COLORS = 64


def main(report: Path, picture: Path) -> None:
    """Open the report in Chromium without a network and save its first screen.

    Parameters
    ----------
    report : Path
        A ``report.html``.
    picture : Path
        The PNG file to write.
    """
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        options = ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=path, args=options)
        page = browser.new_context(offline=True, viewport=SCREEN).new_page()
        page.goto(report.resolve().as_uri())
        screen = Image.open(io.BytesIO(page.screenshot()))
        browser.close()
    picture.parent.mkdir(parents=True, exist_ok=True)
    screen.convert("RGB").quantize(COLORS).save(picture, optimize=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

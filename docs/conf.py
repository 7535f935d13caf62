"""How Sphinx builds the site: ``make docs``, offline, with warnings as errors."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

from sphinx_gallery.sorting import ExplicitOrder

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_extensions"))

project = "mmbench"
author = "The mmbench developers"
version = release = installed_version("mmbench")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "click_help",
    "layers",
    "public_names",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "gallery/*.py", "gallery/README.txt"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_default_options = {  # what scikit-learn adds to every estimator
    "exclude-members": "set_fit_request, set_partial_fit_request, "
    "set_predict_request, set_predict_proba_request, set_score_request, "
    "set_transform_request"
}
autodoc_typehints = "none"  # numpydoc's sections tell the types
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": "/plot_",
    "within_subsection_order": ExplicitOrder(
        [
            "plot_first_comparison.py",
            "plot_read_a_verdict.py",
            "plot_own_pipelines.py",
            "plot_own_extractor.py",
            "plot_use_the_winner.py",
            "plot_missing_modality.py",
            "plot_find_pictures.py",
            "plot_write_captions.py",
            "*",
        ]
    ),
    "abort_on_example_error": True,
    "download_all_examples": False,
    "min_reported_time": 1e9,
    "remove_config_comments": True,
    "show_memory": False,
}
suppress_warnings = ["config.cache"]  # a function of sphinx-gallery's can't be pickled

html_theme = "pydata_sphinx_theme"
html_title = "mmbench"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_sidebars = {"start": []}  # it has no pages below it
html_theme_options = {
    "navbar_align": "left",
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}

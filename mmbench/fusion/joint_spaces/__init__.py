"""Joint spaces: linear maps that make two blocks of features comparable.

Each space learns from pairs of rows, one row of each block, and maps both blocks to
coordinates in which they can be compared: canonical correlation analysis, ridge
regression, partial least squares, orthogonal Procrustes, nearest neighbours among the
training pairs, and projections trained by a contrastive loss. Several blocks at once
are mapped by a multiview canonical correlation analysis.
"""

from mmbench.fusion.joint_spaces.bagged import BaggedSpace
from mmbench.fusion.joint_spaces.base import JointSpace
from mmbench.fusion.joint_spaces.cca import CCASpace, whitening
from mmbench.fusion.joint_spaces.contrastive import ContrastiveSpace
from mmbench.fusion.joint_spaces.mcca import MultiviewCCA
from mmbench.fusion.joint_spaces.neighbours import NeighbourSpace
from mmbench.fusion.joint_spaces.pls import PLSSpace
from mmbench.fusion.joint_spaces.procrustes import ProcrustesSpace
from mmbench.fusion.joint_spaces.reduction import SingularVectors
from mmbench.fusion.joint_spaces.ridge import RidgeSpace
from mmbench.fusion.joint_spaces.shared import SharedSpace

__all__ = [
    "BaggedSpace",
    "CCASpace",
    "ContrastiveSpace",
    "JointSpace",
    "MultiviewCCA",
    "NeighbourSpace",
    "PLSSpace",
    "ProcrustesSpace",
    "RidgeSpace",
    "SharedSpace",
    "SingularVectors",
    "whitening",
]

"""The loss of GloVe over a sparse co-occurrence matrix, minimised by AdaGrad.

The vocabulary is shuffled and cut into equal parts, and so the matrix into blocks; one
step of the descent takes the cells of one block. A block joins few words with few
contexts, whose vectors lie together in memory and fit into the processor's cache, and
all its cells are worked on at once: cells by a gather and a row-wise product, gradients
by a sparse product each.

References
----------
J. Pennington, R. Socher, C. D. Manning. *GloVe: global vectors for word
representation.* EMNLP 2014.

J. Duchi, E. Hazan, Y. Singer. *Adaptive subgradient methods for online learning and
stochastic optimization.* JMLR 12, 2011. (AdaGrad)

R. Gemulla, E. Nijkamp, P. J. Haas, Y. Sismanis. *Large-scale matrix factorization with
distributed stochastic gradient descent.* KDD 2011. (blocks)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = [
    "Block",
    "Factors",
    "cut_into_blocks",
    "initial_factors",
    "loss_and_gradients",
    "minimize",
]

Floats = NDArray[np.float32]
Integers = NDArray[np.integer[Any]]

_TINY = np.finfo(np.float32).tiny


class Factors(NamedTuple):
    """The numbers that GloVe learns: two vectors and two biases per word.

    Attributes
    ----------
    words, contexts : ndarray of shape (n_words, vector_size)
        The vectors of words and of words as contexts.
    word_biases, context_biases : ndarray of shape (n_words,)
        Their biases.
    """

    words: Floats
    contexts: Floats
    word_biases: Floats
    context_biases: Floats

    def part(self, block: Block) -> Factors:
        """Return views of the rows that a block joins.

        Parameters
        ----------
        block : Block
            The words and contexts of some cells of the table of co-occurrences.

        Returns
        -------
        Factors
            Changing it changes these factors.
        """
        words, contexts = block.words, block.contexts
        return Factors(
            self.words[words],
            self.contexts[contexts],
            self.word_biases[words],
            self.context_biases[contexts],
        )


class Block(NamedTuple):
    """The cells of the co-occurrence matrix that join some words with some contexts.

    Attributes
    ----------
    words, contexts : slice
        Which rows and columns of the matrix.
    rows, columns, starts : ndarray of int
        Where in the block the cells stand: coordinates, and CSR's row starts.
    transposed : csr_array
        The transposed block; its values are the cells' positions in ``rows``.
    log_counts, weights : ndarray of shape (n_cells,), float32
        What the loss makes of the counts.
    """

    words: slice
    contexts: slice
    rows: Integers
    columns: Integers
    starts: Integers
    transposed: Any
    log_counts: Floats
    weights: Floats


def initial_factors(
    n_words: int, vector_size: int, rng: np.random.Generator
) -> Factors:
    """Return small random factors, as the authors' C code draws them.

    Parameters
    ----------
    n_words : int
        The size of the vocabulary.
    vector_size : int
        The length of a word's vector.
    rng : numpy.random.Generator
        The generator to draw from.

    Returns
    -------
    Factors
        Of float32, uniform between -0.5 and 0.5 over ``vector_size``.
    """
    reach = 0.5 / vector_size
    shapes = [(n_words, vector_size)] * 2 + [(n_words,)] * 2
    return Factors(*(rng.uniform(-reach, reach, s).astype(np.float32) for s in shapes))


def cut_into_blocks(
    counts: Any, block_size: int, x_max: float, alpha: float
) -> Iterator[Block]:
    """Cut a co-occurrence matrix into square blocks.

    Parameters
    ----------
    counts : csr_array of shape (n_words, n_words)
        The co-occurrence counts, the words in random order.
    block_size : int
        Number of non-zero cells that a block should have on average.
    x_max, alpha : float
        The loss gives a count ``x`` the weight ``min(x / x_max, 1) ** alpha``.

    Yields
    ------
    Block
        Blocks without a cell are left out.
    """
    n_parts = math.ceil(math.sqrt(counts.nnz / block_size))
    edges = np.linspace(0, counts.shape[0], n_parts + 1).astype(int).tolist()
    parts = [slice(*edge) for edge in itertools.pairwise(edges)]
    for words in parts:
        of_words = counts[words]
        for contexts in parts:
            cells = of_words[:, contexts].tocsr()
            if cells.nnz:
                yield _block(words, contexts, cells, x_max, alpha)


def _block(
    words: slice, contexts: slice, cells: Any, x_max: float, alpha: float
) -> Block:
    positions = sparse.csr_array(
        (np.arange(cells.nnz), cells.indices, cells.indptr), shape=cells.shape
    )
    return Block(
        words,
        contexts,
        np.repeat(np.arange(cells.shape[0]), np.diff(cells.indptr)),
        cells.indices,
        cells.indptr,
        positions.T.tocsr(),
        np.log(cells.data).astype(np.float32),
        (np.minimum(cells.data / x_max, 1) ** alpha).astype(np.float32),
    )


def loss_and_gradients(part: Factors, block: Block) -> tuple[float, Factors]:
    """Return the loss over a block's cells, and its gradients.

    Parameters
    ----------
    part : Factors
        The factors of the block's words and contexts.
    block : Block
        The cells.

    Returns
    -------
    loss : float
        The sum of ``weight * (word . context + biases - log count) ** 2``.
    gradients : Factors
        The derivatives by ``part``, in the same shapes.
    """
    rows, columns, transposed = block.rows, block.columns, block.transposed
    errors = np.vecdot(part.words.take(rows, 0), part.contexts.take(columns, 0))
    errors += part.word_biases[rows] + part.context_biases[columns] - block.log_counts
    slopes = block.weights * errors
    loss = float(slopes @ errors)
    slopes *= 2
    shape = (len(part.words), len(part.contexts))
    by_word = sparse.csr_array((slopes, columns, block.starts), shape=shape)
    by_context = sparse.csr_array(
        (slopes[transposed.data], transposed.indices, transposed.indptr),
        shape=shape[::-1],
    )
    return loss, Factors(
        by_word @ part.contexts,
        by_context @ part.words,
        by_word.sum(axis=1),
        by_context.sum(axis=1),
    )


def minimize(
    factors: Factors,
    blocks: Sequence[Block],
    epochs: int,
    learning_rate: float,
    rng: np.random.Generator,
) -> list[float]:
    """Change the factors in place by AdaGrad, taking the blocks in random order.

    Parameters
    ----------
    factors : Factors
        The start, and afterwards the result.
    blocks : sequence of Block
        All cells of the table of co-occurrences, in blocks.
    epochs : int
        Passes over all blocks.
    learning_rate : float
        AdaGrad's first step.
    rng : numpy.random.Generator
        Orders the blocks of each pass.

    Returns
    -------
    list of float
        The loss over all cells in each pass, as it was met on the way.
    """
    squares = Factors(*(np.zeros_like(values) for values in factors))
    history = []
    for _ in range(epochs):
        loss = 0.0
        for i in rng.permutation(len(blocks)):
            part = factors.part(blocks[i])
            loss_of_block, gradients = loss_and_gradients(part, blocks[i])
            _descend(part, gradients, squares.part(blocks[i]), learning_rate)
            loss += loss_of_block
        history.append(loss)
    return history


def _descend(
    part: Factors, gradients: Factors, squares: Factors, learning_rate: float
) -> None:
    for i, gradient in enumerate(gradients):
        values, total = part[i], squares[i]
        np.add(total, gradient * gradient, out=total)
        # A word that had no cell in any block so far has a sum, and a gradient, of 0.
        step = learning_rate * gradient / np.sqrt(total + _TINY)
        np.subtract(values, step, out=values)

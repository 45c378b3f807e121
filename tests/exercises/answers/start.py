"""Right answers to assignment 00, in the styles people write them."""

import numpy as np

from tests.exercises.answers import right


@right("affine")
def affine_operator(x, W, b):
    return x @ W + b


@right("affine")
def affine_dot(x, W, b):
    return np.add(np.dot(x, W), b)


@right("affine")
def affine_einsum(x, W, b):
    return np.einsum("bf,fu->bu", x, W) + b[np.newaxis, :]


@right("affine")
def affine_three_loops(x, W, b):
    y = np.zeros((x.shape[0], W.shape[1]))
    for row in range(x.shape[0]):
        for unit in range(W.shape[1]):
            y[row, unit] = b[unit]
            for feature in range(x.shape[1]):
                y[row, unit] += x[row, feature] * W[feature, unit]
    return y


@right("affine")
def affine_bias_as_a_weight(x, W, b):
    ones = np.ones((len(x), 1), dtype=x.dtype)
    return np.concatenate([x, ones], axis=1) @ np.vstack([W, b])


@right("affine")
def affine_columns(x, W, b):
    return (W.T @ x.T + b.reshape(-1, 1)).T


@right("affine")
def affine_in_place_on_its_own(x, W, b):
    y = x.astype(np.float64) @ W
    y += b
    return y


@right("affine")
def affine_row_by_row(x, W, b):
    return np.array([[float(row @ column) for column in W.T] + b for row in x])


@right("affine")
def affine_broadcast_sum(x, W, b):
    return (x[:, :, None] * W[None]).sum(axis=1) + b


@right("affine")
def affine_keyword_arguments(x, W, b, *, scale=1):
    return scale * np.matmul(x, W) + b

"""A function whose indices are known in closed form (Ishigami and Homma 1990), of uniform numbers from 0 to 1."""

import numpy as np

A, B = 7.0, 0.1
VARIANCE = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0]) / VARIANCE
BOTH = B**2 * np.pi**8 * (1 / 18 - 1 / 50) / VARIANCE  # of the first and the third together
TOTAL = FIRST + np.array([BOTH, 0.0, BOTH])
MEAN = A / 2


def ishigami(uniforms):
    """(runs, 3) uniform numbers → (runs, 1)"""
    x = np.pi * (2.0 * uniforms - 1.0)
    return (np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0]))[:, None]

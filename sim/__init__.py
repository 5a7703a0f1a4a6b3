"""Unanimity: a simulator of decisions by consensus.

Importing this package is light: numpy, mesa, matplotlib and pydantic are imported where they are used.
"""

__version__ = "0.1.0"

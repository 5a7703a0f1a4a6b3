"""Ratios measured side by side in one run; times are never asserted."""

"""Reports are made once for all tests."""

from report_pages import made

__all__ = ["made"]

"""The reference page of an explanation names every key of the record, in its order."""

from docs_tables import recorded, rows

from sim.study.explanation import Explained


def test_the_table_of_the_explanation_is_the_record() -> None:
    assert list(rows("explain-file.md")) == list(recorded(Explained))

"""Three ways to one answer: `exact` sums the table of stances, `simulate` and `agents` compare draws with it."""

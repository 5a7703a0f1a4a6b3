"""How a council decides one text: pure functions of arrays that read and print nothing (the model, sections 1 to 5)."""

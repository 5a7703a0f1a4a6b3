"""A brief to hand on: one self-contained page of HTML, without scripts, that prints to two sheets of A4."""

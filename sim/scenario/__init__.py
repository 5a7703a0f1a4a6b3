"""From a scenario file to cases; every check on input lives here."""

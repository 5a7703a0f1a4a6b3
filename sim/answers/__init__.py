"""What came out: outcomes, blame, formal power, and one record that saves and loads."""

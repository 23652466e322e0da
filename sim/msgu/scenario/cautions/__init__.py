"""What is right in a scenario though a reader may be misled by it."""

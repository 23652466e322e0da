"""The verbs of `msgu`: each parses its words, calls the package, and says what came of it."""

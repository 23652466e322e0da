"""One phenomenon a file; none imports another. Each offers `start(context)`, which registers its SimPy processes."""

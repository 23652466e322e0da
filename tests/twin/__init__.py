"""The plain twin: a second engine written for reading, in SimPy and plain Python."""

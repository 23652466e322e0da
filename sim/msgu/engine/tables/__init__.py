"""From the arrays of a finished run to the tables of `Results`."""

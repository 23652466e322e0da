"""SHOW: pictures and one self-contained page from the results of one night or of several."""

"""The page of a calibration and its pictures."""

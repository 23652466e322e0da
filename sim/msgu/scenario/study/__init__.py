"""Study files: comparisons and calibrations."""

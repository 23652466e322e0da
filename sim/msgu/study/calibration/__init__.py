"""Calibration: settings that give the reported figures, and their uncertainty."""

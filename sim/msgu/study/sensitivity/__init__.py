"""Sensitivity of outcomes to uncertain parameters."""

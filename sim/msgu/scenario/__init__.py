"""Read scenario files into one checked, frozen scenario."""

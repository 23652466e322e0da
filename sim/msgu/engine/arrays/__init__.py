"""From a world to the arrays that the kernels read."""

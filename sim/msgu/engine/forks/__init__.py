"""A run forked at a minute: what the engine told the processes is kept, with the state of its arrays, and both are put back."""

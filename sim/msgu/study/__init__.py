"""Many nights: batches, and whether what they kept is intact."""

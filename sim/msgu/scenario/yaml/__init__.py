"""From YAML text to merged nodes that know their place."""

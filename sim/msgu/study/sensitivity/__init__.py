"""How outcomes depend on what nobody knows well."""

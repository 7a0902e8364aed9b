"""Portals without an API: a YAML recipe in, complete rows out."""

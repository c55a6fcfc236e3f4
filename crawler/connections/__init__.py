"""Connections: to which addresses a name may lead."""

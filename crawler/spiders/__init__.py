"""Spiders only collect: they send what the harvest asks for and yield what it gives."""

"""Keeps the index in line with the database: sync, generations, verify, expunge."""

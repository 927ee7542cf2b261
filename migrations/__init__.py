"""Migrations, and what they are written with."""

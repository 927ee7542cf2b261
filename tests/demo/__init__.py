"""Tests of the demonstration; a package, so that its conftest does not stand in the way of the one above."""

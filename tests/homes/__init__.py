"""Tests of every home. A package, so that the server that they share ends with the last of them."""

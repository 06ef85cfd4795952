"""Indexer: builds, publishes, verifies and evaluates versions of an index."""

"""The home of an index in Milvus: the same search over collections of a server. Imported for such addresses alone."""

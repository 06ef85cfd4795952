"""Writing an index into Milvus: collections of a version, one writer at a time, and what is done again after a kill."""

"""Records: the Q&A pages that are searched; how they are read, checked, imported, and cut into passages."""

"""`indexer tune`: the encoder adapted to an operator's own records, packs and vocabulary, offline."""

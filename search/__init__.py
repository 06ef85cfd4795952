"""Search: opens a published index and answers questions with ranked Q&A pages."""

"""Suggestions while a question is typed: titles of the corpus, never other users' questions. By SQLite's word index."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

from search.database import looked_up

SCHEMA = """
CREATE TABLE titles (rank INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5(
    title, content = '', prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 0");
"""
TOKEN = re.compile(r"[^\W_]+")
MOST_WORDS = 20  # who has typed more tells something that no title goes on from


class Titles:
    """The titles of a version, each once, with the words in them; safe to use from several threads.

    They are numbered from the shortest to the longest, so that the words' index gives the best first and is read no
    further than they need, however many titles there are.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        """Those that `write` wrote into a database."""
        self._db = db

    @classmethod
    def of(cls, titles: Iterable[str]) -> Titles:
        """Some titles, in memory."""
        db = sqlite3.connect(":memory:", check_same_thread=False)
        cls.write(titles, db)
        return cls(db)

    @staticmethod
    def write(titles: Iterable[str], db: sqlite3.Connection) -> None:
        """Writes titles into a database that has no tables of these names."""
        db.executescript(SCHEMA)
        ranked = list(enumerate(sorted(set(titles) - {""}, key=lambda title: (len(title), title))))
        db.executemany("INSERT INTO titles VALUES (?, ?)", ranked)
        folded = ((rank, title.casefold()) for rank, title in ranked)
        db.executemany("INSERT INTO words (rowid, title) VALUES (?, ?)", folded)
        db.execute("INSERT INTO words (words) VALUES ('optimize')")

    def suggest(self, typed: str, k: int) -> tuple[str, ...]:
        """At most k titles in which every word typed begins a word: those that begin with the text, then short ones.

        None for more than MOST_WORDS words.
        """
        words = TOKEN.findall(typed.casefold())
        if not 0 < len(words) <= MOST_WORDS:
            return ()
        begun = self._ranks(f'^ "{" ".join(words)}" *', k)
        each = " AND ".join(f'"{word}" *' for word in dict.fromkeys(words))
        other = self._ranks(each, k + len(begun)) if len(begun) < k else []
        ranks = [*begun, *(rank for rank in other if rank not in begun)][:k]
        found = dict(looked_up(self._db, "SELECT rank, title FROM titles WHERE rank IN", ranks))
        return tuple(found[rank] for rank in ranks)

    def _ranks(self, asked: str, k: int) -> list[int]:
        found = self._db.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?", (asked, k))
        return [rank for (rank,) in found]

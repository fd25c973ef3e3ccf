"""English words that say nothing about what a headline is about."""

from __future__ import annotations

STOP_WORDS = frozenset(
    ["the", "a", "an", "of", "to", "in", "on", "for", "and", "or", "with", "from", "by", "at", "as", "is", "are", "was", "were", "be", "been", "it", "its", "it's", "this", "that", "these", "those", "their", "his", "her", "they", "we", "i", "you", "he", "your", "she", "but", "not", "no", "into", "over", "after", "than", "has", "have", "had", "s", "t", "amp", "can", "do", "does", "did", "if", "so", "up", "out", "about", "just", "more", "most", "how", "what", "who", "when", "where", "which", "while", "also", "all", "some", "any", "per", "via", "co", "inc", "ltd", "corp", "plc"]
)

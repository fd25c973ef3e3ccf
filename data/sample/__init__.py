"""The bundled sample's files, and what to say of them wherever they are shown."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
STORIES, PRICES = "stories.jsonl", "prices.csv.gz"

ORIGIN = "5,251 articles from two aggregators, Hacker News and Readhub, rewritten in our own words, and daily closes"

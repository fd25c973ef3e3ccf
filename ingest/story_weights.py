"""
What each piece of evidence weighs for one event in two articles: logarithms of odds, by name of the column in story_pairs.

Fitted by `python -m tests.fit_stories weights` on articles labelled by hand; do not edit single numbers.
"""

from __future__ import annotations

BIAS = -7.704
WEIGHTS = {
    "title_likeness": 0.804,
    "head_likeness": -1.556,
    "text_likeness": 1.409,
    "title_covered_most": 2.812,
    "title_covered_least": 4.667,
    "head_shared": 0.428,
    "text_shared": 0.632,
    "rarest": 1.508,
    "rare_words": -0.493,
    "same_first_company": 0.628,
    "company_rarity": -1.255,
    "companies_shared": 1.610,
    "two_companies": 1.178,
    "other_companies_in_text": -0.904,
    "numbers": 3.168,
    "other_numbers": -0.018,
    "events": -0.271,
    "event_kinds": 0.662,
    "other_events": 0.361,
    "company_and_event": 0.415,
    "company_and_results": 0.732,
    "company_and_move": -1.295,
    "results_and_move": 1.382,
    "days": -0.672,
    "log_hours": -0.408,
    "cross": 0.726,
    "cross_likeness": 0.842,
    "asian": 1.056,
    "asian_likeness": -1.134,
    "same_publisher": -0.711,
    "differ_opinion": -1.703,
    "differ_preview": 0.413,
    "differ_call": -3.575,
    "differ_column": -0.464,
    "differ_roundup": -2.738,
    "differ_debut": -0.712,
    "differ_pricing": 0.222,
    "differ_plan": -0.407,
    "differ_analyst": -0.911,
    "differ_labour": -0.167,
    "differ_results": -0.033,
    "differ_index": -1.881,
}

"""
What each piece of evidence weighs for one event in two articles: logarithms of odds, by name of the column in story_pairs.

Fitted by `python -m tests.fit_stories weights` on articles labelled by hand; do not edit single numbers.
"""

from __future__ import annotations

BIAS = -7.595
WEIGHTS = {
    "title_likeness": -0.012,
    "head_likeness": -2.239,
    "text_likeness": 1.848,
    "title_covered_most": 3.031,
    "title_covered_least": 3.637,
    "head_shared": 0.433,
    "text_shared": 0.613,
    "rarest": 1.902,
    "rare_words": -0.271,
    "same_first_company": 0.874,
    "company_rarity": -1.155,
    "companies_shared": 1.367,
    "two_companies": 1.422,
    "other_companies_in_text": -0.833,
    "numbers": 2.078,
    "other_numbers": 0.033,
    "other_digits": -0.501,
    "events": -0.175,
    "event_kinds": 1.180,
    "other_events": 0.425,
    "company_and_event": 0.296,
    "company_and_results": 0.816,
    "company_and_move": -1.405,
    "results_and_move": 1.380,
    "both_opinion": -1.640,
    "days": -0.878,
    "log_hours": -0.409,
    "cross": 0.514,
    "cross_likeness": 1.937,
    "asian": 0.718,
    "asian_likeness": 0.923,
    "same_publisher": -1.061,
    "differ_opinion": -1.854,
    "differ_preview": 0.316,
    "differ_call": -3.689,
    "differ_column": -0.283,
    "differ_roundup": -3.086,
    "differ_debut": -0.624,
    "differ_pricing": 0.265,
    "differ_plan": -0.384,
    "differ_analyst": -0.852,
    "differ_labour": 0.101,
    "differ_results": 0.065,
    "differ_index": -1.817,
}

"""
What each piece of evidence weighs for one event in two articles: logarithms of odds, by name of the column in story_pairs.

Fitted by `python -m tests.studies.fit_stories weights` on articles labelled by hand; do not edit single numbers.
"""

from __future__ import annotations

BIAS = -7.643
WEIGHTS = {
    "title_likeness": -0.078,
    "head_likeness": -2.387,
    "text_likeness": 2.369,
    "title_covered_most": 2.929,
    "title_covered_least": 3.981,
    "head_shared": 0.406,
    "text_shared": 0.643,
    "rarest": 1.779,
    "rare_words": -0.272,
    "same_first_company": 0.895,
    "company_rarity": -1.287,
    "companies_shared": 1.371,
    "two_companies": 1.427,
    "other_companies_in_text": -0.829,
    "numbers": 2.303,
    "other_numbers": -0.016,
    "other_digits": -0.371,
    "events": -0.215,
    "event_kinds": 1.201,
    "other_events": 0.433,
    "company_and_event": 0.320,
    "company_and_results": 0.794,
    "company_and_move": -1.388,
    "results_and_move": 1.402,
    "both_opinion": -1.645,
    "days": -0.839,
    "log_hours": -0.419,
    "cross": 0.580,
    "cross_likeness": 1.891,
    "asian": 0.764,
    "asian_likeness": 0.913,
    "same_publisher": -1.066,
    "differ_opinion": -1.868,
    "differ_preview": 0.320,
    "differ_call": -3.706,
    "differ_column": -0.288,
    "differ_debut": -0.638,
    "differ_pricing": 0.200,
    "differ_plan": -0.403,
    "differ_analyst": -0.840,
    "differ_labour": 0.044,
    "differ_results": 0.050,
    "differ_index": -1.992,
}

"""
What each piece of evidence weighs for one event in two articles: logarithms of odds, by name of the column in story_pairs.

Fitted by `python -m tests.fit_stories weights` on articles labelled by hand; do not edit single numbers.
"""

from __future__ import annotations

BIAS = -8.180
WEIGHTS = {
    "title_likeness": 1.389,
    "head_likeness": -3.429,
    "text_likeness": 1.862,
    "title_covered_most": 2.677,
    "title_covered_least": 4.950,
    "head_shared": 0.523,
    "text_shared": 0.658,
    "rarest": 1.088,
    "rare_words": -0.406,
    "same_first_company": 0.737,
    "companies_shared": 1.317,
    "two_companies": 2.018,
    "other_companies_in_text": -0.551,
    "numbers": 2.898,
    "numbers_in_text": 0.284,
    "other_numbers": -0.072,
    "events": -0.261,
    "event_kinds": 0.400,
    "other_events": 0.120,
    "company_and_event": 0.568,
    "company_and_results": 1.257,
    "company_and_move": -1.597,
    "results_and_move": 1.068,
    "days": -0.737,
    "log_hours": -0.395,
    "cross": 0.799,
    "cross_likeness": 1.105,
    "asian": 1.126,
    "asian_likeness": -1.727,
    "same_publisher": -0.666,
    "differ_opinion": -1.115,
    "differ_preview": 0.582,
    "differ_call": -3.770,
    "differ_column": -0.319,
    "differ_roundup": -2.743,
    "differ_debut": -0.829,
    "differ_pricing": 0.078,
    "differ_plan": -0.413,
    "differ_analyst": -1.095,
    "differ_labour": -0.326,
    "differ_results": -0.026,
    "differ_index": -2.017,
}

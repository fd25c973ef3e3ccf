"""
What each piece of evidence weighs for one event in two articles: logarithms of odds, by name of the column in story_pairs.

Fitted by `python -m tests.fit_stories weights` on articles labelled by hand; do not edit single numbers.
"""

from __future__ import annotations

BIAS = -7.826
WEIGHTS = {
    "title_likeness": -0.121,
    "head_likeness": -3.037,
    "text_likeness": 2.372,
    "title_covered_most": 3.300,
    "title_covered_least": 4.060,
    "head_shared": 0.352,
    "text_shared": 0.674,
    "rarest": 2.107,
    "rare_words": -0.296,
    "same_first_company": 0.905,
    "company_rarity": -1.380,
    "companies_shared": 1.442,
    "two_companies": 1.485,
    "other_companies_in_text": -1.096,
    "numbers": 2.143,
    "other_numbers": 0.051,
    "other_digits": -0.506,
    "events": -0.197,
    "event_kinds": 1.267,
    "other_events": 0.485,
    "company_and_event": 0.282,
    "company_and_results": 0.907,
    "company_and_move": -1.474,
    "results_and_move": 1.441,
    "both_opinion": -1.779,
    "days": -1.068,
    "log_hours": -0.361,
    "cross": 0.618,
    "cross_likeness": 1.811,
    "asian": 0.863,
    "asian_likeness": 0.701,
    "same_publisher": -1.113,
    "differ_opinion": -2.059,
    "differ_preview": 0.315,
    "differ_call": -4.710,
    "differ_column": -0.318,
    "differ_roundup": -4.200,
    "differ_debut": -0.619,
    "differ_pricing": 0.336,
    "differ_plan": -0.416,
    "differ_analyst": -0.889,
    "differ_labour": 0.150,
    "differ_results": 0.112,
    "differ_index": -1.990,
}

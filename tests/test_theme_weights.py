"""Words of titles as features of the theme classifier."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.model.theme_weights import ThemeWeights
from data.text.nfkc import joined
from ingest.entities.matcher import TextBatch
from ingest.themes.weights import TitleWords, features_to_learn, words


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("chip maker's 2nd fab opens", ["chip", "maker", "nd", "fab", "opens"]),
        ("gpt5.6 vs qwen3", ["gpt5.6", "vs", "qwen3"]),
        ("台积电 fab 扩产", ["fab", "台积", "积电", "扩产"]),
        ("삼성전자 hbm", ["hbm", "삼성", "성전", "전자"]),
        ("メモリ", ["メモ", "モリ"]),
        ("a 電", []),
    ],
)
def test_latin_words_stand_for_themselves_and_others_for_their_pairs_of_characters(title, found):
    assert list(words(title)) == found


def test_a_word_of_one_text_alone_is_not_worth_learning():
    assert features_to_learn(["fab fab fab", "the optics deal", "the power deal"]) == ["word:deal"]


THEMES = ["power", "memory"]


def title_words(*features: str) -> tuple[TitleWords, ThemeWeights]:
    """Each feature weighs 1 for every theme, and the n-th of them n more for power."""
    own = {feature: 1.0 + place for place, feature in enumerate(features)}
    weights = ThemeWeights(by_theme={"": dict.fromkeys(features, 1.0), "power": own, "memory": {}}, threshold=0.5)
    return TitleWords(weights, THEMES), weights


def test_only_words_with_a_weight_count_and_each_once_in_the_order_of_the_title():
    known, _ = title_words("word:deal", "strong", "word:grid")
    assert known.features("grid deal is a deal for the grid") == ["word:grid", "word:deal"]
    assert known.features("strong") == []


def test_the_words_of_many_titles_are_weighed_together():
    titles = TextBatch(
        joined(["deal after deal on the grid", "", "dealer on a 2nd gridlock", "grid+ or .grid, 电力 and 电"])
    )
    assert title_words("word:deal", "word:grid", "word:电力")[0].weigh(titles) == [
        [5.0, 2.0],
        [0.0, 0.0],
        [0.0, 0.0],
        [7.0, 2.0],
    ]
    assert title_words()[0].weigh(titles) == [[0.0, 0.0]] * 4


@given(st.lists(st.text("ab2.+ 电力삼é\U0001f600", max_size=20), min_size=1))
def test_titles_weigh_what_their_features_do(titles):
    known, weights = title_words(
        "word:ab", "word:a.b", "word:b2", "word:aa", "word:ba", "word:b+b", "word:电力", "word:力电"
    )
    own = {theme: weights.of(theme) for theme in THEMES}
    alone = [[sum(own[theme][feature] for feature in known.features(title)) for theme in THEMES] for title in titles]
    assert known.weigh(TextBatch(joined(titles))) == alone

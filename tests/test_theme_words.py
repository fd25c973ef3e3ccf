"""Words of titles as features of the theme classifier."""

import pytest

from ingest.theme_words import WeighedWords, features_to_learn, words


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


def test_only_words_with_a_weight_count_and_each_once_in_the_order_of_the_title():
    weighed = WeighedWords({"": {"word:deal": 0.1, "strong": 1.0}, "power": {"word:grid": 0.4, "word:deal": 0.2}})
    assert weighed.features("grid deal is a deal for the grid") == ["word:grid", "word:deal"]
    assert weighed.features("strong") == []

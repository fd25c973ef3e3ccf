"""What the themes' files may say, what they are refused for, and that learning from them is repeatable."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import tomlkit

from data.catalog import BUNDLED, load_catalog
from data.catalog.contexts import load_contexts
from data.catalog.themes import LANGS, check_phrase, expand, parse_themes
from data.errors import CatalogError
from data.files import Files
from data.model import BUNDLED as MODEL
from data.model import Model
from data.model.theme_weights import ThemeWeights, weights_text
from ingest.themes.train import JUDGEMENTS, Labelled, Pair, digest, examples, judged_headlines, pairs, train
from ingest.themes.weights import probability

OTHERS = '[power]\nname = "Power"\nen = ["power story"]'


def parsed(memory: str) -> object:
    return parse_themes(f'[memory]\nname = "Memory"\nen = ["DRAM"]\n{memory}\n{OTHERS}').get("memory")


def problem(memory: str) -> str:
    with pytest.raises(CatalogError) as caught:
        parsed(memory)
    return str(caught.value)


def test_the_bundled_themes_are_the_twelve_with_phrases_in_four_languages() -> None:
    themes = load_catalog().themes
    assert len(themes) == 12
    assert themes["space"].name == "Space compute"
    for theme in themes.values():
        assert {phrase.lang for phrase in theme.phrases if not phrase.weak} == set(LANGS)
        assert {phrase.subtheme for phrase in theme.phrases} - {""} <= theme.subthemes.keys()
        assert theme.description.endswith(".")


def test_a_mistake_names_file_line_and_what_is_wrong() -> None:
    assert problem('zh = ["存储", "存储"]') == "themes.toml:4: The phrase '存储' (zh) occurs twice."
    assert problem('fr = ["mémoire"]').startswith("themes.toml:4: unknown key 'fr' in [memory]")
    assert problem('weak.fr = ["mémoire"]').startswith("themes.toml:4: unknown key 'weak.fr'")
    assert problem('ko = [""]') == "themes.toml:4: '': The phrase is empty."
    assert problem('ko = ["(메모리)+"]').startswith("themes.toml:4: '(메모리)+': The phrase contains '('")
    assert problem('ko = "메모리"') == "themes.toml:1: phrases, blocks and cues are lists of strings"
    assert problem('ko = ["메모리"').startswith("themes.toml:")
    assert problem('[memory.subthemes.HBM]\nname = "HBM"').startswith("themes.toml:4: sub-theme id 'HBM'")
    assert problem('[memory.subthemes.hbm]\nen = ["HBM"]') == "themes.toml:4: [memory.subthemes.hbm] needs a name"
    assert problem('[Weather]\nname = "Weather"\nen = ["sunny day"]').startswith(
        "themes.toml:4: theme id 'Weather' must"
    )


def test_no_theme_at_all_or_one_without_a_phrase_is_refused() -> None:
    with pytest.raises(CatalogError, match="there is no theme"):
        parse_themes('[cues]\nen = ["AI"]')
    with pytest.raises(CatalogError, match=r"themes.toml:1: The theme memory needs a strong phrase"):
        parse_themes(f'[memory]\nname = "Memory"\nweak.en = ["memory"]\n{OTHERS}')


@pytest.mark.parametrize("text", ["HBM4", "memory {chip|maker}", "data center ... power", "光模块", "S 1"])
def test_a_phrase_may_be_plain_with_choices_or_with_a_gap(text: str) -> None:
    assert check_phrase(text) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("  ", "The phrase is empty."),
        ("x" * 500, "The phrase is longer than 400 characters."),
        ("memory.*", "The phrase contains '*': only {a|b} and ' ... ' are understood, no regular expressions."),
        ("(a+)+$", "The phrase contains '(': only {a|b} and ' ... ' are understood, no regular expressions."),
        ("memory {chip|{x|y}}", "The braces do not pair up as {a|b}, one level deep."),
        ("a|b", "The braces do not pair up as {a|b}, one level deep."),
        ("one...two", "A gap is written ' ... ' with a space on each side, once."),
        ("a ... b ... c", "A gap is written ' ... ' with a space on each side, once."),
        (
            "{aa|bb|cc|dd|ee}{aa|bb|cc|dd|ee}{aa|bb|cc|dd|ee}{aa|bb|cc|dd}",
            "The phrase stands for more than 400 forms: split it.",
        ),
        ("{x|yes}", "'x' is too short: a phrase and each side of a gap has two letters at least."),
        ("…!", "'…!' is too short: a phrase and each side of a gap has two letters at least."),
    ],
)
def test_a_phrase_that_could_be_slow_or_means_nothing_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    assert check_phrase(text) == sentence


def test_a_phrase_unfolds_to_its_forms_and_their_spellings() -> None:
    assert expand("{DRAM|NAND} price{|s}") == ("DRAM price", "DRAM prices", "NAND price", "NAND prices")
    assert expand("data center ... fiber")[:2] == ("data center ... fiber", "datacenter ... fiber")
    assert expand("AI芯片") == ("AI芯片", "AI 芯片")


def test_an_editor_can_add_a_phrase_without_touching_the_rest() -> None:
    source = (BUNDLED / "themes.toml").read_text("utf-8")
    document = tomlkit.parse(source)
    assert tomlkit.dumps(document) == source
    document["memory"]["en"].append("memory sommelier")
    rewritten = tomlkit.dumps(document)
    assert "memory sommelier" in {phrase.text for phrase in parse_themes(rewritten)["memory"].phrases}
    assert len(set(source.splitlines()) - set(rewritten.splitlines())) <= 1


def contexts(text: str) -> object:
    return load_contexts(Files().changed({"theme_contexts.toml": text}))


def test_contexts_are_words_by_language_only() -> None:
    with pytest.raises(CatalogError, match=r"contexts.toml:4: \[peace\] has lists of words for en, zh, ko, ja only"):
        contexts('[war]\nen = ["missile"]\n\n[peace]\nfr = ["paix"]\n')
    with pytest.raises(CatalogError, match=r"contexts.toml:1: \[war\] has an empty word"):
        contexts('[war]\nen = [" "]\n')
    assert "results" in load_catalog().contexts


def test_weights_come_back_as_they_were_written_and_a_broken_file_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "theme_weights.csv"
    weights = ThemeWeights(
        by_theme={"": {"strong": 2.0}, "power": {"strong": 0.5}}, threshold=0.4, thresholds={"power": 0.6}, nameless=0.1
    )
    file.write_text(weights_text(weights), "utf-8")
    assert Model(tmp_path).theme_weights == weights
    assert weights.of("power") == {"strong": 2.5}
    assert weights.of("memory") == {"strong": 2.0}
    file.write_text("theme,feature,weight\n,threshold,0.4\n,strong,heavy\n", "utf-8")
    with pytest.raises(CatalogError, match=r"weights.csv:3: not a weight"):
        print(Model(tmp_path).theme_weights)
    file.write_text("a,b\n", "utf-8")
    with pytest.raises(CatalogError, match=r"weights.csv:1: the columns must be"):
        print(Model(tmp_path).theme_weights)


def test_a_probability_never_overflows() -> None:
    assert probability({"bias": -1e6}, []) == 0.0
    assert probability({"bias": 1e6}, []) == 1.0
    assert probability({}, ["unknown"]) == 0.5


def test_learning_twice_from_the_same_rows_gives_the_same_bytes() -> None:
    found = [
        Pair(0, "memory", ["strong", "main"], True),
        Pair(1, "memory", ["weak"], False),
        Pair(2, "power", ["strong"], True),
    ]
    assert weights_text(train(found)) == weights_text(train(found))
    assert (
        probability(train(found).of("memory"), ["strong", "main"])
        > 0.5
        > probability(train(found).of("memory"), ["weak"])
    )


def test_an_optional_theme_teaches_nothing() -> None:
    row = Labelled("HBM4 sold out", "", frozenset(), frozenset({"memory"}))
    assert [pair.theme for pair in pairs([row])] == []


def test_companies_that_live_of_something_else_are_known() -> None:
    assert {"apple", "tesla"} <= load_catalog().broad_companies


def test_a_judgement_finds_its_headline_again_and_only_once(tmp_path: Path) -> None:
    archive, judgements = tmp_path / "news.jsonl.gz", tmp_path / "judgements.csv"
    titles = ["HBM4  sold out", "A quiet day", "HBM4 sold out"]
    archive.write_bytes(gzip.compress("\n".join(json.dumps({"title": title}) for title in titles).encode()))
    judgements.write_text(f"headline,themes\n{digest('HBM4 sold out')},memory|cloud?\n", "utf-8")
    assert list(judged_headlines([archive], judgements)) == [
        Labelled("HBM4 sold out", "", frozenset({"memory"}), frozenset({"cloud"}))
    ]


def test_our_judgements_name_known_themes() -> None:
    rows = Files.read(MODEL, [JUDGEMENTS.name]).rows(JUDGEMENTS.name, ("headline", "themes"))
    assert {theme.rstrip("?") for row in rows for theme in row.many("themes")} == {*load_catalog().themes, "-"}


def test_our_examples_name_known_themes_once() -> None:
    rows = list(examples())
    assert len(rows) > 1000
    assert {theme for row in rows for theme in row.themes | row.optional} == set(load_catalog().themes)
    assert len({row.title for row in rows}) == len(rows)

"""Editing the catalog's words: the effect of a phrase or name on the whole archive, checked blind, then applied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import plotly.graph_objects as go
import streamlit as st

from dashboard.access import check_may_change
from dashboard.cache.stores import catalog_in_use, forget_catalog, store_at
from dashboard.charts.figures import axis, axis_title, base_layout, whole_ticks
from dashboard.charts.palette import OTHER, SERIES
from dashboard.components.controls import finish_controls
from dashboard.components.downloads import table_menu
from dashboard.components.editing import (
    EXAMPLES,
    Draft,
    before_and_after,
    changed_subjects,
    precision_words,
    sample_to_check,
)
from dashboard.components.frame import current_frame, empty_words, reader_name
from dashboard.components.panel import heading
from dashboard.formatting import ChartWords, count_words, day_words, escape, escape_markdown, story_count
from data.catalog import current
from data.catalog.edit import (
    ALIASES,
    THEMES,
    difference,
    phrase_changes,
    phrase_lists,
    with_alias,
    with_phrases,
    without_alias,
)
from data.errors import ChokepointError
from data.read.attention import Filters
from data.read.receipts import articles_by_id
from data.write.corrections import all_corrections
from ingest.progress import Progress, Step
from ingest.relink import preview, relink, undo

LISTS = {
    "en": "English, strong phrases",
    "zh": "Chinese, strong phrases",
    "ko": "Korean, strong phrases",
    "ja": "Japanese, strong phrases",
    "weak.en": "English, weak phrases",
    "weak.zh": "Chinese, weak phrases",
    "weak.ko": "Korean, weak phrases",
    "weak.ja": "Japanese, weak phrases",
    "blocks": "Exclusions",
}
RIGHT, WRONG, UNSURE = "about it", "not about it", "cannot tell"

frame = current_frame()
catalog, store = catalog_in_use(), store_at(frame.url)
today = current(catalog)  # the files may have been edited by hand, or by another app, since the pages' catalog was read
draft: Draft = st.session_state.setdefault("draft", Draft())
draft.begin(today.files)
with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    finish_controls(frame)


def put(name: str, change: Callable[[str], str]) -> None:
    """Change a file's text in the draft; a mistake is shown and changes nothing."""
    try:
        draft.put(name, change(draft.text(name)))
    except ChokepointError as error:
        st.session_state["edit_error"] = str(error)


def edit_theme() -> None:
    left, middle, right = st.columns([1, 1, 1.4])
    theme = left.selectbox(
        "Theme", list(catalog.themes), format_func=lambda ident: catalog.themes[ident].name, key="edit_theme"
    )
    parts = {"": "The whole theme", **catalog.themes[theme].subthemes}
    part = middle.selectbox("Part", list(parts), format_func=parts.__getitem__, key="edit_part")
    lists = LISTS if not part else {key: name for key, name in LISTS.items() if key != "blocks"}
    key = right.selectbox("List", list(lists), format_func=lists.__getitem__, key="edit_list")
    phrases = phrase_lists(draft.text(THEMES), theme).get((part, key), [])
    # Another base is another list: what the widget was typed into is compared with the text that it showed.
    widget = f"phrases_{theme}_{part}_{key}_{draft.turn}_{crc32(draft.files.contents[THEMES])}"
    st.text_area(
        "Phrases, one a line: {a|b} for either, x ... y for x and then y close behind, CAPITALS match capitals only",
        "\n".join(phrases),
        height=220,
        key=widget,
        on_change=lambda: put(
            THEMES, lambda text: with_phrases(text, theme, part, key, st.session_state[widget].splitlines())
        ),
    )


def edit_names() -> None:
    idents = sorted(catalog.companies, key=lambda ident: catalog.companies[ident].name.lower())
    company = st.selectbox(
        "Company", idents, format_func=lambda ident: catalog.companies[ident].name, key="edit_company"
    )
    names = [alias.text for alias in catalog.companies[company].aliases if alias.kind == "name"]
    st.caption(escape_markdown(" · ".join(names)))
    with st.form("add_name", clear_on_submit=True):
        name = st.text_input("A further name, in any script")
        ambiguous = st.checkbox(
            "It is also an ordinary word, or somebody else's name: it needs one of these words nearby"
        )
        cues = st.text_input("Words nearby, separated by commas")
        if st.form_submit_button("Add the name") and name.strip():
            nearby = [cue.strip() for cue in cues.split(",") if cue.strip()]
            put(ALIASES, lambda text: with_alias(text, company, name, ambiguous=ambiguous, cues=nearby))
    with st.form("remove_name"):
        gone = st.selectbox("A name that is wrong", names)
        if st.form_submit_button("Remove the name") and gone:
            put(ALIASES, lambda text: without_alias(text, company, gone))


def show_progress(bar: st.delta_generator.DeltaGenerator) -> Progress:
    def show(step: Step) -> None:
        words = f"Linking again: {step.done:,} of {step.total:,} articles" if step.total else step.name
        bar.progress(min(step.done / max(step.total, 1), 1.0), escape_markdown(words))

    return show


def draft_lines(before: str, after: str) -> list[str]:
    """What the draft adds to each list of phrases, and takes away, as HTML."""
    lines = []
    for (theme, part, key), (came, went) in phrase_changes(before, after).items():
        where = " · ".join(
            name
            for name in (catalog.themes[theme].name, catalog.themes[theme].subthemes.get(part, ""), LISTS[key])
            if name
        )
        signed = [f"<b>+</b> {escape(text)}" for text in came] + [f"<b>−</b> {escape(text)}" for text in went]
        lines.append(f"{escape(where)}: {'; '.join(signed) or 'reordered'}")
    return lines


def draw_draft() -> None:
    """The draft as a diff, and the buttons that go on from it."""
    if problem := st.session_state.pop("edit_error", ""):
        st.error(escape_markdown(problem))
    if not draft.edits:
        empty_words(
            "Nothing is edited yet. Change a list of phrases or a company's names to see its effect on the archive."
        )
        return
    for name, edit in draft.edits.items():
        if name == THEMES:
            st.html(f'<p class="cp-effect">{"<br>".join(draft_lines(edit.base, edit.text))}</p>')
        st.code(difference(edit.base, edit.text, name), language="diff")
        if edit.base != today.files.text(name):
            st.caption(f"{name} was changed by somebody else meanwhile; this edit will be put on top of that.")
    with st.container(horizontal=True):
        look = st.button("See what would change", type="primary", key="edit_look")
        if st.button("Discard changes", key="edit_drop"):
            draft.discard()
            st.rerun()
    if look:
        try:
            draft.effect = preview(store, today, list(draft.edits.values()), progress=show_progress(st.progress(0.0)))
        except ChokepointError as error:
            st.error(escape_markdown(str(error)))
    if draft.effect is not None:
        draw_effect()


def draw_effect() -> None:
    effect = draft.effect
    assert effect is not None
    changes = changed_subjects(effect)
    heading("What would change", f"{count_words(effect.articles, 'article')} of the whole archive linked differently")
    if changes.empty:
        st.caption("No story would be linked differently. Applying keeps the new words for what comes.")
        draw_apply()
        return
    lines = [
        f"{escape(catalog.subject_name(row.subject))}: <b>+{row.gained:,} / −{row.lost:,}</b> stories"
        for row in changes.head(8).itertuples()
    ]
    st.html(f'<p class="cp-effect">{"<br>".join(lines)}</p>')
    subject = st.selectbox(
        "Look closer at", changes["subject"].tolist(), format_func=catalog.subject_name, key="edit_subject"
    )
    # Of all publishers and languages, as the lists below: an edit is not made for a filter.
    window = Filters(start=frame.view.start, end=frame.view.end)
    series = before_and_after(store, subject, effect, window, frame.view.grain)
    counts = " and ".join(
        f"{story_count(series[column].sum())} {name}"
        for column, name in (("before", "now"), ("after", "with the edit"))
    )
    st.caption(f"{day_words(window.start)} to {day_words(window.end)}, all publishers and languages: {counts}.")
    figure = go.Figure(
        [
            go.Bar(
                x=series["period"],
                y=series[column],
                name=name,
                marker_color=colour,
                hovertemplate=f"%{{x|%-d %b %Y}}<br>{name}: %{{y:,}}<extra></extra>",
            )
            for column, name, colour in (("before", "now", OTHER), ("after", "with the edit", SERIES[0]))
        ],
        base_layout(frame.touch)
        | {
            "barmode": "group",
            "height": 240,
            "xaxis": {**axis(frame.touch), "showgrid": False},
            "yaxis": {**axis(True), "title": axis_title("stories"), **whole_ticks(series[["before", "after"]])},
        },
    )
    st.plotly_chart(
        figure,
        key="edit_chart",
        config={"displayModeBar": False},
        alt=f"Stories about {catalog.subject_name(subject)}: {counts}",
    )
    gained, lost = st.columns(2)
    for column, change, title in ((gained, 1, "Gained"), (lost, -1, "Lost")):
        moves = effect.moves[(effect.moves["subject"] == subject) & (effect.moves["change"] == change)]
        with column:
            newest = moves.sort_values(["day", "article"], ascending=False)["article"].head(EXAMPLES)
            part = f", the newest {EXAMPLES}" if len(moves) > EXAMPLES else ""
            draw_examples(f"{title}: {story_count(len(moves))} in the whole archive{part}", newest.tolist())
    blind_check(subject)
    draw_apply()


def draw_examples(title: str, articles: list[int]) -> None:
    texts = articles_by_id(store, articles)
    items = "".join(
        f'<li>{escape(row.title)} <span class="cp-meta">{escape(row.publisher)}</span></li>'
        for row in texts.itertuples()
    )
    st.html(f'<h3 class="cp-receipts-head">{escape(title)}</h3><ul class="cp-examples">{items}</ul>')


@st.fragment
def blind_check(subject: str) -> None:
    """Twenty stories without their evidence: is each about the subject?"""
    assert draft.effect is not None
    with st.expander(f"Check 20 stories about {catalog.subject_name(subject)} blind"):
        seed = st.number_input("Draw", 0, 999, 0, key="check_seed", help="Another number draws other stories.")
        chosen = sample_to_check(store, subject, draft.effect, frame.request().filters, seed=int(seed))
        answers = []
        for row in articles_by_id(store, chosen).itertuples():
            st.html(f'<div class="cp-title">{escape(row.title)}</div><div>{escape(row.summary)}</div>')
            key = f"check_{subject}_{seed}_{row.article}"
            answers.append(
                st.segmented_control("Is it about it?", [RIGHT, WRONG, UNSURE], key=key, label_visibility="collapsed")
            )
        st.markdown(f"**{precision_words(answers.count(RIGHT), answers.count(WRONG))}**")


def draw_apply() -> None:
    if st.button("Apply: a new version of the catalog", type="primary", key="edit_apply"):
        try:
            check_may_change()
            _, effect = relink(store, today, list(draft.edits.values()), progress=show_progress(st.progress(0.0)))
        except ChokepointError as error:
            st.error(escape_markdown(str(error)))
            return
        draft.discard()
        forget_catalog()
        st.session_state["edit_done"] = (
            f"Applied: {count_words(effect.articles, 'article')} linked differently. "
            "Older links still show what they showed."
        )
        st.rerun()


def draw_corrections() -> None:
    """Corrections in force, each with who made it and why, and a way back."""
    rows = all_corrections(store)
    if rows.empty:
        empty_words("No link was corrected. Use “Correct a link” under any list of stories.")
    else:
        said = ChartWords(
            title="Corrections of links",
            unit="one row a correction in force",
            n=f"n = {count_words(len(rows), 'correction')}",
            source="what people corrected in this store",
            method="laid over every linking, until it is undone",
            revision=frame.rev,
            notice=frame.notice,
        )
        table_menu(frame, "corrections", said, lambda: rows)
    for row in rows.itertuples():
        verdict = "is not about" if row.verdict == "wrong" else "is about"
        with st.container(horizontal=True, vertical_alignment="center", key=f"correction_{row.id}"):
            name = escape(catalog.subject_name(row.subject))
            why = f"{verdict} {name}: {escape(row.reason)} ({escape(row.author)})"
            st.html(
                f'<div class="cp-saved"><div class="cp-title">{escape(row.title)}</div>'
                f'<div class="cp-meta">{why}</div></div>'
            )
            if st.button("Undo", key=f"undo_{row.id}", type="tertiary"):
                try:
                    undo(store, catalog, row.article, row.subject, now=datetime.now(UTC))
                except ChokepointError as error:
                    st.error(escape_markdown(str(error)))
                else:
                    st.rerun()


if done := st.session_state.pop("edit_done", ""):
    st.success(done)
themes_tab, names_tab, corrections_tab = st.tabs(["Theme phrases", "Company names", "Corrections"])
with themes_tab:
    edit_theme()
with names_tab:
    edit_names()
with corrections_tab:
    draw_corrections()
st.divider()
heading(
    "The edit",
    f"by {reader_name()}; applied, it is a new version of {escape(Path(catalog.folder).name)}/, "
    "the old one is kept in history/",
)
draw_draft()

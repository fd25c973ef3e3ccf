"""The canonical form of a link."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.urls import canonical_url, domain_of


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.com/a/b-c_d.html", "https://example.com/a/b-c_d.html"),
        ("https://Example.COM", "https://example.com/"),
        ("HTTP://example.com:80/x", "http://example.com/x"),
        ("https://example.com:443/x", "https://example.com/x"),
        ("https://example.com:8443/x", "https://example.com:8443/x"),
        ("https://user:secret@example.com/x", "https://example.com/x"),
        ("https://example.com/x#part", "https://example.com/x"),
        ("https://example.com/x?utm_source=rss&id=7&fbclid=q&page=2", "https://example.com/x?id=7&page=2"),
        ("https://example.com/x?b=2&a=1", "https://example.com/x?b=2&a=1"),
        ("https://example.com/x?UTM_Source=rss", "https://example.com/x"),
        ("https://example.com/x?a=1;b=2&c=%2F%26&d=e+f", "https://example.com/x?a=1;b=2&c=%2F%26&d=e+f"),
        ("https://example.com/x?", "https://example.com/x"),
        ("https://example.com/%7euser/a%2fb", "https://example.com/~user/a%2Fb"),
        ("https://example.com/뉴스?q=메모리", "https://example.com/%EB%89%B4%EC%8A%A4?q=%EB%A9%94%EB%AA%A8%EB%A6%AC"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://例え.jp/", "https://xn--r8jz45g.jp/"),
        ("https://example.com./x", "https://example.com/x"),
        ("https://example.com/a/../b/./c", "https://example.com/b/c"),
        ("https://example.com/../..", "https://example.com/"),
        (
            "https://web.archive.org/web/2020/https://example.com/",
            "https://web.archive.org/web/2020/https://example.com/",
        ),
        ("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("http://localhost:8501/x", "http://localhost:8501/x"),
        ("  https://example.com/x\n", "https://example.com/x"),
        ('<https://example.com/x">', "https://example.com/x"),
    ],
)
def test_the_same_page_gets_the_same_link(url, canonical):
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox",
        "file:///etc/passwd",
        "ftp://example.com/x",
        "feed:https://example.com/x",
        "//evil.example/x",
        "/\\evil.example",
        "\\\\evil.example\\x",
        "https:evil.example",
        "https:/evil.example",
        "https:///path",
        "https://",
        "https:\\\\evil.example",
        "https://good.example\\@evil.example/",
        "https://exa\tmple.com/",
        "https://example.com/a\nb",
        "ht\ntps://example.com/",
        "https://exam ple.com/",
        "https://example.com:port/",
        "https://example.com:99999/",
        "https://exa<b>mple.com/",
        "https://a%00.example/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://user@/x",
        "mailto:a@example.com",
        "tag:example.com,2026:1",
        "/relative",
        "www.example.com/x",
        "https://example.com/" + "a" * 5_000,
    ],
)
def test_what_is_not_plainly_http_is_no_link(url):
    assert canonical_url(url) == ""


def test_a_relative_link_is_resolved_against_its_base():
    base = "https://example.com/news/feed.xml"
    assert canonical_url("/a?b=1", base) == "https://example.com/a?b=1"
    assert canonical_url("story.html", base) == "https://example.com/news/story.html"
    assert canonical_url("//evil.example/x", base) == ""
    assert canonical_url("javascript:alert(1)", base) == ""
    assert canonical_url("/\t/evil.example", base) == ""


def test_the_domain_has_no_www_no_port_and_no_name_of_a_person():
    assert domain_of("https://www.example.com:8080/x") == "example.com"
    assert domain_of("https://example.com@evil.example/x") == "evil.example"
    assert domain_of("https://BÜCHER.example") == "xn--bcher-kva.example"
    assert domain_of("javascript:alert(1)") == domain_of("not a link") == domain_of("") == ""


url_like = st.builds(
    "{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTPS://u:p@", "//", "", "javascript:", "https:\\"]),
    st.sampled_from(["example.com", "EXAMPLE.com:443", "bücher.de", "[::1]", "1.2.3.4:80", "a_b.c", "x", "а.рф", ""]),
    st.text(alphabet=st.characters() | st.sampled_from("/?#&=%.:;@\\ ab2Fc\t")),
)


@given(url_like)
def test_a_canonical_link_is_its_own_canonical_form(url):
    once = canonical_url(url)
    assert canonical_url(once) == once
    assert once == "" or (once.startswith(("http://", "https://")) and once.isascii() and domain_of(once))


@given(url_like, st.sampled_from(["https://example.com/a/b?c", "http://example.com"]))
def test_a_resolved_link_stays_canonical(url, base):
    once = canonical_url(url, base)
    assert canonical_url(once) == once

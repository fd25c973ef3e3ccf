"""What one fetch brings, or the sentence that says why it brings nothing."""

from __future__ import annotations

import ssl
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

import faultserver
from data.errors import FetchError, Gone, RetryLater, UsageError
from faultserver import FaultServer
from ingest.fetch.client import Fetcher, Limits, Validators, public_form, user_agent
from ingest.fetch.guard import allowed_networks
from ingest.fetch.status import back_off_seconds, seconds_to_wait

LOOPBACK = allowed_networks("127.0.0.1/32")


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with faultserver.running() as running:
        yield running


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(allowed=LOOPBACK, limits=Limits(seconds=15), spacing_seconds={"127.0.0.1": 0})


@pytest.fixture
def hasty() -> Fetcher:
    """One that gives up soon, for answers that never end; a busy machine may keep a good one waiting as long."""
    return Fetcher(allowed=LOOPBACK, limits=Limits(seconds=1), spacing_seconds={"127.0.0.1": 0})


def refusal(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FetchError) as refused:
        fetcher.fetch(url)
    return str(refused.value)


@pytest.mark.parametrize("path", ["/feed", "/gzip", "/deflate", "/bare-deflate", "/found"])
def test_a_good_feed_comes_whole_in_every_encoding_that_was_asked_for(
    server: FaultServer, fetcher: Fetcher, path: str
) -> None:
    assert fetcher.fetch(server.url + path).body == faultserver.GOOD


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/bomb", "Stopped: 127.0.0.1 sent more than 5 MB after decompression."),
        ("/big", "Stopped: 127.0.0.1 sent more than 5 MB."),
        ("/endless", "Stopped: 127.0.0.1 sent more than 5 MB."),
        ("/brotli", "Stopped: 127.0.0.1 used a content encoding that was not requested (br)."),
        ("/twice-gzip", "Stopped: 127.0.0.1 used a content encoding that was not requested (gzip, gzip)."),
        ("/not-gzip", "127.0.0.1 announced gzip data but sent something else."),
        ("/half-gzip", "The compressed body from 127.0.0.1 ends too early; none of it was used."),
        ("/hang", "Gave up on 127.0.0.1 after 1 s (0 bytes received)."),
        ("/drip-headers", "Gave up on 127.0.0.1 after 1 s (0 bytes received)."),
        ("/cut", "127.0.0.1 closed the connection after 4 of 1000 bytes; none of it was used."),
        ("/empty", "127.0.0.1 answered with an empty body."),
        ("/challenge", "127.0.0.1 requires a browser check (Cloudflare), which an automatic reader cannot pass."),
        ("/500", "127.0.0.1 has an internal error (500); it will be asked again later."),
        ("/401", "127.0.0.1 answered 401: it requires a login."),
        ("/404", "127.0.0.1 answered 404: there is nothing at this address any more; correct it in sources.toml."),
        ("/loop", "127.0.0.1 redirects more than 5 times; correct the address in sources.toml."),
        (
            "/to-file",
            "127.0.0.1 redirects to an address that cannot be fetched. "
            "Refused: only http and https addresses are fetched, not file.",
        ),
        (
            "/to-ftp",
            "127.0.0.1 redirects to an address that cannot be fetched. "
            "Refused: only http and https addresses are fetched, not ftp.",
        ),
    ],
)
def test_each_fault_has_its_sentence(
    server: FaultServer, fetcher: Fetcher, hasty: Fetcher, path: str, sentence: str
) -> None:
    assert refusal(hasty if "Gave up" in sentence else fetcher, server.url + path) == sentence


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feeds.example/rss",
        "http://",
        "http:///rss",
        "http://[::1/rss",
        "http://127.0.0.1:99999/rss",
        "http://" + "a" * 70 + ".example/",
        "http://a..b/",
        "http://xn--a/",
        "http://exa mple.com/",
        "http://127.0.0.1:port/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "http://\u0000/",
        "http://ⅷ.example\u2028/",
    ],
)
def test_an_address_that_is_none_is_refused_in_a_sentence(fetcher: Fetcher, url: str) -> None:
    assert refusal(fetcher, url).endswith((".", "network."))


@pytest.mark.parametrize("target", ["http://[::1", "//", "http://a:99999/", "", "http://" + "a" * 70_000])
def test_a_redirect_to_nonsense_is_refused_in_a_sentence(server: FaultServer, fetcher: Fetcher, target: str) -> None:
    server.answers["/nonsense"] = faultserver.redirect(target)
    assert len(refusal(fetcher, server.url + "/nonsense")) < 1000


def test_a_slow_drip_ends_at_the_deadline_although_every_read_is_quick(server: FaultServer, hasty: Fetcher) -> None:
    begun = time.monotonic()
    assert refusal(hasty, server.url + "/drip").startswith("Gave up on 127.0.0.1 after 1 s (")
    assert time.monotonic() - begun < 2


def test_a_bomb_is_stopped_by_its_size_and_not_by_the_memory(server: FaultServer, fetcher: Fetcher) -> None:
    tracemalloc.start()
    refusal(fetcher, server.url + "/bomb")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_host_that_nobody_listens_at_cannot_be_reached(fetcher: Fetcher) -> None:
    with faultserver.running() as gone:
        url = gone.url
    assert refusal(fetcher, url).startswith("127.0.0.1 cannot be reached: ")


def test_a_second_fetch_is_conditional_and_brings_nothing(server: FaultServer, fetcher: Fetcher) -> None:
    first = fetcher.fetch(server.url + "/feed")
    second = fetcher.fetch(server.url + "/feed", first.validators)
    assert server.asked("/feed")[1]["If-None-Match"] == '"one"'
    assert (second.unchanged, second.body, second.validators) == (True, b"", first.validators)


def test_the_same_body_is_nothing_new_even_when_the_server_keeps_no_validators(
    server: FaultServer, fetcher: Fetcher
) -> None:
    first = fetcher.fetch(server.url + "/gzip")
    assert fetcher.fetch(server.url + "/gzip", first.validators).unchanged


def test_an_unconditional_fetch_sees_through_an_etag_that_lies(server: FaultServer, fetcher: Fetcher) -> None:
    first = fetcher.fetch(server.url + "/feed")
    server.answers["/feed"] = faultserver.Feed(faultserver.rss("New"), etag='"one"')
    assert fetcher.fetch(server.url + "/feed", first.validators).unchanged
    again = fetcher.fetch(server.url + "/feed", Validators(body_hash=first.validators.body_hash))
    assert again.body == faultserver.rss("New")


def test_a_permanent_redirect_is_remembered_and_a_temporary_one_is_not(server: FaultServer, fetcher: Fetcher) -> None:
    assert fetcher.fetch(server.url + "/moved").moved_to == server.url + "/feed"
    assert fetcher.fetch(server.url + "/found").moved_to == ""


@pytest.mark.parametrize(("path", "seconds"), [("/429", 60), ("/429-bare", 900), ("/503", 120)])
def test_a_limit_says_when_to_come_back(server: FaultServer, fetcher: Fetcher, path: str, seconds: int) -> None:
    with pytest.raises(RetryLater, match=r"127\.0\.0\.1 limits requests") as limited:
        fetcher.fetch(server.url + path)
    assert limited.value.seconds == seconds


def test_a_feed_that_has_ended_is_told_apart(server: FaultServer, fetcher: Fetcher) -> None:
    with pytest.raises(Gone, match=r"410.*paused"):
        fetcher.fetch(server.url + "/410")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 60),
        ("600", 600),
        ("999999999999", 86_400),
        ("Mon, 02 Mar 2026 10:30:00 GMT", 1800),
        ("Mon, 02 Mar 2020 10:30:00 GMT", 60),
        ("soon", 900),
        ("Mon, 02 Mar 2026 10:30:00 +99999999999999999999", 900),
        ("", 900),
    ],
)
def test_retry_after_is_obeyed_between_a_minute_and_a_day(header: str, seconds: int) -> None:
    assert seconds_to_wait(header, now=datetime(2026, 3, 2, 10, tzinfo=UTC)) == seconds


def test_the_waits_after_failures_grow_from_a_minute_to_a_day_and_are_spread() -> None:
    assert [back_off_seconds(n, spread=1) for n in (1, 2, 3, 4, 5, 6, 7, 100)] == [
        60, 240, 960, 3840, 15360, 61440, 86400, 86400,
    ]  # fmt: skip
    assert back_off_seconds(1, spread=0) == 45


def test_a_password_in_the_address_reaches_its_host_and_no_message(server: FaultServer, fetcher: Fetcher) -> None:
    address = server.url.replace("http://", "http://reader:canary@")
    fetched = fetcher.fetch(address + "/feed")
    assert server.asked("/feed")[0]["Authorization"].startswith("Basic ")
    assert "canary" not in fetched.url + refusal(fetcher, address + "/500")
    assert public_form("https://reader:canary@feeds.example/x?a=1") == "https://feeds.example/x?a=1"


def test_a_password_does_not_follow_a_redirect_to_another_host(server: FaultServer, fetcher: Fetcher) -> None:
    with faultserver.running() as other:
        server.answers["/away"] = faultserver.redirect(other.url + "/feed")
        fetcher.fetch(server.url.replace("http://", "http://reader:canary@") + "/away")
        assert "Authorization" not in other.asked("/feed")[0]


def test_the_reader_says_who_it_is_and_whom_to_ask(
    server: FaultServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHOKEPOINT_CONTACT", "desk@example.org")
    fetcher.fetch(server.url + "/feed")
    agent = server.asked("/feed")[0]["User-Agent"]
    assert agent == user_agent()
    assert agent.startswith("Chokepoint/")
    assert "desk@example.org" in agent


def test_a_proxy_in_the_environment_is_not_used(
    server: FaultServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faultserver.running() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert fetcher.fetch(server.url + "/feed").body == faultserver.GOOD
        assert proxy.seen == []


def test_requests_to_one_host_keep_their_distance(server: FaultServer) -> None:
    fetcher = Fetcher(allowed=LOOPBACK, spacing_seconds={"127.0.0.1": 0.2})
    begun = time.monotonic()
    for _ in range(3):
        fetcher.fetch(server.url + "/feed")
    assert time.monotonic() - begun >= 0.4


def over_tls(server: FaultServer, certificate: trustme.LeafCert) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return f"https://127.0.0.1:{server.server_address[1]}"


def test_a_certificate_is_checked_and_a_trusted_one_is_read(server: FaultServer) -> None:
    authority = trustme.CA()
    url = over_tls(server, authority.issue_cert("127.0.0.1"))
    tls = ssl.create_default_context()
    authority.configure_trust(tls)
    assert Fetcher(allowed=LOOPBACK, tls=tls).fetch(url + "/feed").body == faultserver.GOOD


@pytest.mark.parametrize(
    ("name", "expires", "reason"),
    [
        ("other.example", None, "IP address mismatch"),
        ("127.0.0.1", datetime(2020, 1, 1, tzinfo=UTC), "certificate has expired"),
    ],
)
def test_a_wrong_or_expired_certificate_is_refused(
    server: FaultServer, name: str, expires: datetime | None, reason: str
) -> None:
    authority = trustme.CA()
    not_before = datetime(2019, 1, 1, tzinfo=UTC) if expires else None
    url = over_tls(server, authority.issue_cert(name, not_before=not_before, not_after=expires))
    tls = ssl.create_default_context()
    authority.configure_trust(tls)
    sentence = refusal(Fetcher(allowed=LOOPBACK, tls=tls), url + "/feed")
    assert sentence.startswith(f"The certificate of 127.0.0.1 is not trusted: {reason}")


def test_a_self_signed_certificate_is_refused(server: FaultServer) -> None:
    url = over_tls(server, trustme.CA().issue_cert("127.0.0.1"))
    assert refusal(Fetcher(allowed=LOOPBACK), url + "/feed").startswith("The certificate of 127.0.0.1 is not trusted")


def test_validators_that_http_cannot_carry_are_not_sent_back(server: FaultServer, fetcher: Fetcher) -> None:
    server.answers["/umlaut"] = lambda handler: handler.send(
        200, faultserver.GOOD, ETag='"Größe"', Last_Modified="Mär 2026"
    )
    first = fetcher.fetch(server.url + "/umlaut")
    assert (first.validators.etag, first.validators.last_modified) == ("", "")
    stored_before = Validators(etag='"Größe"', last_modified="Mon\n", body_hash=first.validators.body_hash)
    assert fetcher.fetch(server.url + "/umlaut", stored_before).unchanged
    sent = server.asked("/umlaut")[1]
    assert "If-None-Match" not in sent and "If-Modified-Since" not in sent


def test_a_contact_with_an_umlaut_is_sent_encoded(
    server: FaultServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHOKEPOINT_CONTACT", "Jörg <jörg@example.org>\r\nX: y")
    fetcher.fetch(server.url + "/feed")
    sent = server.asked("/feed")[0]
    assert sent["User-Agent"].endswith("(J%C3%B6rg <j%C3%B6rg@example.org>%0D%0AX: y)") and "X" not in sent


def test_a_host_that_asks_to_wait_is_asked_no_more_in_the_run(server: FaultServer, fetcher: Fetcher) -> None:
    with pytest.raises(RetryLater) as limited:
        fetcher.fetch(server.url + "/429")
    with pytest.raises(RetryLater) as other:
        fetcher.fetch(server.url + "/feed")
    assert (str(other.value), other.value.seconds) == (str(limited.value), limited.value.seconds)
    assert server.asked("/feed") == []


def test_a_redirect_to_a_host_that_asked_to_wait_is_not_followed(server: FaultServer, fetcher: Fetcher) -> None:
    with faultserver.running() as other:
        refusal(fetcher, other.url + "/429")
        server.answers["/over"] = faultserver.redirect(other.url + "/feed")
        assert "limits requests (429)" in refusal(fetcher, server.url + "/over")
        assert other.asked("/feed") == []
    assert fetcher.fetch(server.url + "/feed").body == faultserver.GOOD


def test_a_host_that_was_silent_twice_is_asked_no_more_in_the_run(server: FaultServer, hasty: Fetcher) -> None:
    for _ in range(6):
        assert refusal(hasty, server.url + "/hang") == "Gave up on 127.0.0.1 after 1 s (0 bytes received)."
    assert len(server.asked("/hang")) == 2


def test_a_host_that_is_not_found_is_looked_up_once_a_run() -> None:
    looked_up: list[str] = []

    def nowhere(host: str, port: int) -> list[str]:
        looked_up.append(host)
        raise OSError

    fetcher = Fetcher(resolve=nowhere)
    sentences = {refusal(fetcher, f"http://feeds.example/{number}") for number in range(6)}
    assert sentences == {"The host feeds.example was not found; check its spelling and this machine's network."}
    assert looked_up == ["feeds.example"]


def test_ssl_cert_file_is_trusted_as_well(server: FaultServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = trustme.CA()
    url = over_tls(server, authority.issue_cert("127.0.0.1"))
    authority.cert_pem.write_to_path(str(tmp_path / "company.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "company.pem"))
    assert Fetcher(allowed=LOOPBACK).fetch(url + "/feed").body == faultserver.GOOD
    (tmp_path / "company.pem").write_text("no certificate")
    with pytest.raises(UsageError, match=r"SSL_CERT_FILE names .*company\.pem, which holds no certificates"):
        Fetcher()

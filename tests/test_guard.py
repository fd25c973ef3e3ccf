"""Which addresses may be reached, whatever name or form they hide behind."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

import faultserver
from data.errors import FetchError, UsageError
from ingest.fetch.client import Fetcher, Limits
from ingest.fetch.guard import allowed_networks, is_public

NOT_PUBLIC = """
0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 192.0.0.8 192.0.2.1 192.88.99.1
192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:db8::1
2002:7f00:1:: fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1
"""

PUBLIC = "1.1.1.1 8.8.8.8 93.184.216.34 151.101.1.69 2606:4700:4700::1111 2a00:1450:4001:81b::200e"

LOOPBACK_IN_DISGUISE = """
127.0.0.1 127.1 2130706433 0x7f.1 0x7f000001 017700000001 0177.0.0.1 0 0.0.0.0 localhost [::1] [::] [::ffff:7f00:1]
[::ffff:127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] user@127.0.0.1 user:secret@127.0.0.1
"""


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_an_address_inside_a_private_or_special_range_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC.split())
def test_an_ordinary_address_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("host", LOOPBACK_IN_DISGUISE.split())
def test_no_form_of_the_loopback_address_is_connected_to(host: str) -> None:
    with faultserver.running() as server:
        port = server.server_address[1]
        with pytest.raises(FetchError) as refused:
            Fetcher(allowed=(), limits=Limits(seconds=3)).fetch(f"http://{host}:{port}/feed")
        assert server.seen == []
    assert "secret" not in str(refused.value)


def test_the_refusal_names_the_host_the_address_and_the_way_out() -> None:
    fetcher = Fetcher(allowed=(), resolve=lambda host, port: ["127.0.0.1"])
    with pytest.raises(FetchError) as refused:
        fetcher.fetch("http://feeds.example/rss")
    assert str(refused.value) == (
        "Refused: feeds.example resolves to 127.0.0.1, which is not a public address. "
        "The administrator can allow it by CHOKEPOINT_ALLOW_ADDRESSES."
    )


def test_one_private_answer_among_public_ones_refuses_the_name() -> None:
    fetcher = Fetcher(allowed=(), resolve=lambda host, port: ["93.184.216.34", "10.0.0.7"])
    with pytest.raises(FetchError, match=r"resolves to 10\.0\.0\.7"):
        fetcher.fetch("http://feeds.example/rss")


def test_a_name_is_resolved_once_so_that_a_second_answer_cannot_differ() -> None:
    with faultserver.running() as server:
        answers = iter([["127.0.0.1"], ["127.0.0.2"]])
        fetcher = Fetcher(allowed=allowed_networks("127.0.0.1/32"), resolve=lambda host, port: next(answers))
        assert fetcher.fetch(f"http://feeds.example:{server.server_address[1]}/feed").body == faultserver.GOOD
        assert next(answers) == ["127.0.0.2"]


def test_a_redirect_to_a_private_address_is_refused_at_its_hop() -> None:
    with faultserver.running() as server:
        port = server.server_address[1]
        server.answers["/inward"] = faultserver.redirect(f"http://127.0.0.2:{port}/feed")
        with pytest.raises(FetchError, match=r"127\.0\.0\.2 resolves to 127\.0\.0\.2, which is not a public"):
            Fetcher(allowed=allowed_networks("127.0.0.1/32")).fetch(f"{server.url}/inward")
        assert [path for path, _ in server.seen] == ["/inward"]


def test_the_host_header_stays_the_name_although_the_checked_address_is_dialled() -> None:
    with faultserver.running() as server:
        port = server.server_address[1]
        fetcher = Fetcher(allowed=allowed_networks("127.0.0.1/32"), resolve=lambda host, port: ["127.0.0.1"])
        fetcher.fetch(f"http://feeds.example:{port}/feed")
        assert server.asked("/feed")[0]["Host"] == f"feeds.example:{port}"


def test_an_unknown_name_is_said_to_be_one() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(FetchError, match=r"The host feeds\.example was not found"):
        Fetcher(resolve=unknown).fetch("http://feeds.example/rss")


def test_the_allow_list_takes_networks_and_refuses_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOKEPOINT_ALLOW_ADDRESSES", "10.1.2.0/24, ::1/128")
    assert [str(network) for network in allowed_networks()] == ["10.1.2.0/24", "::1/128"]
    monkeypatch.setenv("CHOKEPOINT_ALLOW_ADDRESSES", "intranet")
    with pytest.raises(UsageError, match="CHOKEPOINT_ALLOW_ADDRESSES must list networks"):
        allowed_networks()

"""
The canonical form of a link, so that two links to the same page are the same text.

The scheme is checked first: only http and https ever become a link.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import quote, urljoin

MAX_LENGTH = 4_096

# Query parameters that say where a reader came from, not what the page shows. Each is a vendor's own name; words that
# select content on some sites (ref, source, id, s, rss) are kept.
TRACKER = re.compile(
    r"""(?:
    (?:utm|pk|mtm|hsa|itm|stm)_\w+                                                   # campaign tools
    | fbclid | gclid | gclsrc | dclid | [gw]braid | gad_\w+ | msclkid | yclid | twclid | ttclid | li_fat_id | scid
    | epik | igsh | igshid | mibextid | srsltid | rb_clickid | wickedid | syclid | __twitter_impression      # click ids
    | sr_share
    | mc_[ce]id | _hsenc | _hsmi | __hs\w+ | hsctatracking | mkt_tok | vero_\w+ | oly_\w+ | _openstat     # newsletters
    | __s
    | _ga | _gl | spm | xtor | icid | ocid | s_cid | cmpid | taid | ftcamp | guccounter | guce_\w+  # site statistics
    | ns_(?:mchannel|source|campaign|linkname|fee) | at_(?:medium|campaign|custom\d|link_\w+|format|ptr_name|bbc_team)
    )(?:=|$)""",
    re.IGNORECASE | re.VERBOSE,
)

# Already canonical: lower-case host, nothing to encode or resolve, no query, no fragment. True of most links.
_CANONICAL = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}/[A-Za-z0-9_.~!$()*+,;:=&@/-]*")
_ABSOLUTE = re.compile(r"(https?)://([^/?#\\]+)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"https?://([^/?#\\]+)(?:[/?#]|$)", re.IGNORECASE)
_ANY_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff\ud800-\udfff]")
_EDGE = "\"'<>` \t\r\n\x00\xa0\u200b\ufeff"  # what may cling to a link that was cut out of a text
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")
_PLAIN_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")  # nothing to encode: most hosts
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORT = {"http": 80, "https": 443}


def canonical_url(url: str, base: str = "") -> str:
    """The link's canonical http(s) form, resolved against `base` if relative; "" for an unusable or unsafe one.

    Credentials, default port, fragment and tracking parameters are dropped. The rest of the query keeps its order."""
    if len(url) <= MAX_LENGTH and _CANONICAL.fullmatch(url) and "/." not in url:
        return url
    url = url.strip(_EDGE)
    if not url or len(url) > MAX_LENGTH:
        return ""
    if not _ANY_SCHEME.match(url):
        # "//host" is refused even with a base: its scheme depends on the page that it is on.
        if not base or url.startswith(("//", "/\\", "\\")) or _CONTROL.search(url):
            return ""
        url = urljoin(base, url)
    return _canonical(url)


def domain_of(url: str) -> str:
    """The host of a link, without "www." and port, in ASCII; "" when it has none."""
    match = _AUTHORITY.match(url)
    return _domain(match[1]) if match else ""


@lru_cache(maxsize=4_096)
def _domain(authority: str) -> str:
    return _split_authority("http", authority)[0].removeprefix("www.")


def _canonical(url: str) -> str:
    parts = _ABSOLUTE.fullmatch(url)
    # A backslash after the host is where browsers differ: some take the rest for the path, others for the host.
    if not parts or parts[3][:1] not in ("", "/"):
        return ""
    scheme, authority, path, query = parts[1].lower(), parts[2], parts[3], parts[4]
    # A space in a path is a common and harmless slip; a tab or line break is a trick that hides the scheme or host.
    if _CONTROL.search(authority) or _CONTROL.search((path + (query or "")).replace(" ", "").replace("\u3000", "")):
        return ""
    host, port = _split_authority(scheme, authority)
    if not host:
        return ""
    path = _without_dots(_encoded(path)) or "/"
    query = _without_trackers(_encoded(query or ""))
    whole = f"{scheme}://{host}{port}{path}" + (f"?{query}" if query else "")
    return whole if len(whole) <= MAX_LENGTH else ""


def _split_authority(scheme: str, authority: str) -> tuple[str, str]:
    """The host in ASCII and ":port" ("" for the scheme's default); two empty strings for an unusable authority."""
    authority = authority.rpartition("@")[2]
    if authority.startswith("["):
        host, bracket, port = authority.partition("]")
        host = f"{host.lower()}]" if bracket and _is_ipv6(host[1:]) else ""
    else:
        host, colon, port = authority.partition(":")
        host, port = _ascii_host(host), colon + port
    suffix = _port_suffix(scheme, port)
    return (host, suffix) if host and suffix is not None else ("", "")


@lru_cache(maxsize=4_096)
def _ascii_host(host: str) -> str:
    if len(host) <= 253 and "--" not in host and _PLAIN_HOST.fullmatch(host):
        return host
    # Imported here: it takes longer than this package, and few hosts need it.
    from url_normalize.normalize_host import normalize_host

    try:
        host = normalize_host(host)
    except UnicodeError:
        return ""
    return host if _HOST.fullmatch(host) else ""


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


def _port_suffix(scheme: str, text: str) -> str | None:
    """ " ":8080", or "" for the scheme's default; None for an impossible port."""
    if text in ("", ":"):
        return ""
    number = int(text[1:]) if re.fullmatch(":[0-9]{1,5}", text) else 0
    if not 0 < number < 65_536:
        return None
    return "" if number == _DEFAULT_PORT[scheme] else f":{number}"


def _encoded(text: str) -> str:
    """Percent-encode what a URL may not contain, undo needless escapes and write the others in capitals.

    Escaped delimiters stay escaped: %2F is not a slash."""
    return _ESCAPE.sub(_escape, quote(text, safe="%/:@!$&'()*+,;=?~[]|", errors="replace"))


def _escape(match: re.Match[str]) -> str:
    if not match[1]:
        return "%25"
    byte = int(match[1], 16)
    return chr(byte) if byte in _UNRESERVED else f"%{byte:02X}"


def _without_dots(path: str) -> str:
    """The path without "." and "..". Empty steps stay: an archived page has a whole URL in its path."""
    if "/." not in path:
        return path
    kept: list[str] = []
    steps = path.split("/")[1:]
    for step in steps:
        if step == "..":
            del kept[-1:]
        elif step != ".":
            kept.append(step)
    return "/" + "/".join(kept) + ("/" if steps[-1] in (".", "..") and kept else "")


def _without_trackers(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not TRACKER.match(part))

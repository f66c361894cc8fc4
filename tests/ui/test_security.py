"""Who may ask, and what every answer carries."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.ui.pages import PORT, TOKEN
from xetrack_ui.server.security import HEADERS, is_loopback
from xetrack_ui.server.sessions import Session

COOKIE = f"xetrack_ui_{PORT}"


@pytest.fixture
def stranger(page):
    """Somebody who has no token."""
    return TestClient(page.app, base_url=f"http://127.0.0.1:{PORT}", follow_redirects=False)


@pytest.mark.parametrize("path", ["/", "/static/js/app.js", "/api/databases", "/api/events"])
def test_nothing_is_answered_without_the_token(stranger, path):
    """Neither data nor a file of the page."""
    answer = stranger.get(path)
    assert (401, "TokenError") == (answer.status_code, answer.json()["error"]["type"])
    assert answer.json()["error"]["hint"]


@pytest.mark.parametrize("cookie", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "ü"])
def test_a_wrong_cookie_is_none(stranger, cookie):
    """However near it is."""
    headers = {"cookie": f"{COOKIE}={cookie}".encode()}
    assert 401 == stranger.get("/api/databases", headers=headers).status_code
    assert 401 == stranger.get(f"/api/databases?token={TOKEN}").status_code
    other = {"cookie": f"xetrack_ui_1={TOKEN}"}
    assert 401 == stranger.get("/api/databases", headers=other).status_code


def test_the_token_is_exchanged_for_a_cookie_that_no_script_reads(stranger, static):
    """And the state of the page stays in the URL, which loses the token."""
    answer = stranger.get(f"/?view=charts&token={TOKEN}&q=a%26b")
    assert (303, "/?view=charts&q=a%26b") == (answer.status_code, answer.headers["location"])
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=strict"} == {*cookie.split("; ")[1:]}
    assert TOKEN not in answer.headers["location"]
    page = stranger.get(answer.headers["location"])
    assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert 401 == stranger.get("/?token=wrong").status_code


def test_the_token_of_a_link_elsewhere_is_exchanged_too(stranger):
    """A browser sends no strict cookie along a redirect that another site began."""
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    answer = stranger.get(f"/?token={TOKEN}", headers=headers)
    assert (200, "0; url=/") == (answer.status_code, answer.headers["refresh"])
    assert "set-cookie" in answer.headers


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "evil.example:4321", "", "[", "a@b", "0.0.0.0"],
)
def test_another_name_of_the_server_is_refused(page, host):
    """A name that a stranger's site made lead here is one, whatever the port."""
    answer = page.client.get("/api/databases", headers={"host": host})
    assert (403, "ForeignHostError") == (answer.status_code, answer.json()["error"]["type"])


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "localhost:9", "LOCALHOST"])
def test_the_port_does_not_count(page, host):
    """Through ``ssh -L`` it is another one."""
    assert 200 == page.client.get("/api/databases", headers={"host": host}).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://["},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    ],
)
def test_a_request_of_another_site_is_refused(page, headers):
    """Though the browser may send the cookie."""
    answer = page.client.get("/api/databases", headers=headers)
    assert (403, "ForeignOriginError") == (answer.status_code, answer.json()["error"]["type"])


@pytest.mark.parametrize(
    "headers", [{}, {"origin": f"http://127.0.0.1:{PORT}"}, {"sec-fetch-site": "none"}]
)
def test_the_page_itself_may_ask(page, headers):
    """With or without the headers of a browser."""
    assert 200 == page.client.get("/api/databases", headers=headers).status_code


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/api/databases", "/static/js/app.js"])
def test_only_get_is_answered(page, method, path):
    """All else is refused, with or without the token."""
    answer = page.client.request(method, path)
    assert (405, "GET") == (answer.status_code, answer.headers["allow"])


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/databases",
        "/api/nothing",
        "/static/nothing.js",
        "/api/db/0/default/series?y=loss",
    ],
)
def test_every_answer_carries_the_policies(page, path):
    """No script or style but those of the page itself; and no guess at types."""
    headers = page.client.get(path).headers
    for name, value in HEADERS.items():
        assert value == headers[name]
    assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../errors.py",
        "/static/..%2f..%2ferrors.py",
        "/static/%2e%2e/errors.py",
        "/static//etc/passwd",
        "/static/js",
        "/static/",
        "/errors.py",
        "/index.html",
    ],
)
def test_no_file_but_those_of_the_page_is_sent(page, static, path):
    """However its path is written."""
    assert 404 == page.client.get(path).status_code


def test_files_of_the_page_have_their_types(page, static):
    """And are asked for again, as they may be those of another version."""
    for path, kind in (
        ("/static/js/app.js", "text/javascript; charset=utf-8"),
        ("/static/css/a.css", "text/css; charset=utf-8"),
        ("/static/icon.svg", "image/svg+xml"),
    ):
        answer = page.client.get(path)
        assert (200, kind, "no-cache") == (
            answer.status_code,
            answer.headers["content-type"],
            answer.headers["cache-control"],
        )


def test_tokens_cannot_be_guessed():
    """Each server has its own, of 192 bits."""
    tokens = {Session(1).token for _ in range(50)}
    assert 50 == len(tokens)
    assert min(map(len, tokens)) >= 32
    assert not Session(1).accepts(None)


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        *((host, True) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost")),
        *((host, False) for host in ("0.0.0.0", "192.168.1.2", "example.org", "")),
    ],
)
def test_hosts_of_this_machine_alone_are_known(host, is_own):
    """All others are exposed, which is said."""
    assert is_own == is_loopback(host)

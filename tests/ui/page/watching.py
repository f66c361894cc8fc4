"""A page of the browser that keeps what it asked for, and all that went wrong in it."""

import time
from urllib.parse import urlsplit

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


class Watched:
    """A page of `xt ui`.

    Parameters
    ----------
    page
        The page of Playwright.
    url
        The URL with the token.
    """

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        self.requests = []
        self.expected = set()
        """Statuses of answers that a test provokes."""
        self._failures = []
        page.set_default_timeout(10_000)
        page.add_init_script(WATCH)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self._failures.append(f"error: {error}"))
        page.on("console", self._hear)
        page.on("response", self._check)

    def open(self, query=""):
        """Open the page by the URL that was printed."""
        self.page.goto(self.url + query)
        self.page.wait_for_selector("header.bar .tabs")

    def go(self, **query):
        """Show another view."""
        text = "&".join(f"{name}={value}" for name, value in query.items())
        self.page.goto(f"{self.origin}/?{text}")
        self.page.wait_for_selector("header.bar .tabs")

    def until(self, expression, argument=None, seconds=10):
        """Wait until a script returns something true. Playwright's own wait needs `eval`."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(expression, argument):
            assert time.monotonic() < end, f"still not: {expression}"
            time.sleep(0.03)

    def asked(self, part):
        """Return the requests so far whose URL has a part."""
        return [url for url in self.requests if part in url]

    def problems(self):
        """Return what went wrong: errors, violations of the policy, requests to others."""
        foreign = [
            url for url in self.requests if not url.startswith((self.origin, "data:", "blob:"))
        ]
        return [*self._failures, *self.page.evaluate("window.violations"), *foreign]

    def forgive(self, part):
        """Forget what went wrong with a text in it, which a test provoked; it must have come."""
        others = [failure for failure in self._failures if part not in failure]
        assert len(others) < len(self._failures), f"nothing says {part!r}: {self._failures}"
        self._failures = others

    def _hear(self, message):
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load"):
            self._failures.append(f"{message.type}: {message.text}")

    def _check(self, response):
        if response.status >= 400 and response.status not in self.expected:
            self._failures.append(f"{response.status} {response.url}")

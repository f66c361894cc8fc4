"""The files of the page, as they go over the wire."""

import pytest

from xetrack_ui.server.files import static_files, static_folder


@pytest.mark.parametrize("encoding", ["gzip", "identity", "gzip, deflate, br, zstd"])
def test_a_file_arrives_whole_whatever_is_accepted(page, encoding):
    """Who opens the page through SSH waits for a third of the bytes."""
    for name in static_files():
        answer = page.client.get(f"/static/{name}", headers={"accept-encoding": encoding})
        assert (static_folder() / name).read_bytes() == answer.content
        if len(answer.content) > 1_000:  # a small one gains nothing
            expected = "gzip" if "gzip" in encoding else None
            assert expected == answer.headers.get("content-encoding")
            assert "Accept-Encoding" == answer.headers["vary"]


def test_all_files_of_the_page_fit_into_200_kilobytes(page):
    """Compressed; each opening of the page asks for most of them anew."""
    total = 0
    for name in static_files():
        headers = {"accept-encoding": "gzip"}
        with page.client.stream("GET", f"/static/{name}", headers=headers) as answer:
            total += sum(map(len, answer.iter_raw()))
    assert total < 200_000

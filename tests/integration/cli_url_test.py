"""Pictures by URL, which the command-line client fetches itself."""

import csv
import io
import json

import pytest

import pictures
from cli_calls import wanwu
from web_host import WebHost, https_host, refusals


@pytest.fixture
def host():
    one = WebHost()
    yield one
    one.close()


@pytest.fixture(scope="module")
def encoded():
    return pictures.generated_pictures(1)[0].encoded


@pytest.fixture
def classify(server):
    """classify(arguments…) → (lines of JSON, exit code)."""

    def run(*arguments):
        done = wanwu("classify", "--address", server.address, "--output",
                     "json", *arguments)
        return ([json.loads(line) for line in done.stdout.splitlines()],
                done.returncode)

    return run


def test_the_picture_at_a_url_is_classified(classify, host, encoded):
    url = host.give("/cat.jpg", encoded)

    lines, code = classify(url)

    assert code == 0
    assert lines[0]["file"] == url
    assert len(lines[0]["classifications"]) == 5
    assert host.seen[0][1]["User-Agent"].startswith("wanwu/")


def test_files_folders_and_urls_may_be_mixed(classify, host, encoded,
                                             tmp_path):
    (tmp_path / "folder").mkdir()
    in_folder = tmp_path / "folder" / "b.jpg"
    in_folder.write_bytes(encoded)
    alone = tmp_path / "a.jpg"
    alone.write_bytes(encoded)
    url = host.give("/cat.jpg", encoded)
    missing = host.url + "/missing.jpg"

    lines, code = classify(alone, url, missing, in_folder.parent)

    assert code == 1
    assert [line["file"] for line in lines] == [
        str(alone), url, missing, str(in_folder)]
    assert lines[2]["error"]["reason"] == "URL_NOT_FOUND"
    assert len({json.dumps(lines[i]["classifications"])
                for i in (0, 1, 3)}) == 1


def test_csv_names_the_url(server, host, encoded):
    url = host.give("/cat.jpg?a=1,2", encoded)

    done = wanwu("classify", "--address", server.address, "--output", "csv",
                 "--top_k", "1", url)

    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["file"] for row in rows] == [url]


def test_what_is_no_picture_is_told_in_words(classify, host):
    cases = refusals(host)

    lines, code = classify(*(url for url, _, _ in cases))

    assert code == 1
    for line, (url, reason, words) in zip(lines, cases):
        assert line["file"] == url
        assert line["error"]["reason"] == reason, line
        assert words in line["error"]["message"], line


def test_certificates_are_checked(classify, encoded, tmp_path, monkeypatch):
    host, trusted = https_host(tmp_path)
    url = host.give("/cat.jpg", encoded)

    lines, code = classify(url)
    assert code == 1
    assert "no trusted TLS connection" in lines[0]["error"]["message"]

    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    lines, code = classify(url)
    assert code == 0, lines
    host.close()


def test_a_list_of_a_job_may_have_urls(server, host, encoded, tmp_path):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.jpg").write_bytes(encoded)
    url = host.give("/cat.jpg", encoded)
    missing = host.url + "/missing.jpg"
    names = tmp_path / "names.txt"
    names.write_text(f"a.jpg\n{url}\n{missing}\n")
    results = tmp_path / "results"

    done = wanwu("classify", "--address", server.address, "--output_dir",
                 results, "--list", names, tmp_path / "pictures")

    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for part in sorted(results.glob("*/part-*"))
             for line in part.read_text().splitlines()]
    by_name = {line["file"]: line for line in lines}
    assert by_name.keys() == {"a.jpg", url, missing}
    assert by_name[url]["classifications"]
    assert by_name[missing]["error"]["reason"] == "URL_NOT_FOUND"

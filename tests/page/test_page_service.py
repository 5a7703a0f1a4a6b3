"""The server: Ctrl-C ends it, it says what is wrong with its port, scenario or packages, and it stays local."""

import http.client
import signal
import socket
import subprocess
import sys
import time

import pytest
from page_server import OFFICE, ROOT, Server, environment, needs_browser, needs_extra


def page(*words, **more):
    command = [sys.executable, str(ROOT / "run.py"), "page", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment(**more), timeout=60, check=False)


def one_line(ran, status):
    assert ran.returncode == status, ran.stderr
    assert ran.stderr.count("\n") == 1
    assert "Traceback" not in ran.stderr
    return ran.stderr


@needs_extra
def test_a_taken_port_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = one_line(page(OFFICE, "--port", str(port)), 4)
    assert f"port {port} is taken" in said
    assert f"--port {port + 1}" in said


def test_a_missing_extra_is_said(tmp_path):
    (tmp_path / "nicegui.py").write_text("raise ModuleNotFoundError(\"No module named 'nicegui'\", name='nicegui')\n")
    path = f"{tmp_path}:{ROOT}"
    assert "pip install -e '.[page]'" in one_line(page(OFFICE, PYTHONPATH=path), 4)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "x"], "--port: 'x'"),
        (["--port", "70000"], "from 0 to 65,535"),
        (["--set", "weights.size=-1"], "weights.size"),
        (["--rule", "majorty"], "majority"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_served(words, said):
    assert said in one_line(page(OFFICE, *words), 2)


@needs_extra
def test_an_address_that_is_not_ours_is_said():
    assert "--host" in one_line(page(OFFICE, "--host", "203.0.113.7", "--port", "0"), 4)


@needs_extra
def test_it_listens_to_this_machine_alone_and_to_no_other_name():
    server = Server(OFFICE)
    try:
        port = int(server.url.rpartition(":")[2])
        for name, status in (("127.0.0.1", 200), ("localhost", 200), ("evil.example", 400)):
            talk = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            talk.request("GET", "/", headers={"Host": f"{name}:{port}"})
            assert talk.getresponse().status == status
            talk.close()
        with socket.socket() as other:
            other.settimeout(2)
            assert other.connect_ex((socket.gethostbyname(socket.gethostname()), port)) != 0 or socket.gethostbyname(
                socket.gethostname()
            ).startswith("127.")
    finally:
        server.stop()


@needs_browser
def test_control_c_ends_it_within_a_second_with_browsers_connected(visits):
    server = Server(OFFICE)
    for _ in range(2):
        visits(server).open().slide("France: stake", 0.5)
    started = time.monotonic()
    server.process.send_signal(signal.SIGINT)
    status = server.process.wait(5)
    took = time.monotonic() - started
    said, left = server.stop()
    assert took < 1.0
    assert status == 130
    assert "Traceback" not in said
    assert said.startswith("interrupted; to start again: ")
    assert left == []

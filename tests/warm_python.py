"""A Python that has imported the large libraries, and becomes the command whenever it is asked to.

TensorFlow and Gradio take four seconds to import. A test that starts the command is seldom about
that, so this process imports them once and forks for each command: what follows is a process of
its own, with its own arguments, folder, variables and streams, that imports this project, runs
the command as `__main__` and ends as any Python does. `command_line.py` asks for it.

It ends when the tests do: when the other end of the socket, its standard input, is closed.
"""

import gc
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import types
from importlib import import_module

LARGE = ("tensorflow", "keras", "gradio", "matplotlib.figure")
REQUEST = 1 << 20  # bytes, at most


def import_large_libraries() -> None:
    """Import them as the command does: without TensorFlow's notes on the processor."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    stderr = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        for name in LARGE:
            import_module(name)
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
    # A fork copies one thread only: whatever the others held would stay locked for ever.
    assert len(os.listdir("/proc/self/task")) == 1


def serve(requests: socket.socket) -> tuple[dict, list[int]] | None:
    """Fork for each request, and report each end; returns the request in the forked process.

    A request comes with four files: three streams, and where the process ID and, once it has
    ended, its status are written, as lines.
    """
    selector = selectors.DefaultSelector()
    selector.register(requests, selectors.EVENT_READ)
    reports: dict[int, int] = {}  # of each process that runs
    while True:
        for key, _ in selector.select():
            if key.data:
                _, status = os.waitpid(key.data, 0)
                selector.unregister(key.fd)
                os.close(key.fd)
                report = reports.pop(key.data)
                os.write(report, f"{os.waitstatus_to_exitcode(status)}\n".encode())
                os.close(report)
                continue
            content, files, _, _ = socket.recv_fds(requests, REQUEST, 4)
            if not content:
                return None
            *streams, report = files
            if (pid := os.fork()) == 0:
                for other in (report, *reports.values(), *selector.get_map()):
                    os.close(other)
                selector.close()
                return json.loads(content), streams
            for stream in streams:
                os.close(stream)
            reports[pid] = report
            os.write(report, f"{pid}\n".encode())
            selector.register(os.pidfd_open(pid), selectors.EVENT_READ, pid)


def become(request: dict, streams: list[int]) -> None:
    """Give this process what a fresh one would have been given."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = sys.__stdin__ = os.fdopen(0, closefd=False)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", 1, errors="backslashreplace", closefd=False)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.path[1:1] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))


def run(program: str, *arguments: str) -> None:
    """Run a file, or the code after `-c`, as `python program arguments…` does."""
    if program == "-c":
        code, *arguments = arguments
        sys.argv = ["-c", *arguments]
        sys.path[0] = ""
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(code, "<string>", "exec"), main.__dict__)
    else:
        sys.argv = [program, *arguments]
        sys.path[0] = os.path.dirname(os.path.abspath(program))
        runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests
    import_large_libraries()
    gc.freeze()  # what is collected would have to be copied after each fork
    if task := serve(socket.socket(fileno=os.dup(0))):
        become(*task)
        run(*task[0]["command"])

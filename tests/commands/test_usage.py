"""Help and usage errors appear without heavy imports."""

import pytest
from command_line import COMMAND, run

import digits


def test_help_names_what_there_is_without_importing_what_is_slow():
    code, out, imports = run("--help", python=("-X", "importtime", COMMAND))
    assert code == 0
    assert "predict" in out and "--share" in out
    imported = {line.rpartition("|")[2].strip() for line in imports.splitlines()}
    assert "argparse" in imported
    assert not imported & {"tensorflow", "keras", "numpy", "gradio", "jinja2", "filelock"}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--port", "0"], "argument --port: a port is a number from 1 to 65535, not '0'"),
        (["--port", "http"], "argument --port: a port is a number from 1 to 65535, not 'http'"),
        (
            ["--auth", "ada"],
            "argument --auth: a login is written USER:PASSWORD, neither of them empty",
        ),
        (
            ["--auth", ":"],
            "argument --auth: a login is written USER:PASSWORD, neither of them empty",
        ),
        (
            ["--root-path", "digits"],
            "argument --root-path: a path is written like /digits, not 'digits'",
        ),
        (
            ["--root-path", "/di gits"],
            "argument --root-path: a path is written like /digits, not '/di gits'",
        ),
        (["--shar"], "unrecognized arguments: --shar"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(arguments, complaint):
    line = f"mnist_classification.py: {complaint} (see --help)\n"
    assert run(*arguments, fresh=True) == (2, "", line)


def test_missing_packages_are_named_with_the_command_that_installs_them():
    code, out, err = run(
        "predict", "any.png", python=("-S", COMMAND)
    )  # -S hides what pip installed
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "make demo" in err and "pip install -r requirements.txt" in err


def test_the_version_is_that_of_the_package():
    assert run("--version", fresh=True) == (
        0,
        f"mnist_classification.py {digits.__version__}\n",
        "",
    )


@pytest.mark.parametrize("command", ["train", "compare"])
def test_commands_that_train_new_networks_take_no_model(command):
    code, out, err = run("--model", "mine.keras", command, fresh=True)
    assert (code, out) == (2, "")
    line = "this command trains new networks: leave --model out (see --help)"
    assert err == f"mnist_classification.py: {line}\n"
    assert run(command, "--model", "mine.keras", fresh=True)[0] == 2

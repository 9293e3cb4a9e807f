"""The training notebook as a class runs it. It takes minutes, so `make test-class` runs it."""

import re

import pytest
from notebook_runs import check_steps, read, run

PROCESSOR = 'print(f"processor minutes: {time.process_time() / 60:.1f}")'


@pytest.mark.full_data
def test_in_class_mode_the_notebook_does_what_it_says(tmp_path, monkeypatch, capsys, full_data):
    monkeypatch.delenv("QUICK", raising=False)
    for name, path in full_data.items():
        monkeypatch.setenv(name, path)
    here = f"FOLDER = Path({str(tmp_path)!r})"
    output = run(read("training"), mode="class", then=here, last=PROCESSOR, timeout=3600)
    check_steps(output)
    plain, prepared, trained = (
        int(right)
        for right in re.findall(r"^drawings read by the .+: +(\d+) of \d+", output, re.MULTILINE)
    )
    assert 2 * plain < prepared < trained
    right, count = re.search(r"^mnist_test: ([\d,]+) of ([\d,]+) right", output, re.M).groups()
    assert int(right.replace(",", "")) > 0.985 * int(count.replace(",", ""))
    assert "saved my_three_conv.keras" in output
    assert (tmp_path / "my_three_conv.keras").is_file()
    with capsys.disabled():  # about twice the minutes that it takes on two idle cores
        print("\n" + "\n".join(re.findall(r"^(?:\| .+|processor.+|drawings.+)", output, re.M)))

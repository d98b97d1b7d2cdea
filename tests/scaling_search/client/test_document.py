"""docs/client.md is code that runs."""

import re
from pathlib import Path

DOCUMENT = Path(__file__).parents[3] / "docs" / "client.md"


def test_the_code_of_the_document_runs(address, capsys):
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    code = "\n".join(blocks)
    assert "http://127.0.0.1:8321" in code
    values = {}
    exec(code.replace("http://127.0.0.1:8321", address), values)
    values["client"].close()
    assert values["best"].sweep == 1
    assert values["ended"].state == "finished"
    printed = capsys.readouterr().out
    for told in (
        "1 finished finished chosen",
        "10 of 10 Coefficients(",
        "b3 ",
        "sweep 404 does not exist",
    ):
        assert told in printed, printed

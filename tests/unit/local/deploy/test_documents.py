from pathlib import Path

import pytest

from longshore_local.deploy.documents import read_template
from longshore_local.errors import LocalCloudError


def read(tmp_path: Path, text: str) -> object:
    file = tmp_path / "template.yaml"
    file.write_text(text)
    return read_template(file)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref Table", {"Ref": "Table"}),
        ("!Sub ${Table}-x", {"Fn::Sub": "${Table}-x"}),
        ("!GetAtt Table.Arn", {"Fn::GetAtt": ["Table", "Arn"]}),
        ("!GetAtt Nested.Outputs.Arn", {"Fn::GetAtt": ["Nested", "Outputs.Arn"]}),
        ("!GetAtt [Table, Arn]", {"Fn::GetAtt": ["Table", "Arn"]}),
        ("!Condition Named", {"Condition": "Named"}),
        ("!If [A, !Ref B, !Ref C]", {"Fn::If": ["A", {"Ref": "B"}, {"Ref": "C"}]}),
        ("!Transform {Name: x}", {"Fn::Transform": {"Name": "x"}}),
    ],
)
def test_short_forms_are_written_out(tmp_path: Path, short: str, long: object) -> None:
    assert read(tmp_path, f"Value: {short}") == {"Value": long}


def test_a_missing_file_says_where_to_run(tmp_path: Path) -> None:
    with pytest.raises(LocalCloudError, match="checkout of Longshore"):
        read_template(tmp_path / "template.yaml")


def test_what_is_no_mapping_is_no_template(tmp_path: Path) -> None:
    with pytest.raises(LocalCloudError, match="is no template"):
        read(tmp_path, "- one\n- two\n")

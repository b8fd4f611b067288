"""Files of labelled texts, as they really come."""

from __future__ import annotations

import pytest

from gridloop.cases.intake_help import csvfiles, evaluation
from gridloop.kernel.errors import Malformed, NotFound, Refused

ROWS = "text,label\n路灯不亮,灯\n路面有坑,坑\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_found(tmp_path, encoding):
    file = tmp_path / "rows.csv"
    file.write_bytes(ROWS.encode(encoding))
    read = csvfiles.read(file)
    assert read.texts == ["路灯不亮", "路面有坑"]
    assert read.labels == ["灯", "坑"]


def test_quotes_line_ends_and_other_separators_are_read(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_bytes('\ufeff"Text","note","LABEL"\r\n"有坑,很深\n两米宽","x","坑"\r\n'.encode())
    assert csvfiles.read(file).texts == ["有坑,很深\n两米宽"]
    file.write_text("tokens\tlabel\n1 2 3\ta\n")
    assert csvfiles.read(file).tokens


def test_bad_rows_are_told_by_line_and_the_rest_is_used(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("text,label\n,灯\n路灯,\n只有一列\n路灯不亮,灯\n\n路灯不亮,灯\n路灯不亮,坑\n")
    read = csvfiles.read(file)
    assert [line for line, _ in read.wrong] == [2, 3, 4]
    assert "empty text" in read.wrong[0][1]
    assert (read.rows_total, read.wrong_total, read.same_twice, read.contradicting) == (3, 3, 1, 1)


def test_a_longer_file_is_sampled(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("text,label\n" + "".join(f"text {n},{n % 2}\n" for n in range(1000)))
    read = csvfiles.read(file, rows_max=100)
    assert (len(read.texts), read.rows_total) == (100, 1000)
    assert max(int(text.split()[1]) for text in read.texts) > 500


def test_a_file_without_the_columns_says_which_are_needed(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(Malformed, match="text,label"):
        csvfiles.read(file)
    with pytest.raises(NotFound, match="no file"):
        csvfiles.read(tmp_path / "none.csv")


def a_file(tmp_path, rows):
    file = tmp_path / "rows.csv"
    file.write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in rows))
    return csvfiles.read(file)


def test_an_evaluation_shows_figures_and_the_whole_table(tmp_path):
    file = a_file(tmp_path, [(f"{word}{n}", word) for word in ("路灯不亮", "路面有坑", "大树倒了") for n in range(10)])
    found = evaluation.evaluated(file)
    assert found.marks.rows_total == 30
    assert found.marks.accuracy == 1
    words = evaluation.as_words(found, file)
    assert "accuracy        1.0000" in words
    assert "macro-F1        1.0000" in words
    assert "confusion (rows: truth" in words
    told = evaluation.as_json(found, file)
    assert told["confusion"]["rows_truth_columns_answer"] == found.table.tolist()


def test_a_label_that_occurs_once_is_named_and_not_tested(tmp_path):
    file = a_file(tmp_path, [("灯坏", "灯"), ("灯不亮", "灯"), ("坑", "坑"), ("大坑", "坑"), ("猫", "猫")])
    found = evaluation.evaluated(file)
    assert found.once == ("猫",)
    assert found.marks.rows_total == 4


def test_many_labels_show_the_commonest_mistakes(tmp_path):
    file = a_file(tmp_path, [(f"相同的话{n % 2}", f"L{n}") for n in range(25)] * 2)
    words = evaluation.as_words(evaluation.evaluated(file), file)
    assert "commonest mistakes" in words


def test_what_cannot_be_told_apart_is_refused(tmp_path):
    with pytest.raises(Refused, match="two labels"):
        evaluation.evaluated(a_file(tmp_path, [("a", "x"), ("b", "x")]))
    with pytest.raises(Refused, match="only once"):
        evaluation.evaluated(a_file(tmp_path, [("a", "x"), ("b", "y")]))

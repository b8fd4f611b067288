"""The classifier by itself: any script, any number of labels, honest confidence, models without pickle."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.engines.text_classes import (
    Lesson,
    Model,
    Spelling,
    confusion,
    counted,
    held_back,
    learnt,
    marks_of,
    sketched,
    spans,
    tidy,
)

KINDS = {
    "灯": ("路灯不亮", "街灯坏了", "灯杆上的灯闪", "晚上没有灯", "street light out", "lamp broken"),
    "坑": ("路面有坑", "马路坑洼", "车道塌了坑", "坑槽很深", "pothole in road", "hole in asphalt"),
    "树": ("大树倒了", "树枝断了", "行道树枯死", "树压到车", "fallen tree", "broken branch"),
}


def a_lesson(times=6):
    pairs = [(f"{text}{number}", label) for label, texts in KINDS.items() for text in texts for number in range(times)]
    return Lesson.of([text for text, _ in pairs], [label for _, label in pairs])


@pytest.fixture(scope="module")
def model():
    return learnt(a_lesson())


def best(model, text):
    return model.labels[int(model.probabilities([text])[0].argmax())]


def test_a_text_is_recognised_in_both_languages(model):
    assert best(model, "我家门口路灯不亮了") == "灯"
    assert best(model, "a deep pothole near the school") == "坑"
    assert best(model, "一棵大树倒在路上") == "树"


def test_probabilities_add_up_and_an_unknown_text_is_unsure(model):
    chances = model.probabilities(["路灯不亮", "қазақ тілі", ""])
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-4)
    assert chances[0].max() > chances[1].max()
    assert chances[2].max() < 0.75


def test_the_words_that_weighed_most_stand_in_the_text(model):
    text = "请来看看,路灯不亮"
    why = model.why(text, model.labels.index("灯"))
    assert why
    assert all(piece.text in text and piece.weight > 0 for piece in why)
    assert any("灯" in piece.text for piece in why)


def test_a_model_is_kept_without_pickle_and_answers_the_same(model):
    again, about = Model.from_bytes(model.to_bytes({"rows": 5}))
    assert about == {"rows": 5}
    assert again.labels == model.labels
    assert np.allclose(again.probabilities(["路灯坏"]), model.probabilities(["路灯坏"]), atol=0.01)


@pytest.mark.parametrize("data", [b"", b"no model", b"PK\x03\x04broken"])
def test_what_is_no_model_is_refused(data):
    with pytest.raises(ValueError, match="no model"):
        Model.from_bytes(data)


def test_a_pickle_inside_is_not_opened():
    target = io.BytesIO()
    np.savez(target, told=np.array([{"format": 1}], dtype=object))
    with pytest.raises(ValueError, match=r"allow_pickle|no model"):
        Model.from_bytes(target.getvalue())


def test_the_sketch_of_a_small_table_answers_too():
    lesson = a_lesson(times=1)
    sketch = sketched(lesson, np.array([0, 7, 13]))
    assert best(sketch, "路灯不亮") == "灯"


def test_one_label_cannot_be_learnt():
    with pytest.raises(ValueError, match="two labels"):
        Lesson.of(["a", "b"], ["x", "x"])


def test_labels_with_one_row_and_equal_texts_are_learnt():
    model = learnt(Lesson.of(["路灯不亮", "路灯不亮", "树倒了", "坑"], ["灯", "灯", "树", "坑"]))
    assert best(model, "树倒了") == "树"


def test_tokens_that_are_numbers_are_words():
    lesson = Lesson.of(["12 345 6", "12 345 7", "98 11 6", "98 11 7"] * 5, ["a", "a", "b", "b"] * 5)
    assert lesson.spelling.tokens
    assert best(learnt(lesson), "98 11") == "b"


def test_many_labels_are_learnt():
    texts = [f"事项{number}种类{number * 7}" for number in range(120) for _ in range(3)]
    labels = [f"L{number}" for number in range(120) for _ in range(3)]
    model = learnt(Lesson.of(texts, labels))
    hits = [model.labels[at] for at in model.probabilities(texts[::3]).argmax(axis=1)]
    assert np.mean([hit == label for hit, label in zip(hits, labels[::3], strict=True)]) > 0.9


@given(st.lists(st.text(max_size=40), max_size=6))
def test_counting_never_fails_and_sees_each_text_alone(texts):
    plain = [tidy(text) for text in texts]
    together = counted(plain, Spelling())
    assert together.shape[0] == len(texts)
    for row, text in enumerate(plain):
        assert (together[row] != counted([text], Spelling())).nnz == 0
        columns, starts, ends = spans(text, Spelling())
        assert len(columns) == together[row].sum()
        assert (starts < ends).all()


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(0, 9))
def test_a_label_always_keeps_a_row_to_learn_from(labels, seed):
    numbers = np.unique(np.array(labels), return_inverse=True)[1]
    held, rest = held_back(numbers, 0.5, seed)
    assert sorted([*held, *rest]) == list(range(len(labels)))
    assert set(numbers[rest]) == set(numbers)


def test_marks_are_those_of_the_book():
    truth, answered = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 1, 0])
    marks = marks_of(truth, answered, 4)
    assert marks.accuracy == pytest.approx(4 / 6)
    assert marks.f1[:3].tolist() == pytest.approx([2 / 3, 0.8, 0.0])
    assert marks.macro_f1 == pytest.approx((2 / 3 + 0.8) / 3)
    assert confusion(truth, answered, 4)[:3, :3].tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]

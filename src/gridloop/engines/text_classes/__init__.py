"""Which of many classes a text belongs to: hashed runs of signs and words, one linear model, a confidence that may say "none"."""

from gridloop.engines.text_classes.grams import TEXT_SIGNS_MAX, Spelling, counted, spans, tidy
from gridloop.engines.text_classes.learning import Lesson, held_back, learnt, sketched
from gridloop.engines.text_classes.marks import Marks, confusion, marks_of
from gridloop.engines.text_classes.model import Model, Weighed

__all__ = [
    "TEXT_SIGNS_MAX",
    "Lesson",
    "Marks",
    "Model",
    "Spelling",
    "Weighed",
    "confusion",
    "counted",
    "held_back",
    "learnt",
    "marks_of",
    "sketched",
    "spans",
    "tidy",
]

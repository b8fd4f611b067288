"""What an address in Chinese or English says: divisions, street, number, crossing, landmark, direction and distance."""

from gridloop.engines.addresses.chinese import read_chinese
from gridloop.engines.addresses.english import english_key, read_english
from gridloop.engines.addresses.parts import Gazetteer, Parts, has_chinese, plain


def read(text: str, known: Gazetteer) -> Parts:
    """The parts of an address in either language; empty parts where nothing is said. Never raises, whatever the text."""
    said = plain(text)
    return read_chinese(said, known) if has_chinese(said) else read_english(said, known)


__all__ = ["Gazetteer", "Parts", "english_key", "has_chinese", "plain", "read", "read_chinese", "read_english"]

"""Whether one expression takes all paths of another is decided as a matcher of real paths would."""

import re
from itertools import product

import pytest

from settings.path_comparison import covered
from settings.path_language import Language

EXPRESSIONS = ["/", "/a", "/a$", "/a?", "/a*b", "/a+", "/(a|b)", "/[ab]$", "/[^a]", "/a{2}", "/(?:ab)*$", "/.b", "/a/?"]
PATHS = [f"/{''.join(rest)}" for length in range(5) for rest in product("ab/", repeat=length)]
"""Long enough to tell the expressions apart."""


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_takes_the_paths_that_begin_with_it(expression: str) -> None:
    language = Language(expression)
    for path in PATHS:
        assert _takes(language, path) == bool(re.match(expression, path)), path


@pytest.mark.parametrize("first", EXPRESSIONS)
def test_one_covers_another_exactly_when_it_takes_all_its_paths(first: str) -> None:
    for second in EXPRESSIONS:
        all_taken = all(re.match(first, path) for path in PATHS if re.match(second, path))
        # Paths of other letters are not in PATHS.
        if second not in ("/[^a]", "/.b"):
            assert covered(Language(second), [Language(first)]) == all_taken, second


def test_an_unmentioned_character_is_one_of_a_negated_set() -> None:
    assert not covered(Language("/[^a]"), [Language("/b")])
    assert covered(Language("/[^a]"), [Language("/.")])


def test_case_is_ignored_on_request() -> None:
    assert covered(Language("/A[B-C]", ignore_case=True), [Language("/a[b-d]", ignore_case=True)])
    assert not covered(Language("/A"), [Language("/a")])


def _takes(language: Language, path: str) -> bool:
    states = language.start
    for character in (*path, "\x00"):
        if language.accepts(states):
            return True
        states = language.step(states, character)
    return language.accepts(states)

"""Whether regular expressions match the same paths; pure. Paths begin with /."""

from collections import deque
from collections.abc import Sequence

from settings.path_language import END, OTHER, Language, States

ANY = frozenset({-1})
"""In place of states: the expression matches already, whatever comes."""


def covered(language: Language, others: Sequence[Language]) -> bool:
    """Whether each path of `language` is also one of some of the `others`."""
    if language.accepts(language.start):
        language = Language("/")
    if any(other.accepts(other.start) for other in others):
        return True
    alphabet = sorted({OTHER}.union(language.characters, *(other.characters for other in others)))
    first = (language.step(language.start, "/"), tuple(other.step(other.start, "/") for other in others))
    waiting, seen = [first], {first}
    while waiting:
        mine, theirs = waiting.pop()
        if any(other.accepts(states) for other, states in zip(others, theirs, strict=True)):
            continue
        if language.accepts(mine):
            return False
        for character in (END, *alphabet):
            after = (
                language.step(mine, character),
                tuple(other.step(states, character) for other, states in zip(others, theirs, strict=True)),
            )
            if after[0] and after not in seen:
                seen.add(after)
                waiting.append(after)
    return True


def shared_path(one: Language, other: Language) -> str | None:
    """A shortest path that both match; None: there is none."""
    alphabet = (*sorted(one.characters | other.characters), OTHER, END)
    first = (_step(one, one.start, "/"), _step(other, other.start, "/"))
    waiting, seen = deque([(first, "/")]), {first}
    while waiting:
        (mine, theirs), path = waiting.popleft()
        if mine is ANY and theirs is ANY:
            return path.replace(OTHER, "-").removesuffix(END)
        if path.endswith(END):
            continue
        for character in alphabet:
            after = (_step(one, mine, character), _step(other, theirs, character))
            if all(after) and after not in seen:
                seen.add(after)
                waiting.append((after, path + character))
    return None


def _step(language: Language, states: States, character: str) -> States:
    if states is ANY or language.accepts(states):
        return ANY
    after = language.step(states, character)
    return ANY if language.accepts(after) else after

"""Which paths a regular expression matches, so that two can be compared; pure.

An expression is read as NGINX and RE2 both do, and matches a path that begins with what it describes. It is turned
into a nondeterministic automaton, and two are compared by walking both at once (Hopcroft and Ullman, chapter 3).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from string import ascii_letters, digits

END = "\x00"
"""Stands behind the last character of every path; `$` matches it."""

OTHER = "\x01"
"""Stands for every character that no expression at hand mentions."""

WORD = frozenset(f"{ascii_letters}{digits}_")
CLASSES = {"d": frozenset(digits), "w": WORD, "s": frozenset(" \t")}

REPETITION = re.compile(r"(?:([*+?])|\{(\d+)(,?)(\d*)\})\??")
"""How often, after an atom; a lazy one matches the same paths."""

UNTIL = re.compile(r"-([^\]\\])")
"""The second half of a range such as `a-z` in a set."""

LIMIT = 100
"""Repetitions that can be counted; RE2 itself allows 1000."""

States = frozenset[int]


@dataclass(frozen=True)
class Symbols:
    """One character out of some, or with `negated` any but these."""

    characters: frozenset[str]
    negated: bool = False

    def __contains__(self, character: str) -> bool:
        return character in self.characters if character == END else (character in self.characters) != self.negated


Piece = Callable[[int], int]
"""Adds a part of an expression behind a state, and gives the state behind the part."""


class Language:
    """The paths that begin with what `expression` describes. Raises `ValueError` for what it cannot read."""

    def __init__(self, expression: str, *, ignore_case: bool = False) -> None:
        self._text = expression.removeprefix("^")
        self._fold = ignore_case
        self._at = 0
        self._edges: list[list[tuple[Symbols, int]]] = []
        self._jumps: list[list[int]] = []
        begin = self._state()
        self._final = self._alternatives()(begin)
        if self._at < len(self._text):
            raise self._wrong("a closing bracket without an opening one")
        self.start = self._closed([begin])

    @property
    def characters(self) -> frozenset[str]:
        """Those that the expression tells apart."""
        return frozenset().union(*(symbols.characters for edges in self._edges for symbols, _ in edges)) - {END}

    def step(self, states: States, character: str) -> States:
        return self._closed([to for state in states for symbols, to in self._edges[state] if character in symbols])

    def accepts(self, states: States) -> bool:
        return self._final in states

    def _state(self) -> int:
        self._edges.append([])
        self._jumps.append([])
        return len(self._edges) - 1

    def _closed(self, states: Iterable[int]) -> States:
        """With every state that can be reached without a character."""
        waiting, found = [*states], {*states}
        while waiting:
            for to in self._jumps[waiting.pop()]:
                if to not in found:
                    found.add(to)
                    waiting.append(to)
        return frozenset(found)

    def _wrong(self, what: str) -> ValueError:
        return ValueError(f"{self._text}: {what}, at character {self._at + 1}")

    def _taken(self, text: str) -> bool:
        found = self._text.startswith(text, self._at)
        self._at += len(text) * found
        return found

    def _next(self) -> str:
        if self._at == len(self._text):
            raise self._wrong("it ends too early")
        self._at += 1
        return self._text[self._at - 1]

    def _alternatives(self) -> Piece:
        choices = [self._sequence()]
        while self._taken("|"):
            choices.append(self._sequence())

        def add(start: int) -> int:
            ends = [choice(start) for choice in choices]
            joined = self._state()
            for end in ends:
                self._jumps[end].append(joined)
            return joined

        return choices[0] if len(choices) == 1 else add

    def _sequence(self) -> Piece:
        parts: list[Piece] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(self._repeated(self._atom()))

        def add(start: int) -> int:
            for part in parts:
                start = part(start)
            return start

        return add

    def _repeated(self, piece: Piece) -> Piece:
        found = REPETITION.match(self._text, self._at)
        if not found:
            return piece
        self._at = found.end()
        sign, least, comma, most = found.groups()
        low = int(least or (sign == "+"))
        high = None if sign in ("*", "+") or (comma and not most) else 1 if sign else int(most or least)
        if max(low, high or 0) > LIMIT or (high is not None and high < low):
            raise self._wrong(f"it repeats more than {LIMIT} times, or never")

        def add(start: int) -> int:
            for _ in range(low):
                start = piece(start)
            if high is None:
                loop = self._state()
                self._jumps[start].append(loop)
                self._jumps[piece(loop)].append(loop)
                return loop
            skipped = [start]
            for _ in range(high - low):
                start = piece(start)
                skipped.append(start)
            joined = self._state()
            for state in skipped:
                self._jumps[state].append(joined)
            return joined

        return add

    def _atom(self) -> Piece:
        character = self._next()
        if character == "(":
            if self._taken("?") and not self._taken(":"):
                raise self._wrong("of the groups with ? only (?: is understood")
            inner = self._alternatives()
            if self._next() != ")":
                raise self._wrong("a bracket is not closed")
            return inner
        if character in "*+?^{":
            raise self._wrong(f"{character} has no meaning here")
        return self._one(self._symbols(character))

    def _symbols(self, character: str) -> Symbols:
        if character == "[":
            return self._set()
        if character == "\\":
            return Symbols(self._escaped())
        return {".": Symbols(frozenset(), negated=True), "$": Symbols(frozenset(END))}.get(
            character, Symbols(self._folded(character))
        )

    def _escaped(self) -> frozenset[str]:
        character = self._next()
        if character in CLASSES:
            return self._folded(CLASSES[character])
        if character.isalnum():
            raise self._wrong(f"\\{character} is not understood")
        return self._folded(character)

    def _set(self) -> Symbols:
        """Of characters, such as `[^/a-z]`."""
        negated = self._taken("^")
        members: set[str] = set()
        while (character := self._next()) != "]" or not members:
            if character == "\\":
                members |= self._escaped()
            elif last := UNTIL.match(self._text, self._at):
                self._at = last.end()
                members |= {chr(code) for code in range(ord(character), ord(last[1]) + 1)}
            else:
                members.add(character)
        return Symbols(self._folded(members), negated)

    def _folded(self, characters: Iterable[str]) -> frozenset[str]:
        return frozenset(each.lower() if self._fold else each for each in characters)

    def _one(self, symbols: Symbols) -> Piece:
        def add(start: int) -> int:
            end = self._state()
            self._edges[start].append((symbols, end))
            return end

        return add

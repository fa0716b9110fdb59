"""What the checks of a resource tell of its creation."""


class Checks:
    """Knows a creation that replaces from one that an engine repeats because it was killed.

    A resource is checked with its old inputs, and a second time before its replacement is created. Both ask for a
    creation in the same words; but what is there already is taken over only when it is not what is to be replaced:
    the engine deletes that afterwards, by its name.
    """

    def __init__(self) -> None:
        self._places: dict[str, list[object]] = {}

    def note(self, urn: str, place: object) -> None:
        """A check; `place` is where the old inputs say that the resource is, None without old inputs."""
        self._places.setdefault(urn, []).append(place)

    def replaces(self, urn: str, place: object) -> bool:
        """Whether a resource to be created at this place is to replace the one that is there."""
        first, *again = self._places.get(urn, [None])
        return bool(again) and first == place

"""What looks like a credential, judged by its name and its value; for stack files and policies alike. Pure."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
"""Words of a name: DB_PASS, dbPass and db-pass all have two."""

_SECRET_WORDS = frozenset(
    [
        "password",
        "passwords",
        "passwd",
        "passphrase",
        "passcode",
        "pass",
        "pwd",
        "pw",
        "secret",
        "secrets",
        "token",
        "tokens",
        "credential",
        "credentials",
        "creds",
        "cred",
        "auth",
        "apikey",
        "pat",
        "jwt",
        "bearer",
        "htpasswd",
        "netrc",
        "npmrc",
        "dsn",
    ]
)
_SECRET_ENDS = ("password", "passwd", "token", "secret", "apikey", "credentials")
"""Of words such as PGPASSWORD."""

_OTHER_KEYS = frozenset(
    [
        "primary",
        "foreign",
        "partition",
        "sort",
        "cache",
        "public",
        "index",
        "row",
        "object",
        "routing",
        "group",
        "lookup",
        "map",
        "translation",
        "config",
        "label",
        "order",
        "unique",
        "hash",
    ]
)
"""What stands before `key` where the key is no credential."""

_ABOUT = frozenset(
    [
        "file",
        "path",
        "dir",
        "directory",
        "url",
        "uri",
        "endpoint",
        "host",
        "port",
        "name",
        "id",
        "ids",
        "type",
        "mode",
        "method",
        "provider",
        "issuer",
        "audience",
        "algorithm",
        "alg",
        "ttl",
        "seconds",
        "minutes",
        "hours",
        "days",
        "expiry",
        "expiration",
        "lifetime",
        "timeout",
        "length",
        "size",
        "limit",
        "limits",
        "count",
        "max",
        "min",
        "enabled",
        "disabled",
        "required",
        "header",
        "prefix",
        "suffix",
        "scope",
        "scopes",
        "realm",
        "domain",
        "version",
        "policy",
        "region",
        "rounds",
        "cost",
        "pattern",
        "field",
        "format",
        "ref",
        "budget",
        "usage",
        "age",
    ]
)
"""Last words of names that say something about a credential: TOKEN_FILE, PASSWORD_MIN_LENGTH."""

_CONTENT_WORDS = frozenset(
    [
        "sha",
        "commit",
        "revision",
        "rev",
        "digest",
        "checksum",
        "hash",
        "ref",
        "etag",
        "uuid",
        "integrity",
        "fingerprint",
    ]
)
"""In names of what is random to look at, and public."""

_PUBLIC = re.compile(
    r"(?:/[\w.~+-]*)+"  # a path
    r"|[0-9]+(?:\.[0-9]+)?[a-zA-Z%]{0,3}"  # a number, with a unit
    r"|(?i:true|false|yes|no|on|off|none|null|enabled|disabled|required|optional|basic|oauth2?|oidc|saml|jwt|bearer)"
    r"|(?:projects|organizations|folders)/[\w./-]+"  # a resource name of Google's
    r"|\$\{?\w+\}?|\$\([\w]+\)"  # a reference to another variable
    r"|[a-z][a-z0-9+.-]*://[^\s@?#]+/?"  # a URL without user, query and fragment
)

_KNOWN = re.compile(
    r"\bgh[pousr]_\w{10,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{15,}|\bnpm_\w{20,}|\bpypi-\w{20,}|\bdckr_pat_[\w-]{15,}"
    r"|\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b|\bAIza[\w-]{30,}|\bya29\.[\w-]{15,}|\bGOCSPX-[\w-]{15,}"
    r"|\b1//0[\w-]{20,}|\b[sr]k_(?:live|test)_\w{10,}|\bwhsec_\w{10,}|\bsk-(?:ant-|proj-)?[\w-]{20,}"
    r"|\bSG\.[\w-]{10,}\.[\w-]{10,}|\bxox[abeprs]-[\w-]{10,}|\bxapp-[\w-]{10,}|hooks\.slack\.com/services/\w+"
    r"|\bhv[sb]\.[\w-]{15,}|\bdop_v1_\w{20,}|\bshp(?:at|ss|ca|pa)_\w{20,}|\bpul-[0-9a-f]{30,}|\bhf_[A-Za-z0-9]{20,}"
    r"|\bey[JI][\w-]{8,}\.ey[\w-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY|\"private_key\"\s*:|\bAGE-SECRET-KEY-1\w+"
    r"|://[^\s/:@]*:[^\s/@]+@"  # a URL with a password
    r"|(?i:\b(?:password|passwd|pwd|secret|token|api_?key|accountkey|sharedaccesskey|_authtoken)\s*[=:]\s*[^\s;,&$]{3,})"
    r"|(?i:\b(?:basic|bearer)\s+[\w+/=.-]{12,})|(?i:[?&](?:token|key|sig|signature|access_token|api_key)=[^&\s$]{6,})"
)
"""Tokens whose issuers made them recognizable, and passwords within connection strings."""

_ASSIGNMENT = re.compile(r"([\w.-]+)=([^\s&;,]+)")
_DIGEST = re.compile(r"\bsha(?:256|384|512)[:-][A-Za-z0-9+/=]+")
_RANDOM = re.compile(r"[A-Za-z0-9+/_=.~-]{20,}")
_HEX = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ENTROPY = 3.9
"""Bits a character: 20 random letters and digits have 4.1, as many of English text with capitals 3.6."""


def is_credential(name: str, value: str | None) -> bool:
    """Whether this is a credential as likely as not; `value` is None where it is not known."""
    if value is not None and (not value or (_PUBLIC.fullmatch(value) and not _is_password(name))):
        return False
    return _named(name) or (value is not None and has_credential(value, name))


def has_credential(value: str, name: str = "") -> bool:
    """Whether a text holds a known token, a password or something random, whatever it is called."""
    parts = re.split(r"[\s,;:@'\"()|]+", _DIGEST.sub("", value))
    return (
        bool(_KNOWN.search(value))
        or any(_is_random(part, name) for part in parts)
        or any(is_credential(*pair) for pair in _ASSIGNMENT.findall(value))
    )


def in_command(words: Sequence[str]) -> Iterator[int]:
    """Indexes of the words of a command that hold a credential: --token=X, --token X, API_KEY=X, X."""
    for index, word in enumerate(words):
        name, separator, value = word.partition("=")
        before = words[index - 1] if index else ""
        follows = before.startswith("-") and "=" not in before and not word.startswith("-")
        if (
            (separator and re.fullmatch(r"-*[\w.-]+", name) and is_credential(name, value))
            or (follows and is_credential(before, word))
            or has_credential(word)
        ):
            yield index


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _named(name: str) -> bool:
    words = _words(name)
    if not words or words[-1] in _ABOUT or words[0] in ("max", "min", "public", "use", "enable", "disable"):
        return False
    if words[-1] in ("key", "keys") and not _OTHER_KEYS.intersection(words):
        return True
    return any(word in _SECRET_WORDS or word.endswith(_SECRET_ENDS) for word in words)


def _is_password(name: str) -> bool:
    """Such a name's value is one, even if it is 12345."""
    return _named(name) and bool({"password", "passwd", "passphrase", "pass", "pwd"}.intersection(_words(name)))


def _is_random(text: str, name: str) -> bool:
    text = re.sub(r"^[\w.-]+=(?=[^=])", "", text)
    if _UUID.fullmatch(text) or _PUBLIC.fullmatch(text) or _CONTENT_WORDS.intersection(_words(name)):
        return False
    if _HEX.fullmatch(text):
        return True
    if not _RANDOM.fullmatch(text):
        return False
    lower, upper, digits = (len(re.findall(kind, text)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    if min(lower, upper, digits) > 1 or (min(lower, upper, digits) and len(text) >= 32):
        return _entropy(text) >= _ENTROPY
    # Letters of one case and digits in turns, without a word or a version among them.
    return digits > 3 and len(text) >= 24 and not re.search(r"[a-z]{5,}|[A-Z]{5,}|[-_./]", text)


def _entropy(text: str) -> float:
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def redacted(value: object, name: str = "") -> object:
    """JSON's types with every credential replaced; names are those of the mappings that hold a text."""
    if isinstance(value, Mapping):
        return {key: redacted(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        hidden = {*in_command([each if isinstance(each, str) else "" for each in value])}
        return ["[not shown]" if index in hidden else redacted(item, name) for index, item in enumerate(value)]
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return "[not shown]" if is_credential(name, str(value)) else value
    return value

"""SSL policies of Compute Engine: the TLS versions and ciphers of a load balancer."""

from collections.abc import Mapping

from sandbox.edge.model import Tls
from sandbox.google import Resource

TYPE = "gcp:compute/sSLPolicy:SSLPolicy"

_GCM = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
}
_RESTRICTED = {
    **_GCM,
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
}
_MODERN = {
    **_RESTRICTED,
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "ECDHE-RSA-AES128-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": "ECDHE-ECDSA-AES256-SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "ECDHE-RSA-AES256-SHA",
}
_COMPATIBLE = {
    **_MODERN,
    "TLS_RSA_WITH_AES_128_GCM_SHA256": "AES128-GCM-SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384": "AES256-GCM-SHA384",
    "TLS_RSA_WITH_AES_128_CBC_SHA": "AES128-SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA": "AES256-SHA",
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA": "DES-CBC3-SHA",
}
"""Google's features up to TLS 1.2 and OpenSSL's names of them; those of TLS 1.3 are in every profile.

(Cloud Load Balancing: SSL policies for SSL and TLS protocols, the table of features by profile)
"""

_PROFILES = {"COMPATIBLE": _COMPATIBLE, "MODERN": _MODERN, "RESTRICTED": _RESTRICTED, "FIPS_202205": _GCM}


def tls(google: Mapping[str, Resource], name: str | None) -> Tls | None:
    """What the policy of that name demands; without a name, what Google does by itself. None: there is no such policy.

    In a policy, nothing stated is profile COMPATIBLE from TLS 1.0 on, too.
    """
    if not name:
        return _tls({})
    found = (each for each in google.values() if each["type"] == TYPE and each.get("name") == name)
    policy = next(found, None)
    return None if policy is None else _tls(policy.get("properties", {}))


def _tls(properties: Resource) -> Tls:
    profile = properties.get("profile") or "COMPATIBLE"
    features = _PROFILES.get(profile) or {
        feature: cipher for feature, cipher in _COMPATIBLE.items() if feature in properties.get("customFeatures", ())
    }
    version = (properties.get("minTlsVersion") or "TLS_1_0").removeprefix("TLS_").replace("_", ".")
    return Tls(version, tuple(features.values()))

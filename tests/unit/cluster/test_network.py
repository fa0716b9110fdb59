import json
from pathlib import Path

import pytest

from sandbox.addresses import PODS, SERVICES
from sandbox.cluster.network import overlapping
from sandbox.cluster.sysctls import CHANGED_BY_KUBELET, NEEDED, Sysctls
from sandbox.errors import SandboxError
from sandbox.home import Home


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A /proc/sys in which every setting is 0."""
    root = tmp_path / "proc"
    for name in (*NEEDED, *CHANGED_BY_KUBELET, "kernel.random.boot_id"):
        path = root / name.replace(".", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("0\n")
    return root


def values(proc: Path) -> dict[str, str]:
    return {name: (proc / name.replace(".", "/")).read_text().strip() for name in (*NEEDED, *CHANGED_BY_KUBELET)}


def test_a_neighbouring_network_with_our_addresses_is_named_with_its_interface() -> None:
    assert overlapping({"192.0.2.0/24": "eth0", "10.244.0.0/16": "flannel"}) == "10.244.0.0/16 (interface flannel)"
    assert overlapping({str(SERVICES[7]): "wg0"})
    assert overlapping({str(PODS): "other"})


def test_a_route_of_all_private_addresses_does_not_stand_in_the_way() -> None:
    assert overlapping({"10.0.0.0/8": "vpn", "192.0.2.0/24": "eth0"}) is None


def test_kernel_settings_come_back_as_they_were(home: Home, proc: Path) -> None:
    before = values(proc)
    Sysctls(home, proc).set()
    assert {name: values(proc)[name] for name in NEEDED} == NEEDED
    (proc / "kernel/panic").write_text("10")
    Sysctls(home, proc).set()
    assert Sysctls(home, proc).changed
    Sysctls(home, proc).restore()
    assert values(proc) == before
    assert not Sysctls(home, proc).changed


def test_settings_noted_before_a_reboot_are_not_put_back(home: Home, proc: Path) -> None:
    Sysctls(home, proc).set()
    (proc / "kernel/random/boot_id").write_text("another")
    assert not Sysctls(home, proc).changed
    Sysctls(home, proc).restore()
    assert values(proc)["net.ipv4.ip_forward"] == "1"


def test_a_kernel_without_bridge_filtering_is_refused_by_name(home: Home, proc: Path) -> None:
    (proc / "net/bridge/bridge-nf-call-iptables").unlink()
    with pytest.raises(SandboxError, match=r"net\.bridge\.bridge-nf-call-iptables.*modprobe br_netfilter"):
        Sysctls(home, proc).set()


def test_a_record_cut_short_counts_for_none(home: Home, proc: Path) -> None:
    sysctls = Sysctls(home, proc)
    sysctls.set()
    sysctls.record.write_text(json.dumps({"boot": "0"})[:-3])
    assert not sysctls.changed

import pytest
from cryptography import x509

from sandbox.cluster.authority import Authority
from sandbox.home import Home
from sandbox.project import Project
from sandbox.session import Session


@pytest.fixture
def session(home: Home, project: Project) -> Session:
    overlay = "config: {shop:images: {web: '${images.NGINX_IMAGE}', cache: 'x-${images.REDIS_IMAGE}'}}\n"
    (project.directory / "sandbox.yaml").write_text(overlay)
    return Session(home, project, "dev")


def test_a_stack_needs_the_images_that_its_overlay_refers_to_and_no_others(session: Session) -> None:
    assert session.images == {"NGINX_IMAGE", "REDIS_IMAGE"}


def test_the_program_gets_those_images_by_name_before_any_is_built(session: Session) -> None:
    images = session.configuration.values["shop:images"]
    assert images["web"].startswith("localhost:5044/standins/nginx:")
    assert images["cache"].startswith("x-localhost:5044/standins/redis:")


def test_a_program_that_speaks_tls_gets_a_certificate_of_the_sandbox_s_authority_and_keeps_it(session: Session) -> None:
    overlay = "certificate: [shop.example.com]\nconfig: {shop:tls: ['${tls.certificate}', {secret: '${tls.key}'}]}\n"
    (session.project.directory / "sandbox.yaml").write_text(overlay)
    again = Session(session.home, session.project, "dev")
    text, key = session.configuration.values["shop:tls"]
    assert again.configuration.values["shop:tls"] == [text, key]
    certificate = x509.load_pem_x509_certificate(text.encode())
    assert Authority.load_or_create(session.home.pki).signed(certificate)
    assert "shop.example.com" in str(certificate.extensions)
    assert {path.stat().st_mode & 0o777 for path in session.home.pki.glob("*.key")} == {0o600}

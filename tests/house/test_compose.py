"""The production deployment: valid Compose, no secret and no known password in it, and settings that exist."""

from __future__ import annotations

import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from stack.cli import COMMANDS
from store.settings import Settings

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
SETTINGS = {f"VAHTI_{field.name.upper()}" for field in fields(Settings)}

# Which services have no health check, and why.
WITHOUT_HEALTH_CHECK = {
    "certificates": "ends by itself; what needs it waits for its success",
    "migrate": "ends by itself; what needs it waits for its success",
    "relay": "answers nobody, and ends when it fails; that it works is the age of what is owed, which /metrics tells",
    "work": "answers nobody, and ends when it fails; that it works is the age of what is owed, which /metrics tells",
}
# Which services are not of a read-only root, and why.
WRITABLE = {"opensearch": "makes its keystore and its users' file beside its configuration at each start"}
# Which services run as root, and why.
AS_ROOT = {"certificates": "hands keys to the account of the search engine; has no network and no other right of root"}
# Which images say themselves that they do not run as root.
AS_THE_IMAGE_SAYS = {"opensearch": "the image has USER 1000, and refuses to run as root"}
# Settings that this deployment does not pass on, and why.
NOT_PASSED = {
    "VAHTI_MAIL_DIR": "opens /dev/mail: never in production",
    "VAHTI_INDEX_PREFIX": "deploy/opensearch/roles.yml allows the default alone",
    "VAHTI_QUEUE_PREFIX": "the queue is this deployment's own",
}


def environment(service: dict[str, Any]) -> dict[str, Any]:
    given = service.get("environment", {})
    assert isinstance(given, dict), "environment as a mapping, so that each name is there once"
    return given


def used_variables() -> dict[str, str]:
    """Every `${NAME…}` of the file, with what follows the name."""
    return dict(re.findall(r"(?<!\$)\$\{([A-Z_]+)([^}]*)\}", TEXT))


def test_it_is_valid_compose() -> None:
    schema = json.loads((HERE / "compose_schema/compose-spec.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    problems = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(COMPOSE)]
    assert problems == []


def test_the_schema_is_one_that_refuses() -> None:
    schema = json.loads((HERE / "compose_schema/compose-spec.json").read_text(encoding="utf-8"))
    wrong = {"services": {"api": {"image": "vahti:1", "restrat": "always"}}}
    assert not Draft202012Validator(schema).is_valid(wrong)


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_of_a_version(name: str) -> None:
    repository, _, tag = SERVICES[name]["image"].partition(":")
    assert repository
    assert re.match(r"v?\d", tag), f"{name} must name a version, and `latest` is none"


def test_our_image_and_the_embedded_services_are_of_the_versions_that_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    from stack import opensearch_home

    assert {service["image"] for service in OURS.values()} == {f"vahti:{project['version']}"}
    assert SERVICES["opensearch"]["image"] == f"opensearchproject/opensearch:{opensearch_home.VERSION}"


@pytest.mark.promise("S4")
def test_no_secret_and_no_default_for_one_is_in_the_files() -> None:
    files = [ROOT / "docker-compose.yml", ROOT / "Dockerfile", *(ROOT / "deploy").rglob("*")]
    for file in files:
        if not file.is_file() or file.name == ".env":
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            # A value after a name that says it is secret: only a variable, or nothing, may stand there.
            found = re.match(r"\s*#?\s*[\w.]*(?:PASSWORD|SECRET|AUTH)\w*\s*[:=]\s*(\S.*)?$", line)
            if found and found[1]:
                assert re.fullmatch(r"[\"']?\$\{\w+:\?[^}]+\}[\"']?", found[1]), f"{file.name}: {line.strip()}"
    secret = {name: rest for name, rest in used_variables().items() if re.search("PASSWORD|SECRET", name)}
    assert len(secret) >= 5
    assert all(rest.startswith(":?") for rest in secret.values()), (
        "a secret has no default, and its absence is an error"
    )


def test_addresses_with_passwords_take_them_from_the_environment() -> None:
    found = []
    for service in SERVICES.values():
        for value in environment(service).values():
            address = re.sub(r"\$\{[^}]*\}", "$", str(value))
            found += re.findall(r"://[^/@]*:([^@]*)@", address)
    assert found
    assert set(found) == {"$"}


@pytest.mark.parametrize("name", OURS)
def test_our_processes_are_given_settings_that_exist(name: str) -> None:
    given = environment(OURS[name])
    assert set(given) <= SETTINGS
    if name != "certificates":
        assert set(given) | set(NOT_PASSED) == SETTINGS, "pass each setting on, or argue in NOT_PASSED why not"
        assert not set(given) & set(NOT_PASSED)


@pytest.mark.parametrize("name", sorted(set(OURS) - {"certificates"}))
def test_our_processes_run_commands_that_exist(name: str) -> None:
    assert OURS[name]["command"][0] in COMMANDS


def test_the_example_names_every_variable_and_gives_no_secret_a_value() -> None:
    example = (ROOT / "deploy/.env.example").read_text(encoding="utf-8")
    lines = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", example, re.M))
    used = used_variables()
    assert set(lines) == set(used)
    for name, rest in used.items():
        if rest.startswith(":?"):
            assert f"\n{name}=\n" in example, f"{name} is asked for, so the example leaves it to be filled in"
        else:
            assert rest == f":-{lines[name]}", f"the default of {name} is the one that the example shows"


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_has_a_health_check_or_a_reason_for_none(name: str) -> None:
    check = SERVICES[name].get("healthcheck")
    assert (check is None) == (name in WITHOUT_HEALTH_CHECK)
    if check is not None:
        assert check["test"][0] in {"CMD", "CMD-SHELL"}
        assert not check.get("disable")


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_has_only_the_rights_that_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    assert bool(service.get("read_only")) == (name not in WRITABLE)
    assert (service.get("user") == "root") == (name in AS_ROOT)
    if "build" not in service and name not in AS_THE_IMAGE_SAYS:
        assert service["user"] not in ("root", "0", "0:0")
    assert "restart" in service


def test_our_image_does_not_run_as_root() -> None:
    stages = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("\nFROM ")
    assert re.findall(r"^USER (\S+)$", stages[-1], re.M)[-1:] == ["vahti"]


def test_only_loopback_ports_are_opened() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_services_wait_for_what_they_need_until_it_is_well() -> None:
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in SERVICES, f"{name} waits for {needed}"
            ends = SERVICES[needed]["restart"].startswith("on-failure")
            assert how["condition"] == ("service_completed_successfully" if ends else "service_healthy")
    for name in ("api", "relay", "work"):
        assert "migrate" in SERVICES[name]["depends_on"]


def test_what_must_outlive_a_container_is_in_a_volume() -> None:
    mounted = {
        name: [str(volume).partition(":")[0] for volume in service.get("volumes", [])]
        for name, service in SERVICES.items()
    }
    for name in ("postgres", "opensearch", "redis"):
        assert name in mounted[name]
    named = {volume for volumes in mounted.values() for volume in volumes if not volume.startswith(".")}
    assert named == set(COMPOSE["volumes"])
    for volumes in mounted.values():
        assert all((ROOT / volume).exists() for volume in volumes if volume.startswith("."))


def test_the_search_engine_keeps_strangers_out() -> None:
    """The security plugin is on, with TLS on both sides, certificates that nobody else has, and users of ours alone."""
    given = environment(SERVICES["opensearch"])
    assert given["DISABLE_INSTALL_DEMO_CONFIG"] == "true", "its certificates and passwords are published"
    assert "DISABLE_SECURITY_PLUGIN" not in given
    assert not any("plugins.security.disabled" in name for name in given)
    engine = yaml.safe_load((ROOT / "deploy/opensearch/opensearch.yml").read_text(encoding="utf-8"))
    assert "plugins.security.disabled" not in engine
    assert engine["plugins.security.ssl.http.enabled"] is True
    assert engine["plugins.security.allow_unsafe_democertificates"] is False
    assert engine["plugins.security.ssl.transport.enforce_hostname_verification"] is True
    start = (ROOT / "deploy/opensearch/start.sh").read_text(encoding="utf-8")
    users = set(re.findall(r"^(\w+):$", start, re.M)) - {"_meta"}
    mapping = yaml.safe_load((ROOT / "deploy/opensearch/roles_mapping.yml").read_text(encoding="utf-8"))
    mapped = {user for role, of_role in mapping.items() if role != "_meta" for user in of_role["users"]}
    assert users == mapped == {"admin", "vahti"}
    roles = yaml.safe_load((ROOT / "deploy/opensearch/roles.yml").read_text(encoding="utf-8"))
    [permissions] = roles["vahti"]["index_permissions"]
    prefix = Settings().index_prefix
    assert permissions["index_patterns"] == [f"{prefix}-*"]


def test_the_search_engine_is_set_as_the_one_that_is_tested() -> None:
    engine = yaml.safe_load((ROOT / "deploy/opensearch/opensearch.yml").read_text(encoding="utf-8"))
    embedded = (ROOT / "stack/opensearch.py").read_text(encoding="utf-8")
    for name in ("action.auto_create_index", "indices.query.bool.max_clause_count"):
        assert f'"{name}": {engine[name]}' in embedded


def test_the_database_is_set_as_the_one_that_is_tested() -> None:
    embedded = (ROOT / "stack/postgres.py").read_text(encoding="utf-8")
    arguments = environment(SERVICES["postgres"])["POSTGRES_INITDB_ARGS"].split()
    for argument in arguments:
        if not argument.startswith("--auth"):
            assert f'"{argument}"' in embedded
    for argument in SERVICES["postgres"]["command"][1:]:
        name, _, value = argument.removeprefix("--").partition("=")
        if name != "shared_buffers":
            assert f'"{name}": "{value}"' in embedded


def test_the_image_is_built_from_what_is_locked() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return {
            pin[0]: pin[1] for pin in re.findall(r"^([\w.-]+==\S+)[^\n]*\\\n((?:    --hash=[^\n]*\n?)+)", text, re.M)
        }

    building, locked = pins("deploy/build-requirements.txt"), pins("requirements/dev.txt")
    assert any(pin.startswith("hatchling==") for pin in building)
    assert {pin: hashes.split() for pin, hashes in building.items()} == {
        pin: locked[pin].split() for pin in building if pin in locked
    }
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    installs = re.findall(r"pip install ([^\n\\]*)", dockerfile)
    assert installs
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)


def test_the_image_gets_every_package_and_only_what_it_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    copied = re.findall(
        r"^COPY (?!--from)(?:--\S+ )*(.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.M
    )
    sources = {source for line in copied for source in line.split()}
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"
    }
    assert packages <= sources
    assert sources == allowed
    assert all((ROOT / source).exists() for source in sources)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What deploy/certificates.sh makes."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl here: the image has it")
    into = tmp_path_factory.mktemp("certificates")
    made = subprocess.run(
        ["sh", str(ROOT / "deploy/certificates.sh"), str(into)], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return into


def test_the_certificates_are_believed_under_the_names_that_are_used_and_no_other(certificates: Path) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificates / "node.pem", certificates / "node-key.pem")
    calling = ssl.create_default_context(cafile=str(certificates / "ca.pem"))
    calling.verify_flags |= ssl.VERIFY_X509_STRICT  # as Python 3.13, in the image, checks

    def shake_hands(name: str) -> None:
        near, far = socket.socketpair()

        def serve() -> None:
            try:
                serving.wrap_socket(far, server_side=True).close()
            except (ssl.SSLError, OSError):
                far.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            calling.wrap_socket(near, server_hostname=name).close()
        finally:
            near.close()
            thread.join()

    shake_hands("opensearch")
    shake_hands("localhost")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands("postgres")


def test_the_keys_are_private_and_that_of_the_authority_is_not_kept(certificates: Path) -> None:
    modes = {file.name: file.stat().st_mode & 0o777 for file in certificates.iterdir()}
    assert modes == {
        "ca.pem": 0o644,
        "node.pem": 0o644,
        "node-key.pem": 0o600,
        "admin.pem": 0o644,
        "admin-key.pem": 0o600,
    }


def test_certificates_that_exist_are_left_alone(certificates: Path) -> None:
    before = (certificates / "node.pem").read_bytes()
    command = ["sh", str(ROOT / "deploy/certificates.sh"), str(certificates)]
    assert "exist" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert (certificates / "node.pem").read_bytes() == before


@pytest.mark.parametrize("script", ["deploy/certificates.sh", "deploy/opensearch/start.sh"])
def test_scripts_can_be_read_by_their_shell_and_be_run(script: str) -> None:
    path = ROOT / script
    shell = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("#!")
    assert subprocess.run([shell, "-n", str(path)], check=False).returncode == 0
    assert path.stat().st_mode & 0o111


def test_commands_of_production_need_nothing_that_only_development_has() -> None:
    """The image holds requirements/production.txt and no more."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    absent = {one.lower().replace("_", "-") for packages in extras.values() for one in packages}
    commands = [f"stack.commands.{COMMANDS[name][0]}" for name in sorted(set(COMMANDS) - {"up", "demo", "bench"})]
    script = f"""
import importlib, os, sys
from importlib.metadata import packages_distributions

names = packages_distributions().items()
modules = {{module for module, by in names if {{one.lower().replace("_", "-") for one in by}} & {absent!r}}}
assert "aiosmtpd" in modules

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in modules:
            raise ModuleNotFoundError(f"{{name}} is not in the image")

sys.meta_path.insert(0, Absent())
for name in {commands!r}:
    importlib.import_module(name)
os.environ["VAHTI_SECRET"] = "x" * 32
importlib.import_module("api.app").create_app()
importlib.import_module("gunicorn.app.wsgiapp")
"""
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr

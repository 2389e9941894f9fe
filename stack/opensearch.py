"""The embedded OpenSearch: one node, on a free port of 127.0.0.1 that it keeps over restarts."""

import json
import os
import re
import shutil
import socket
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from stack import StackError
from stack.class_data import ClassData, class_data
from stack.java import Java
from stack.privileges import Account, Command
from stack.program import SERVICE_ENV, Program

# As OpenSearch's own launcher sets them. That launcher and its jvm.options are not used: they ask for a module
# (jdk.incubator.vector) that the runtimes in wheels come without, and for an agent that guards plugins, of which there
# are none, and that rules out class-data archives.
JVM_OPTIONS = (
    "-XX:+UseSerialGC",
    "-Xss1m",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:MaxDirectMemorySize=256m",
    "-Dfile.encoding=UTF-8",
    "-Djava.awt.headless=true",
    "-Djava.locale.providers=SPI,CLDR",
    "-Djna.nosys=true",
    "-Dio.netty.noUnsafe=true",
    "-Dio.netty.noKeySetOptimization=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0",
    "-Dio.netty.allocator.numDirectArenas=0",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dlog4j2.disable.jmx=true",
    "-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1",
    "-Dopensearch.distribution.type=zip",
    "-Dopensearch.bundled_jdk=false",
    "--enable-native-access=ALL-UNNAMED",
)
LOG4J = """\
status=error
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=[%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level=info
rootLogger.appenderRef.console.ref=console
"""
# The runtimes in wheels cannot break Thai into words, and OpenSearch builds every analyzer that it ships with each
# index: without this line no index can be created. Templates do not merge, so one of a higher priority must repeat it.
JRE_TEMPLATE = {
    "index_patterns": ["*"],
    "priority": 0,
    "template": {"settings": {"analysis.analyzer.thai.type": "standard"}},
}
PORT_FREED_WITHIN = 5.0

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through HTTP_PROXY


@dataclass
class OpenSearch:
    base: Path
    home: Path
    java: Java
    heap: str
    fast: bool
    port: int = 0
    classes: ClassData | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def program(self, account: Account, pass_fds: tuple[int, ...]) -> Program:
        shutil.rmtree(self.base / "tmp", ignore_errors=True)  # a killed one leaves its libraries there
        for part in ("config", "tmp", "logs"):
            account.own(self.base / part)
        account.own(self.base)
        scratch = str(self.base / "tmp")
        return Program(
            name="opensearch",
            command=self._command,
            log=self.base.with_suffix(".log"),
            env={**SERVICE_ENV, "HOME": scratch, "LIBFFI_TMPDIR": scratch, "OPENSEARCH_TMPDIR": scratch},
            cwd=self.base,
            ready=self.ready,
            end_within=60,
            ended=self._ended,
            pass_fds=pass_fds,
            account=account,
        )

    def _command(self) -> Command:
        if self.port:
            _expect_free(self.port)
        self._configure()
        jvm = (*JVM_OPTIONS, "-XX:TieredStopAtLevel=1") if self.fast else JVM_OPTIONS
        scratch = self.base / "tmp"
        self.classes = class_data(self.java, self.home, jvm, scratch)
        agent = next((self.home / "agent").glob("opensearch-agent-bootstrap-*.jar"))
        return [
            self.java.program,
            *jvm,
            *self.classes.options,
            f"-Xms{self.heap}",
            f"-Xmx{self.heap}",
            f"-XX:ErrorFile={self.base}/hs_err.log",
            f"-Djava.io.tmpdir={scratch}",
            f"-Xbootclasspath/a:{agent}",
            f"-Dopensearch.path.home={self.home}",
            f"-Dopensearch.path.conf={self.base}/config",
            "-cp",
            f"{self.home}/lib/*",
            "org.opensearch.bootstrap.OpenSearch",
        ]

    def _configure(self) -> None:
        self._ports_file.unlink(missing_ok=True)
        settings = {
            "cluster.name": "vahti-embedded",
            "node.name": "embedded",
            "path.data": f"{self.base}/data",
            "path.logs": f"{self.base}/logs",
            "network.host": "127.0.0.1",
            "http.port": self.port,  # 0: a free one, chosen by the kernel and told in the ports file
            "transport.port": 0,
            "node.portsfile": True,
            "node.processors": min(os.cpu_count() or 1, 4),
            "node.store.allow_mmap": False,
            "discovery.type": "single-node",
            "cluster.routing.allocation.disk.threshold_enabled": False,
            "action.auto_create_index": False,
            "indices.query.bool.max_clause_count": 8192,
        }
        # JSON is YAML; readable by its account whatever umask root has
        for name, text in (("opensearch.yml", json.dumps(settings)), ("log4j2.properties", LOG4J)):
            path = self.base / "config" / name
            path.write_text(text)
            path.chmod(0o644)

    @property
    def _ports_file(self) -> Path:
        return self.base / "logs/http.ports"

    def ready(self) -> bool:
        """Once the cluster's state is recovered and every index can be read."""
        if (found := re.search(r"^127\.0\.0\.1:(\d+)$", self._ports_file.read_text(), re.M)) is None:
            return False
        self.port = int(found[1])
        with _direct.open(f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=1s", timeout=3) as response:
            if json.load(response)["timed_out"]:
                return False
        put = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.url}/_index_template/embedded-jre",
            json.dumps(JRE_TEMPLATE).encode(),
            {"Content-Type": "application/json"},
            method="PUT",
        )
        with _direct.open(put, timeout=5) as response:
            return bool(json.load(response)["acknowledged"])

    def _ended(self) -> None:
        if self.classes is not None:
            self.classes.keep()


def _expect_free(port: int) -> None:
    """Clients hold the address that OpenSearch had, so a restart on another port would not be a restart."""
    deadline = time.monotonic() + PORT_FREED_WITHIN
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return
            except OSError as error:
                if time.monotonic() > deadline:
                    raise StackError(f"port {port}, which it had before, is taken ({error.strerror})") from error
        time.sleep(0.1)

"""Two layers of a counter become packages: the runtime (wheels, rarely new), the application (ours, often).

On the disk, each called after a hash of all its files, so that two can stand side by side:

    /opt/azpost-desk/runtime-R/site-packages   the wheels
    /opt/azpost-desk/app                       the application as delivered; start.py beside it
    /var/lib/azpost-desk/app/V                 its copy that runs
    /var/lib/azpost-desk/current               a link to the copy that the next start takes
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ship import archive, bill, wheels
from ship.archive import PROGRAM_MODE, Entry
from ship.lock import Part, Unfit, parts

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(__file__).parent / "scripts"
HOME = "opt/azpost-desk"
PYTHON = ["python3.11", "tzdata"]
"""Debian's own interpreter, and its time zones: what it mends there is mended here."""
BYTES_MAX = 90_000_000
# A desk starts no centre and plays no rehearsal: their libraries are not here.
NOT_SHIPPED = ("azpost_desk/rehearsal/", "resources/lists/")
PROGRAMS_NOT_SHIPPED = ("bench", "central", "demo", "simulate", "training")


@dataclass(frozen=True, slots=True)
class Built:
    """One finished package."""

    name: str
    version: str
    content: bytes

    def file_name(self) -> str:
        """As Debian names it."""
        return f"{self.name}_{self.version}_amd64.deb"


def mark(entries: list[Entry]) -> str:
    """Eight letters that change when any path, mode or byte of `entries` does."""
    digest = hashlib.sha256()
    for entry in sorted(entries, key=lambda entry: entry.path):
        head = f"{entry.path}\0{entry.mode:o}\0{entry.link}\0{len(entry.content)}\0"
        digest.update(head.encode() + entry.content)
    return digest.hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Runtime:
    """The files of the runtime: paths from its own folder, which is called after their mark."""

    hash8: str
    libraries: list[Entry]
    inside: list[Entry]
    newest_s: int


def runtime_files(folder: Path) -> Runtime:
    """The runtime from the wheels in `folder`, fetched there first.

    Raises:
        Unfit: a wheel, a licence text or a row is missing.
    """
    lock = (ROOT / "installer" / "locks" / "linux.txt").read_text("utf-8")
    wanted = parts(lock, ROOT / "installer" / "licences.csv")
    held = wheels.fetch(wanted, lock, folder)
    libraries, newest_s = wheels.files(held)
    nameless = bill.textless(wanted, libraries)
    if nameless:
        raise Unfit(f"No licence text comes with {' '.join(nameless)}: name one in licences.csv")
    beside = papers(wanted)
    beside.append(
        Entry("sbom.cdx.json", bill.cyclonedx(wanted, bill.digests(wanted, held), newest_s).encode())
    )
    inside = [under("site-packages", entry) for entry in libraries] + beside
    return Runtime(mark(inside), libraries, inside, newest_s)


def runtime(files: Runtime, maintainer: str) -> Built:
    """The runtime package; compressing it takes a minute or two.

    Raises:
        Unfit: a library of the system that no row names.
    """
    name, home = f"azpost-desk-runtime-{files.hash8}", f"{HOME}/runtime-{files.hash8}"
    entries = [under(home, entry) for entry in files.inside]
    entries += documents("runtime", name, "1", files.newest_s, maintainer)
    control = {
        "Package": name,
        "Version": "1",
        "Architecture": "amd64",
        "Maintainer": maintainer,
        "Section": "misc",
        "Priority": "optional",
        "Depends": ", ".join([*PYTHON, *wheels.system_packages(files.libraries)]),
        "Description": (
            "libraries of the post-office counter\n"
            " Qt and the other libraries that azpost-desk is built on, as tested with it.\n"
            " Several of these packages can be installed at once: a running counter keeps\n"
            " its own."
        ),
    }
    made = archive.package(control, scripts("runtime", {"@HOME@": f"/{home}"}), entries, files.newest_s)
    return Built(name, "1", made)


def papers(wanted: list[Part]) -> list[Entry]:
    """The list of parts and the licence texts that no wheel brings."""
    texts = {part.text for part in wanted if part.text} | {"GPL-3.0", "LGPL-2.1"}
    folder = ROOT / "resources" / "licences"
    found = [Entry(f"licences/{text}.txt", (folder / f"{text}.txt").read_bytes()) for text in texts]
    return [*found, Entry("THIRD-PARTY.txt", bill.third_party(wanted).encode())]


def application(version: str, hash8: str, epoch_s: int, maintainer: str) -> Built:
    """The application package: our files, to be started on the runtime with this mark."""
    schema = schema_of(ROOT)
    ours = [
        *sources(ROOT),
        metadata(version),
        Entry("RUNTIME", f"{hash8}\n".encode("ascii")),
        Entry("SCHEMA", f"{schema}\n".encode("ascii")),
    ]
    place = f"{version}-{mark(ours)}"
    linux = ROOT / "resources" / "linux"
    entries = [under(f"{HOME}/app", entry) for entry in ours]
    entries += [
        Entry(f"{HOME}/start.py", (SCRIPTS / "start.py").read_bytes()),
        Entry("usr/bin/azpost-desk", (SCRIPTS / "azpost-desk").read_bytes(), PROGRAM_MODE),
        *(Entry(place, (linux / name).read_bytes()) for name, place in SYSTEM_FILES.items()),
        Entry("usr/share/man/man1/azpost-desk.1.gz", archive.gz((linux / "azpost-desk.1").read_bytes())),
        *documents("application", "azpost-desk", version, epoch_s, maintainer),
    ]
    words = {"@PLACE@": place, "@SCHEMA@": schema, "@VERSION@": version}
    control = {
        "Package": "azpost-desk",
        "Version": version,
        "Architecture": "amd64",
        "Maintainer": maintainer,
        "Section": "misc",
        "Priority": "optional",
        "Depends": ", ".join([f"azpost-desk-runtime-{hash8} (= 1)", *PYTHON]),
        "Description": (
            "post-office counter\n"
            " Money transfers, electronic payments and express mail at the counter of a\n"
            " post office, on line or off: everything is first written here, then carried\n"
            " to the centre."
        ),
    }
    return Built("azpost-desk", version, archive.package(
        control, scripts("application", words), entries, epoch_s
    ))  # fmt: skip


SYSTEM_FILES = {
    "azpost-desk.desktop": "usr/share/applications/azpost-desk.desktop",
    "azpost-desk.metainfo.xml": "usr/share/metainfo/azpost-desk.metainfo.xml",
    "azpost-desk.svg": "usr/share/icons/hicolor/scalable/apps/azpost-desk.svg",
}


def sources(root: Path) -> list[Entry]:
    """Our package and its resources, as in a checkout; what Python wrote beside them stays out."""
    found = []
    for folder in ("azpost_desk", "resources"):
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_file() and is_shipped(name):
                found.append(Entry(name, path.read_bytes()))
    return found


def is_shipped(name: str) -> bool:
    """Whether a file of ours goes to a counter."""
    if "/__pycache__/" in name or name.startswith((*NOT_SHIPPED, "resources/linux/")):
        return False
    if name.startswith("azpost_desk/") and name.endswith(".md"):
        return False
    program = name.removeprefix("azpost_desk/programs/").removesuffix(".py")
    return not (program in PROGRAMS_NOT_SHIPPED or program.startswith("central_"))


def schema_of(root: Path) -> str:
    """The number of the form in which this program keeps a desk's books.

    Raises:
        Unfit: the sources do not say it where we look.
    """
    told = re.search(
        r"^SCHEMA: Final = ([0-9]+)$",
        (root / "azpost_desk/storage/tables.py").read_text("utf-8"),
        re.MULTILINE,
    )
    if told is None:
        raise Unfit("azpost_desk/storage/tables.py does not give SCHEMA as a number")
    return told[1]


def metadata(version: str) -> Entry:
    """What `importlib.metadata` reads: the installed version."""
    says = f"Metadata-Version: 2.1\nName: azpost-desk\nVersion: {version}\n"
    return Entry(f"azpost_desk-{version}.dist-info/METADATA", says.encode("ascii"))


def under(folder: str, entry: Entry) -> Entry:
    """The same file inside `folder`."""
    return Entry(f"{folder}/{entry.path}", entry.content, entry.mode, entry.link)


def documents(layer: str, name: str, version: str, epoch_s: int, maintainer: str) -> list[Entry]:
    """Licence, change log and what lintian is told, for one package."""
    when = datetime.fromtimestamp(epoch_s, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    log = f"{name} ({version}) bookworm; urgency=medium\n\n"
    log += f"  * Built from the sources of that day.\n\n -- {maintainer}  {when}\n"
    copyright_text = (SCRIPTS / f"copyright.{layer}").read_bytes()
    told = (SCRIPTS / f"lintian.{layer}").read_text("ascii").replace("@PACKAGE@", name)
    return [
        Entry(f"usr/share/doc/{name}/copyright", copyright_text),
        Entry(f"usr/share/doc/{name}/changelog.gz", archive.gz(log.encode("ascii"))),
        Entry(f"usr/share/lintian/overrides/{name}", told.encode("ascii")),
    ]


def scripts(layer: str, words: dict[str, str]) -> dict[str, bytes]:
    """preinst, postinst, … of one package, with the places filled in."""
    found = {}
    for path in sorted(SCRIPTS.glob(f"{layer}.*inst")) + sorted(SCRIPTS.glob(f"{layer}.*rm")):
        text = path.read_text("utf-8")
        for word, meaning in words.items():
            text = text.replace(word, meaning)
        found[path.suffix[1:]] = text.encode()
    return found

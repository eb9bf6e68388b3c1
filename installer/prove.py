"""Proof that the packages work: on a bare Debian 12 they are installed, used, updated and removed.

    .venv/bin/python installer/prove.py --packages DIR --newer DIR [--root DIR] [--out DIR] [--mirror URL]

Needs root, debootstrap, Xvfb and xdotool; DIR are two builds of `build.py deb`, the second with a larger
--version. The centre is this checkout's own, outside of the bare system: run it by .venv/bin/python.
Each step says "ok" or what is wrong, with its seconds; pictures, proof.log and proof.json go to --out.
Exit code: 0 all hold, 1 one does not, 2 it cannot be tried here.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import counter
from counter import Broken, wait_until
from eyes import DISPLAY, HIGH, WIDE, as_png, grabbed, is_painted
from stand import Stand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEEDED = ("debootstrap", "Xvfb", "xwd", "xdotool", "openssl", "unshare", "chroot")
CLERK, SECOND = "clerk", "second"
# What has to be well at a desk that is enrolled and has sold; the rest depends on the machine it stands on.
WELL = ("line", "mark", "books", "chain", "schema", "settings", "qt")
GROUP, SHARED = "counter", "/srv/azpost-desk"
# What the man page tells an administrator to type.
SHARING = (
    f"groupadd {GROUP}",
    *(f"usermod --append --groups {GROUP} {user}" for user in (CLERK, SECOND)),
    f"mv ~{CLERK}/.local/share/azpost-desk {SHARED}",
    f"chgrp -R {GROUP} {SHARED}",
    f"chmod -R u=rwX,g=rwX,o= {SHARED}",
    f"find {SHARED} -type d -exec chmod g+s {{}} +",
)
APT = "DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0"


def a_bare_system(stand: Stand) -> str:
    """Debian's smallest system: no Python, no X, no fonts."""
    if not (stand.root / "var/lib/dpkg/status").exists():
        command = ["debootstrap", "--variant=minbase", "bookworm", str(stand.root), *stand.mirror.split()]
        subprocess.run(command, check=True, capture_output=True)
    for place in ("usr/bin/python3", "usr/bin/X", "usr/share/fonts", "usr/lib/x86_64-linux-gnu/libX11.so.6"):
        if (stand.root / place).exists():
            raise Broken(f"{place} is there already")
    packages = stand.run("dpkg-query -W").count("\n")
    return f"{packages} packages"


def installed(stand: Stand) -> str:
    """apt installs both packages with what they need; dpkg finds every file as it was delivered."""
    stand.run(f"{APT} update")
    stand.run(f"{APT} install --no-install-recommends {stand.put(stand.packages)}")
    stand.run("dpkg --verify azpost-desk && test -z \"$(dpkg --verify 'azpost-desk*')\"")
    for user in (CLERK, SECOND):
        stand.run(f"useradd --create-home --shell /bin/sh {user}")
    return f"{stand.run('dpkg-query -W').count(chr(10))} packages"


def answers_an_ordinary_user(stand: Stand) -> str:
    """A clerk without rights and without a network is answered in any locale, and can write none of it."""
    told = stand.run("azpost-desk --version", CLERK, network=False).strip()
    stand.run("LANG=az_AZ.UTF-8 azpost-desk --help", CLERK, network=False)
    said = stand.run("azpost-desk check", CLERK, wanted=2, network=False).strip()
    if not said.startswith("G-070"):
        raise Broken(f"check on no books says {said!r}")
    stand.run("azpost-desk demo", CLERK, wanted=2, network=False)
    writable = stand.run("find /opt/azpost-desk /var/lib/azpost-desk -writable ! -type l", CLERK).strip()
    if writable:
        raise Broken(f"a clerk can write {writable[:200]}")
    return told


def shows_its_window(stand: Stand) -> str:
    """The real window on an X screen, with the letters of the language and the manat; how long it took."""
    took = []
    with screen(stand):
        for language in ("az", "ru", "en", "az", "ru"):
            began = time.monotonic()
            with window(stand, language):
                took.append(round((time.monotonic() - began) * 1000))
                picture(stand, f"first-start-{language}")
    took.sort()
    return f"shown in {took[0]} to {took[-1]} ms, median {took[len(took) // 2]}"


def works_and_is_killed(stand: Stand) -> str:
    """Enrolled by a file over TLS, a clerk sells by keys; killed in between, the books know what was sold."""
    began = time.monotonic()
    stand.office = office = stand.ends.enter_context(counter.office(stand.python))
    founded_s = time.monotonic() - began
    place = stand.root / "tmp/enrol.toml"
    place.write_text(office.enrolment("00:" * 31 + "00"), "utf-8")
    if not stand.run("azpost-desk enrol /tmp/enrol.toml", CLERK, wanted=2).startswith("G-161"):
        raise Broken("another fingerprint is not refused by its code")
    place.write_text(office.enrolment(), "utf-8")
    stand.run("azpost-desk enrol /tmp/enrol.toml", CLERK)
    began = time.monotonic()
    with screen(stand):
        # Ends by itself as soon as the first data has come and somebody could sign in.
        first = f"DISPLAY={DISPLAY} QT_QPA_PLATFORM=xcb azpost-desk desk --measure-start 1"
        stand.run(first, CLERK)
        with window(stand, "az", network=True) as running:
            HANDS.rest(counter.LOOKS_AT_A_START)
            counter.opened(HANDS, lambda name: picture(stand, name))
            sell(stand, printed=True)
            took_s, sold = time.monotonic() - began, checked(stand)
            counter.put_into_basket(HANDS)
            picture(stand, "killed-with-a-basket")
            running.kill()
            running.wait()
        if (left := checked(stand)) < sold:
            raise Broken(f"{sold} records before the kill, {left} after it")
        with window(stand, "az", network=True):
            come_back(stand, "after-the-kill")
            sell(stand, printed=True)
            arrived(stand)
    return (
        f"centre in {founded_s:.0f} s, day opened and first sale in {took_s:.0f} s,"
        f" {sold} records at the kill, {checked(stand)} afterwards, {len(office.printed):,} bytes printed"
    )


def examined_by_its_doctor(stand: Stand) -> str:
    """The doctor finds the enrolled desk well; the log that support gets is the clerk's alone."""
    told = stand.run("azpost-desk doctor --json", CLERK, wanted=None)
    found = ailments(told)
    stand.run("azpost-desk doctor --bundle /tmp/support.zip", CLERK, wanted=None)
    stand.run("test -s /tmp/support.zip")
    mode = stand.run("stat -c %a ~/.local/share/azpost-desk/logs/desk.log", CLERK).strip()
    if mode != "600":
        raise Broken(f"the log's mode is {mode}")
    return f"well; of this machine it says: {', '.join(found) or 'nothing'}"


def ailments(told: str) -> list[str]:
    """Which lines of the doctor's answer are not well, as "name: state".

    Raises:
        Broken: it is no answer, or something is not well that does not depend on the machine.
    """
    try:
        states = {line["id"]: line["state"] for line in json.loads(told.splitlines()[-1])["checks"]}
    except (IndexError, ValueError, KeyError, TypeError) as wrong:
        raise Broken(f"the doctor says {told[-300:]!r}") from wrong
    if ill := [f"{name}: {states.get(name, 'not said')}" for name in WELL if states.get(name) != "ok"]:
        raise Broken(f"the doctor says {', '.join(ill)}")
    return [f"{name}: {state}" for name, state in states.items() if state in ("warn", "bad")]


def sell(stand: Stand, printed: bool) -> None:
    """One stamp, put into the basket and paid; with its receipt, where the printer can be reached."""
    counter.put_into_basket(HANDS)
    pay(stand, printed)


def pay(stand: Stand, printed: bool) -> None:
    """What is in the basket, in cash."""
    before = checked(stand)
    if printed:
        on_paper(stand, counter.paid)
    else:
        counter.paid(HANDS)
    wait_until(partial(has_more, stand, before), "the record of a sale", 20)


def on_paper(stand: Stand, act: Callable[[counter.Hands], None]) -> None:
    """What the hands do brings a receipt."""
    printer = stand.outside().printed
    paper = len(printer)
    act(HANDS)
    wait_until(lambda: len(printer) > paper, "a receipt at the printer", 20)


def come_back(stand: Stand, name: str) -> None:
    """The clerk signs in again."""
    HANDS.rest(counter.LOOKS_AT_A_START)
    HANDS.press("1")
    HANDS.type("1357")
    picture(stand, name)


def arrived(stand: Stand) -> None:
    """Every record of the desk is at the centre, whose own books hold."""
    office = stand.outside()
    wait_until(lambda: office.records() == checked(stand), "the same number of records at desk and centre")


def has_more(stand: Stand, records: int) -> bool:
    """Whether anything was written since the books held so many."""
    return checked(stand) > records


def checked(stand: Stand) -> int:
    """How many records the clerk's books hold; all invariants hold."""
    return counter.records_of(stand.run("azpost-desk check --json", CLERK))


def updated_while_it_runs(stand: Stand) -> str:
    """Without a line and with an open basket a counter works on through an update; the next start is new."""
    before = stand.run("readlink -f /var/lib/azpost-desk/current").strip()
    with screen(stand):
        with window(stand, "az") as running:
            come_back(stand, "before-the-update")
            sell(stand, printed=False)
            counter.put_into_basket(HANDS)
            began = time.monotonic()
            stand.run(f"{APT} install {stand.put(stand.newer)}")
            took_s = time.monotonic() - began
            if running.poll() is not None:
                raise Broken("the running counter ended during the update")
            stand.run(f"test -f {before}/azpost_desk/programs/desk.py")
            pay(stand, printed=False)
            counter.put_into_basket(HANDS)
            picture(stand, "after-the-update")
        after = stand.run("azpost-desk --version", CLERK).strip()
        if after != version_of(stand.newer):
            raise Broken(f"the next start is {after}")
        if (unsent := checked(stand) - stand.outside().records()) < 1:
            raise Broken("nothing was written without a line")
        with window(stand, "az", network=True):
            come_back(stand, "first-start-of-the-newer")
            pay(stand, printed=True)
            for _without_line in range(2):
                on_paper(stand, counter.printed_late)
            picture(stand, "all-is-printed")
            arrived(stand)
    ran = before.rpartition("/")[2]
    return f"{ran} ran on, updated in {took_s:.1f} s; {after} has its basket and sent {unsent} records"


def shared_by_two_users(stand: Stand) -> str:
    """The books move to a group's folder: a second user of the machine goes on with the same desk."""
    held, before = checked(stand), stand.outside().records()
    for line in SHARING:
        stand.run(line)
    stand.books = SHARED
    with screen(stand), window(stand, "az", network=True, user=SECOND):
        come_back(stand, "second-user")
        if not stand.run("azpost-desk rotate --reason proof", CLERK, wanted=1).startswith("G-164"):
            raise Broken("it is not said that another user works here")
        sell(stand, printed=True)
        arrived(stand)
    if stand.outside().records() <= max(held, before):
        raise Broken("the second user sold at another desk")
    others = stand.run(f"find {SHARED} ! -perm -g+rw -o -perm /o+rwx").strip()
    if others:
        raise Broken(f"not the group's, or not only: {others[:300]}")
    return f"{held} records of the first user, {checked(stand)} with the second's; both see them"


def closes_its_day(stand: Stand) -> str:
    """The till is counted with all that was sold before a kill and an update, the day closed and printed."""
    began = time.monotonic()
    with screen(stand), window(stand, "az", network=True):
        come_back(stand, "before-the-close")
        for act in (counter.till_closed, counter.day_closed):
            held = checked(stand)
            act(HANDS)
            picture(stand, act.__name__.replace("_", "-"))
            wait_until(partial(has_more, stand, held), f"the record of {act.__name__}", 20)
        arrived(stand)
    if (days := stand.outside().closed_days()) != [counter.SOLD]:
        raise Broken(f"the day was closed with {days} instead of {counter.SOLD}")
    papers = stand.run(f"ls {stand.books}/papers", CLERK).splitlines()
    missing = [sort for sort in ("till_close", "report") if not any(f"_{sort}" in row for row in papers)]
    if missing:
        raise Broken(f"not printed: {' '.join(missing)}")
    took_s, baskets = time.monotonic() - began, counter.SOLD[0]
    return f"{baskets} baskets in {took_s:.0f} s, {checked(stand)} records here and at the centre"


def healed_after_a_cut(stand: Stand) -> str:
    """dpkg killed while it unpacks: one line mends it, and the counter starts."""
    inside = stand.put(stand.newer)
    running = subprocess.Popen(
        stand.command(f"exec dpkg --install --force-all {inside}"), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    waiting = stand.root / "opt/azpost-desk"
    wait_until(lambda: any(waiting.rglob("*.dpkg-new")) or running.poll() is not None, "dpkg unpacks", 120)
    if running.poll() is not None:
        raise Broken("dpkg had ended before it could be killed")
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    broken = stand.run("dpkg --audit", wanted=None).strip()
    stand.run("dpkg --configure -a", wanted=None)
    stand.run(f"dpkg --install {inside}")
    stand.run('test -z "$(dpkg --audit)" && test -z "$(dpkg --verify \'azpost-desk*\')"')
    told = stand.run("azpost-desk --version", CLERK).strip()
    return f"{'half unpacked' if broken else 'nothing half done'}, then {told}"


def stepped_back(stand: Stand) -> str:
    """The version before comes back while it can read the books; over a newer form it is refused."""
    line = f"{APT} install --allow-downgrades --no-install-recommends {stand.put(stand.packages)}"
    stand.run(line)
    if (back := stand.run("azpost-desk --version", CLERK).strip()) != version_of(stand.packages):
        raise Broken(f"after the step back the version is {back}")
    stand.run(f"{APT} install {stand.put(stand.newer)}")
    # As a version that keeps the books in a newer form would have left it.
    form = "/opt/azpost-desk/app/SCHEMA"
    stand.run(f"cp -p {form} /tmp/SCHEMA && expr $(cat {form}) + 1 > /tmp/newer && cat /tmp/newer > {form}")
    refused = stand.run(line, wanted=100)
    stand.run(f'cat /tmp/SCHEMA > {form} && test -z "$(dpkg --audit)"')
    if (still := stand.run("azpost-desk --version", CLERK).strip()) != version_of(stand.newer):
        raise Broken(f"after the refusal the version is {still}")
    said = [row for row in refused.splitlines() if row.startswith("azpost-desk: the installed")]
    if not said:
        raise Broken(f"the refusal does not say why: {refused[-300:]}")
    return f"back to {back} and on to {still}; refused: {said[0]}"


def removed_and_purged(stand: Stand) -> str:
    """Removing and purging leave every user's books; the last line says where they are."""
    kept = checked(stand)
    stand.run(f"{APT} remove azpost-desk")
    stand.run("test ! -e /var/lib/azpost-desk && test ! -e /usr/bin/azpost-desk")
    said = stand.run(f"{APT} purge 'azpost-desk*'")
    if ".local/share/azpost-desk" not in said:
        raise Broken("purge does not say where the books are")
    left = stand.run("find /opt /var/lib/azpost-desk -name '*azpost*' 2>/dev/null", wanted=None).strip()
    if left:
        raise Broken(f"purge leaves {left[:200]}")
    stand.run(f"{APT} install --no-install-recommends {stand.put(stand.both)}")
    if (there := checked(stand)) != kept:
        raise Broken(f"{kept} records before, {there} after it was installed again")
    return f"{stand.run('azpost-desk --version', CLERK).strip()} goes on with {there} records"


STEPS: tuple[Callable[[Stand], str], ...] = (
    a_bare_system,
    installed,
    answers_an_ordinary_user,
    shows_its_window,
    works_and_is_killed,
    examined_by_its_doctor,
    updated_while_it_runs,
    shared_by_two_users,
    closes_its_day,
    healed_after_a_cut,
    stepped_back,
    removed_and_purged,
)


@contextmanager
def screen(stand: Stand) -> Iterator[None]:
    """An X screen of a counter's size, reached from inside through its socket."""
    sockets = stand.root / "tmp/.X11-unix"
    sockets.mkdir(exist_ok=True)
    subprocess.run(["mount", "--bind", "/tmp/.X11-unix", str(sockets)], check=True)
    # It begins anew when its last caller goes, and for that moment refuses the next one: not with -noreset.
    server = subprocess.Popen(
        ["Xvfb", DISPLAY, "-screen", "0", f"{WIDE}x{HIGH}x24", "-nolisten", "tcp", "-ac", "-noreset"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        # Its socket may be one that an earlier server left: only a picture says that somebody answers.
        wait_until(lambda: bool(grabbed()), "the X screen")
        yield
    finally:
        server.terminate()
        server.wait()
        subprocess.run(["umount", str(sockets)], check=True)


@contextmanager
def window(
    stand: Stand, language: str, network: bool = False, user: str = CLERK
) -> Iterator[subprocess.Popen[bytes]]:
    """The counter's window, shown; it is closed at the end by a signal."""
    line = f"exec azpost-desk desk --lang {language}"
    command = stand.command(f"DISPLAY={DISPLAY} QT_QPA_PLATFORM=xcb {line}", user, network)
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        wait_until(lambda: running.poll() is not None or is_painted(), "the window")
        if running.poll() is not None:
            raise Broken(f"the window ended: {(running.stderr.read() if running.stderr else b'')[-600:]!r}")
        yield running
    except Broken:
        picture(stand, "broken")
        raise
    finally:
        running.terminate()
        running.wait()


HANDS = counter.Hands(DISPLAY, grabbed, WIDE * 4)


def picture(stand: Stand, name: str) -> None:
    """What the screen shows, as `out`/NAME.png."""
    (stand.out / f"{name}.png").write_bytes(as_png(grabbed()))


def version_of(packages: list[Path]) -> str:
    """The version that the file name of the application package gives."""
    (version,) = [path.name.split("_")[1] for path in packages if path.name.startswith("azpost-desk_")]
    return version


@contextmanager
def mounted(root: Path) -> Iterator[None]:
    """/proc and the devices that programs inside ask for."""
    places = [("proc", root / "proc"), ("/dev", root / "dev")]
    yield_to: list[Path] = []
    try:
        for source, place in places:
            kind = ["-t", "proc"] if source == "proc" else ["--bind"]
            subprocess.run(["mount", *kind, source, str(place)], check=True)
            yield_to.append(place)
        yield
    finally:
        for place in reversed(yield_to):
            subprocess.run(["umount", "--lazy", str(place)], check=True)


def main(argv: list[str]) -> int:
    """Run every step; what it found on stdout."""
    parser = argparse.ArgumentParser(prog="prove.py", description="The packages on a bare Debian 12.")
    parser.add_argument("--packages", type=Path, required=True, metavar="DIR")
    parser.add_argument("--newer", type=Path, required=True, metavar="DIR")
    parser.add_argument("--root", type=Path, default=Path("build/proof/root"), metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("build/proof"), metavar="DIR")
    parser.add_argument("--mirror", default="", help="where debootstrap gets Debian; default: its own")
    parser.add_argument("--python", default=sys.executable, help="with the centre's libraries; default: this")
    wanted = parser.parse_args(argv)
    missing = [name for name in NEEDED if not shutil.which(name)]
    if os.geteuid() != 0 or missing:
        print(f"Needs root and {' '.join(missing or NEEDED)}.", file=sys.stderr)
        return 2
    wanted.out.mkdir(parents=True, exist_ok=True)
    old, new = sorted(wanted.packages.glob("*.deb")), sorted(wanted.newer.glob("*.deb"))
    stand = Stand(wanted.root.absolute(), old, new, wanted.out, wanted.mirror, wanted.python)
    try:
        steps = prove(stand)
    finally:
        (wanted.out / "proof.log").write_text("\n".join(stand.said), "utf-8")
    (wanted.out / "proof.json").write_text(json.dumps(steps, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0 if all(step["ok"] for step in steps) else 1


def prove(stand: Stand, steps: tuple[Callable[[Stand], str], ...] = STEPS) -> list[dict[str, object]]:
    """All steps in their order; one that does not hold ends it, since the next ones stand on it."""
    done: list[dict[str, object]] = []
    with ExitStack() as around:
        for number, step in enumerate(steps):
            done.append(tried(step, stand))
            line = "ok" if done[-1]["ok"] else "BROKEN"
            print(f"{line} {step.__name__} {done[-1]['seconds']} s: {done[-1]['found']}", flush=True)
            if not done[-1]["ok"]:
                break
            if number == 0:
                around.enter_context(mounted(stand.root))
                around.enter_context(stand.ends)
    return done


def tried(step: Callable[[Stand], str], stand: Stand) -> dict[str, object]:
    """What a step found, or what does not hold, with its seconds."""
    began = time.monotonic()
    try:
        good, found = True, step(stand)
    except Broken as broken:
        good, found = False, str(broken)
    return {
        "step": step.__name__,
        "ok": good,
        "seconds": round(time.monotonic() - began, 1),
        "found": found,
    }


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main(sys.argv[1:]))

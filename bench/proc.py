"""CPU of processes from /proc: exact nanoseconds of the scheduler, over all threads."""

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def threads(pid: int) -> dict[int, tuple[float, float]]:
    """Thread id -> seconds on a processor, seconds ready but waiting for one."""
    found = {}
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return {}
    for task in tasks:
        try:
            ran, waited, _ = (task / "schedstat").read_text().split()
        except OSError:
            continue
        found[int(task.name)] = (int(ran) / 1e9, int(waited) / 1e9)
    return found


def cpu(pids: list[int]) -> float:
    """Seconds on a processor of these processes."""
    return sum(ran for pid in pids for ran, _ in threads(pid).values())


def children(pid: int) -> list[int]:
    """The process and all below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        todo += parents.get(one, [])
    return found


def reaped(pid: int) -> float:
    """Seconds of children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / _TICK

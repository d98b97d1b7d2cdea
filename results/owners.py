"""Who drives a sweep: processes, as `host:pid:start-time`."""

import socket

import psutil


def this_process() -> str:
    """The owner string of this process."""
    me = psutil.Process()
    return f"{socket.gethostname()}:{me.pid}:{int(me.create_time())}"


def is_dead(owner: str) -> bool:
    """Whether an owner string names a process of this machine that is surely gone."""
    host, _, rest = owner.rpartition(":")
    host, _, pid = host.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit() or not rest.isdigit():
        return False
    try:
        process = psutil.Process(int(pid))
        same = abs(process.create_time() - int(rest)) < 2
        return not same or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False

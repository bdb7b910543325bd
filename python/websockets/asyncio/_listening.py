"""Listening sockets, made as asyncio's loops make theirs."""

import asyncio
import errno
import os
import socket
import stat

from .._names import name_of

# The address, its family or the protocol is none that this system has.
_UNAVAILABLE = (
    errno.EADDRNOTAVAIL,
    errno.EAFNOSUPPORT,
    errno.EPROTONOSUPPORT,
    errno.ESOCKTNOSUPPORT,
)


def _bind_one(info, reuse_address, reuse_port, keep_alive):
    family, kind, proto, _, address = info
    bound = socket.socket(family, kind, proto)
    try:
        if reuse_address:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # An option of IP; ValueError is what asyncio raises where the system has none.
        if reuse_port and family in (socket.AF_INET, socket.AF_INET6):
            if not hasattr(socket, "SO_REUSEPORT"):
                raise ValueError("reuse_port not supported by socket module")
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if keep_alive:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        text = f"could not listen on {address[0]} port {address[1]}: {error.strerror}"
        raise OSError(error.errno, text) from None
    except BaseException:
        bound.close()
        raise
    return bound


async def _resolve(host, port, family, flags):
    loop = asyncio.get_running_loop()
    if host == "" or host is None:
        hosts = [None]
    elif isinstance(host, str):
        hosts = [host]
    else:
        hosts = list(host)
    found = {}
    for host in hosts:
        infos = await loop.getaddrinfo(
            host, port, family=family, type=socket.SOCK_STREAM, flags=flags
        )
        if not infos:
            raise OSError(f"getaddrinfo({host!r}) returned empty list")
        found.update(dict.fromkeys(infos))
    return found


async def bind(
    host=None,
    port=None,
    *,
    family=socket.AF_UNSPEC,
    flags=socket.AI_PASSIVE,
    sock=None,
    reuse_address=None,
    reuse_port=None,
    keep_alive=None,
):
    """Bound sockets for every address of the hosts, all closed if one of them fails.

    As asyncio's create_server does, an address is passed over if the system does not have it or
    knows nothing of its family.
    """
    if sock is not None:
        if host is not None or port is not None:
            raise ValueError("host/port and sock can not be specified at the same time")
        return [_stream(sock)]
    if host is None and port is None:
        raise ValueError("Neither host/port nor sock were specified")
    if reuse_address is None:
        reuse_address = os.name == "posix"
    sockets = []
    passed_over = None
    try:
        for info in await _resolve(host, port, family, flags):
            try:
                sockets.append(_bind_one(info, reuse_address, reuse_port, keep_alive))
            except OSError as error:
                if error.errno not in _UNAVAILABLE:
                    raise
                passed_over = error
        if not sockets:
            raise passed_over
    except BaseException:
        for bound in sockets:
            bound.close()
        raise
    return sockets


def _stream(sock):
    if sock.type != socket.SOCK_STREAM:
        raise ValueError(f"A Stream Socket was expected, got {sock!r}")
    sock.setblocking(False)
    return sock


def bind_unix(path=None, *, sock=None):
    """A bound unix socket; a socket file that nobody cleaned up is replaced."""
    if sock is not None:
        if path is not None:
            raise ValueError("path and sock can not be specified at the same time")
        if sock.family != socket.AF_UNIX:
            raise ValueError(f"A UNIX Domain Stream Socket was expected, got {sock!r}")
        return _stream(sock)
    if path is None:
        raise ValueError("path was not specified, and no sock specified")
    path = os.fspath(path)
    if path[:1] not in ("\0", b"\0", "", b""):
        try:
            if stat.S_ISSOCK(os.stat(path).st_mode):
                os.remove(path)
        except FileNotFoundError:
            pass
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.bind(path)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise OSError(error.errno, f"Address {path!r} is already in use") from None
        raise OSError(error.errno, f"could not listen on {path!r}: {error.strerror}") from None
    except BaseException:
        bound.close()
        raise
    bound.setblocking(False)
    return bound


def socket_file(sock):
    """Path and inode of a unix socket's file, for its removal; None if it has none."""
    if sock.family != getattr(socket, "AF_UNIX", None):
        return None
    path = sock.getsockname()
    try:
        return path, os.stat(path).st_ino
    except (OSError, ValueError):
        return None


def remove_socket_file(file):
    """Removes the file of a unix socket, unless another has taken its place."""
    path, inode = file
    try:
        if os.stat(path).st_ino == inode:
            os.unlink(path)
    except OSError:
        pass

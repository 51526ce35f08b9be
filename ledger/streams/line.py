"""One connection to an address that was looked at, over when its time is over."""

import socket
import ssl
import threading
from types import TracebackType
from typing import Final, Self

from ledger.streams import guard
from ledger.streams.failure import StreamFailed

PATIENCE_SECONDS: Final = 10.0  # for one step
DEADLINE_SECONDS: Final = 25.0  # for all: whoever answers a byte at a time holds no worker
MOST_UNREAD: Final = 1 << 16


class Line:
    """TCP, with TLS where a context is given; the certificate must be the host's. Use it as a context.

    Raises StreamFailed: `name_unknown`, `place_forbidden`, `no_connection`, `certificate_refused`,
    `timed_out`, `broken_off`, also for what goes wrong inside the context.
    """

    sock: socket.socket

    def __init__(
        self,
        host: str,
        port: int,
        tls: ssl.SSLContext | None,
        *,
        patience: float = PATIENCE_SECONDS,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self.host, self.port, self._tls, self._patience = host, port, tls, patience
        self._over = False
        self._end = threading.Timer(deadline, self._cut)
        self._end.daemon = True

    def __enter__(self) -> Self:
        address = guard.address_of(self.host, self.port)
        try:
            self.sock = socket.create_connection((address, self.port), timeout=self._patience)
        except OSError as error:
            code = "timed_out" if isinstance(error, TimeoutError) else "no_connection"
            raise StreamFailed(code) from None
        self._end.start()
        try:
            self._secure()
        except (OSError, ValueError) as error:
            self._close()
            raise self._failure(error) from None
        return self

    def _secure(self) -> None:
        if self._tls is None:
            return
        # The handshake comes after, so that the deadline can cut it.
        secure = self._tls.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = secure
        secure.do_handshake()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        if isinstance(error, OSError):
            raise self._failure(error) from None

    def _close(self) -> None:
        self._end.cancel()
        self.sock.close()

    def _cut(self) -> None:
        self._over = True
        try:
            # Of the plain class: TLS would wait for the other side.
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself

    def _failure(self, error: BaseException) -> StreamFailed:
        if self._over or isinstance(error, TimeoutError):
            return StreamFailed("timed_out")
        if isinstance(error, ssl.SSLCertVerificationError):
            return StreamFailed("certificate_refused")
        return StreamFailed("broken_off")

    def finish(self) -> None:
        """Say that nothing more comes, and wait until the other side has closed: then it has read all of it.

        A side that closes with something unread resets the connection instead (RFC 1122 section 4.2.2.13).
        Raises StreamFailed (`not_closed`, `broken_off`).
        """
        try:
            if isinstance(self.sock, ssl.SSLSocket):
                self._close_notify(self.sock)
            else:
                self.sock.shutdown(socket.SHUT_WR)
                self._until_closed()
        except TimeoutError:
            raise StreamFailed("not_closed") from None
        except OSError as error:
            raise self._failure(error) from None
        if self._over:
            raise StreamFailed("not_closed")

    def _close_notify(self, secure: ssl.SSLSocket) -> None:
        try:
            self.sock = secure.unwrap()  # sends ours and waits for theirs, as RFC 5425 section 4.4 wants it
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return  # closed in order, without the alert: many do
        except OSError as error:
            # OpenSSL's way to say the same: an error of the system, and there was none.
            if error.errno not in (0, None) or isinstance(error, TimeoutError | ssl.SSLError):
                raise

    def _until_closed(self) -> None:
        read = 0
        while piece := self.sock.recv(4096):
            read += len(piece)
            if read > MOST_UNREAD:
                raise TimeoutError


def context(authority: str) -> ssl.SSLContext:
    """TLS 1.2 or later, trusting these certificates (PEM) or, without any, the machine's.

    Raises StreamFailed (`certificate_refused`).
    """
    try:
        made = ssl.create_default_context(cadata=authority or None)
    except (ssl.SSLError, ValueError):
        raise StreamFailed("certificate_refused") from None
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made

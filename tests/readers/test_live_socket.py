"""The socket on a running system: real granian, real Valkey, real close codes."""

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from sallyport import reader_protocol as wire
from sallyport.keys import Ed25519Signer
from tests.fixtures.live import Live
from tests.readers.deeds import Office

pytestmark = pytest.mark.faults
HOST = "acme.localhost"


def test_suspending_closes_the_open_socket_of_a_running_system(live_stack: Live, office: Office) -> None:
    key = Ed25519Signer.generate()
    laid = office.do("lay", "Live", key.seed.hex())
    uid = bytes.fromhex(laid["company_uid"])
    url = f"ws://127.0.0.1:{live_stack.place.port}/api/v1/readers/socket"
    host = f"{HOST}:{live_stack.place.port}"
    with connect(url, additional_headers={"Host": host}, proxy=None) as socket:
        challenge = wire.decode(str(socket.recv(20)))
        assert isinstance(challenge, wire.Challenge)
        signed = wire.hello_bytes(
            company=uid, reader=laid["reader"], server_nonce=challenge.nonce, epoch=1, seq=0
        )
        keyid = f"reader:{laid['company_id']}:{laid['reader']}"
        socket.send(wire.encode(wire.Hello(keyid, 1, 0, key.sign(signed))))
        delta = wire.decode(str(socket.recv(20)))
        assert isinstance(delta, wire.Delta)
        office.do("suspend", "Live")
        with pytest.raises(ConnectionClosed) as closed:
            answer_pings(socket)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == wire.CLOSE_SUSPENDED


def answer_pings(socket: ClientConnection) -> None:
    while True:
        if isinstance(wire.decode(str(socket.recv(20))), wire.Ping):
            socket.send(wire.encode(wire.Pong()))

"""Numbers of the readers' socket that would not fit what is signed."""

import json

import pytest

from sallyport.reader_protocol import ProtocolError, decode


@pytest.mark.parametrize("kind", ["ack", "hello"])
def test_an_epoch_that_cannot_be_signed_is_refused(kind: str) -> None:
    """It is signed in four bytes; a larger one once ended the desk that stores acknowledgements."""
    told = {"t": kind, "keyid": "reader:1:1", "epoch": 2**32, "seq": 1, "at_ms": 1, "sig": "A" * 86 + "=="}
    with pytest.raises(ProtocolError, match="epoch"):
        decode(json.dumps(told))
    assert decode(json.dumps(told | {"epoch": 2**31 - 1}))

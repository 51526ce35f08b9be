class Transport:
    Channel: type[Channel]
    client: object | None

class Channel:
    connection: Transport | None
    do_restore: bool
    def close(self) -> None: ...
    @property
    def pool(self) -> object: ...

"""Where the root key is; how long keys for codes are used, laid in ahead, and kept once retired."""

from config.settings.environment import VAR, number, text

CODE_SEAL_KEY_DAYS = number("SALLYPORT_CODE_SEAL_KEY_DAYS", 1)
CODE_SIGN_KEY_DAYS = number("SALLYPORT_CODE_SIGN_KEY_DAYS", 91)
# As long as a reader may decide without having heard from us: it must hold every set that begins meanwhile.
OFFLINE_TRUST_HOURS = number("SALLYPORT_OFFLINE_TRUST_HOURS", 72)
# The longest hand-in, when what a reader opened offline is opened here again; and a day pass's farthest end.
RETIRED_KEY_SET_DAYS = number("SALLYPORT_RETIRED_KEY_SET_DAYS", 62)

ROOT_KEY = text("SALLYPORT_ROOT_KEY", "")
ROOT_KEY_FILE = text("SALLYPORT_ROOT_KEY_FILE", "")
# A root key in HashiCorp Vault's transit engine. Its number tells it from local ones; the highest one wraps.
ROOT_TRANSIT_URL = text("SALLYPORT_ROOT_TRANSIT_URL", "")
ROOT_TRANSIT_KEY = text("SALLYPORT_ROOT_TRANSIT_KEY", "sallyport")
ROOT_TRANSIT_MOUNT = text("SALLYPORT_ROOT_TRANSIT_MOUNT", "transit")
ROOT_TRANSIT_TOKEN_FILE = text("SALLYPORT_ROOT_TRANSIT_TOKEN_FILE", "")
ROOT_TRANSIT_CA_FILE = text("SALLYPORT_ROOT_TRANSIT_CA_FILE", "")
ROOT_TRANSIT_NUMBER = number("SALLYPORT_ROOT_TRANSIT_NUMBER", 1000)

# Who was erased, beside both databases and outside of their backups: docs/erasure.md.
ERASED_LIST = text("SALLYPORT_ERASED_LIST", str(VAR / "erased-persons"))

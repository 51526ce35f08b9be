"""How long keys for codes are used, how far ahead they are laid in, and how long retired ones are kept."""

from config.settings.environment import number

CODE_SEAL_KEY_DAYS = number("SALLYPORT_CODE_SEAL_KEY_DAYS", 1)
CODE_SIGN_KEY_DAYS = number("SALLYPORT_CODE_SIGN_KEY_DAYS", 91)
# As long as a reader may decide without having heard from us: it must hold every set that begins meanwhile.
OFFLINE_TRUST_HOURS = number("SALLYPORT_OFFLINE_TRUST_HOURS", 72)
# The longest hand-in: what a reader opened offline is opened here again when its journal comes.
RETIRED_KEY_SET_DAYS = number("SALLYPORT_RETIRED_KEY_SET_DAYS", 30)

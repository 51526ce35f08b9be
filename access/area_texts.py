"""What the area's form says beside its fields: one line always, then what each choice does, and which attacks
it leaves, a line each.
"""

ASSURANCE = (
    "The further down, the surer it is that the holder stands there.\n"
    "Code: against whoever has none. Whoever holds the phone passes, locked or not.\n"
    "Code + phone unlock: against a phone that was found or stolen while locked. Whoever holds an unlocked "
    "one, or knows how to unlock it, passes.\n"
    "Code + face: against a code or a phone in other hands. The face of its holder must be seen by the "
    "door's camera and be near enough to the one that was enrolled.\n"
    "What remains: a good photograph of the holder before the camera passes, and so may somebody who looks "
    "much like them.\n"
    "Code + face + challenge: one drawn turn of the head as well, against a flat photograph.\n"
    "What remains: a bent print or one worn as a mask, a screen that answers each step, and a film that "
    "nobody has seen and that happens to turn the right way can pass. So can a mask of any depth. Where that "
    "is too little, have somebody in sight of the door.\n"
    "Both face steps were tried on drawn heads alone, not yet on living people. They need the holder's "
    "consent and an enrolment that was confirmed in person. Without these, and on a day pass, the way in "
    "without a face is the only one."
)
EQUAL_WAY = (
    "Needed where the doors ask for a face, and told there: “Ring at reception, ground floor.”\n"
    "Nobody has to give a face: whoever does not agree, whose face is not found, or who may not be filmed "
    "comes in by it, as fast and as well as others do.\n"
    "Use words that help somebody who stands before the door."
)
NO_EQUAL_WAY = "Say how people come in without a face: nobody can be made to give one."
FACE_NOT_OPEN = (
    "{area} asks for a face, but the company has not opened faces yet: nobody can enrol, and everybody is "
    "refused there. Compliance says what is still needed."
)
UNLOCK_AGE = (
    "Counts where the doors ask for a phone unlock. Empty: as long as the company lets an unlock last.\n"
    "Whoever holds a phone that was just unlocked still passes."
)
CHALLENGE = (
    "Without it, a code opens wherever it is shown first.\n"
    "Without it, a live code can be passed on within its seconds (relay).\n"
    "Without it, one phone can make several codes and hand them to friends who follow: one each few seconds, "
    "as many as live at once. A phone without signal can sign proofs ahead for any time until its pass ends, "
    "and hand them out. Revoking the phone stops all of these at once.\n"
    "With it, only a proof over the number that this door shows now opens: what was made before, or for "
    "another door, does not, and neither do live codes and day passes.\n"
    "What remains: somebody at the door who tells the number to the phone and gets its answer back within "
    "seconds, and a holder who signs every number for one moment in advance."
)
OFFLINE = (
    "A reader that loses its network goes over by itself, says so, writes down every scan and hands it in "
    "afterwards.\n"
    "Nobody passes: an outage closes the doors.\n"
    "As with network: it asks for what the door asks for anyway; a face cannot be looked for without "
    "network, so where one is asked for nobody passes.\n"
    "The code alone: whoever holds a phone passes, locked or not, also where the door asks for more "
    "otherwise.\n"
    "Code + phone unlock: the phone must have been unlocked.\n"
    "At an area that asks for a face, the last two mean that a stolen phone that is unlocked opens its doors "
    "during an outage, and cutting the network is then what an attacker does first.\n"
    "In each case one code can open once at each reader that is cut off: both grants are found afterwards "
    "and raise an alarm. Day passes are refused without network."
)
OFFLINE_TRUST = (
    "Shorter is safer, longer keeps doors working through a longer outage.\n"
    "A reader that is cut off does not hear of a revoked phone: until its list is this old, a phone that was "
    "revoked during the outage still passes, at most until its pass ends (24 hours). After that nobody does."
)
OUTAGE_WARNING = (
    "{area} asks for a face, but not without network: during an outage a stolen phone that is unlocked opens "
    "its doors."
)
PASSBACK = (
    "Against a code or a phone that is handed back through the door. Leaving is never refused.\n"
    "Lets them in: nobody minds.\n"
    "Lets them in and raises an alarm: for areas with a reader at the way in alone, or to see first how "
    "often it happens.\n"
    "Refuses until they have left: the way out needs a reader too, else everybody gets in once and never "
    "again.\n"
    "Refuses for some minutes: without a reader at the way out; a code handed back through the door is of no "
    "use for so long.\n"
    "A day pass is always refused until its holder has left.\n"
    "What remains: two who go in on one code at once, and whoever leaves behind somebody else still counts "
    "as inside until counted out by hand.\n"
)
PASSBACK_MINUTES = "For the last choice alone, up to a day."
CAPACITY = (
    "Nobody more is let in once so many are inside. Empty: any number.\n"
    "Counted are codes, not heads: who walks in or out behind somebody else is not. Not a fire count."
)
WITHOUT_NETWORK = (
    "Without network a reader knows only whom it let in itself since: whoever left by another reader is "
    "refused until the network is back, and each reader counts up to the whole capacity by itself. What "
    "was broken meanwhile is found when it hands in, and raises an alarm."
)
EMPTY_AT = (
    "By the site's clock. Empty: never by itself.\n"
    "Everybody counts as gone then, so that nobody who left without a code is kept out the next day."
)
NO_WAY_OUT = (
    "{area} refuses until people have left, but no door of it has a reader on the way out: everybody "
    "gets in once. Add an exit side to a door, or choose an hour at which everybody counts as gone."
)

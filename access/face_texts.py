"""How near a face must be, in words and in figures of our own measurement."""

from biometrics.engine.choice import MODEL_NAMES, Choice
from biometrics.engine.interface import Model
from biometrics.engine.thresholds import NotMeasured, Strictness, Threshold, threshold

FIRST = "Standard is for most doors. High turns more of the right people away."
LINE = (
    "{name}: of {impostors:,} comparisons with somebody else {accepts} passed; of {genuine:,} with the right "
    "person {refusals} were refused."
)
NOT_ZERO = (
    "0 of {impostors:,} is not a rate of zero. If all these comparisons had nothing to do with each other, a "
    "rate of up to {unseen} would still show none 1 time in 20; they are of the same few people, so it may "
    "be more."
)
SOURCE = (
    "Measured by us on {measured}: {data}. Nothing was measured with the camera of a door, in poor light, "
    "with glasses or masks, with twins, or for single groups of people."
)
UNMEASURED = (
    "Nothing was measured for the face engine that this house runs.\n"
    "Until it was, no face passes, whatever is chosen here."
)
NAMES = {Strictness.STANDARD: "Standard", Strictness.HIGH: "High"}


def face_match_help(engine: Choice) -> str:
    """The lines for the area's form, of the engine that the house runs."""
    model = Model(MODEL_NAMES[engine.kind], version="", dimensions=0)  # figures go by its name alone
    try:
        known = {name: threshold(model, strictness) for strictness, name in NAMES.items()}
    except NotMeasured:
        return UNMEASURED
    lines = [FIRST, *(_line(name, figures) for name, figures in known.items())]
    lines += dict.fromkeys(_not_zero(one) for one in known.values() if one.false_accepts == 0)
    lines += dict.fromkeys(_source(one) for one in known.values())
    return "\n".join(lines)


def _line(name: str, figures: Threshold) -> str:
    return LINE.format(
        name=name,
        impostors=figures.impostors,
        accepts=_counted(figures.false_accepts, figures.far),
        genuine=figures.genuine,
        refusals=_counted(figures.false_refusals, figures.frr),
    )


def _counted(count: int, rate: float) -> str:
    """With the rate, where there is one to tell."""
    return f"{count:,} ({_percent(rate)})" if count else "0"


def _not_zero(figures: Threshold) -> str:
    # A rate r shows none in n tries with probability (1 - r) ** n; here as likely as 1 in 20.
    return NOT_ZERO.format(impostors=figures.impostors, unseen=_percent(1 - 0.05 ** (1 / figures.impostors)))


def _source(figures: Threshold) -> str:
    return SOURCE.format(measured=f"{figures.measured:%-d %B %Y}", data=figures.data)


def _percent(rate: float) -> str:
    """Of 1, as people read it, with two digits that count."""
    return f"{100 * rate:.2g} %"

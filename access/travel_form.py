"""The form of travel times: one number for each pair of sites."""

from itertools import combinations
from typing import Any

from django import forms

from access.models import Site, SiteTravel
from access.models.alarms import LONGEST_TRAVEL
from access.travel import DEFAULT_MINUTES, pair_of


class TravelForm(forms.Form):
    """Minutes from site to site, either way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = {(row.one_id, row.other_id): row.minutes for row in SiteTravel.objects.all()}
        self.pairs = {}
        for one, other in combinations(Site.objects.all(), 2):
            pair = pair_of(one.pk, other.pk)
            name = f"pair_{pair[0]}_{pair[1]}"
            self.pairs[name] = pair
            self.fields[name] = forms.IntegerField(
                label=f"{one.name} to {other.name}, in minutes",
                min_value=0,
                max_value=LONGEST_TRAVEL,
                initial=said.get(pair, DEFAULT_MINUTES),
            )

    def minutes(self) -> dict[tuple[int, int], int]:
        return {pair: self.cleaned_data[name] for name, pair in self.pairs.items()}

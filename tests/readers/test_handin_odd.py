"""Facts that no reader of ours writes: set apart with their entry, while this and other hand-ins go on."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import Pipe
from threading import Thread
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.models import AccessEvent
from credentials.selectors import code_lives
from readers.handin import checking, process
from readers.handin.apart import Apart
from readers.handin.checking import Checker
from readers.handin.lives import Lives
from readers.handin.process import Job
from readers.handin.told import Fault, Told
from readers.selectors import signing_keys
from readers.services import handin
from sallyport.rules import decide_again
from tenants.refs import CompanyRef
from tests.readers.handing import CutOff, cut_off
from tests.scanning.world import lay_world
from vault.selectors import is_foreign_key, opening_keys


@pytest.fixture
def away(in_acme: CompanyRef) -> CutOff:
    reader = cut_off(lay_world(in_acme))
    reader.present(reader.world.code())
    return reader


@pytest.fixture
def one(monkeypatch: pytest.MonkeyPatch) -> Iterator[Apart]:
    """A process of this test's own."""
    made = Apart()
    monkeypatch.setattr(handin, "apart", made)
    yield made
    made.end()


def checker(away: CutOff) -> Checker:
    return Checker(
        company=away.world.company.uid,
        reader=away.station.handle,
        signers=signing_keys(away.row, timezone.now()),
        keys=opening_keys(),
        foreign=is_foreign_key,
        lives=Lives(code_lives()),
        now_ms=int(time.time() * 1000),
    )


def results(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["code"] or one["result"] for one in answer.json()["results"]]


ODD = ['""', "0", "null", "true", "[]", "[1]", '"x"', "1e999", "NaN", "{}", '{"v":1}', "[" * 9000, ""]


@pytest.mark.parametrize("beside", [True, False], ids=["in its process", "in the server"])
def test_facts_that_are_a_text_holding_the_facts(
    away: CutOff, client: Client, one: Apart, monkeypatch: pytest.MonkeyPatch, beside: bool
) -> None:
    """They decide like the facts themselves, and are none."""
    if not beside:
        monkeypatch.setattr("sys.executable", "/nowhere")
    honest = away.entries[0].facts
    for odd in (json.dumps(honest), json.dumps(json.dumps(honest)), *ODD):
        away.present(away.world.code(), facts=odd)
    away.present(away.world.code())
    assert results(away.post(client, away.entries[:1])) == ["recorded"]
    pid = one.pid
    told = results(away.post(client, away.entries[1:]))
    assert told == ["facts_differ"] * (len(ODD) + 2) + ["recorded"]
    assert one.pid == pid
    assert (pid is not None) is beside
    assert AccessEvent.objects.count() == 2


def values() -> st.SearchStrategy[Any]:
    plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    named = st.text(max_size=4) | st.sampled_from(["v", "now", "at", "refused", "offline", "code"])
    return st.recursive(
        plain,
        lambda more: st.lists(more, max_size=5) | st.dictionaries(named, more, max_size=4),
        max_leaves=8,
    )


def test_whatever_the_facts_are_weighing_them_raises_nothing(away: CutOff) -> None:
    made, honest = checker(away), away.entries[0]
    facts = json.loads(honest.facts)
    keys = st.sampled_from([*facts, "offline", "refused", "inside", "watch", "second", "challenged"])
    texts = st.sampled_from([honest.facts, json.dumps(honest.facts)])

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(keys, values(), min_size=1, max_size=3) | values() | texts, st.booleans())
    def weigh(odd: Any, whole: bool) -> None:
        given_facts = odd if whole or not isinstance(odd, dict) else facts | odd
        told = replace(honest, facts=json.dumps(given_facts))
        found = made._weigh(told, b"", b"")
        assert found.fault is not None or json.loads(found.row)["facts"] == told.facts

    weigh()


def broken(facts: Any) -> Any:
    raise OSError("of a kind that nobody thought of")


def test_what_nobody_thought_of_harms_its_own_entry_alone(
    away: CutOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    away.present(away.world.code(), facts='{"odd":1}')
    away.present(away.world.code())
    asked = decide_again
    monkeypatch.setattr(
        checking, "decide_again", lambda facts: broken(facts) if "odd" in facts else asked(facts)
    )
    assert away.results() == ["recorded", Fault.FACTS_DIFFER, "recorded"]


def test_the_process_outlives_a_hand_in_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that it found nothing; the server then looks itself."""
    ours, theirs = Pipe()
    serving = Thread(target=process.serve, args=(theirs,))
    serving.start()
    job = Job(b"c" * 16, 1, (), Lives(((0, 30),)), 0, None, b"{}")
    for _ in range(2):  # of a company whose keys it was never told
        ours.send(job)
        assert ours.poll(10)
        assert ours.recv() is None
    monkeypatch.setattr(process, "check_all", broken)
    ours.send(replace(job, keys=()))
    assert ours.poll(10)
    assert ours.recv() is None
    ours.close()
    serving.join(10)
    assert not serving.is_alive()


def test_an_entry_is_what_it_was(away: CutOff) -> None:
    """Control: what is weighed above is an honest entry but for its facts."""
    assert isinstance(away.entries[0], Told)
    assert checker(away).check(away.entries[0]).fault is None

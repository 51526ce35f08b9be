"""The policy counter: raised once per transaction and company, at commit, with what changed."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection, transaction

from ledger.models import Outbox, PolicyChange, PolicyCounter
from ledger.policy import touch_operations
from ledger.selectors import current_policy, policy_delta
from ledger.services import raise_epoch
from tenants import context
from tests import cast
from tests.ledger.conftest import Raw, make_probe


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def changes(seq: int) -> list[tuple[str, int]]:
    return list(PolicyChange.objects.filter(seq=seq).order_by("handle").values_list("kind", "handle"))


def test_one_transaction_raises_the_counter_once(probed: context.CompanyRef) -> None:
    epoch, before = current_policy()
    with transaction.atomic():
        run("UPDATE probe SET state = 'a'")
        run("INSERT INTO probe (id) VALUES (2), (3)")
        run("UPDATE probe SET state = 'b' WHERE id = 2")
        assert current_policy() == (epoch, before), "raised at commit, not before"
    assert current_policy() == (epoch, before + 1)
    assert changes(before + 1) == [("probe", 1), ("probe", 2), ("probe", 3)]


def test_each_transaction_has_its_own_number(probed: context.CompanyRef) -> None:
    _, before = current_policy()
    run("UPDATE probe SET state = 'a'")
    run("DELETE FROM probe")
    assert current_policy()[1] == before + 2
    assert changes(before + 2) == [("probe", 1)]


def test_a_moved_handle_is_told_under_both_names(probed: context.CompanyRef) -> None:
    run("UPDATE probe SET id = 9, state = 'moved'")
    assert changes(current_policy()[1]) == [("probe", 1), ("probe", 9)]


def test_columns_that_decisions_do_not_read_move_nothing(probed: context.CompanyRef) -> None:
    before = current_policy()
    run("UPDATE probe SET seen = 5")
    run("UPDATE probe SET state = state, handle = handle")
    assert current_policy() == before


def test_without_columns_any_change_counts_and_none_does_not(probed: context.CompanyRef) -> None:
    run("CREATE TABLE plain (id int, handle int)")
    for operation in touch_operations("plain", "plain", "handle"):
        run(str(operation.sql))
    run("INSERT INTO plain VALUES (1, NULL)")
    before = current_policy()
    assert changes(before[1]) == [("plain", 0)], "no handle is handle 0"
    run("UPDATE plain SET id = 1")
    assert current_policy() == before
    run("UPDATE plain SET id = 2")
    assert current_policy()[1] == before[1] + 1


def test_a_rollback_takes_the_number_back(probed: context.CompanyRef) -> None:
    before = current_policy()
    with suppress(ZeroDivisionError), transaction.atomic():
        run("UPDATE probe SET state = 'a'")
        run("SET CONSTRAINTS ALL IMMEDIATE")
        raise ZeroDivisionError
    assert current_policy() == before
    assert not changes(before[1] + 1)


def test_a_savepoint_rolled_back_does_not_hide_what_follows(probed: context.CompanyRef) -> None:
    """The mark "already raised" must go with the savepoint in which the counter was raised."""
    _, before = current_policy()
    with transaction.atomic():
        with suppress(ZeroDivisionError), transaction.atomic():
            run("INSERT INTO probe (id) VALUES (7)")
            run("SET CONSTRAINTS ALL IMMEDIATE")
            raise ZeroDivisionError
        run("SET CONSTRAINTS ALL DEFERRED")
        run("UPDATE probe SET state = 'after'")
    assert current_policy()[1] == before + 1
    assert changes(before + 1) == [("probe", 1)]


def test_a_released_savepoint_keeps_the_number(probed: context.CompanyRef) -> None:
    _, before = current_policy()
    with transaction.atomic():
        with transaction.atomic():
            run("INSERT INTO probe (id) VALUES (7)")
            run("SET CONSTRAINTS ALL IMMEDIATE")
        run("UPDATE probe SET state = 'after' WHERE id = 1")
    assert current_policy()[1] == before + 1
    assert changes(before + 1) == [("probe", 1), ("probe", 7)]


def test_a_transaction_over_two_companies_raises_both(probed: context.CompanyRef) -> None:
    other = cast.sign_up_fresh()
    try:
        make_probe(other.ref())
        with context.enter(other):
            theirs = current_policy()[1]
        ours = current_policy()[1]
        with transaction.atomic():
            run("UPDATE probe SET state = 'a'")
            run(f"UPDATE \"{other.schema_name}\".probe SET state = 'a'")
            run("INSERT INTO probe (id) VALUES (2)")
        assert current_policy()[1] == ours + 1
        assert changes(ours + 1) == [("probe", 1), ("probe", 2)]
        with context.enter(other):
            assert current_policy()[1] == theirs + 1
            assert changes(theirs + 1) == [("probe", 1)]
    finally:
        with context.leave():
            cast.remove(other)


def test_a_company_without_a_counter_cannot_change_policy(probed: context.CompanyRef) -> None:
    PolicyCounter.objects.all().delete()
    with pytest.raises(Exception, match="has no policy counter"):
        run("UPDATE probe SET state = 'a'")


def test_the_move_is_announced_in_the_same_transaction(probed: context.CompanyRef) -> None:
    epoch, before = current_policy()
    run("UPDATE probe SET state = 'a'")
    told = Outbox.objects.filter(topic="policy", data__seq=before + 1).get()
    assert told.data == {"epoch": epoch, "seq": before + 1}


def test_cloned_companies_keep_their_triggers(own_company: context.CompanyRef) -> None:
    """Each constraint trigger of the template stands in a clone, deferred, with its condition."""
    query = (
        "SELECT tgname, tgrelid::regclass::text, tgdeferrable, tginitdeferred, tgattr::text,"
        " regexp_replace(pg_get_triggerdef(t.oid), ' ON [^ ]+', ' ON')"
        " FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE NOT tgisinternal AND nspname = %s ORDER BY 1, 2"
    )

    def triggers(schema: str) -> list[tuple[object, ...]]:
        with context.leave(), connection.cursor() as cursor:
            cursor.execute(query, [schema])
            return [(a, b.rpartition(".")[2], *rest) for a, b, *rest in cursor.fetchall()]

    of_template = triggers("template")
    assert {name for name, *_ in of_template} >= {"written_once"}
    assert triggers(own_company.schema) == of_template


def test_the_delta_holds_what_changed_since(probed: context.CompanyRef) -> None:
    epoch, seq = current_policy()
    run("UPDATE probe SET state = 'a'")
    run("INSERT INTO probe (id) VALUES (2)")
    delta = policy_delta(epoch, seq)
    assert delta is not None
    assert (delta.epoch, delta.seq, delta.complete) == (epoch, seq + 2, True)
    assert delta.changes == ((seq + 1, "probe", 1), (seq + 2, "probe", 2))
    nothing = policy_delta(epoch, seq + 2)
    assert nothing is not None
    assert nothing.changes == ()


def test_a_cut_delta_never_tears_a_number_apart(probed: context.CompanyRef) -> None:
    epoch, seq = current_policy()
    run("INSERT INTO probe (id) VALUES (2), (3), (4)")
    run("DELETE FROM probe WHERE id = 2")
    delta = policy_delta(epoch, seq, limit=2)
    assert delta is not None
    assert (delta.seq, delta.complete, len(delta.changes)) == (seq + 1, False, 3)


def test_another_epoch_the_future_and_the_forgotten_start_over(probed: context.CompanyRef) -> None:
    epoch, seq = current_policy()
    assert policy_delta(epoch + 1, seq) is None
    assert policy_delta(epoch, seq + 1) is None
    PolicyCounter.objects.update(pruned=seq)
    assert policy_delta(epoch, seq - 1) is None
    assert policy_delta(epoch, seq) is not None


def test_a_raised_epoch_makes_everybody_start_over(probed: context.CompanyRef) -> None:
    epoch, seq = current_policy()
    assert raise_epoch(actor="system") == (epoch + 1, seq + 1)
    assert policy_delta(epoch, seq) is None
    assert Outbox.objects.filter(topic="policy", data__epoch=epoch + 1).exists()


@pytest.mark.parametrize("name", ["a b", "a;", "A", 'a"', "", "1a", "a" * 50])
def test_names_in_triggers_are_plain(name: str) -> None:
    for arguments in ((name, "k", "h"), ("t", name, "h"), ("t", "k", name), ("t", "k", "h", [name])):
        with pytest.raises(ValueError, match="not a plain identifier"):
            touch_operations(*arguments)


def test_writers_of_policy_queue_and_none_is_skipped(
    probed: context.CompanyRef, raw: Callable[[], Raw]
) -> None:
    _, before = current_policy()
    for number in range(2, 7):
        writer = raw()
        writer.execute("INSERT INTO probe (id) VALUES (%s)", [number])
        writer.commit()
    found = PolicyChange.objects.filter(seq__gt=before).order_by("seq").values_list("seq", "handle")
    assert list(found) == [(before + place, place + 1) for place in range(1, 6)]

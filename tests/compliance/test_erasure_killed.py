"""Workers killed with -9 in an erasure: each step happens whole or not at all, and all happen."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from compliance.models import Erasure, ErasureState
from credentials.models import Holder
from ledger.models import Outbox
from tenants import context
from tenants.context import CompanyRef
from tests.compliance.erasing import asked, begun, work
from tests.compliance.everything import NAME, somebody_with_everything
from tests.compliance.test_erasure_stopped import ROOMS
from tests.compliance.whose import Everything
from vault.fields import ERASED
from vault.services import is_destroyed

pytestmark = pytest.mark.faults


@pytest.fixture
def person(own_company: CompanyRef, tmp_path: Path, settings: Any) -> Iterator[Everything]:
    settings.ERASED_LIST = str(tmp_path / "erased-persons")
    with context.enter(own_company):
        yield somebody_with_everything()


def kill_in(room: str, company: CompanyRef, apart: str) -> None:
    """A worker of its own dies when this room has erased and not committed."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "SALLYPORT_ERASED_LIST": apart,
    }
    command = [sys.executable, "-m", "tests.compliance.eraser", company.schema, room]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{room}\n"
        process.kill()
        process.wait(20)


def test_killed_after_each_step(person: Everything, own_company: CompanyRef, settings: Any) -> None:
    row = begun(asked(person))
    for position, room in enumerate(ROOMS):
        kill_in(room, own_company, settings.ERASED_LIST)
        todo = row.steps.filter(done_at=None).order_by("position")
        assert [one.room for one in todo[:1]] == [room]
        assert todo.count() == 2 * (len(ROOMS) - position)
        assert (Holder.objects.get(pk=person.holder.pk).name == NAME) is (room == "holder")
        assert not any(is_destroyed(one) for one in person.subjects)
    Outbox.objects.filter(done=None).update(due=timezone.now())
    work()
    row = Erasure.objects.get(pk=row.pk)
    assert row.state == ErasureState.WAITING
    assert all(is_destroyed(one) for one in person.subjects)
    assert Holder.objects.get(pk=person.holder.pk).name == ERASED
    gone = {one.room for one in row.steps.all() if any(item["goes"] for item in one.items)}
    assert gone == set(ROOMS)

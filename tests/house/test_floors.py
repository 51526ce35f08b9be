"""What import-linter cannot see: packages missing from its list, and references by name instead of import."""

import ast
import configparser
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from config.rooms import FLOORS, ROOT

NOT_ROOMS = {"tests", "bench", "stubs", "deploy", "edge", "static", "templates", "docs", "var", "locale"}
LOOK_UPS = {"get_model", "import_module", "import_string", "get_app_config"}
# The top floor puts the house together from names.
PUTS_TOGETHER = "config"


def packages() -> set[str]:
    """Top-level packages in the checkout."""
    return {path.parent.name for path in ROOT.glob("*/__init__.py")} - NOT_ROOMS


def contract(section: str, option: str) -> list[str]:
    """A list in .importlinter, without the brackets of optional layers."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return [line.strip(" ()") for line in parser[section][option].split()]


def below(room: str) -> set[str]:
    """The floors that a room may know: itself and those under it."""
    return set(FLOORS[FLOORS.index(room) :])


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """String constants of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    loose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in loose:
            yield node.lineno, node.value


def room_named(text: str) -> str | None:
    """The room that a dotted string such as `access.AccessPoint` or `access.models` points to."""
    head, dot, rest = text.partition(".")
    known = head in FLOORS and dot and rest.replace(".", "").replace("_", "").isalnum()
    return head if known and not rest[0].isdigit() else None


def upward_names(room: str, path: Path) -> list[str]:
    """References by string from a module to a floor above its own."""
    return [
        f"{path.relative_to(ROOT)}:{line} names {text!r}"
        for line, text in strings(path)
        if (named := room_named(text)) and named not in below(room) and not text.endswith((".html", ".svg"))
    ]


def sources(room: str) -> list[Path]:
    """All modules of a room, migrations too."""
    return sorted((ROOT / room).rglob("*.py"))


def test_every_package_is_on_a_floor_and_in_the_linter() -> None:
    assert packages() <= set(FLOORS)
    assert set(contract("importlinter", "root_packages")) == packages() | {"deploy", "edge"}
    standing = [floor for floor in FLOORS if floor in packages()]
    assert contract("importlinter:contract:floors", "layers") == standing


@pytest.mark.parametrize("room", sorted(packages() - {PUTS_TOGETHER}))
def test_no_string_points_upward(room: str) -> None:
    """A foreign key, a task or a setting named by string is a dependency that no import shows."""
    assert [one for path in sources(room) for one in upward_names(room, path)] == []


def test_no_relation_points_upward() -> None:
    """However it was written: the models themselves tell."""
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if (room := model._meta.app_config.name.partition(".")[0]) in FLOORS
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if (other := field.related_model._meta.app_config.name.partition(".")[0]) in FLOORS
        if other not in below(room)
    ]
    assert wrong == []


@pytest.mark.parametrize("room", sorted(packages() - {PUTS_TOGETHER}))
def test_look_ups_by_name_stay_below(room: str) -> None:
    """`get_model("access", "Door")` and its like name a room in their first argument."""
    wrong = []
    for path in sources(room):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = node.args[0]
            if called in LOOK_UPS and isinstance(first, ast.Constant) and "migrations" not in path.parts:
                head = str(first.value).partition(".")[0]
                if head in FLOORS and head not in below(room):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} looks up {first.value!r}")
    assert wrong == []


def test_the_look_out_sees(tmp_path: Path) -> None:
    """A check that cannot fail is a defect."""
    assert room_named("access.AccessPoint") == "access"
    assert room_named("operators/list.html") is None
    assert "readers" not in below("vault")
    assert {"sallyport"} == below("sallyport")

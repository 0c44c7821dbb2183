"""What a tool is given for each record of a file: which argument the record fills, from which column, and what stays the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from errors import ToolInputError, shown
from tools.inputs.opened_files import OpenedFile
from tools.inputs.records import Record
from tools.over_columns import ColumnChoice, can_be_read, column_named, is_header_word, listed
from tools.over_records import Records, records_of

LINES_TRIED = 20
#: What one record can be, in the order in which an argument is chosen; a pattern or a name of a reaction is what is asked, mostly.
_SINGLE = (
    "molecule", "molecule_or_formula", "compound", "notation", "name", "solute", "formula", "sequence", "nucleotides", "protein",
    "reaction", "reactants", "element", "quantity", "molecules",
)  # fmt: skip
_ASKED = ("smarts", "reaction_name")
#: Tools that say something of all records together and nothing of one.
TOGETHER = frozenset(("align_many", "cluster", "draw_molecules", "rgroup_table"))
_LISTS = frozenset(("molecules", "sequences"))
_FROM_MOLFILES = frozenset(("molecule", "molecule_or_formula", "compound", "notation", "formula", "molecules"))
_FROM_SEQUENCES = frozenset(("sequence", "nucleotides", "protein", "sequences"))


@dataclass(frozen=True)
class Plan:
    """``argument`` is filled by the record itself, or by ``column`` of it; ``columns`` fills others; ``same`` is for all."""

    tool: str
    argument: str
    column: str | None
    columns: Mapping[str, str]
    same: Mapping[str, Any]
    records: Records
    notes: tuple[str, ...]

    def given(self, record: Record) -> str:
        """What the record puts in for the argument, as it stands in the file."""
        return record.text if self.column is None else record.values.get(self.column, "")

    def arguments(self, record: Record) -> dict[str, Any]:
        """Of the call for one record; raises ``ToolInputError`` for a broken record and for an empty cell."""
        if record.broken:
            unit = "row" if self.records.is_table else "record"
            line = record.broken_line or record.line
            raise ToolInputError(
                f"The {unit} {record.broken}", f"{unit} {record.number}, line {line}", "correct it in the file"
            )
        values: dict[str, Any] = dict(self.same)
        for argument, column in self.columns.items():
            values[argument] = self._cell(record, column)
        values[self.argument] = record.text if self.column is None else self._cell(record, self.column)
        return values

    def _cell(self, record: Record, column: str) -> str:
        cell = record.values.get(column, "")
        if not cell.strip():
            what = "cell" if self.records.is_table else "data field"
            raise ToolInputError(f"The {what} is empty", f"column {shown(column)}, line {record.line}", "fill it in")
        return cell


def planned(
    catalog: Iterable[Mapping[str, Any]],
    opened: OpenedFile,
    tool: str,
    arguments: Mapping[str, Any],
    column: str | None,
) -> Plan:
    """How ``tool`` goes over the file; raises ``ToolInputError`` where the tool, its arguments or the columns leave it open.

    ``arguments`` are the same for every record, but for texts such as ``"=pH"``, which name a column that gives them.
    """
    tools = {one["name"]: one["parameters"] for one in catalog}
    if tool not in tools:
        raise ToolInputError(f"There is no tool {shown(tool)}", "tool", f"choose one of: {_usable(tools)}")
    properties = tools[tool].get("properties", {})
    if extra := [name for name in arguments if name not in properties]:
        raise ToolInputError(
            f"{tool} has no argument {shown(extra[0])}", "arguments", f"its arguments are: {', '.join(properties)}"
        )
    written = {name: value[1:] for name, value in arguments.items() if isinstance(value, str) and value[:1] == "="}
    same = {name: value for name, value in arguments.items() if name not in written}
    argument = together_argument(tool, properties, arguments) or _filled(tool, tools, same, written)
    _refuse_missing(tool, tools[tool].get("required", []), argument, {*same, *written})
    if argument in written:
        column = written.pop(argument)
    entity = properties[argument].get("entity", "")
    records, chosen, why = _read(opened, entity, argument, column)
    columns = {
        name: column_named(text.strip(), records.columns, f"arguments, {name}") for name, text in written.items()
    }
    notes = list(records.notes)
    if chosen is not None:
        notes.append(f"The column {shown(chosen)} was taken for '{argument}'{f': {why}' if why else ''}.")
    notes += [f"The column {shown(name)} was taken for '{other}'." for other, name in columns.items()]
    return Plan(tool, argument, chosen, columns, same, records, tuple(notes))


def together_argument(tool: str, properties: Mapping[str, Any], given: Iterable[str] = ()) -> str | None:
    """The argument that takes all records at once, of a tool that says nothing of one alone; None for any other tool."""
    lists = [name for name, schema in properties.items() if schema.get("entity") in _LISTS and name not in set(given)]
    return lists[0] if tool in TOGETHER and lists else None


def single_argument(parameters: Mapping[str, Any], given: Iterable[str] = ()) -> str | None:
    """The required argument that a record can fill, of those not ``given``; None where there is none.

    A list of molecules is one only where the tool asks something else of it: what compares molecules needs them together.
    """
    properties, required = parameters.get("properties", {}), parameters.get("required", [])
    entities = {name: properties[name].get("entity", "") for name in required if name not in set(given)}
    order = [entity for entity in (*_SINGLE, *_ASKED) if entity != "molecules" or len(required) > 1]
    fitting = [name for name, entity in entities.items() if entity in order]
    one_thing = [name for name in fitting if entities[name] not in (*_ASKED, "molecules")]
    return next(iter(one_thing or [name for name in fitting if entities[name] == "molecules"] or fitting), None)


def _usable(tools: Mapping[str, Mapping[str, Any]]) -> str:
    return ", ".join(name for name, parameters in tools.items() if name in TOGETHER or single_argument(parameters))


def _filled(
    tool: str, tools: Mapping[str, Mapping[str, Any]], same: Mapping[str, Any], written: Mapping[str, str]
) -> str:
    """The argument that the records fill; raises ``ToolInputError`` where there is none, or others are missing."""
    parameters = tools[tool]
    required = parameters.get("required", [])
    if single_argument(parameters) is None:
        raise ToolInputError(
            f"{tool} takes no one molecule, sequence, formula or reaction that a record could be", "tool", f"choose one of: {_usable(tools)}"
        )  # fmt: skip
    argument = single_argument(parameters, {*same, *written}) or next(
        (name for name in required if name in written), None
    )
    if argument is None:
        raise ToolInputError(
            f"Every argument that {tool} needs is given", "arguments", f"leave out '{single_argument(parameters)}', which the file gives"
        )  # fmt: skip
    return argument


def _refuse_missing(tool: str, required: Iterable[str], argument: str, given: Collection[str]) -> None:
    missing = [name for name in required if name != argument and name not in given]
    if missing:
        raise ToolInputError(
            f"{tool} also needs {' and '.join(map(repr, missing))}, the same for all or from a column",
            "arguments",
            f'give it as in {{"{missing[0]}": …}}, or {{"{missing[0]}": "=name of a column"}}',
        )


def _read(opened: OpenedFile, entity: str, argument: str, asked: str | None) -> tuple[Records, str | None, str]:
    """The records, the column for the argument (None where the record itself is it), and why that column."""
    records = records_of(opened)
    if not records.is_table:
        if asked is not None:
            return records, column_named(asked, records.columns, "column"), ""
        fitting = _FROM_MOLFILES if records.holds_molecules else _FROM_SEQUENCES
        if entity not in fitting:
            held = "molecules" if records.holds_molecules else "sequences"
            fields = f", or name a data field: {listed(records.columns)}" if records.columns else ""
            raise ToolInputError(
                f"The {records.called} file {shown(opened.name)} holds {held}, and '{argument}' is none", "file", f"choose another tool{fields}"
            )  # fmt: skip
        return records, None, ""
    if asked is not None:
        if asked not in records.columns and not records.has_header:
            headed = records_of(opened, header=True)
            records = headed if asked in headed.columns else records
        return records, column_named(asked, records.columns, "column"), ""
    if not records.has_header and _heads(next(records.read()), entity):
        records = records_of(opened, header=True)
    choice = ColumnChoice(records, entity, argument)
    if records.called in ("CSV", "TSV") and not choice.has_named_column():
        lines = [line for line in opened.text.split("\n", LINES_TRIED)[:LINES_TRIED] if line.strip()]
        whole = sum(can_be_read(line, entity) for line in lines) / len(lines) if lines else 0.0
        if whole > 0.5 and whole >= choice.best_share():  # commas within names: 1,2-dichloroethane
            records = records_of(opened, whole_lines=True)
            choice = ColumnChoice(records, entity, argument)
    column, why = choice.made()
    if records.has_header and not is_header_word(column) and can_be_read(column, entity):
        place = records.columns.index(column)
        records = records_of(
            opened, header=False, whole_lines=records.called == "list of lines" and len(records.columns) == 1
        )
        column = records.columns[place]
    return records, column, why


def _heads(first: Record, entity: str) -> bool:
    """Whether a row that was not taken for a header is one: it has a word of headers, and nothing that the tool would take."""
    cells = [cell for value in first.values.values() if (cell := value.strip())]
    return any(map(is_header_word, cells)) and not any(can_be_read(cell, entity) for cell in cells)

"""A contract for import-linter that reads like a row of a table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from importlinter import Contract, ContractCheck, fields, output

if TYPE_CHECKING:
    from grimp import ImportGraph


def covers(allowed: str, module: str) -> bool:
    """Whether `allowed` is `module` or lies above it; a top-level name stands for itself alone.

    So `xetrack` allows the names in its front and nothing beneath; `xetrack.interfaces` allows
    all interfaces.
    """
    return module == allowed or ("." in allowed and module.startswith(f"{allowed}."))


class Only(Contract):
    """What is in `modules` imports `may_import`, itself, the standard library, and nothing else."""

    # A field of the class becomes a list on the instance.
    modules: list[str] = fields.ListField(fields.StringField())  # type: ignore[assignment]
    may_import: list[str] = fields.ListField(fields.StringField())  # type: ignore[assignment]

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - given
        """Collect every import that is not allowed, with its place."""
        known = graph.modules
        absent = [name for name in self.modules if name not in known]
        found = [
            import_
            for name in self.modules
            if name in known
            for importer in sorted({name} | graph.find_descendants(name))
            for import_ in self.forbidden(graph, name, importer)
        ]
        return ContractCheck(
            kept=not found,
            warnings=[f"{name} does not exist" for name in absent],
            metadata={"found": found},
        )

    def forbidden(self, graph: ImportGraph, home: str, importer: str) -> list[str]:
        """The lines of one module that import what its home may not."""
        return [
            f"{importer} imports {imported} (line {detail['line_number']})"
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.split(".")[0] not in sys.stdlib_module_names
            and imported != home
            and not imported.startswith(f"{home}.")
            and not any(covers(allowed, imported) for allowed in self.may_import)
            for detail in graph.get_import_details(importer=importer, imported=imported)
        ]

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each import, as import-linter asks a contract to."""
        for line in check.metadata["found"]:
            output.print_error(line)

"""Reviews: what a file would do, kept for a person to look at before it is done."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete

from app.cases.register import ids, thresholds
from app.cases.register.bulk import chunks, insert_rows, table_of
from app.cases.register.import_plan import Plan
from app.cases.register.import_records import Outcome, RegisterImport, RegisterImportRow
from app.cases.register.parsed_file import Remark
from app.kit.db import db
from app.kit.errors import BadInput

#: Of more remarks than these only the number is kept; the rows themselves are all there.
_MOST_REMARKS = 500
SHORTEST_REASON = 5


def note(taken: RegisterImport, plan: Plan) -> None:
    """The counts of the plan, and every row that a person should look at, stand beside the import. Inside a transaction."""
    session = db.session()
    session.execute(
        delete(table_of(RegisterImportRow)).where(table_of(RegisterImportRow).c.import_id == taken.id)
    )
    remarks = plan.file.all_remarks()
    outcomes = plan.outcomes()
    counts = plan.counts
    taken.new, taken.changed, taken.same = counts["new"], counts["changed"], counts["same"]
    taken.missing, taken.conflicts, taken.errors = counts["missing"], counts["conflicts"], counts["errors"]
    taken.error_lines = _remarks_json(remarks)
    taken.rows_left_out = plan.file.undone
    taken.province_lines = json.dumps(
        {remark.line: remark.rest for remark in remarks if remark.rest}, ensure_ascii=False
    )
    taken.review = json.dumps(
        {
            "rows": Counter(outcomes.values()),
            "areas": plan.by_subdistrict(),
            "expected": plan.expected,
            "unnamed": len(plan.unnamed),
            "short_years": plan.file.short_years,
        }
    )
    taken.stops = json.dumps(thresholds.stops(plan), ensure_ascii=False)
    taken.digest = plan.digest
    taken.titles = ids.seal(json.dumps(plan.file.titles, ensure_ascii=False))
    session.flush()
    rows = _rows(taken.id, plan, outcomes, {remark.line: remark for remark in remarks})
    for part in chunks(rows):
        insert_rows(session.connection(), RegisterImportRow, part)


def _rows(
    import_id: int, plan: Plan, outcomes: Mapping[int, Outcome], remarks: Mapping[int, Remark]
) -> list[dict[str, Any]]:
    first = {planned.household.first_line: planned for planned in plan.households}
    homes = {
        line: planned.before["code"]
        for planned in plan.households
        if planned.before
        for line in planned.household.lines
    }
    rows = []
    for line, outcome in sorted(outcomes.items()):
        planned = first.get(line)
        changes = planned.changes if planned is not None else []
        remark = remarks.get(line)
        if outcome in (Outcome.NEW, Outcome.SAME) and not changes and remark is None:
            continue
        cells = plan.file.cells.get(line) if outcome == Outcome.UNREADABLE else None
        words = (
            remark.words
            if remark
            else ("อีกแถวหนึ่งของครัวเรือนนี้อ่านไม่ได้" if outcome == Outcome.UNREADABLE else "")
        )
        rows.append(
            {
                "import_id": import_id,
                "line": line,
                "outcome": outcome,
                "words": words[:1000],
                "changes": json.dumps([[c.label, c.before, c.after] for c in changes], ensure_ascii=False),
                "household_code": homes.get(line, ""),
                "cells": ids.seal(json.dumps(cells, ensure_ascii=False)) if cells is not None else None,
            }
        )
    return rows


def refuse_stopped(taken: RegisterImport, plan: Plan, override: str) -> None:
    """Raises BadInput with what stops the file, where no reason says why it is right all the same."""
    found = json.loads(taken.stops)
    if not found or len(override.strip()) >= SHORTEST_REASON:
        return
    told = [remark for remark in plan.file.all_remarks() if remark.left_out and not remark.conflict]
    lines = " / ".join(f"แถวที่ {remark.line}: {remark.words}" for remark in told[:10])
    raise BadInput(f"หยุดไว้ก่อน: {' · '.join(found)} {lines} หากไฟล์ถูกต้องจริง โปรดบอกเหตุผลที่ให้นำเข้า")


def _remarks_json(remarks: Sequence[Remark]) -> str:
    # Rows that were not taken first: nobody may think them taken because the list was too long.
    kept = sorted(remarks, key=lambda remark: not remark.left_out)[:_MOST_REMARKS]
    listed = [
        {"line": remark.line, "words": remark.words, "left_out": remark.left_out}
        for remark in sorted(kept, key=lambda remark: remark.line)
    ]
    if len(remarks) > _MOST_REMARKS:
        more = f"และอีก {len(remarks) - _MOST_REMARKS:,} แถวซึ่งไม่ได้แสดง"
        listed.append({"line": remarks[-1].line, "words": more, "left_out": False})
    return json.dumps(listed, ensure_ascii=False)

"""Words: motions, resolutions and deferrals as pages and papers say them."""

from sqlalchemy import select

from app.fund.committee.records import Motion, Resolution, ResolutionKind
from app.fund.committee.records.lines import ProposalLine
from app.kit.db import db
from app.kit.money import format_baht
from app.kit.thai import long_date


def _until(row: Motion | Resolution) -> str:
    return f"จนถึงวันที่ {long_date(row.waits_until)}" if row.waits_until else "จนกว่าเงินจะพอ"


def of_motion(motion: Motion) -> str:
    """What the members are asked: `อนุมัติ 400.00 บาท`."""
    kind = ResolutionKind(motion.kind)
    if kind == ResolutionKind.DEFER:
        return f"{kind.words} {_until(motion)}"
    if kind == ResolutionKind.AMEND:
        return f"แก้ไขมติเป็น {format_baht(motion.satang)} บาท"
    if kind == ResolutionKind.RESCIND:
        return "ยกเลิกมติ คืนเงินที่ยังไม่จ่าย"
    if kind == ResolutionKind.RATIFY:
        return kind.words
    return f"{kind.words} {format_baht(motion.satang)} บาท"


def of_resolution(made: Resolution) -> str:
    """What was decided: `อนุมัติบางส่วน 300.00 บาท`, `เลื่อนการพิจารณา จนกว่าเงินจะพอ`, `ยกเลิกมติที่ 1/2569`, `ไม่รับรองมติที่ 1/2569`."""
    kind = ResolutionKind(made.kind)
    if kind == ResolutionKind.DEFER:
        return f"{kind.words} {_until(made)}"
    before = f"ที่ {made.supersedes.code}" if made.supersedes else ""
    if kind == ResolutionKind.REJECT:
        return f"ไม่รับรองมติ{before} คืนเงินที่ยังไม่จ่าย" if before else kind.words
    if kind == ResolutionKind.AMEND:
        return f"แก้ไขมติ{before} เป็น {format_baht(made.satang)} บาท"
    if kind in (ResolutionKind.RESCIND, ResolutionKind.RATIFY):
        return f"{kind.words}{before}"
    return f"{kind.words} {format_baht(made.satang)} บาท"


def of_lines(motion: Motion) -> list[str]:
    """What of each line an approval in part takes: `ผ้าห่ม 3 จาก 10 · 750.00 บาท`; what an amendment by lines makes of
    each that was asked for: `ผ้าห่ม 3 เดิมขอ 10 · 750.00 บาท`, `หมอน ตัดออก เดิมขอ 10`."""
    told = [
        f"{row.line.title} {row.quantity:,} {_asked(row.line)} · {format_baht(row.quantity * row.line.unit_satang)} บาท"
        for row in motion.lines
    ]
    return [*told, *(f"{line.title} ตัดออก เดิมขอ {line.quantity:,}" for line in _cut(motion))]


def _asked(line: ProposalLine) -> str:
    return f"เดิมขอ {line.first.quantity:,}" if line.first else f"จาก {line.quantity:,}"


def _cut(motion: Motion) -> list[ProposalLine]:
    """Lines beside which those of an amendment were first asked for, and which it does not name."""
    kept = {row.line.first_id: row.line.first for row in motion.lines if row.line.first}
    whole = select(ProposalLine).where(
        ProposalLine.version_id.in_({line.version_id for line in kept.values()})
    )
    rows = db.session().scalars(whole.order_by(ProposalLine.position)) if kept else ()
    return [line for line in rows if line.id not in kept]


def of_sources(rows: Motion | Resolution) -> list[tuple[str, int]]:
    """From which purposes the money comes, with satang; one a purpose."""
    parts = rows.parts if isinstance(rows, Motion) else rows.commitments
    return [(part.purpose.name_th, part.satang) for part in parts]

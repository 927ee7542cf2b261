"""Checks of closed months: what was certified stays true."""

from app.fund.closing import month_facts
from app.fund.ledger import books, months


@books.integrity_check("เดือนที่ปิดบัญชีแล้วยังเป็นอย่างที่รับรองไว้")
def closed_months_stay_true() -> list[str]:
    found = []
    newer = None
    # Not their papers: the facts say what the papers do.
    for month in months.all_closed():
        name = months.written(month.first_on)
        if not month.genuine:
            found.append(f"ข้อเท็จจริงของเดือน {name} ไม่ตรงกับรหัสตรวจสอบ")
        elif month_facts.entries(month.first_on, month.last_on) != month.certified["entries"]:
            found.append(f"รายการบัญชีของเดือน {name} เปลี่ยนไปหลังปิดเดือน")
        if newer is not None and months.after(month.first_on) != newer:
            found.append(f"ระหว่างเดือน {name} กับเดือนถัดไปที่ปิดแล้ว มีเดือนที่ยังไม่ปิด")
        newer = month.first_on
    return found

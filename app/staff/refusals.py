"""Refusals: what a person reads when the database refuses, by the constraint or trigger that does."""

from app.kit.language import marked

REQUEST_ANSWERED = "คำขอนี้มีผู้ตัดสิน ถอน หรือพ้นกำหนดไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล"
CONCERNED = "คำขอนี้เกี่ยวกับตัวบุคคลนั้นเอง ผู้นั้นจึงขอหรืออนุมัติไม่ได้ กรุณาให้อีกสองท่านทำรายการนี้"
WHO_APPROVES = "ประธาน เจ้าหน้าที่การเงิน ฝ่ายเลขานุการ หรือผู้ดูแลระบบ"
LINK_CLOSED = marked("ลิงก์นี้ใช้ไม่ได้แล้ว เพราะใช้ไปแล้วหรือเกินหนึ่งชั่วโมง กรุณาขอตั้งรหัสผ่านใหม่อีกครั้ง")

REFUSALS: dict[str, str] = {
    # approvals
    "uq_approval_request_open": "เรื่องนี้มีคำขอที่รอผู้อนุมัติอยู่แล้ว กรุณาเปิดหน้า “รอผู้อนุมัติ” หรือถอนคำขอเดิมก่อน",
    "uq_approval_request_open_of_finance": "รายการนี้มีผู้ตัดสินไว้แล้ว กำลังรออีกท่านหนึ่งยืนยัน กรุณาเปิดหน้านี้ใหม่",
    "approval_request_decided_once": REQUEST_ANSWERED,
    "final_approval_request": "คำขอที่ส่งแล้วแก้ไขไม่ได้ กรุณาถอนแล้วขอใหม่",
    "kept_approval_request": "คำขอที่ส่งแล้วลบไม่ได้ กรุณาถอนแทน",
    "approval_request_asked_in_role": f"เฉพาะ{WHO_APPROVES}ที่ขอเรื่องนี้ได้",
    **dict.fromkeys(
        (
            "approval_request_decided_in_role",
            "ck_approval_request_another_person",
            "ck_approval_request_other_role",
        ),
        "ผู้ขอกับผู้อนุมัติต้องเป็นคนละคนและถือบทบาทต่างกัน ทั้งคู่ต้องยังถือบทบาทนั้นอยู่ กรุณาให้อีกท่านหนึ่งอนุมัติ",
    ),
    **dict.fromkeys(
        ("ck_approval_request_not_concerned", "ck_approval_request_not_concerned_asking"), CONCERNED
    ),
    "ck_approval_request_finance_roles": "เฉพาะเจ้าหน้าที่การเงินขอเรื่องนี้ได้ และเจ้าหน้าที่การเงินอีกท่านหรือประธานเป็นผู้อนุมัติ",
    # audit
    "chain_link_in_order": "มีการผนึกบันทึกตรวจสอบพร้อมกัน ระบบจะผนึกต่อในรอบถัดไป",
    # people
    "uq_user_account_sign_in_name": "ชื่อผู้ใช้นี้มีคนใช้แล้ว กรุณาเลือกชื่ออื่น",
    "role_grant_compatible": "บุคคลนี้มีบทบาทที่ขัดกับบทบาทนี้อยู่ กรุณาเพิกถอนบทบาทเดิมก่อน หรือมอบให้ผู้อื่น",
    "role_grant_by_two": "บทบาทนี้ต้องมีผู้ขอและผู้อนุมัติสองท่านต่างบทบาทกัน กรุณาขอที่หน้าผู้ใช้ คำสั่งที่เครื่องใช้ได้เฉพาะเมื่อยังไม่มีผู้ใดถือบทบาทนี้",
    # resets
    **dict.fromkeys(
        ("password_link_by_two", "password_of_officer_by_two"),
        "รหัสผ่านของผู้ถือบทบาทนี้ต้องมีผู้ขอและผู้อนุมัติสองท่านต่างบทบาทกัน กรุณาใช้ “ขอตั้งรหัสผ่านใหม่”",
    ),
    "password_link_used_once": LINK_CLOSED,
    # reads
    "final_read_event": "บันทึกการเปิดดูแก้ไขไม่ได้",
    "kept_read_event": "บันทึกการเปิดดูลบไม่ได้",
    "reading_day_never_falls": "จำนวนที่เปิดดูในแต่ละวันลดไม่ได้",
    "kept_reading_day": "จำนวนที่เปิดดูในแต่ละวันลบไม่ได้",
    # roles
    "role_grant_stays_revoked": "บทบาทนี้เพิกถอนไปแล้ว กรุณามอบบทบาทใหม่แทน",
}

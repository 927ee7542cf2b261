"""Refusals: what a person reads when the database refuses, by the constraint or trigger that does."""

ISSUER_CHANGED_MEANWHILE = "มีผู้แก้ข้อมูลผู้ออกใบเสร็จไปก่อนแล้วเมื่อสักครู่ กรุณาเปิดหน้านี้ใหม่แล้วตรวจอีกครั้ง"

REFUSALS: dict[str, str] = {
    # carried in
    "carried_by_two": "เงินสมทบของปีก่อนต้องนำเข้าโดยสองคน กรุณาให้คนหนึ่งขอ แล้วให้อีกคนหนึ่งอนุมัติ",
    "carried_within_opening": "เงินสมทบยกมารวมกันเกินยอดยกมากับที่ใช้ไปก่อนหน้า ยังไม่ได้บันทึก กรุณาตรวจไฟล์กับเอกสารยอดยกมา",
    "uq_carried_list_file_hash": "ไฟล์นี้นำเข้าไปแล้ว ระบบไม่นำเข้าซ้ำ",
    # paper books
    "paper_book_by_two": "ใบเสร็จเล่มกระดาษต้องลงทะเบียนโดยสองคน กรุณาให้คนหนึ่งขอ แล้วให้อีกคนหนึ่งอนุมัติ",
    "paper_book_before_receipts": "ปีงบประมาณนี้ออกใบเสร็จในระบบไปแล้ว เลขจะซ้อนกัน จึงลงทะเบียนเล่มกระดาษของปีนี้ไม่ได้ กรุณาเก็บต้นขั้วไว้ให้ตรวจที่กองทุน",
    "uq_paper_receipt_book_fiscal_year_be_volume": "เล่มนี้ของปีงบประมาณนี้ลงทะเบียนไว้แล้ว กรุณาเปิดหน้านี้ใหม่",
    # donations
    "donation_reversal_within_donation": "เงินก้อนนี้เหลือไม่ถึงจำนวนที่จะคืน เพราะจ่ายช่วยเหลือหรือคืนไปบ้างแล้ว กรุณาดูยอดที่เหลือของเงินก้อนนี้",
    # documents
    "in_kind_receipt_document_as_recorded": "ใบรับสิ่งของต้องตรงกับรายการที่บันทึกไว้ ยังไม่ได้ออกใบรับ กรุณาแจ้งผู้ดูแลระบบ",
    "in_kind_receipt_document_of_cancelled": "รายการสิ่งของนี้ยกเลิกไปแล้ว จึงออกใบรับไม่ได้",
    # goods
    "in_kind_donation_voided_once": "รายการสิ่งของนี้ยกเลิกไปแล้ว ไม่ต้องทำซ้ำ",
    "in_kind_donation_without_gap": "มีผู้บันทึกสิ่งของพร้อมกัน ยังไม่ได้บันทึก กรุณากดอีกครั้ง",
    "goods_for_own_pledge": "ความประสงค์นี้ไม่ใช่ของเครือข่ายนี้ หรือไม่ใช่สิ่งของประเภทนี้ กรุณาเลือกความประสงค์ใหม่",
    # contacts
    "contact_ends_once": "ผู้ติดต่อนี้สิ้นสุดไปแล้ว แก้ไขอีกไม่ได้ กรุณาเพิ่มผู้ติดต่อใหม่",
    # networks
    "uq_network_code": "มีเครือข่ายที่ใช้รหัสนี้แล้ว กรุณาใช้รหัสอื่น",
    **dict.fromkeys(
        ("network_founded_in_branch", "network_moved_in_branch"),
        "เครือข่ายย่อยต้องอยู่ในอำเภอของเครือข่ายที่สังกัด และวนกลับมาสังกัดตัวเองไม่ได้ กรุณาตรวจสายสังกัด",
    ),
    # collections
    "collection_closed_once": "QR รับสมทบนี้ปิดไปแล้ว กรุณาเปิด QR ใหม่แทน",
    **dict.fromkeys(
        (
            "uq_collection_open_network",
            "uq_collection_open_pledge",
            "uq_collection_network_id_purpose_id",
            "uq_collection_pledge_id",
        ),
        "เครือข่ายนี้มี QR รับสมทบที่เปิดอยู่แล้วสำหรับเรื่องเดียวกัน กรุณาใช้ QR เดิม หรือปิด QR เดิมก่อน",
    ),
    # fund accounts
    "uq_fund_account_number": "กองทุนมีบัญชีเลขที่นี้อยู่แล้ว กรุณาเปิดหน้าของบัญชีนั้น หรือใช้เลขที่บัญชีอื่น",
    "uq_fund_account_biller_id": "Biller ID นี้เป็นของบัญชีอื่นของกองทุนแล้ว กรุณาขอ Biller ID ของบัญชีนี้จากธนาคาร",
    # payees
    **dict.fromkeys(
        ("fund_account_proposed_by_two", "fund_account_by_two", "payee_by_two"),
        "บัญชีรับเงินเปลี่ยนได้เมื่อสองคนที่ถือบทบาทต่างกันอนุมัติแล้วเท่านั้น กรุณาขอที่หน้าตั้งค่ากองทุน",
    ),
    "payee_ended_once": "ผู้รับเงินนี้สิ้นสุดไปแล้ว แก้ไขอีกไม่ได้ กรุณาเสนอผู้รับเงินใหม่",
    "fund_account_stays": "ธนาคาร เลขที่ และชื่อของบัญชีเปลี่ยนไม่ได้ กรุณาเสนอเป็นบัญชีใหม่",
    "payee_waits": "ผู้รับเงินใหม่มีผลได้เร็วที่สุด 24 ชั่วโมงหลังอนุมัติ",
    # payment requests
    "payment_request_stays_received": "รายการนี้ได้รับเงินแล้ว กรุณาถอนการจับคู่ของเงินก้อนนั้นก่อน",
    **dict.fromkeys(
        ("uq_payment_request_open_amount", "uq_payment_request_account_id_due_satang"),
        "มีผู้จองยอดเดียวกันนี้เมื่อสักครู่ กรุณากดอีกครั้ง ระบบจะเลือกเศษสตางค์ที่ว่างให้",
    ),
    # purposes
    "uq_purpose_code": "มีวัตถุประสงค์ที่ใช้รหัสนี้แล้ว กรุณาใช้รหัสอื่น",
    # references
    **dict.fromkeys(
        ("payment_request_reference_is_new", "collection_reference_is_new"),
        "รหัสอ้างอิงนี้ใช้ไปแล้ว กรุณากดอีกครั้ง ระบบจะออกรหัสใหม่ให้",
    ),
    # solicitation
    "approval_withdrawn_once": "หนังสืออนุมัตินี้ถอนไปแล้ว แก้ไขอีกไม่ได้ หากต้องใช้ กรุณาบันทึกหนังสือใหม่",
    # stops
    **dict.fromkeys(
        ("uq_giving_stop_open", "uq_giving_stop_what"), "มีผู้หยุดรับเงินไว้แล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด"
    ),
    "giving_stop_ended_by_two": "เปิดรับเงินอีกครั้งได้เมื่อสองคนที่ถือบทบาทต่างกันอนุมัติแล้วเท่านั้น",
    # instalments
    "instalment_within_pledge": "ผลรวมของงวดเกินจำนวนที่แจ้งความประสงค์ กรุณาตรวจจำนวนของแต่ละงวด",
    # pledges
    "uq_due_date_request_open": "ขอเลื่อนกำหนดไว้แล้ว รอกองทุนตอบ",
    "final_due_date_request": "คำขอเลื่อนกำหนดนี้ตอบไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
    "pledge_ends_once": "ความประสงค์นี้จบไปแล้ว เปลี่ยนสถานะอีกไม่ได้ กรุณาแจ้งความประสงค์ใหม่",
    "donation_for_pledge_of_money": "ความประสงค์นี้เป็นสิ่งของหรือแรงงาน จึงรับเป็นเงินไม่ได้ กรุณาเลือกความประสงค์ที่เป็นเงิน",
    # issuer
    **dict.fromkeys(
        ("issuer_version_in_order", "pk_issuer_version", "uq_issuer_version_number"), ISSUER_CHANGED_MEANWHILE
    ),
    "issuer_version_by_two": "ข้อมูลผู้ออกใบเสร็จเปลี่ยนได้เมื่อสองคนที่ถือบทบาทต่างกันอนุมัติแล้วเท่านั้น",
    # receipts
    "receipt_due_issued_once": "ใบเสร็จรับเงินของเงินสมทบนี้ออกไปแล้ว หรือยังไม่ได้ออก กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด",
    "receipt_voided_once": "ใบเสร็จรับเงินนี้ยกเลิกไปแล้ว ไม่ต้องทำซ้ำ",
    "retired_after_the_last": "เลขที่จะเลิกใช้ต้องต่อจากเลขล่าสุดของเล่ม กรุณาสั่งใหม่",
    "receipt_without_gap": "มีการออกใบเสร็จรับเงินพร้อมกัน ยังไม่ได้ออกใบนี้ กรุณากดอีกครั้ง",
    **dict.fromkeys(
        ("uq_receipt_live_donation", "uq_receipt_donation_id"),
        "เงินสมทบนี้มีใบเสร็จรับเงินที่ใช้ได้อยู่แล้ว หากต้องออกใหม่ กรุณายกเลิกใบเดิมก่อน",
    ),
    # edonation
    **dict.fromkeys(
        ("uq_edonation_report_live", "uq_edonation_report_donation_id"),
        "เงินก้อนนี้บันทึกว่ารายงาน e-Donation แล้ว รายงานซ้ำไม่ได้ กรุณาเปิดหน้านี้ใหม่",
    ),
    # claims
    "slip_picture_gone": "ภาพสลิปนี้ลบไปแล้ว นำกลับมาไม่ได้",
    "slip_picture_needed": "สลิปนี้ยังรอธนาคาร จึงลบภาพไม่ได้ กรุณาปิดสลิปพร้อมเหตุผลก่อน",
}

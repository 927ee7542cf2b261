"""Match reasons: why a bank event is what it is, each with its words, its group in the queue and who may end the wait.

The one table of them: models, rules, pages and the database's CHECKs take their values and words from here.
"""

from enum import StrEnum


class ReconciliationState(StrEnum):
    """What became of a bank event: its words and colour on the pages, and its words beside a statement's line."""

    words: str
    colour: str
    on_line: str

    def __new__(
        cls, value: str, words: str = "", colour: str = "neutral", on_line: str = ""
    ) -> "ReconciliationState":
        made = str.__new__(cls, value)
        made._value_, made.words, made.colour, made.on_line = value, words, colour, on_line or words
        return made

    #: Just recorded; the rules have not looked at it yet.
    NEW = "new", "กำลังตรวจ", "info", "รอตัดสิน"
    #: For the finance officer.
    WAITING = "waiting", "รอเจ้าหน้าที่", "warning"
    #: Became donations, the whole of it.
    POSTED = "posted", "ลงเป็นเงินสมทบแล้ว", "success", "ลงเป็นเงินสมทบ"
    #: Another source told this payment first.
    DUPLICATE = "duplicate", "แจ้งซ้ำจากอีกช่องทาง", "neutral", "ธนาคารแจ้งทางอื่นแล้ว"
    #: No donation: money out, a fee, interest, a deposit of the fund's own.
    EXCLUDED = "excluded", "ไม่ใช่เงินสมทบ", "neutral"


#: States that are nobody's decision yet.
UNDECIDED = (ReconciliationState.NEW, ReconciliationState.WAITING)


class QueueGroup(StrEnum):
    """A kind of money that waits, with its label and colour. Their order is that of the day's work."""

    label: str
    kind: str

    def __new__(cls, value: str, label: str = "", kind: str = "warning") -> "QueueGroup":
        made = str.__new__(cls, value)
        made._value_, made.label, made.kind = value, label, kind
        return made

    #: What no other group takes.
    UNMATCHED = "unmatched", "ยังไม่รู้ว่าเป็นของใคร"
    AMBIGUOUS = "tie", "เข้าได้หลายรายการ"
    OVER = "over", "เงินเกิน"
    UNDER = "under", "โอนไม่ครบ"
    LATE = "late", "มาหลังหมดอายุ"
    PAID_TWICE = "twice", "จ่าย QR เดิมซ้ำ"
    DEPOSIT = "deposit", "น่าจะเป็นเงินนำฝาก"
    OTHER_BILLER = "biller", "ผิดบัญชีหรือผิดผู้รับ", "danger"
    FOREIGN_CURRENCY = "currency", "ไม่ใช่เงินบาท", "danger"
    UNCONFIRMED = "unconfirmed", "ธนาคารไม่ยืนยัน", "danger"
    ONE_PERSON = "one_person", "รออีกท่านยืนยันไฟล์", "info"
    REVERSAL = "reversal", "ธนาคารเรียกเงินคืน", "danger"
    BATCH = "batch", "รวมหลายรายการ"
    SENT_BACK = "sent_back", "คืนผู้ชำระไปแล้ว", "danger"
    PAYOUT = "payout", "อาจเป็นเงินโอนจาก Omise"
    FAULT = "fault", "ระบบตัดสินไม่ได้", "danger"
    REFUND = "refund", "รอคืนผู้โอน", "info"
    PARKED = "held", "พักรอข้อมูล", "neutral"
    NEW = "new", "กำลังตรวจ", "info"


class Actor(StrEnum):
    """Who may end the wait of an event besides the finance officer's decision."""

    #: A giver's slip that names it.
    SLIP = "slip"
    #: The provider's own answer about it.
    PROVIDER = "provider"
    #: A line of the bank's statement that tells it, too.
    STATEMENT = "statement"
    #: The bank's own list of its day.
    BANK_LIST = "bank_list"
    #: Another person's word on its file.
    SECOND_PERSON = "second_person"
    #: What it may be the same payment as turns out to be another.
    PAIRING = "pairing"


class MatchReason(StrEnum):
    """Why an event is what it is. What an officer made wait (`by_officer`) is no rule's to decide until he decides again.

    `doubt` is the sentence of what the reading of its file left in doubt: such a line waits whatever its references say.
    """

    words: str
    group: QueueGroup
    ended_by: tuple[Actor, ...]
    by_officer: bool
    doubt: str

    def __new__(
        cls,
        value: str,
        words: str = "",
        group: QueueGroup = QueueGroup.UNMATCHED,
        ended_by: tuple[Actor, ...] = (),
        by_officer: bool = False,
        doubt: str = "",
    ) -> "MatchReason":
        made = str.__new__(cls, value)
        made._value_, made.words, made.group, made.ended_by = value, words, group, ended_by
        made.by_officer, made.doubt = by_officer, doubt
        return made

    #: Nobody has looked yet.
    NONE = "", "ยังไม่ตัดสิน"

    # Donations by the rules, the surest first.
    EXACT_REFERENCE = "exact_reference", "รหัสอ้างอิงและจำนวนเงินตรง"
    SLIP = "slip", "สลิปตรงกับที่ธนาคารแจ้ง"
    STANDING_QR = "standing_qr", "โอนด้วย QR รับสมทบของเครือข่าย"
    UNIQUE_AMOUNT = "unique_amount", "จำนวนเงินตรงกับรายการเดียว"
    COUNTER = "counter", "รับที่เคาน์เตอร์ของกองทุน"

    # By an officer's hand.
    OFFICER = "officer", "เจ้าหน้าที่ตัดสิน"
    SPLIT = "split", "แบ่งเป็นหลายส่วน"

    # No donation.
    OUTGOING = "outgoing", "เงินออกจากบัญชี"
    DEPOSIT = "deposit", "นำฝากเงินที่รับจากเคาน์เตอร์"
    VOID = "void", "ยกเลิกรายการรับเงิน"
    BOUNCED = "bounced", "เช็คเรียกเก็บเงินไม่ได้"
    DUPLICATE = "duplicate", "แจ้งซ้ำจากอีกช่องทาง"
    WITHDRAWN = "withdrawn", "ไฟล์ถูกถอน"
    BROUGHT_FORWARD = "brought_forward", "อยู่ในยอดยกมาแล้ว"
    #: Omise paying out what its charges brought; a line that only calls itself so waits.
    PAYOUT = "payout", "เงินโอนจาก Omise", QueueGroup.PAYOUT

    # Whose it is, is not known.
    UNMATCHED = "unmatched", "ไม่รู้ว่าเป็นของใคร", QueueGroup.UNMATCHED, (Actor.SLIP,)
    MISSPELT_REFERENCE = "misspelt_reference", "รหัสอ้างอิงน่าจะพิมพ์ผิด", QueueGroup.UNMATCHED, (Actor.SLIP,)
    AMOUNT_ONLY = "amount_only", "ตรงแต่จำนวนเงิน", QueueGroup.UNMATCHED, (Actor.SLIP,)
    AMBIGUOUS = "ambiguous", "เข้าได้หลายรายการ", QueueGroup.AMBIGUOUS, (Actor.SLIP,)
    SLIP_DIFFERS = "slip_differs", "สลิปไม่ตรงกับรายการให้", QueueGroup.UNMATCHED, (Actor.SLIP,)
    SEVERAL_SLIPS = "several_slips", "ผู้ให้หลายรายการส่งสลิปเดียวกัน", QueueGroup.AMBIGUOUS, (Actor.SLIP,)

    # It is known whose, but not whether it counts so.
    #: In the queue among what is too much or too little, as its sums say.
    WRONG_AMOUNT = "wrong_amount", "รหัสอ้างอิงตรง จำนวนเงินไม่ตรง", QueueGroup.UNDER
    LATE = "late", "มาหลังหมดอายุ", QueueGroup.LATE
    PAID_TWICE = "paid_twice", "จ่าย QR เดิมซ้ำ", QueueGroup.PAID_TWICE
    POSSIBLE_DUPLICATE = (
        "possible_duplicate",
        "อาจเป็นเงินก้อนเดียวกับอีกช่องทาง",
        QueueGroup.PAID_TWICE,
        (Actor.PAIRING,),
    )
    OTHER_FILE = "other_file", "อีกไฟล์มีเงินวันและยอดเดียวกัน", QueueGroup.PAID_TWICE
    LIKELY_DEPOSIT = "likely_deposit", "น่าจะเป็นเงินนำฝาก", QueueGroup.DEPOSIT
    OTHER_BILLER = "other_biller", "ผิดบัญชีหรือผิดผู้รับ", QueueGroup.OTHER_BILLER
    FOREIGN_CURRENCY = "foreign_currency", "ไม่ใช่เงินบาท", QueueGroup.FOREIGN_CURRENCY

    # Its bank or its file does not bear it out.
    UNCONFIRMED = (
        "unconfirmed",
        "ธนาคารไม่ยืนยัน",
        QueueGroup.UNCONFIRMED,
        (Actor.PROVIDER, Actor.STATEMENT),
    )
    PROVIDER_DIFFERS = (
        "provider_differs",
        "ธนาคารตอบไม่ตรงกับที่แจ้ง",
        QueueGroup.UNCONFIRMED,
        (Actor.PROVIDER, Actor.STATEMENT),
    )
    #: Its bank sent a part or all back to the payer.
    SENT_BACK = "sent_back", "คืนผู้ชำระไปแล้ว", QueueGroup.SENT_BACK, (Actor.PROVIDER,)
    #: The bank's own list of its day lacks it.
    DENIED = "denied", "รายการของธนาคารไม่มีเงินก้อนนี้", QueueGroup.UNCONFIRMED, (Actor.BANK_LIST,)
    #: Reconciled by the rules if its file were more than one person's word.
    ONE_PERSON = "one_person", "รออีกท่านยืนยันไฟล์", QueueGroup.ONE_PERSON, (Actor.SECOND_PERSON, Actor.BANK_LIST)

    # The rules could not.
    REFUSED = "refused", "ลงบัญชีไม่ได้", QueueGroup.FAULT
    FAULT = "fault", "ระบบตัดสินไม่ได้", QueueGroup.FAULT

    # As an officer left it.
    PARKED = "parked", "พักรอข้อมูล", QueueGroup.PARKED, (), True
    UNDONE = "undone", "ถอนการตัดสินเดิม", QueueGroup.UNMATCHED, (), True
    #: To be sent back to its payer, or sent back.
    REFUND = "refund", "คืนผู้โอน", QueueGroup.REFUND, (), True
    REFUND_REFUSED = "refund_refused", "ไม่อนุมัติการคืนเงิน", QueueGroup.UNMATCHED, (), True

    # Left in doubt by the reading of its file.
    #: It takes another line back, by the bank's mark or words or by a sign against the file's rule.
    REVERSAL = (
        "reversal",
        "ธนาคารเรียกเงินคืน",
        QueueGroup.REVERSAL,
        (),
        False,
        "ธนาคารบอกว่าเป็นการกลับรายการหรือคืนเงิน กรุณาดูว่ากลับรายการใด แล้วตัดสินทั้งสองรายการ",
    )
    #: The bank's word for its state is not known.
    UNKNOWN_STATUS = (
        "unknown_status",
        "ธนาคารบอกสถานะที่ไม่รู้จัก",
        QueueGroup.UNCONFIRMED,
        (),
        False,
        "ธนาคารบอกสถานะที่ระบบไม่รู้จัก กรุณาตรวจกับธนาคารว่าเงินเข้าหรือออกจริงแล้ว ก่อนตัดสิน",
    )
    #: Another cell of its row says that it has not happened, is not in baht or goes the other way.
    CONTRADICTED = (
        "contradicted",
        "ช่องอื่นในบรรทัดขัดกับจำนวนเงิน",
        QueueGroup.UNCONFIRMED,
        (),
        False,
        "ช่องอื่นในบรรทัดเดียวกันบอกว่ารายการไม่สำเร็จ เป็นเงินสกุลอื่น หรือเข้าออกสวนทางกับจำนวนเงิน กรุณาตรวจกับธนาคารก่อนตัดสิน",
    )
    #: One amount of several payments of which the file does not tell each.
    BATCH = (
        "batch",
        "รวมหลายรายการ",
        QueueGroup.BATCH,
        (),
        False,
        "ธนาคารรวมหลายรายการเป็นยอดเดียวและบอกรายการย่อยไม่ครบ กรุณาขอรายการย่อยจากธนาคาร แล้วแบ่งเป็นหลายส่วน",
    )
    #: Equal in everything to a line of another file, and nothing says whether it is that line.
    EQUAL_LINE = (
        "equal_line",
        "เหมือนรายการของไฟล์อื่นทุกช่อง",
        QueueGroup.PAID_TWICE,
        (),
        False,
        "เหมือนรายการของไฟล์อื่นทุกช่อง และไฟล์ไม่บอกยอดคงเหลือที่แยกได้ กรุณาดูว่าเป็นเงินก้อนเดียวกันหรืออีกก้อน หากเป็นก้อนเดียวกันให้บันทึกรายการนี้ว่าไม่ใช่เงินสมทบ",
    )


def ended_by(actor: Actor) -> tuple[MatchReason, ...]:
    """The reasons under which an event waits only until this actor speaks."""
    return tuple(reason for reason in MatchReason if actor in reason.ended_by)


def in_sql(values: type[StrEnum]) -> str:
    """The values as a CHECK lists them."""
    return ", ".join(f"'{value.value}'" for value in values)

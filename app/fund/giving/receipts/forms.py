"""Forms of receipts: checking one by what is printed on it, and the issuer."""

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from app.kit.forms import BahtField, CountField, Form, Given
from app.kit.language import marked


class CheckForm(Form):
    number = StringField(
        marked("เลขที่ใบเสร็จหรือใบรับสิ่งของ"),
        validators=[
            InputRequired(marked("กรุณาใส่เลขที่ใบเสร็จ เช่น 2569/000123")),
            Length(max=40, message=marked("เลขที่ยาวเกินไป ดูตัวอย่าง 2569/000123")),
        ],
    )
    amount = BahtField(
        marked("จำนวนเงินหรือมูลค่าบนกระดาษ"), validators=[Given(marked("กรุณาใส่จำนวนเงินหรือมูลค่าบนกระดาษ"))]
    )


class PaperBookForm(Form):
    """A book of paper receipts from before."""

    year = CountField("ปีงบประมาณ (พ.ศ.)", validators=[Given("กรุณาใส่ปีงบประมาณ เช่น 2565")])
    volume = StringField("เล่มที่ (ถ้ามี)", validators=[Length(max=20)])
    first = CountField("เลขที่แรกของเล่ม", validators=[Given("กรุณาใส่เลขที่แรก")])
    last = CountField("เลขที่สุดท้ายที่ใช้แล้ว", validators=[Given("กรุณาใส่เลขที่สุดท้ายที่ใช้แล้ว")])
    ask_at = StringField("สอบถามต้นขั้วที่", validators=[InputRequired("กรุณาบอกที่สอบถาม"), Length(max=200)])
    reason = StringField("เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)])


class IssuerForm(Form):
    issuer_name = StringField("ชื่อผู้ออกใบเสร็จ")
    address = StringField("ที่อยู่")
    tax_id = StringField("เลขประจำตัวผู้เสียภาษี 13 หลัก")
    signer = StringField("ชื่อผู้มีอำนาจลงนาม (ไม่บังคับ)")
    signer_position = StringField("ตำแหน่ง (ไม่บังคับ)")
    reason = StringField("เหตุผลที่เปลี่ยน", validators=[Length(max=300)])
    seen = HiddenField()

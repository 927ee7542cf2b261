"""Forms of receipts: checking one by what is printed on it, the issuer, a batch, a year, and what the Revenue Department is told."""

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.kit.forms import BahtField, Form, Given, ThaiDateField


class CheckForm(Form):
    number = StringField(
        "เลขที่ใบเสร็จหรือใบรับสิ่งของ",
        validators=[
            InputRequired("กรุณาใส่เลขที่ใบเสร็จ เช่น 2569/000123"),
            Length(max=40, message="เลขที่ยาวเกินไป ดูตัวอย่าง 2569/000123"),
        ],
    )
    amount = BahtField("จำนวนเงินหรือมูลค่าบนกระดาษ", validators=[Given("กรุณาใส่จำนวนเงินหรือมูลค่าบนกระดาษ")])


class IssuerForm(Form):
    issuer_name = StringField("ชื่อผู้ออกใบเสร็จ")
    address = StringField("ที่อยู่")
    tax_id = StringField("เลขประจำตัวผู้เสียภาษี 13 หลัก")
    signer = StringField("ชื่อผู้มีอำนาจลงนาม (ไม่บังคับ)")
    signer_position = StringField("ตำแหน่ง (ไม่บังคับ)")
    reason = StringField("เหตุผลที่เปลี่ยน", validators=[Length(max=300)])
    seen = HiddenField()


class BatchForm(Form):
    first_on = ThaiDateField("ออกใบเสร็จตั้งแต่วันที่", validators=[Given("กรุณาใส่วันเริ่ม")])
    last_on = ThaiDateField("ถึงวันที่", validators=[Given("กรุณาใส่วันสิ้นสุด")])
    network = SelectField("เครือข่าย", default="")
    book = SelectField("เล่ม", default="*")
    shape = RadioField(
        "ไฟล์ที่ต้องการ",
        choices=[SelectChoice("pdf", "PDF ไฟล์เดียว เรียงตามเลขที่"), SelectChoice("zip", "ZIP ใบละไฟล์")],
        default="pdf",
    )


class TaxForm(Form):
    kind = RadioField(
        "ผู้บริจาคเป็น",
        choices=[SelectChoice("person", "บุคคลธรรมดา"), SelectChoice("company", "นิติบุคคล")],
        default="person",
    )
    name = StringField(
        "ชื่อตามบัตรประชาชนหรือหนังสือรับรอง",
        validators=[
            InputRequired("กรุณาใส่ชื่อ"),
            Length(max=160, message="ชื่อยาวเกินไป โปรดใส่ไม่เกิน 160 ตัวอักษร"),
        ],
    )
    tax_id = StringField("เลขประจำตัวผู้เสียภาษี 13 หลัก", validators=[InputRequired("กรุณาใส่เลข 13 หลัก")])
    consent = BooleanField(
        "ยินยอมให้กองทุนส่งชื่อ เลขประจำตัวผู้เสียภาษี และจำนวนเงินนี้ให้กรมสรรพากร",
        validators=[InputRequired("กรุณากดยินยอม หากไม่ยินยอม ไม่ต้องส่งแบบนี้")],
    )

"""Forms of in-kind donations."""

from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from app.fund.giving.records.goods import ValuedFrom
from app.fund.giving.records.pledges import PledgeKind
from app.kit.forms import BahtField, CountField, Form, Given, Printable, ThaiDateField


class InKindDonationForm(Form):
    pledge = SelectField("ตามความประสงค์")
    kind = RadioField(
        "สิ่งที่ได้รับ",
        choices=[SelectChoice(kind.value, kind.words) for kind in (PledgeKind.GOODS, PledgeKind.LABOUR)],
        default=PledgeKind.GOODS.value,
    )
    what = StringField("ชื่อสิ่งของหรือแรงงาน", validators=[Length(max=200)])
    quantity = CountField("จำนวนที่ได้รับ", validators=[Given("กรุณาใส่จำนวน")])
    unit = StringField("หน่วยนับ", validators=[Length(max=40)])
    amount = BahtField("มูลค่ารวมโดยประมาณ", validators=[Given("กรุณาใส่มูลค่าโดยประมาณ")])
    valued_from = SelectField(
        "มูลค่าประเมินจาก",
        choices=[SelectChoice(source.value, source.words) for source in ValuedFrom],
    )
    valuation = StringField("รายละเอียดการประเมิน", validators=[Length(max=300)])
    received_on = ThaiDateField("วันที่รับ", validators=[Given("กรุณาใส่วันที่รับ")])
    network_code = StringField("เครือข่าย (รหัส)", validators=[Length(max=12)])
    purpose = SelectField("เพื่อ", default="general")
    giver = StringField("ชื่อผู้ให้", validators=[Length(max=160), Printable()])

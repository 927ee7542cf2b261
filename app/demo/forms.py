"""Forms of the demonstration bank."""

from collections.abc import Mapping

from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from app.demo.misbehaviour import DEEDS, MANNERS
from app.kit.forms import BahtField, Form
from app.province.banks import banks

#: Bank of the demonstration's payers when nobody chose one.
USUAL_BANK = "004"
#: Who takes the payer's money.
WAYS = {"bank": "พร้อมเพย์ผ่านธนาคาร", "omise": "ผ่านผู้ให้บริการรับชำระ (Omise)"}


def _choices(named: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in named.items()]


class LookForm(Form):
    picture = FileField("ภาพ QR ที่บันทึกไว้")
    code = StringField("หรือรหัสจากที่อยู่หน้า QR", validators=[Optional(), Length(max=60)])


class TransferForm(Form):
    payload = HiddenField(validators=[DataRequired(), Length(max=600)])
    amount = BahtField("จำนวนเงินที่โอน")
    payer = StringField("ชื่อผู้โอน", validators=[DataRequired("กรุณากรอกชื่อผู้โอน"), Length(max=60)])
    payer_bank = SelectField("ธนาคารของผู้โอน", default=USUAL_BANK)
    other_amount = BahtField("โอนจำนวนอื่น", description="เว้นว่างไว้เพื่อโอนตาม QR")
    deed = SelectField("ผู้โอนทำอย่างไร", choices=_choices(DEEDS), default="once")
    manner = SelectField("ธนาคารแจ้งกองทุนอย่างไร", choices=_choices(MANNERS), default="usual")
    way = RadioField("ช่องทาง", choices=_choices(WAYS), default="bank")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.payer_bank.choices = [(bank.code, bank.name_th) for bank in banks() if bank.status == "active"]

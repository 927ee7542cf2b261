"""Forms of the demonstration bank."""

from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from app.demo.bank import USUAL_BANK
from app.kit.forms import BahtField, Form
from app.province.banks import banks


class LookForm(Form):
    picture = FileField("ภาพ QR ที่บันทึกไว้")
    code = StringField("หรือรหัสจากที่อยู่หน้า QR", validators=[Optional(), Length(max=60)])


class TransferForm(Form):
    payload = HiddenField(validators=[DataRequired(), Length(max=600)])
    amount = BahtField("จำนวนเงินที่โอน")
    payer = StringField("ชื่อผู้โอน", validators=[DataRequired("กรุณากรอกชื่อผู้โอน"), Length(max=60)])
    payer_bank = SelectField("ธนาคารของผู้โอน", default=USUAL_BANK)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.payer_bank.choices = [(one.code, one.name_th) for one in banks() if one.status == "active"]

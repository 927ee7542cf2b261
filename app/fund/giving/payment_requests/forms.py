"""Forms of payment requests: giving, accounts, purposes, stops, collections and approvals to solicit."""

from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.fund.giving.payment_requests import fund_accounts
from app.kit.forms import BahtField, Form, Given, ThaiDateField
from app.province.profile import Profile
from app.staff.forms import PasswordAgain


class GiveForm(Form):
    amount = BahtField("จำนวนเงินที่ต้องการให้", validators=[Given("กรุณาใส่จำนวนเงิน")])
    purpose = SelectField("ให้เพื่อ", default="general")
    donor_name = StringField(
        "ชื่อผู้ให้บนใบเสร็จรับเงิน", validators=[Length(max=160, message="ชื่อยาวเกินไป โปรดใส่ไม่เกิน 160 ตัวอักษร")]
    )
    anonymous = BooleanField("ไม่แสดงชื่อต่อสาธารณะ")


class NetworkGiveForm(Form):
    amount = BahtField("จำนวนเงินที่ต้องการให้", validators=[Given("กรุณาใส่จำนวนเงิน")])
    target = SelectField("ให้เพื่อ")
    donor_name = StringField(
        "ชื่อผู้ให้บนใบเสร็จรับเงิน", validators=[Length(max=160, message="ชื่อยาวเกินไป โปรดใส่ไม่เกิน 160 ตัวอักษร")]
    )
    anonymous = BooleanField("ไม่แสดงชื่อต่อสาธารณะ")


class TargetForm(Form):
    target = SelectField("รับสมทบเพื่อ")


class ApprovalForm(Form):
    number = StringField(
        "เลขที่หนังสืออนุมัติ",
        validators=[InputRequired(), Length(max=80, message="ยาวเกินไป โปรดใส่ไม่เกิน 80 ตัวอักษร")],
    )
    approved_on = ThaiDateField("ลงวันที่", validators=[Given("กรุณาใส่วันที่บนหนังสือ")])
    authority = StringField(
        "ผู้อนุมัติ", validators=[InputRequired(), Length(max=200, message="ยาวเกินไป โปรดใส่ไม่เกิน 200 ตัวอักษร")]
    )
    ends_on = ThaiDateField("วันสุดท้ายที่อนุมัติ")


class AccountForm(PasswordAgain, Form):
    bank_code = SelectField("ธนาคาร", validators=[InputRequired()])
    number = StringField("เลขที่บัญชี", validators=[InputRequired(), Length(max=40)])
    holder = StringField("ชื่อบัญชี", validators=[InputRequired(), Length(max=160)])
    reason = StringField("เหตุผลหรือมติ", validators=[InputRequired(), Length(max=300)])

    def offer(self) -> None:
        banks = sorted(fund_accounts.choices(), key=lambda bank: bank.name_th)
        self.bank_code.choices = [
            SelectChoice("", "เลือกธนาคาร"),
            *(SelectChoice(bank.code, bank.name_th) for bank in banks),
        ]


class OpenForm(PasswordAgain, Form):
    biller_id = StringField("Biller ID", validators=[Length(max=40)])
    promptpay_id = StringField("หมายเลขพร้อมเพย์ของกองทุน", validators=[Length(max=40)])
    reason = StringField("เหตุผลหรือมติ", validators=[InputRequired(), Length(max=300)])


class CloseForm(Form):
    """Stands on one page with the form that opens, so its fields have ids of their own."""

    reason = StringField("เหตุผลหรือมติ", validators=[InputRequired(), Length(max=300)], id="close-reason")
    password_again = PasswordField(
        "รหัสผ่านของท่าน อีกครั้ง",
        validators=[InputRequired("กรุณาใส่รหัสผ่านที่ท่านใช้เข้าสู่ระบบ"), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
        id="close-password",
    )


class StopForm(Form):
    reason = StringField("เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)])


class PurposeForm(Form):
    purpose_code = StringField("รหัสวัตถุประสงค์", validators=[InputRequired(), Length(max=24)])
    purpose_name = StringField("ชื่อวัตถุประสงค์", validators=[InputRequired(), Length(max=120)])
    dimension = SelectField("มิติ")

    def offer(self, profile: Profile) -> None:
        self.dimension.choices = [
            SelectChoice("", "ไม่เจาะจงมิติ"),
            *(SelectChoice(dimension.code, dimension.name_th) for dimension in profile.dimensions),
        ]

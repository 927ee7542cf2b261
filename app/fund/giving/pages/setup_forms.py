"""Forms in which the fund's officers set the fund up."""

from wtforms import PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.fund.giving.payment_requests import fund_accounts
from app.fund.giving.records.networks import NETWORK_TYPE_NAMES, OFFICE_NAMES
from app.kit.forms import Form, ThaiDateField
from app.province.profile import Profile
from app.staff.forms import PasswordAgain


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


class NetworkForm(Form):
    network_code = StringField("รหัสเครือข่าย", validators=[InputRequired(), Length(max=12)])
    network_type = SelectField(
        "ประเภท", choices=[SelectChoice(kind.value, words) for kind, words in NETWORK_TYPE_NAMES.items()]
    )
    network_name = StringField("ชื่อเครือข่าย", validators=[InputRequired(), Length(max=160)])
    district_code = SelectField("พื้นที่")
    parent_code = StringField("สังกัดเครือข่าย (รหัส)", validators=[Length(max=12)])
    contact = StringField("ผู้ติดต่อ", validators=[Length(max=160)])

    def offer(self, districts: dict[str, str]) -> None:
        self.district_code.choices = _areas(districts)


class PlaceForm(Form):
    """Where a network stands: under which other one, in which district, and what it is called."""

    network_name = StringField("ชื่อเครือข่าย", validators=[InputRequired(), Length(max=160)])
    parent_code = StringField("สังกัดเครือข่าย (รหัส)", validators=[Length(max=12)])
    district_code = SelectField("พื้นที่")

    def offer(self, districts: dict[str, str]) -> None:
        self.district_code.choices = _areas(districts)


class NoteForm(Form):
    contact = StringField("บันทึกถึงผู้ติดต่อ", validators=[Length(max=160)])


class OfficeForm(Form):
    """Who holds which office and how they are reached."""

    office = SelectField(
        "ตำแหน่ง", choices=[SelectChoice(office.value, words) for office, words in OFFICE_NAMES.items()]
    )
    name = StringField("ชื่อ", validators=[InputRequired("กรุณาใส่ชื่อ"), Length(max=120)])
    phone = StringField("โทรศัพท์", validators=[Length(max=40)])
    email = StringField("อีเมล", validators=[Length(max=160)])
    line_user_id = StringField("รหัสผู้ใช้ LINE", validators=[Length(max=40)])
    since_on = ThaiDateField("ดำรงตำแหน่งตั้งแต่")


def _areas(districts: dict[str, str]) -> list[SelectChoice]:
    return [
        SelectChoice("", "ทั้งจังหวัด"),
        *(SelectChoice(code, f"อำเภอ{name}") for code, name in districts.items()),
    ]

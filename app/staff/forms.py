"""Forms of the staff room."""

from collections.abc import Iterable, Mapping

from wtforms import PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from app.kit.forms import Form, ThaiDateField
from app.kit.language import gettext, marked
from app.staff.roles import BY_TWO, ROLE_NAMES, Role


def options(none: str, known: Mapping[str, str]) -> list[SelectChoice]:
    """Options of a drop-down, the empty one first."""
    return [SelectChoice("", none), *(SelectChoice(code, name) for code, name in known.items())]


class PasswordAgain:
    """What a form asks besides, where a session left open must not be enough. The page gives it to
    `signin.confirm_password` before the deed."""

    password_again = PasswordField(
        marked("รหัสผ่านของท่าน อีกครั้ง"),
        description=marked("ยืนยันว่าเป็นท่านเองที่ทำรายการนี้"),
        validators=[InputRequired(marked("กรุณาใส่รหัสผ่านที่ท่านใช้เข้าสู่ระบบ")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordAgainForm(PasswordAgain, Form):
    """Nothing but the password: for a deed of one button."""


class SignInForm(Form):
    sign_in_name = StringField(marked("ชื่อผู้ใช้"), validators=[InputRequired(), Length(max=60)])
    password = PasswordField(marked("รหัสผ่าน"), validators=[InputRequired(), Length(max=200)])


class EmployForm(Form):
    sign_in_name = StringField("ชื่อผู้ใช้", validators=[InputRequired(), Length(max=60)])
    name = StringField("ชื่อ–นามสกุล พร้อมคำนำหน้า", validators=[InputRequired(), Length(max=120)])
    position = StringField("ตำแหน่ง", validators=[Length(max=160)])


def _names(roles: Iterable[Role]) -> list[SelectChoice]:
    return [SelectChoice(role.value, ROLE_NAMES[role]) for role in roles]


class Term(Form):
    """By which order, and until when."""

    order_number = StringField("เลขที่คำสั่ง", validators=[Length(max=60)])
    ends_on = ThaiDateField("วันสิ้นสุดวาระ")


class GrantForm(Term):
    """A role that an administrator gives alone. Of the field roles the area is chosen, none by itself."""

    WHOLE_PROVINCE = "all"

    role = SelectField("บทบาท", choices=_names(role for role in Role if role not in BY_TWO))
    area_code = SelectField("พื้นที่", validate_choice=False, default="")
    dimension = SelectField("มิติ", validate_choice=False)
    network_code = SelectField("เครือข่าย", validate_choice=False)


class AskGrantForm(Term):
    """A role that two people give. A mentor asked for here reaches the whole province."""

    role = SelectField(
        "บทบาท",
        choices=[*_names(BY_TWO), SelectChoice(Role.MENTOR.value, f"{ROLE_NAMES[Role.MENTOR]} (ทั้งจังหวัด)")],
        id="asked-role",
    )
    order_number = StringField("เลขที่คำสั่ง", validators=[Length(max=60)], id="asked-order")
    ends_on = ThaiDateField("วันสิ้นสุดวาระ", id="asked-ends")
    reason = StringField(
        "เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)], id="grant-reason"
    )


class PasswordForm(Form):
    current = PasswordField(marked("รหัสผ่านปัจจุบัน"), validators=[InputRequired(), Length(max=200)])
    fresh = PasswordField(marked("รหัสผ่านใหม่"), validators=[InputRequired(), Length(max=200)])
    again = PasswordField(marked("รหัสผ่านใหม่ อีกครั้ง"), validators=[InputRequired(), Length(max=200)])

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.fresh.data:
            raise ValidationError(gettext("รหัสผ่านใหม่สองช่องไม่ตรงกัน กรุณาพิมพ์ใหม่"))


class ChooseForm(Form):
    fresh = PasswordField(marked("รหัสผ่านใหม่"), validators=[InputRequired(), Length(max=200)])
    again = PasswordField(marked("รหัสผ่านใหม่ อีกครั้ง"), validators=[InputRequired(), Length(max=200)])

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.fresh.data:
            raise ValidationError(marked("รหัสผ่านใหม่สองช่องไม่ตรงกัน กรุณาพิมพ์ใหม่"))


class AskResetForm(Form):
    reason = StringField(
        "เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)], id="reset-reason"
    )


class AddressesForm(PasswordAgain, Form):
    """Where the portal writes to oneself."""

    email = StringField(marked("อีเมล"), validators=[Length(max=254)])
    line_user_id = StringField(marked("รหัสผู้ใช้ LINE"), validators=[Length(max=40)])

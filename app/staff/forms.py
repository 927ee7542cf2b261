"""Forms of the staff room."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.staff.roles import ROLE_NAMES, Role

_MISSING = "กรุณากรอกช่องนี้"


class SignInForm(FlaskForm):  # type: ignore[misc]
    sign_in_name = StringField(
        "ชื่อผู้ใช้", validators=[InputRequired(_MISSING), Length(max=60, message="ชื่อผู้ใช้ยาวเกินไป")]
    )
    password = PasswordField(
        "รหัสผ่าน", validators=[InputRequired(_MISSING), Length(max=200, message="รหัสผ่านยาวเกินไป")]
    )


class EmployForm(FlaskForm):  # type: ignore[misc]
    sign_in_name = StringField("ชื่อผู้ใช้", validators=[InputRequired(_MISSING)])
    name = StringField(
        "ชื่อ–นามสกุล พร้อมคำนำหน้า",
        validators=[InputRequired(_MISSING), Length(max=120, message="ชื่อยาวเกิน 120 ตัวอักษร")],
    )
    position = StringField("ตำแหน่ง", validators=[Length(max=160, message="ตำแหน่งยาวเกิน 160 ตัวอักษร")])


class GrantForm(FlaskForm):  # type: ignore[misc]
    role = SelectField("บทบาท", choices=[(role.value, ROLE_NAMES[role]) for role in Role])
    area_code = SelectField("พื้นที่", validate_choice=False)
    dimension = SelectField("มิติ", validate_choice=False)
    network_code = StringField(
        "รหัสเครือข่าย", validators=[Length(max=12, message="รหัสเครือข่ายยาวไม่เกิน 12 ตัวอักษร")]
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]
    current = PasswordField("รหัสผ่านปัจจุบัน", validators=[InputRequired(_MISSING)])
    fresh = PasswordField(
        "รหัสผ่านใหม่", validators=[InputRequired(_MISSING), Length(max=200, message="รหัสผ่านยาวเกินไป")]
    )
    again = PasswordField("รหัสผ่านใหม่ อีกครั้ง", validators=[InputRequired(_MISSING)])

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.fresh.data:
            raise ValueError("รหัสผ่านใหม่สองช่องไม่ตรงกัน")

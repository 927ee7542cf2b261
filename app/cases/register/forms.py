"""Forms of the register: opening a round, bringing a file in, looking someone up by national ID."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.cases.register.columns import Years
from app.cases.register.records import RegisterSource
from app.kit.forms import Form, ThaiDateField

_SOURCES = [SelectChoice(source.value, source.words) for source in RegisterSource]


class RoundForm(Form):
    code = StringField("รหัสรอบ", description="เช่น TPMAP-2565", validators=[InputRequired(), Length(max=24)])
    name = StringField("ชื่อรอบ", description="เว้นว่างได้", validators=[Length(max=160)])
    source = SelectField("แหล่งข้อมูล", choices=_SOURCES)
    fiscal_year_be = IntegerField(
        "ปีงบประมาณ", description="พ.ศ. เว้นว่างได้เมื่อมีในรหัสรอบ", validators=[Optional(), NumberRange(2500, 2700)]
    )
    as_of = ThaiDateField("ข้อมูล ณ วันที่")
    declared_total = IntegerField(
        "จำนวนครัวเรือนที่แหล่งข้อมูลแจ้ง",
        description="เว้นว่างเมื่อยังรอข้อมูล",
        validators=[Optional(), NumberRange(0, 10_000_000)],
    )
    declared_persons = IntegerField(
        "จำนวนคนที่แหล่งข้อมูลแจ้ง", description="เว้นว่างได้", validators=[Optional(), NumberRange(0, 100_000_000)]
    )


class AmendForm(Form):
    declared_total = IntegerField("ครัวเรือนที่แหล่งข้อมูลแจ้ง", validators=[Optional(), NumberRange(0, 10_000_000)])
    declared_persons = IntegerField("คนที่แหล่งข้อมูลแจ้ง", validators=[Optional(), NumberRange(0, 100_000_000)])


class ImportForm(Form):
    round_code = StringField(
        "รหัสรอบ",
        description="เช่น TPMAP-2565 รอบที่ยังไม่มี ฝ่ายเลขานุการเปิดได้ทันทีเมื่อนำเข้า",
        validators=[InputRequired(), Length(max=24)],
    )
    source = SelectField("แหล่งข้อมูล", choices=_SOURCES)
    is_part = BooleanField("ไฟล์นี้มีเพียงบางแถว (เช่น แถวที่แก้แล้ว) ไม่ใช่รายชื่อทั้งหมดของหมู่บ้าน")
    file = FileField("ไฟล์ทะเบียน", validators=[FileRequired("โปรดเลือกไฟล์")])


class ColumnsForm(Form):
    years = SelectField(
        "ปีสองหลักในไฟล์นี้เป็น", choices=[SelectChoice(years.value, years.words) for years in Years]
    )


class ReasonForm(Form):
    reason = StringField("เหตุผล", validators=[InputRequired(), Length(5, 300)])


class DecideForm(Form):
    decision = RadioField("ตัดสินว่า", choices=[], validators=[InputRequired("โปรดเลือก")])
    reason = StringField(
        "เหตุผล", description="เช่น ตรวจกับบัตรประชาชนแล้ว", validators=[InputRequired(), Length(5, 300)]
    )


class LookUpForm(Form):
    national_id = StringField("เลขประจำตัวประชาชน 13 หลัก", validators=[InputRequired(), Length(max=40)])

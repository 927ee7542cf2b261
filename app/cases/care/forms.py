"""Forms of care: a line for the logbook, and the reason for seeing a full national ID."""

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.cases.care.records import FundingSource, LogbookKind
from app.cases.register.id_disclosures import RevealReason
from app.kit.forms import BahtField, Form, Given, ThaiDateField
from app.province.profile import Profile
from app.staff.forms import PasswordAgain


class EntryForm(Form):
    kind = RadioField(
        "เรื่อง",
        choices=[
            SelectChoice(kind.value, kind.words)
            for kind in (LogbookKind.VISIT, LogbookKind.NOTE, LogbookKind.HELP, LogbookKind.CORRECTION)
        ],
        default=LogbookKind.VISIT.value,
    )
    on = ThaiDateField("เกิดขึ้นเมื่อวันที่", validators=[Given()])
    words = TextAreaField(
        "เล่าสั้นๆ ว่าเกิดอะไรขึ้น",
        description="สิ่งที่พบ สิ่งที่ทำ และสิ่งที่จะทำต่อ",
        validators=[InputRequired(), Length(max=4000)],
    )
    member_id = SelectField("เกี่ยวกับใคร")
    dimension = SelectField(
        "มิติหรือด้าน",
        choices=lambda: [
            SelectChoice("", "ไม่ระบุ"),
            *(SelectChoice(side.code, side.name_th) for side in Profile.here().sides.offered),
        ],
    )
    satang = BahtField("มูลค่าความช่วยเหลือ", description="เฉพาะเมื่อได้รับความช่วยเหลือ", allow_zero=True)
    funding_source = SelectField(
        "เงินหรือสิ่งของจาก",
        description="ของกองทุนบันทึกเองที่หน้าพิธีมอบ",
        choices=[
            SelectChoice("", "ไม่ระบุ"),
            *(
                SelectChoice(source.value, source.words)
                for source in FundingSource
                if source != FundingSource.FUND
            ),
        ],
    )
    tpmap_ref = StringField(
        "เลขอ้างอิงใน TPMAP Logbook", description="เมื่อบันทึกที่นั่นแล้ว", validators=[Length(max=60)]
    )


class RevealForm(PasswordAgain, Form):
    reason = RadioField(
        "เหตุผลที่ต้องดูเลขเต็ม",
        choices=[SelectChoice(reason.value, reason.words) for reason in RevealReason],
        validators=[InputRequired("โปรดเลือกเหตุผล")],
    )
    words = StringField(
        "เรื่องอะไร",
        description="เช่น เปิดบัญชี ธ.ก.ส. สาขาเมือง ระบบบันทึกชื่อท่าน เวลา และเหตุผลไว้ตรวจสอบ",
        validators=[InputRequired(), Length(max=120)],
    )

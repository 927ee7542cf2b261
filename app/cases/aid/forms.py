"""Forms of aid: a request, the search for people, the items they get, a handover."""

from collections.abc import Sequence

from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from app.kit.forms import BahtField, Form, Given, ThaiDateField
from app.province import catalogue
from app.province.dimensions import Urgency
from app.province.profile import Profile
from app.staff.users import User

GRADES = (
    *(f"อ.{year}" for year in range(1, 4)),
    *(f"ป.{year}" for year in range(1, 7)),
    *(f"ม.{year}" for year in range(1, 7)),
)


def dimension_choices() -> list[SelectChoice]:
    """The sides that this province works by."""
    return [SelectChoice(side.code, side.name_th) for side in Profile.here().sides.offered]


class RequestForm(Form):
    title = StringField(
        "ชื่อคำขอ",
        description="บอกว่าขออะไร กี่หน่วย เช่น ชุดลูกเสือ–เนตรนารี 67 ชุด ห้ามมีชื่อบุคคล เพราะเปิดเผยต่อสาธารณะ",
        validators=[InputRequired(), Length(max=160)],
    )
    dimension = SelectField("มิติหรือด้านที่ช่วย", choices=dimension_choices)
    urgency = RadioField(
        "ความเร่งด่วน",
        choices=[SelectChoice(urgency.value, urgency.name_th) for urgency in Urgency],
        default=Urgency.MEDIUM.value,
    )
    purpose_code = SelectField("ขอจากเงินวัตถุประสงค์", description="เงินที่ผู้ให้ระบุวัตถุประสงค์ไว้ ใช้ข้ามกันไม่ได้")
    district_code = SelectField("อำเภอ")
    story = TextAreaField(
        "เรื่องเล่าถึงคณะกรรมการ",
        description="ความเดือดร้อน สิ่งที่ทำไปแล้ว และสิ่งที่จะเกิดขึ้นเมื่อได้รับ คณะกรรมการเท่านั้นที่อ่าน",
        validators=[Length(max=8000)],
    )


class SearchForm(Form):
    """Who is looked for, and which item they would get. Sent by GET, so it carries no token."""

    class Meta(Form.Meta):
        csrf = False

    item = SelectField("ของที่จะขอ", validate_choice=False)
    dimension = SelectField(
        "ตกมิติ",
        choices=lambda: [SelectChoice("", f"{Profile.here().sides.word}ใดก็ได้"), *dimension_choices()],
        validate_choice=False,
    )
    school = StringField("โรงเรียน", description="พิมพ์บางส่วนของชื่อได้")
    grade = SelectField(
        "ชั้น",
        choices=[SelectChoice("", "ทุกชั้น"), *(SelectChoice(grade) for grade in GRADES)],
        validate_choice=False,
    )
    sex = SelectField(
        "เพศ",
        choices=[SelectChoice("", "ชายและหญิง"), SelectChoice("m", "ชาย"), SelectChoice("f", "หญิง")],
        validate_choice=False,
    )
    q = StringField("ชื่อหรือรหัสครัวเรือน")
    pupils = BooleanField("เฉพาะที่มีข้อมูลโรงเรียน")

    def offer(self, dimension: str) -> None:
        """Items for the dimension first, all others after them, each under its category."""
        fitting = catalogue.items(side=dimension)
        others = [item for item in catalogue.items() if item not in fitting]
        offered = [
            SelectChoice(item.code, item.name_th, optgroup=catalogue.label("categories", item.category))
            for item in fitting
        ]
        offered += [
            SelectChoice(
                item.code,
                item.name_th,
                optgroup=f"{catalogue.label('categories', item.category)} (มิติอื่น)",
            )
            for item in others
        ]
        self.item.choices = offered


class PickForm(Form):
    unit_satang = BahtField("ราคาต่อหน่วย", validators=[Given()])
    quantity = IntegerField(
        "จำนวนต่อคน", default=1, validators=[InputRequired(), NumberRange(min=1, max=1000)]
    )


class HandoverForm(Form):
    request_code = SelectField("คำขอ")
    held_on = ThaiDateField("วันที่มอบ", validators=[Given()])
    place = StringField(
        "สถานที่",
        description="เช่น หอประชุมอำเภอ หรือชื่อโรงเรียน",
        validators=[InputRequired(), Length(max=160)],
    )


class SecondForm(Form):
    """Who else is at a handover."""

    person = SelectField("ผู้ที่อยู่ด้วย", coerce=int, validate_choice=False)

    def offer(self, people: Sequence[User]) -> None:
        self.person.choices = [
            SelectChoice(person.id, f"{person.name} {person.position}".strip()) for person in people
        ]


class WayForm(Form):
    """A proposal is to be decided another way, and why."""

    reason = StringField("เหตุผล", validators=[Given("กรุณาบอกเหตุผล"), Length(max=300)])

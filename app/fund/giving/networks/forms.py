"""Forms of networks: where they stand, and who holds which office in them."""

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.fund.giving.records.networks import NetworkType, Office
from app.kit.forms import Form, Printable, ThaiDateField
from app.kit.language import gettext, marked


class NetworkForm(Form):
    network_code = StringField("รหัสเครือข่าย", validators=[InputRequired(), Length(max=12)])
    network_type = SelectField(
        "ประเภท", choices=[SelectChoice(kind.value, kind.words) for kind in NetworkType]
    )
    network_name = StringField("ชื่อเครือข่าย", validators=[InputRequired(), Length(max=160), Printable()])
    district_code = SelectField("พื้นที่")
    parent_code = StringField("สังกัดเครือข่าย (รหัส)", validators=[Length(max=12)])
    contact = StringField("ผู้ติดต่อ", validators=[Length(max=160)])

    def offer(self, districts: dict[str, str]) -> None:
        self.district_code.choices = _areas(districts)


class PlaceForm(Form):
    """Where a network stands: under which other one, in which district, and what it is called."""

    network_name = StringField(
        marked("ชื่อเครือข่าย"), validators=[InputRequired(), Length(max=160), Printable()]
    )
    parent_code = StringField(marked("สังกัดเครือข่าย (รหัส)"), validators=[Length(max=12)])
    district_code = SelectField(marked("พื้นที่"))

    def offer(self, districts: dict[str, str]) -> None:
        self.district_code.choices = _areas(districts)


class NoteForm(Form):
    contact = StringField(marked("บันทึกถึงผู้ติดต่อ"), validators=[Length(max=160)])


class OfficeForm(Form):
    """Who holds which office and how they are reached."""

    office = SelectField(
        marked("ตำแหน่ง"),
        choices=[SelectChoice(office.value, office.words) for office in Office],
    )
    name = StringField(marked("ชื่อ"), validators=[InputRequired(marked("กรุณาใส่ชื่อ")), Length(max=120)])
    phone = StringField(marked("โทรศัพท์"), validators=[Length(max=40)])
    email = StringField(marked("อีเมล"), validators=[Length(max=160)])
    line_user_id = StringField(marked("รหัสผู้ใช้ LINE"), validators=[Length(max=40)])
    since_on = ThaiDateField(marked("ดำรงตำแหน่งตั้งแต่"))


def _areas(districts: dict[str, str]) -> list[SelectChoice]:
    return [
        SelectChoice("", gettext("ทั้งจังหวัด")),
        *(SelectChoice(code, gettext("อำเภอ%(name)s", name=name)) for code, name in districts.items()),
    ]

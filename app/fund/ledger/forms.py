"""Forms of the books."""

from wtforms import SelectField

from app.kit.forms import Form, ThaiDateField


class EntriesForm(Form):
    """What to show of the entries; sent with GET, so that the address can be kept and shared."""

    class Meta(Form.Meta):
        csrf = False

    purpose = SelectField("วัตถุประสงค์", validate_choice=False)
    movement = SelectField("ประเภท", validate_choice=False)
    since = ThaiDateField("ตั้งแต่วันที่")
    until = ThaiDateField("ถึงวันที่")

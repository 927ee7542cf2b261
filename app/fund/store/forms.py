"""Forms of the store: goods that go out."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.kit.forms import CountField, Form, Given, ThaiDateField


class OutForm(Form):
    quantity = CountField("จำนวนที่เบิก", validators=[Given("กรุณาใส่จำนวน")])
    reason = StringField(
        "เหตุที่เบิก", validators=[InputRequired("กรุณาบอกเหตุที่เบิก เช่น ส่งมอบตามคำขอ"), Length(max=300)]
    )
    reference = StringField("เลขอ้างอิง", validators=[Length(max=60)])
    moved_on = ThaiDateField("วันที่เบิก")

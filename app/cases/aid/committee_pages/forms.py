"""Forms of the committee room."""

from wtforms import HiddenField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.fund.committee.records import Proposal
from app.kit.forms import Form, Given, ThaiDateField
from app.kit.money import format_baht
from app.staff.roles import Role
from app.staff.users import User


class CallForm(Form):
    held_on = ThaiDateField("วันประชุม", validators=[Given("กรุณาใส่วันประชุม")])
    place = StringField("สถานที่", validators=[Length(max=160)])


class AttendanceForm(Form):
    """Who is in the room: a tick each; and why somebody is not after all, once the meeting is open."""

    present = SelectMultipleField(
        "กรรมการที่มาประชุม",
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    reason = StringField("เหตุผลที่ลบการเข้าประชุม", validators=[Length(max=300)])

    def offer(self, members: list[User]) -> None:
        self.present.choices = [(member.id, member.name) for member in members]


class OpenForm(Form):
    chair = SelectField("ประธานในที่ประชุม", coerce=int)
    early_reason = StringField("เหตุผลที่เปิดก่อนวันนัด", validators=[Length(max=300)])

    def offer(self, present: list[User]) -> None:
        # The chair of the committee comes first; whoever is delegated can be chosen instead.
        ordered = sorted(present, key=lambda member: not member.has(Role.CHAIR))
        self.chair.choices = [(member.id, member.name) for member in ordered]


class TableForm(Form):
    proposal = SelectField("คำขอที่รอเข้าวาระ")

    def offer(self, waiting: list[Proposal]) -> None:
        self.proposal.choices = [
            (proposal.code, f"{proposal.code} · {proposal.title} · {format_baht(proposal.satang)} บาท")
            for proposal in waiting
        ]


class MemberForm(Form):
    """One member, for one item, and why, where it is somebody else who says so."""

    member = IntegerField("กรรมการ", validators=[Given("กรุณาเลือกกรรมการ")])
    reason = StringField("เหตุผล", validators=[Length(max=300)])


class LeavingForm(Form):
    """A member whom the chair says to be out of the room, for one item."""

    member = SelectField("กรรมการ", coerce=int)
    reason = StringField("เหตุผล", validators=[Length(max=300)])

    def offer(self, members: list[tuple[int, str]]) -> None:
        self.member.choices = members


class VoteForm(Form):
    choice = HiddenField()


class PressForm(Form):
    """A button and nothing else."""

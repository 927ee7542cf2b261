"""Forms of the committee room."""

from collections.abc import Sequence
from typing import Any, Self

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.fund.committee import body_rules
from app.fund.committee.records import Matter, Proposal, ResolutionKind
from app.fund.committee.records.bodies import Body, BodyRules, Majority, Numbering, Office
from app.fund.ledger.books import Balance
from app.kit.forms import BahtField, CountField, Form, Given, ThaiDateField
from app.kit.money import format_baht
from app.staff.roles import Role
from app.staff.users import User


class SeatForm(Form):
    """A person takes a seat by an order."""

    body = SelectField("คณะ", coerce=int)
    person = SelectField("ผู้เป็นกรรมการ", coerce=int)
    office = SelectField("ตำแหน่งในคณะ")
    order_number = StringField("คำสั่งแต่งตั้งเลขที่", validators=[Given("กรุณาใส่เลขที่คำสั่ง"), Length(max=60)])
    from_on = ThaiDateField("ตั้งแต่วันที่", validators=[Given("กรุณาใส่วันเริ่ม")])
    to_on = ThaiDateField("ถึงวันที่ (ถ้ามีวาระ)")

    def offer(self, bodies: Sequence[Body], people: Sequence[User]) -> None:
        self.body.choices = [(body.id, body.name_th) for body in bodies] or [(0, "คณะกรรมการบริหารกองทุน")]
        self.person.choices = [(person.id, person.name) for person in people]
        self.office.choices = [(office.value, office.words) for office in Office]


class RulesForm(Form):
    """How a body counts, its quorum and its majorities."""

    numbering = SelectField("เลขครั้งและเลขมติ")
    quorum_count = CountField("องค์ประชุม (คน)")
    ordinary = SelectField(f"เสียงที่ต้องได้: {body_rules.MATTERS['ordinary']}")
    amend = SelectField(f"เสียงที่ต้องได้: {body_rules.MATTERS['amend']}")
    rescind = SelectField(f"เสียงที่ต้องได้: {body_rules.MATTERS['rescind']}")
    ratify = SelectField(f"เสียงที่ต้องได้: {body_rules.MATTERS['ratify']}")
    casting_vote = BooleanField("เมื่อเสียงเท่ากัน ประธานออกเสียงชี้ขาด")

    def offer(self) -> None:
        self.numbering.choices = [(kind.value, kind.words) for kind in Numbering]
        for name in body_rules.MATTERS:
            self[name].choices = [(majority.value, majority.words) for majority in Majority]

    @property
    def said(self) -> dict[str, Any]:
        """What was chosen, as the rules take it."""
        return {
            "numbering": self.numbering.data,
            "quorum_count": self.quorum_count.data,
            "majorities": {name: self[name].data for name in body_rules.MATTERS},
            "casting_vote": self.casting_vote.data,
        }

    @classmethod
    def of(cls, rules: BodyRules, **more: Any) -> Self:
        """The form filled with these rules."""
        form = cls(
            formdata=None,
            numbering=rules.numbering,
            quorum_count=rules.quorum_count,
            casting_vote=rules.casting_vote,
            **{name: rules.majority_of(name).value for name in body_rules.MATTERS},
            **more,
        )
        form.offer()
        return form


class BodyForm(RulesForm):
    """Another body, such as a sub-committee, and its first rules of order."""

    code = StringField("รหัสคณะ", validators=[Given("กรุณาใส่รหัส"), Length(max=24)])
    name_th = StringField("ชื่อคณะ", validators=[Given("กรุณาใส่ชื่อคณะ"), Length(max=160)])


class ChangedRulesForm(RulesForm):
    """Other rules of order for a body: by which order, from which day on."""

    order_number = StringField("ตามคำสั่งหรือมติเลขที่", validators=[Given("กรุณาใส่เลขที่คำสั่ง"), Length(max=60)])
    from_on = ThaiDateField("ใช้ตั้งแต่วันที่", validators=[Given("กรุณาใส่วันเริ่ม")])


class EndForm(Form):
    to_on = ThaiDateField("พ้นจากตำแหน่งวันที่", validators=[Given("กรุณาใส่วันที่")])


class CallForm(Form):
    body = SelectField("คณะที่ประชุม", coerce=int)
    held_on = ThaiDateField("วันประชุม", validators=[Given("กรุณาใส่วันประชุม")])
    place = StringField("อาคารหรือสถานที่", validators=[Length(max=160)])
    room = StringField("ห้อง", validators=[Length(max=80)])
    floor = StringField("ชั้น", validators=[Length(max=20)])

    def offer(self, bodies: Sequence[Body]) -> None:
        self.body.choices = [(body.id, body.name_th) for body in bodies] or [(0, "คณะกรรมการบริหารกองทุน")]


class MoveForm(Form):
    to_on = ThaiDateField("วันประชุมใหม่", validators=[Given("กรุณาใส่วันประชุมใหม่")])
    reason = StringField("เหตุผลที่เลื่อน", validators=[Given("กรุณาบอกเหตุผล"), Length(max=300)])


class CancelForm(Form):
    reason = StringField("เหตุผลที่ยกเลิก", validators=[Given("กรุณาบอกเหตุผล"), Length(max=300)])


class WordsForm(Form):
    announcements = TextAreaField("เรื่องที่ประธานแจ้งให้ที่ประชุมทราบ", validators=[Length(max=4000)])
    other_business = TextAreaField("เรื่องอื่น ๆ", validators=[Length(max=4000)])


class OtherForm(Form):
    """Somebody in the room who is no member, or sits in for one."""

    member = SelectField("มาประชุมแทน", coerce=int)
    name = StringField("ชื่อ", validators=[Given("กรุณาใส่ชื่อ"), Length(max=120)])
    position = StringField("ตำแหน่ง", validators=[Length(max=160)])

    def offer(self, members: Sequence[User]) -> None:
        self.member.choices = [
            (0, "ไม่ได้มาแทนใคร (ผู้เข้าร่วมประชุม)"),
            *((member.id, member.name) for member in members),
        ]


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


class MotionForm(Form):
    """What the members are to vote on instead, and from which purposes the money comes."""

    kind = SelectField("ประเด็น")
    purpose_1 = SelectField("ใช้เงินวัตถุประสงค์", coerce=int)
    satang_1 = BahtField("จำนวนเงิน (บาท)")
    purpose_2 = SelectField("และใช้ร่วมกับ", coerce=int)
    satang_2 = BahtField("จำนวนเงินร่วม (บาท)")
    waits_until = ThaiDateField("เลื่อนไปถึงวันที่")
    waits_for_money = BooleanField("เลื่อนจนกว่าเงินจะพอ")
    reason = StringField("เหตุผล", validators=[Length(max=300)])

    def offer(self, kinds: Sequence[ResolutionKind], balances: Sequence[Balance]) -> None:
        self.kind.choices = [(kind.value, kind.words) for kind in kinds]
        purposes = [
            (balance.purpose.id, f"{balance.purpose.name_th} · พร้อมใช้ {format_baht(balance.available)}")
            for balance in balances
            if balance.purpose.open
        ]
        self.purpose_1.choices = purposes
        self.purpose_2.choices = [(0, "ไม่ใช้"), *purposes]

    @property
    def parts(self) -> dict[int, int]:
        """Satang by purpose, as they were typed."""
        sums: dict[int, int] = {self.purpose_1.data: self.satang_1.data or 0}
        if self.satang_2.data and self.purpose_2.data:
            sums[self.purpose_2.data] = sums.get(self.purpose_2.data, 0) + self.satang_2.data
        return sums


class ChangeForm(Form):
    """A resolution is to be amended or rescinded: which, to what sum, and why."""

    # The page has another choice of proposals above.
    proposal = SelectField("คำขอที่อนุมัติแล้ว", id="changed-proposal", validate_choice=False)
    matter = SelectField("เสนอให้")
    satang = BahtField("จำนวนเงินใหม่ (บาท) เมื่อแก้ไขมติ")
    reason = StringField("เหตุผล", validators=[Given("กรุณาบอกเหตุผล"), Length(max=300)])

    def offer(self, approved: list[Proposal]) -> None:
        self.matter.choices = [(matter.value, matter.words) for matter in (Matter.AMEND, Matter.RESCIND)]
        self.proposal.choices = [
            (proposal.code, f"{proposal.code} · {proposal.title} · {format_baht(proposal.satang)} บาท")
            for proposal in approved
        ]


class AmendedForm(Form):
    """Which approved proposal is to be amended line by line."""

    proposal = SelectField("คำขอที่อนุมัติแล้ว", id="amended-proposal", validate_choice=False)


class AmendLinesForm(Form):
    """Why the lines are changed; the page has two fields for each of them."""

    reason = StringField("เหตุผล", validators=[Given("กรุณาบอกเหตุผล"), Length(max=300)])


class DecideForm(Form):
    """Alone: yes, or no and why."""

    choice = HiddenField()
    reason = StringField("เหตุผลที่ไม่อนุมัติ", id="reject-reason", validators=[Length(max=300)])


class ReasonForm(Form):
    """A button, and why."""

    reason = StringField("เหตุผลที่ไม่อนุมัติ", validators=[Length(max=300)])


class CirculateForm(Form):
    """Which proposal is sent round, in which body, and until when members answer."""

    proposal = SelectField("คำขอที่รอเข้าวาระ")
    body = SelectField("คณะ", coerce=int)
    closes_on = ThaiDateField("ตอบภายในวันที่", validators=[Given("กรุณาใส่วันสุดท้ายที่ตอบได้")])

    def offer(self, waiting: Sequence[Proposal], bodies: Sequence[Body]) -> None:
        self.proposal.choices = [
            (proposal.code, f"{proposal.code} · {proposal.title} · {format_baht(proposal.satang)} บาท")
            for proposal in waiting
        ]
        self.body.choices = [(body.id, body.name_th) for body in bodies]


class DiscussForm(Form):
    """A member wants a meeting to discuss it, and why."""

    reason = StringField("เหตุผล", id="discuss-reason", validators=[Length(max=300)])


class PressForm(Form):
    """A button and nothing else."""

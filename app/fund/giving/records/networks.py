"""Networks as they are kept, and who holds which office in them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.db import Base, Id, UtcDateTime
from app.kit.language import marked
from app.kit.worded import Worded


class NetworkType(Worded):
    OTOP = "otop", marked("เครือข่าย OTOP")
    VILLAGE_FUND = "village_fund", marked("กองทุนหมู่บ้านและชุมชนเมือง (กทบ.)")
    WOMEN_FUND = "women_fund", marked("กองทุนพัฒนาบทบาทสตรี")
    WOMEN_COMMITTEE = "women_committee", marked("คณะกรรมการพัฒนาสตรี")
    MOTHER_FUND = "mother_fund", marked("กองทุนแม่ของแผ่นดิน")
    CDO_CLUB = "cdo_club", marked("ชมรมพัฒนาการอำเภอ")
    CDW_CLUB = "cdw_club", marked("ชมรมพัฒนากร")
    PRIVATE = "private", marked("ภาคเอกชน")
    CIVIL = "civil", marked("ภาคประชาชน")
    PERSON = "person", marked("บุคคล")


#: A path has room for this many letters: fifteen codes of the longest kind, one below the other.
PATH_LENGTH = 200


class Network(Base):
    """One partner network. Its code goes into Ref2 of its QR codes and never changes.

    Networks stand in branches, province → district → group. A trigger keeps each one's path that of its parent and
    its own code, in its parent's district or below, and out of circles.
    """

    __tablename__ = "network"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    type: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(160))
    #: District it works in; empty = the whole province.
    district_code: Mapped[str | None] = mapped_column(String(4))
    contact: Mapped[str] = mapped_column(String(160), default="")
    open: Mapped[bool] = mapped_column(default=True)
    #: The network that this one is a branch of.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("network.id"), index=True)
    #: Codes from the top of the branch down to its own: /NET001/NET012/.
    path: Mapped[str] = mapped_column(String(PATH_LENGTH), server_default="")

    parent: Mapped["Network | None"] = relationship(remote_side="Network.id")

    @property
    def codes(self) -> list[str]:
        """Its own code and those above it, from the top."""
        return self.path.strip("/").split("/")

    @property
    def depth(self) -> int:
        """How many networks stand above it."""
        return len(self.codes) - 1

    __table_args__ = (
        CheckConstraint(
            "type IN (" + ", ".join(f"'{t.value}'" for t in NetworkType) + ")", name="known_type"
        ),
    )


class Office(Worded):
    CHAIR = "chair", marked("ประธาน")
    VICE_CHAIR = "vice_chair", marked("รองประธาน")
    SECRETARY = "secretary", marked("เลขานุการ")
    TREASURER = "treasurer", marked("เหรัญญิก")
    COORDINATOR = "coordinator", marked("ผู้ประสานงาน")


class Contact(Base):
    """One person in one office of a network. Never changed and never deleted (triggers): a correction ends this row
    and begins another, so that who was reached where stays known."""

    __tablename__ = "network_contact"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    office: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(160), default="")
    line_user_id: Mapped[str] = mapped_column(String(33), default="")
    #: Since when in office, where it is known.
    since_on: Mapped[date | None]
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: Last day in office, or the day on which the row was corrected; empty = in office.
    ended_on: Mapped[date | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    network: Mapped[Network] = relationship(lazy="joined", innerjoin=True)

    @property
    def office_name(self) -> str:
        return Office(self.office).words

    __table_args__ = (
        CheckConstraint("office IN (" + ", ".join(f"'{o.value}'" for o in Office) + ")", name="known_office"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("(ended_on IS NULL) = (ended_by_id IS NULL)", name="ended_pair"),
        CheckConstraint("since_on IS NULL OR ended_on IS NULL OR since_on <= ended_on", name="in_order"),
    )

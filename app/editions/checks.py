"""Checks of the editions: they are chained, add up, and show no more delivered than paid."""

from app.editions.editions import broken, latest
from app.editions.figures import compute, disagreements
from app.fund.ledger import books
from app.province.profile import Profile


@books.integrity_check("ฉบับเผยแพร่ต่อเนื่องและไม่ถูกแก้ไข")
def chain_holds() -> list[str]:
    return [f"ฉบับที่ {number} ไม่ตรงกับลายนิ้วมือของตนหรือขาดฉบับก่อนหน้า" for number in broken()]


@books.integrity_check("ฉบับเผยแพร่ล่าสุดไม่แสดงของที่ส่งมอบเกินเงินที่จ่าย")
def delivered_within_paid() -> list[str]:
    edition = latest()
    if edition is None:
        return []
    delivered, paid = edition.figures["delivered"]["satang"], edition.figures["money"]["paid"]
    if delivered is None or delivered <= paid:
        return []
    return [f"ฉบับที่ {edition.number} แสดงว่าส่งมอบแล้ว {delivered} สตางค์ แต่จ่ายแล้ว {paid} สตางค์"]


@books.integrity_check("ตารางที่เผยแพร่รวมกันได้เท่ายอดรวม")
def tables_add_up() -> list[str]:
    return disagreements(compute(Profile.here(), with_resolutions=False))


CHECKS = (
    chain_holds,
    delivered_within_paid,
    tables_add_up,
)

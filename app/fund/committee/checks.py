"""Checks of the committee: resolutions had their quorum and commit what they approved."""

from app.fund.ledger import books


@books.integrity_check("ทุกมติอนุมัติผูกพันเงินเท่าที่อนุมัติ และไม่มีเงินผูกพันที่ไม่มีมติ")
def resolutions_commit() -> list[str]:
    return books.violations(
        """SELECT p.code AS code FROM proposal AS p
        LEFT JOIN resolution AS r ON r.proposal_id = p.id
        LEFT JOIN (SELECT e.proposal_id AS proposal_id, SUM(e.satang) AS satang,
            SUM(CASE WHEN d.kind = 'committed' AND d.purpose_id = q.purpose_id THEN e.satang ELSE 0 END) AS rightly
            FROM entry AS e JOIN account AS d ON d.id = e.debit_id JOIN proposal AS q ON q.id = e.proposal_id
            WHERE e.movement = 'commit' GROUP BY e.proposal_id) AS c ON c.proposal_id = p.id
        WHERE CASE WHEN p.state IN ('approved', 'settled')
            THEN r.id IS NULL OR NOT r.approved OR r.satang <> p.satang OR c.satang IS NULL
                OR c.satang <> r.satang OR c.rightly <> c.satang
            ELSE c.satang IS NOT NULL OR (r.id IS NOT NULL AND r.approved) END""",
        "คำขอ {code} มติ สถานะ และเงินผูกพันไม่ตรงกัน",
    )


@books.integrity_check("ทุกมติมีองค์ประชุมและคะแนนตรงกับที่ลงไว้")
def resolutions_count_votes() -> list[str]:
    return books.violations(
        """SELECT p.code AS code FROM resolution AS r JOIN proposal AS p ON p.id = r.proposal_id
        LEFT JOIN vote AS v ON v.item_id = r.item_id
        GROUP BY p.code, r.id, r.present, r.quorum, r.for_votes, r.against_votes, r.abstentions
        HAVING r.present < r.quorum
            OR r.for_votes <> SUM(CASE v.choice WHEN 'approve' THEN 1 ELSE 0 END)
            OR r.against_votes <> SUM(CASE v.choice WHEN 'reject' THEN 1 ELSE 0 END)
            OR r.abstentions <> SUM(CASE v.choice WHEN 'abstain' THEN 1 ELSE 0 END)""",
        "มติของคำขอ {code} นับคะแนนไม่ตรงกับที่ลงไว้",
    )

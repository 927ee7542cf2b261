"""Checks of the committee: proposals are what their versions say; resolutions had their quorum and commit what they approved."""

from app.fund.ledger import books


@books.integrity_check("ทุกคำขอเป็นไปตามฉบับของตน และเงินทุกแหล่งรวมกันเท่ากับรายการที่ขอ")
def proposals_follow_versions() -> list[str]:
    return books.violations(
        """SELECT p.code AS code FROM proposal AS p
        LEFT JOIN proposal_version AS v ON v.proposal_id = p.id AND v.number = p.version
        WHERE v.id IS NULL OR v.satang <> p.satang OR v.title <> p.title""",
        "คำขอ {code} ไม่ตรงกับฉบับที่ใช้อยู่",
    ) + books.violations(
        """SELECT * FROM (SELECT p.code AS code, v.number AS number, v.satang AS satang,
            (SELECT COALESCE(SUM(f.satang), 0) FROM proposal_funding AS f
                WHERE f.version_id = v.id AND f.purpose_id IS NOT NULL) AS ours,
            (SELECT COALESCE(SUM(f.satang), 0) FROM proposal_funding AS f WHERE f.version_id = v.id) AS whole,
            (SELECT COALESCE(SUM(l.quantity * l.unit_satang), 0) FROM proposal_line AS l
                WHERE l.version_id = v.id) AS asked
        FROM proposal_version AS v JOIN proposal AS p ON p.id = v.proposal_id) AS sums
        WHERE ours <> satang OR whole <> asked""",
        "คำขอ {code} ฉบับที่ {number} แหล่งเงินรวมกันไม่เท่ากับที่ขอ",
    )


@books.integrity_check("ทุกมติอนุมัติผูกพันเงินเท่าที่อนุมัติ และไม่มีเงินผูกพันที่ไม่มีมติ")
def resolutions_commit() -> list[str]:
    return (
        books.violations(
            """SELECT p.code AS code FROM commitment AS c JOIN resolution AS r ON r.id = c.resolution_id
            JOIN proposal AS p ON p.id = r.proposal_id
            LEFT JOIN entry AS e ON e.commitment_id = c.id AND e.movement = 'commit'
            LEFT JOIN account AS d ON d.id = e.debit_id
            WHERE r.kind NOT IN ('approve', 'approve_in_part', 'amend')
                OR e.id IS NULL OR e.satang <> c.satang OR e.step <> 1
                OR d.kind <> 'committed' OR d.purpose_id <> c.purpose_id""",
            "คำขอ {code} เงินผูกพันไม่ตรงกับมติ",
        )
        + books.violations(
            """SELECT p.code AS code FROM resolution AS r JOIN proposal AS p ON p.id = r.proposal_id
            LEFT JOIN commitment AS c ON c.resolution_id = r.id WHERE r.kind <> 'amend'
            GROUP BY p.code, r.id, r.kind, r.satang
            HAVING COALESCE(SUM(c.satang), 0)
                <> CASE WHEN r.kind IN ('approve', 'approve_in_part') THEN r.satang ELSE 0 END""",
            "คำขอ {code} มติและเงินผูกพันไม่เท่ากัน",
        )
        + books.violations(
            """SELECT * FROM (SELECT p.code AS code,
                (SELECT SUM(n.quantity * l.unit_satang) FROM motion_line AS n
                    JOIN proposal_line AS l ON l.id = n.line_id WHERE n.motion_id = r.motion_id) AS chosen,
                (SELECT COALESCE(SUM(f.satang), 0) FROM proposal_funding AS f
                    WHERE f.version_id = i.version_id AND f.purpose_id IS NULL) AS beside, r.satang AS satang
            FROM resolution AS r JOIN proposal AS p ON p.id = r.proposal_id JOIN agenda_item AS i ON i.id = r.item_id
            WHERE r.kind IN ('approve_in_part', 'amend')) AS sums WHERE chosen IS NOT NULL AND chosen - beside <> satang""",
            "คำขอ {code} รายการที่อนุมัติรวมกันไม่เท่ากับมติ",
        )
        + books.violations(
            """SELECT DISTINCT p.code AS code FROM resolved_line AS m JOIN proposal AS p ON p.id = m.proposal_id
            JOIN ordered_line AS d ON d.proposal_id = m.proposal_id LEFT JOIN resolved_line AS n
                ON n.proposal_id = d.proposal_id AND n.line_id = d.line_id
            WHERE d.quantity > COALESCE(n.quantity, 0) OR d.satang > COALESCE(n.satang, 0)""",
            "คำขอ {code} เตรียมจ่ายหรือจ่ายเกินรายการในมติ",
        )
        + books.violations(
            """SELECT p.code AS code FROM proposal AS p WHERE (p.state IN ('approved', 'settled', 'rescinded'))
            <> EXISTS (SELECT 1 FROM resolution AS r WHERE r.proposal_id = p.id
                AND r.kind IN ('approve', 'approve_in_part'))
            OR (p.state = 'rescinded' AND NOT EXISTS (SELECT 1 FROM resolution AS r WHERE r.proposal_id = p.id
                AND (r.kind = 'rescind' OR r.kind = 'reject' AND r.supersedes_id IS NOT NULL)))
            OR (p.state <> 'rescinded' AND EXISTS (SELECT 1 FROM resolution AS r
                WHERE r.proposal_id = p.id AND r.kind = 'rescind'))""",
            "คำขอ {code} สถานะไม่ตรงกับมติ",
        )
    )


@books.integrity_check("ทุกมติมีองค์ประชุมและคะแนนตรงกับที่ลงไว้")
def resolutions_count_votes() -> list[str]:
    return books.violations(
        """SELECT p.code AS code FROM resolution AS r JOIN proposal AS p ON p.id = r.proposal_id
        LEFT JOIN vote AS v ON v.motion_id = r.motion_id AND NOT EXISTS (SELECT 1 FROM vote AS w
            WHERE w.motion_id = v.motion_id AND w.member_id = v.member_id AND w.turn > v.turn)
        GROUP BY p.code, r.id, r.present, r.quorum, r.for_votes, r.against_votes, r.abstentions
        HAVING r.present < r.quorum
            OR r.for_votes <> SUM(CASE v.choice WHEN 'approve' THEN 1 ELSE 0 END)
            OR r.against_votes <> SUM(CASE v.choice WHEN 'reject' THEN 1 ELSE 0 END)
            OR r.abstentions <> SUM(CASE v.choice WHEN 'abstain' THEN 1 ELSE 0 END)""",
        "มติของคำขอ {code} นับคะแนนไม่ตรงกับที่ลงไว้",
    ) + books.violations(
        """SELECT year_be AS year FROM resolution GROUP BY body_id, year_be HAVING COUNT(*) <> MAX(number)""",
        "เลขมติของปี {year} ไม่ต่อเนื่อง",
    )


CHECKS = (
    proposals_follow_versions,
    resolutions_commit,
    resolutions_count_votes,
)

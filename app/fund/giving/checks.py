"""Checks of giving: donations, receipts, pledges, networks and goods say the same as the books."""

from app.fund.ledger import books


@books.integrity_check("สายสังกัดของเครือข่ายต่อกันครบทุกชั้น")
def paths_follow_parents() -> list[str]:
    return books.violations(
        """SELECT n.code AS code FROM network AS n LEFT JOIN network AS p ON p.id = n.parent_id
        WHERE n.path <> COALESCE(p.path, '/') || n.code || '/'""",
        "สายสังกัดของเครือข่าย {code} ไม่ตรงกับเครือข่ายที่สังกัด",
    )


@books.integrity_check("ทุกงวดของความประสงค์รวมกันเท่ากับที่แจ้งไว้")
def instalments_are_the_pledge() -> list[str]:
    return books.violations(
        """SELECT p.code AS code FROM pledge AS p JOIN instalment AS i ON i.pledge_id = p.id
        GROUP BY p.id, p.code, p.satang HAVING SUM(i.satang) <> p.satang""",
        "งวดของความประสงค์ {code} รวมกันไม่เท่ากับที่แจ้งไว้",
    )

"""The board of shares: pledged, received and outstanding by district and network, for the fund's own staff."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from app.fund.giving.blueprint import bp
from app.fund.giving.networks import networks
from app.fund.giving.payment_requests.setup_pages import districts_here
from app.fund.giving.records.networks import Network
from app.fund.giving.reports import shares
from app.kit import charts, lists, money
from app.kit.lists import Choice, Column, List, Search
from app.staff.doors import opens_to

#: In the address: networks of the whole province, which have no district.
_PROVINCE = "province"


@bp.get("/fund/shares", endpoint="shares")
@opens_to(*networks.OVERSEERS)
def board() -> ResponseReturnValue:
    named = districts_here()
    districts = {code or _PROVINCE: sums for code, sums in shares.by_district().items()}
    names = {
        code: "เครือข่ายระดับจังหวัด" if code == _PROVINCE else f"อำเภอ{named.get(code, code)}"
        for code in districts
    }
    bars = [
        charts.Bar(
            names[code],
            sums.received // 100,
            f"{money.format_baht(sums.received, always_decimals=False)} จาก "
            f"{money.format_baht(sums.pledged, always_decimals=False)} บาท",
            target=sums.pledged // 100,
        )
        for code, (sums, _) in districts.items()
        if sums.pledged or sums.received
    ]
    listing = _networks(names)
    wanted = request.args.get("district", "")
    if lists.is_sheet(listing):
        return lists.sheet(listing)
    return render_template(
        "giving/shares.html",
        list=lists.find(listing),
        chart=charts.bars(bars, label="เงินที่ได้รับเทียบกับที่แจ้งไว้ ตามอำเภอ (บาท)", target_label="แจ้งไว้")
        if bars
        else "",
        districts=districts,
        names=names,
        quiet=[
            code
            for code, (sums, kind) in districts.items()
            if code != wanted and not (sums.pledged or sums.received or kind.pledged or kind.received)
        ],
        wanted=wanted,
        silent=shares.silent(),
        money=shares.total(sums for sums, _ in districts.values()),
        in_kind=shares.total(kind for _, kind in districts.values()),
    )


def _networks(names: dict[str, str]) -> List:
    """The networks that pledged or gave, in the order of their branch: nobody is ordered by what they gave."""
    return List(
        select(Network).where(shares.has_share()),
        columns=(
            Column(
                "เครือข่าย",
                lambda share: share.network.name,
                href=lambda share: url_for("giving.network", code=share.network.code),
            ),
            Column("ได้รับแล้ว (บาท)", lambda share: share.money.received, "baht"),
            Column("พื้นที่", lambda share: names[share.network.district_code or _PROVINCE]),
            Column("แจ้งไว้ (บาท)", lambda share: share.money.pledged, "baht", on="desk"),
            Column("ยังค้าง (บาท)", lambda share: share.money.outstanding, "baht", on="desk"),
            Column("สิ่งของและแรงงาน (บาท)", lambda share: share.in_kind.received, "baht", on="desk"),
        ),
        orders={"branch": (Network.path,)},
        down=False,
        search=Search("ชื่อหรือรหัสเครือข่าย", lambda words: lists.contains(words, Network.name, Network.code)),
        filters=(
            Choice(
                "district",
                "พื้นที่",
                tuple(names.items()),
                lambda code: func.coalesce(Network.district_code, _PROVINCE) == code,
                everything="ทุกพื้นที่",
            ),
        ),
        read=shares.of,
        label="รายเครือข่าย",
        empty="ยังไม่มีเครือข่ายใดแจ้งหรือให้",
        drawing="people",
        file="shares",
    )

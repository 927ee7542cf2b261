"""The board of shares: pledged, received and outstanding by district and network, for the fund's own staff."""

from flask import render_template, request

from app.fund.giving.blueprint import bp
from app.fund.giving.networks import networks
from app.fund.giving.payment_requests.setup_pages import districts_here
from app.fund.giving.reports import shares
from app.kit import charts, money
from app.kit.paging import PER_PAGE, links, page_number
from app.staff.doors import opens_to


@bp.get("/fund/shares", endpoint="shares")
@opens_to(*networks.OVERSEERS)
def board() -> str:
    named, page = districts_here(), page_number()
    every = shares.by_network()
    districts = shares.by_district(every)
    wanted = request.args.get("district")
    wanted = wanted if wanted in districts else None
    shown = [
        share
        for share in every
        if not share.is_empty and (wanted is None or (share.network.district_code or "") == wanted)
    ]
    names = {code: f"อำเภอ{named.get(code, code)}" if code else "เครือข่ายระดับจังหวัด" for code in districts}
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
    return render_template(
        "giving/shares.html",
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
        rows=shown[(page - 1) * PER_PAGE : page * PER_PAGE],
        silent=sum(share.is_empty for share in every),
        money=shares.total(share.money for share in every),
        in_kind=shares.total(share.in_kind for share in every),
        pager=links("giving.shares", page, len(shown), **({} if wanted is None else {"district": wanted})),
    )

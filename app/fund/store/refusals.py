"""Refusals: what a person reads when the database refuses, by the constraint or trigger that does."""

REFUSALS: dict[str, str] = {
    # store
    "stock_never_below_nothing": "ในคลังมีไม่พอ กรุณาตรวจยอดคงเหลือในบัตรคุมพัสดุ",
}

"""The cloth: drawn from an edition's figures and from nothing else."""

import io
import re

import pytest
from flask import Flask
from money import arrives
from people import Cast
from PIL import Image, ImageColor

from app.editions import editions, threads
from app.kit import clock, cloth
from app.kit.cloth import Thread
from app.kit.db import transaction
from app.public import cloth as cloth_pages

pytestmark = pytest.mark.pages

MONEY = {"paid": 40, "committed": 10, "available": 50}


def told(*counts: int, delivered: int | None = 20) -> list[threads.Row]:
    exact = [{"month": "2026-10", "class": number, "count": many} for number, many in enumerate(counts)]
    return threads.rounded(exact, MONEY, delivered)


def test_fewer_than_five_of_a_size_are_drawn_as_the_size_below() -> None:
    sizes = {row["class"]: row["count"] for row in told(1, 3, 6, 9)}
    assert sizes == {0: 4, 2: 10, 3: 5}


def test_as_much_of_the_cloth_has_an_ink_as_of_the_money_is_there() -> None:
    picks = dict.fromkeys(threads.STATES, 0)
    for row in told(100, 0, 0, 0):
        for state in threads.STATES:
            picks[state] += row[state]
    assert picks == {"delivered": 20, "paid": 20, "committed": 10, "available": 50}
    assert sum(row["delivered"] for row in told(100, delivered=None)) == 0


def test_the_same_threads_give_the_same_cloth_and_the_undyed_weft_goes_on_in_phase() -> None:
    said = {"threads": told(7, 9, 6, 5)}
    assert cloth_pages.weft(said) == cloth_pages.weft(said)
    assert sum(row["count"] for row in said["threads"]) == len(cloth_pages.weft(said))
    tile, woven = (
        re.findall(r"M\d+ (\d+v[^M\"]*)", drawing)
        for drawing in (cloth.svg([], picks=cloth.REPEAT), cloth.svg([Thread("paid", 3 * cloth.REPEAT)]))
    )
    assert len(tile) == cloth.REPEAT and woven == 3 * tile


def test_beyond_some_hundreds_a_thread_stands_for_ten() -> None:
    said = {"threads": told(4_000, 36)}
    assert cloth_pages.donations_per_thread(said) == 100
    assert len(cloth_pages.weft(said)) == 40


def test_one_thread_alone_keeps_its_colour() -> None:
    drawn = cloth.svg([Thread("paid", 2), Thread("delivered", 4), Thread("paid", 2)], mark=1)
    assert set(re.findall(r'stroke="(#\w+)"', drawn)) == {cloth.GREY, cloth.LIT["delivered"]}


def test_an_open_page_wears_the_cloth_of_the_newest_edition_and_it_may_be_kept(
    portal: Flask, cast: Cast
) -> None:
    assert 'src="/cloth/0/hem.svg' in cast.stranger.visit("/").text
    with transaction():
        arrives(satang=100_00, paid_at=clock.now(), purpose_id=cast.purpose().id, by=cast.kanya.user)
        assert editions.publish(money_until=clock.today())
    page = cast.stranger.visit("/about").text
    found = re.search(r'src="(/cloth/1/hem\.svg[^"]*)"', page)
    assert found
    answer = cast.stranger.client.get(found[1])
    assert answer.mimetype == "image/svg+xml" and "immutable" in answer.headers["Cache-Control"]
    assert cast.stranger.client.get("/cloth/1/0.svg").status_code == 200
    for nowhere in ("/cloth/2.svg", "/cloth/1/1.svg"):
        cast.stranger.visit(nowhere, status=404)
    assert "/cloth/" not in cast.kanya.sign_in().visit("/bank").text


def test_the_cloth_on_paper_is_the_end_of_the_same_weave_a_pixel_a_cell() -> None:
    woven = [Thread("paid", 300), Thread("available", 2), Thread("delivered", 4)]
    picture = Image.open(io.BytesIO(cloth.png(woven, picks=16, ends=cloth.BAND))).convert("RGB")
    assert picture.size == (16, cloth.BAND + 4)
    inks = [
        {picture.getpixel((pick, end)) for end in range(2, picture.height - 2)} for pick in (0, 9, 10, 15)
    ]
    warp = ImageColor.getrgb(cloth.WARP)
    assert inks == [
        {warp, ImageColor.getrgb(cloth.INKS[state])} for state in ("paid", "paid", "available", "delivered")
    ]
    begun = Image.open(io.BytesIO(cloth.png(woven[1:2], picks=16))).convert("RGB")
    assert {begun.getpixel((15, end)) for end in range(2, begun.height - 2)} == {
        warp,
        ImageColor.getrgb(cloth.UNDYED),
    }


def test_a_receipt_weaves_its_own_thread_on_in_the_light_and_all_others_are_grey() -> None:
    drawn = cloth.png([Thread("paid", 300)], picks=60, own=Thread("available", 4))
    picture = Image.open(io.BytesIO(drawn)).convert("RGB")
    lit, warp = ImageColor.getrgb(cloth.LIT["available"]), ImageColor.getrgb(cloth.WARP)
    inks = [
        {picture.getpixel((pick, end)) for end in range(2, picture.height - 2)} - {warp} for pick in range(60)
    ]
    own = [pick for pick, ink in enumerate(inks) if ink == {lit}]
    assert own == list(range(60 - cloth.REPEAT - 4, 60 - cloth.REPEAT))
    assert inks[: own[0]] == [{ImageColor.getrgb(cloth.GREY)}] * own[0]


def test_a_giver_is_shown_a_thread_of_their_month_and_ink_no_wider_than_their_gift() -> None:
    published = {"threads": told(20, 0, 0, 20)}

    def width(satang: int, month: str = "2026-10") -> int | None:
        place = cloth_pages.thread_like(published, month=month, state="available", satang=satang, key="k")
        return None if place is None else cloth_pages.weft(published)[place].picks

    assert (width(100_00), width(90_000_00), width(100_00, month="2026-11")) == (2, 9, None)

"""The centre's organisation, from the roles that are held: each officer stands at their place, and every district is there."""

import pytest
from flask import Flask
from people import Cast, become

from app.kit.db import transaction
from app.province import places
from app.staff.roles import Role
from app.warroom import organisation


@pytest.mark.pages
def test_each_officer_stands_at_their_place_and_every_district_is_there(portal: Flask, cast: Cast) -> None:
    tree = organisation.tree()
    assert [here.district for here in tree.districts] == list(places.districts("33"))
    of_town, of_khukhan = tree.districts[0], tree.districts[4]
    assert [officer.name for officer in of_town.teams] == ["น.ส.มาลี ศรีจันทร์"]
    assert [officer.name for officer in of_khukhan.officers] == ["นายชัย ขุขันธ์"]
    at_province = {officer.name for officer in tree.officers}
    assert "นายสมชาย ใจงาม" in at_province and "น.ส.มาลี ศรีจันทร์" not in at_province
    assert "น.ส.หญิง ดูแล" not in at_province, "who looks after the machine is no officer of the centre"
    (body,) = tree.bodies
    assert (body.members, body.chair) == (3, "นายสมชาย ใจงาม")


@pytest.mark.pages
def test_the_page_shows_the_levels_and_a_role_that_ended_leaves_it(portal: Flask, cast: Cast) -> None:
    page = cast.chai.sign_in().visit("/organisation").words
    for words in ("ศจพ. ชาติ", "ศจพ.จ. ศรีสะเกษ", "อำเภอขุขันธ์", "นายชัย ขุขันธ์"):
        assert words in page
    with transaction():
        become(cast.chai.user.id, Role.AUDITOR)
    assert organisation.tree().districts[4].officers == []

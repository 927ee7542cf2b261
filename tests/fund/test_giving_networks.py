"""Networks: their code travels in QR codes and must fit there."""

import pytest
from people import Cast

from app.fund.giving.networks import networks
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused


@pytest.mark.pages
@pytest.mark.parametrize("code", ["net2", "N", "NET-2", "เครือข่าย", "N" * 13, "NET 2"])
def test_a_code_that_no_qr_code_can_carry_is_refused(cast: Cast, code: str) -> None:
    with pytest.raises(BadInput, match="รหัสเครือข่าย"), transaction():
        networks.create(code=code, type="otop", name="ก", by=None)


def test_a_code_belongs_to_one_network(cast: Cast) -> None:
    with pytest.raises(Refused, match="รหัสนี้แล้ว"), transaction():
        networks.create(code="NET001", type="otop", name="ก", by=cast.busaba.user)


@pytest.mark.pages
def test_an_unknown_type_or_district_is_refused(cast: Cast) -> None:
    with pytest.raises(BadInput, match="ประเภท"), transaction():
        networks.create(code="NET2", type="bank", name="ก", by=None)
    with pytest.raises(BadInput, match="อำเภอ"), transaction():
        networks.create(code="NET2", type="otop", name="ก", district_code="9999", by=None)


def test_a_treasurer_founds_no_network(cast: Cast) -> None:
    with pytest.raises(Refused, match="เลขานุการ"), transaction():
        networks.create(code="NET2", type="otop", name="ก", by=cast.ton.user)


def test_a_treasurer_speaks_for_their_own_network_only(cast: Cast) -> None:
    with transaction():
        networks.create(code="NET2", type="otop", name="กองทุนอื่น", district_code="3305", by=cast.busaba.user)
    assert [network.code for network in networks.spoken_for(cast.ton.user)] == ["NET001"]
    assert [network.code for network in networks.spoken_for(cast.busaba.user)] == ["NET001", "NET2"]
    assert networks.spoken_for(cast.malee.user) == []

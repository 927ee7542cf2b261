"""The fund's bank account as tests need it: by an approval of Busaba's and Somchai's, long ago, at once in force."""

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from app.fund.giving.payment_requests import payees
from app.fund.giving.records.payment_requests import FundAccount, Payee
from app.kit.db import db, transaction
from app.staff.approvals import APPROVERS, LIFE, ApprovalRequest
from app.staff.roles import Grant, Role

#: Before every day on which a test takes place.
_LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)


def approved(kind: str, subject: str, /, **payload: object) -> ApprovalRequest:
    """An approval that two people gave, without its deed."""
    session = db.session()
    held = select(Grant.role, Grant.user_id).where(Grant.role.in_(APPROVERS), Grant.revoked_at.is_(None))
    hands: dict[str, int] = {}
    for role, user_id in session.execute(held.order_by(Grant.id)):
        hands.setdefault(role, user_id)
    asking, deciding = [role for role in (Role.FUND_OFFICER, *APPROVERS) if role in hands][:2]
    asked_at = _LONG_AGO + timedelta(seconds=1) * (
        session.scalar(select(func.count(ApprovalRequest.id))) or 0
    )
    made = ApprovalRequest(
        kind=kind,
        subject=subject,
        payload=json.dumps(payload, ensure_ascii=False),
        changes="[]",
        reason="ทดสอบ",
        asked_by_id=hands[asking],
        asked_role=asking,
        asked_at=asked_at,
        expires_at=asked_at + LIFE,
    )
    session.add(made)
    session.flush()
    made.decision, made.decided_at = "approved", asked_at
    made.decided_by_id, made.decided_role = hands[deciding], deciding
    session.flush()
    return made


def proposed(*, bank_code: str, number: str, name: str) -> FundAccount:
    approval = approved("account.propose", f"account:{number}", bank_code=bank_code, number=number, name=name)
    account = FundAccount(
        bank_code=bank_code, number=number, name=name, state="proposed", approval_request_id=approval.id
    )
    db.session().add(account)
    db.session().flush()
    return account


def opened(account: FundAccount, *, biller_id: str | None, promptpay_id: str | None) -> FundAccount:
    """New QR codes pay this account by these IDs, as if that had been approved long ago."""
    session = db.session()
    said = {"biller_id": biller_id, "promptpay_id": promptpay_id}
    approval = approved("account.open", f"account:{account.id}", **said)
    decided_at = approval.decided_at
    assert decided_at is not None
    session.add(
        Payee(
            account_id=account.id, approval_request_id=approval.id, from_at=decided_at + payees.WAIT, **said
        )
    )
    session.flush()
    account.biller_id, account.promptpay_id = biller_id, promptpay_id
    account.state, account.approval_request_id = "open", approval.id
    session.flush()
    return account


def identified(**ids: str | None) -> None:
    """The fund's account is known by these IDs and no others from now on; what is not said stays."""
    with transaction() as session:
        account = session.scalars(select(FundAccount).order_by(FundAccount.id)).first()
        assert account is not None
        kept = {"biller_id": account.biller_id, "promptpay_id": account.promptpay_id}
        opened(account, **{**kept, **ids})


def shut(state: str = "closed") -> None:
    """No account takes money any more, as if that had been approved."""
    with transaction() as session:
        for account in session.scalars(select(FundAccount).filter_by(state="open")):
            approval = approved("account.close", f"account:{account.id}")
            account.state, account.approval_request_id = state, approval.id
            for payee in session.scalars(select(Payee).filter_by(account_id=account.id, ended_at=None)):
                payee.ended_at = max(payee.from_at + timedelta(seconds=1), approval.asked_at)
            session.flush()

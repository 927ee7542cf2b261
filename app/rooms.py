"""The one list: what each room brings to the portal.

Nothing is there because it was imported. A page, a check or whatever else a room makes is part of the portal when it stands
here, and `tests/test_rooms.py` finds what was made and not listed.
"""

from typing import Any

from app.cases.aid import checks as aid_checks
from app.cases.aid import commands as aid_commands
from app.cases.aid import (
    committee_briefs,
    cost_pages,
    costs,
    evidence,
    funding_pages,
    handover_pages,
    household_history,
    interests,
    lateness,
    pick_pages,
    request_pages,
)
from app.cases.aid import refusals as aid_refusals
from app.cases.aid.committee_pages import (
    amendment_pages,
    body_pages,
    circulation_pages,
    delegation_pages,
    guideline_pages,
    minutes_pages,
    sole_pages,
)
from app.cases.aid.committee_pages import pages as committee_pages
from app.cases.aid.records import AidRequest, Handover
from app.cases.care import pages as care_pages
from app.cases.care import refusals as care_refusals
from app.cases.care import timeline
from app.cases.register import commands as register_commands
from app.cases.register import duplicate_pages as register_duplicate_pages
from app.cases.register import ids, search_words
from app.cases.register import import_pages as register_import_pages
from app.cases.register import jobs as register_jobs
from app.cases.register import pages as register_pages
from app.cases.register import refusals as register_refusals
from app.cases.register.records import Household, Round
from app.demo import commands as demo_commands
from app.demo import gallery as demo_gallery
from app.demo import providers as demo_providers
from app.demo import views as demo_views
from app.editions import checks as editions_checks
from app.editions import jobs as editions_jobs
from app.editions import refusals as editions_refusals
from app.fund.bank import checks as bank_checks
from app.fund.bank import confirmation_pages, event_pages
from app.fund.bank import jobs as bank_jobs
from app.fund.bank import refusals as bank_refusals
from app.fund.bank.inquiry import sweep, verification
from app.fund.bank.providers import pages as provider_pages
from app.fund.bank.reconciliation import (
    answers,
    approved_decisions,
    bank_reversals,
    decision_pages,
    exact_pages,
    queue_pages,
    refund_pages,
    refunds,
    split_pages,
    work_pages,
)
from app.fund.bank.records import Statement, StatementProfile
from app.fund.bank.statements import pages as statement_pages
from app.fund.bank.statements import statement_overrides, upload_pages, withdrawals
from app.fund.closing import checks as closing_checks
from app.fund.closing import commands as closing_commands
from app.fund.closing import money_out, month_ends, month_facts
from app.fund.closing import pages as closing_pages
from app.fund.committee import checks as committee_checks
from app.fund.committee import delegations, frozen, sole
from app.fund.committee import jobs as committee_jobs
from app.fund.committee import refusals as committee_refusals
from app.fund.committee.records import Meeting, Proposal
from app.fund.committee.records.authority import Delegation
from app.fund.committee.records.bodies import Body
from app.fund.committee.records.guidelines import Guideline
from app.fund.counter import checks as counter_checks
from app.fund.counter import pages as counter_pages
from app.fund.counter import refusals as counter_refusals
from app.fund.counter.records import CashCount, CounterPayment
from app.fund.giving import checks as giving_checks
from app.fund.giving import commands as giving_commands
from app.fund.giving import jobs as giving_jobs
from app.fund.giving import message_pages
from app.fund.giving import refusals as giving_refusals
from app.fund.giving.carried import carried
from app.fund.giving.carried import checks as carried_checks
from app.fund.giving.carried import pages as carried_pages
from app.fund.giving.donations import checks as donation_checks
from app.fund.giving.goods import checks as goods_checks
from app.fund.giving.goods import pages as goods_pages
from app.fund.giving.networks import networks
from app.fund.giving.networks import pages as network_pages
from app.fund.giving.payment_requests import (
    collection_pages,
    fund_accounts,
    payment_notices,
    setup_pages,
    solicitation_pages,
    stops,
)
from app.fund.giving.payment_requests import pages as payment_request_pages
from app.fund.giving.pledges import pages as pledge_pages
from app.fund.giving.receipts import (
    check_pages,
    issuer,
    issuer_pages,
    paper_book_pages,
    paper_books,
    receipts,
)
from app.fund.giving.receipts import checks as receipt_checks
from app.fund.giving.receipts import pages as receipt_pages
from app.fund.giving.records.goods import InKindDonation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import Collection, FundAccount, PaymentRequest
from app.fund.giving.records.pledges import Pledge
from app.fund.giving.records.receipts import Receipt
from app.fund.giving.reports import (
    batch_pages,
    batches,
    edonation,
    edonation_pages,
    share_pages,
    yearly_pages,
)
from app.fund.giving.slips import claims as slip_claims
from app.fund.giving.slips import keeping as slip_keeping
from app.fund.giving.slips import pages as slip_pages
from app.fund.ledger import books, journal, opening, opening_pages, trial_balance_pages
from app.fund.ledger import checks as ledger_checks
from app.fund.ledger import commands as ledger_commands
from app.fund.ledger import jobs as ledger_jobs
from app.fund.ledger import pages as ledger_pages
from app.fund.ledger import refusals as ledger_refusals
from app.fund.ledger.accounts import Purpose
from app.fund.spending import (
    bank_lines,
    carry_over,
    carry_over_pages,
    guards,
    line_pages,
    order_line_pages,
    paid_lines,
    paper_pages,
    remittances,
    return_pages,
    signatories,
    tax_pages,
    transfer_pages,
    vendor_pages,
    vendors,
    voucher_pages,
)
from app.fund.spending import checks as spending_checks
from app.fund.spending import commands as spending_commands
from app.fund.spending import pages as spending_pages
from app.fund.spending import papers as spending_papers
from app.fund.spending import refusals as spending_refusals
from app.fund.spending.records import Payment, Signatory, Vendor
from app.fund.store import pages as store_pages
from app.fund.store import refusals as store_refusals
from app.fund.store.records import StockItem
from app.kit import db, deed_keys, kept_forms, language, lists, outbox, promptpay_commands
from app.province import commands as province_commands
from app.province import english_names
from app.public import cloth as cloth_pages
from app.public import display as display_pages
from app.public import pages as public_pages
from app.public import way_pages
from app.room import Binding, Room, ScheduledJob, Sealed, blueprints, merged
from app.staff import approval_pages, attempts, people, people_pages, read_pages, resets, subjects
from app.staff import approvals as approvals_
from app.staff import commands as staff_commands
from app.staff import jobs as staff_jobs
from app.staff import pages as staff_pages
from app.staff import refusals as staff_refusals
from app.staff.subjects import SubjectKind
from app.staff.users import User
from app.warroom import commands as warroom_commands
from app.warroom import organisation_pages, system_pages, wholeness
from app.warroom import pages as warroom_pages


def _code(row: Any) -> Any:
    """What people see of a row."""
    return row.code


KIT = Room(
    name="kit",
    commands=(promptpay_commands.promptpay,),
    scheduled=(ScheduledJob(kept_forms.clear, 600), ScheduledJob(deed_keys.clear, 3600)),
    refusals=outbox.REFUSALS,
)

PROVINCE = Room(name="province", commands=(province_commands.province,))

STAFF = Room(
    name="staff",
    pages=(staff_pages, approval_pages, people_pages, read_pages),
    commands=(staff_commands.user, staff_commands.audit),
    scheduled=(
        ScheduledJob(staff_jobs.chain, 2),
        ScheduledJob(staff_jobs.chain_late, 3600),
        ScheduledJob(staff_jobs.lapse_approvals, 300),
        ScheduledJob(staff_jobs.end_terms, 3600),
        ScheduledJob(staff_jobs.send_messages, 5),
    ),
    approvals=(*people.APPROVALS, *resets.APPROVALS),
    refusals=staff_refusals.REFUSALS,
    bindings=(Binding(lists.HANDED_OUT, read_pages.note_file),),
    subjects={
        "approval_request": SubjectKind("เรื่องที่ต้องมีสองคน ลำดับ", page="staff.approval"),
        "export": SubjectKind("รายการ"),
        "notice": SubjectKind("เรื่องแจ้งให้ทราบ ลำดับ"),
        "slip_picture": SubjectKind("สลิปลำดับ"),
        "statement_file": SubjectKind("รายการเดินบัญชีไฟล์ที่", page="bank.statement"),
        "user": SubjectKind("ผู้ใช้", User, lambda row: row.name, "staff.person"),
    },
)

LEDGER = Room(
    name="ledger",
    pages=(ledger_pages, opening_pages, trial_balance_pages),
    sealed=(Sealed("เอกสารยอดยกมา", opening.broken),),
    commands=(ledger_commands.books,),
    scheduled=(ScheduledJob(ledger_jobs.check_books, 300),),
    checks=ledger_checks.CHECKS,
    approvals=(*opening.APPROVALS,),
    refusals=ledger_refusals.REFUSALS,
    journal={"opening_balance_id": opening_pages.in_the_journal},
    subjects={
        "books": SubjectKind("สมุดบัญชีของกองทุน"),
        "purpose": SubjectKind("วัตถุประสงค์", Purpose, lambda row: row.name_th),
    },
)

STORE = Room(
    name="store",
    pages=(store_pages,),
    refusals=store_refusals.REFUSALS,
    subjects={"stock_item": SubjectKind("สิ่งของในคลัง", StockItem, lambda row: row.name, "store.card")},
)

GIVING = Room(
    name="giving",
    sealed=(Sealed("ภาพสลิป", slip_claims.broken), Sealed("เลขผู้เสียภาษีของผู้ให้", edonation.broken)),
    pages=(
        carried_pages,
        goods_pages,
        message_pages,
        network_pages,
        collection_pages,
        payment_request_pages,
        setup_pages,
        solicitation_pages,
        pledge_pages,
        check_pages,
        issuer_pages,
        paper_book_pages,
        receipt_pages,
        batch_pages,
        edonation_pages,
        share_pages,
        yearly_pages,
        slip_pages,
    ),
    commands=(giving_commands.receipts_,),
    handlers={"thank": giving_jobs.thank, "correct": giving_jobs.correct, "receipt_batch": batches.step},
    scheduled=(
        ScheduledJob(giving_jobs.expire, 60),
        ScheduledJob(giving_jobs.close_replaced, 60),
        ScheduledJob(giving_jobs.remind, 300),
        ScheduledJob(giving_jobs.issue_owed, 60),
        ScheduledJob(giving_jobs.print_originals, 10),
        ScheduledJob(giving_jobs.clear_batches, 3600),
        ScheduledJob(slip_keeping.maintain, 3600),
    ),
    checks=(
        giving_checks.paths_follow_parents,
        giving_checks.instalments_are_the_pledge,
        donation_checks.donations_are_in_the_books,
        donation_checks.reversals_are_in_the_books,
        donation_checks.standing_donations_are_what_was_received,
        donation_checks.totals_are_what_stands,
        donation_checks.received_payment_requests_have_donations,
        receipt_checks.receipts_without_gap,
        receipt_checks.receipts_say_what_stands,
        goods_checks.goods_are_documents_and_stock,
        carried_checks.carried_within_opening,
    ),
    approvals=(
        *fund_accounts.APPROVALS,
        *stops.APPROVALS,
        *issuer.APPROVALS,
        *paper_books.APPROVALS,
        *carried.APPROVALS,
    ),
    refusals=giving_refusals.REFUSALS,
    journal={"donation_id": receipt_pages.donations_in_the_journal},
    bindings=(Binding(people.NETWORKS, networks.names),),
    subjects={
        "account": SubjectKind("บัญชีธนาคาร", FundAccount, lambda row: row.number, "giving.fund_account"),
        "carried_list": SubjectKind("ไฟล์สมทบยกมาที่", page=""),
        "collection": SubjectKind("QR รับสมทบ", Collection, lambda row: row.ref1),
        "donation": SubjectKind("เงินสมทบลำดับ"),
        "fund_account": SubjectKind("บัญชีธนาคาร", FundAccount, lambda row: row.number, "giving.fund_account"),
        "giving": SubjectKind("การรับเงินผ่าน QR"),
        "in_kind_donation": SubjectKind("ใบรับสิ่งของ", InKindDonation, _code, "giving.in_kind_donation"),
        "issuer_version": SubjectKind("ข้อมูลผู้ออกใบเสร็จ ฉบับที่"),
        "message": SubjectKind("ข้อความลำดับ", page="giving.message"),
        "network": SubjectKind("เครือข่าย", Network, lambda row: row.name, "giving.network", "code", _code),
        "paper_book": SubjectKind("ใบเสร็จเล่มกระดาษ"),
        "receipt_book": SubjectKind("เลขใบเสร็จของปีงบประมาณ"),
        "payment_request": SubjectKind(
            "การเปิดรับเงิน", PaymentRequest, _code, "giving.payment_request", "code", _code
        ),
        "pledge": SubjectKind("ความประสงค์สมทบ", Pledge, _code, "giving.pledge", "code", _code),
        "receipt": SubjectKind(
            "ใบเสร็จรับเงิน", Receipt, _code, "giving.receipt", "token", lambda row: row.token
        ),
        "receipt_batch": SubjectKind("ชุดใบเสร็จที่", page="giving.batch"),
        "slips": SubjectKind("ภาพสลิป"),
        "solicitation": SubjectKind("หนังสืออนุมัติให้เรี่ยไร ลำดับ"),
    },
)

BANK = Room(
    name="bank",
    pages=(
        event_pages,
        queue_pages,
        confirmation_pages,
        provider_pages,
        decision_pages,
        refund_pages,
        split_pages,
        work_pages,
        exact_pages,
        statement_pages,
        upload_pages,
    ),
    handlers={"look_again": bank_jobs.look_again, "inquire": verification.ask, "sweep": sweep.sweep_nightly},
    scheduled=(
        ScheduledJob(bank_jobs.bring_in, 1),
        ScheduledJob(bank_jobs.reconcile, 5),
        ScheduledJob(bank_jobs.ask_about_left, 60),
        ScheduledJob(bank_jobs.forget_uploads, 3600),
        ScheduledJob(sweep.queue_nightly_sweep, 300),
    ),
    checks=bank_checks.CHECKS,
    approvals=(
        *approved_decisions.APPROVALS,
        *refunds.APPROVALS,
        *statement_overrides.APPROVALS,
        *withdrawals.APPROVALS,
    ),
    refusals=bank_refusals.REFUSALS,
    bindings=(
        Binding(payment_notices.BY_REFERENCE, answers.by_reference),
        Binding(payment_notices.CLAIMED, answers.ask_for_a_second_look),
        Binding(receipts.IN_DOUBT, bank_reversals.is_taken_back),
    ),
    subjects={
        "bank": SubjectKind("ธนาคาร"),
        "bank_event": SubjectKind("รายการธนาคาร", page="bank.event"),
        "statement": SubjectKind("รายการเดินบัญชีไฟล์", Statement, lambda row: row.file_name, "bank.statement"),
        "statement_profile": SubjectKind("รูปแบบไฟล์", StatementProfile, lambda row: row.name),
        "statement_upload": SubjectKind("ไฟล์รายการเดินบัญชีที่", page="bank.upload"),
    },
)

COUNTER = Room(
    name="counter",
    pages=(counter_pages,),
    checks=counter_checks.CHECKS,
    refusals=counter_refusals.REFUSALS,
    subjects={
        "cash_count": SubjectKind("การปิดยอดเงินสด", CashCount, _code, "counter.cash_count"),
        "counter_payment": SubjectKind("การรับเงิน", CounterPayment, _code, "counter.counter_payment"),
    },
)

CLOSING = Room(
    name="closing",
    pages=(closing_pages,),
    # `bank` with what closing adds to it.
    commands=(closing_commands.bank,),
    checks=(closing_checks.closed_months_stay_true,),
    subjects={"month": SubjectKind("เดือนบัญชี"), "year": SubjectKind("ปีงบประมาณ")},
)

COMMITTEE = Room(
    name="committee",
    checks=committee_checks.CHECKS,
    scheduled=(ScheduledJob(committee_jobs.close_circulations, 20),),
    approvals=(*delegations.APPROVALS,),
    refusals=committee_refusals.REFUSALS,
    subjects={
        "agenda_item": SubjectKind("วาระที่"),
        "body": SubjectKind("คณะ", Body, lambda row: row.name_th),
        "delegation": SubjectKind(
            "คำสั่งมอบอำนาจที่", Delegation, lambda row: row.order_number, "committee.delegations"
        ),
        "guideline": SubjectKind("แนวทางที่", Guideline, lambda row: row.name, "committee.guideline"),
        "meeting": SubjectKind("การประชุม", Meeting, _code, "committee.meeting"),
        "proposal": SubjectKind("คำขอใช้เงิน", Proposal, _code),
    },
)

SPENDING = Room(
    name="spending",
    sealed=(Sealed("เอกสารการจ่าย", spending_papers.broken),),
    pages=(
        spending_pages,
        return_pages,
        voucher_pages,
        vendor_pages,
        line_pages,
        paper_pages,
        transfer_pages,
        tax_pages,
        order_line_pages,
        carry_over_pages,
    ),
    commands=(spending_commands.trace,),
    checks=(
        spending_checks.payments_are_booked,
        spending_checks.returns_are_booked,
        spending_checks.payments_follow_orders,
        spending_checks.committed_is_approved_less_paid,
        spending_checks.paid_within_committed,
        spending_checks.payments_are_traced,
        spending_checks.traced_is_paid,
        spending_checks.lines_and_clearings_agree,
        spending_checks.tax_owed,
        spending_checks.vouchers_run_without_gap,
    ),
    scheduled=(ScheduledJob(bank_lines.meet_all, 60),),
    approvals=(*vendors.APPROVALS, *signatories.APPROVALS, *carry_over.APPROVALS),
    refusals=spending_refusals.REFUSALS,
    journal={
        "commitment_id": spending_pages.commitments_in_the_journal,
        "payment_id": spending_pages.payments_in_the_journal,
        "payment_return_id": spending_pages.returns_in_the_journal,
    },
    bindings=(
        Binding(money_out.EXPLAIN, paid_lines.paid),
        Binding(month_facts.HELD_TAX, remittances.held),
        Binding(month_ends.CARRY_IS_DUE, carry_over.is_due),
        Binding(event_pages.OF_PAYMENT, line_pages.told),
        Binding(receipt_pages.PAID_WITH, line_pages.paid_with),
    ),
    subjects={
        "payment": SubjectKind("ใบสำคัญจ่าย", Payment, _code, "spending.payment"),
        "payment_order": SubjectKind("รายการเตรียมจ่ายที่", page="spending.order"),
        "signatory": SubjectKind("ผู้มีอำนาจลงนาม", Signatory, lambda row: row.user.name),
        "transfer_file": SubjectKind("ไฟล์โอนที่"),
        "vendor": SubjectKind("ผู้รับเงิน", Vendor, lambda row: row.name, "spending.vendor"),
    },
)

REGISTER = Room(
    name="register",
    names_families=True,
    sealed=(Sealed("เลขประจำตัวประชาชน", ids.broken),),
    pages=(register_pages, register_import_pages, register_duplicate_pages),
    handlers={"register_read": register_jobs.read, "register_apply": register_jobs.apply},
    commands=(register_commands.register,),
    scheduled=(ScheduledJob(search_words.fill, 5),),
    refusals=register_refusals.REFUSALS,
    subjects={
        "household": SubjectKind("ครัวเรือน", Household, _code, "care.household", "code", _code),
        "household_code": SubjectKind("ครัวเรือน", page="care.household", argument="code"),
        "member": SubjectKind("สมาชิกครัวเรือนลำดับ"),
        "register_column_map": SubjectKind("หัวตารางของไฟล์ทะเบียนลำดับ"),
        "register_round": SubjectKind(
            "รอบข้อมูลครัวเรือน", Round, lambda row: row.name, "register.one_round", "code", _code
        ),
    },
)

CARE = Room(name="care", names_families=True, pages=(care_pages,), refusals=care_refusals.REFUSALS)

AID = Room(
    name="aid",
    sealed=(Sealed("ภาพการส่งมอบ", evidence.broken),),
    pages=(
        request_pages,
        committee_pages,
        amendment_pages,
        body_pages,
        minutes_pages,
        sole_pages,
        circulation_pages,
        delegation_pages,
        guideline_pages,
        cost_pages,
        funding_pages,
        handover_pages,
        pick_pages,
    ),
    commands=(aid_commands.committee,),
    scheduled=(ScheduledJob(evidence.maintain, 3600), ScheduledJob(lateness.tell, 3600)),
    checks=aid_checks.CHECKS,
    refusals=aid_refusals.REFUSALS,
    bindings=(
        Binding(guards.SETTLING, costs.against_settling),
        Binding(guards.VOIDING, costs.against_voiding),
        Binding(guards.COST_PAGE, cost_pages.address),
        Binding(frozen.SEEN, committee_briefs.seen),
        Binding(sole.IS_PARTIAL, interests.is_partial),
        Binding(timeline.TOLD, household_history.tell),
    ),
    subjects={
        "delivery": SubjectKind("การส่งมอบที่"),
        "handover": SubjectKind("พิธีมอบที่", Handover, None, "aid.one_handover"),
        "photo": SubjectKind("ภาพหลักฐานลำดับ"),
        "photos": SubjectKind("ภาพหลักฐาน"),
        "request": SubjectKind("คำขอความช่วยเหลือ", AidRequest, _code, "aid.one_request", "code", _code),
    },
)

EDITIONS = Room(
    name="editions",
    handlers={"publish": editions_jobs.publish},
    scheduled=(ScheduledJob(editions_jobs.publish, 30),),
    checks=editions_checks.CHECKS,
    refusals=editions_refusals.REFUSALS,
)

PUBLIC = Room(name="public", pages=(public_pages, cloth_pages, display_pages, way_pages))

WARROOM = Room(
    name="warroom",
    pages=(warroom_pages, organisation_pages, system_pages),
    commands=tuple(warroom_commands.COMMANDS),
    subjects={"job": SubjectKind("งานเบื้องหลังลำดับ")},
)

#: Beside the house: its pages are there in the demonstration only.
DEMO = Room(name="demo", pages=(demo_gallery, demo_providers, demo_views), commands=(demo_commands.demo,))

#: In the order of the house, the ground first.
ROOMS: tuple[Room, ...] = (
    KIT,
    PROVINCE,
    STAFF,
    LEDGER,
    STORE,
    GIVING,
    BANK,
    COUNTER,
    CLOSING,
    COMMITTEE,
    SPENDING,
    REGISTER,
    CARE,
    AID,
    EDITIONS,
    PUBLIC,
    WARROOM,
)


#: What the worker does on being asked, and what by the clock.
HANDLERS = merged(room.handlers for room in ROOMS)
SCHEDULED_JOBS = tuple(job for room in ROOMS for job in room.scheduled)
#: What a deed of the audit trail can be done to.
SUBJECTS = merged(room.subjects for room in ROOMS)


def inject() -> None:
    """Give each tool its list of what the rooms bring, and each slot its function."""
    books.CHECKS.set(merged({check.name: check for check in room.checks} for room in ROOMS))
    approvals_.KINDS.set(merged({kind.kind: kind for kind in room.approvals} for room in ROOMS))
    db.REFUSALS.set(merged(room.refusals for room in ROOMS))
    wholeness.SEALED.set([sealed for room in ROOMS for sealed in room.sealed])
    journal.EXPLAINERS.set(merged(room.journal for room in ROOMS))
    subjects.KINDS.set(SUBJECTS)
    attempts.PRIVATE.set([bp.name for bp in blueprints(room for room in ROOMS if room.names_families)])
    language.NAMES.set(english_names.known)
    for room in ROOMS:
        for binding in room.bindings:
            binding.slot.set(binding.function)

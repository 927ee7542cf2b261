-- The schema of version 0.2.0 on SQLite, where the migrations begin.
-- An empty line ends a statement; within one there is none.

CREATE TABLE account (
    id INTEGER NOT NULL,
    kind VARCHAR(12) NOT NULL,
    purpose_id INTEGER NOT NULL,
    balance_satang BIGINT DEFAULT '0' NOT NULL,
    last_entry_id INTEGER,
    CONSTRAINT pk_account PRIMARY KEY (id),
    CONSTRAINT ck_account_known_kind CHECK (kind IN ('received', 'available', 'committed', 'paid')),
    CONSTRAINT ck_account_not_overdrawn CHECK (balance_satang >= 0),
    CONSTRAINT fk_account_purpose_id FOREIGN KEY(purpose_id) REFERENCES purpose (id),
    CONSTRAINT uq_account_kind_purpose_id UNIQUE (kind, purpose_id)
);

CREATE TABLE advance_clearing (
    id INTEGER NOT NULL,
    payment_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    paper VARCHAR(300) NOT NULL,
    cleared_at DATETIME NOT NULL,
    cleared_by_id INTEGER NOT NULL,
    CONSTRAINT pk_advance_clearing PRIMARY KEY (id),
    CONSTRAINT ck_advance_clearing_positive CHECK (satang > 0),
    CONSTRAINT fk_advance_clearing_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id),
    CONSTRAINT fk_advance_clearing_cleared_by_id FOREIGN KEY(cleared_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_advance_clearing_payment_id ON advance_clearing (payment_id);

CREATE TABLE agenda_item (
    id INTEGER NOT NULL,
    meeting_id INTEGER NOT NULL,
    proposal_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    matter VARCHAR(8) NOT NULL,
    version_id INTEGER NOT NULL,
    frozen TEXT DEFAULT '{}' NOT NULL,
    ceiling_satang BIGINT,
    CONSTRAINT pk_agenda_item PRIMARY KEY (id),
    CONSTRAINT uq_agenda_item_meeting_id_proposal_id UNIQUE (meeting_id, proposal_id),
    CONSTRAINT ck_agenda_item_known_matter CHECK (matter IN ('decide', 'amend', 'rescind', 'ratify')),
    CONSTRAINT fk_agenda_item_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    CONSTRAINT fk_agenda_item_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposal (id),
    CONSTRAINT fk_agenda_item_version_id FOREIGN KEY(version_id) REFERENCES proposal_version (id)
);

CREATE TABLE aid_funding (
    id INTEGER NOT NULL,
    request_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    source VARCHAR(160) NOT NULL,
    purpose_code VARCHAR(24),
    satang BIGINT NOT NULL,
    CONSTRAINT pk_aid_funding PRIMARY KEY (id),
    CONSTRAINT uq_aid_funding_request_id_purpose_code UNIQUE (request_id, purpose_code),
    CONSTRAINT ck_aid_funding_positive CHECK (satang > 0),
    CONSTRAINT ck_aid_funding_known_kind CHECK (kind IN ('fund_purpose', 'agency_budget', 'network', 'local_government')),
    CONSTRAINT ck_aid_funding_source_of_kind CHECK ((kind = 'fund_purpose') = (purpose_code IS NOT NULL) AND (kind = 'fund_purpose') = (source = '')),
    CONSTRAINT fk_aid_funding_request_id FOREIGN KEY(request_id) REFERENCES aid_request (id)
);

CREATE INDEX ix_aid_funding_request_id ON aid_funding (request_id);

CREATE TABLE aid_line (
    id INTEGER NOT NULL,
    request_id INTEGER NOT NULL,
    household_id INTEGER NOT NULL,
    member_id INTEGER,
    item_code VARCHAR(24) NOT NULL,
    quantity INTEGER NOT NULL,
    unit_satang BIGINT NOT NULL,
    fund_satang BIGINT,
    sizes TEXT NOT NULL,
    CONSTRAINT pk_aid_line PRIMARY KEY (id),
    CONSTRAINT ck_aid_line_fund_part CHECK (fund_satang > 0 AND fund_satang <= unit_satang),
    CONSTRAINT ck_aid_line_positive CHECK (quantity > 0 AND unit_satang > 0),
    CONSTRAINT fk_aid_line_household_id FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_aid_line_member_id FOREIGN KEY(member_id) REFERENCES member (id),
    CONSTRAINT fk_aid_line_request_id FOREIGN KEY(request_id) REFERENCES aid_request (id),
    CONSTRAINT uq_aid_line_request_id_household_id_member_id_item_code UNIQUE (request_id, household_id, member_id, item_code)
);

CREATE INDEX ix_aid_line_household_id ON aid_line (household_id);

CREATE INDEX ix_aid_line_member_id ON aid_line (member_id);

CREATE INDEX ix_aid_line_request_id ON aid_line (request_id);

CREATE TABLE aid_request (
    id INTEGER NOT NULL,
    code VARCHAR(16) NOT NULL,
    title VARCHAR(160) NOT NULL,
    story TEXT NOT NULL,
    purpose_code VARCHAR(24) NOT NULL,
    dimension VARCHAR(16) NOT NULL,
    urgency VARCHAR(8) NOT NULL,
    district_code VARCHAR(4),
    state VARCHAR(10) NOT NULL,
    made_at DATETIME NOT NULL,
    made_by_id INTEGER NOT NULL,
    submitted_at DATETIME,
    delivered_at DATETIME,
    snapshot TEXT NOT NULL,
    CONSTRAINT pk_aid_request PRIMARY KEY (id),
    CONSTRAINT ck_aid_request_submitted_pair CHECK (state <> 'submitted' OR submitted_at IS NOT NULL),
    CONSTRAINT ck_aid_request_known_state CHECK (state IN ('draft', 'submitted', 'withdrawn')),
    CONSTRAINT ck_aid_request_known_urgency CHECK (urgency IN ('urgent', 'medium', 'long')),
    CONSTRAINT fk_aid_request_made_by_id FOREIGN KEY(made_by_id) REFERENCES user_account (id),
    CONSTRAINT uq_aid_request_code UNIQUE (code)
);

CREATE INDEX ix_aid_request_drafts ON aid_request (made_by_id) WHERE state = 'draft';

CREATE INDEX ix_aid_request_made_by_id ON aid_request (made_by_id);

CREATE INDEX ix_aid_request_to_give ON aid_request (code) WHERE delivered_at IS NULL AND state = 'submitted';

CREATE INDEX ix_aid_request_words ON aid_request (title, code);

CREATE TABLE allocation (
    id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    donation_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    CONSTRAINT pk_allocation PRIMARY KEY (id),
    CONSTRAINT ck_allocation_positive CHECK (satang > 0),
    CONSTRAINT fk_allocation_event_id FOREIGN KEY(event_id) REFERENCES bank_event (id),
    CONSTRAINT fk_allocation_donation_id FOREIGN KEY(donation_id) REFERENCES donation (id),
    CONSTRAINT uq_allocation_event_id_donation_id UNIQUE (event_id, donation_id)
);

CREATE INDEX ix_allocation_donation_id ON allocation (donation_id);

CREATE TABLE amount_reservation (
    payment_request_id INTEGER NOT NULL,
    address_hash BLOB NOT NULL,
    until DATETIME NOT NULL,
    CONSTRAINT pk_amount_reservation PRIMARY KEY (payment_request_id),
    CONSTRAINT fk_amount_reservation_payment_request_id FOREIGN KEY(payment_request_id) REFERENCES payment_request (id)
);

CREATE INDEX ix_amount_reservation_address_hash_until ON amount_reservation (address_hash, until);

CREATE INDEX ix_amount_reservation_until ON amount_reservation (until);

CREATE TABLE approval_request (
    id INTEGER NOT NULL,
    kind VARCHAR(40) NOT NULL,
    subject VARCHAR(80) NOT NULL,
    payload TEXT NOT NULL,
    changes TEXT NOT NULL,
    reason VARCHAR(300) NOT NULL,
    concerned_id INTEGER,
    asked_by_id INTEGER NOT NULL,
    asked_role VARCHAR(24) NOT NULL,
    asked_at DATETIME NOT NULL,
    expires_at DATETIME,
    decision VARCHAR(10),
    decided_by_id INTEGER,
    decided_role VARCHAR(24),
    decided_at DATETIME,
    answer VARCHAR(300) NOT NULL,
    CONSTRAINT pk_approval_request PRIMARY KEY (id),
    CONSTRAINT ck_approval_request_known_decision CHECK (decision IN ('approved', 'declined', 'withdrawn', 'expired')),
    CONSTRAINT ck_approval_request_decided_pair CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CONSTRAINT ck_approval_request_decided_by_somebody CHECK ((decision IS NOT NULL AND decision <> 'expired') = (decided_by_id IS NOT NULL)),
    CONSTRAINT ck_approval_request_another_person CHECK (decision IS NULL OR decision NOT IN ('approved', 'declined') OR decided_by_id <> asked_by_id),
    CONSTRAINT ck_approval_request_withdrawn_by_asker CHECK (decision IS NULL OR decision <> 'withdrawn' OR decided_by_id = asked_by_id),
    CONSTRAINT ck_approval_request_role_pair CHECK ((decision IS NOT NULL AND decision IN ('approved', 'declined')) = (decided_role IS NOT NULL)),
    CONSTRAINT ck_approval_request_other_role CHECK (decision IS NULL OR decision <> 'approved' OR decided_role <> asked_role OR kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo', 'statement.override', 'statement.withdraw', 'refund.pay')),
    CONSTRAINT ck_approval_request_finance_roles CHECK (NOT kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo', 'statement.override', 'statement.withdraw', 'refund.pay') OR (asked_role = 'finance' AND (decided_role IS NULL OR decided_role IN ('finance', 'chair')))),
    CONSTRAINT ck_approval_request_expires_pair CHECK ((expires_at IS NULL) = (kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo', 'statement.override', 'statement.withdraw', 'refund.pay'))),
    CONSTRAINT ck_approval_request_not_concerned_asking CHECK (concerned_id IS NULL OR concerned_id <> asked_by_id),
    CONSTRAINT ck_approval_request_not_concerned CHECK (concerned_id IS NULL OR decision IS NULL OR decision NOT IN ('approved', 'declined') OR concerned_id <> decided_by_id),
    CONSTRAINT ck_approval_request_known_roles CHECK (asked_role IN ('chair', 'finance', 'fund_officer', 'administrator') AND (decided_role IS NULL OR decided_role IN ('chair', 'finance', 'fund_officer', 'administrator'))),
    CONSTRAINT fk_approval_request_concerned_id FOREIGN KEY(concerned_id) REFERENCES user_account (id),
    CONSTRAINT fk_approval_request_asked_by_id FOREIGN KEY(asked_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_approval_request_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_approval_request_subject ON approval_request (subject);

CREATE UNIQUE INDEX uq_approval_request_open ON approval_request (kind, subject) WHERE decision IS NULL;

CREATE UNIQUE INDEX uq_approval_request_open_of_finance ON approval_request (subject) WHERE decision IS NULL AND kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo', 'statement.override', 'statement.withdraw', 'refund.pay');

CREATE TABLE attendance (
    id INTEGER NOT NULL,
    meeting_id INTEGER NOT NULL,
    kind VARCHAR(8) DEFAULT 'member' NOT NULL,
    member_id INTEGER,
    name VARCHAR(120) DEFAULT '' NOT NULL,
    position VARCHAR(160) DEFAULT '' NOT NULL,
    noted_at DATETIME NOT NULL,
    left_at DATETIME,
    CONSTRAINT pk_attendance PRIMARY KEY (id),
    CONSTRAINT ck_attendance_known_kind CHECK (kind IN ('member', 'proxy', 'guest')),
    CONSTRAINT ck_attendance_who_it_is CHECK ((kind = 'guest') = (member_id IS NULL) AND (kind = 'member') = (name = '')),
    CONSTRAINT ck_attendance_in_order CHECK (left_at IS NULL OR left_at >= noted_at),
    CONSTRAINT fk_attendance_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    CONSTRAINT fk_attendance_member_id FOREIGN KEY(member_id) REFERENCES user_account (id)
);

CREATE UNIQUE INDEX uq_attendance_meeting_id_member_id ON attendance (meeting_id, member_id) WHERE left_at IS NULL;

CREATE TABLE audit_event (
    id INTEGER NOT NULL,
    at DATETIME NOT NULL,
    by_id INTEGER,
    deed VARCHAR(48) NOT NULL,
    subject VARCHAR(80) NOT NULL,
    details TEXT NOT NULL,
    address VARCHAR(45) NOT NULL,
    CONSTRAINT pk_audit_event PRIMARY KEY (id),
    CONSTRAINT fk_audit_event_by_id FOREIGN KEY(by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_audit_event_by_id ON audit_event (by_id, id);

CREATE INDEX ix_audit_event_subject ON audit_event (subject);

CREATE INDEX ix_audit_event_deed ON audit_event (deed);

CREATE TABLE backup (
    id INTEGER NOT NULL,
    at DATETIME NOT NULL,
    name VARCHAR(200) NOT NULL,
    bytes INTEGER NOT NULL,
    CONSTRAINT pk_backup PRIMARY KEY (id)
);

CREATE TABLE bank_event (
    id INTEGER NOT NULL,
    source VARCHAR(12) NOT NULL,
    external_id VARCHAR(90) NOT NULL,
    account_id INTEGER,
    statement_id INTEGER,
    line_number INTEGER,
    received_at DATETIME NOT NULL,
    raw BLOB NOT NULL,
    raw_hash VARCHAR(64) NOT NULL,
    satang BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    occurred_at DATETIME NOT NULL,
    has_time BOOLEAN NOT NULL,
    balance_satang BIGINT,
    biller_id VARCHAR(20) NOT NULL,
    ref1 VARCHAR(40) NOT NULL,
    ref2 VARCHAR(40) NOT NULL,
    bank_ref VARCHAR(60) NOT NULL,
    payer VARCHAR(160) NOT NULL,
    payer_bank VARCHAR(3) NOT NULL,
    description VARCHAR(400) NOT NULL,
    CONSTRAINT pk_bank_event PRIMARY KEY (id),
    CONSTRAINT uq_bank_event_source_external_id UNIQUE (source, external_id),
    CONSTRAINT ck_bank_event_known_source CHECK (source IN ('scb', 'statement', 'omise', 'counter', 'withdrawn')),
    CONSTRAINT ck_bank_event_statement_pair CHECK ((source IN ('statement', 'withdrawn')) = (statement_id IS NOT NULL)),
    CONSTRAINT ck_bank_event_not_zero CHECK (satang <> 0),
    CONSTRAINT fk_bank_event_account_id FOREIGN KEY(account_id) REFERENCES fund_account (id),
    CONSTRAINT fk_bank_event_statement_id FOREIGN KEY(statement_id) REFERENCES statement (id)
);

CREATE INDEX ix_bank_event_satang ON bank_event (satang);

CREATE INDEX ix_bank_event_words ON bank_event (payer, description, ref1);

CREATE INDEX ix_bank_event_bank_ref ON bank_event (bank_ref) WHERE bank_ref <> '';

CREATE INDEX ix_bank_event_occurred_at ON bank_event (occurred_at);

CREATE INDEX ix_bank_event_out ON bank_event (occurred_at) WHERE satang < 0;

CREATE INDEX ix_bank_event_outgoing ON bank_event (satang) WHERE satang < 0;

CREATE INDEX ix_bank_event_ref1 ON bank_event (ref1);

CREATE INDEX ix_bank_event_statement_id ON bank_event (statement_id);

CREATE TABLE bank_reversal (
    event_id INTEGER NOT NULL,
    reverses_id INTEGER NOT NULL,
    noted_at DATETIME NOT NULL,
    CONSTRAINT pk_bank_reversal PRIMARY KEY (event_id),
    CONSTRAINT ck_bank_reversal_of_another CHECK (event_id <> reverses_id),
    CONSTRAINT fk_bank_reversal_event_id FOREIGN KEY(event_id) REFERENCES bank_event (id),
    CONSTRAINT fk_bank_reversal_reverses_id FOREIGN KEY(reverses_id) REFERENCES bank_event (id),
    CONSTRAINT uq_bank_reversal_reverses_id UNIQUE (reverses_id)
);

CREATE TABLE body (
    id INTEGER NOT NULL,
    code VARCHAR(24) NOT NULL,
    name_th VARCHAR(160) NOT NULL,
    level VARCHAR(4) NOT NULL,
    opened_at DATETIME NOT NULL,
    CONSTRAINT pk_body PRIMARY KEY (id),
    CONSTRAINT ck_body_known_level CHECK (level IN ('full', 'sub', 'sole')),
    CONSTRAINT uq_body_code UNIQUE (code)
);

CREATE TABLE body_rules (
    id INTEGER NOT NULL,
    body_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    from_on DATE NOT NULL,
    order_number VARCHAR(60) NOT NULL,
    numbering VARCHAR(8) NOT NULL,
    quorum_part INTEGER NOT NULL,
    quorum_whole INTEGER NOT NULL,
    quorum_count INTEGER,
    casting_vote BOOLEAN NOT NULL,
    majority VARCHAR(14) NOT NULL,
    majority_amend VARCHAR(14) NOT NULL,
    majority_rescind VARCHAR(14) NOT NULL,
    majority_ratify VARCHAR(14) NOT NULL,
    entered_at DATETIME NOT NULL,
    entered_by_id INTEGER,
    CONSTRAINT pk_body_rules PRIMARY KEY (id),
    CONSTRAINT uq_body_rules_body_id_number UNIQUE (body_id, number),
    CONSTRAINT ck_body_rules_possible_quorum CHECK (quorum_part > 0 AND quorum_part <= quorum_whole AND (quorum_count IS NULL OR quorum_count > 0)),
    CONSTRAINT ck_body_rules_known_numbering CHECK (numbering IN ('calendar', 'fiscal', 'running')),
    CONSTRAINT ck_body_rules_known_majority CHECK (majority IN ('more_than_half', 'two_thirds', 'all')),
    CONSTRAINT ck_body_rules_amend_by_a_majority CHECK (majority_amend IN ('more_than_half', 'two_thirds', 'all')),
    CONSTRAINT ck_body_rules_rescind_by_a_majority CHECK (majority_rescind IN ('more_than_half', 'two_thirds', 'all')),
    CONSTRAINT ck_body_rules_ratify_by_a_majority CHECK (majority_ratify IN ('more_than_half', 'two_thirds', 'all')),
    CONSTRAINT ck_body_rules_by_order CHECK (number > 0 AND (number = 1 OR order_number <> '')),
    CONSTRAINT fk_body_rules_body_id FOREIGN KEY(body_id) REFERENCES body (id),
    CONSTRAINT fk_body_rules_entered_by_id FOREIGN KEY(entered_by_id) REFERENCES user_account (id)
);

CREATE TABLE books_check (
    id INTEGER NOT NULL,
    at DATETIME NOT NULL,
    held BOOLEAN NOT NULL,
    findings TEXT NOT NULL,
    "by" VARCHAR(20) NOT NULL,
    CONSTRAINT pk_books_check PRIMARY KEY (id)
);

CREATE TABLE carried_gift (
    id INTEGER NOT NULL,
    list_id INTEGER NOT NULL,
    kind VARCHAR(8) NOT NULL,
    on_date DATE NOT NULL,
    network_id INTEGER,
    donor_name VARCHAR(160) NOT NULL,
    purpose_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    paper_number VARCHAR(40) NOT NULL,
    note VARCHAR(200) NOT NULL,
    CONSTRAINT pk_carried_gift PRIMARY KEY (id),
    CONSTRAINT ck_carried_gift_known_kind CHECK (kind IN ('donation', 'pledge')),
    CONSTRAINT ck_carried_gift_positive CHECK (satang > 0),
    CONSTRAINT ck_carried_gift_pledge_of_network CHECK (kind = 'donation' OR network_id IS NOT NULL),
    CONSTRAINT fk_carried_gift_list_id FOREIGN KEY(list_id) REFERENCES carried_list (id),
    CONSTRAINT fk_carried_gift_network_id FOREIGN KEY(network_id) REFERENCES network (id),
    CONSTRAINT fk_carried_gift_purpose_id FOREIGN KEY(purpose_id) REFERENCES purpose (id)
);

CREATE INDEX ix_carried_gift_list_id ON carried_gift (list_id);

CREATE INDEX ix_carried_gift_network_id ON carried_gift (network_id);

CREATE INDEX ix_carried_gift_purpose_id ON carried_gift (purpose_id);

CREATE TABLE carried_list (
    id INTEGER NOT NULL,
    file_name VARCHAR(160) NOT NULL,
    file_hash VARCHAR(64) NOT NULL,
    applied_at DATETIME NOT NULL,
    approval_request_id INTEGER NOT NULL,
    CONSTRAINT pk_carried_list PRIMARY KEY (id),
    CONSTRAINT uq_carried_list_file_hash UNIQUE (file_hash),
    CONSTRAINT uq_carried_list_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT fk_carried_list_approval_request_id FOREIGN KEY(approval_request_id) REFERENCES approval_request (id)
);

CREATE TABLE cash_count (
    id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    on_date DATE NOT NULL,
    opened_at DATETIME NOT NULL,
    expected_cash_satang BIGINT NOT NULL,
    expected_cheque_satang BIGINT NOT NULL,
    counted_cash_satang BIGINT NOT NULL,
    counted_cheque_satang BIGINT NOT NULL,
    counts TEXT NOT NULL,
    difference_reason VARCHAR(300) NOT NULL,
    closed_at DATETIME,
    closed_by_id INTEGER,
    CONSTRAINT pk_cash_count PRIMARY KEY (id),
    CONSTRAINT ck_cash_count_closed_pair CHECK ((closed_at IS NULL) = (closed_by_id IS NULL)),
    CONSTRAINT ck_cash_count_difference_explained CHECK (closed_at IS NULL OR difference_reason <> '' OR (expected_cash_satang = counted_cash_satang AND expected_cheque_satang = counted_cheque_satang)),
    CONSTRAINT ck_cash_count_not_negative CHECK (counted_cash_satang >= 0 AND counted_cheque_satang >= 0),
    CONSTRAINT fk_cash_count_closed_by_id FOREIGN KEY(closed_by_id) REFERENCES user_account (id),
    CONSTRAINT uq_cash_count_number UNIQUE (number)
);

CREATE INDEX ix_cash_count_on_date ON cash_count (on_date);

CREATE UNIQUE INDEX uq_cash_count_open ON cash_count (on_date) WHERE closed_at IS NULL;

CREATE TABLE chain_link (
    number INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    hash VARCHAR(64) NOT NULL,
    chained_at DATETIME NOT NULL,
    CONSTRAINT pk_chain_link PRIMARY KEY (number),
    CONSTRAINT fk_chain_link_event_id FOREIGN KEY(event_id) REFERENCES audit_event (id),
    CONSTRAINT uq_chain_link_event_id UNIQUE (event_id)
);

CREATE TABLE circulation (
    meeting_id INTEGER NOT NULL,
    closes_at DATETIME NOT NULL,
    is_unanimous BOOLEAN NOT NULL,
    outcome VARCHAR(9) DEFAULT 'open' NOT NULL,
    reason VARCHAR(300) DEFAULT '' NOT NULL,
    asked_by_id INTEGER,
    CONSTRAINT pk_circulation PRIMARY KEY (meeting_id),
    CONSTRAINT ck_circulation_known_outcome CHECK (outcome IN ('open', 'carried', 'rejected', 'undecided', 'no_money', 'discuss', 'withdrawn')),
    CONSTRAINT ck_circulation_asked_pair CHECK ((outcome = 'discuss') = (asked_by_id IS NOT NULL)),
    CONSTRAINT ck_circulation_reason_given CHECK (outcome NOT IN ('undecided', 'no_money') OR reason <> ''),
    CONSTRAINT fk_circulation_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    CONSTRAINT fk_circulation_asked_by_id FOREIGN KEY(asked_by_id) REFERENCES user_account (id)
);

CREATE TABLE closed_month (
    id INTEGER NOT NULL,
    first_on DATE NOT NULL,
    last_on DATE NOT NULL,
    closed_at DATETIME NOT NULL,
    closed_by_id INTEGER NOT NULL,
    facts TEXT NOT NULL,
    facts_hash VARCHAR(64) NOT NULL,
    paper BLOB NOT NULL,
    CONSTRAINT pk_closed_month PRIMARY KEY (id),
    CONSTRAINT ck_closed_month_in_order CHECK (first_on <= last_on),
    CONSTRAINT fk_closed_month_closed_by_id FOREIGN KEY(closed_by_id) REFERENCES user_account (id),
    CONSTRAINT uq_closed_month_first_on UNIQUE (first_on)
);

CREATE TABLE collection (
    id INTEGER NOT NULL,
    ref1 VARCHAR(20) NOT NULL,
    network_id INTEGER NOT NULL,
    pledge_id INTEGER,
    purpose_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    payload VARCHAR(512) NOT NULL,
    opened_at DATETIME NOT NULL,
    opened_by_id INTEGER NOT NULL,
    closed_at DATETIME,
    closed_by_id INTEGER,
    CONSTRAINT pk_collection PRIMARY KEY (id),
    CONSTRAINT ck_collection_closed_pair CHECK ((closed_at IS NULL) = (closed_by_id IS NULL)),
    CONSTRAINT fk_collection_account_id FOREIGN KEY(account_id) REFERENCES fund_account (id),
    CONSTRAINT fk_collection_closed_by_id FOREIGN KEY(closed_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_collection_network_id FOREIGN KEY(network_id) REFERENCES network (id),
    CONSTRAINT fk_collection_opened_by_id FOREIGN KEY(opened_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_collection_pledge_id FOREIGN KEY(pledge_id) REFERENCES pledge (id),
    CONSTRAINT fk_collection_purpose_id FOREIGN KEY(purpose_id) REFERENCES purpose (id),
    CONSTRAINT uq_collection_ref1 UNIQUE (ref1)
);

CREATE INDEX ix_collection_network_id ON collection (network_id);

CREATE UNIQUE INDEX uq_collection_open_network ON collection (network_id, purpose_id) WHERE closed_at IS NULL AND pledge_id IS NULL;

CREATE UNIQUE INDEX uq_collection_open_pledge ON collection (pledge_id) WHERE closed_at IS NULL;

CREATE TABLE commitment (
    id INTEGER NOT NULL,
    resolution_id INTEGER NOT NULL,
    purpose_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    CONSTRAINT pk_commitment PRIMARY KEY (id),
    CONSTRAINT uq_commitment_resolution_id_purpose_id UNIQUE (resolution_id, purpose_id),
    CONSTRAINT ck_commitment_positive CHECK (satang > 0),
    CONSTRAINT fk_commitment_resolution_id FOREIGN KEY(resolution_id) REFERENCES resolution (id),
    CONSTRAINT fk_commitment_purpose_id FOREIGN KEY(purpose_id) REFERENCES purpose (id)
);

CREATE TABLE counter_payment (
    id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    "key" VARCHAR(32) NOT NULL,
    cash_count_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    kind VARCHAR(6) NOT NULL,
    satang BIGINT NOT NULL,
    cheque_bank VARCHAR(3) NOT NULL,
    cheque_number VARCHAR(20) NOT NULL,
    cheque_on DATE,
    taken_at DATETIME NOT NULL,
    taken_by_id INTEGER NOT NULL,
    CONSTRAINT pk_counter_payment PRIMARY KEY (id),
    CONSTRAINT ck_counter_payment_known_kind CHECK (kind IN ('cash', 'cheque')),
    CONSTRAINT ck_counter_payment_positive CHECK (satang > 0),
    CONSTRAINT ck_counter_payment_cheque_whole CHECK ((kind = 'cheque') = (cheque_number <> '') AND (kind = 'cheque') = (cheque_bank <> '') AND (kind = 'cheque') = (cheque_on IS NOT NULL)),
    CONSTRAINT fk_counter_payment_cash_count_id FOREIGN KEY(cash_count_id) REFERENCES cash_count (id),
    CONSTRAINT fk_counter_payment_event_id FOREIGN KEY(event_id) REFERENCES bank_event (id),
    CONSTRAINT fk_counter_payment_taken_by_id FOREIGN KEY(taken_by_id) REFERENCES user_account (id),
    CONSTRAINT uq_counter_payment_number UNIQUE (number),
    CONSTRAINT uq_counter_payment_key UNIQUE ("key"),
    CONSTRAINT uq_counter_payment_event_id UNIQUE (event_id)
);

CREATE INDEX ix_counter_payment_cash_count_id ON counter_payment (cash_count_id);

CREATE TABLE counter_payment_reversal (
    id INTEGER NOT NULL,
    counter_payment_id INTEGER NOT NULL,
    kind VARCHAR(8) NOT NULL,
    reason VARCHAR(300) NOT NULL,
    at DATETIME NOT NULL,
    by_id INTEGER NOT NULL,
    CONSTRAINT pk_counter_payment_reversal PRIMARY KEY (id),
    CONSTRAINT ck_counter_payment_reversal_known_kind CHECK (kind IN ('void', 'bounced')),
    CONSTRAINT fk_counter_payment_reversal_counter_payment_id FOREIGN KEY(counter_payment_id) REFERENCES counter_payment (id),
    CONSTRAINT fk_counter_payment_reversal_by_id FOREIGN KEY(by_id) REFERENCES user_account (id),
    CONSTRAINT uq_counter_payment_reversal_counter_payment_id UNIQUE (counter_payment_id)
);

CREATE TABLE deed_key (
    "key" VARCHAR(32) NOT NULL,
    sent VARCHAR(64) NOT NULL,
    location VARCHAR(2000) NOT NULL,
    at DATETIME NOT NULL,
    CONSTRAINT pk_deed_key PRIMARY KEY ("key")
);

CREATE INDEX ix_deed_key_at ON deed_key (at);

CREATE TABLE delegation (
    id INTEGER NOT NULL,
    order_number VARCHAR(60) NOT NULL,
    order_on DATE NOT NULL,
    from_id INTEGER NOT NULL,
    to_id INTEGER NOT NULL,
    ceiling_satang BIGINT NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    paper BLOB NOT NULL,
    paper_sha256 VARCHAR(64) NOT NULL,
    asked_at DATETIME NOT NULL,
    asked_by_id INTEGER NOT NULL,
    confirmed_at DATETIME,
    confirmed_by_id INTEGER,
    ended_at DATETIME,
    ended_by_id INTEGER,
    CONSTRAINT pk_delegation PRIMARY KEY (id),
    CONSTRAINT ck_delegation_by_order CHECK (ceiling_satang > 0 AND order_number <> ''),
    CONSTRAINT ck_delegation_in_order CHECK (to_on >= from_on),
    CONSTRAINT ck_delegation_to_another CHECK (from_id <> to_id AND to_id <> asked_by_id),
    CONSTRAINT ck_delegation_by_two CHECK ((confirmed_at IS NULL) = (confirmed_by_id IS NULL) AND (confirmed_by_id IS NULL OR confirmed_by_id NOT IN (asked_by_id, to_id))),
    CONSTRAINT ck_delegation_ended_pair CHECK ((ended_at IS NULL) = (ended_by_id IS NULL)),
    CONSTRAINT fk_delegation_from_id FOREIGN KEY(from_id) REFERENCES user_account (id),
    CONSTRAINT fk_delegation_to_id FOREIGN KEY(to_id) REFERENCES user_account (id),
    CONSTRAINT fk_delegation_asked_by_id FOREIGN KEY(asked_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_delegation_confirmed_by_id FOREIGN KEY(confirmed_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_delegation_ended_by_id FOREIGN KEY(ended_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_delegation_to_id ON delegation (to_id);

CREATE TABLE delivery (
    id INTEGER NOT NULL,
    handover_id INTEGER NOT NULL,
    line_id INTEGER NOT NULL,
    outcome VARCHAR(6) NOT NULL,
    quantity INTEGER NOT NULL,
    reason VARCHAR(200) NOT NULL,
    taken_by VARCHAR(120) NOT NULL,
    photo_id INTEGER,
    logbook_entry_id INTEGER,
    marked_at DATETIME NOT NULL,
    marked_by_id INTEGER NOT NULL,
    shown_name VARCHAR(190) DEFAULT '' NOT NULL,
    shown_grade VARCHAR(20) DEFAULT '' NOT NULL,
    shown_school VARCHAR(120) DEFAULT '' NOT NULL,
    shown_household VARCHAR(16) DEFAULT '' NOT NULL,
    CONSTRAINT pk_delivery PRIMARY KEY (id),
    CONSTRAINT ck_delivery_logbook_pair CHECK ((outcome = 'not') = (logbook_entry_id IS NULL)),
    CONSTRAINT ck_delivery_quantity_pair CHECK ((outcome = 'not') = (quantity = 0) AND quantity >= 0),
    CONSTRAINT ck_delivery_reason_pair CHECK (outcome = 'given' OR reason <> ''),
    CONSTRAINT ck_delivery_known_outcome CHECK (outcome IN ('given', 'partly', 'not')),
    CONSTRAINT fk_delivery_handover_id FOREIGN KEY(handover_id) REFERENCES handover (id),
    CONSTRAINT fk_delivery_line_id FOREIGN KEY(line_id) REFERENCES aid_line (id),
    CONSTRAINT fk_delivery_logbook_entry_id FOREIGN KEY(logbook_entry_id) REFERENCES logbook_entry (id),
    CONSTRAINT fk_delivery_marked_by_id FOREIGN KEY(marked_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_delivery_photo_id FOREIGN KEY(photo_id) REFERENCES photo (id),
    CONSTRAINT uq_delivery_handover_id_line_id UNIQUE (handover_id, line_id),
    CONSTRAINT uq_delivery_logbook_entry_id UNIQUE (logbook_entry_id)
);

CREATE INDEX ix_delivery_handover ON delivery (handover_id);

CREATE INDEX ix_delivery_line_id ON delivery (line_id);

CREATE TABLE deposit (
    id INTEGER NOT NULL,
    item_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    at DATETIME NOT NULL,
    by_id INTEGER,
    undone_at DATETIME,
    undone_by_id INTEGER,
    undo_reason VARCHAR(300),
    CONSTRAINT pk_deposit PRIMARY KEY (id),
    CONSTRAINT ck_deposit_undone_triple CHECK ((undone_at IS NULL) = (undone_by_id IS NULL) AND (undone_at IS NULL) = (undo_reason IS NULL)),
    CONSTRAINT fk_deposit_item_id FOREIGN KEY(item_id) REFERENCES deposit_item (id),
    CONSTRAINT fk_deposit_event_id FOREIGN KEY(event_id) REFERENCES bank_event (id),
    CONSTRAINT fk_deposit_by_id FOREIGN KEY(by_id) REFERENCES user_account (id),
    CONSTRAINT fk_deposit_undone_by_id FOREIGN KEY(undone_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_deposit_event_id ON deposit (event_id);

CREATE UNIQUE INDEX uq_deposit_live_item ON deposit (item_id) WHERE undone_at IS NULL;

CREATE TABLE deposit_item (
    id INTEGER NOT NULL,
    cash_count_id INTEGER NOT NULL,
    counter_payment_id INTEGER,
    satang BIGINT NOT NULL,
    CONSTRAINT pk_deposit_item PRIMARY KEY (id),
    CONSTRAINT ck_deposit_item_positive CHECK (satang > 0),
    CONSTRAINT fk_deposit_item_cash_count_id FOREIGN KEY(cash_count_id) REFERENCES cash_count (id),
    CONSTRAINT fk_deposit_item_counter_payment_id FOREIGN KEY(counter_payment_id) REFERENCES counter_payment (id),
    CONSTRAINT uq_deposit_item_counter_payment_id UNIQUE (counter_payment_id)
);

CREATE INDEX ix_deposit_item_cash_count_id ON deposit_item (cash_count_id);

CREATE TABLE donation (
    id INTEGER NOT NULL,
    payment_request_id INTEGER,
    pledge_id INTEGER,
    network_id INTEGER,
    purpose_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    donor_name VARCHAR(160) NOT NULL,
    anonymous BOOLEAN NOT NULL,
    paid_at DATETIME NOT NULL,
    posted_at DATETIME NOT NULL,
    posted_by_id INTEGER,
    CONSTRAINT pk_donation PRIMARY KEY (id),
    CONSTRAINT ck_donation_positive CHECK (satang > 0),
    CONSTRAINT fk_donation_payment_request_id FOREIGN KEY(payment_request_id) REFERENCES payment_request (id),
    CONSTRAINT fk_donation_network_id FOREIGN KEY(network_id) REFERENCES network (id),
    CONSTRAINT fk_donation_pledge_id FOREIGN KEY(pledge_id) REFERENCES pledge (id),
    CONSTRAINT fk_donation_posted_by_id FOREIGN KEY(posted_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_donation_purpose_id FOREIGN KEY(purpose_id) REFERENCES purpose (id)
);

CREATE INDEX ix_donation_payment_request_id ON donation (payment_request_id);

CREATE INDEX ix_donation_network_id ON donation (network_id);

CREATE INDEX ix_donation_pledge_id ON donation (pledge_id);

CREATE INDEX ix_donation_donor_name ON donation (donor_name);

CREATE TABLE donation_reversal (
    id INTEGER NOT NULL,
    donation_id INTEGER NOT NULL,
    kind VARCHAR(8) NOT NULL,
    satang BIGINT NOT NULL,
    reason VARCHAR(300) NOT NULL,
    at DATETIME NOT NULL,
    by_id INTEGER NOT NULL,
    CONSTRAINT pk_donation_reversal PRIMARY KEY (id),
    CONSTRAINT ck_donation_reversal_known_kind CHECK (kind IN ('undone', 'refunded')),
    CONSTRAINT ck_donation_reversal_positive CHECK (satang > 0),
    CONSTRAINT fk_donation_reversal_by_id FOREIGN KEY(by_id) REFERENCES user_account (id),
    CONSTRAINT fk_donation_reversal_donation_id FOREIGN KEY(donation_id) REFERENCES donation (id)
);

CREATE INDEX ix_donation_reversal_donation_id ON donation_reversal (donation_id);

CREATE TABLE donation_total (
    id INTEGER NOT NULL,
    network_id INTEGER NOT NULL,
    pledge_id INTEGER,
    satang BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_donation_total PRIMARY KEY (id),
    CONSTRAINT uq_donation_total_network_id_pledge_id UNIQUE (network_id, pledge_id),
    CONSTRAINT ck_donation_total_not_negative CHECK (satang >= 0),
    CONSTRAINT fk_donation_total_network_id FOREIGN KEY(network_id) REFERENCES network (id),
    CONSTRAINT fk_donation_total_pledge_id FOREIGN KEY(pledge_id) REFERENCES pledge (id)
);

CREATE INDEX ix_donation_total_pledge_id ON donation_total (pledge_id);

CREATE UNIQUE INDEX uq_donation_total_unpledged ON donation_total (network_id) WHERE pledge_id IS NULL;

CREATE TABLE donor_tax (
    payment_request_id INTEGER NOT NULL,
    kind VARCHAR(8) NOT NULL,
    name VARCHAR(160) NOT NULL,
    number_encrypted BLOB NOT NULL,
    consented_at DATETIME NOT NULL,
    CONSTRAINT pk_donor_tax PRIMARY KEY (payment_request_id),
    CONSTRAINT ck_donor_tax_known_kind CHECK (kind IN ('person', 'company')),
    CONSTRAINT fk_donor_tax_payment_request_id FOREIGN KEY(payment_request_id) REFERENCES payment_request (id)
);

CREATE TABLE due_date_request (
    id INTEGER NOT NULL,
    pledge_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    reason VARCHAR(300) NOT NULL,
    asked_at DATETIME NOT NULL,
    asked_by_id INTEGER NOT NULL,
    accepted BOOLEAN,
    answer VARCHAR(300) DEFAULT '' NOT NULL,
    decided_at DATETIME,
    decided_by_id INTEGER,
    CONSTRAINT pk_due_date_request PRIMARY KEY (id),
    CONSTRAINT ck_due_date_request_later CHECK (to_on > from_on),
    CONSTRAINT ck_due_date_request_numbered CHECK (number >= 0),
    CONSTRAINT ck_due_date_request_explained CHECK (reason <> ''),
    CONSTRAINT ck_due_date_request_decided CHECK ((decided_at IS NULL) = (accepted IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)),
    CONSTRAINT ck_due_date_request_two_people CHECK (decided_by_id <> asked_by_id),
    CONSTRAINT ck_due_date_request_answered CHECK (accepted IS NULL OR accepted OR answer <> ''),
    CONSTRAINT fk_due_date_request_pledge_id FOREIGN KEY(pledge_id) REFERENCES pledge (id),
    CONSTRAINT fk_due_date_request_asked_by_id FOREIGN KEY(asked_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_due_date_request_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES user_account (id)
);

CREATE UNIQUE INDEX uq_due_date_request_open ON due_date_request (pledge_id) WHERE decided_at IS NULL;

CREATE TABLE edition (
    number INTEGER NOT NULL,
    made_at DATETIME NOT NULL,
    contents TEXT NOT NULL,
    hash VARCHAR(64) NOT NULL,
    CONSTRAINT pk_edition PRIMARY KEY (number)
);

CREATE TABLE edonation_report (
    id INTEGER NOT NULL,
    donation_id INTEGER NOT NULL,
    route VARCHAR(8) NOT NULL,
    recorded_at DATETIME NOT NULL,
    recorded_by_id INTEGER NOT NULL,
    undone_at DATETIME,
    undone_by_id INTEGER,
    CONSTRAINT pk_edonation_report PRIMARY KEY (id),
    CONSTRAINT ck_edonation_report_known_route CHECK (route IN ('bank', 'manual')),
    CONSTRAINT ck_edonation_report_undone_pair CHECK ((undone_at IS NULL) = (undone_by_id IS NULL)),
    CONSTRAINT fk_edonation_report_donation_id FOREIGN KEY(donation_id) REFERENCES donation (id),
    CONSTRAINT fk_edonation_report_recorded_by_id FOREIGN KEY(recorded_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_edonation_report_undone_by_id FOREIGN KEY(undone_by_id) REFERENCES user_account (id)
);

CREATE UNIQUE INDEX uq_edonation_report_live ON edonation_report (donation_id) WHERE undone_at IS NULL;

CREATE TABLE entry (
    id INTEGER NOT NULL,
    debit_id INTEGER NOT NULL,
    credit_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    movement VARCHAR(12) NOT NULL,
    donation_id INTEGER,
    donation_reversal_id INTEGER,
    commitment_id INTEGER,
    payment_id INTEGER,
    payment_return_id INTEGER,
    opening_balance_id INTEGER,
    step SMALLINT NOT NULL,
    on_date DATE NOT NULL,
    at DATETIME NOT NULL,
    by_id INTEGER,
    CONSTRAINT pk_entry PRIMARY KEY (id),
    CONSTRAINT ck_entry_known_movement CHECK (movement IN ('receive', 'commit', 'pay', 'void', 'return', 'release', 'give_back', 'open')),
    CONSTRAINT ck_entry_one_source CHECK (CASE WHEN donation_id IS NULL THEN 0 ELSE 1 END + CASE WHEN donation_reversal_id IS NULL THEN 0 ELSE 1 END + CASE WHEN commitment_id IS NULL THEN 0 ELSE 1 END + CASE WHEN payment_id IS NULL THEN 0 ELSE 1 END + CASE WHEN payment_return_id IS NULL THEN 0 ELSE 1 END + CASE WHEN opening_balance_id IS NULL THEN 0 ELSE 1 END = 1),
    CONSTRAINT ck_entry_source_of_movement CHECK ((movement IN ('receive')) = (donation_id IS NOT NULL) AND (movement IN ('give_back')) = (donation_reversal_id IS NOT NULL) AND (movement IN ('commit', 'release')) = (commitment_id IS NOT NULL) AND (movement IN ('pay', 'void')) = (payment_id IS NOT NULL) AND (movement IN ('return')) = (payment_return_id IS NOT NULL) AND (movement IN ('open')) = (opening_balance_id IS NOT NULL)),
    CONSTRAINT ck_entry_steps_from_one CHECK (step >= 1),
    CONSTRAINT ck_entry_positive CHECK (satang > 0),
    CONSTRAINT ck_entry_two_accounts CHECK (debit_id <> credit_id),
    CONSTRAINT fk_entry_debit_id FOREIGN KEY(debit_id) REFERENCES account (id),
    CONSTRAINT fk_entry_credit_id FOREIGN KEY(credit_id) REFERENCES account (id),
    CONSTRAINT fk_entry_donation_id FOREIGN KEY(donation_id) REFERENCES donation (id),
    CONSTRAINT fk_entry_donation_reversal_id FOREIGN KEY(donation_reversal_id) REFERENCES donation_reversal (id),
    CONSTRAINT fk_entry_commitment_id FOREIGN KEY(commitment_id) REFERENCES commitment (id),
    CONSTRAINT fk_entry_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id),
    CONSTRAINT fk_entry_payment_return_id FOREIGN KEY(payment_return_id) REFERENCES payment_return (id),
    CONSTRAINT fk_entry_opening_balance_id FOREIGN KEY(opening_balance_id) REFERENCES opening_balance (id),
    CONSTRAINT fk_entry_by_id FOREIGN KEY(by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_entry_credit_id ON entry (credit_id);

CREATE INDEX ix_entry_debit_id ON entry (debit_id);

CREATE INDEX ix_entry_movement ON entry (movement, id);

CREATE INDEX ix_entry_on_date ON entry (on_date, id);

CREATE UNIQUE INDEX uq_entry_commitment_id_movement_step ON entry (commitment_id, movement, step) WHERE commitment_id IS NOT NULL;

CREATE UNIQUE INDEX uq_entry_donation_id_movement_step ON entry (donation_id, movement, step) WHERE donation_id IS NOT NULL;

CREATE UNIQUE INDEX uq_entry_donation_reversal_id_movement_step ON entry (donation_reversal_id, movement, step) WHERE donation_reversal_id IS NOT NULL;

CREATE UNIQUE INDEX uq_entry_opening_balance_id_movement_step ON entry (opening_balance_id, movement, step) WHERE opening_balance_id IS NOT NULL;

CREATE UNIQUE INDEX uq_entry_payment_id_movement_step ON entry (payment_id, movement, step) WHERE payment_id IS NOT NULL;

CREATE UNIQUE INDEX uq_entry_payment_return_id_movement_step ON entry (payment_return_id, movement, step) WHERE payment_return_id IS NOT NULL;

CREATE TABLE failed_dimension (
    round_household_id INTEGER NOT NULL,
    dimension VARCHAR(16) NOT NULL,
    CONSTRAINT pk_failed_dimension PRIMARY KEY (round_household_id, dimension),
    CONSTRAINT fk_failed_dimension_round_household_id FOREIGN KEY(round_household_id) REFERENCES round_household (id)
);

CREATE INDEX ix_failed_dimension_dimension ON failed_dimension (dimension);

CREATE TABLE fund_account (
    id INTEGER NOT NULL,
    bank_code VARCHAR(3) NOT NULL,
    number VARCHAR(20) NOT NULL,
    name VARCHAR(160) NOT NULL,
    biller_id VARCHAR(15),
    promptpay_id VARCHAR(13),
    state VARCHAR(10) NOT NULL,
    approval_request_id INTEGER CONSTRAINT fk_fund_account_approval_request_id REFERENCES approval_request (id),
    CONSTRAINT pk_fund_account PRIMARY KEY (id),
    CONSTRAINT ck_fund_account_known_state CHECK (state IN ('proposed', 'open', 'closed')),
    CONSTRAINT uq_fund_account_biller_id UNIQUE (biller_id),
    CONSTRAINT uq_fund_account_number UNIQUE (number)
);

CREATE TABLE giving_stop (
    id INTEGER NOT NULL,
    what VARCHAR(8) NOT NULL,
    stopped_at DATETIME NOT NULL,
    stopped_by_id INTEGER NOT NULL,
    reason VARCHAR(300) NOT NULL,
    ended_at DATETIME,
    approval_request_id INTEGER,
    CONSTRAINT pk_giving_stop PRIMARY KEY (id),
    CONSTRAINT ck_giving_stop_known CHECK (what = 'qr'),
    CONSTRAINT ck_giving_stop_ended_pair CHECK ((ended_at IS NULL) = (approval_request_id IS NULL)),
    CONSTRAINT fk_giving_stop_stopped_by_id FOREIGN KEY(stopped_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_giving_stop_approval_request_id FOREIGN KEY(approval_request_id) REFERENCES approval_request (id),
    CONSTRAINT uq_giving_stop_approval_request_id UNIQUE (approval_request_id)
);

CREATE UNIQUE INDEX uq_giving_stop_open ON giving_stop (what) WHERE ended_at IS NULL;

CREATE TABLE guideline (
    id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    title VARCHAR(160) NOT NULL,
    words TEXT NOT NULL,
    pdf BLOB,
    sha256 VARCHAR(64) NOT NULL,
    meeting_id INTEGER NOT NULL,
    tabled_at DATETIME NOT NULL,
    tabled_by_id INTEGER NOT NULL,
    is_adopted BOOLEAN,
    for_votes INTEGER,
    against_votes INTEGER,
    abstentions INTEGER,
    decided_at DATETIME,
    decided_by_id INTEGER,
    CONSTRAINT pk_guideline PRIMARY KEY (id),
    CONSTRAINT uq_guideline_number UNIQUE (number),
    CONSTRAINT ck_guideline_says_something CHECK (words <> '' OR pdf IS NOT NULL),
    CONSTRAINT ck_guideline_decided_whole CHECK ((is_adopted IS NULL) = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL) AND (decided_at IS NULL) = (for_votes IS NULL) AND (decided_at IS NULL) = (against_votes IS NULL) AND (decided_at IS NULL) = (abstentions IS NULL)),
    CONSTRAINT ck_guideline_carried CHECK (NOT is_adopted OR (for_votes > against_votes AND for_votes * 2 > for_votes + against_votes + abstentions)),
    CONSTRAINT fk_guideline_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    CONSTRAINT fk_guideline_tabled_by_id FOREIGN KEY(tabled_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_guideline_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_guideline_meeting_id ON guideline (meeting_id);

CREATE TABLE guideline_vote (
    id INTEGER NOT NULL,
    guideline_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    choice VARCHAR(8) NOT NULL,
    at DATETIME NOT NULL,
    CONSTRAINT pk_guideline_vote PRIMARY KEY (id),
    CONSTRAINT uq_guideline_vote_guideline_id_member_id_turn UNIQUE (guideline_id, member_id, turn),
    CONSTRAINT ck_guideline_vote_known_choice CHECK (choice IN ('approve', 'reject', 'abstain')),
    CONSTRAINT fk_guideline_vote_guideline_id FOREIGN KEY(guideline_id) REFERENCES guideline (id),
    CONSTRAINT fk_guideline_vote_member_id FOREIGN KEY(member_id) REFERENCES user_account (id)
);

CREATE TABLE handover (
    id INTEGER NOT NULL,
    request_id INTEGER NOT NULL,
    held_on DATE NOT NULL,
    place VARCHAR(160) NOT NULL,
    opened_at DATETIME NOT NULL,
    opened_by_id INTEGER NOT NULL,
    closed_at DATETIME,
    second_id INTEGER,
    second_named_at DATETIME,
    second_named_by_id INTEGER,
    CONSTRAINT pk_handover PRIMARY KEY (id),
    CONSTRAINT fk_handover_opened_by_id FOREIGN KEY(opened_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_handover_request_id FOREIGN KEY(request_id) REFERENCES aid_request (id),
    CONSTRAINT ck_handover_second_by_another CHECK ((second_id IS NULL) = (second_named_at IS NULL) AND (second_id IS NULL) = (second_named_by_id IS NULL) AND second_id <> second_named_by_id),
    CONSTRAINT fk_handover_second_id FOREIGN KEY(second_id) REFERENCES user_account (id),
    CONSTRAINT fk_handover_second_named_by_id FOREIGN KEY(second_named_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_handover_listed ON handover (held_on, id);

CREATE INDEX ix_handover_open ON handover (held_on, id) WHERE closed_at IS NULL;

CREATE INDEX ix_handover_request_id ON handover (request_id);

CREATE TABLE help_received (
    household_id INTEGER NOT NULL,
    dimension VARCHAR(16) NOT NULL,
    satang BIGINT NOT NULL,
    CONSTRAINT pk_help_received PRIMARY KEY (household_id, dimension),
    CONSTRAINT ck_help_received_positive CHECK (satang > 0),
    CONSTRAINT fk_help_received_household_id FOREIGN KEY(household_id) REFERENCES household (id)
);

CREATE TABLE household (
    id INTEGER NOT NULL,
    code VARCHAR(16) NOT NULL,
    "key" VARCHAR(80) NOT NULL,
    house_code VARCHAR(11),
    house_no VARCHAR(20) NOT NULL,
    moo VARCHAR(4) NOT NULL,
    village VARCHAR(80) NOT NULL,
    district_code VARCHAR(4) NOT NULL,
    subdistrict_code VARCHAR(6),
    origin VARCHAR(8) NOT NULL,
    entered_at DATETIME NOT NULL,
    search_words TEXT DEFAULT '' NOT NULL,
    name_key VARCHAR(200) DEFAULT '' NOT NULL,
    CONSTRAINT pk_household PRIMARY KEY (id),
    CONSTRAINT ck_household_known_origin CHECK (origin IN ('tpmap', 'thai_qm', 'needy')),
    CONSTRAINT ck_household_place CHECK (subdistrict_code IS NULL OR substr(subdistrict_code, 1, 4) = district_code),
    CONSTRAINT uq_household_code UNIQUE (code),
    CONSTRAINT uq_household_key UNIQUE ("key")
);

CREATE INDEX ix_household_district_code ON household (district_code, subdistrict_code);

CREATE INDEX ix_household_listed ON household (district_code, id);

CREATE INDEX ix_household_name_key ON household (name_key, id);

CREATE INDEX ix_household_district_name_key ON household (district_code, name_key, id);

CREATE INDEX ix_household_search_words ON household (search_words);

CREATE INDEX ix_household_unsearchable ON household (id) WHERE search_words = '';

CREATE TABLE in_kind_donation (
    id INTEGER NOT NULL,
    fiscal_year_be INTEGER NOT NULL,
    number INTEGER NOT NULL,
    token VARCHAR(32) NOT NULL,
    kind VARCHAR(8) NOT NULL,
    what VARCHAR(200) NOT NULL,
    quantity INTEGER NOT NULL,
    unit VARCHAR(40) NOT NULL,
    satang BIGINT NOT NULL,
    valued_from VARCHAR(8) NOT NULL,
    valuation VARCHAR(300) NOT NULL,
    pledge_id INTEGER,
    network_id INTEGER,
    purpose_id INTEGER NOT NULL,
    giver VARCHAR(160) NOT NULL,
    received_on DATE NOT NULL,
    recorded_at DATETIME NOT NULL,
    recorded_by_id INTEGER NOT NULL,
    contents TEXT NOT NULL,
    contents_hash VARCHAR(64) NOT NULL,
    voided_at DATETIME,
    voided_by_id INTEGER,
    void_reason VARCHAR(300),
    CONSTRAINT pk_in_kind_donation PRIMARY KEY (id),
    CONSTRAINT ck_in_kind_donation_known_kind CHECK (kind IN ('goods', 'labour')),
    CONSTRAINT ck_in_kind_donation_positive CHECK (quantity > 0 AND satang > 0),
    CONSTRAINT ck_in_kind_donation_says_what CHECK (what <> '' AND unit <> ''),
    CONSTRAINT ck_in_kind_donation_known_valuation CHECK (valued_from IN ('receipt', 'market', 'word')),
    CONSTRAINT ck_in_kind_donation_void_triple CHECK ((voided_at IS NULL) = (void_reason IS NULL) AND (voided_at IS NULL) = (voided_by_id IS NULL)),
    CONSTRAINT fk_in_kind_donation_pledge_id FOREIGN KEY(pledge_id) REFERENCES pledge (id),
    CONSTRAINT fk_in_kind_donation_network_id FOREIGN KEY(network_id) REFERENCES network (id),
    CONSTRAINT fk_in_kind_donation_purpose_id FOREIGN KEY(purpose_id) REFERENCES purpose (id),
    CONSTRAINT fk_in_kind_donation_recorded_by_id FOREIGN KEY(recorded_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_in_kind_donation_voided_by_id FOREIGN KEY(voided_by_id) REFERENCES user_account (id),
    CONSTRAINT uq_in_kind_donation_token UNIQUE (token),
    CONSTRAINT uq_in_kind_donation_fiscal_year_be_number UNIQUE (fiscal_year_be, number)
);

CREATE INDEX ix_in_kind_donation_network_id ON in_kind_donation (network_id);

CREATE INDEX ix_in_kind_donation_pledge_id ON in_kind_donation (pledge_id);

CREATE TABLE in_kind_receipt_document (
    in_kind_donation_id INTEGER NOT NULL,
    contents TEXT NOT NULL,
    contents_hash VARCHAR(64) NOT NULL,
    pdf BLOB NOT NULL,
    hash VARCHAR(64) NOT NULL,
    made_at DATETIME NOT NULL,
    CONSTRAINT pk_in_kind_receipt_document PRIMARY KEY (in_kind_donation_id),
    CONSTRAINT fk_in_kind_receipt_document_in_kind_donation_id FOREIGN KEY(in_kind_donation_id) REFERENCES in_kind_donation (id)
);

CREATE TABLE in_kind_receipt_due (
    in_kind_donation_id INTEGER NOT NULL,
    since DATETIME NOT NULL,
    CONSTRAINT pk_in_kind_receipt_due PRIMARY KEY (in_kind_donation_id),
    CONSTRAINT fk_in_kind_receipt_due_in_kind_donation_id FOREIGN KEY(in_kind_donation_id) REFERENCES in_kind_donation (id)
);

CREATE TABLE in_kind_receipt_print (
    id INTEGER NOT NULL,
    in_kind_donation_id INTEGER NOT NULL,
    kind VARCHAR(8) NOT NULL,
    at DATETIME NOT NULL,
    by_id INTEGER NOT NULL,
    CONSTRAINT pk_in_kind_receipt_print PRIMARY KEY (id),
    CONSTRAINT ck_in_kind_receipt_print_known_kind CHECK (kind IN ('original', 'copy')),
    CONSTRAINT fk_in_kind_receipt_print_in_kind_donation_id FOREIGN KEY(in_kind_donation_id) REFERENCES in_kind_donation (id),
    CONSTRAINT fk_in_kind_receipt_print_by_id FOREIGN KEY(by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_in_kind_receipt_print_in_kind_donation_id ON in_kind_receipt_print (in_kind_donation_id);

CREATE UNIQUE INDEX uq_in_kind_receipt_print_original ON in_kind_receipt_print (in_kind_donation_id) WHERE kind = 'original';

CREATE TABLE inquiry (
    id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    asked_at DATETIME NOT NULL,
    outcome VARCHAR(12) NOT NULL,
    raw BLOB NOT NULL,
    satang BIGINT,
    fee_satang BIGINT,
    net_satang BIGINT,
    words VARCHAR(300) DEFAULT '' NOT NULL,
    refunded_satang BIGINT,
    CONSTRAINT pk_inquiry PRIMARY KEY (id),
    CONSTRAINT ck_inquiry_known_outcome CHECK (outcome IN ('confirmed', 'differs', 'absent', 'unreachable')),
    CONSTRAINT ck_inquiry_confirmed_pair CHECK (outcome <> 'confirmed' OR (satang IS NOT NULL AND satang > 0)),
    CONSTRAINT fk_inquiry_event_id FOREIGN KEY(event_id) REFERENCES bank_event (id)
);

CREATE INDEX ix_inquiry_event_id ON inquiry (event_id);

CREATE INDEX ix_inquiry_absent ON inquiry (event_id) WHERE outcome = 'absent';

CREATE TABLE instalment (
    id INTEGER NOT NULL,
    pledge_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    due_on DATE NOT NULL,
    CONSTRAINT pk_instalment PRIMARY KEY (id),
    CONSTRAINT ck_instalment_positive CHECK (satang > 0),
    CONSTRAINT ck_instalment_counted CHECK (number > 0),
    CONSTRAINT fk_instalment_pledge_id FOREIGN KEY(pledge_id) REFERENCES pledge (id),
    CONSTRAINT uq_instalment_pledge_id_number UNIQUE (pledge_id, number)
);

CREATE INDEX ix_instalment_due_on ON instalment (due_on);

CREATE TABLE issuer_version (
    number INTEGER NOT NULL,
    name_th VARCHAR(200) NOT NULL,
    address_th VARCHAR(400) NOT NULL,
    tax_id VARCHAR(40) NOT NULL,
    signer VARCHAR(160) NOT NULL,
    signer_position VARCHAR(160) NOT NULL,
    noted_at DATETIME NOT NULL,
    noted_by_id INTEGER,
    approval_request_id INTEGER CONSTRAINT fk_issuer_version_approval_request_id REFERENCES approval_request (id),
    CONSTRAINT pk_issuer_version PRIMARY KEY (number),
    CONSTRAINT ck_issuer_version_noted_by_somebody CHECK (number = 1 OR noted_by_id IS NOT NULL),
    CONSTRAINT ck_issuer_version_thirteen_digits CHECK (number = 1 OR length(tax_id) IN (0, 13)),
    CONSTRAINT ck_issuer_version_somebody_signs CHECK (signer <> '' OR signer_position = ''),
    CONSTRAINT fk_issuer_version_noted_by_id FOREIGN KEY(noted_by_id) REFERENCES user_account (id)
);

CREATE UNIQUE INDEX uq_issuer_version_approval_request_id ON issuer_version (approval_request_id);

CREATE TABLE item_cost (
    id INTEGER NOT NULL,
    request_id INTEGER NOT NULL,
    item_code VARCHAR(24) NOT NULL,
    asked_satang BIGINT NOT NULL,
    quantity INTEGER NOT NULL,
    unit_satang BIGINT NOT NULL,
    reason VARCHAR(300) NOT NULL,
    entered_at DATETIME NOT NULL,
    entered_by_id INTEGER NOT NULL,
    CONSTRAINT pk_item_cost PRIMARY KEY (id),
    CONSTRAINT ck_item_cost_possible CHECK (quantity >= 0 AND unit_satang > 0),
    CONSTRAINT ck_item_cost_says_why CHECK (reason <> ''),
    CONSTRAINT fk_item_cost_entered_by_id FOREIGN KEY(entered_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_item_cost_request_id FOREIGN KEY(request_id) REFERENCES aid_request (id)
);

CREATE INDEX ix_item_cost_item ON item_cost (request_id, item_code, asked_satang, id);

CREATE TABLE job (
    id INTEGER NOT NULL,
    kind VARCHAR(40) NOT NULL,
    "key" VARCHAR(120) NOT NULL,
    arguments TEXT NOT NULL,
    state VARCHAR(8) NOT NULL,
    due_at DATETIME NOT NULL,
    leased_until DATETIME,
    attempts INTEGER NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    result TEXT NOT NULL,
    error TEXT NOT NULL,
    asked_at DATETIME NOT NULL,
    CONSTRAINT pk_job PRIMARY KEY (id),
    CONSTRAINT ck_job_known_state CHECK (state IN ('queued', 'running', 'done', 'failed'))
);

CREATE INDEX ix_job_state_due_at ON job (state, due_at);

CREATE UNIQUE INDEX uq_job_pending_key ON job ("key") WHERE state IN ('queued', 'running');

CREATE TABLE known_device (
    id INTEGER NOT NULL,
    token_hash VARCHAR(64) NOT NULL,
    user_id INTEGER NOT NULL,
    since_at DATETIME NOT NULL,
    seen_at DATETIME NOT NULL,
    CONSTRAINT pk_known_device PRIMARY KEY (id),
    CONSTRAINT fk_known_device_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT uq_known_device_token_hash_user_id UNIQUE (token_hash, user_id)
);

CREATE INDEX ix_known_device_user_id ON known_device (user_id);

CREATE TABLE line_shortage (
    paper_id INTEGER NOT NULL,
    line_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    CONSTRAINT pk_line_shortage PRIMARY KEY (paper_id, line_id),
    CONSTRAINT ck_line_shortage_positive CHECK (quantity > 0),
    CONSTRAINT fk_line_shortage_paper_id FOREIGN KEY(paper_id) REFERENCES payment_paper (id),
    CONSTRAINT fk_line_shortage_line_id FOREIGN KEY(line_id) REFERENCES order_line (id)
);

CREATE TABLE logbook_entry (
    id INTEGER NOT NULL,
    household_id INTEGER NOT NULL,
    member_id INTEGER,
    on_date DATE NOT NULL,
    kind VARCHAR(10) NOT NULL,
    dimension VARCHAR(16),
    words TEXT NOT NULL,
    satang BIGINT NOT NULL,
    funding_source VARCHAR(12) NOT NULL,
    request_code VARCHAR(16),
    tpmap_ref VARCHAR(60) NOT NULL,
    written_at DATETIME NOT NULL,
    written_by_id INTEGER NOT NULL,
    amends_id INTEGER CONSTRAINT fk_logbook_entry_amends_id REFERENCES logbook_entry (id),
    CONSTRAINT pk_logbook_entry PRIMARY KEY (id),
    CONSTRAINT ck_logbook_entry_known_kind CHECK (kind IN ('help', 'visit', 'note', 'correction')),
    CONSTRAINT ck_logbook_entry_not_negative CHECK (satang >= 0),
    CONSTRAINT fk_logbook_entry_household_id FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_logbook_entry_member_id FOREIGN KEY(member_id) REFERENCES member (id),
    CONSTRAINT fk_logbook_entry_written_by_id FOREIGN KEY(written_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_logbook_entry_household ON logbook_entry (household_id, on_date);

CREATE INDEX ix_logbook_entry_amends_id ON logbook_entry (amends_id);

CREATE TABLE meeting (
    id INTEGER NOT NULL,
    body_id INTEGER NOT NULL,
    rules_id INTEGER NOT NULL,
    kind VARCHAR(10) DEFAULT 'meeting' NOT NULL,
    number INTEGER NOT NULL,
    year_be INTEGER NOT NULL,
    held_on DATE NOT NULL,
    place VARCHAR(160) NOT NULL,
    room VARCHAR(80) DEFAULT '' NOT NULL,
    floor VARCHAR(20) DEFAULT '' NOT NULL,
    state VARCHAR(9) NOT NULL,
    members INTEGER NOT NULL,
    quorum INTEGER NOT NULL,
    called_at DATETIME NOT NULL,
    called_by_id INTEGER NOT NULL,
    chair_id INTEGER,
    opened_at DATETIME,
    closed_at DATETIME,
    early_reason VARCHAR(300) NOT NULL,
    certified_by_id INTEGER,
    certified_present INTEGER,
    cancelled_at DATETIME,
    cancel_reason VARCHAR(300) DEFAULT '' NOT NULL,
    announcements VARCHAR(4000) DEFAULT '' NOT NULL,
    other_business VARCHAR(4000) DEFAULT '' NOT NULL,
    CONSTRAINT pk_meeting PRIMARY KEY (id),
    CONSTRAINT uq_meeting_body_id_kind_year_be_number UNIQUE (body_id, kind, year_be, number),
    CONSTRAINT ck_meeting_known_kind CHECK (kind IN ('meeting', 'circulated')),
    CONSTRAINT ck_meeting_possible CHECK (number > 0 AND quorum > 0 AND quorum <= members),
    CONSTRAINT ck_meeting_known_state CHECK (state IN ('called', 'open', 'closed', 'cancelled')),
    CONSTRAINT ck_meeting_opened_pair CHECK ((state IN ('open', 'closed')) = (opened_at IS NOT NULL)),
    CONSTRAINT ck_meeting_quorum_certified CHECK ((opened_at IS NOT NULL) = (certified_by_id IS NOT NULL) AND (certified_by_id IS NULL OR certified_present >= quorum)),
    CONSTRAINT ck_meeting_cancelled_pair CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL) AND (state = 'cancelled') = (cancel_reason <> '')),
    CONSTRAINT ck_meeting_closed_pair CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT fk_meeting_body_id FOREIGN KEY(body_id) REFERENCES body (id),
    CONSTRAINT fk_meeting_rules_id FOREIGN KEY(rules_id) REFERENCES body_rules (id),
    CONSTRAINT fk_meeting_called_by_id FOREIGN KEY(called_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_meeting_chair_id FOREIGN KEY(chair_id) REFERENCES user_account (id),
    CONSTRAINT fk_meeting_certified_by_id FOREIGN KEY(certified_by_id) REFERENCES user_account (id)
);

CREATE TABLE meeting_move (
    id INTEGER NOT NULL,
    meeting_id INTEGER NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    reason VARCHAR(300) NOT NULL,
    moved_at DATETIME NOT NULL,
    moved_by_id INTEGER NOT NULL,
    CONSTRAINT pk_meeting_move PRIMARY KEY (id),
    CONSTRAINT ck_meeting_move_for_a_reason CHECK (from_on <> to_on AND reason <> ''),
    CONSTRAINT fk_meeting_move_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    CONSTRAINT fk_meeting_move_moved_by_id FOREIGN KEY(moved_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_meeting_move_meeting_id ON meeting_move (meeting_id);

CREATE TABLE meeting_roll (
    id INTEGER NOT NULL,
    meeting_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    office VARCHAR(12) NOT NULL,
    name VARCHAR(120) NOT NULL,
    position VARCHAR(160) NOT NULL,
    CONSTRAINT pk_meeting_roll PRIMARY KEY (id),
    CONSTRAINT uq_meeting_roll_meeting_id_person_id UNIQUE (meeting_id, person_id),
    CONSTRAINT fk_meeting_roll_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    CONSTRAINT fk_meeting_roll_person_id FOREIGN KEY(person_id) REFERENCES user_account (id)
);

CREATE TABLE member (
    id INTEGER NOT NULL,
    household_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    prefix VARCHAR(20) NOT NULL,
    first_name VARCHAR(80) NOT NULL,
    last_name VARCHAR(80) NOT NULL,
    id_tail VARCHAR(3) NOT NULL,
    id_encrypted BLOB,
    id_key BLOB,
    school_id VARCHAR(13) DEFAULT '' NOT NULL,
    birth_year_be INTEGER,
    sex VARCHAR(1) NOT NULL,
    school VARCHAR(120) NOT NULL,
    grade VARCHAR(20) NOT NULL,
    "left" BOOLEAN NOT NULL,
    said_dead BOOLEAN DEFAULT 0 NOT NULL,
    CONSTRAINT pk_member PRIMARY KEY (id),
    CONSTRAINT ck_member_id_pair CHECK ((id_encrypted IS NULL) = (id_key IS NULL)),
    CONSTRAINT fk_member_household_id FOREIGN KEY(household_id) REFERENCES household (id)
);

CREATE INDEX ix_member_household_id ON member (household_id);

CREATE UNIQUE INDEX uq_member_id_key ON member (id_key);

CREATE INDEX ix_member_school ON member (school, grade, first_name, id);

CREATE TABLE message (
    id INTEGER NOT NULL,
    "key" VARCHAR(120) NOT NULL,
    channel VARCHAR(8) NOT NULL,
    recipient VARCHAR(254) NOT NULL,
    subject VARCHAR(200) NOT NULL,
    body TEXT NOT NULL,
    state VARCHAR(8) NOT NULL,
    attempts INTEGER NOT NULL,
    queued_at DATETIME NOT NULL,
    due_at DATETIME NOT NULL,
    first_tried_at DATETIME,
    leased_until DATETIME,
    settled_at DATETIME,
    doubted BOOLEAN NOT NULL,
    error VARCHAR(500) NOT NULL,
    CONSTRAINT pk_message PRIMARY KEY (id),
    CONSTRAINT ck_message_known_channel CHECK (channel IN ('email', 'line')),
    CONSTRAINT ck_message_known_state CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unsure')),
    CONSTRAINT ck_message_settled_pair CHECK ((state IN ('queued', 'sending')) = (settled_at IS NULL)),
    CONSTRAINT ck_message_leased_pair CHECK ((state = 'sending') = (leased_until IS NOT NULL)),
    CONSTRAINT uq_message_key UNIQUE ("key")
);

CREATE INDEX ix_message_state_queued_at ON message (state, queued_at);

CREATE INDEX ix_message_pending ON message (due_at) WHERE state IN ('queued', 'sending');

CREATE TABLE minutes (
    meeting_id INTEGER NOT NULL,
    endorsed_in_id INTEGER NOT NULL,
    corrections VARCHAR(2000) NOT NULL,
    pdf BLOB NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    endorsed_at DATETIME NOT NULL,
    endorsed_by_id INTEGER NOT NULL,
    scan BLOB,
    scan_sha256 VARCHAR(64) NOT NULL,
    scanned_at DATETIME,
    scanned_by_id INTEGER,
    CONSTRAINT pk_minutes PRIMARY KEY (meeting_id),
    CONSTRAINT ck_minutes_by_another_meeting CHECK (endorsed_in_id <> meeting_id),
    CONSTRAINT ck_minutes_scan_whole CHECK ((scan IS NULL) = (scanned_at IS NULL) AND (scan IS NULL) = (scanned_by_id IS NULL) AND (scan IS NULL) = (scan_sha256 = '')),
    CONSTRAINT fk_minutes_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    CONSTRAINT fk_minutes_endorsed_in_id FOREIGN KEY(endorsed_in_id) REFERENCES meeting (id),
    CONSTRAINT fk_minutes_endorsed_by_id FOREIGN KEY(endorsed_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_minutes_scanned_by_id FOREIGN KEY(scanned_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_minutes_endorsed_in_id ON minutes (endorsed_in_id);

CREATE TABLE motion (
    id INTEGER NOT NULL,
    item_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    reason VARCHAR(300) NOT NULL,
    waits_until DATE,
    waits_for_money BOOLEAN NOT NULL,
    moved_at DATETIME NOT NULL,
    moved_by_id INTEGER NOT NULL,
    CONSTRAINT pk_motion PRIMARY KEY (id),
    CONSTRAINT uq_motion_item_id_number UNIQUE (item_id, number),
    CONSTRAINT ck_motion_known_kind CHECK (kind IN ('approve', 'approve_in_part', 'defer', 'amend', 'rescind', 'ratify')),
    CONSTRAINT ck_motion_reason_given CHECK (kind IN ('approve', 'ratify') OR reason <> ''),
    CONSTRAINT ck_motion_deferred_until CHECK ((kind = 'defer') = (waits_until IS NOT NULL OR waits_for_money) AND NOT (waits_until IS NOT NULL AND waits_for_money)),
    CONSTRAINT fk_motion_item_id FOREIGN KEY(item_id) REFERENCES agenda_item (id),
    CONSTRAINT fk_motion_moved_by_id FOREIGN KEY(moved_by_id) REFERENCES user_account (id)
);

CREATE TABLE motion_line (
    id INTEGER NOT NULL,
    motion_id INTEGER NOT NULL,
    line_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    CONSTRAINT pk_motion_line PRIMARY KEY (id),
    CONSTRAINT uq_motion_line_motion_id_line_id UNIQUE (motion_id, line_id),
    CONSTRAINT ck_motion_line_positive CHECK (quantity > 0),
    CONSTRAINT fk_motion_line_motion_id FOREIGN KEY(motion_id) REFERENCES motion (id),
    CONSTRAINT fk_motion_line_line_id FOREIGN KEY(line_id) REFERENCES proposal_line (id)
);

CREATE TABLE motion_part (
    id INTEGER NOT NULL,
    motion_id INTEGER NOT NULL,
    purpose_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    CONSTRAINT pk_motion_part PRIMARY KEY (id),
    CONSTRAINT uq_motion_part_motion_id_purpose_id UNIQUE (motion_id, purpose_id),
    CONSTRAINT ck_motion_part_positive CHECK (satang > 0),
    CONSTRAINT fk_motion_part_motion_id FOREIGN KEY(motion_id) REFERENCES motion (id),
    CONSTRAINT fk_motion_part_purpose_id FOREIGN KEY(purpose_id) REFERENCES purpose (id)
);

CREATE TABLE network (
    id INTEGER NOT NULL,
    code VARCHAR(12) NOT NULL,
    type VARCHAR(20) NOT NULL,
    name VARCHAR(160) NOT NULL,
    district_code VARCHAR(4),
    contact VARCHAR(160) NOT NULL,
    open BOOLEAN NOT NULL,
    parent_id INTEGER CONSTRAINT fk_network_parent_id REFERENCES network (id),
    path VARCHAR(200) NOT NULL DEFAULT '',
    CONSTRAINT pk_network PRIMARY KEY (id),
    CONSTRAINT ck_network_known_type CHECK (type IN ('otop', 'village_fund', 'women_fund', 'women_committee', 'mother_fund', 'cdo_club', 'cdw_club', 'private', 'civil', 'person')),
    CONSTRAINT uq_network_code UNIQUE (code)
);

CREATE INDEX ix_network_parent_id ON network (parent_id);

CREATE TABLE network_contact (
    id INTEGER NOT NULL,
    network_id INTEGER NOT NULL,
    office VARCHAR(12) NOT NULL,
    name VARCHAR(120) NOT NULL,
    phone VARCHAR(40) NOT NULL,
    email VARCHAR(160) NOT NULL,
    line_user_id VARCHAR(33) NOT NULL,
    since_on DATE,
    written_at DATETIME NOT NULL,
    written_by_id INTEGER NOT NULL,
    ended_on DATE,
    ended_by_id INTEGER,
    CONSTRAINT pk_network_contact PRIMARY KEY (id),
    CONSTRAINT ck_network_contact_known_office CHECK (office IN ('chair', 'vice_chair', 'secretary', 'treasurer', 'coordinator')),
    CONSTRAINT ck_network_contact_named CHECK (name <> ''),
    CONSTRAINT ck_network_contact_ended_pair CHECK ((ended_on IS NULL) = (ended_by_id IS NULL)),
    CONSTRAINT ck_network_contact_in_order CHECK (since_on IS NULL OR ended_on IS NULL OR since_on <= ended_on),
    CONSTRAINT fk_network_contact_network_id FOREIGN KEY(network_id) REFERENCES network (id),
    CONSTRAINT fk_network_contact_written_by_id FOREIGN KEY(written_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_network_contact_ended_by_id FOREIGN KEY(ended_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_network_contact_network_id ON network_contact (network_id);

CREATE TABLE nightly_run (
    on_date DATE NOT NULL,
    done_at DATETIME NOT NULL,
    reminded INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    CONSTRAINT pk_nightly_run PRIMARY KEY (on_date)
);

CREATE TABLE opening (
    id INTEGER NOT NULL,
    as_of DATE NOT NULL,
    until_at DATETIME NOT NULL,
    paper_hash VARCHAR(64) NOT NULL,
    paper_kind VARCHAR(4) NOT NULL,
    posted_on DATE NOT NULL,
    posted_at DATETIME NOT NULL,
    approval_request_id INTEGER NOT NULL,
    CONSTRAINT pk_opening PRIMARY KEY (id),
    CONSTRAINT ck_opening_once CHECK (id = 1),
    CONSTRAINT ck_opening_known_paper CHECK (paper_kind IN ('pdf', 'jpg')),
    CONSTRAINT ck_opening_in_order CHECK (as_of <= posted_on),
    CONSTRAINT uq_opening_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT fk_opening_approval_request_id FOREIGN KEY(approval_request_id) REFERENCES approval_request (id)
);

CREATE TABLE opening_balance (
    id INTEGER NOT NULL,
    opening_id INTEGER NOT NULL,
    purpose_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    spent_satang BIGINT NOT NULL,
    note VARCHAR(200) NOT NULL,
    CONSTRAINT pk_opening_balance PRIMARY KEY (id),
    CONSTRAINT ck_opening_balance_not_negative CHECK (satang >= 0 AND spent_satang >= 0),
    CONSTRAINT ck_opening_balance_something CHECK (satang + spent_satang > 0),
    CONSTRAINT fk_opening_balance_opening_id FOREIGN KEY(opening_id) REFERENCES opening (id),
    CONSTRAINT uq_opening_balance_purpose_id UNIQUE (purpose_id),
    CONSTRAINT fk_opening_balance_purpose_id FOREIGN KEY(purpose_id) REFERENCES purpose (id)
);

CREATE TABLE order_invoice (
    id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    number VARCHAR(60) NOT NULL,
    issued_on DATE NOT NULL,
    satang BIGINT NOT NULL,
    CONSTRAINT pk_order_invoice PRIMARY KEY (id),
    CONSTRAINT uq_order_invoice_order_id_number UNIQUE (order_id, number),
    CONSTRAINT ck_order_invoice_says_how_much CHECK (satang > 0 AND number <> ''),
    CONSTRAINT fk_order_invoice_order_id FOREIGN KEY(order_id) REFERENCES payment_order (id)
);

CREATE TABLE order_line (
    id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    what VARCHAR(160) NOT NULL,
    quantity INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    invoice_id INTEGER,
    line_id INTEGER,
    CONSTRAINT pk_order_line PRIMARY KEY (id),
    CONSTRAINT uq_order_line_order_id_position UNIQUE (order_id, position),
    CONSTRAINT ck_order_line_positive CHECK (quantity > 0 AND satang > 0 AND what <> ''),
    CONSTRAINT fk_order_line_order_id FOREIGN KEY(order_id) REFERENCES payment_order (id),
    CONSTRAINT fk_order_line_invoice_id FOREIGN KEY(invoice_id) REFERENCES order_invoice (id),
    CONSTRAINT fk_order_line_line_id FOREIGN KEY(line_id) REFERENCES proposal_line (id)
);

CREATE INDEX ix_order_line_line_id ON order_line (line_id);

CREATE TABLE outgoing_match (
    id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    payment_id INTEGER,
    reason VARCHAR(300) NOT NULL,
    matched_at DATETIME NOT NULL,
    matched_by_id INTEGER,
    CONSTRAINT pk_outgoing_match PRIMARY KEY (id),
    CONSTRAINT ck_outgoing_match_payment_or_reason CHECK ((payment_id IS NULL) = (reason <> '')),
    CONSTRAINT ck_outgoing_match_words_of_a_person CHECK (payment_id IS NOT NULL OR matched_by_id IS NOT NULL),
    CONSTRAINT uq_outgoing_match_event_id UNIQUE (event_id),
    CONSTRAINT fk_outgoing_match_event_id FOREIGN KEY(event_id) REFERENCES bank_event (id),
    CONSTRAINT uq_outgoing_match_payment_id UNIQUE (payment_id),
    CONSTRAINT fk_outgoing_match_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id),
    CONSTRAINT fk_outgoing_match_matched_by_id FOREIGN KEY(matched_by_id) REFERENCES user_account (id)
);

CREATE TABLE paper_receipt_book (
    id INTEGER NOT NULL,
    fiscal_year_be INTEGER NOT NULL,
    volume VARCHAR(20) NOT NULL,
    first_number INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    ask_at VARCHAR(200) NOT NULL,
    registered_at DATETIME NOT NULL,
    approval_request_id INTEGER NOT NULL,
    CONSTRAINT pk_paper_receipt_book PRIMARY KEY (id),
    CONSTRAINT uq_paper_receipt_book_fiscal_year_be_volume UNIQUE (fiscal_year_be, volume),
    CONSTRAINT ck_paper_receipt_book_in_order CHECK (first_number >= 1 AND first_number <= last_number),
    CONSTRAINT uq_paper_receipt_book_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT fk_paper_receipt_book_approval_request_id FOREIGN KEY(approval_request_id) REFERENCES approval_request (id)
);

CREATE TABLE password_link (
    id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    seed VARCHAR(32) NOT NULL,
    token_hash VARCHAR(64) NOT NULL,
    approval_request_id INTEGER NOT NULL,
    made_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    used_at DATETIME,
    CONSTRAINT pk_password_link PRIMARY KEY (id),
    CONSTRAINT fk_password_link_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT fk_password_link_approval_request_id FOREIGN KEY(approval_request_id) REFERENCES approval_request (id),
    CONSTRAINT uq_password_link_token_hash UNIQUE (token_hash),
    CONSTRAINT uq_password_link_approval_request_id UNIQUE (approval_request_id)
);

CREATE INDEX ix_password_link_user_id ON password_link (user_id);

CREATE TABLE payee (
    id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    biller_id VARCHAR(15),
    promptpay_id VARCHAR(13),
    approval_request_id INTEGER,
    from_at DATETIME NOT NULL,
    ended_at DATETIME,
    CONSTRAINT pk_payee PRIMARY KEY (id),
    CONSTRAINT ck_payee_by_an_id CHECK (biller_id IS NOT NULL OR promptpay_id IS NOT NULL),
    CONSTRAINT fk_payee_account_id FOREIGN KEY(account_id) REFERENCES fund_account (id),
    CONSTRAINT fk_payee_approval_request_id FOREIGN KEY(approval_request_id) REFERENCES approval_request (id),
    CONSTRAINT uq_payee_approval_request_id UNIQUE (approval_request_id)
);

CREATE INDEX ix_payee_account_id ON payee (account_id);

CREATE TABLE payment (
    id INTEGER NOT NULL,
    fiscal_year_be INTEGER NOT NULL,
    number INTEGER NOT NULL,
    proposal_id INTEGER NOT NULL,
    order_id INTEGER,
    account_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    withheld_satang BIGINT DEFAULT 0 NOT NULL,
    vendor VARCHAR(160) NOT NULL,
    vendor_bank VARCHAR(3) NOT NULL,
    vendor_account VARCHAR(20) NOT NULL,
    transfer_ref VARCHAR(60) NOT NULL,
    invoice VARCHAR(60) NOT NULL,
    paid_on DATE NOT NULL,
    paid_at DATETIME NOT NULL,
    paid_by_id INTEGER NOT NULL,
    void_reason VARCHAR(300) DEFAULT '' NOT NULL,
    void_asked_at DATETIME,
    void_asked_by_id INTEGER,
    voided_at DATETIME,
    voided_by_id INTEGER,
    void_event_id INTEGER,
    returned_satang BIGINT DEFAULT '0' NOT NULL,
    CONSTRAINT pk_payment PRIMARY KEY (id),
    CONSTRAINT uq_payment_fiscal_year_be_number UNIQUE (fiscal_year_be, number),
    CONSTRAINT ck_payment_positive CHECK (satang > 0),
    CONSTRAINT ck_payment_withheld_is_a_part CHECK (withheld_satang >= 0 AND withheld_satang < satang),
    CONSTRAINT ck_payment_void_asked_pair CHECK ((void_asked_at IS NULL) = (void_asked_by_id IS NULL) AND (void_asked_at IS NULL) = (void_reason = '')),
    CONSTRAINT ck_payment_voided_pair CHECK ((voided_at IS NULL) = (voided_by_id IS NULL)),
    CONSTRAINT ck_payment_returned_within_paid CHECK (returned_satang BETWEEN 0 AND satang - withheld_satang OR returned_satang = satang),
    CONSTRAINT ck_payment_returned_stands CHECK (returned_satang = 0 OR voided_at IS NULL),
    CONSTRAINT ck_payment_voided_by_two CHECK (voided_by_id IS NULL OR (void_asked_by_id IS NOT NULL AND voided_by_id <> void_asked_by_id)),
    CONSTRAINT fk_payment_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposal (id),
    CONSTRAINT uq_payment_order_id UNIQUE (order_id),
    CONSTRAINT fk_payment_order_id FOREIGN KEY(order_id) REFERENCES payment_order (id),
    CONSTRAINT fk_payment_account_id FOREIGN KEY(account_id) REFERENCES fund_account (id),
    CONSTRAINT fk_payment_paid_by_id FOREIGN KEY(paid_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_payment_void_asked_by_id FOREIGN KEY(void_asked_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_payment_voided_by_id FOREIGN KEY(voided_by_id) REFERENCES user_account (id),
    CONSTRAINT uq_payment_void_event_id UNIQUE (void_event_id),
    CONSTRAINT fk_payment_void_event_id FOREIGN KEY(void_event_id) REFERENCES bank_event (id)
);

CREATE INDEX ix_payment_proposal_id ON payment (proposal_id);

CREATE INDEX ix_payment_void_asked ON payment (void_asked_at) WHERE void_asked_at IS NOT NULL AND voided_at IS NULL;

CREATE UNIQUE INDEX uq_payment_transfer_ref ON payment (transfer_ref) WHERE voided_at IS NULL;

CREATE TABLE payment_approval (
    id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    signatory_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    on_day DATE NOT NULL,
    at DATETIME NOT NULL,
    CONSTRAINT pk_payment_approval PRIMARY KEY (id),
    CONSTRAINT uq_payment_approval_order_id_user_id UNIQUE (order_id, user_id),
    CONSTRAINT fk_payment_approval_order_id FOREIGN KEY(order_id) REFERENCES payment_order (id),
    CONSTRAINT fk_payment_approval_signatory_id FOREIGN KEY(signatory_id) REFERENCES signatory (id),
    CONSTRAINT fk_payment_approval_user_id FOREIGN KEY(user_id) REFERENCES user_account (id)
);

CREATE TABLE payment_order (
    id INTEGER NOT NULL,
    proposal_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    withheld_satang BIGINT DEFAULT 0 NOT NULL,
    vendor_account_id INTEGER NOT NULL,
    vendor VARCHAR(160) NOT NULL,
    vendor_bank VARCHAR(3) NOT NULL,
    vendor_account VARCHAR(20) NOT NULL,
    invoice VARCHAR(60) NOT NULL,
    signatures INTEGER NOT NULL,
    signing_group VARCHAR(12) NOT NULL,
    prepared_at DATETIME NOT NULL,
    prepared_by_id INTEGER NOT NULL,
    approved_at DATETIME,
    withdrawn_at DATETIME,
    withdrawn_by_id INTEGER,
    withdrawn_reason VARCHAR(300) NOT NULL,
    again_of_id INTEGER,
    CONSTRAINT pk_payment_order PRIMARY KEY (id),
    CONSTRAINT ck_payment_order_positive CHECK (satang > 0),
    CONSTRAINT ck_payment_order_withheld_is_a_part CHECK (withheld_satang >= 0 AND withheld_satang < satang),
    CONSTRAINT ck_payment_order_somebody_signs CHECK (signatures > 0),
    CONSTRAINT ck_payment_order_withdrawn_pair CHECK ((withdrawn_at IS NULL) = (withdrawn_by_id IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_reason = '')),
    CONSTRAINT fk_payment_order_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposal (id),
    CONSTRAINT fk_payment_order_vendor_account_id FOREIGN KEY(vendor_account_id) REFERENCES vendor_account (id),
    CONSTRAINT fk_payment_order_prepared_by_id FOREIGN KEY(prepared_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_payment_order_withdrawn_by_id FOREIGN KEY(withdrawn_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_payment_order_again_of_id FOREIGN KEY(again_of_id) REFERENCES payment_order (id)
);

CREATE INDEX ix_payment_order_proposal_id ON payment_order (proposal_id);

CREATE INDEX ix_payment_order_vendor_account_id ON payment_order (vendor_account_id);

CREATE INDEX ix_payment_order_again_of_id ON payment_order (again_of_id);

CREATE TABLE payment_paper (
    id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    kind VARCHAR(12) NOT NULL,
    is_pdf BOOLEAN NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    inspectors VARCHAR(300) NOT NULL,
    short VARCHAR(300) NOT NULL,
    kept_at DATETIME NOT NULL,
    kept_by_id INTEGER NOT NULL,
    CONSTRAINT pk_payment_paper PRIMARY KEY (id),
    CONSTRAINT uq_payment_paper_order_id_kind_sha256 UNIQUE (order_id, kind, sha256),
    CONSTRAINT ck_payment_paper_known_kind CHECK (kind IN ('quotation', 'purchase', 'delivery', 'inspection', 'transfer', 'other')),
    CONSTRAINT ck_payment_paper_inspection_names_people CHECK ((kind = 'inspection') = (inspectors <> '')),
    CONSTRAINT fk_payment_paper_order_id FOREIGN KEY(order_id) REFERENCES payment_order (id),
    CONSTRAINT fk_payment_paper_kept_by_id FOREIGN KEY(kept_by_id) REFERENCES user_account (id)
);

CREATE TABLE payment_request (
    id INTEGER NOT NULL,
    code VARCHAR(24) NOT NULL,
    ref1 VARCHAR(20) NOT NULL,
    ref2 VARCHAR(20) NOT NULL,
    account_id INTEGER NOT NULL,
    purpose_id INTEGER NOT NULL,
    pledge_id INTEGER,
    network_id INTEGER,
    wish_satang BIGINT NOT NULL,
    due_satang BIGINT NOT NULL,
    tag INTEGER NOT NULL,
    payload VARCHAR(512) NOT NULL,
    donor_name VARCHAR(160) NOT NULL,
    anonymous BOOLEAN NOT NULL,
    state VARCHAR(10) NOT NULL,
    opened_at DATETIME NOT NULL,
    opened_by_id INTEGER,
    expires_at DATETIME NOT NULL,
    reserved_until DATETIME,
    received_at DATETIME,
    CONSTRAINT pk_payment_request PRIMARY KEY (id),
    CONSTRAINT ck_payment_request_received_pair CHECK ((state = 'received') = (received_at IS NOT NULL)),
    CONSTRAINT ck_payment_request_known_state CHECK (state IN ('open', 'received', 'expired', 'cancelled')),
    CONSTRAINT ck_payment_request_reserved_pair CHECK ((tag = 29) = (reserved_until IS NOT NULL)),
    CONSTRAINT ck_payment_request_known_tag CHECK (tag IN (29, 30)),
    CONSTRAINT ck_payment_request_positive CHECK (wish_satang > 0 AND due_satang > 0),
    CONSTRAINT fk_payment_request_account_id FOREIGN KEY(account_id) REFERENCES fund_account (id),
    CONSTRAINT fk_payment_request_network_id FOREIGN KEY(network_id) REFERENCES network (id),
    CONSTRAINT fk_payment_request_opened_by_id FOREIGN KEY(opened_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_payment_request_pledge_id FOREIGN KEY(pledge_id) REFERENCES pledge (id),
    CONSTRAINT fk_payment_request_purpose_id FOREIGN KEY(purpose_id) REFERENCES purpose (id),
    CONSTRAINT uq_payment_request_code UNIQUE (code),
    CONSTRAINT uq_payment_request_ref1 UNIQUE (ref1)
);

CREATE INDEX ix_payment_request_network_id ON payment_request (network_id);

CREATE INDEX ix_payment_request_pledge_id ON payment_request (pledge_id);

CREATE UNIQUE INDEX uq_payment_request_open_amount ON payment_request (account_id, due_satang) WHERE tag = 29 AND state = 'open';

CREATE TABLE payment_return (
    id INTEGER NOT NULL,
    payment_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    event_id INTEGER NOT NULL,
    reason VARCHAR(300) NOT NULL,
    asked_at DATETIME NOT NULL,
    asked_by_id INTEGER NOT NULL,
    confirmed_at DATETIME,
    confirmed_by_id INTEGER,
    declined_at DATETIME,
    declined_by_id INTEGER,
    tax_satang BIGINT DEFAULT '0' NOT NULL,
    CONSTRAINT pk_payment_return PRIMARY KEY (id),
    CONSTRAINT ck_payment_return_positive CHECK (satang > 0 AND tax_satang >= 0),
    CONSTRAINT ck_payment_return_says_why CHECK (reason <> ''),
    CONSTRAINT ck_payment_return_confirmed_pair CHECK ((confirmed_at IS NULL) = (confirmed_by_id IS NULL)),
    CONSTRAINT ck_payment_return_declined_pair CHECK ((declined_at IS NULL) = (declined_by_id IS NULL)),
    CONSTRAINT ck_payment_return_one_end CHECK (confirmed_at IS NULL OR declined_at IS NULL),
    CONSTRAINT ck_payment_return_by_two CHECK (confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id),
    CONSTRAINT fk_payment_return_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id),
    CONSTRAINT fk_payment_return_event_id FOREIGN KEY(event_id) REFERENCES bank_event (id),
    CONSTRAINT fk_payment_return_asked_by_id FOREIGN KEY(asked_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_payment_return_confirmed_by_id FOREIGN KEY(confirmed_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_payment_return_declined_by_id FOREIGN KEY(declined_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_payment_return_payment_id ON payment_return (payment_id);

CREATE UNIQUE INDEX uq_payment_return_event_id ON payment_return (event_id) WHERE declined_at IS NULL;

CREATE UNIQUE INDEX uq_payment_return_payment_id ON payment_return (payment_id) WHERE confirmed_at IS NULL AND declined_at IS NULL;

CREATE TABLE photo (
    id INTEGER NOT NULL,
    hash VARCHAR(64) NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    taken_at DATETIME NOT NULL,
    taken_by_id INTEGER NOT NULL,
    CONSTRAINT pk_photo PRIMARY KEY (id),
    CONSTRAINT fk_photo_taken_by_id FOREIGN KEY(taken_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_photo_hash ON photo (hash);

CREATE TABLE pledge (
    id INTEGER NOT NULL,
    code VARCHAR(16) NOT NULL,
    network_id INTEGER NOT NULL,
    purpose_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    expected_on DATE NOT NULL,
    note VARCHAR(500) NOT NULL,
    state VARCHAR(12) NOT NULL,
    stated_at DATETIME NOT NULL,
    stated_by_id INTEGER NOT NULL,
    withdrawn_at DATETIME,
    kind VARCHAR(8) NOT NULL DEFAULT 'money' CONSTRAINT ck_pledge_known_kind CHECK (kind IN ('money', 'goods', 'labour')),
    what VARCHAR(200) NOT NULL DEFAULT '',
    quantity INTEGER CONSTRAINT ck_pledge_counted CHECK (quantity > 0),
    unit VARCHAR(40) NOT NULL DEFAULT '' CONSTRAINT ck_pledge_says_what CHECK ((kind = 'money') = (what = '') AND (kind = 'money') = (unit = '') AND (kind = 'money') = (quantity IS NULL)),
    basis VARCHAR(300) NOT NULL DEFAULT '',
    lapsed_at DATETIME CONSTRAINT ck_pledge_lapsed_pair CHECK ((state = 'lapsed') = (lapsed_at IS NOT NULL)),
    CONSTRAINT pk_pledge PRIMARY KEY (id),
    CONSTRAINT ck_pledge_withdrawn_pair CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
    CONSTRAINT ck_pledge_known_state CHECK (state IN ('stated', 'lapsed', 'withdrawn')),
    CONSTRAINT ck_pledge_positive CHECK (satang > 0),
    CONSTRAINT fk_pledge_network_id FOREIGN KEY(network_id) REFERENCES network (id),
    CONSTRAINT fk_pledge_purpose_id FOREIGN KEY(purpose_id) REFERENCES purpose (id),
    CONSTRAINT fk_pledge_stated_by_id FOREIGN KEY(stated_by_id) REFERENCES user_account (id),
    CONSTRAINT uq_pledge_code UNIQUE (code)
);

CREATE INDEX ix_pledge_network_id ON pledge (network_id);

CREATE INDEX ix_pledge_words ON pledge (code, what);

CREATE TABLE portal (
    id INTEGER NOT NULL,
    province VARCHAR(24) NOT NULL,
    demo BOOLEAN NOT NULL,
    founded_at DATETIME NOT NULL,
    key_check BLOB NOT NULL,
    CONSTRAINT pk_portal PRIMARY KEY (id),
    CONSTRAINT ck_portal_one_row CHECK (id = 1)
);

CREATE TABLE proposal (
    id INTEGER NOT NULL,
    code VARCHAR(16) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    purpose_id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    title VARCHAR(160) NOT NULL,
    state VARCHAR(12) NOT NULL,
    submitted_at DATETIME NOT NULL,
    submitted_by_id INTEGER NOT NULL,
    asked_by_id INTEGER NOT NULL,
    settled_reason VARCHAR(300) DEFAULT '' NOT NULL,
    CONSTRAINT pk_proposal PRIMARY KEY (id),
    CONSTRAINT ck_proposal_positive CHECK (satang > 0),
    CONSTRAINT ck_proposal_known_state CHECK (state IN ('submitted', 'tabled', 'approved', 'rejected', 'withdrawn', 'settled', 'rescinded')),
    CONSTRAINT uq_proposal_code UNIQUE (code),
    CONSTRAINT fk_proposal_purpose_id FOREIGN KEY(purpose_id) REFERENCES purpose (id),
    CONSTRAINT fk_proposal_submitted_by_id FOREIGN KEY(submitted_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_proposal_asked_by_id FOREIGN KEY(asked_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_proposal_state ON proposal (state, id);

CREATE TABLE proposal_funding (
    id INTEGER NOT NULL,
    version_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    satang BIGINT NOT NULL,
    purpose_id INTEGER,
    source VARCHAR(160) NOT NULL,
    CONSTRAINT pk_proposal_funding PRIMARY KEY (id),
    CONSTRAINT uq_proposal_funding_version_id_position UNIQUE (version_id, position),
    CONSTRAINT uq_proposal_funding_version_id_purpose_id UNIQUE (version_id, purpose_id),
    CONSTRAINT ck_proposal_funding_positive CHECK (satang > 0),
    CONSTRAINT ck_proposal_funding_known_kind CHECK (kind IN ('fund_purpose', 'agency_budget', 'network', 'local_government')),
    CONSTRAINT ck_proposal_funding_source_of_kind CHECK ((kind = 'fund_purpose') = (purpose_id IS NOT NULL) AND (kind = 'fund_purpose') = (source = '')),
    CONSTRAINT fk_proposal_funding_version_id FOREIGN KEY(version_id) REFERENCES proposal_version (id),
    CONSTRAINT fk_proposal_funding_purpose_id FOREIGN KEY(purpose_id) REFERENCES purpose (id)
);

CREATE TABLE proposal_line (
    id INTEGER NOT NULL,
    version_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    title VARCHAR(160) NOT NULL,
    quantity INTEGER NOT NULL,
    unit_satang BIGINT NOT NULL,
    first_id INTEGER,
    CONSTRAINT pk_proposal_line PRIMARY KEY (id),
    CONSTRAINT uq_proposal_line_version_id_position UNIQUE (version_id, position),
    CONSTRAINT ck_proposal_line_positive CHECK (quantity > 0 AND unit_satang > 0),
    CONSTRAINT fk_proposal_line_version_id FOREIGN KEY(version_id) REFERENCES proposal_version (id),
    CONSTRAINT fk_proposal_line_first_id FOREIGN KEY(first_id) REFERENCES proposal_line (id)
);

CREATE TABLE proposal_version (
    id INTEGER NOT NULL,
    proposal_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    title VARCHAR(160) NOT NULL,
    reason VARCHAR(300) NOT NULL,
    made_at DATETIME NOT NULL,
    made_by_id INTEGER NOT NULL,
    CONSTRAINT pk_proposal_version PRIMARY KEY (id),
    CONSTRAINT uq_proposal_version_proposal_id_number UNIQUE (proposal_id, number),
    CONSTRAINT ck_proposal_version_positive CHECK (satang > 0 AND number > 0),
    CONSTRAINT ck_proposal_version_reason_of_later CHECK ((number = 1) = (reason = '')),
    CONSTRAINT fk_proposal_version_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposal (id),
    CONSTRAINT fk_proposal_version_made_by_id FOREIGN KEY(made_by_id) REFERENCES user_account (id)
);

CREATE TABLE proposal_way (
    id INTEGER NOT NULL,
    proposal_id INTEGER NOT NULL,
    way VARCHAR(8) NOT NULL,
    reason VARCHAR(300) NOT NULL,
    asked_at DATETIME NOT NULL,
    asked_by_id INTEGER NOT NULL,
    CONSTRAINT pk_proposal_way PRIMARY KEY (id),
    CONSTRAINT ck_proposal_way_known_way CHECK (way IN ('urgent', 'meeting') AND reason <> ''),
    CONSTRAINT fk_proposal_way_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposal (id),
    CONSTRAINT fk_proposal_way_asked_by_id FOREIGN KEY(asked_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_proposal_way_proposal_id ON proposal_way (proposal_id);

CREATE TABLE public_base (
    number INTEGER NOT NULL,
    round_id INTEGER NOT NULL,
    set_at DATETIME NOT NULL,
    set_by_id INTEGER,
    CONSTRAINT pk_public_base PRIMARY KEY (number),
    CONSTRAINT ck_public_base_set_by_somebody CHECK (number = 1 OR set_by_id IS NOT NULL),
    CONSTRAINT fk_public_base_round_id FOREIGN KEY(round_id) REFERENCES register_round (id),
    CONSTRAINT fk_public_base_set_by_id FOREIGN KEY(set_by_id) REFERENCES user_account (id)
);

CREATE TABLE published_help (
    id INTEGER NOT NULL,
    measure VARCHAR(9) NOT NULL,
    unit_id INTEGER NOT NULL,
    request_id INTEGER NOT NULL,
    household_id INTEGER NOT NULL,
    member_id INTEGER,
    district VARCHAR(16) NOT NULL,
    dimension VARCHAR(16) NOT NULL,
    item VARCHAR(24) NOT NULL,
    satang BIGINT NOT NULL,
    edition INTEGER NOT NULL,
    by_district BOOLEAN NOT NULL,
    by_dimension BOOLEAN NOT NULL,
    by_item BOOLEAN NOT NULL,
    by_request BOOLEAN NOT NULL,
    by_district_item BOOLEAN NOT NULL,
    by_dimension_item BOOLEAN NOT NULL,
    CONSTRAINT pk_published_help PRIMARY KEY (id),
    CONSTRAINT ck_published_help_known_measure CHECK (measure IN ('approved', 'delivered', 'paid')),
    CONSTRAINT ck_published_help_no_debt CHECK (satang >= 0)
);

CREATE INDEX ix_published_help_measure ON published_help (measure, unit_id);

CREATE INDEX ix_published_help_household_id ON published_help (household_id);

CREATE TABLE purpose (
    id INTEGER NOT NULL,
    code VARCHAR(24) NOT NULL,
    name_th VARCHAR(120) NOT NULL,
    name_en VARCHAR(120) NOT NULL,
    dimension VARCHAR(16),
    open BOOLEAN NOT NULL,
    CONSTRAINT pk_purpose PRIMARY KEY (id),
    CONSTRAINT uq_purpose_code UNIQUE (code)
);

CREATE TABLE read_event (
    id INTEGER NOT NULL,
    at DATETIME NOT NULL,
    on_date DATE NOT NULL,
    by_id INTEGER NOT NULL,
    kind VARCHAR(12) NOT NULL,
    subject VARCHAR(80) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    is_first BOOLEAN NOT NULL,
    is_refused BOOLEAN NOT NULL,
    is_at_night BOOLEAN NOT NULL,
    address VARCHAR(45) NOT NULL,
    CONSTRAINT pk_read_event PRIMARY KEY (id),
    CONSTRAINT ck_read_event_known_kind CHECK (kind IN ('households', 'whole_ids', 'photos', 'slips', 'statements', 'exports')),
    CONSTRAINT ck_read_event_seen_or_refused CHECK (NOT (is_first AND is_refused)),
    CONSTRAINT fk_read_event_by_id FOREIGN KEY(by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_read_event_by_id ON read_event (by_id, id);

CREATE INDEX ix_read_event_subject ON read_event (subject, id);

CREATE UNIQUE INDEX uq_read_event_first ON read_event (by_id, on_date, kind, subject) WHERE is_first;

CREATE TABLE reading_day (
    on_date DATE NOT NULL,
    by_id INTEGER NOT NULL,
    households INTEGER DEFAULT '0' NOT NULL,
    whole_ids INTEGER DEFAULT '0' NOT NULL,
    photos INTEGER DEFAULT '0' NOT NULL,
    slips INTEGER DEFAULT '0' NOT NULL,
    statements INTEGER DEFAULT '0' NOT NULL,
    exports INTEGER DEFAULT '0' NOT NULL,
    reads INTEGER DEFAULT '0' NOT NULL,
    at_night INTEGER DEFAULT '0' NOT NULL,
    refused INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_reading_day PRIMARY KEY (on_date, by_id),
    CONSTRAINT fk_reading_day_by_id FOREIGN KEY(by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_reading_day_by_id ON reading_day (by_id, on_date);

CREATE INDEX ix_reading_day_most ON reading_day (on_date, households, by_id);

CREATE TABLE receipt (
    id INTEGER NOT NULL,
    fiscal_year_be INTEGER NOT NULL,
    number INTEGER NOT NULL,
    token VARCHAR(32) NOT NULL,
    donation_id INTEGER NOT NULL,
    issued_at DATETIME NOT NULL,
    contents TEXT NOT NULL,
    contents_hash VARCHAR(64) NOT NULL,
    voided_at DATETIME,
    voided_by_id INTEGER,
    void_reason VARCHAR(300),
    book VARCHAR(2) DEFAULT '' NOT NULL,
    CONSTRAINT pk_receipt PRIMARY KEY (id),
    CONSTRAINT ck_receipt_void_triple CHECK ((voided_at IS NULL) = (void_reason IS NULL) AND (voided_at IS NULL) = (voided_by_id IS NULL)),
    CONSTRAINT fk_receipt_donation_id FOREIGN KEY(donation_id) REFERENCES donation (id),
    CONSTRAINT fk_receipt_voided_by_id FOREIGN KEY(voided_by_id) REFERENCES user_account (id),
    CONSTRAINT uq_receipt_fiscal_year_be_number UNIQUE (fiscal_year_be, book, number),
    CONSTRAINT uq_receipt_token UNIQUE (token)
);

CREATE UNIQUE INDEX uq_receipt_live_donation ON receipt (donation_id) WHERE voided_at IS NULL;

CREATE INDEX ix_receipt_donation_id ON receipt (donation_id);

CREATE INDEX ix_receipt_voided_at ON receipt (voided_at, id) WHERE voided_at IS NOT NULL;

CREATE TABLE receipt_batch (
    id INTEGER NOT NULL,
    asked_at DATETIME NOT NULL,
    asked_by_id INTEGER,
    first_on DATE NOT NULL,
    last_on DATE NOT NULL,
    network_id INTEGER,
    book VARCHAR(2),
    as_zip BOOLEAN NOT NULL,
    last_receipt_id INTEGER NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL,
    state VARCHAR(8) NOT NULL,
    file_hash VARCHAR(64) NOT NULL,
    file_size BIGINT NOT NULL,
    ready_at DATETIME,
    cleared_at DATETIME,
    CONSTRAINT pk_receipt_batch PRIMARY KEY (id),
    CONSTRAINT ck_receipt_batch_known_state CHECK (state IN ('printing', 'ready', 'cleared')),
    CONSTRAINT ck_receipt_batch_state_has_moment CHECK ((state = 'printing') = (ready_at IS NULL) AND (state = 'cleared') = (cleared_at IS NOT NULL)),
    CONSTRAINT ck_receipt_batch_in_order CHECK (first_on <= last_on),
    CONSTRAINT fk_receipt_batch_asked_by_id FOREIGN KEY(asked_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_receipt_batch_network_id FOREIGN KEY(network_id) REFERENCES network (id)
);

CREATE TABLE receipt_book (
    fiscal_year_be INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    book VARCHAR(2) DEFAULT '' NOT NULL,
    CONSTRAINT pk_receipt_book PRIMARY KEY (fiscal_year_be, book)
);

CREATE TABLE receipt_document (
    receipt_id INTEGER NOT NULL,
    pdf BLOB NOT NULL,
    hash VARCHAR(64) NOT NULL,
    made_at DATETIME NOT NULL,
    CONSTRAINT pk_receipt_document PRIMARY KEY (receipt_id),
    CONSTRAINT fk_receipt_document_receipt_id FOREIGN KEY(receipt_id) REFERENCES receipt (id)
);

CREATE TABLE receipt_due (
    donation_id INTEGER NOT NULL,
    book VARCHAR(2) NOT NULL,
    channel VARCHAR(120) NOT NULL,
    since DATETIME NOT NULL,
    issued_at DATETIME,
    CONSTRAINT pk_receipt_due PRIMARY KEY (donation_id),
    CONSTRAINT fk_receipt_due_donation_id FOREIGN KEY(donation_id) REFERENCES donation (id)
);

CREATE INDEX ix_receipt_due_open ON receipt_due (book, donation_id) WHERE issued_at IS NULL;

CREATE TABLE receipt_print (
    id INTEGER NOT NULL,
    receipt_id INTEGER NOT NULL,
    kind VARCHAR(8) NOT NULL,
    at DATETIME NOT NULL,
    by_id INTEGER,
    batch_id INTEGER,
    CONSTRAINT pk_receipt_print PRIMARY KEY (id),
    CONSTRAINT ck_receipt_print_known_kind CHECK (kind IN ('original', 'copy')),
    CONSTRAINT fk_receipt_print_batch_id FOREIGN KEY(batch_id) REFERENCES receipt_batch (id),
    CONSTRAINT fk_receipt_print_by_id FOREIGN KEY(by_id) REFERENCES user_account (id),
    CONSTRAINT fk_receipt_print_receipt_id FOREIGN KEY(receipt_id) REFERENCES receipt (id)
);

CREATE INDEX ix_receipt_print_receipt_id ON receipt_print (receipt_id);

CREATE INDEX ix_receipt_print_batch_id ON receipt_print (batch_id);

CREATE UNIQUE INDEX uq_receipt_print_original ON receipt_print (receipt_id) WHERE kind = 'original';

CREATE TABLE reconciliation_item (
    event_id INTEGER NOT NULL,
    state VARCHAR(10) NOT NULL,
    reason VARCHAR(300) NOT NULL,
    match_reason VARCHAR(20) NOT NULL,
    duplicate_of_id INTEGER,
    payment_request_id INTEGER,
    decided_at DATETIME,
    decided_by_id INTEGER,
    CONSTRAINT pk_reconciliation_item PRIMARY KEY (event_id),
    CONSTRAINT ck_reconciliation_item_known_state CHECK (state IN ('new', 'waiting', 'posted', 'duplicate', 'excluded')),
    CONSTRAINT ck_reconciliation_item_known_match_reason CHECK (match_reason IN ('', 'exact_reference', 'slip', 'standing_qr', 'unique_amount', 'counter', 'officer', 'split', 'outgoing', 'deposit', 'void', 'bounced', 'duplicate', 'withdrawn', 'brought_forward', 'payout', 'unmatched', 'misspelt_reference', 'amount_only', 'ambiguous', 'slip_differs', 'several_slips', 'wrong_amount', 'late', 'paid_twice', 'possible_duplicate', 'other_file', 'likely_deposit', 'other_biller', 'foreign_currency', 'unconfirmed', 'provider_differs', 'sent_back', 'denied', 'one_person', 'refused', 'fault', 'parked', 'undone', 'refund', 'refund_refused', 'reversal', 'unknown_status', 'contradicted', 'batch', 'equal_line')),
    CONSTRAINT ck_reconciliation_item_duplicate_pair CHECK ((state = 'duplicate') = (duplicate_of_id IS NOT NULL)),
    CONSTRAINT ck_reconciliation_item_decided_pair CHECK (state IN ('new', 'waiting') OR decided_at IS NOT NULL),
    CONSTRAINT fk_reconciliation_item_event_id FOREIGN KEY(event_id) REFERENCES bank_event (id),
    CONSTRAINT fk_reconciliation_item_duplicate_of_id FOREIGN KEY(duplicate_of_id) REFERENCES bank_event (id),
    CONSTRAINT fk_reconciliation_item_payment_request_id FOREIGN KEY(payment_request_id) REFERENCES payment_request (id),
    CONSTRAINT fk_reconciliation_item_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_reconciliation_item_decided_at ON reconciliation_item (decided_at, event_id);

CREATE INDEX ix_reconciliation_item_duplicate_of_id ON reconciliation_item (duplicate_of_id);

CREATE INDEX ix_reconciliation_item_state ON reconciliation_item (state);

CREATE TABLE recusal (
    id INTEGER NOT NULL,
    item_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    noted_at DATETIME NOT NULL,
    noted_by_id INTEGER NOT NULL,
    reason VARCHAR(300) DEFAULT '' NOT NULL,
    CONSTRAINT pk_recusal PRIMARY KEY (id),
    CONSTRAINT fk_recusal_item_id FOREIGN KEY(item_id) REFERENCES agenda_item (id),
    CONSTRAINT fk_recusal_member_id FOREIGN KEY(member_id) REFERENCES user_account (id),
    CONSTRAINT fk_recusal_noted_by_id FOREIGN KEY(noted_by_id) REFERENCES user_account (id),
    CONSTRAINT uq_recusal_item_id_member_id UNIQUE (item_id, member_id)
);

CREATE TABLE refund (
    id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    donation_id INTEGER,
    satang BIGINT NOT NULL,
    reason VARCHAR(300) NOT NULL,
    payee VARCHAR(160) NOT NULL,
    payee_bank VARCHAR(3) NOT NULL,
    approval_request_id INTEGER,
    payee_account VARCHAR(20) NOT NULL,
    state VARCHAR(10) NOT NULL,
    donation_reversal_id INTEGER,
    paid_event_id INTEGER,
    linked_at DATETIME,
    linked_by_id INTEGER,
    CONSTRAINT pk_refund PRIMARY KEY (id),
    CONSTRAINT ck_refund_answered_request CHECK (state = 'asked' OR approval_request_id IS NOT NULL),
    CONSTRAINT ck_refund_positive CHECK (satang > 0),
    CONSTRAINT ck_refund_known_state CHECK (state IN ('asked', 'approved', 'paid', 'refused')),
    CONSTRAINT ck_refund_reversal_pair CHECK ((donation_reversal_id IS NOT NULL) = (donation_id IS NOT NULL AND state IN ('approved', 'paid'))),
    CONSTRAINT ck_refund_paid_triple CHECK ((state = 'paid') = (paid_event_id IS NOT NULL) AND (state = 'paid') = (linked_at IS NOT NULL) AND (state = 'paid') = (linked_by_id IS NOT NULL)),
    CONSTRAINT fk_refund_event_id FOREIGN KEY(event_id) REFERENCES bank_event (id),
    CONSTRAINT fk_refund_donation_id FOREIGN KEY(donation_id) REFERENCES donation (id),
    CONSTRAINT fk_refund_donation_reversal_id FOREIGN KEY(donation_reversal_id) REFERENCES donation_reversal (id),
    CONSTRAINT fk_refund_paid_event_id FOREIGN KEY(paid_event_id) REFERENCES bank_event (id),
    CONSTRAINT fk_refund_linked_by_id FOREIGN KEY(linked_by_id) REFERENCES user_account (id),
    CONSTRAINT uq_refund_donation_reversal_id UNIQUE (donation_reversal_id),
    CONSTRAINT fk_refund_approval_request_id FOREIGN KEY(approval_request_id) REFERENCES approval_request (id),
    CONSTRAINT uq_refund_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT uq_refund_paid_event_id UNIQUE (paid_event_id)
);

CREATE INDEX ix_refund_event_id ON refund (event_id);

CREATE INDEX ix_refund_donation_id ON refund (donation_id);

CREATE UNIQUE INDEX uq_refund_whole_event ON refund (event_id) WHERE donation_id IS NULL AND state <> 'refused';

CREATE TABLE register_column_map (
    id INTEGER NOT NULL,
    header_hash VARCHAR(64) NOT NULL,
    columns TEXT NOT NULL,
    years VARCHAR(2) NOT NULL,
    made_at DATETIME NOT NULL,
    made_by_id INTEGER,
    CONSTRAINT pk_register_column_map PRIMARY KEY (id),
    CONSTRAINT ck_register_column_map_era CHECK (years IN ('', 'be', 'ce')),
    CONSTRAINT uq_register_column_map_header_hash UNIQUE (header_hash),
    CONSTRAINT fk_register_column_map_made_by_id FOREIGN KEY(made_by_id) REFERENCES user_account (id)
);

CREATE TABLE register_conflict (
    id INTEGER NOT NULL,
    import_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    kind VARCHAR(12) NOT NULL,
    household_id INTEGER,
    member_id INTEGER,
    district_code VARCHAR(4) NOT NULL,
    subdistrict_code VARCHAR(6),
    for_province BOOLEAN DEFAULT 0 NOT NULL,
    said BLOB NOT NULL,
    said_hash VARCHAR(64) NOT NULL,
    decision VARCHAR(4),
    reason VARCHAR(300) NOT NULL,
    decided_at DATETIME,
    decided_by_id INTEGER,
    carried_out_at DATETIME,
    CONSTRAINT pk_register_conflict PRIMARY KEY (id),
    CONSTRAINT ck_register_conflict_known_kind CHECK (kind IN ('other_name', 'other_home', 'other_number', 'several', 'dead', 'pupil')),
    CONSTRAINT ck_register_conflict_known_decision CHECK (decision IN ('keep', 'take', 'add')),
    CONSTRAINT ck_register_conflict_decided_pair CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CONSTRAINT ck_register_conflict_decided_by_somebody CHECK ((decision IS NULL) = (decided_by_id IS NULL)),
    CONSTRAINT ck_register_conflict_decided_with_reason CHECK (decision IS NULL OR reason <> ''),
    CONSTRAINT ck_register_conflict_carried_out_after_decision CHECK (carried_out_at IS NULL OR decision IS NOT NULL),
    CONSTRAINT fk_register_conflict_import_id FOREIGN KEY(import_id) REFERENCES register_import (id),
    CONSTRAINT fk_register_conflict_household_id FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_register_conflict_member_id FOREIGN KEY(member_id) REFERENCES member (id),
    CONSTRAINT fk_register_conflict_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_register_conflict_import_id ON register_conflict (import_id);

CREATE INDEX ix_register_conflict_member_id ON register_conflict (member_id);

CREATE INDEX ix_register_conflict_open ON register_conflict (decision, district_code, id);

CREATE TABLE register_import (
    id INTEGER NOT NULL,
    round_id INTEGER NOT NULL,
    state VARCHAR(8) NOT NULL,
    reason VARCHAR(1000) NOT NULL,
    file_name VARCHAR(160) NOT NULL,
    file_hash VARCHAR(64) NOT NULL,
    file BLOB,
    titles BLOB,
    done INTEGER NOT NULL,
    is_whole BOOLEAN NOT NULL,
    imported_at DATETIME NOT NULL,
    imported_by_id INTEGER,
    decided_at DATETIME,
    decided_by_id INTEGER,
    new INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    same INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    error_lines TEXT NOT NULL,
    rows_left_out INTEGER DEFAULT '0' NOT NULL,
    province_lines TEXT DEFAULT '{}' NOT NULL,
    review TEXT NOT NULL,
    stops TEXT NOT NULL,
    override_reason VARCHAR(300) NOT NULL,
    digest VARCHAR(64) NOT NULL,
    CONSTRAINT pk_register_import PRIMARY KEY (id),
    CONSTRAINT ck_register_import_known_state CHECK (state IN ('sent', 'unknown', 'refused', 'read', 'applying', 'applied', 'dropped', 'undone')),
    CONSTRAINT ck_register_import_stops_passed_with_reason CHECK (state NOT IN ('applying', 'applied', 'undone') OR stops = '[]' OR override_reason <> ''),
    CONSTRAINT ck_register_import_decided_pair CHECK ((state IN ('applied', 'dropped', 'undone')) = (decided_at IS NOT NULL)),
    CONSTRAINT ck_register_import_file_forgotten CHECK (decided_at IS NULL OR file IS NULL),
    CONSTRAINT fk_register_import_round_id FOREIGN KEY(round_id) REFERENCES register_round (id),
    CONSTRAINT fk_register_import_imported_by_id FOREIGN KEY(imported_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_register_import_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_register_import_round_id ON register_import (round_id);

CREATE TABLE register_import_change (
    import_id INTEGER NOT NULL,
    what VARCHAR(10) NOT NULL,
    row_id INTEGER NOT NULL,
    is_new BOOLEAN NOT NULL,
    "before" TEXT NOT NULL,
    CONSTRAINT pk_register_import_change PRIMARY KEY (import_id, what, row_id),
    CONSTRAINT ck_register_import_change_known_what CHECK (what IN ('household', 'member', 'entry')),
    CONSTRAINT fk_register_import_change_import_id FOREIGN KEY(import_id) REFERENCES register_import (id)
);

CREATE INDEX ix_register_import_change_row ON register_import_change (what, row_id);

CREATE TABLE register_import_row (
    id INTEGER NOT NULL,
    import_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    outcome VARCHAR(10) NOT NULL,
    words VARCHAR(1000) NOT NULL,
    changes TEXT NOT NULL,
    household_code VARCHAR(16) NOT NULL,
    cells BLOB,
    CONSTRAINT pk_register_import_row PRIMARY KEY (id),
    CONSTRAINT ck_register_import_row_known_outcome CHECK (outcome IN ('new', 'changed', 'same', 'conflict', 'unreadable', 'passed')),
    CONSTRAINT fk_register_import_row_import_id FOREIGN KEY(import_id) REFERENCES register_import (id)
);

CREATE INDEX ix_register_import_row_outcome ON register_import_row (import_id, outcome, line);

CREATE UNIQUE INDEX uq_register_import_row_line ON register_import_row (import_id, line);

CREATE TABLE register_round (
    id INTEGER NOT NULL,
    code VARCHAR(24) NOT NULL,
    name VARCHAR(160) NOT NULL,
    source VARCHAR(8) NOT NULL,
    fiscal_year_be INTEGER NOT NULL,
    as_of DATE NOT NULL,
    declared_total INTEGER,
    declared_persons INTEGER,
    opened_at DATETIME NOT NULL,
    closed_at DATETIME,
    closed_by_id INTEGER,
    CONSTRAINT pk_register_round PRIMARY KEY (id),
    CONSTRAINT fk_register_round_closed_by_id FOREIGN KEY(closed_by_id) REFERENCES user_account (id),
    CONSTRAINT ck_register_round_closed_pair CHECK ((closed_at IS NULL) = (closed_by_id IS NULL)),
    CONSTRAINT ck_register_round_known_source CHECK (source IN ('tpmap', 'thai_qm', 'needy')),
    CONSTRAINT uq_register_round_code UNIQUE (code)
);

CREATE TABLE resolution (
    id INTEGER NOT NULL,
    body_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    year_be INTEGER NOT NULL,
    item_id INTEGER NOT NULL,
    proposal_id INTEGER NOT NULL,
    motion_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    satang BIGINT NOT NULL,
    reason VARCHAR(300) NOT NULL,
    supersedes_id INTEGER,
    waits_until DATE,
    waits_for_money BOOLEAN NOT NULL,
    present INTEGER NOT NULL,
    quorum INTEGER NOT NULL,
    for_votes INTEGER NOT NULL,
    against_votes INTEGER NOT NULL,
    abstentions INTEGER NOT NULL,
    recusals INTEGER NOT NULL,
    casting_vote BOOLEAN NOT NULL,
    resolved_at DATETIME NOT NULL,
    resolved_by_id INTEGER NOT NULL,
    CONSTRAINT pk_resolution PRIMARY KEY (id),
    CONSTRAINT uq_resolution_body_id_year_be_number UNIQUE (body_id, year_be, number),
    CONSTRAINT ck_resolution_quorum_met CHECK (present >= quorum),
    CONSTRAINT ck_resolution_positive CHECK (satang > 0 AND number > 0),
    CONSTRAINT ck_resolution_known_kind CHECK (kind IN ('approve', 'approve_in_part', 'defer', 'reject', 'amend', 'rescind', 'ratify')),
    CONSTRAINT ck_resolution_reason_given CHECK (kind IN ('approve', 'ratify') OR reason <> ''),
    CONSTRAINT ck_resolution_supersedes_pair CHECK (kind = 'reject' OR (kind IN ('amend', 'rescind', 'ratify')) = (supersedes_id IS NOT NULL)),
    CONSTRAINT ck_resolution_deferred_until CHECK ((kind = 'defer') = (waits_until IS NOT NULL OR waits_for_money) AND NOT (waits_until IS NOT NULL AND waits_for_money)),
    CONSTRAINT fk_resolution_body_id FOREIGN KEY(body_id) REFERENCES body (id),
    CONSTRAINT uq_resolution_item_id UNIQUE (item_id),
    CONSTRAINT fk_resolution_item_id FOREIGN KEY(item_id) REFERENCES agenda_item (id),
    CONSTRAINT fk_resolution_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposal (id),
    CONSTRAINT uq_resolution_motion_id UNIQUE (motion_id),
    CONSTRAINT fk_resolution_motion_id FOREIGN KEY(motion_id) REFERENCES motion (id),
    CONSTRAINT fk_resolution_supersedes_id FOREIGN KEY(supersedes_id) REFERENCES resolution (id),
    CONSTRAINT fk_resolution_resolved_by_id FOREIGN KEY(resolved_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_resolution_proposal_id ON resolution (proposal_id);

CREATE TABLE retired_numbers (
    id INTEGER NOT NULL,
    fiscal_year_be INTEGER NOT NULL,
    book VARCHAR(2) DEFAULT '' NOT NULL,
    first_number INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    reason VARCHAR(300) NOT NULL,
    retired_at DATETIME NOT NULL,
    CONSTRAINT pk_retired_numbers PRIMARY KEY (id),
    CONSTRAINT ck_retired_numbers_in_order CHECK (first_number >= 1 AND first_number <= last_number),
    CONSTRAINT uq_retired_numbers_fiscal_year_be_book_first_number UNIQUE (fiscal_year_be, book, first_number)
);

CREATE TABLE role_grant (
    id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    role VARCHAR(24) NOT NULL,
    area_code VARCHAR(6) NOT NULL,
    dimension VARCHAR(16) NOT NULL,
    network_code VARCHAR(12) NOT NULL,
    granted_at DATETIME NOT NULL,
    granted_by_id INTEGER,
    revoked_at DATETIME,
    revoked_by_id INTEGER,
    approval_request_id INTEGER CONSTRAINT fk_role_grant_approval_request_id REFERENCES approval_request (id),
    operator VARCHAR(64) DEFAULT '' NOT NULL,
    order_number VARCHAR(60) DEFAULT '' NOT NULL,
    ends_on DATE,
    CONSTRAINT pk_role_grant PRIMARY KEY (id),
    CONSTRAINT ck_role_grant_treasurer_has_network CHECK (role <> 'treasurer' OR network_code <> ''),
    CONSTRAINT ck_role_grant_known_role CHECK (role IN ('treasurer', 'mentor', 'district_officer', 'dimension_secretary', 'fund_officer', 'finance', 'committee', 'chair', 'auditor', 'administrator')),
    CONSTRAINT ck_role_grant_revoked_by_needs_at CHECK (revoked_by_id IS NULL OR revoked_at IS NOT NULL),
    CONSTRAINT fk_role_grant_granted_by_id FOREIGN KEY(granted_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_role_grant_revoked_by_id FOREIGN KEY(revoked_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_role_grant_user_id FOREIGN KEY(user_id) REFERENCES user_account (id)
);

CREATE INDEX ix_role_grant_user_id ON role_grant (user_id);

CREATE INDEX ix_role_grant_ends_on ON role_grant (ends_on) WHERE ends_on IS NOT NULL AND revoked_at IS NULL;

CREATE UNIQUE INDEX uq_role_grant_live ON role_grant (user_id, role, area_code, dimension, network_code) WHERE revoked_at IS NULL;

CREATE UNIQUE INDEX uq_role_grant_approval_request_id ON role_grant (approval_request_id);

CREATE TABLE round_household (
    id INTEGER NOT NULL,
    round_id INTEGER NOT NULL,
    household_id INTEGER NOT NULL,
    income_satang BIGINT,
    row_hash VARCHAR(64) NOT NULL,
    has_undone_rows BOOLEAN DEFAULT 0 NOT NULL,
    standing VARCHAR(10) DEFAULT 'named' NOT NULL,
    CONSTRAINT pk_round_household PRIMARY KEY (id),
    CONSTRAINT ck_round_household_known_standing CHECK (standing IN ('named', 'not_found', 'added', 'unnamed')),
    CONSTRAINT fk_round_household_household_id FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_round_household_round_id FOREIGN KEY(round_id) REFERENCES register_round (id),
    CONSTRAINT uq_round_household_round_id_household_id UNIQUE (round_id, household_id)
);

CREATE INDEX ix_round_household_household_id ON round_household (household_id);

CREATE TABLE seat (
    id INTEGER NOT NULL,
    body_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    office VARCHAR(12) NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE,
    order_number VARCHAR(60) NOT NULL,
    seated_at DATETIME NOT NULL,
    seated_by_id INTEGER,
    CONSTRAINT pk_seat PRIMARY KEY (id),
    CONSTRAINT ck_seat_known_office CHECK (office IN ('chair', 'vice_chair', 'member', 'secretary')),
    CONSTRAINT ck_seat_in_order CHECK (to_on IS NULL OR to_on >= from_on),
    CONSTRAINT ck_seat_by_order CHECK (order_number <> ''),
    CONSTRAINT fk_seat_body_id FOREIGN KEY(body_id) REFERENCES body (id),
    CONSTRAINT fk_seat_person_id FOREIGN KEY(person_id) REFERENCES user_account (id),
    CONSTRAINT fk_seat_seated_by_id FOREIGN KEY(seated_by_id) REFERENCES user_account (id)
);

CREATE UNIQUE INDEX uq_seat_body_id_person_id ON seat (body_id, person_id) WHERE to_on IS NULL;

CREATE TABLE sign_in_attempt (
    id INTEGER NOT NULL,
    sign_in_name VARCHAR(60) NOT NULL,
    address VARCHAR(45) NOT NULL,
    at DATETIME NOT NULL,
    succeeded BOOLEAN NOT NULL,
    device_id INTEGER,
    CONSTRAINT pk_sign_in_attempt PRIMARY KEY (id)
);

CREATE INDEX ix_sign_in_attempt_address_at ON sign_in_attempt (address, at);

CREATE INDEX ix_sign_in_attempt_name_at ON sign_in_attempt (sign_in_name, at);

CREATE TABLE signatory (
    id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    group_code VARCHAR(12) NOT NULL,
    appointed_by VARCHAR(120) NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE,
    approval_request_id INTEGER NOT NULL,
    ended_at DATETIME,
    ended_by_id INTEGER,
    CONSTRAINT pk_signatory PRIMARY KEY (id),
    CONSTRAINT ck_signatory_known_group CHECK (group_code IN ('chair', 'finance', 'secretary')),
    CONSTRAINT ck_signatory_days_in_order CHECK (to_on IS NULL OR to_on >= from_on),
    CONSTRAINT ck_signatory_ended_pair CHECK ((ended_at IS NULL) = (ended_by_id IS NULL)),
    CONSTRAINT fk_signatory_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT uq_signatory_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT fk_signatory_approval_request_id FOREIGN KEY(approval_request_id) REFERENCES approval_request (id),
    CONSTRAINT fk_signatory_ended_by_id FOREIGN KEY(ended_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_signatory_user_id ON signatory (user_id);

CREATE UNIQUE INDEX uq_signatory_open ON signatory (user_id) WHERE ended_at IS NULL;

CREATE TABLE slip (
    id INTEGER NOT NULL,
    sending_bank VARCHAR(3) NOT NULL,
    trans_ref VARCHAR(99) NOT NULL,
    paid_on DATE,
    paid_at DATETIME,
    first_seen_at DATETIME NOT NULL,
    CONSTRAINT pk_slip PRIMARY KEY (id),
    CONSTRAINT ck_slip_moment_has_day CHECK (paid_at IS NULL OR paid_on IS NOT NULL),
    CONSTRAINT uq_slip_sending_bank_trans_ref UNIQUE (sending_bank, trans_ref)
);

CREATE INDEX ix_slip_trans_ref ON slip (trans_ref);

CREATE TABLE slip_claim (
    id INTEGER NOT NULL,
    slip_id INTEGER NOT NULL,
    payment_request_id INTEGER NOT NULL,
    claimed_at DATETIME NOT NULL,
    picture_hash VARCHAR(64) NOT NULL,
    sent_hash VARCHAR(64) NOT NULL,
    crc_padded BOOLEAN NOT NULL,
    closed_at DATETIME,
    closed_by_id INTEGER,
    close_reason VARCHAR(300) NOT NULL,
    picture_deleted_at DATETIME,
    CONSTRAINT pk_slip_claim PRIMARY KEY (id),
    CONSTRAINT ck_slip_claim_closed_together CHECK ((closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (close_reason = '')),
    CONSTRAINT fk_slip_claim_slip_id FOREIGN KEY(slip_id) REFERENCES slip (id),
    CONSTRAINT fk_slip_claim_payment_request_id FOREIGN KEY(payment_request_id) REFERENCES payment_request (id),
    CONSTRAINT fk_slip_claim_closed_by_id FOREIGN KEY(closed_by_id) REFERENCES user_account (id),
    CONSTRAINT uq_slip_claim_slip_id_payment_request_id UNIQUE (slip_id, payment_request_id)
);

CREATE INDEX ix_slip_claim_payment_request_id ON slip_claim (payment_request_id);

CREATE INDEX ix_slip_claim_claimed_at ON slip_claim (claimed_at);

CREATE TABLE solicitation_approval (
    id INTEGER NOT NULL,
    number VARCHAR(80) NOT NULL,
    approved_on DATE NOT NULL,
    authority VARCHAR(200) NOT NULL,
    ends_on DATE,
    noted_at DATETIME NOT NULL,
    noted_by_id INTEGER,
    withdrawn_at DATETIME,
    withdrawn_by_id INTEGER,
    CONSTRAINT pk_solicitation_approval PRIMARY KEY (id),
    CONSTRAINT ck_solicitation_approval_in_order CHECK (ends_on IS NULL OR ends_on >= approved_on),
    CONSTRAINT ck_solicitation_approval_withdrawn_pair CHECK ((withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)),
    CONSTRAINT fk_solicitation_approval_noted_by_id FOREIGN KEY(noted_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_solicitation_approval_withdrawn_by_id FOREIGN KEY(withdrawn_by_id) REFERENCES user_account (id)
);

CREATE TABLE staff_notice (
    id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    title VARCHAR(160) NOT NULL,
    words VARCHAR(1000) NOT NULL,
    href VARCHAR(200) NOT NULL,
    told_at DATETIME NOT NULL,
    seen_at DATETIME,
    until_on DATE,
    CONSTRAINT pk_staff_notice PRIMARY KEY (id),
    CONSTRAINT fk_staff_notice_user_id FOREIGN KEY(user_id) REFERENCES user_account (id)
);

CREATE INDEX ix_staff_notice_unseen ON staff_notice (user_id) WHERE seen_at IS NULL;

CREATE TABLE staff_session (
    id INTEGER NOT NULL,
    token_hash VARCHAR(64) NOT NULL,
    user_id INTEGER NOT NULL,
    opened_at DATETIME NOT NULL,
    seen_at DATETIME NOT NULL,
    ended_at DATETIME,
    CONSTRAINT pk_staff_session PRIMARY KEY (id),
    CONSTRAINT fk_staff_session_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT uq_staff_session_token_hash UNIQUE (token_hash)
);

CREATE INDEX ix_staff_session_user_id ON staff_session (user_id);

CREATE TABLE staged_line (
    upload_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    number INTEGER NOT NULL,
    external_id VARCHAR(90) NOT NULL,
    on_day DATE NOT NULL,
    occurred_at DATETIME NOT NULL,
    has_time BOOLEAN NOT NULL,
    satang BIGINT NOT NULL,
    balance_satang BIGINT,
    ref1 VARCHAR(40) NOT NULL,
    ref2 VARCHAR(40) NOT NULL,
    bank_ref VARCHAR(60) NOT NULL,
    payer VARCHAR(160) NOT NULL,
    payer_bank VARCHAR(3) NOT NULL,
    description VARCHAR(400) NOT NULL,
    raw BLOB NOT NULL,
    raw_hash VARCHAR(64) NOT NULL,
    doubt VARCHAR(20) DEFAULT '' NOT NULL,
    CONSTRAINT pk_staged_line PRIMARY KEY (upload_id, place),
    CONSTRAINT fk_staged_line_upload_id FOREIGN KEY(upload_id) REFERENCES statement_upload (id)
);

CREATE INDEX ix_staged_line_upload_id_external_id ON staged_line (upload_id, external_id);

CREATE TABLE statement (
    id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    file_name VARCHAR(160) NOT NULL,
    profile VARCHAR(40) NOT NULL,
    file_hash VARCHAR(64) NOT NULL,
    raw BLOB NOT NULL,
    imported_at DATETIME NOT NULL,
    imported_by_id INTEGER,
    lines INTEGER NOT NULL,
    new_lines INTEGER NOT NULL,
    from_on DATE,
    to_on DATE,
    opening_satang BIGINT,
    closing_satang BIGINT,
    CONSTRAINT pk_statement PRIMARY KEY (id),
    CONSTRAINT fk_statement_account_id FOREIGN KEY(account_id) REFERENCES fund_account (id),
    CONSTRAINT fk_statement_imported_by_id FOREIGN KEY(imported_by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_statement_account_id ON statement (account_id);

CREATE TABLE statement_basis (
    statement_id INTEGER NOT NULL,
    kind VARCHAR(10) NOT NULL,
    joins_id INTEGER,
    balance_satang BIGINT,
    below_satang BIGINT,
    at DATETIME NOT NULL,
    by_id INTEGER,
    CONSTRAINT pk_statement_basis PRIMARY KEY (statement_id, kind),
    CONSTRAINT ck_statement_basis_known_kind CHECK (kind IN ('before', 'follows', 'joined', 'confirmed')),
    CONSTRAINT ck_statement_basis_confirmed_pair CHECK ((kind = 'confirmed') = (by_id IS NOT NULL)),
    CONSTRAINT ck_statement_basis_joins_pair CHECK ((kind IN ('follows', 'joined')) = (joins_id IS NOT NULL)),
    CONSTRAINT ck_statement_basis_balance_pair CHECK ((kind IN ('follows', 'joined')) = (balance_satang IS NOT NULL)),
    CONSTRAINT ck_statement_basis_below_pair CHECK ((kind = 'joined') = (below_satang IS NOT NULL)),
    CONSTRAINT fk_statement_basis_statement_id FOREIGN KEY(statement_id) REFERENCES statement (id),
    CONSTRAINT fk_statement_basis_joins_id FOREIGN KEY(joins_id) REFERENCES statement (id),
    CONSTRAINT fk_statement_basis_by_id FOREIGN KEY(by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_statement_basis_joins_id ON statement_basis (joins_id);

CREATE TABLE statement_chunk (
    upload_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    raw BLOB NOT NULL,
    CONSTRAINT pk_statement_chunk PRIMARY KEY (upload_id, number),
    CONSTRAINT fk_statement_chunk_upload_id FOREIGN KEY(upload_id) REFERENCES statement_upload (id)
);

CREATE TABLE statement_profile (
    id INTEGER NOT NULL,
    name VARCHAR(40) NOT NULL,
    header_hash VARCHAR(64) NOT NULL,
    mapping VARCHAR(2000) NOT NULL,
    made_at DATETIME NOT NULL,
    made_by_id INTEGER,
    CONSTRAINT pk_statement_profile PRIMARY KEY (id),
    CONSTRAINT fk_statement_profile_made_by_id FOREIGN KEY(made_by_id) REFERENCES user_account (id),
    CONSTRAINT uq_statement_profile_header_hash UNIQUE (header_hash),
    CONSTRAINT uq_statement_profile_name UNIQUE (name)
);

CREATE TABLE statement_upload (
    id INTEGER NOT NULL,
    state VARCHAR(10) NOT NULL,
    file_name VARCHAR(160) NOT NULL,
    file_hash VARCHAR(64) NOT NULL,
    size INTEGER NOT NULL,
    account_asked VARCHAR(40) NOT NULL,
    profile_asked VARCHAR(40) NOT NULL,
    account_id INTEGER,
    profile VARCHAR(40) NOT NULL,
    newest_first BOOLEAN NOT NULL,
    reason VARCHAR(400) NOT NULL,
    lines INTEGER NOT NULL,
    new_lines INTEGER NOT NULL,
    odd_lines INTEGER NOT NULL,
    in_count INTEGER NOT NULL,
    in_satang BIGINT NOT NULL,
    out_count INTEGER NOT NULL,
    out_satang BIGINT NOT NULL,
    from_on DATE,
    to_on DATE,
    opening_satang BIGINT,
    closing_satang BIGINT,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    leased_until DATETIME,
    statement_id INTEGER,
    override_request_id INTEGER,
    sent_at DATETIME NOT NULL,
    sent_by_id INTEGER,
    reading INTEGER DEFAULT '0' NOT NULL,
    unproven BOOLEAN DEFAULT 0 NOT NULL,
    remarks VARCHAR(400) DEFAULT '' NOT NULL,
    CONSTRAINT pk_statement_upload PRIMARY KEY (id),
    CONSTRAINT ck_statement_upload_known_state CHECK (state IN ('sent', 'unknown', 'refused', 'read', 'applying', 'applied')),
    CONSTRAINT ck_statement_upload_statement_of_applied CHECK (state IN ('applying', 'applied') OR statement_id IS NULL),
    CONSTRAINT fk_statement_upload_account_id FOREIGN KEY(account_id) REFERENCES fund_account (id),
    CONSTRAINT fk_statement_upload_statement_id FOREIGN KEY(statement_id) REFERENCES statement (id),
    CONSTRAINT fk_statement_upload_sent_by_id FOREIGN KEY(sent_by_id) REFERENCES user_account (id),
    CONSTRAINT fk_statement_upload_override_request_id FOREIGN KEY(override_request_id) REFERENCES approval_request (id),
    CONSTRAINT uq_statement_upload_override_request_id UNIQUE (override_request_id),
    CONSTRAINT uq_statement_upload_statement_id UNIQUE (statement_id)
);

CREATE INDEX ix_statement_upload_state ON statement_upload (state);

CREATE TABLE statement_withdrawal (
    statement_id INTEGER NOT NULL,
    at DATETIME NOT NULL,
    approval_request_id INTEGER NOT NULL,
    CONSTRAINT pk_statement_withdrawal PRIMARY KEY (statement_id),
    CONSTRAINT fk_statement_withdrawal_statement_id FOREIGN KEY(statement_id) REFERENCES statement (id),
    CONSTRAINT uq_statement_withdrawal_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT fk_statement_withdrawal_approval_request_id FOREIGN KEY(approval_request_id) REFERENCES approval_request (id)
);

CREATE TABLE stock_item (
    id INTEGER NOT NULL,
    name VARCHAR(200) NOT NULL,
    unit VARCHAR(40) NOT NULL,
    CONSTRAINT pk_stock_item PRIMARY KEY (id),
    CONSTRAINT ck_stock_item_named CHECK (name <> '' AND unit <> ''),
    CONSTRAINT uq_stock_item_name_unit UNIQUE (name, unit)
);

CREATE TABLE stock_move (
    id INTEGER NOT NULL,
    item_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    in_kind_donation_id INTEGER,
    reason VARCHAR(300) NOT NULL,
    reference VARCHAR(60) NOT NULL,
    moved_on DATE NOT NULL,
    at DATETIME NOT NULL,
    by_id INTEGER NOT NULL,
    CONSTRAINT pk_stock_move PRIMARY KEY (id),
    CONSTRAINT ck_stock_move_moves CHECK (quantity <> 0),
    CONSTRAINT ck_stock_move_in_from_donation CHECK (quantity < 0 OR in_kind_donation_id IS NOT NULL),
    CONSTRAINT ck_stock_move_out_for_reason CHECK (quantity > 0 OR reason <> ''),
    CONSTRAINT fk_stock_move_item_id FOREIGN KEY(item_id) REFERENCES stock_item (id),
    CONSTRAINT fk_stock_move_in_kind_donation_id FOREIGN KEY(in_kind_donation_id) REFERENCES in_kind_donation (id),
    CONSTRAINT fk_stock_move_by_id FOREIGN KEY(by_id) REFERENCES user_account (id)
);

CREATE INDEX ix_stock_move_item_id ON stock_move (item_id);

CREATE INDEX ix_stock_move_in_kind_donation_id ON stock_move (in_kind_donation_id);

CREATE UNIQUE INDEX uq_stock_move_donation_in ON stock_move (in_kind_donation_id) WHERE quantity > 0;

CREATE TABLE tax_certificate (
    payment_id INTEGER NOT NULL,
    year_be INTEGER NOT NULL,
    number INTEGER NOT NULL,
    first_on DATE NOT NULL,
    form VARCHAR(5) NOT NULL,
    satang BIGINT NOT NULL,
    payer_name VARCHAR(200) NOT NULL,
    payer_address VARCHAR(400) NOT NULL,
    payer_tax_id VARCHAR(40) NOT NULL,
    CONSTRAINT pk_tax_certificate PRIMARY KEY (payment_id),
    CONSTRAINT uq_tax_certificate_year_be_number UNIQUE (year_be, number),
    CONSTRAINT ck_tax_certificate_positive CHECK (satang > 0),
    CONSTRAINT fk_tax_certificate_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id)
);

CREATE INDEX ix_tax_certificate_first_on ON tax_certificate (first_on, form);

CREATE TABLE tax_remittance (
    id INTEGER NOT NULL,
    match_id INTEGER NOT NULL,
    first_on DATE NOT NULL,
    form VARCHAR(5) NOT NULL,
    satang BIGINT NOT NULL,
    CONSTRAINT pk_tax_remittance PRIMARY KEY (id),
    CONSTRAINT uq_tax_remittance_match_id UNIQUE (match_id),
    CONSTRAINT ck_tax_remittance_known_form CHECK (form IN ('pnd3', 'pnd53')),
    CONSTRAINT ck_tax_remittance_positive CHECK (satang > 0),
    CONSTRAINT fk_tax_remittance_match_id FOREIGN KEY(match_id) REFERENCES outgoing_match (id)
);

CREATE INDEX ix_tax_remittance_first_on ON tax_remittance (first_on, form);

CREATE TABLE throttle_hit (
    id INTEGER NOT NULL,
    what VARCHAR(24) NOT NULL,
    who VARCHAR(45) NOT NULL,
    at DATETIME NOT NULL,
    CONSTRAINT pk_throttle_hit PRIMARY KEY (id)
);

CREATE INDEX ix_throttle_hit_what_who_at ON throttle_hit (what, who, at);

CREATE TABLE trace (
    id INTEGER NOT NULL,
    payment_id INTEGER NOT NULL,
    donation_id INTEGER,
    opening_balance_id INTEGER,
    satang BIGINT NOT NULL,
    return_id INTEGER,
    CONSTRAINT pk_trace PRIMARY KEY (id),
    CONSTRAINT ck_trace_one_source CHECK ((donation_id IS NULL) <> (opening_balance_id IS NULL)),
    CONSTRAINT ck_trace_signed CHECK (satang <> 0 AND (return_id IS NULL) = (satang > 0)),
    CONSTRAINT fk_trace_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id),
    CONSTRAINT fk_trace_return_id FOREIGN KEY(return_id) REFERENCES payment_return (id),
    CONSTRAINT fk_trace_donation_id FOREIGN KEY(donation_id) REFERENCES donation (id),
    CONSTRAINT fk_trace_opening_balance_id FOREIGN KEY(opening_balance_id) REFERENCES opening_balance (id)
);

CREATE INDEX ix_trace_donation_id ON trace (donation_id);

CREATE INDEX ix_trace_opening_balance_id ON trace (opening_balance_id);

CREATE INDEX ix_trace_payment_id ON trace (payment_id);

CREATE UNIQUE INDEX uq_trace_payment_id_donation_id ON trace (payment_id, donation_id) WHERE return_id IS NULL;

CREATE UNIQUE INDEX uq_trace_payment_id_opening_balance_id ON trace (payment_id, opening_balance_id) WHERE return_id IS NULL;

CREATE UNIQUE INDEX uq_trace_return_id_donation_id ON trace (return_id, donation_id) WHERE return_id IS NOT NULL;

CREATE UNIQUE INDEX uq_trace_return_id_opening_balance_id ON trace (return_id, opening_balance_id) WHERE return_id IS NOT NULL;

CREATE TABLE transfer_file (
    id INTEGER NOT NULL,
    satang BIGINT NOT NULL,
    content BLOB NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    made_at DATETIME NOT NULL,
    made_by_id INTEGER NOT NULL,
    CONSTRAINT pk_transfer_file PRIMARY KEY (id),
    CONSTRAINT fk_transfer_file_made_by_id FOREIGN KEY(made_by_id) REFERENCES user_account (id)
);

CREATE TABLE transfer_file_line (
    id INTEGER NOT NULL,
    file_id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    reference VARCHAR(40) NOT NULL,
    result VARCHAR(8) NOT NULL,
    CONSTRAINT pk_transfer_file_line PRIMARY KEY (id),
    CONSTRAINT ck_transfer_file_line_known_result CHECK (result IN ('', 'paid', 'failed')),
    CONSTRAINT fk_transfer_file_line_file_id FOREIGN KEY(file_id) REFERENCES transfer_file (id),
    CONSTRAINT uq_transfer_file_line_order_id UNIQUE (order_id),
    CONSTRAINT fk_transfer_file_line_order_id FOREIGN KEY(order_id) REFERENCES payment_order (id),
    CONSTRAINT uq_transfer_file_line_reference UNIQUE (reference)
);

CREATE INDEX ix_transfer_file_line_file_id ON transfer_file_line (file_id);

CREATE INDEX ix_transfer_file_line_failed ON transfer_file_line (order_id) WHERE result = 'failed';

CREATE TABLE unnamed_member (
    round_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    since_import_id INTEGER NOT NULL,
    CONSTRAINT pk_unnamed_member PRIMARY KEY (round_id, member_id),
    CONSTRAINT fk_unnamed_member_round_id FOREIGN KEY(round_id) REFERENCES register_round (id),
    CONSTRAINT fk_unnamed_member_member_id FOREIGN KEY(member_id) REFERENCES member (id),
    CONSTRAINT fk_unnamed_member_since_import_id FOREIGN KEY(since_import_id) REFERENCES register_import (id)
);

CREATE TABLE user_account (
    id INTEGER NOT NULL,
    sign_in_name VARCHAR(60) NOT NULL,
    name VARCHAR(120) NOT NULL,
    position VARCHAR(160) NOT NULL,
    password_hash VARCHAR(200) NOT NULL,
    password_is_temporary BOOLEAN NOT NULL,
    opened_at DATETIME NOT NULL,
    closed_at DATETIME,
    email VARCHAR(254) DEFAULT '' NOT NULL,
    line_user_id VARCHAR(40) DEFAULT '' NOT NULL,
    CONSTRAINT pk_user_account PRIMARY KEY (id),
    CONSTRAINT uq_user_account_sign_in_name UNIQUE (sign_in_name)
);

CREATE TABLE vendor (
    id INTEGER NOT NULL,
    kind VARCHAR(8) NOT NULL,
    name VARCHAR(160) NOT NULL,
    tax_id VARCHAR(13) NOT NULL,
    approval_request_id INTEGER NOT NULL,
    confirmed_at DATETIME NOT NULL,
    closed_at DATETIME,
    closed_by_id INTEGER,
    closed_reason VARCHAR(300) NOT NULL,
    user_id INTEGER,
    CONSTRAINT pk_vendor PRIMARY KEY (id),
    CONSTRAINT ck_vendor_known_kind CHECK (kind IN ('shop', 'school', 'office', 'officer')),
    CONSTRAINT ck_vendor_user_is_officer CHECK (user_id IS NULL OR kind = 'officer'),
    CONSTRAINT fk_vendor_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT ck_vendor_closed_pair CHECK ((closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (closed_reason = '')),
    CONSTRAINT uq_vendor_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT fk_vendor_approval_request_id FOREIGN KEY(approval_request_id) REFERENCES approval_request (id),
    CONSTRAINT fk_vendor_closed_by_id FOREIGN KEY(closed_by_id) REFERENCES user_account (id)
);

CREATE TABLE vendor_account (
    id INTEGER NOT NULL,
    vendor_id INTEGER NOT NULL,
    bank_code VARCHAR(3) NOT NULL,
    number VARCHAR(20) NOT NULL,
    approval_request_id INTEGER NOT NULL,
    from_at DATETIME NOT NULL,
    CONSTRAINT pk_vendor_account PRIMARY KEY (id),
    CONSTRAINT fk_vendor_account_vendor_id FOREIGN KEY(vendor_id) REFERENCES vendor (id),
    CONSTRAINT uq_vendor_account_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT fk_vendor_account_approval_request_id FOREIGN KEY(approval_request_id) REFERENCES approval_request (id)
);

CREATE INDEX ix_vendor_account_number ON vendor_account (number);

CREATE INDEX ix_vendor_account_vendor_id ON vendor_account (vendor_id);

CREATE TABLE vote (
    id INTEGER NOT NULL,
    item_id INTEGER NOT NULL,
    motion_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    turn INTEGER DEFAULT '1' NOT NULL,
    choice VARCHAR(8) NOT NULL,
    at DATETIME NOT NULL,
    CONSTRAINT pk_vote PRIMARY KEY (id),
    CONSTRAINT uq_vote_motion_id_member_id_turn UNIQUE (motion_id, member_id, turn),
    CONSTRAINT ck_vote_known_choice CHECK (choice IN ('approve', 'reject', 'abstain')),
    CONSTRAINT fk_vote_item_id FOREIGN KEY(item_id) REFERENCES agenda_item (id),
    CONSTRAINT fk_vote_motion_id FOREIGN KEY(motion_id) REFERENCES motion (id),
    CONSTRAINT fk_vote_member_id FOREIGN KEY(member_id) REFERENCES user_account (id)
);

CREATE INDEX ix_vote_item_id ON vote (item_id);

CREATE TABLE voucher_book (
    fiscal_year_be INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    CONSTRAINT pk_voucher_book PRIMARY KEY (fiscal_year_be)
);

CREATE TABLE withheld_month (
    first_on DATE NOT NULL,
    form VARCHAR(5) NOT NULL,
    payments INTEGER NOT NULL,
    withheld_satang BIGINT NOT NULL,
    remitted_satang BIGINT NOT NULL,
    CONSTRAINT pk_withheld_month PRIMARY KEY (first_on, form),
    CONSTRAINT ck_withheld_month_known_form CHECK (form IN ('pnd3', 'pnd53')),
    CONSTRAINT ck_withheld_month_remitted_within CHECK (payments >= 0 AND remitted_satang BETWEEN 0 AND withheld_satang)
);

CREATE INDEX ix_withheld_month_owed ON withheld_month (first_on) WHERE remitted_satang < withheld_satang;

CREATE TABLE withholding (
    order_id INTEGER NOT NULL,
    kind VARCHAR(12) NOT NULL,
    rate_bp INTEGER NOT NULL,
    base_satang BIGINT NOT NULL,
    satang BIGINT NOT NULL,
    tax_id VARCHAR(13) NOT NULL,
    address VARCHAR(300) NOT NULL,
    form VARCHAR(5) NOT NULL,
    CONSTRAINT pk_withholding PRIMARY KEY (order_id),
    CONSTRAINT ck_withholding_known_kind CHECK (kind IN ('hire', 'profession', 'rent', 'advertising', 'transport', 'insurance', 'government')),
    CONSTRAINT ck_withholding_known_form CHECK (form IN ('pnd3', 'pnd53')),
    CONSTRAINT ck_withholding_thirteen_digits CHECK (length(tax_id) = 13),
    CONSTRAINT ck_withholding_juristic_form CHECK (form = 'pnd53' OR tax_id NOT LIKE '0%'),
    CONSTRAINT ck_withholding_somewhere CHECK (address <> ''),
    CONSTRAINT ck_withholding_computed CHECK (satang > 0 AND satang = (base_satang * rate_bp + 5000) / 10000),
    CONSTRAINT fk_withholding_order_id FOREIGN KEY(order_id) REFERENCES payment_order (id)
);

CREATE VIEW aid_item_value AS SELECT g.request_id AS request_id, g.item_code AS item_code,
    g.unit_satang AS asked_satang, g.asked AS asked,
    COALESCE((SELECT c.quantity FROM item_cost AS c WHERE c.request_id = g.request_id
        AND c.item_code = g.item_code AND c.asked_satang = g.unit_satang ORDER BY c.id DESC LIMIT 1),
        g.asked) AS bought,
    COALESCE((SELECT c.unit_satang FROM item_cost AS c WHERE c.request_id = g.request_id
        AND c.item_code = g.item_code AND c.asked_satang = g.unit_satang ORDER BY c.id DESC LIMIT 1),
        g.fund_satang) AS unit_satang
    FROM (SELECT request_id, item_code, unit_satang, SUM(quantity) AS asked,
        MIN(COALESCE(fund_satang, unit_satang)) AS fund_satang FROM aid_line
        GROUP BY request_id, item_code, unit_satang) AS g;

CREATE VIEW aid_line_value AS SELECT l.id AS line_id, l.request_id AS request_id,
    l.item_code AS item_code, l.unit_satang AS asked_satang,
    COALESCE((SELECT c.unit_satang FROM item_cost AS c WHERE c.request_id = l.request_id
        AND c.item_code = l.item_code AND c.asked_satang = l.unit_satang ORDER BY c.id DESC LIMIT 1),
        l.fund_satang, l.unit_satang) AS unit_satang FROM aid_line AS l;

CREATE VIEW circulated_count AS SELECT k.item_id, k.meeting_id, k.closes_at, k.is_unanimous, k.entitled, k.answered, k.in_favour, k.against,
    CASE WHEN k.is_unanimous THEN k.entitled WHEN k.majority = 'two_thirds' THEN (k.entitled * 2 + 2) / 3 ELSE k.entitled / 2 + 1 END AS needed,
    CASE WHEN k.is_unanimous THEN k.in_favour = k.entitled AND k.entitled > 0 WHEN k.majority = 'two_thirds'
        THEN k.in_favour * 3 >= k.entitled * 2 AND k.entitled > 0 ELSE k.in_favour * 2 > k.entitled END AS carries,
    k.against * 2 > k.entitled AS rejects
    FROM (SELECT i.id AS item_id, c.meeting_id AS meeting_id, c.closes_at AS closes_at, c.is_unanimous OR r.majority = 'all' AS is_unanimous, r.majority AS majority,
        (SELECT COUNT(*) FROM meeting_roll AS l WHERE l.meeting_id = c.meeting_id
            AND l.person_id NOT IN (p.submitted_by_id, p.asked_by_id)
            AND NOT EXISTS (SELECT 1 FROM recusal AS x WHERE x.item_id = i.id AND x.member_id = l.person_id)
            AND NOT EXISTS (SELECT 1 FROM payment_order AS o LEFT JOIN payment AS y ON y.order_id = o.id
                WHERE o.proposal_id = p.id AND o.withdrawn_at IS NULL
                AND (l.person_id = o.prepared_by_id OR l.person_id = y.paid_by_id))) AS entitled,
        (SELECT COUNT(*) FROM vote AS v WHERE v.item_id = i.id AND v.turn = 1) AS answered,
        (SELECT COUNT(*) FROM vote AS v WHERE v.item_id = i.id AND v.choice = 'approve' AND NOT EXISTS (SELECT 1 FROM vote AS w
            WHERE w.motion_id = v.motion_id AND w.member_id = v.member_id AND w.turn > v.turn)) AS in_favour,
        (SELECT COUNT(*) FROM vote AS v WHERE v.item_id = i.id AND v.choice = 'reject' AND NOT EXISTS (SELECT 1 FROM vote AS w
            WHERE w.motion_id = v.motion_id AND w.member_id = v.member_id AND w.turn > v.turn)) AS against
        FROM circulation AS c JOIN agenda_item AS i ON i.meeting_id = c.meeting_id JOIN proposal AS p ON p.id = i.proposal_id
            JOIN meeting AS m ON m.id = c.meeting_id JOIN body_rules AS r ON r.id = m.rules_id) AS k;

CREATE VIEW committed_part AS SELECT r.proposal_id AS proposal_id, c.purpose_id AS purpose_id, c.id AS commitment_id,
        CASE e.movement WHEN 'commit' THEN e.satang ELSE -e.satang END AS satang, e.on_date AS on_date
    FROM entry AS e JOIN commitment AS c ON c.id = e.commitment_id JOIN resolution AS r ON r.id = c.resolution_id;

CREATE VIEW live_donation AS SELECT g.id, g.payment_request_id, g.pledge_id, g.network_id, g.purpose_id,
    g.satang - CAST(COALESCE((SELECT SUM(r.satang) FROM donation_reversal AS r WHERE r.donation_id = g.id), 0) AS INTEGER)
        AS satang,
    g.satang AS given_satang, g.donor_name, g.anonymous, g.paid_at, g.posted_at FROM donation AS g;

CREATE VIEW live_trace AS SELECT t.payment_id AS payment_id, t.donation_id AS donation_id,
    t.opening_balance_id AS opening_balance_id, t.return_id AS return_id, CAST(t.satang AS INTEGER) AS satang
    FROM trace AS t JOIN payment AS y ON y.id = t.payment_id
    WHERE y.voided_at IS NULL;

CREATE VIEW ordered_line AS SELECT o.proposal_id AS proposal_id, l.line_id AS line_id, CAST(SUM(l.quantity) AS INTEGER) AS quantity,
        CAST(SUM(l.satang) AS INTEGER) AS satang
    FROM payment_order AS o JOIN order_line AS l ON l.order_id = o.id LEFT JOIN payment AS y ON y.order_id = o.id
    WHERE l.line_id IS NOT NULL AND o.withdrawn_at IS NULL AND (y.id IS NULL OR (y.voided_at IS NULL AND y.returned_satang < y.satang - y.withheld_satang))
    GROUP BY o.proposal_id, l.line_id;

CREATE VIEW resolved_line AS SELECT r.proposal_id AS proposal_id, COALESCE(l.first_id, l.id) AS line_id, n.quantity AS quantity,
        CAST(n.quantity * l.unit_satang AS INTEGER) AS satang
    FROM resolution AS r JOIN motion_line AS n ON n.motion_id = r.motion_id JOIN proposal_line AS l ON l.id = n.line_id
    WHERE r.kind IN ('approve', 'approve_in_part', 'amend') AND r.id = (SELECT MAX(s.id) FROM resolution AS s
        WHERE s.proposal_id = r.proposal_id AND s.kind IN ('approve', 'approve_in_part', 'amend'));

CREATE TRIGGER account_opens_at_zero BEFORE INSERT ON account WHEN NEW.balance_satang <> 0 OR NEW.last_entry_id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'account_opens_at_zero'); END;

CREATE TRIGGER account_moves_by_entry BEFORE UPDATE ON account WHEN NEW.kind <> OLD.kind OR NEW.purpose_id <> OLD.purpose_id OR NEW.id <> OLD.id
    OR ((NEW.balance_satang <> OLD.balance_satang OR COALESCE(NEW.last_entry_id, 0) <> COALESCE(OLD.last_entry_id, 0))
    AND NOT EXISTS (SELECT 1 FROM entry AS e WHERE e.id = NEW.last_entry_id
        AND COALESCE(OLD.last_entry_id, 0) <> NEW.last_entry_id
        AND NEW.balance_satang - OLD.balance_satang = e.satang
            * (CASE NEW.id WHEN e.debit_id THEN 1 WHEN e.credit_id THEN -1 ELSE 0 END)
            * (CASE NEW.kind WHEN 'received' THEN -1 ELSE 1 END))) BEGIN SELECT RAISE(ABORT, 'account_moves_by_entry'); END;

CREATE TRIGGER kept_account BEFORE DELETE ON account WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_account'); END;

CREATE TRIGGER cleared_within_advance BEFORE INSERT ON advance_clearing WHEN NOT EXISTS (SELECT 1 FROM payment AS y JOIN payment_order AS o ON o.id = y.order_id
    JOIN vendor_account AS a ON a.id = o.vendor_account_id JOIN vendor AS v ON v.id = a.vendor_id
    WHERE y.id = NEW.payment_id AND v.kind = 'officer' AND y.voided_at IS NULL AND NEW.satang
        + (SELECT COALESCE(SUM(c.satang), 0) FROM advance_clearing AS c WHERE c.payment_id = y.id)
        + (SELECT COALESCE(SUM(b.satang), 0) FROM payment_return AS b WHERE b.payment_id = y.id AND b.declined_at IS NULL) <= y.satang) BEGIN SELECT RAISE(ABORT, 'cleared_within_advance'); END;

CREATE TRIGGER final_advance_clearing BEFORE UPDATE ON advance_clearing WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_advance_clearing'); END;

CREATE TRIGGER kept_advance_clearing BEFORE DELETE ON advance_clearing WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_advance_clearing'); END;

CREATE TRIGGER officer_clears_no_advance BEFORE INSERT ON advance_clearing WHEN EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id JOIN payment_order AS o ON o.vendor_account_id = a.id JOIN payment AS y ON y.order_id = o.id
    WHERE y.id = NEW.payment_id AND v.user_id = NEW.cleared_by_id) BEGIN SELECT RAISE(ABORT, 'officer_clears_no_advance'); END;

CREATE TRIGGER final_agenda_item BEFORE UPDATE ON agenda_item WHEN OLD.meeting_id IS NOT NEW.meeting_id OR OLD.proposal_id IS NOT NEW.proposal_id OR OLD.position IS NOT NEW.position OR OLD.matter IS NOT NEW.matter OR OLD.version_id IS NOT NEW.version_id OR OLD.frozen IS NOT NEW.frozen OR OLD.ceiling_satang IS NOT NEW.ceiling_satang BEGIN SELECT RAISE(ABORT, 'final_agenda_item'); END;

CREATE TRIGGER circulated_has_one_item BEFORE INSERT ON agenda_item WHEN EXISTS (SELECT 1 FROM meeting AS m WHERE m.id = NEW.meeting_id AND m.kind = 'circulated'
    AND (NEW.matter <> 'decide' OR EXISTS (SELECT 1 FROM agenda_item AS i WHERE i.meeting_id = m.id))) BEGIN SELECT RAISE(ABORT, 'circulated_has_one_item'); END;

CREATE TRIGGER funding_fixed_insert BEFORE INSERT ON aid_funding WHEN (SELECT state FROM aid_request WHERE id = NEW.request_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'funding_fixed_insert'); END;

CREATE TRIGGER funding_fixed_update BEFORE UPDATE ON aid_funding WHEN (SELECT state FROM aid_request WHERE id = OLD.request_id) <> 'draft' OR (SELECT state FROM aid_request WHERE id = NEW.request_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'funding_fixed_update'); END;

CREATE TRIGGER funding_fixed_delete BEFORE DELETE ON aid_funding WHEN (SELECT state FROM aid_request WHERE id = OLD.request_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'funding_fixed_delete'); END;

CREATE TRIGGER lines_fixed_insert BEFORE INSERT ON aid_line WHEN (SELECT state FROM aid_request WHERE id = NEW.request_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'lines_fixed_insert'); END;

CREATE TRIGGER lines_fixed_update BEFORE UPDATE ON aid_line WHEN (SELECT state FROM aid_request WHERE id = OLD.request_id) <> 'draft' AND (NEW.request_id <> OLD.request_id
    OR NEW.household_id <> OLD.household_id OR COALESCE(NEW.member_id, 0) <> COALESCE(OLD.member_id, 0)
    OR NEW.item_code <> OLD.item_code OR NEW.quantity <> OLD.quantity OR NEW.fund_satang IS NOT OLD.fund_satang OR NEW.unit_satang <> OLD.unit_satang
    OR EXISTS (SELECT 1 FROM delivery WHERE line_id = OLD.id AND outcome <> 'not')) BEGIN SELECT RAISE(ABORT, 'lines_fixed_update'); END;

CREATE TRIGGER lines_fixed_delete BEFORE DELETE ON aid_line WHEN (SELECT state FROM aid_request WHERE id = OLD.request_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'lines_fixed_delete'); END;

CREATE TRIGGER final_aid_request BEFORE UPDATE ON aid_request WHEN OLD.code IS NOT NEW.code OR OLD.made_by_id IS NOT NEW.made_by_id BEGIN SELECT RAISE(ABORT, 'final_aid_request'); END;

CREATE TRIGGER kept_aid_request BEFORE DELETE ON aid_request WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_aid_request'); END;

CREATE TRIGGER request_delivered_once BEFORE UPDATE ON aid_request WHEN NEW.delivered_at IS NOT OLD.delivered_at AND (OLD.delivered_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM aid_line AS l WHERE l.request_id = NEW.id)
    OR EXISTS (SELECT 1 FROM aid_line AS l WHERE l.request_id = NEW.id AND l.quantity
        > (SELECT COALESCE(SUM(d.quantity), 0) FROM delivery AS d WHERE d.line_id = l.id))) BEGIN SELECT RAISE(ABORT, 'request_delivered_once'); END;

CREATE TRIGGER request_fixed_once_submitted BEFORE UPDATE ON aid_request WHEN OLD.state <> 'draft' AND (NEW.state = 'draft' OR NEW.title <> OLD.title OR NEW.purpose_code <> OLD.purpose_code
    OR NEW.dimension <> OLD.dimension OR NEW.urgency <> OLD.urgency OR NEW.story <> OLD.story
    OR NEW.snapshot <> OLD.snapshot) BEGIN SELECT RAISE(ABORT, 'request_fixed_once_submitted'); END;

CREATE TRIGGER final_allocation BEFORE UPDATE ON allocation WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_allocation'); END;

CREATE TRIGGER kept_allocation BEFORE DELETE ON allocation WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_allocation'); END;

CREATE TRIGGER allocation_within_event BEFORE INSERT ON allocation WHEN NEW.satang + (SELECT COALESCE(SUM(a.satang), 0) FROM allocation AS a WHERE a.event_id = NEW.event_id
    AND NOT EXISTS (SELECT 1 FROM donation_reversal AS r WHERE r.donation_id = a.donation_id AND r.kind = 'undone')) > (SELECT satang FROM bank_event WHERE id = NEW.event_id) BEGIN SELECT RAISE(ABORT, 'allocation_within_event'); END;

CREATE TRIGGER allocation_of_deposit BEFORE INSERT ON allocation WHEN EXISTS (SELECT 1 FROM deposit WHERE event_id = NEW.event_id AND undone_at IS NULL) BEGIN SELECT RAISE(ABORT, 'allocation_of_deposit'); END;

CREATE TRIGGER allocation_of_undone_counter_payment BEFORE INSERT ON allocation WHEN EXISTS (SELECT 1 FROM counter_payment AS t JOIN counter_payment_reversal AS u ON u.counter_payment_id = t.id
    WHERE t.event_id = NEW.event_id) BEGIN SELECT RAISE(ABORT, 'allocation_of_undone_counter_payment'); END;

CREATE TRIGGER allocation_of_open_request BEFORE INSERT ON allocation WHEN EXISTS (SELECT 1 FROM approval_request WHERE subject = 'bank_event:' || NEW.event_id AND decision IS NULL AND kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo')) BEGIN SELECT RAISE(ABORT, 'allocation_of_open_request'); END;

CREATE TRIGGER allocation_of_one_person BEFORE INSERT ON allocation WHEN EXISTS (SELECT 1 FROM bank_event AS e WHERE e.id = NEW.event_id AND e.source = 'statement'
    AND NOT EXISTS (SELECT 1 FROM statement_basis AS b WHERE b.statement_id = e.statement_id
        AND b.kind IN ('before', 'joined', 'confirmed') AND (b.below_satang IS NULL OR e.satang < b.below_satang))
    AND NOT EXISTS (SELECT 1 FROM approval_request AS h WHERE h.subject = 'bank_event:' || e.id
            AND h.decision = 'approved' AND h.kind IN ('bank.assign', 'bank.split'))
    AND NOT EXISTS (SELECT 1 FROM inquiry AS i WHERE i.outcome = 'confirmed' AND (i.event_id = e.id
        OR i.event_id IN (SELECT t.event_id FROM reconciliation_item AS t WHERE t.duplicate_of_id = e.id)))) BEGIN SELECT RAISE(ABORT, 'allocation_of_one_person'); END;

CREATE TRIGGER allocation_of_taken_back BEFORE INSERT ON allocation WHEN EXISTS (SELECT 1 FROM bank_reversal JOIN reconciliation_item ON reconciliation_item.event_id = bank_reversal.event_id
    WHERE bank_reversal.reverses_id = NEW.event_id AND reconciliation_item.state IN ('new', 'waiting')) BEGIN SELECT RAISE(ABORT, 'allocation_of_taken_back'); END;

CREATE TRIGGER allocation_after_opening BEFORE INSERT ON allocation WHEN EXISTS (SELECT 1 FROM opening AS o JOIN bank_event AS e ON e.id = NEW.event_id
    WHERE e.occurred_at < o.until_at) BEGIN SELECT RAISE(ABORT, 'allocation_after_opening'); END;

CREATE TRIGGER allocation_of_money_back BEFORE INSERT ON allocation WHEN EXISTS (SELECT 1 FROM payment WHERE void_event_id = NEW.event_id AND voided_at IS NOT NULL)
    OR EXISTS (SELECT 1 FROM payment_return WHERE event_id = NEW.event_id AND confirmed_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'allocation_of_money_back'); END;

CREATE TRIGGER allocation_of_withdrawn BEFORE INSERT ON allocation WHEN EXISTS (SELECT 1 FROM bank_event AS e WHERE e.id = NEW.event_id AND e.source = 'withdrawn') BEGIN SELECT RAISE(ABORT, 'allocation_of_withdrawn'); END;

CREATE TRIGGER final_approval_request BEFORE UPDATE ON approval_request WHEN OLD.kind IS NOT NEW.kind OR OLD.subject IS NOT NEW.subject OR OLD.payload IS NOT NEW.payload OR OLD.changes IS NOT NEW.changes OR OLD.reason IS NOT NEW.reason OR OLD.concerned_id IS NOT NEW.concerned_id OR OLD.asked_by_id IS NOT NEW.asked_by_id OR OLD.asked_role IS NOT NEW.asked_role OR OLD.asked_at IS NOT NEW.asked_at OR OLD.expires_at IS NOT NEW.expires_at BEGIN SELECT RAISE(ABORT, 'final_approval_request'); END;

CREATE TRIGGER kept_approval_request BEFORE DELETE ON approval_request WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_approval_request'); END;

CREATE TRIGGER approval_request_decided_once BEFORE UPDATE ON approval_request WHEN OLD.decision IS NOT NULL BEGIN SELECT RAISE(ABORT, 'approval_request_decided_once'); END;

CREATE TRIGGER approval_request_asked_in_role BEFORE INSERT ON approval_request WHEN NEW.decision IS NOT NULL OR NOT EXISTS (SELECT 1 FROM role_grant AS held WHERE held.user_id = NEW.asked_by_id AND held.role = NEW.asked_role AND held.revoked_at IS NULL) BEGIN SELECT RAISE(ABORT, 'approval_request_asked_in_role'); END;

CREATE TRIGGER approval_request_decided_in_role BEFORE UPDATE ON approval_request WHEN (NEW.decision IN ('approved', 'declined') AND NOT EXISTS (SELECT 1 FROM role_grant AS held WHERE held.user_id = NEW.decided_by_id AND held.role = NEW.decided_role AND held.revoked_at IS NULL))
    OR (NEW.decision = 'approved' AND NOT EXISTS (SELECT 1 FROM role_grant AS held WHERE held.user_id = NEW.asked_by_id AND held.role = NEW.asked_role AND held.revoked_at IS NULL))
    OR (NEW.decision = 'approved' AND NEW.decided_at >= OLD.expires_at)
    OR (NEW.decision = 'expired' AND NEW.decided_at < OLD.expires_at) BEGIN SELECT RAISE(ABORT, 'approval_request_decided_in_role'); END;

CREATE TRIGGER decision_request_of_its_event BEFORE INSERT ON approval_request WHEN NEW.kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo') AND NOT EXISTS (SELECT 1 FROM reconciliation_item AS i
    WHERE i.event_id = CAST(SUBSTR(NEW.subject, 12) AS INTEGER) AND NEW.subject = 'bank_event:' || i.event_id
    AND (CASE WHEN NEW.kind = 'bank.undo' THEN i.state = 'posted' ELSE i.state NOT IN ('posted', 'duplicate') END)) BEGIN SELECT RAISE(ABORT, 'decision_request_of_its_event'); END;

CREATE TRIGGER voter_stays_present BEFORE DELETE ON attendance WHEN EXISTS (SELECT 1 FROM vote AS v JOIN agenda_item AS a ON a.id = v.item_id
    WHERE a.meeting_id = OLD.meeting_id AND v.member_id = OLD.member_id) BEGIN SELECT RAISE(ABORT, 'voter_stays_present'); END;

CREATE TRIGGER attendance_leaves_once BEFORE UPDATE ON attendance WHEN OLD.left_at IS NOT NULL OR NEW.left_at IS NULL OR OLD.meeting_id IS NOT NEW.meeting_id OR OLD.kind IS NOT NEW.kind OR OLD.member_id IS NOT NEW.member_id OR OLD.name IS NOT NEW.name OR OLD.position IS NOT NEW.position OR OLD.noted_at IS NOT NEW.noted_at BEGIN SELECT RAISE(ABORT, 'attendance_leaves_once'); END;

CREATE TRIGGER final_audit_event BEFORE UPDATE ON audit_event WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_audit_event'); END;

CREATE TRIGGER kept_audit_event BEFORE DELETE ON audit_event WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_audit_event'); END;

CREATE TRIGGER kept_bank_event BEFORE DELETE ON bank_event WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_bank_event'); END;

CREATE TRIGGER final_bank_event BEFORE UPDATE ON bank_event WHEN NOT (OLD.source = 'statement' AND NEW.source = 'withdrawn'
    AND NEW.external_id = substr(OLD.external_id, 1, 64) || '~' || OLD.id
    AND EXISTS (SELECT 1 FROM statement_withdrawal AS w WHERE w.statement_id = OLD.statement_id)
    AND EXISTS (SELECT 1 FROM reconciliation_item AS s WHERE s.event_id = OLD.id AND s.state = 'excluded'))
    OR OLD.id IS NOT NEW.id OR OLD.account_id IS NOT NEW.account_id OR OLD.statement_id IS NOT NEW.statement_id OR OLD.line_number IS NOT NEW.line_number OR OLD.received_at IS NOT NEW.received_at OR OLD.raw IS NOT NEW.raw OR OLD.raw_hash IS NOT NEW.raw_hash OR OLD.satang IS NOT NEW.satang OR OLD.currency IS NOT NEW.currency OR OLD.occurred_at IS NOT NEW.occurred_at OR OLD.has_time IS NOT NEW.has_time OR OLD.balance_satang IS NOT NEW.balance_satang OR OLD.biller_id IS NOT NEW.biller_id OR OLD.ref1 IS NOT NEW.ref1 OR OLD.ref2 IS NOT NEW.ref2 OR OLD.bank_ref IS NOT NEW.bank_ref OR OLD.payer IS NOT NEW.payer OR OLD.payer_bank IS NOT NEW.payer_bank OR OLD.description IS NOT NEW.description BEGIN SELECT RAISE(ABORT, 'final_bank_event'); END;

CREATE TRIGGER final_bank_reversal BEFORE UPDATE ON bank_reversal WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_bank_reversal'); END;

CREATE TRIGGER kept_bank_reversal BEFORE DELETE ON bank_reversal WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_bank_reversal'); END;

CREATE TRIGGER final_body BEFORE UPDATE ON body WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_body'); END;

CREATE TRIGGER kept_body BEFORE DELETE ON body WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_body'); END;

CREATE TRIGGER final_body_rules BEFORE UPDATE ON body_rules WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_body_rules'); END;

CREATE TRIGGER kept_body_rules BEFORE DELETE ON body_rules WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_body_rules'); END;

CREATE TRIGGER body_rules_for_days_to_come BEFORE INSERT ON body_rules WHEN NEW.number > 1 AND NEW.from_on <= date(NEW.entered_at, '+7 hours') BEGIN SELECT RAISE(ABORT, 'body_rules_for_days_to_come'); END;

CREATE TRIGGER final_carried_gift BEFORE UPDATE ON carried_gift WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_carried_gift'); END;

CREATE TRIGGER kept_carried_gift BEFORE DELETE ON carried_gift WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_carried_gift'); END;

CREATE TRIGGER carried_within_opening BEFORE INSERT ON carried_gift WHEN NEW.kind = 'donation' AND NEW.satang + (SELECT COALESCE(SUM(g.satang), 0) FROM carried_gift AS g
    WHERE g.purpose_id = NEW.purpose_id AND g.kind = 'donation')
    > (SELECT COALESCE(SUM(b.satang + b.spent_satang), 0) FROM opening_balance AS b WHERE b.purpose_id = NEW.purpose_id) BEGIN SELECT RAISE(ABORT, 'carried_within_opening'); END;

CREATE TRIGGER final_carried_list BEFORE UPDATE ON carried_list WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_carried_list'); END;

CREATE TRIGGER kept_carried_list BEFORE DELETE ON carried_list WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_carried_list'); END;

CREATE TRIGGER carried_by_two BEFORE INSERT ON carried_list WHEN NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
    AND a.kind = 'carried.bring' AND a.decision = 'approved' AND a.decided_by_id <> a.asked_by_id) BEGIN SELECT RAISE(ABORT, 'carried_by_two'); END;

CREATE TRIGGER final_cash_count BEFORE UPDATE ON cash_count WHEN OLD.closed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'final_cash_count'); END;

CREATE TRIGGER kept_cash_count BEFORE DELETE ON cash_count WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_cash_count'); END;

CREATE TRIGGER cash_count_counts_its_counter_payments BEFORE UPDATE ON cash_count WHEN NEW.closed_at IS NOT NULL AND (NEW.expected_cash_satang <> (SELECT COALESCE(SUM(t.satang), 0) FROM counter_payment AS t WHERE t.cash_count_id = NEW.id AND t.kind = 'cash'
    AND NOT EXISTS (SELECT 1 FROM counter_payment_reversal AS u WHERE u.counter_payment_id = t.id))
            OR NEW.expected_cheque_satang <> (SELECT COALESCE(SUM(t.satang), 0) FROM counter_payment AS t WHERE t.cash_count_id = NEW.id AND t.kind = 'cheque'
    AND NOT EXISTS (SELECT 1 FROM counter_payment_reversal AS u WHERE u.counter_payment_id = t.id))) BEGIN SELECT RAISE(ABORT, 'cash_count_counts_its_counter_payments'); END;

CREATE TRIGGER final_chain_link BEFORE UPDATE ON chain_link WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_chain_link'); END;

CREATE TRIGGER kept_chain_link BEFORE DELETE ON chain_link WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_chain_link'); END;

CREATE TRIGGER chain_link_in_order BEFORE INSERT ON chain_link WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM chain_link) BEGIN SELECT RAISE(ABORT, 'chain_link_in_order'); END;

CREATE TRIGGER circulation_begins_open BEFORE INSERT ON circulation WHEN NEW.outcome <> 'open' OR NEW.closes_at <= strftime('%Y-%m-%d %H:%M:%f', 'now') OR NOT EXISTS (SELECT 1 FROM meeting AS m
    JOIN body AS b ON b.id = m.body_id WHERE m.id = NEW.meeting_id AND m.kind = 'circulated' AND m.state = 'open' AND b.level <> 'sole') BEGIN SELECT RAISE(ABORT, 'circulation_begins_open'); END;

CREATE TRIGGER circulation_ends_once BEFORE UPDATE ON circulation WHEN OLD.outcome <> 'open' OR NEW.outcome = 'open' BEGIN SELECT RAISE(ABORT, 'circulation_ends_once'); END;

CREATE TRIGGER final_circulation BEFORE UPDATE ON circulation WHEN OLD.meeting_id IS NOT NEW.meeting_id OR OLD.closes_at IS NOT NEW.closes_at OR OLD.is_unanimous IS NOT NEW.is_unanimous BEGIN SELECT RAISE(ABORT, 'final_circulation'); END;

CREATE TRIGGER circulation_ends_as_answered BEFORE UPDATE ON circulation WHEN NEW.outcome <> 'open' AND NOT EXISTS (SELECT 1 FROM circulated_count AS k JOIN agenda_item AS i ON i.id = k.item_id
    JOIN proposal AS p ON p.id = i.proposal_id LEFT JOIN resolution AS r ON r.item_id = i.id
    WHERE k.meeting_id = NEW.meeting_id AND CASE NEW.outcome
        WHEN 'carried' THEN r.kind = 'approve'
        WHEN 'rejected' THEN r.kind = 'reject'
        WHEN 'withdrawn' THEN r.id IS NULL AND p.state = 'withdrawn'
        WHEN 'discuss' THEN r.id IS NULL AND strftime('%Y-%m-%d %H:%M:%f', 'now') < k.closes_at AND EXISTS (SELECT 1 FROM meeting_roll AS l
            WHERE l.meeting_id = NEW.meeting_id AND l.person_id = NEW.asked_by_id)
        WHEN 'no_money' THEN r.id IS NULL AND (k.answered = k.entitled OR k.closes_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')) AND k.carries
        ELSE r.id IS NULL AND (k.answered = k.entitled OR k.closes_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')) AND NOT k.carries AND NOT k.rejects END) BEGIN SELECT RAISE(ABORT, 'circulation_ends_as_answered'); END;

CREATE TRIGGER kept_circulation BEFORE DELETE ON circulation WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_circulation'); END;

CREATE TRIGGER final_closed_month BEFORE UPDATE ON closed_month WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_closed_month'); END;

CREATE TRIGGER kept_closed_month BEFORE DELETE ON closed_month WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_closed_month'); END;

CREATE TRIGGER closed_after_its_entries BEFORE INSERT ON closed_month WHEN 1 = 0 BEGIN SELECT RAISE(ABORT, 'closed_after_its_entries'); END;

CREATE TRIGGER final_collection BEFORE UPDATE ON collection WHEN OLD.ref1 IS NOT NEW.ref1 OR OLD.network_id IS NOT NEW.network_id OR OLD.pledge_id IS NOT NEW.pledge_id OR OLD.purpose_id IS NOT NEW.purpose_id OR OLD.account_id IS NOT NEW.account_id OR OLD.payload IS NOT NEW.payload OR OLD.opened_at IS NOT NEW.opened_at OR OLD.opened_by_id IS NOT NEW.opened_by_id BEGIN SELECT RAISE(ABORT, 'final_collection'); END;

CREATE TRIGGER kept_collection BEFORE DELETE ON collection WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_collection'); END;

CREATE TRIGGER collection_closed_once BEFORE UPDATE ON collection WHEN OLD.closed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'collection_closed_once'); END;

CREATE TRIGGER collection_reference_is_new BEFORE INSERT ON collection WHEN EXISTS (SELECT 1 FROM payment_request WHERE ref1 = NEW.ref1) BEGIN SELECT RAISE(ABORT, 'collection_reference_is_new'); END;

CREATE TRIGGER final_commitment BEFORE UPDATE ON commitment WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_commitment'); END;

CREATE TRIGGER kept_commitment BEFORE DELETE ON commitment WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_commitment'); END;

CREATE TRIGGER commitment_of_approval BEFORE INSERT ON commitment WHEN NEW.satang + (SELECT COALESCE(SUM(c.satang), 0) FROM commitment AS c WHERE c.resolution_id = NEW.resolution_id)
    > COALESCE((SELECT r.satang FROM resolution AS r WHERE r.id = NEW.resolution_id
        AND r.kind IN ('approve', 'approve_in_part', 'amend')), 0) BEGIN SELECT RAISE(ABORT, 'commitment_of_approval'); END;

CREATE TRIGGER final_counter_payment BEFORE UPDATE ON counter_payment WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_counter_payment'); END;

CREATE TRIGGER kept_counter_payment BEFORE DELETE ON counter_payment WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_counter_payment'); END;

CREATE TRIGGER counter_payment_in_open_cash_count BEFORE INSERT ON counter_payment WHEN (SELECT closed_at FROM cash_count WHERE id = NEW.cash_count_id) IS NOT NULL BEGIN SELECT RAISE(ABORT, 'counter_payment_in_open_cash_count'); END;

CREATE TRIGGER final_counter_payment_reversal BEFORE UPDATE ON counter_payment_reversal WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_counter_payment_reversal'); END;

CREATE TRIGGER kept_counter_payment_reversal BEFORE DELETE ON counter_payment_reversal WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_counter_payment_reversal'); END;

CREATE TRIGGER counter_payment_reversal_in_time BEFORE INSERT ON counter_payment_reversal WHEN (NEW.kind = 'void' AND (SELECT c.closed_at FROM cash_count AS c JOIN counter_payment AS t ON t.cash_count_id = c.id
    WHERE t.id = NEW.counter_payment_id) IS NOT NULL)
            OR (NEW.kind = 'bounced' AND (SELECT kind FROM counter_payment WHERE id = NEW.counter_payment_id) <> 'cheque') BEGIN SELECT RAISE(ABORT, 'counter_payment_reversal_in_time'); END;

CREATE TRIGGER kept_delegation BEFORE DELETE ON delegation WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_delegation'); END;

CREATE TRIGGER final_delegation BEFORE UPDATE ON delegation WHEN OLD.id IS NOT NEW.id OR OLD.order_number IS NOT NEW.order_number OR OLD.order_on IS NOT NEW.order_on OR OLD.from_id IS NOT NEW.from_id OR OLD.to_id IS NOT NEW.to_id OR OLD.ceiling_satang IS NOT NEW.ceiling_satang OR OLD.from_on IS NOT NEW.from_on OR OLD.to_on IS NOT NEW.to_on OR OLD.paper IS NOT NEW.paper OR OLD.paper_sha256 IS NOT NEW.paper_sha256 OR OLD.asked_at IS NOT NEW.asked_at OR OLD.asked_by_id IS NOT NEW.asked_by_id OR OLD.ended_at IS NOT NULL
    OR (OLD.confirmed_at IS NOT NULL AND (OLD.confirmed_at IS NOT NEW.confirmed_at OR OLD.confirmed_by_id IS NOT NEW.confirmed_by_id)) BEGIN SELECT RAISE(ABORT, 'final_delegation'); END;

CREATE TRIGGER delegation_by_two BEFORE UPDATE ON delegation WHEN OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM approval_request AS a
    WHERE a.kind = 'delegation.order' AND a.subject = 'delegation:' || NEW.id AND a.decision = 'approved' AND a.decided_by_id = NEW.confirmed_by_id) BEGIN SELECT RAISE(ABORT, 'delegation_by_two'); END;

CREATE TRIGGER delegation_begins_waiting BEFORE INSERT ON delegation WHEN NEW.confirmed_at IS NOT NULL OR NEW.ended_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'delegation_begins_waiting'); END;

CREATE TRIGGER kept_delivery BEFORE DELETE ON delivery WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_delivery'); END;

CREATE TRIGGER delivery_of_this_request BEFORE INSERT ON delivery WHEN (SELECT request_id FROM handover WHERE id = NEW.handover_id)
    <> (SELECT request_id FROM aid_line WHERE id = NEW.line_id) BEGIN SELECT RAISE(ABORT, 'delivery_of_this_request'); END;

CREATE TRIGGER delivery_within_line BEFORE INSERT ON delivery WHEN NEW.quantity + (SELECT COALESCE(SUM(quantity), 0) FROM delivery WHERE line_id = NEW.line_id)
    > (SELECT quantity FROM aid_line WHERE id = NEW.line_id) BEGIN SELECT RAISE(ABORT, 'delivery_within_line'); END;

CREATE TRIGGER delivery_writes_its_logbook BEFORE INSERT ON delivery WHEN NEW.logbook_entry_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM logbook_entry AS g JOIN aid_line AS l
    ON l.household_id = g.household_id WHERE g.id = NEW.logbook_entry_id AND l.id = NEW.line_id) BEGIN SELECT RAISE(ABORT, 'delivery_writes_its_logbook'); END;

CREATE TRIGGER final_delivery BEFORE UPDATE ON delivery WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_delivery'); END;

CREATE TRIGGER delivery_keeps_who BEFORE INSERT ON delivery WHEN NOT EXISTS (SELECT 1 FROM aid_line AS l JOIN household AS h ON h.id = l.household_id
    WHERE l.id = NEW.line_id AND h.code = NEW.shown_household
    AND (l.member_id IS NULL) = (NEW.shown_name = '')) BEGIN SELECT RAISE(ABORT, 'delivery_keeps_who'); END;

CREATE TRIGGER delivery_after_payment BEFORE INSERT ON delivery WHEN NOT EXISTS (SELECT 1 FROM aid_line AS l JOIN aid_request AS r ON r.id = l.request_id
    JOIN proposal AS p ON p.code = r.code JOIN payment AS y ON y.proposal_id = p.id
    WHERE l.id = NEW.line_id AND y.voided_at IS NULL AND y.satang > y.returned_satang) BEGIN SELECT RAISE(ABORT, 'delivery_after_payment'); END;

CREATE TRIGGER delivery_within_paid BEFORE INSERT ON delivery WHEN NEW.quantity > 0
        AND NEW.quantity * (SELECT unit_satang FROM aid_line_value WHERE line_id = NEW.line_id)
        + (SELECT COALESCE(SUM(d.quantity * v.unit_satang), 0) FROM delivery AS d
    JOIN aid_line_value AS v ON v.line_id = d.line_id WHERE v.request_id = (SELECT request_id FROM aid_line WHERE id = NEW.line_id)) > (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y JOIN proposal AS p ON p.id = y.proposal_id
    JOIN aid_request AS r ON r.code = p.code WHERE r.id = (SELECT request_id FROM aid_line WHERE id = NEW.line_id) AND y.voided_at IS NULL) BEGIN SELECT RAISE(ABORT, 'delivery_within_paid'); END;

CREATE TRIGGER delivery_adds_to_help AFTER INSERT ON delivery WHEN NEW.quantity > 0 BEGIN
    INSERT INTO help_received (household_id, dimension, satang)
        SELECT l.household_id, r.dimension, NEW.quantity * v.unit_satang FROM aid_line AS l
        JOIN aid_request AS r ON r.id = l.request_id JOIN aid_line_value AS v ON v.line_id = l.id WHERE l.id = NEW.line_id
        ON CONFLICT (household_id, dimension) DO UPDATE SET satang = help_received.satang + excluded.satang; END;

CREATE TRIGGER delivery_within_bought BEFORE INSERT ON delivery WHEN NEW.quantity > 0
    AND NEW.quantity + (SELECT COALESCE(SUM(d.quantity), 0) FROM aid_line AS l
        JOIN aid_line AS m ON m.request_id = l.request_id AND m.item_code = l.item_code
            AND m.unit_satang = l.unit_satang
        JOIN delivery AS d ON d.line_id = m.id WHERE l.id = NEW.line_id)
    > (SELECT c.quantity FROM aid_line AS l JOIN item_cost AS c ON c.request_id = l.request_id
        AND c.item_code = l.item_code AND c.asked_satang = l.unit_satang
        WHERE l.id = NEW.line_id ORDER BY c.id DESC LIMIT 1) BEGIN SELECT RAISE(ABORT, 'delivery_within_bought'); END;

CREATE TRIGGER payer_gives_nothing BEFORE INSERT ON delivery WHEN NEW.quantity > 0 AND EXISTS (SELECT 1 FROM aid_line AS l JOIN aid_request AS r ON r.id = l.request_id
    JOIN proposal AS p ON p.code = r.code JOIN payment_order AS o ON o.proposal_id = p.id
    WHERE l.id = NEW.line_id AND o.withdrawn_at IS NULL AND (o.prepared_by_id = NEW.marked_by_id
        OR EXISTS (SELECT 1 FROM payment_approval AS a WHERE a.order_id = o.id AND a.user_id = NEW.marked_by_id))) BEGIN SELECT RAISE(ABORT, 'payer_gives_nothing'); END;

CREATE TRIGGER cost_keeper_gives_nothing BEFORE INSERT ON delivery WHEN NEW.quantity > 0 AND EXISTS (SELECT 1 FROM item_cost AS c JOIN aid_line AS l
    ON l.request_id = c.request_id WHERE l.id = NEW.line_id AND c.entered_by_id = NEW.marked_by_id) BEGIN SELECT RAISE(ABORT, 'cost_keeper_gives_nothing'); END;

CREATE TRIGGER asker_gives_with_second BEFORE INSERT ON delivery WHEN NEW.quantity > 0 AND EXISTS (SELECT 1 FROM handover AS h JOIN aid_request AS r ON r.id = h.request_id LEFT JOIN proposal AS p ON p.code = r.code
    WHERE h.id = NEW.handover_id AND (r.made_by_id = NEW.marked_by_id OR p.submitted_by_id = NEW.marked_by_id OR p.asked_by_id = NEW.marked_by_id)
        AND (h.second_id IS NULL OR h.second_id = NEW.marked_by_id)) BEGIN SELECT RAISE(ABORT, 'asker_gives_with_second'); END;

CREATE TRIGGER final_deposit BEFORE UPDATE ON deposit WHEN OLD.item_id IS NOT NEW.item_id OR OLD.event_id IS NOT NEW.event_id OR OLD.at IS NOT NEW.at OR OLD.by_id IS NOT NEW.by_id BEGIN SELECT RAISE(ABORT, 'final_deposit'); END;

CREATE TRIGGER kept_deposit BEFORE DELETE ON deposit WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_deposit'); END;

CREATE TRIGGER deposit_undone_once BEFORE UPDATE ON deposit WHEN OLD.undone_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'deposit_undone_once'); END;

CREATE TRIGGER final_deposit_item BEFORE UPDATE ON deposit_item WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_deposit_item'); END;

CREATE TRIGGER kept_deposit_item BEFORE DELETE ON deposit_item WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_deposit_item'); END;

CREATE TRIGGER final_donation BEFORE UPDATE ON donation WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_donation'); END;

CREATE TRIGGER kept_donation BEFORE DELETE ON donation WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_donation'); END;

CREATE TRIGGER donation_for_pledge_of_money BEFORE INSERT ON donation WHEN EXISTS (SELECT 1 FROM pledge WHERE id = NEW.pledge_id AND kind <> 'money') BEGIN SELECT RAISE(ABORT, 'donation_for_pledge_of_money'); END;

CREATE TRIGGER donation_adds_to_total AFTER INSERT ON donation WHEN NEW.network_id IS NOT NULL OR NEW.pledge_id IS NOT NULL BEGIN
    INSERT INTO donation_total (network_id, pledge_id)
        SELECT COALESCE(NEW.network_id, p.network_id), NEW.pledge_id FROM (SELECT 1) AS d LEFT JOIN pledge AS p ON p.id = NEW.pledge_id
        WHERE NOT EXISTS (SELECT 1 FROM donation_total AS t WHERE t.network_id = COALESCE(NEW.network_id, p.network_id)
            AND t.pledge_id IS NEW.pledge_id);
    UPDATE donation_total SET satang = satang + NEW.satang WHERE pledge_id IS NEW.pledge_id
        AND network_id = COALESCE(NEW.network_id, (SELECT p.network_id FROM pledge AS p WHERE p.id = NEW.pledge_id)); END;

CREATE TRIGGER final_donation_reversal BEFORE UPDATE ON donation_reversal WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_donation_reversal'); END;

CREATE TRIGGER kept_donation_reversal BEFORE DELETE ON donation_reversal WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_donation_reversal'); END;

CREATE TRIGGER donation_reversal_within_donation BEFORE INSERT ON donation_reversal WHEN NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM donation_reversal WHERE donation_id = NEW.donation_id)
    + (SELECT COALESCE(SUM(satang), 0) FROM live_trace WHERE donation_id = NEW.donation_id)
    > (SELECT satang FROM donation WHERE id = NEW.donation_id) BEGIN SELECT RAISE(ABORT, 'donation_reversal_within_donation'); END;

CREATE TRIGGER reversal_takes_from_total AFTER INSERT ON donation_reversal BEGIN
    UPDATE donation_total SET satang = satang - NEW.satang
    WHERE EXISTS (SELECT 1 FROM donation AS g LEFT JOIN pledge AS p ON p.id = g.pledge_id WHERE g.id = NEW.donation_id
        AND donation_total.network_id = COALESCE(g.network_id, p.network_id) AND donation_total.pledge_id IS g.pledge_id); END;

CREATE TRIGGER final_due_date_request BEFORE UPDATE ON due_date_request WHEN OLD.decided_at IS NOT NULL OR OLD.id IS NOT NEW.id OR OLD.pledge_id IS NOT NEW.pledge_id OR OLD.number IS NOT NEW.number OR OLD.from_on IS NOT NEW.from_on OR OLD.to_on IS NOT NEW.to_on OR OLD.reason IS NOT NEW.reason OR OLD.asked_at IS NOT NEW.asked_at OR OLD.asked_by_id IS NOT NEW.asked_by_id BEGIN SELECT RAISE(ABORT, 'final_due_date_request'); END;

CREATE TRIGGER kept_due_date_request BEFORE DELETE ON due_date_request WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_due_date_request'); END;

CREATE TRIGGER final_edition BEFORE UPDATE ON edition WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_edition'); END;

CREATE TRIGGER kept_edition BEFORE DELETE ON edition WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_edition'); END;

CREATE TRIGGER edition_in_order BEFORE INSERT ON edition WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM edition) BEGIN SELECT RAISE(ABORT, 'edition_in_order'); END;

CREATE TRIGGER final_edonation_report BEFORE UPDATE ON edonation_report WHEN OLD.donation_id IS NOT NEW.donation_id OR OLD.route IS NOT NEW.route OR OLD.recorded_at IS NOT NEW.recorded_at OR OLD.recorded_by_id IS NOT NEW.recorded_by_id BEGIN SELECT RAISE(ABORT, 'final_edonation_report'); END;

CREATE TRIGGER kept_edonation_report BEFORE DELETE ON edonation_report WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_edonation_report'); END;

CREATE TRIGGER entry_moves_balances AFTER INSERT ON entry BEGIN
    UPDATE account SET last_entry_id = NEW.id, balance_satang = balance_satang
        + (CASE id WHEN NEW.debit_id THEN NEW.satang ELSE -NEW.satang END)
        * (CASE kind WHEN 'received' THEN -1 ELSE 1 END)
    WHERE id IN (NEW.debit_id, NEW.credit_id); END;

CREATE TRIGGER final_entry BEFORE UPDATE ON entry WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_entry'); END;

CREATE TRIGGER kept_entry BEFORE DELETE ON entry WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_entry'); END;

CREATE TRIGGER entry_in_open_month BEFORE INSERT ON entry WHEN EXISTS (SELECT 1 FROM closed_month WHERE NEW.on_date BETWEEN first_on AND last_on) BEGIN SELECT RAISE(ABORT, 'entry_in_open_month'); END;

CREATE TRIGGER entry_as_brought_forward BEFORE INSERT ON entry WHEN NEW.opening_balance_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM opening_balance AS b
    JOIN account AS d ON d.id = NEW.debit_id WHERE b.id = NEW.opening_balance_id AND b.satang = NEW.satang
    AND d.purpose_id = b.purpose_id AND d.kind = 'available' AND NEW.step = 1) BEGIN SELECT RAISE(ABORT, 'entry_as_brought_forward'); END;

CREATE TRIGGER commit_as_resolved BEFORE INSERT ON entry WHEN NEW.movement = 'commit' AND NOT EXISTS (SELECT 1 FROM commitment AS c
    JOIN account AS a ON a.id = NEW.debit_id AND a.purpose_id = c.purpose_id
    WHERE c.id = NEW.commitment_id AND c.satang = NEW.satang AND NEW.step = 1) BEGIN SELECT RAISE(ABORT, 'commit_as_resolved'); END;

CREATE TRIGGER release_keeps_paid BEFORE INSERT ON entry WHEN NEW.movement = 'release' AND NEW.satang > (SELECT COALESCE(SUM(c.satang), 0) FROM committed_part AS c WHERE c.proposal_id = (SELECT r.proposal_id FROM commitment AS c JOIN resolution AS r ON r.id = c.resolution_id WHERE c.id = NEW.commitment_id))
    - (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y WHERE y.proposal_id = (SELECT r.proposal_id FROM commitment AS c JOIN resolution AS r ON r.id = c.resolution_id WHERE c.id = NEW.commitment_id) AND y.voided_at IS NULL)
    - (SELECT COALESCE(SUM(o.satang), 0) FROM payment_order AS o
        WHERE o.proposal_id = (SELECT r.proposal_id FROM commitment AS c JOIN resolution AS r ON r.id = c.resolution_id WHERE c.id = NEW.commitment_id) AND o.withdrawn_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM payment AS y WHERE y.order_id = o.id)) BEGIN SELECT RAISE(ABORT, 'release_keeps_paid'); END;

CREATE TRIGGER entry_as_returned BEFORE INSERT ON entry WHEN NEW.movement = 'return' AND NOT EXISTS (SELECT 1 FROM payment_return AS b
    JOIN account AS d ON d.id = NEW.debit_id JOIN account AS c ON c.id = NEW.credit_id
    WHERE b.id = NEW.payment_return_id AND b.confirmed_at IS NOT NULL AND d.kind = 'committed' AND c.kind = 'paid'
    AND NEW.satang + (SELECT COALESCE(SUM(e.satang), 0) FROM entry AS e WHERE e.payment_return_id = b.id) <= b.satang + b.tax_satang) BEGIN SELECT RAISE(ABORT, 'entry_as_returned'); END;

CREATE TRIGGER fund_account_proposed_by_two BEFORE INSERT ON fund_account WHEN NEW.state <> 'proposed' OR NEW.biller_id IS NOT NULL OR NEW.promptpay_id IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id AND a.decision = 'approved'
    AND a.kind = 'account.propose' AND instr(a.payload, '"number": ' || COALESCE('"' || NEW.number || '"', 'null')) > 0 AND instr(a.payload, '"bank_code": ' || COALESCE('"' || NEW.bank_code || '"', 'null')) > 0) BEGIN SELECT RAISE(ABORT, 'fund_account_proposed_by_two'); END;

CREATE TRIGGER fund_account_stays BEFORE UPDATE ON fund_account WHEN NEW.number <> OLD.number OR NEW.bank_code <> OLD.bank_code OR NEW.name <> OLD.name BEGIN SELECT RAISE(ABORT, 'fund_account_stays'); END;

CREATE TRIGGER fund_account_by_two BEFORE UPDATE ON fund_account WHEN (NEW.state <> OLD.state OR NEW.biller_id IS NOT OLD.biller_id
    OR NEW.promptpay_id IS NOT OLD.promptpay_id OR NEW.approval_request_id IS NOT OLD.approval_request_id)
    AND (NEW.approval_request_id IS NULL OR NEW.approval_request_id <= COALESCE(OLD.approval_request_id, 0) OR NOT EXISTS (
        SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id AND a.decision = 'approved' AND (
            (a.kind = 'account.open' AND a.subject = 'account:' || NEW.id AND NEW.state = 'open'
                AND instr(a.payload, '"biller_id": ' || COALESCE('"' || NEW.biller_id || '"', 'null')) > 0 AND instr(a.payload, '"promptpay_id": ' || COALESCE('"' || NEW.promptpay_id || '"', 'null')) > 0)
            OR (NEW.state = 'closed' AND NEW.biller_id IS OLD.biller_id
                AND NEW.promptpay_id IS OLD.promptpay_id AND (
                (a.kind = 'account.close' AND a.subject = 'account:' || NEW.id)
                OR (a.kind = 'account.open' AND a.subject <> 'account:' || NEW.id)))))) BEGIN SELECT RAISE(ABORT, 'fund_account_by_two'); END;

CREATE TRIGGER giving_stop_ended_by_two BEFORE UPDATE ON giving_stop WHEN OLD.ended_at IS NOT NULL OR NEW.stopped_at <> OLD.stopped_at OR NEW.reason <> OLD.reason
    OR NEW.stopped_by_id <> OLD.stopped_by_id OR NOT EXISTS (
        SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id AND a.decision = 'approved'
        AND a.kind = 'giving.resume' AND a.asked_at >= OLD.stopped_at) BEGIN SELECT RAISE(ABORT, 'giving_stop_ended_by_two'); END;

CREATE TRIGGER kept_giving_stop BEFORE DELETE ON giving_stop WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_giving_stop'); END;

CREATE TRIGGER kept_guideline BEFORE DELETE ON guideline WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_guideline'); END;

CREATE TRIGGER final_guideline BEFORE UPDATE ON guideline WHEN OLD.id IS NOT NEW.id OR OLD.number IS NOT NEW.number OR OLD.title IS NOT NEW.title OR OLD.words IS NOT NEW.words OR OLD.pdf IS NOT NEW.pdf OR OLD.sha256 IS NOT NEW.sha256 OR OLD.meeting_id IS NOT NEW.meeting_id OR OLD.tabled_at IS NOT NEW.tabled_at OR OLD.tabled_by_id IS NOT NEW.tabled_by_id OR OLD.decided_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'final_guideline'); END;

CREATE TRIGGER guideline_as_voted BEFORE UPDATE ON guideline WHEN NEW.decided_at IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM meeting AS m WHERE m.id = NEW.meeting_id AND m.state = 'open'
        AND m.quorum <= NEW.for_votes + NEW.against_votes + NEW.abstentions)
    OR NEW.is_adopted <> (SELECT CASE r.majority WHEN 'all' THEN NEW.for_votes = NEW.for_votes + NEW.against_votes + NEW.abstentions
        WHEN 'two_thirds' THEN NEW.for_votes * 3 >= (NEW.for_votes + NEW.against_votes + NEW.abstentions) * 2
        ELSE NEW.for_votes * 2 > NEW.for_votes + NEW.against_votes + NEW.abstentions END
        FROM meeting AS m JOIN body_rules AS r ON r.id = m.rules_id WHERE m.id = NEW.meeting_id)
    OR NEW.for_votes <> (SELECT COUNT(*) FROM guideline_vote AS v WHERE v.guideline_id = NEW.id AND v.choice = 'approve'
        AND NOT EXISTS (SELECT 1 FROM guideline_vote AS w WHERE w.guideline_id = v.guideline_id AND w.member_id = v.member_id AND w.turn > v.turn))
    OR NEW.against_votes <> (SELECT COUNT(*) FROM guideline_vote AS v WHERE v.guideline_id = NEW.id AND v.choice = 'reject'
        AND NOT EXISTS (SELECT 1 FROM guideline_vote AS w WHERE w.guideline_id = v.guideline_id AND w.member_id = v.member_id AND w.turn > v.turn))) BEGIN SELECT RAISE(ABORT, 'guideline_as_voted'); END;

CREATE TRIGGER final_guideline_vote BEFORE UPDATE ON guideline_vote WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_guideline_vote'); END;

CREATE TRIGGER kept_guideline_vote BEFORE DELETE ON guideline_vote WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_guideline_vote'); END;

CREATE TRIGGER guideline_vote_attends BEFORE INSERT ON guideline_vote WHEN NOT EXISTS (SELECT 1 FROM guideline AS g JOIN meeting AS m ON m.id = g.meeting_id JOIN attendance AS t ON t.meeting_id = m.id
    WHERE g.id = NEW.guideline_id AND g.decided_at IS NULL AND m.state = 'open' AND t.member_id = NEW.member_id AND t.kind = 'member'
    AND t.left_at IS NULL) BEGIN SELECT RAISE(ABORT, 'guideline_vote_attends'); END;

CREATE TRIGGER second_is_another BEFORE UPDATE ON handover WHEN NEW.second_id IS NOT OLD.second_id AND NEW.second_id IS NOT NULL AND (EXISTS (SELECT 1 FROM aid_request AS r LEFT JOIN proposal AS p ON p.code = r.code
        WHERE r.id = NEW.request_id AND (r.made_by_id = NEW.second_id OR p.submitted_by_id = NEW.second_id OR p.asked_by_id = NEW.second_id))
    OR EXISTS (SELECT 1 FROM item_cost AS c WHERE c.request_id = NEW.request_id AND c.entered_by_id = NEW.second_id)
    OR EXISTS (SELECT 1 FROM aid_request AS r JOIN proposal AS p ON p.code = r.code JOIN payment_order AS o ON o.proposal_id = p.id
        WHERE r.id = NEW.request_id AND (o.prepared_by_id = NEW.second_id
            OR EXISTS (SELECT 1 FROM payment_approval AS a WHERE a.order_id = o.id AND a.user_id = NEW.second_id)
            OR EXISTS (SELECT 1 FROM payment AS y WHERE y.order_id = o.id AND y.paid_by_id = NEW.second_id)))) BEGIN SELECT RAISE(ABORT, 'second_is_another'); END;

CREATE TRIGGER second_begins_unnamed BEFORE INSERT ON handover WHEN NEW.second_id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'second_begins_unnamed'); END;

CREATE TRIGGER second_stays BEFORE UPDATE ON handover WHEN (OLD.second_id IS NOT NULL AND (NEW.second_id IS NOT OLD.second_id OR NEW.second_named_at IS NOT OLD.second_named_at OR NEW.second_named_by_id IS NOT OLD.second_named_by_id) OR NEW.request_id IS NOT OLD.request_id)
    AND EXISTS (SELECT 1 FROM delivery AS d WHERE d.handover_id = OLD.id AND d.quantity > 0) BEGIN SELECT RAISE(ABORT, 'second_stays'); END;

CREATE TRIGGER final_household BEFORE UPDATE ON household WHEN OLD.code IS NOT NEW.code BEGIN SELECT RAISE(ABORT, 'final_household'); END;

CREATE TRIGGER kept_household BEFORE DELETE ON household WHEN NOT EXISTS (SELECT 1 FROM register_import_change AS c JOIN register_import AS i ON i.id = c.import_id
    WHERE c.what = 'household' AND c.row_id = OLD.id AND i.state = 'undone' AND c.is_new) BEGIN SELECT RAISE(ABORT, 'kept_household'); END;

CREATE TRIGGER household_moved_empties_words AFTER UPDATE ON household WHEN NEW.house_no <> OLD.house_no OR NEW.village <> OLD.village OR NEW.house_code IS NOT OLD.house_code OR NEW.subdistrict_code IS NOT OLD.subdistrict_code BEGIN UPDATE household SET search_words = '' WHERE id = NEW.id AND search_words <> ''; END;

CREATE TRIGGER final_in_kind_donation BEFORE UPDATE ON in_kind_donation WHEN OLD.fiscal_year_be IS NOT NEW.fiscal_year_be OR OLD.number IS NOT NEW.number OR OLD.token IS NOT NEW.token OR OLD.kind IS NOT NEW.kind OR OLD.what IS NOT NEW.what OR OLD.quantity IS NOT NEW.quantity OR OLD.unit IS NOT NEW.unit OR OLD.satang IS NOT NEW.satang OR OLD.valued_from IS NOT NEW.valued_from OR OLD.valuation IS NOT NEW.valuation OR OLD.pledge_id IS NOT NEW.pledge_id OR OLD.network_id IS NOT NEW.network_id OR OLD.purpose_id IS NOT NEW.purpose_id OR OLD.giver IS NOT NEW.giver OR OLD.received_on IS NOT NEW.received_on OR OLD.recorded_at IS NOT NEW.recorded_at OR OLD.recorded_by_id IS NOT NEW.recorded_by_id OR OLD.contents IS NOT NEW.contents OR OLD.contents_hash IS NOT NEW.contents_hash BEGIN SELECT RAISE(ABORT, 'final_in_kind_donation'); END;

CREATE TRIGGER kept_in_kind_donation BEFORE DELETE ON in_kind_donation WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_in_kind_donation'); END;

CREATE TRIGGER in_kind_donation_voided_once BEFORE UPDATE ON in_kind_donation WHEN OLD.voided_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'in_kind_donation_voided_once'); END;

CREATE TRIGGER in_kind_donation_without_gap BEFORE INSERT ON in_kind_donation WHEN NEW.number <> COALESCE((SELECT MAX(used.number) FROM (SELECT number FROM in_kind_donation
    WHERE fiscal_year_be = NEW.fiscal_year_be UNION ALL SELECT last_number AS number FROM retired_numbers
    WHERE fiscal_year_be = NEW.fiscal_year_be AND book = 'K') AS used), 0) + 1 BEGIN SELECT RAISE(ABORT, 'in_kind_donation_without_gap'); END;

CREATE TRIGGER goods_for_own_pledge BEFORE INSERT ON in_kind_donation WHEN NEW.pledge_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pledge AS p WHERE p.id = NEW.pledge_id
    AND p.kind = NEW.kind AND p.network_id = NEW.network_id AND p.purpose_id = NEW.purpose_id) BEGIN SELECT RAISE(ABORT, 'goods_for_own_pledge'); END;

CREATE TRIGGER final_in_kind_receipt_document BEFORE UPDATE ON in_kind_receipt_document WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_in_kind_receipt_document'); END;

CREATE TRIGGER kept_in_kind_receipt_document BEFORE DELETE ON in_kind_receipt_document WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_in_kind_receipt_document'); END;

CREATE TRIGGER in_kind_receipt_document_as_recorded BEFORE INSERT ON in_kind_receipt_document WHEN NOT EXISTS (SELECT 1 FROM in_kind_receipt_due WHERE in_kind_donation_id = NEW.in_kind_donation_id)
    AND NEW.contents <> (SELECT contents FROM in_kind_donation WHERE id = NEW.in_kind_donation_id) BEGIN SELECT RAISE(ABORT, 'in_kind_receipt_document_as_recorded'); END;

CREATE TRIGGER in_kind_receipt_document_of_cancelled BEFORE INSERT ON in_kind_receipt_document WHEN EXISTS (SELECT 1 FROM in_kind_receipt_due AS d JOIN in_kind_donation AS g ON g.id = d.in_kind_donation_id
    WHERE d.in_kind_donation_id = NEW.in_kind_donation_id AND g.voided_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'in_kind_receipt_document_of_cancelled'); END;

CREATE TRIGGER final_in_kind_receipt_due BEFORE UPDATE ON in_kind_receipt_due WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_in_kind_receipt_due'); END;

CREATE TRIGGER kept_in_kind_receipt_due BEFORE DELETE ON in_kind_receipt_due WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_in_kind_receipt_due'); END;

CREATE TRIGGER final_in_kind_receipt_print BEFORE UPDATE ON in_kind_receipt_print WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_in_kind_receipt_print'); END;

CREATE TRIGGER kept_in_kind_receipt_print BEFORE DELETE ON in_kind_receipt_print WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_in_kind_receipt_print'); END;

CREATE TRIGGER final_inquiry BEFORE UPDATE ON inquiry WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_inquiry'); END;

CREATE TRIGGER kept_inquiry BEFORE DELETE ON inquiry WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_inquiry'); END;

CREATE TRIGGER refunded_within_payment BEFORE INSERT ON inquiry WHEN NEW.refunded_satang IS NOT NULL
    AND (NEW.satang IS NULL OR NEW.refunded_satang < 0 OR NEW.refunded_satang > NEW.satang) BEGIN SELECT RAISE(ABORT, 'refunded_within_payment'); END;

CREATE TRIGGER final_instalment BEFORE UPDATE ON instalment WHEN OLD.id IS NOT NEW.id OR OLD.pledge_id IS NOT NEW.pledge_id OR OLD.number IS NOT NEW.number OR OLD.satang IS NOT NEW.satang OR NOT EXISTS (SELECT 1 FROM due_date_request AS r
    WHERE r.pledge_id = OLD.pledge_id AND r.number = OLD.number AND r.accepted AND r.from_on = OLD.due_on AND r.to_on = NEW.due_on) BEGIN SELECT RAISE(ABORT, 'final_instalment'); END;

CREATE TRIGGER kept_instalment BEFORE DELETE ON instalment WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_instalment'); END;

CREATE TRIGGER instalment_within_pledge BEFORE INSERT ON instalment WHEN NOT EXISTS (SELECT 1 FROM pledge AS p WHERE p.id = NEW.pledge_id AND p.kind = 'money' AND p.satang >=
    NEW.satang + (SELECT COALESCE(SUM(i.satang), 0) FROM instalment AS i WHERE i.pledge_id = NEW.pledge_id)) BEGIN SELECT RAISE(ABORT, 'instalment_within_pledge'); END;

CREATE TRIGGER final_issuer_version BEFORE UPDATE ON issuer_version WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_issuer_version'); END;

CREATE TRIGGER kept_issuer_version BEFORE DELETE ON issuer_version WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_issuer_version'); END;

CREATE TRIGGER issuer_version_in_order BEFORE INSERT ON issuer_version WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM issuer_version) BEGIN SELECT RAISE(ABORT, 'issuer_version_in_order'); END;

CREATE TRIGGER issuer_version_by_two BEFORE INSERT ON issuer_version WHEN NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
    AND a.decision = 'approved' AND a.kind = 'issuer.note' AND instr(a.payload, '"tax_id": ' || COALESCE('"' || NEW.tax_id || '"', 'null')) > 0) BEGIN SELECT RAISE(ABORT, 'issuer_version_by_two'); END;

CREATE TRIGGER final_item_cost BEFORE UPDATE ON item_cost WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_item_cost'); END;

CREATE TRIGGER kept_item_cost BEFORE DELETE ON item_cost WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_item_cost'); END;

CREATE TRIGGER cost_keeps_delivered_within_paid BEFORE INSERT ON item_cost WHEN NEW.unit_satang > (SELECT MAX(v.unit_satang) FROM aid_line_value AS v
            WHERE v.request_id = NEW.request_id AND v.item_code = NEW.item_code
            AND v.asked_satang = NEW.asked_satang)
        AND (SELECT COALESCE(SUM(d.quantity * CASE WHEN v.item_code = NEW.item_code
            AND v.asked_satang = NEW.asked_satang THEN NEW.unit_satang ELSE v.unit_satang END), 0)
            FROM delivery AS d JOIN aid_line_value AS v ON v.line_id = d.line_id
            WHERE v.request_id = NEW.request_id) > (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y JOIN proposal AS p ON p.id = y.proposal_id
    JOIN aid_request AS r ON r.code = p.code WHERE r.id = NEW.request_id AND y.voided_at IS NULL) BEGIN SELECT RAISE(ABORT, 'cost_keeps_delivered_within_paid'); END;

CREATE TRIGGER cost_covers_given BEFORE INSERT ON item_cost WHEN NEW.quantity < (SELECT COALESCE(SUM(d.quantity), 0) FROM delivery AS d JOIN aid_line AS l
    ON l.id = d.line_id WHERE l.request_id = NEW.request_id AND l.item_code = NEW.item_code
    AND l.unit_satang = NEW.asked_satang) BEGIN SELECT RAISE(ABORT, 'cost_covers_given'); END;

CREATE TRIGGER cost_changes_help AFTER INSERT ON item_cost BEGIN
    UPDATE help_received SET satang = help_received.satang + h.quantity * (NEW.unit_satang - COALESCE(
        (SELECT c.unit_satang FROM item_cost AS c WHERE c.request_id = NEW.request_id AND c.item_code = NEW.item_code
            AND c.asked_satang = NEW.asked_satang AND c.id < NEW.id ORDER BY c.id DESC LIMIT 1), NEW.asked_satang))
    FROM (SELECT l.household_id AS household_id, r.dimension AS dimension, SUM(d.quantity) AS quantity
        FROM aid_line AS l JOIN aid_request AS r ON r.id = l.request_id JOIN delivery AS d ON d.line_id = l.id
        WHERE l.request_id = NEW.request_id AND l.item_code = NEW.item_code AND l.unit_satang = NEW.asked_satang
            AND d.quantity > 0
        GROUP BY l.household_id, r.dimension) AS h
    WHERE help_received.household_id = h.household_id AND help_received.dimension = h.dimension; END;

CREATE TRIGGER giver_keeps_no_costs BEFORE INSERT ON item_cost WHEN EXISTS (SELECT 1 FROM delivery AS d JOIN aid_line AS l ON l.id = d.line_id
    WHERE l.request_id = NEW.request_id AND d.quantity > 0 AND d.marked_by_id = NEW.entered_by_id) BEGIN SELECT RAISE(ABORT, 'giver_keeps_no_costs'); END;

CREATE TRIGGER second_keeps_no_costs BEFORE INSERT ON item_cost WHEN EXISTS (SELECT 1 FROM handover AS h
    WHERE h.request_id = NEW.request_id AND h.second_id = NEW.entered_by_id) BEGIN SELECT RAISE(ABORT, 'second_keeps_no_costs'); END;

CREATE TRIGGER shortage_of_order BEFORE INSERT ON line_shortage WHEN NOT EXISTS (SELECT 1 FROM payment_paper AS p JOIN order_line AS l ON l.order_id = p.order_id
    WHERE p.id = NEW.paper_id AND l.id = NEW.line_id AND p.kind IN ('delivery', 'inspection') AND NEW.quantity <= l.quantity) BEGIN SELECT RAISE(ABORT, 'shortage_of_order'); END;

CREATE TRIGGER final_line_shortage BEFORE UPDATE ON line_shortage WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_line_shortage'); END;

CREATE TRIGGER kept_line_shortage BEFORE DELETE ON line_shortage WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_line_shortage'); END;

CREATE TRIGGER final_logbook_entry BEFORE UPDATE ON logbook_entry WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_logbook_entry'); END;

CREATE TRIGGER kept_logbook_entry BEFORE DELETE ON logbook_entry WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_logbook_entry'); END;

CREATE TRIGGER amendment_of_own_help BEFORE INSERT ON logbook_entry WHEN NEW.amends_id IS NOT NULL AND (NEW.kind <> 'correction' OR NOT EXISTS (SELECT 1 FROM logbook_entry AS g
    WHERE g.id = NEW.amends_id AND g.household_id = NEW.household_id AND g.amends_id IS NULL)) BEGIN SELECT RAISE(ABORT, 'amendment_of_own_help'); END;

CREATE TRIGGER meeting_before_its_day BEFORE UPDATE ON meeting WHEN OLD.state = 'called' AND NEW.state <> 'called' AND NEW.early_reason = '' AND date(NEW.opened_at, '+7 hours') < NEW.held_on BEGIN SELECT RAISE(ABORT, 'meeting_before_its_day'); END;

CREATE TRIGGER meeting_words_while_it_lasts BEFORE UPDATE ON meeting WHEN OLD.state IN ('closed', 'cancelled')
    AND (OLD.announcements <> NEW.announcements OR OLD.other_business <> NEW.other_business) BEGIN SELECT RAISE(ABORT, 'meeting_words_while_it_lasts'); END;

CREATE TRIGGER meeting_moves_forward BEFORE UPDATE ON meeting WHEN OLD.state <> NEW.state AND NOT ((OLD.state = 'called' AND NEW.state IN ('open', 'cancelled'))
    OR (OLD.state = 'open' AND NEW.state = 'closed')) BEGIN SELECT RAISE(ABORT, 'meeting_moves_forward'); END;

CREATE TRIGGER meeting_moves_with_reason BEFORE UPDATE ON meeting WHEN OLD.held_on <> NEW.held_on AND (OLD.state <> 'called' OR NOT EXISTS (SELECT 1 FROM meeting_move AS m
    WHERE m.meeting_id = NEW.id AND m.from_on = OLD.held_on AND m.to_on = NEW.held_on)) BEGIN SELECT RAISE(ABORT, 'meeting_moves_with_reason'); END;

CREATE TRIGGER final_meeting BEFORE UPDATE ON meeting WHEN OLD.body_id IS NOT NEW.body_id OR OLD.rules_id IS NOT NEW.rules_id OR OLD.kind IS NOT NEW.kind OR OLD.number IS NOT NEW.number OR OLD.year_be IS NOT NEW.year_be OR OLD.members IS NOT NEW.members OR OLD.quorum IS NOT NEW.quorum OR OLD.called_by_id IS NOT NEW.called_by_id
    OR NOT (OLD.state = 'called' AND NEW.state = 'open') AND (OLD.chair_id IS NOT NEW.chair_id OR OLD.opened_at IS NOT NEW.opened_at OR OLD.certified_by_id IS NOT NEW.certified_by_id OR OLD.certified_present IS NOT NEW.certified_present OR OLD.early_reason IS NOT NEW.early_reason) BEGIN SELECT RAISE(ABORT, 'final_meeting'); END;

CREATE TRIGGER kept_meeting BEFORE DELETE ON meeting WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_meeting'); END;

CREATE TRIGGER meeting_by_its_rules BEFORE INSERT ON meeting WHEN NOT EXISTS (SELECT 1 FROM body_rules AS r WHERE r.id = NEW.rules_id AND r.body_id = NEW.body_id
    AND NEW.quorum = CASE WHEN r.quorum_count IS NULL THEN (NEW.members * r.quorum_part + r.quorum_whole - 1) / r.quorum_whole
        WHEN r.quorum_count < NEW.members THEN r.quorum_count ELSE NEW.members END
    AND (r.numbering = 'running') = (NEW.year_be = 0)) BEGIN SELECT RAISE(ABORT, 'meeting_by_its_rules'); END;

CREATE TRIGGER circulated_closes_as_ended BEFORE UPDATE ON meeting WHEN NEW.kind = 'circulated' AND OLD.state <> NEW.state AND (NEW.state <> 'closed'
    OR NOT EXISTS (SELECT 1 FROM circulation AS c WHERE c.meeting_id = NEW.id AND c.outcome <> 'open')) BEGIN SELECT RAISE(ABORT, 'circulated_closes_as_ended'); END;

CREATE TRIGGER final_meeting_move BEFORE UPDATE ON meeting_move WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_meeting_move'); END;

CREATE TRIGGER kept_meeting_move BEFORE DELETE ON meeting_move WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_meeting_move'); END;

CREATE TRIGGER final_meeting_roll BEFORE UPDATE ON meeting_roll WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_meeting_roll'); END;

CREATE TRIGGER kept_meeting_roll BEFORE DELETE ON meeting_roll WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_meeting_roll'); END;

CREATE TRIGGER member_keeps_name BEFORE UPDATE ON member WHEN ((OLD.first_name <> '' AND NEW.first_name <> OLD.first_name)
    OR (OLD.last_name <> '' AND NEW.last_name <> OLD.last_name)
    OR (OLD.prefix <> '' AND NEW.prefix <> OLD.prefix)
    OR (OLD.school_id <> '' AND NEW.school_id <> OLD.school_id)
    OR (OLD.id_key IS NOT NULL AND (NEW.id_key IS NULL OR NEW.id_key <> OLD.id_key)))
    AND NOT EXISTS (SELECT 1 FROM register_import_change AS c JOIN register_import AS i ON i.id = c.import_id
    WHERE c.what = 'member' AND c.row_id = OLD.id AND i.state = 'undone')
    AND NOT EXISTS (SELECT 1 FROM register_conflict AS d WHERE d.member_id = OLD.id AND d.decision = 'take' AND d.carried_out_at IS NULL) BEGIN SELECT RAISE(ABORT, 'member_keeps_name'); END;

CREATE TRIGGER member_stays BEFORE UPDATE ON member WHEN (NEW.household_id <> OLD.household_id OR (NEW."left" AND NOT OLD."left"))
    AND NOT EXISTS (SELECT 1 FROM register_conflict AS d WHERE d.member_id = OLD.id AND d.decision = 'take' AND d.carried_out_at IS NULL) BEGIN SELECT RAISE(ABORT, 'member_stays'); END;

CREATE TRIGGER member_enters_present BEFORE INSERT ON member WHEN NEW."left" BEGIN SELECT RAISE(ABORT, 'member_enters_present'); END;

CREATE TRIGGER kept_member BEFORE DELETE ON member WHEN NOT EXISTS (SELECT 1 FROM register_import_change AS c JOIN register_import AS i ON i.id = c.import_id
    WHERE c.what = 'member' AND c.row_id = OLD.id AND i.state = 'undone' AND c.is_new) BEGIN SELECT RAISE(ABORT, 'kept_member'); END;

CREATE TRIGGER member_added_empties_words AFTER INSERT ON member BEGIN UPDATE household SET search_words = '' WHERE id = NEW.household_id AND search_words <> ''; END;

CREATE TRIGGER member_changed_empties_words AFTER UPDATE ON member WHEN NEW.first_name <> OLD.first_name OR NEW.last_name <> OLD.last_name OR NEW.school <> OLD.school OR NEW.position <> OLD.position OR NEW."left" <> OLD."left" BEGIN UPDATE household SET search_words = '' WHERE id = NEW.household_id AND search_words <> ''; END;

CREATE TRIGGER final_message BEFORE UPDATE ON message WHEN OLD.key IS NOT NEW.key OR OLD.channel IS NOT NEW.channel OR OLD.recipient IS NOT NEW.recipient OR OLD.subject IS NOT NEW.subject OR OLD.body IS NOT NEW.body OR OLD.queued_at IS NOT NEW.queued_at BEGIN SELECT RAISE(ABORT, 'final_message'); END;

CREATE TRIGGER kept_message BEFORE DELETE ON message WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_message'); END;

CREATE TRIGGER message_sent_once BEFORE UPDATE ON message WHEN (OLD.state = 'sent' AND NEW.state <> 'sent')
    OR (OLD.state = 'unsure' AND NEW.state NOT IN ('unsure', 'sent')) BEGIN SELECT RAISE(ABORT, 'message_sent_once'); END;

CREATE TRIGGER minutes_endorsed_later BEFORE INSERT ON minutes WHEN NOT EXISTS (SELECT 1 FROM meeting AS n JOIN meeting AS m ON m.id = NEW.meeting_id
    WHERE n.id = NEW.endorsed_in_id AND n.state = 'open' AND m.state = 'closed' AND n.opened_at >= m.closed_at
    AND n.body_id = m.body_id AND n.kind = 'meeting' AND m.kind = 'meeting') BEGIN SELECT RAISE(ABORT, 'minutes_endorsed_later'); END;

CREATE TRIGGER final_minutes BEFORE UPDATE ON minutes WHEN NEW.meeting_id <> OLD.meeting_id OR NEW.endorsed_in_id <> OLD.endorsed_in_id OR NEW.corrections <> OLD.corrections
    OR NEW.pdf <> OLD.pdf OR NEW.sha256 <> OLD.sha256 OR NEW.endorsed_at <> OLD.endorsed_at OR NEW.endorsed_by_id <> OLD.endorsed_by_id
    OR OLD.scan IS NOT NULL BEGIN SELECT RAISE(ABORT, 'final_minutes'); END;

CREATE TRIGGER kept_minutes BEFORE DELETE ON minutes WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_minutes'); END;

CREATE TRIGGER final_motion BEFORE UPDATE ON motion WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_motion'); END;

CREATE TRIGGER motion_before_resolution BEFORE INSERT ON motion WHEN EXISTS (SELECT 1 FROM resolution WHERE item_id = NEW.item_id) BEGIN SELECT RAISE(ABORT, 'motion_before_resolution'); END;

CREATE TRIGGER circulated_asks_once BEFORE INSERT ON motion WHEN NEW.number > 1 AND EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id
    WHERE i.id = NEW.item_id AND m.kind = 'circulated') BEGIN SELECT RAISE(ABORT, 'circulated_asks_once'); END;

CREATE TRIGGER final_motion_line BEFORE UPDATE ON motion_line WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_motion_line'); END;

CREATE TRIGGER kept_motion_line BEFORE DELETE ON motion_line WHEN EXISTS (SELECT 1 FROM resolution AS r WHERE r.motion_id = OLD.motion_id) BEGIN SELECT RAISE(ABORT, 'kept_motion_line'); END;

CREATE TRIGGER motion_line_as_asked BEFORE INSERT ON motion_line WHEN NOT EXISTS (SELECT 1 FROM motion AS m JOIN agenda_item AS i ON i.id = m.item_id
    JOIN proposal_line AS l ON l.version_id = i.version_id
    WHERE m.id = NEW.motion_id AND l.id = NEW.line_id AND (m.kind = 'approve_in_part' AND NEW.quantity <= l.quantity
        OR m.kind = 'amend' AND l.first_id IS NOT NULL AND NEW.quantity = l.quantity))
    OR EXISTS (SELECT 1 FROM vote AS v WHERE v.motion_id = NEW.motion_id) BEGIN SELECT RAISE(ABORT, 'motion_line_as_asked'); END;

CREATE TRIGGER kept_motion_part BEFORE DELETE ON motion_part WHEN EXISTS (SELECT 1 FROM resolution AS r WHERE r.motion_id = OLD.motion_id) BEGIN SELECT RAISE(ABORT, 'kept_motion_part'); END;

CREATE TRIGGER final_motion_part BEFORE UPDATE ON motion_part WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_motion_part'); END;

CREATE TRIGGER final_network BEFORE UPDATE ON network WHEN OLD.code IS NOT NEW.code BEGIN SELECT RAISE(ABORT, 'final_network'); END;

CREATE TRIGGER kept_network BEFORE DELETE ON network WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_network'); END;

CREATE TRIGGER network_founded_in_branch BEFORE INSERT ON network WHEN NEW.path <> COALESCE((SELECT p.path FROM network AS p WHERE p.id = NEW.parent_id), '/') || NEW.code || '/'
    OR EXISTS (SELECT 1 FROM network AS p WHERE p.id = NEW.parent_id AND (p.path LIKE '%/' || NEW.code || '/%'
        OR (p.district_code IS NOT NULL AND COALESCE(NEW.district_code, '') <> p.district_code))) BEGIN SELECT RAISE(ABORT, 'network_founded_in_branch'); END;

CREATE TRIGGER network_moved_in_branch BEFORE UPDATE ON network WHEN NEW.path <> COALESCE((SELECT p.path FROM network AS p WHERE p.id = NEW.parent_id), '/') || NEW.code || '/'
    OR EXISTS (SELECT 1 FROM network AS p WHERE p.id = NEW.parent_id AND (p.path LIKE '%/' || NEW.code || '/%'
        OR (p.district_code IS NOT NULL AND COALESCE(NEW.district_code, '') <> p.district_code))) OR (NEW.district_code IS NOT NULL AND EXISTS (SELECT 1 FROM network AS b
            WHERE b.parent_id = NEW.id AND COALESCE(b.district_code, '') <> NEW.district_code)) BEGIN SELECT RAISE(ABORT, 'network_moved_in_branch'); END;

CREATE TRIGGER final_network_contact BEFORE UPDATE ON network_contact WHEN OLD.network_id IS NOT NEW.network_id OR OLD.office IS NOT NEW.office OR OLD.name IS NOT NEW.name OR OLD.phone IS NOT NEW.phone OR OLD.email IS NOT NEW.email OR OLD.line_user_id IS NOT NEW.line_user_id OR OLD.since_on IS NOT NEW.since_on OR OLD.written_at IS NOT NEW.written_at OR OLD.written_by_id IS NOT NEW.written_by_id BEGIN SELECT RAISE(ABORT, 'final_network_contact'); END;

CREATE TRIGGER kept_network_contact BEFORE DELETE ON network_contact WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_network_contact'); END;

CREATE TRIGGER contact_ends_once BEFORE UPDATE ON network_contact WHEN OLD.ended_on IS NOT NULL BEGIN SELECT RAISE(ABORT, 'contact_ends_once'); END;

CREATE TRIGGER final_nightly_run BEFORE UPDATE ON nightly_run WHEN OLD.on_date IS NOT NEW.on_date BEGIN SELECT RAISE(ABORT, 'final_nightly_run'); END;

CREATE TRIGGER kept_nightly_run BEFORE DELETE ON nightly_run WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_nightly_run'); END;

CREATE TRIGGER final_opening BEFORE UPDATE ON opening WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_opening'); END;

CREATE TRIGGER kept_opening BEFORE DELETE ON opening WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_opening'); END;

CREATE TRIGGER opening_by_two BEFORE INSERT ON opening WHEN NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
    AND a.kind = 'books.open' AND a.decision = 'approved' AND a.decided_by_id <> a.asked_by_id) BEGIN SELECT RAISE(ABORT, 'opening_by_two'); END;

CREATE TRIGGER opening_begins_the_books BEFORE INSERT ON opening WHEN EXISTS (SELECT 1 FROM closed_month) OR EXISTS (SELECT 1 FROM entry
    WHERE substr(CAST(on_date AS TEXT), 1, 7) < substr(CAST(NEW.posted_on AS TEXT), 1, 7)) BEGIN SELECT RAISE(ABORT, 'opening_begins_the_books'); END;

CREATE TRIGGER opening_counts_once BEFORE INSERT ON opening WHEN EXISTS (SELECT 1 FROM live_donation AS l JOIN donation AS g ON g.id = l.id
    WHERE l.satang > 0 AND g.paid_at < NEW.until_at) BEGIN SELECT RAISE(ABORT, 'opening_counts_once'); END;

CREATE TRIGGER final_opening_balance BEFORE UPDATE ON opening_balance WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_opening_balance'); END;

CREATE TRIGGER kept_opening_balance BEFORE DELETE ON opening_balance WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_opening_balance'); END;

CREATE TRIGGER opening_balance_as_approved BEFORE INSERT ON opening_balance WHEN NOT EXISTS (SELECT 1 FROM opening AS o JOIN approval_request AS a ON a.id = o.approval_request_id
    JOIN purpose AS p ON p.id = NEW.purpose_id WHERE o.id = NEW.opening_id
    AND a.payload LIKE '%"' || p.code || '": [' || NEW.satang || ', ' || NEW.spent_satang || ', %') BEGIN SELECT RAISE(ABORT, 'opening_balance_as_approved'); END;

CREATE TRIGGER invoice_of_open_order BEFORE INSERT ON order_invoice WHEN NOT EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = NEW.order_id
    AND o.approved_at IS NULL AND o.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment_approval AS y WHERE y.order_id = o.id)) BEGIN SELECT RAISE(ABORT, 'invoice_of_open_order'); END;

CREATE TRIGGER invoice_goes_before_signing BEFORE DELETE ON order_invoice WHEN NOT EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = OLD.order_id
    AND o.approved_at IS NULL AND o.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment_approval AS y WHERE y.order_id = o.id)) BEGIN SELECT RAISE(ABORT, 'invoice_goes_before_signing'); END;

CREATE TRIGGER final_order_invoice BEFORE UPDATE ON order_invoice WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_order_invoice'); END;

CREATE TRIGGER line_of_open_order BEFORE INSERT ON order_line WHEN NOT EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = NEW.order_id
    AND o.approved_at IS NULL AND o.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment_approval AS y WHERE y.order_id = o.id))
    OR (NEW.invoice_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM order_invoice AS i WHERE i.id = NEW.invoice_id AND i.order_id = NEW.order_id)) BEGIN SELECT RAISE(ABORT, 'line_of_open_order'); END;

CREATE TRIGGER line_goes_before_signing BEFORE DELETE ON order_line WHEN NOT EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = OLD.order_id
    AND o.approved_at IS NULL AND o.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment_approval AS y WHERE y.order_id = o.id)) BEGIN SELECT RAISE(ABORT, 'line_goes_before_signing'); END;

CREATE TRIGGER final_order_line BEFORE UPDATE ON order_line WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_order_line'); END;

CREATE TRIGGER order_line_as_resolved BEFORE INSERT ON order_line WHEN (NEW.line_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payment_order AS o
        JOIN proposal_version AS v ON v.proposal_id = o.proposal_id JOIN proposal_line AS l ON l.version_id = v.id
        WHERE o.id = NEW.order_id AND l.id = NEW.line_id AND l.first_id IS NULL))
    OR (EXISTS (SELECT 1 FROM payment_order AS o JOIN resolved_line AS m ON m.proposal_id = o.proposal_id WHERE o.id = NEW.order_id)
        AND NOT EXISTS (SELECT 1 FROM payment_order AS o JOIN resolved_line AS m ON m.proposal_id = o.proposal_id
            LEFT JOIN ordered_line AS d ON d.proposal_id = m.proposal_id AND d.line_id = m.line_id
            WHERE o.id = NEW.order_id AND m.line_id = NEW.line_id AND COALESCE(d.quantity, 0) + NEW.quantity <= m.quantity
            AND COALESCE(d.satang, 0) + NEW.satang <= m.satang)) BEGIN SELECT RAISE(ABORT, 'order_line_as_resolved'); END;

CREATE TRIGGER outgoing_match_equals BEFORE INSERT ON outgoing_match WHEN EXISTS (SELECT 1 FROM bank_event AS b WHERE b.id = NEW.event_id AND b.satang > 0)
    OR EXISTS (SELECT 1 FROM refund AS r WHERE r.paid_event_id = NEW.event_id)
    OR EXISTS (SELECT 1 FROM reconciliation_item AS i WHERE i.event_id = NEW.event_id AND i.state IN ('new', 'waiting'))
    OR (NEW.payment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payment AS y JOIN bank_event AS b ON b.id = NEW.event_id
        WHERE y.id = NEW.payment_id AND y.voided_at IS NULL AND b.satang = y.withheld_satang - y.satang)) BEGIN SELECT RAISE(ABORT, 'outgoing_match_equals'); END;

CREATE TRIGGER final_outgoing_match BEFORE UPDATE ON outgoing_match WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_outgoing_match'); END;

CREATE TRIGGER outgoing_match_stays BEFORE DELETE ON outgoing_match WHEN EXISTS (SELECT 1 FROM payment AS y WHERE y.id = OLD.payment_id AND (y.voided_at IS NOT NULL OR y.void_event_id IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'outgoing_match_stays'); END;

CREATE TRIGGER final_paper_receipt_book BEFORE UPDATE ON paper_receipt_book WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_paper_receipt_book'); END;

CREATE TRIGGER kept_paper_receipt_book BEFORE DELETE ON paper_receipt_book WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_paper_receipt_book'); END;

CREATE TRIGGER paper_book_by_two BEFORE INSERT ON paper_receipt_book WHEN NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
    AND a.kind = 'paper_book.register' AND a.decision = 'approved' AND a.decided_by_id <> a.asked_by_id) BEGIN SELECT RAISE(ABORT, 'paper_book_by_two'); END;

CREATE TRIGGER paper_book_before_receipts BEFORE INSERT ON paper_receipt_book WHEN EXISTS (SELECT 1 FROM receipt AS r WHERE r.fiscal_year_be = NEW.fiscal_year_be AND r.book = '') BEGIN SELECT RAISE(ABORT, 'paper_book_before_receipts'); END;

CREATE TRIGGER final_password_link BEFORE UPDATE ON password_link WHEN OLD.user_id IS NOT NEW.user_id OR OLD.seed IS NOT NEW.seed OR OLD.token_hash IS NOT NEW.token_hash OR OLD.approval_request_id IS NOT NEW.approval_request_id OR OLD.made_at IS NOT NEW.made_at OR OLD.expires_at IS NOT NEW.expires_at BEGIN SELECT RAISE(ABORT, 'final_password_link'); END;

CREATE TRIGGER kept_password_link BEFORE DELETE ON password_link WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_password_link'); END;

CREATE TRIGGER password_link_used_once BEFORE UPDATE ON password_link WHEN OLD.used_at IS NOT NULL OR NEW.used_at >= OLD.expires_at BEGIN SELECT RAISE(ABORT, 'password_link_used_once'); END;

CREATE TRIGGER password_link_by_two BEFORE INSERT ON password_link WHEN NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id AND a.kind IN ('password.reset', 'role.grant')
    AND a.decision = 'approved' AND a.concerned_id = NEW.user_id) BEGIN SELECT RAISE(ABORT, 'password_link_by_two'); END;

CREATE TRIGGER payee_by_two BEFORE INSERT ON payee WHEN NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id AND a.decision = 'approved'
    AND a.kind = 'account.open' AND a.subject = 'account:' || NEW.account_id
    AND instr(a.payload, '"biller_id": ' || COALESCE('"' || NEW.biller_id || '"', 'null')) > 0 AND instr(a.payload, '"promptpay_id": ' || COALESCE('"' || NEW.promptpay_id || '"', 'null')) > 0) BEGIN SELECT RAISE(ABORT, 'payee_by_two'); END;

CREATE TRIGGER payee_waits BEFORE INSERT ON payee WHEN EXISTS (SELECT 1 FROM payee AS last WHERE last.id = (
        SELECT MAX(one.id) FROM payee AS one WHERE one.ended_at IS NULL OR one.ended_at > one.from_at)
    AND (last.account_id <> NEW.account_id OR last.biller_id IS NOT NEW.biller_id
        OR last.promptpay_id IS NOT NEW.promptpay_id))
    AND EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id AND julianday(NEW.from_at) < julianday(a.decided_at) + 0.99999) BEGIN SELECT RAISE(ABORT, 'payee_waits'); END;

CREATE TRIGGER final_payee BEFORE UPDATE ON payee WHEN OLD.account_id IS NOT NEW.account_id OR OLD.biller_id IS NOT NEW.biller_id OR OLD.promptpay_id IS NOT NEW.promptpay_id OR OLD.approval_request_id IS NOT NEW.approval_request_id OR OLD.from_at IS NOT NEW.from_at BEGIN SELECT RAISE(ABORT, 'final_payee'); END;

CREATE TRIGGER kept_payee BEFORE DELETE ON payee WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_payee'); END;

CREATE TRIGGER payee_ended_once BEFORE UPDATE ON payee WHEN OLD.ended_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'payee_ended_once'); END;

CREATE TRIGGER payment_needs_approval BEFORE INSERT ON payment WHEN NOT EXISTS (SELECT 1 FROM proposal WHERE id = NEW.proposal_id AND state = 'approved') BEGIN SELECT RAISE(ABORT, 'payment_needs_approval'); END;

CREATE TRIGGER payer_is_another_person BEFORE INSERT ON payment WHEN EXISTS (SELECT 1 FROM proposal WHERE id = NEW.proposal_id AND NEW.paid_by_id IN (submitted_by_id, asked_by_id))
    OR EXISTS (SELECT 1 FROM vote AS v JOIN agenda_item AS a ON a.id = v.item_id
        WHERE a.proposal_id = NEW.proposal_id AND v.member_id = NEW.paid_by_id) BEGIN SELECT RAISE(ABORT, 'payer_is_another_person'); END;

CREATE TRIGGER voucher_without_gap BEFORE INSERT ON payment WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM payment WHERE fiscal_year_be = NEW.fiscal_year_be) BEGIN SELECT RAISE(ABORT, 'voucher_without_gap'); END;

CREATE TRIGGER final_payment BEFORE UPDATE ON payment WHEN OLD.id IS NOT NEW.id OR OLD.fiscal_year_be IS NOT NEW.fiscal_year_be OR OLD.number IS NOT NEW.number OR OLD.proposal_id IS NOT NEW.proposal_id OR OLD.account_id IS NOT NEW.account_id OR OLD.satang IS NOT NEW.satang OR OLD.withheld_satang IS NOT NEW.withheld_satang OR OLD.vendor IS NOT NEW.vendor OR OLD.vendor_bank IS NOT NEW.vendor_bank OR OLD.vendor_account IS NOT NEW.vendor_account OR OLD.transfer_ref IS NOT NEW.transfer_ref OR OLD.invoice IS NOT NEW.invoice OR OLD.paid_on IS NOT NEW.paid_on OR OLD.paid_at IS NOT NEW.paid_at OR OLD.paid_by_id IS NOT NEW.paid_by_id OR OLD.order_id IS NOT NEW.order_id BEGIN SELECT RAISE(ABORT, 'final_payment'); END;

CREATE TRIGGER kept_payment BEFORE DELETE ON payment WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_payment'); END;

CREATE TRIGGER payment_in_file_waits BEFORE INSERT ON payment WHEN EXISTS (SELECT 1 FROM transfer_file_line AS l WHERE l.order_id = NEW.order_id AND l.result <> 'paid') BEGIN SELECT RAISE(ABORT, 'payment_in_file_waits'); END;

CREATE TRIGGER payment_follows_order BEFORE INSERT ON payment WHEN NEW.void_asked_at IS NOT NULL OR NEW.voided_at IS NOT NULL OR NEW.returned_satang <> 0 OR NOT EXISTS (SELECT 1
    FROM payment_order AS o WHERE o.id = NEW.order_id AND o.approved_at IS NOT NULL
    AND o.withdrawn_at IS NULL AND o.proposal_id = NEW.proposal_id AND o.satang = NEW.satang AND o.withheld_satang = NEW.withheld_satang
    AND o.vendor = NEW.vendor AND o.vendor_bank = NEW.vendor_bank
    AND o.vendor_account = NEW.vendor_account AND o.invoice = NEW.invoice) BEGIN SELECT RAISE(ABORT, 'payment_follows_order'); END;

CREATE TRIGGER void_moves_forward BEFORE UPDATE ON payment WHEN OLD.voided_at IS NOT NULL OR (NEW.voided_at IS NOT NULL
    AND (OLD.void_asked_at IS NULL OR OLD.void_asked_by_id <> NEW.void_asked_by_id)) BEGIN SELECT RAISE(ABORT, 'void_moves_forward'); END;

CREATE TRIGGER void_without_bank_line BEFORE UPDATE ON payment WHEN NEW.voided_at IS NOT NULL AND NEW.void_event_id IS NULL AND (EXISTS (
    SELECT 1 FROM outgoing_match AS m WHERE m.payment_id = NEW.id) OR EXISTS (SELECT 1 FROM bank_event AS b WHERE b.satang = NEW.withheld_satang - NEW.satang AND b.source <> 'withdrawn'
    AND (UPPER(REPLACE(b.bank_ref, ' ', '')) = UPPER(NEW.transfer_ref)
        OR UPPER(REPLACE(b.ref1, ' ', '')) = UPPER(NEW.transfer_ref)
        OR (LENGTH(NEW.transfer_ref) >= 4
            AND UPPER(b.description) LIKE '%' || UPPER(NEW.transfer_ref) || '%')))) BEGIN SELECT RAISE(ABORT, 'void_without_bank_line'); END;

CREATE TRIGGER void_keeps_delivered BEFORE UPDATE ON payment WHEN OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL
    AND (SELECT COALESCE(SUM(d.quantity * v.unit_satang), 0) FROM delivery AS d
        JOIN aid_line_value AS v ON v.line_id = d.line_id JOIN aid_request AS r ON r.id = v.request_id
        JOIN proposal AS p ON p.code = r.code WHERE p.id = NEW.proposal_id)
    > (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y
        WHERE y.proposal_id = NEW.proposal_id AND y.voided_at IS NULL AND y.id <> NEW.id) BEGIN SELECT RAISE(ABORT, 'void_keeps_delivered'); END;

CREATE TRIGGER payment_within_resolution BEFORE INSERT ON payment WHEN NEW.satang + (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y WHERE y.proposal_id = NEW.proposal_id AND y.voided_at IS NULL)
    > (SELECT COALESCE(SUM(c.satang), 0) FROM committed_part AS c WHERE c.proposal_id = NEW.proposal_id) BEGIN SELECT RAISE(ABORT, 'payment_within_resolution'); END;

CREATE TRIGGER void_event_is_money_back BEFORE UPDATE ON payment WHEN OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL AND NEW.void_event_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM bank_event AS b JOIN reconciliation_item AS i ON i.event_id = b.id
        WHERE b.id = NEW.void_event_id AND b.satang = NEW.satang - NEW.withheld_satang AND i.state = 'excluded') BEGIN SELECT RAISE(ABORT, 'void_event_is_money_back'); END;

CREATE TRIGGER cleared_is_not_voided BEFORE UPDATE ON payment WHEN NEW.voided_at IS NOT NULL AND EXISTS (SELECT 1 FROM advance_clearing AS c WHERE c.payment_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'cleared_is_not_voided'); END;

CREATE TRIGGER void_keeps_remitted BEFORE UPDATE ON payment WHEN OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL AND EXISTS (SELECT 1 FROM tax_certificate AS c WHERE c.payment_id = NEW.id
    AND (SELECT COALESCE(SUM(r.satang), 0) FROM tax_remittance AS r WHERE r.first_on = c.first_on AND r.form = c.form)
    > (SELECT COALESCE(SUM(o.satang), 0) FROM tax_certificate AS o JOIN payment AS y ON y.id = o.payment_id
        WHERE o.first_on = c.first_on AND o.form = c.form AND y.voided_at IS NULL AND y.returned_satang < y.satang AND y.id <> NEW.id)) BEGIN SELECT RAISE(ABORT, 'void_keeps_remitted'); END;

CREATE TRIGGER returned_by_returns BEFORE UPDATE ON payment WHEN NEW.returned_satang <> OLD.returned_satang
    AND NEW.returned_satang <> (SELECT COALESCE(SUM(b.satang + b.tax_satang), 0) FROM payment_return AS b
        WHERE b.payment_id = NEW.id AND b.confirmed_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'returned_by_returns'); END;

CREATE TRIGGER returned_is_not_voided BEFORE UPDATE ON payment WHEN (NEW.voided_at IS NOT NULL OR (OLD.void_asked_at IS NULL AND NEW.void_asked_at IS NOT NULL))
    AND EXISTS (SELECT 1 FROM payment_return AS b WHERE b.payment_id = NEW.id AND b.declined_at IS NULL) BEGIN SELECT RAISE(ABORT, 'returned_is_not_voided'); END;

CREATE TRIGGER void_event_is_no_return BEFORE UPDATE ON payment WHEN NEW.void_event_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM payment_return AS b WHERE b.event_id = NEW.void_event_id AND b.declined_at IS NULL) BEGIN SELECT RAISE(ABORT, 'void_event_is_no_return'); END;

CREATE TRIGGER officer_pays_no_advance BEFORE INSERT ON payment WHEN EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id JOIN payment_order AS o ON o.vendor_account_id = a.id
    WHERE o.id = NEW.order_id AND v.user_id = NEW.paid_by_id) BEGIN SELECT RAISE(ABORT, 'officer_pays_no_advance'); END;

CREATE TRIGGER officer_voids_no_advance BEFORE UPDATE ON payment WHEN OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL AND EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id JOIN payment_order AS o ON o.vendor_account_id = a.id
    WHERE o.id = NEW.order_id AND v.user_id = NEW.voided_by_id) BEGIN SELECT RAISE(ABORT, 'officer_voids_no_advance'); END;

CREATE TRIGGER second_pays_nothing BEFORE INSERT ON payment WHEN EXISTS (SELECT 1 FROM handover AS h JOIN aid_request AS r ON r.id = h.request_id
    JOIN proposal AS p ON p.code = r.code WHERE p.id = NEW.proposal_id AND h.second_id = NEW.paid_by_id) BEGIN SELECT RAISE(ABORT, 'second_pays_nothing'); END;

CREATE TRIGGER undone_leaves_month AFTER UPDATE ON payment WHEN NEW.withheld_satang > 0 AND OLD.voided_at IS NULL AND OLD.returned_satang < OLD.satang
    AND (NEW.voided_at IS NOT NULL OR NEW.returned_satang = NEW.satang) BEGIN UPDATE withheld_month SET payments = payments - 1, withheld_satang = withheld_satang - NEW.withheld_satang
        WHERE (first_on, form) = (SELECT c.first_on, c.form FROM tax_certificate AS c WHERE c.payment_id = NEW.id); END;

CREATE TRIGGER giver_approves_nothing BEFORE INSERT ON payment_approval WHEN EXISTS (SELECT 1 FROM delivery AS d JOIN aid_line AS l ON l.id = d.line_id
    JOIN aid_request AS r ON r.id = l.request_id JOIN proposal AS p ON p.code = r.code
    WHERE d.quantity > 0 AND p.id = (SELECT proposal_id FROM payment_order WHERE id = NEW.order_id) AND d.marked_by_id = NEW.user_id) BEGIN SELECT RAISE(ABORT, 'giver_approves_nothing'); END;

CREATE TRIGGER approval_by_signatory BEFORE INSERT ON payment_approval WHEN NOT EXISTS (SELECT 1 FROM signatory AS s WHERE s.id = NEW.signatory_id
    AND s.user_id = NEW.user_id AND s.ended_at IS NULL AND s.from_on <= NEW.on_day
    AND (s.to_on IS NULL OR s.to_on >= NEW.on_day)) OR NOT EXISTS (SELECT 1 FROM role_grant AS held
    WHERE held.user_id = NEW.user_id AND held.revoked_at IS NULL AND held.role IN ('finance', 'chair', 'fund_officer')) BEGIN SELECT RAISE(ABORT, 'approval_by_signatory'); END;

CREATE TRIGGER approval_of_open_order BEFORE INSERT ON payment_approval WHEN EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = NEW.order_id
    AND (o.approved_at IS NOT NULL OR o.withdrawn_at IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'approval_of_open_order'); END;

CREATE TRIGGER approver_is_another_person BEFORE INSERT ON payment_approval WHEN EXISTS (SELECT 1 FROM payment_order AS o JOIN proposal AS p ON p.id = o.proposal_id
    WHERE o.id = NEW.order_id AND NEW.user_id IN (o.prepared_by_id, p.submitted_by_id, p.asked_by_id)) BEGIN SELECT RAISE(ABORT, 'approver_is_another_person'); END;

CREATE TRIGGER final_payment_approval BEFORE UPDATE ON payment_approval WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_payment_approval'); END;

CREATE TRIGGER kept_payment_approval BEFORE DELETE ON payment_approval WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_payment_approval'); END;

CREATE TRIGGER approval_knows_tax BEFORE INSERT ON payment_approval WHEN EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = NEW.order_id
    AND o.withheld_satang <> (SELECT COALESCE(SUM(w.satang), 0) FROM withholding AS w WHERE w.order_id = o.id)) BEGIN SELECT RAISE(ABORT, 'approval_knows_tax'); END;

CREATE TRIGGER approval_of_whole_split BEFORE INSERT ON payment_approval WHEN EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = NEW.order_id AND (
    (EXISTS (SELECT 1 FROM order_line AS l WHERE l.order_id = o.id)
        AND o.satang <> (SELECT SUM(l.satang) FROM order_line AS l WHERE l.order_id = o.id))
    OR (EXISTS (SELECT 1 FROM order_invoice AS i WHERE i.order_id = o.id)
        AND o.satang <> (SELECT SUM(i.satang) FROM order_invoice AS i WHERE i.order_id = o.id))
    OR EXISTS (SELECT 1 FROM order_invoice AS i JOIN order_line AS l ON l.invoice_id = i.id WHERE i.order_id = o.id
        GROUP BY i.id, i.satang HAVING SUM(l.satang) <> i.satang))) BEGIN SELECT RAISE(ABORT, 'approval_of_whole_split'); END;

CREATE TRIGGER officer_approves_no_advance BEFORE INSERT ON payment_approval WHEN EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id JOIN payment_order AS o ON o.vendor_account_id = a.id
    WHERE o.id = NEW.order_id AND v.user_id = NEW.user_id) BEGIN SELECT RAISE(ABORT, 'officer_approves_no_advance'); END;

CREATE TRIGGER approval_of_resolved_lines BEFORE INSERT ON payment_approval WHEN EXISTS (SELECT 1 FROM payment_order AS o JOIN resolved_line AS m ON m.proposal_id = o.proposal_id
    WHERE o.id = NEW.order_id AND (NOT EXISTS (SELECT 1 FROM order_line AS l WHERE l.order_id = o.id)
        OR EXISTS (SELECT 1 FROM order_line AS l WHERE l.order_id = o.id AND l.line_id IS NULL))) BEGIN SELECT RAISE(ABORT, 'approval_of_resolved_lines'); END;

CREATE TRIGGER second_approves_nothing BEFORE INSERT ON payment_approval WHEN EXISTS (SELECT 1 FROM handover AS h JOIN aid_request AS r ON r.id = h.request_id
    JOIN proposal AS p ON p.code = r.code WHERE p.id = (SELECT proposal_id FROM payment_order WHERE id = NEW.order_id) AND h.second_id = NEW.user_id) BEGIN SELECT RAISE(ABORT, 'second_approves_nothing'); END;

CREATE TRIGGER giver_prepares_nothing BEFORE INSERT ON payment_order WHEN EXISTS (SELECT 1 FROM delivery AS d JOIN aid_line AS l ON l.id = d.line_id
    JOIN aid_request AS r ON r.id = l.request_id JOIN proposal AS p ON p.code = r.code
    WHERE d.quantity > 0 AND p.id = NEW.proposal_id AND d.marked_by_id = NEW.prepared_by_id) BEGIN SELECT RAISE(ABORT, 'giver_prepares_nothing'); END;

CREATE TRIGGER final_payment_order BEFORE UPDATE ON payment_order WHEN OLD.id IS NOT NEW.id OR OLD.proposal_id IS NOT NEW.proposal_id OR OLD.satang IS NOT NEW.satang OR OLD.withheld_satang IS NOT NEW.withheld_satang OR OLD.vendor_account_id IS NOT NEW.vendor_account_id OR OLD.vendor IS NOT NEW.vendor OR OLD.vendor_bank IS NOT NEW.vendor_bank OR OLD.vendor_account IS NOT NEW.vendor_account OR OLD.invoice IS NOT NEW.invoice OR OLD.signatures IS NOT NEW.signatures OR OLD.signing_group IS NOT NEW.signing_group OR OLD.prepared_at IS NOT NEW.prepared_at OR OLD.prepared_by_id IS NOT NEW.prepared_by_id OR OLD.again_of_id IS NOT NEW.again_of_id BEGIN SELECT RAISE(ABORT, 'final_payment_order'); END;

CREATE TRIGGER kept_payment_order BEFORE DELETE ON payment_order WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_payment_order'); END;

CREATE TRIGGER order_moves_forward BEFORE UPDATE ON payment_order WHEN OLD.withdrawn_at IS NOT NULL
    OR (OLD.approved_at IS NOT NULL AND (NEW.approved_at IS NULL OR NEW.approved_at <> OLD.approved_at))
    OR (NEW.withdrawn_at IS NOT NULL AND ((OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL)
        OR EXISTS (SELECT 1 FROM payment WHERE order_id = OLD.id))) BEGIN SELECT RAISE(ABORT, 'order_moves_forward'); END;

CREATE TRIGGER preparer_is_another_person BEFORE INSERT ON payment_order WHEN EXISTS (SELECT 1 FROM proposal AS p WHERE p.id = NEW.proposal_id
    AND NEW.prepared_by_id IN (p.submitted_by_id, p.asked_by_id)) OR EXISTS (SELECT 1 FROM vote AS v JOIN agenda_item AS a ON a.id = v.item_id
    WHERE a.proposal_id = NEW.proposal_id AND v.member_id = NEW.prepared_by_id) BEGIN SELECT RAISE(ABORT, 'preparer_is_another_person'); END;

CREATE TRIGGER order_approved_by_rule BEFORE UPDATE ON payment_order WHEN OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL
    AND ((SELECT COUNT(*) FROM payment_approval AS y WHERE y.order_id = NEW.id) < NEW.signatures
        OR (NEW.signing_group <> '' AND NOT EXISTS (SELECT 1 FROM payment_approval AS y JOIN signatory AS s ON s.id = y.signatory_id
            WHERE y.order_id = NEW.id AND s.group_code = NEW.signing_group))) BEGIN SELECT RAISE(ABORT, 'order_approved_by_rule'); END;

CREATE TRIGGER order_pays_confirmed_vendor BEFORE INSERT ON payment_order WHEN NOT EXISTS (SELECT 1 FROM vendor_account AS a JOIN vendor AS v ON v.id = a.vendor_id
    WHERE a.id = NEW.vendor_account_id AND v.closed_at IS NULL AND a.from_at <= NEW.prepared_at AND a.bank_code = NEW.vendor_bank
    AND a.number = NEW.vendor_account AND v.name = NEW.vendor AND NOT EXISTS (SELECT 1 FROM vendor_account AS l
        WHERE l.vendor_id = a.vendor_id AND l.id > a.id AND l.from_at <= NEW.prepared_at)) BEGIN SELECT RAISE(ABORT, 'order_pays_confirmed_vendor'); END;

CREATE TRIGGER order_within_resolution BEFORE INSERT ON payment_order WHEN NEW.satang + (SELECT COALESCE(SUM(o.satang), 0) FROM payment_order AS o
        WHERE o.proposal_id = NEW.proposal_id AND o.withdrawn_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM payment AS y WHERE y.order_id = o.id))
    + (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y WHERE y.proposal_id = NEW.proposal_id AND y.voided_at IS NULL)
    > (SELECT COALESCE(SUM(c.satang), 0) FROM committed_part AS c WHERE c.proposal_id = NEW.proposal_id) BEGIN SELECT RAISE(ABORT, 'order_within_resolution'); END;

CREATE TRIGGER order_needs_resolution BEFORE INSERT ON payment_order WHEN NEW.approved_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM proposal WHERE id = NEW.proposal_id AND state = 'approved') BEGIN SELECT RAISE(ABORT, 'order_needs_resolution'); END;

CREATE TRIGGER order_in_file_waits BEFORE UPDATE ON payment_order WHEN NEW.withdrawn_at IS NOT NULL AND EXISTS (SELECT 1 FROM transfer_file_line AS l
    WHERE l.order_id = NEW.id AND l.result <> 'failed') BEGIN SELECT RAISE(ABORT, 'order_in_file_waits'); END;

CREATE TRIGGER order_after_refusal BEFORE INSERT ON payment_order WHEN EXISTS (SELECT 1 FROM resolution AS r WHERE r.proposal_id = NEW.proposal_id AND r.kind = 'reject'
    AND r.supersedes_id = (SELECT MAX(a.id) FROM resolution AS a WHERE a.proposal_id = NEW.proposal_id
        AND a.kind IN ('approve', 'approve_in_part', 'amend'))) BEGIN SELECT RAISE(ABORT, 'order_after_refusal'); END;

CREATE TRIGGER officer_prepares_no_advance BEFORE INSERT ON payment_order WHEN EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id
    WHERE a.id = NEW.vendor_account_id AND v.user_id = NEW.prepared_by_id) BEGIN SELECT RAISE(ABORT, 'officer_prepares_no_advance'); END;

CREATE TRIGGER again_of_failed BEFORE INSERT ON payment_order WHEN NEW.again_of_id IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM payment_order AS o
        JOIN transfer_file_line AS l ON l.order_id = o.id JOIN vendor_account AS a ON a.id = o.vendor_account_id
        JOIN vendor_account AS n ON n.vendor_id = a.vendor_id
        WHERE o.id = NEW.again_of_id AND n.id = NEW.vendor_account_id AND l.result = 'failed' AND o.withdrawn_at IS NOT NULL
        AND o.proposal_id = NEW.proposal_id AND o.satang = NEW.satang AND o.withheld_satang = NEW.withheld_satang)
    OR EXISTS (SELECT 1 FROM payment_order AS s WHERE s.again_of_id = NEW.again_of_id AND (s.withdrawn_at IS NULL
        OR EXISTS (SELECT 1 FROM transfer_file_line AS f WHERE f.order_id = s.id AND f.result = 'failed')))) BEGIN SELECT RAISE(ABORT, 'again_of_failed'); END;

CREATE TRIGGER second_prepares_nothing BEFORE INSERT ON payment_order WHEN EXISTS (SELECT 1 FROM handover AS h JOIN aid_request AS r ON r.id = h.request_id
    JOIN proposal AS p ON p.code = r.code WHERE p.id = NEW.proposal_id AND h.second_id = NEW.prepared_by_id) BEGIN SELECT RAISE(ABORT, 'second_prepares_nothing'); END;

CREATE TRIGGER final_payment_paper BEFORE UPDATE ON payment_paper WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_payment_paper'); END;

CREATE TRIGGER kept_payment_paper BEFORE DELETE ON payment_paper WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_payment_paper'); END;

CREATE TRIGGER final_payment_request BEFORE UPDATE ON payment_request WHEN OLD.code IS NOT NEW.code OR OLD.ref1 IS NOT NEW.ref1 OR OLD.ref2 IS NOT NEW.ref2 OR OLD.account_id IS NOT NEW.account_id OR OLD.purpose_id IS NOT NEW.purpose_id OR OLD.pledge_id IS NOT NEW.pledge_id OR OLD.network_id IS NOT NEW.network_id OR OLD.wish_satang IS NOT NEW.wish_satang OR OLD.due_satang IS NOT NEW.due_satang OR OLD.tag IS NOT NEW.tag OR OLD.payload IS NOT NEW.payload OR OLD.opened_at IS NOT NEW.opened_at BEGIN SELECT RAISE(ABORT, 'final_payment_request'); END;

CREATE TRIGGER kept_payment_request BEFORE DELETE ON payment_request WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_payment_request'); END;

CREATE TRIGGER payment_request_reference_is_new BEFORE INSERT ON payment_request WHEN EXISTS (SELECT 1 FROM collection WHERE ref1 = NEW.ref1) BEGIN SELECT RAISE(ABORT, 'payment_request_reference_is_new'); END;

CREATE TRIGGER payment_request_stays_received BEFORE UPDATE ON payment_request WHEN OLD.state = 'received' AND NEW.state <> 'received' AND EXISTS (
    SELECT 1 FROM donation AS g WHERE g.payment_request_id = NEW.id AND NOT EXISTS (
        SELECT 1 FROM donation_reversal AS r WHERE r.donation_id = g.id AND r.kind = 'undone')) BEGIN SELECT RAISE(ABORT, 'payment_request_stays_received'); END;

CREATE TRIGGER return_of_standing_payment BEFORE INSERT ON payment_return WHEN NEW.confirmed_at IS NOT NULL OR NEW.declined_at IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM payment AS y WHERE y.id = NEW.payment_id AND y.void_asked_at IS NULL
    AND NEW.satang + y.returned_satang
        + (SELECT COALESCE(SUM(c.satang), 0) FROM advance_clearing AS c WHERE c.payment_id = y.id) <= y.satang - y.withheld_satang) BEGIN SELECT RAISE(ABORT, 'return_of_standing_payment'); END;

CREATE TRIGGER return_is_its_bank_line BEFORE INSERT ON payment_return WHEN NOT EXISTS (SELECT 1 FROM bank_event AS b WHERE b.id = NEW.event_id AND b.satang = NEW.satang AND b.source <> 'withdrawn')
    OR EXISTS (SELECT 1 FROM payment AS y WHERE y.void_event_id = NEW.event_id) BEGIN SELECT RAISE(ABORT, 'return_is_its_bank_line'); END;

CREATE TRIGGER final_payment_return BEFORE UPDATE ON payment_return WHEN OLD.id IS NOT NEW.id OR OLD.payment_id IS NOT NEW.payment_id OR OLD.satang IS NOT NEW.satang OR OLD.event_id IS NOT NEW.event_id OR OLD.reason IS NOT NEW.reason OR OLD.asked_at IS NOT NEW.asked_at OR OLD.asked_by_id IS NOT NEW.asked_by_id BEGIN SELECT RAISE(ABORT, 'final_payment_return'); END;

CREATE TRIGGER kept_payment_return BEFORE DELETE ON payment_return WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_payment_return'); END;

CREATE TRIGGER return_ends_once BEFORE UPDATE ON payment_return WHEN OLD.confirmed_at IS NOT NULL OR OLD.declined_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'return_ends_once'); END;

CREATE TRIGGER return_line_is_decided BEFORE UPDATE ON payment_return WHEN OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM reconciliation_item AS i JOIN bank_event AS b ON b.id = i.event_id
    WHERE i.event_id = NEW.event_id AND i.state = 'excluded' AND b.source <> 'withdrawn') BEGIN SELECT RAISE(ABORT, 'return_line_is_decided'); END;

CREATE TRIGGER return_keeps_delivered BEFORE UPDATE ON payment_return WHEN OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL
    AND (SELECT COALESCE(SUM(d.quantity * v.unit_satang), 0) FROM delivery AS d
        JOIN aid_line_value AS v ON v.line_id = d.line_id JOIN aid_request AS r ON r.id = v.request_id
        JOIN proposal AS p ON p.code = r.code JOIN payment AS w ON w.proposal_id = p.id WHERE w.id = NEW.payment_id)
    > (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y
        WHERE y.proposal_id = (SELECT w.proposal_id FROM payment AS w WHERE w.id = NEW.payment_id) AND y.voided_at IS NULL) - NEW.satang - NEW.tax_satang BEGIN SELECT RAISE(ABORT, 'return_keeps_delivered'); END;

CREATE TRIGGER return_moves_payment AFTER UPDATE ON payment_return WHEN OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL BEGIN UPDATE payment SET returned_satang = returned_satang + NEW.satang + NEW.tax_satang
    WHERE id = NEW.payment_id; END;

CREATE TRIGGER officer_confirms_no_return BEFORE UPDATE ON payment_return WHEN EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id JOIN payment_order AS o ON o.vendor_account_id = a.id JOIN payment AS y ON y.order_id = o.id
    WHERE y.id = NEW.payment_id AND v.user_id = NEW.confirmed_by_id) BEGIN SELECT RAISE(ABORT, 'officer_confirms_no_return'); END;

CREATE TRIGGER return_gives_back_tax BEFORE UPDATE ON payment_return WHEN CASE WHEN OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL THEN NEW.tax_satang <> (SELECT CASE
        WHEN y.returned_satang + NEW.satang = y.satang - y.withheld_satang AND NOT EXISTS (SELECT 1 FROM tax_certificate AS c
            JOIN tax_remittance AS r ON r.first_on = c.first_on AND r.form = c.form WHERE c.payment_id = y.id)
        THEN y.withheld_satang ELSE 0 END FROM payment AS y WHERE y.id = NEW.payment_id)
    ELSE NEW.tax_satang <> OLD.tax_satang END BEGIN SELECT RAISE(ABORT, 'return_gives_back_tax'); END;

CREATE TRIGGER return_begins_without_tax BEFORE INSERT ON payment_return WHEN NEW.tax_satang <> 0 BEGIN SELECT RAISE(ABORT, 'return_begins_without_tax'); END;

CREATE TRIGGER final_photo BEFORE UPDATE ON photo WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_photo'); END;

CREATE TRIGGER kept_photo BEFORE DELETE ON photo WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_photo'); END;

CREATE TRIGGER final_pledge BEFORE UPDATE ON pledge WHEN OLD.code IS NOT NEW.code OR OLD.network_id IS NOT NEW.network_id OR OLD.purpose_id IS NOT NEW.purpose_id OR OLD.satang IS NOT NEW.satang OR OLD.stated_by_id IS NOT NEW.stated_by_id OR OLD.kind IS NOT NEW.kind OR OLD.what IS NOT NEW.what OR OLD.quantity IS NOT NEW.quantity OR OLD.unit IS NOT NEW.unit OR (OLD.expected_on IS NOT NEW.expected_on AND NOT EXISTS (SELECT 1 FROM due_date_request AS r
    WHERE r.pledge_id = OLD.id AND r.accepted AND r.from_on = OLD.expected_on AND r.to_on = NEW.expected_on)) OR OLD.basis IS NOT NEW.basis BEGIN SELECT RAISE(ABORT, 'final_pledge'); END;

CREATE TRIGGER kept_pledge BEFORE DELETE ON pledge WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_pledge'); END;

CREATE TRIGGER pledge_ends_once BEFORE UPDATE ON pledge WHEN OLD.state <> 'stated' AND NEW.state <> OLD.state BEGIN SELECT RAISE(ABORT, 'pledge_ends_once'); END;

CREATE TRIGGER settled_leaves_no_order BEFORE UPDATE ON proposal WHEN NEW.state = 'settled' AND OLD.state <> 'settled' AND EXISTS (SELECT 1 FROM payment_order AS o
    WHERE o.proposal_id = NEW.id AND o.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment AS y WHERE y.order_id = o.id)) BEGIN SELECT RAISE(ABORT, 'settled_leaves_no_order'); END;

CREATE TRIGGER settled_covers_delivered BEFORE UPDATE ON proposal WHEN NEW.state = 'settled' AND OLD.state <> 'settled' AND (SELECT COALESCE(SUM(d.quantity * v.unit_satang), 0) FROM delivery AS d
    JOIN aid_line_value AS v ON v.line_id = d.line_id WHERE v.request_id = (SELECT id FROM aid_request WHERE code = NEW.code)) > (SELECT COALESCE(SUM(satang - returned_satang), 0) FROM payment WHERE proposal_id = NEW.id AND voided_at IS NULL) BEGIN SELECT RAISE(ABORT, 'settled_covers_delivered'); END;

CREATE TRIGGER settled_strands_nothing BEFORE UPDATE ON proposal WHEN NEW.state = 'settled' AND OLD.state <> 'settled' AND (SELECT COALESCE(SUM(satang - returned_satang), 0) FROM payment WHERE proposal_id = NEW.id AND voided_at IS NULL) > 0
    AND (SELECT COALESCE(SUM(i.bought * i.unit_satang), 0) FROM aid_item_value AS i
        WHERE i.request_id = (SELECT id FROM aid_request WHERE code = NEW.code)) > (SELECT COALESCE(SUM(satang - returned_satang), 0) FROM payment WHERE proposal_id = NEW.id AND voided_at IS NULL) BEGIN SELECT RAISE(ABORT, 'settled_strands_nothing'); END;

CREATE TRIGGER final_proposal BEFORE UPDATE ON proposal WHEN OLD.code IS NOT NEW.code OR OLD.purpose_id IS NOT NEW.purpose_id OR OLD.submitted_at IS NOT NEW.submitted_at OR OLD.submitted_by_id IS NOT NEW.submitted_by_id OR OLD.asked_by_id IS NOT NEW.asked_by_id BEGIN SELECT RAISE(ABORT, 'final_proposal'); END;

CREATE TRIGGER kept_proposal BEFORE DELETE ON proposal WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_proposal'); END;

CREATE TRIGGER proposal_moves_forward BEFORE UPDATE ON proposal WHEN OLD.state <> NEW.state AND NOT (
    (OLD.state = 'submitted' AND NEW.state IN ('tabled', 'withdrawn'))
    OR (OLD.state = 'tabled' AND NEW.state IN ('submitted', 'approved', 'rejected', 'withdrawn'))
    OR (OLD.state = 'approved' AND NEW.state IN ('settled', 'rescinded'))) BEGIN SELECT RAISE(ABORT, 'proposal_moves_forward'); END;

CREATE TRIGGER proposal_as_its_version BEFORE UPDATE ON proposal WHEN (OLD.version <> NEW.version OR OLD.satang <> NEW.satang OR OLD.title <> NEW.title)
    AND (NOT EXISTS (SELECT 1 FROM proposal_version AS v WHERE v.proposal_id = NEW.id AND v.number = NEW.version
        AND v.satang = NEW.satang AND v.title = NEW.title)
    OR NEW.version <= OLD.version OR OLD.state NOT IN ('submitted', 'approved')
    OR (OLD.state = 'approved' AND NOT EXISTS (SELECT 1 FROM resolution AS r
        JOIN agenda_item AS i ON i.id = r.item_id JOIN proposal_version AS v ON v.id = i.version_id
        WHERE r.kind = 'amend' AND v.proposal_id = NEW.id AND v.number = NEW.version))) BEGIN SELECT RAISE(ABORT, 'proposal_as_its_version'); END;

CREATE TRIGGER settled_for_less_says_why BEFORE UPDATE ON proposal WHEN NEW.state = 'settled' AND OLD.state <> 'settled' AND NEW.settled_reason = '' AND (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y WHERE y.proposal_id = NEW.id AND y.voided_at IS NULL) < (SELECT COALESCE(SUM(c.satang), 0) FROM committed_part AS c WHERE c.proposal_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'settled_for_less_says_why'); END;

CREATE TRIGGER final_proposal_funding BEFORE UPDATE ON proposal_funding WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_proposal_funding'); END;

CREATE TRIGGER kept_proposal_funding BEFORE DELETE ON proposal_funding WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_proposal_funding'); END;

CREATE TRIGGER final_proposal_line BEFORE UPDATE ON proposal_line WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_proposal_line'); END;

CREATE TRIGGER kept_proposal_line BEFORE DELETE ON proposal_line WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_proposal_line'); END;

CREATE TRIGGER line_continues_its_own BEFORE INSERT ON proposal_line WHEN NEW.first_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM proposal_line AS l
    JOIN proposal_version AS v ON v.id = l.version_id JOIN proposal_version AS w ON w.proposal_id = v.proposal_id AND w.number > v.number
    WHERE l.id = NEW.first_id AND l.first_id IS NULL AND w.id = NEW.version_id) BEGIN SELECT RAISE(ABORT, 'line_continues_its_own'); END;

CREATE TRIGGER final_proposal_version BEFORE UPDATE ON proposal_version WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_proposal_version'); END;

CREATE TRIGGER kept_proposal_version BEFORE DELETE ON proposal_version WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_proposal_version'); END;

CREATE TRIGGER final_proposal_way BEFORE UPDATE ON proposal_way WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_proposal_way'); END;

CREATE TRIGGER kept_proposal_way BEFORE DELETE ON proposal_way WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_proposal_way'); END;

CREATE TRIGGER final_public_base BEFORE UPDATE ON public_base WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_public_base'); END;

CREATE TRIGGER kept_public_base BEFORE DELETE ON public_base WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_public_base'); END;

CREATE TRIGGER public_base_in_order BEFORE INSERT ON public_base WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM public_base) BEGIN SELECT RAISE(ABORT, 'public_base_in_order'); END;

CREATE TRIGGER public_base_is_closed BEFORE INSERT ON public_base WHEN NOT EXISTS (SELECT 1 FROM register_round AS r JOIN round_household AS h ON h.round_id = r.id WHERE r.id = NEW.round_id AND r.closed_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'public_base_is_closed'); END;

CREATE TRIGGER final_published_help BEFORE UPDATE ON published_help WHEN OLD.id <> NEW.id OR OLD.measure <> NEW.measure OR OLD.unit_id <> NEW.unit_id OR OLD.request_id <> NEW.request_id OR OLD.household_id <> NEW.household_id OR OLD.district <> NEW.district OR OLD.dimension <> NEW.dimension OR OLD.item <> NEW.item OR OLD.edition <> NEW.edition OR COALESCE(OLD.member_id, 0) <> COALESCE(NEW.member_id, 0) OR (OLD.by_district AND NOT NEW.by_district) OR (OLD.by_dimension AND NOT NEW.by_dimension) OR (OLD.by_item AND NOT NEW.by_item) OR (OLD.by_request AND NOT NEW.by_request) OR (OLD.by_district_item AND NOT NEW.by_district_item) OR (OLD.by_dimension_item AND NOT NEW.by_dimension_item) BEGIN SELECT RAISE(ABORT, 'final_published_help'); END;

CREATE TRIGGER kept_published_help BEFORE DELETE ON published_help WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_published_help'); END;

CREATE TRIGGER final_purpose BEFORE UPDATE ON purpose WHEN OLD.code IS NOT NEW.code BEGIN SELECT RAISE(ABORT, 'final_purpose'); END;

CREATE TRIGGER kept_purpose BEFORE DELETE ON purpose WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_purpose'); END;

CREATE TRIGGER final_read_event BEFORE UPDATE ON read_event WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_read_event'); END;

CREATE TRIGGER kept_read_event BEFORE DELETE ON read_event WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_read_event'); END;

CREATE TRIGGER read_event_counts AFTER INSERT ON read_event BEGIN INSERT INTO reading_day (on_date, by_id, households, whole_ids, photos, slips, statements, exports, reads, at_night, refused)
    VALUES (NEW.on_date, NEW.by_id, NEW.is_first AND NEW.kind = 'households', NEW.is_first AND NEW.kind = 'whole_ids', NEW.is_first AND NEW.kind = 'photos', NEW.is_first AND NEW.kind = 'slips', NEW.is_first AND NEW.kind = 'statements', NEW.is_first AND NEW.kind = 'exports', NOT NEW.is_refused, NEW.is_at_night AND NOT NEW.is_refused, NEW.is_refused)
    ON CONFLICT (on_date, by_id) DO UPDATE SET households = reading_day.households + excluded.households, whole_ids = reading_day.whole_ids + excluded.whole_ids, photos = reading_day.photos + excluded.photos, slips = reading_day.slips + excluded.slips, statements = reading_day.statements + excluded.statements, exports = reading_day.exports + excluded.exports, reads = reading_day.reads + excluded.reads, at_night = reading_day.at_night + excluded.at_night, refused = reading_day.refused + excluded.refused; END;

CREATE TRIGGER reading_day_never_falls BEFORE UPDATE ON reading_day WHEN NEW.on_date <> OLD.on_date OR NEW.by_id <> OLD.by_id OR NEW.households < OLD.households OR NEW.whole_ids < OLD.whole_ids OR NEW.photos < OLD.photos OR NEW.slips < OLD.slips OR NEW.statements < OLD.statements OR NEW.exports < OLD.exports OR NEW.reads < OLD.reads OR NEW.at_night < OLD.at_night OR NEW.refused < OLD.refused BEGIN SELECT RAISE(ABORT, 'reading_day_never_falls'); END;

CREATE TRIGGER kept_reading_day BEFORE DELETE ON reading_day WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_reading_day'); END;

CREATE TRIGGER final_receipt BEFORE UPDATE ON receipt WHEN OLD.fiscal_year_be IS NOT NEW.fiscal_year_be OR OLD.number IS NOT NEW.number OR OLD.token IS NOT NEW.token OR OLD.donation_id IS NOT NEW.donation_id OR OLD.issued_at IS NOT NEW.issued_at OR OLD.contents IS NOT NEW.contents OR OLD.contents_hash IS NOT NEW.contents_hash BEGIN SELECT RAISE(ABORT, 'final_receipt'); END;

CREATE TRIGGER kept_receipt BEFORE DELETE ON receipt WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_receipt'); END;

CREATE TRIGGER receipt_voided_once BEFORE UPDATE ON receipt WHEN OLD.voided_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'receipt_voided_once'); END;

CREATE TRIGGER receipt_ends_its_due AFTER INSERT ON receipt BEGIN UPDATE receipt_due SET issued_at = NEW.issued_at
    WHERE donation_id = NEW.donation_id AND issued_at IS NULL; END;

CREATE TRIGGER receipt_without_gap BEFORE INSERT ON receipt WHEN NEW.number <> COALESCE((SELECT MAX(used.number) FROM (SELECT number FROM receipt
    WHERE fiscal_year_be = NEW.fiscal_year_be AND book = NEW.book UNION ALL SELECT last_number AS number FROM paper_receipt_book
    WHERE fiscal_year_be = NEW.fiscal_year_be AND NEW.book = '' UNION ALL SELECT last_number AS number FROM retired_numbers
    WHERE fiscal_year_be = NEW.fiscal_year_be AND book = NEW.book) AS used), 0) + 1 BEGIN SELECT RAISE(ABORT, 'receipt_without_gap'); END;

CREATE TRIGGER final_receipt_document BEFORE UPDATE ON receipt_document WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_receipt_document'); END;

CREATE TRIGGER kept_receipt_document BEFORE DELETE ON receipt_document WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_receipt_document'); END;

CREATE TRIGGER final_receipt_due BEFORE UPDATE ON receipt_due WHEN OLD.donation_id IS NOT NEW.donation_id OR OLD.book IS NOT NEW.book OR OLD.channel IS NOT NEW.channel OR OLD.since IS NOT NEW.since BEGIN SELECT RAISE(ABORT, 'final_receipt_due'); END;

CREATE TRIGGER kept_receipt_due BEFORE DELETE ON receipt_due WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_receipt_due'); END;

CREATE TRIGGER receipt_due_issued_once BEFORE UPDATE ON receipt_due WHEN OLD.issued_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM receipt AS r WHERE r.donation_id = NEW.donation_id) BEGIN SELECT RAISE(ABORT, 'receipt_due_issued_once'); END;

CREATE TRIGGER final_receipt_print BEFORE UPDATE ON receipt_print WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_receipt_print'); END;

CREATE TRIGGER kept_receipt_print BEFORE DELETE ON receipt_print WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_receipt_print'); END;

CREATE TRIGGER kept_reconciliation_item BEFORE DELETE ON reconciliation_item WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_reconciliation_item'); END;

CREATE TRIGGER reconciliation_item_stays BEFORE UPDATE ON reconciliation_item WHEN NEW.event_id <> OLD.event_id OR (OLD.state IN ('posted', 'duplicate') AND NEW.state <> OLD.state
            AND NOT (NEW.state = 'waiting' AND (SELECT COALESCE(SUM(a.satang), 0) FROM allocation AS a WHERE a.event_id = NEW.event_id
    AND NOT EXISTS (SELECT 1 FROM donation_reversal AS r WHERE r.donation_id = a.donation_id AND r.kind = 'undone')) = 0)) BEGIN SELECT RAISE(ABORT, 'reconciliation_item_stays'); END;

CREATE TRIGGER deposit_stays_excluded BEFORE UPDATE ON reconciliation_item WHEN NEW.state <> 'excluded'
    AND EXISTS (SELECT 1 FROM deposit WHERE event_id = NEW.event_id AND undone_at IS NULL) BEGIN SELECT RAISE(ABORT, 'deposit_stays_excluded'); END;

CREATE TRIGGER undone_counter_payment_stays_excluded BEFORE UPDATE ON reconciliation_item WHEN NEW.state <> 'excluded' AND EXISTS (SELECT 1 FROM counter_payment AS t JOIN counter_payment_reversal AS u ON u.counter_payment_id = t.id
    WHERE t.event_id = NEW.event_id) BEGIN SELECT RAISE(ABORT, 'undone_counter_payment_stays_excluded'); END;

CREATE TRIGGER reconciliation_item_of_open_request BEFORE UPDATE ON reconciliation_item WHEN NEW.state <> OLD.state AND NOT (OLD.state = 'new' AND NEW.state = 'waiting') AND EXISTS (SELECT 1 FROM approval_request WHERE subject = 'bank_event:' || NEW.event_id AND decision IS NULL AND kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo')) BEGIN SELECT RAISE(ABORT, 'reconciliation_item_of_open_request'); END;

CREATE TRIGGER payout_within_held BEFORE UPDATE ON reconciliation_item WHEN NEW.state = 'excluded' AND NEW.match_reason = 'payout' AND (OLD.state <> 'excluded' OR OLD.match_reason <> 'payout')
            AND (SELECT satang FROM bank_event WHERE id = NEW.event_id) > (SELECT COALESCE(SUM(COALESCE(i.net_satang, i.satang - COALESCE(i.fee_satang, 0))
    - COALESCE(i.refunded_satang, 0)), 0) FROM bank_event AS e JOIN inquiry AS i ON i.event_id = e.id AND i.id = (
        SELECT MAX(j.id) FROM inquiry AS j WHERE j.event_id = e.id AND j.outcome <> 'unreachable')
    WHERE e.source = 'omise' AND (i.outcome = 'confirmed' OR i.refunded_satang IS NOT NULL)) - (
                SELECT COALESCE(SUM(b.satang), 0) FROM reconciliation_item AS s JOIN bank_event AS b ON b.id = s.event_id
                WHERE s.state = 'excluded' AND s.match_reason = 'payout' AND s.event_id <> NEW.event_id) BEGIN SELECT RAISE(ABORT, 'payout_within_held'); END;

CREATE TRIGGER withdrawn_stays_excluded BEFORE UPDATE ON reconciliation_item WHEN NEW.state <> 'excluded' AND EXISTS (SELECT 1 FROM bank_event AS e
    WHERE e.id = NEW.event_id AND e.source = 'withdrawn') BEGIN SELECT RAISE(ABORT, 'withdrawn_stays_excluded'); END;

CREATE TRIGGER voter_may_not_be_recused BEFORE INSERT ON recusal WHEN EXISTS (SELECT 1 FROM vote WHERE item_id = NEW.item_id AND member_id = NEW.member_id) BEGIN SELECT RAISE(ABORT, 'voter_may_not_be_recused'); END;

CREATE TRIGGER recusal_by_member_or_chair BEFORE INSERT ON recusal WHEN NEW.noted_by_id <> NEW.member_id AND NOT EXISTS (SELECT 1 FROM agenda_item AS i
    JOIN meeting AS m ON m.id = i.meeting_id WHERE i.id = NEW.item_id AND m.chair_id = NEW.noted_by_id) BEGIN SELECT RAISE(ABORT, 'recusal_by_member_or_chair'); END;

CREATE TRIGGER recusal_needs_reason BEFORE INSERT ON recusal WHEN NEW.noted_by_id <> NEW.member_id AND NEW.reason = '' BEGIN SELECT RAISE(ABORT, 'recusal_needs_reason'); END;

CREATE TRIGGER recusal_in_time BEFORE INSERT ON recusal WHEN EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id
    WHERE i.id = NEW.item_id AND m.kind = 'circulated' AND (NEW.noted_by_id <> NEW.member_id OR NOT EXISTS (SELECT 1
        FROM circulation AS c WHERE c.meeting_id = m.id AND c.outcome = 'open' AND strftime('%Y-%m-%d %H:%M:%f', 'now') < c.closes_at))) BEGIN SELECT RAISE(ABORT, 'recusal_in_time'); END;

CREATE TRIGGER readmitted_in_time BEFORE DELETE ON recusal WHEN EXISTS (SELECT 1 FROM agenda_item AS i JOIN circulation AS c ON c.meeting_id = i.meeting_id
    WHERE i.id = OLD.item_id AND (c.outcome <> 'open' OR strftime('%Y-%m-%d %H:%M:%f', 'now') >= c.closes_at)) BEGIN SELECT RAISE(ABORT, 'readmitted_in_time'); END;

CREATE TRIGGER final_refund BEFORE UPDATE ON refund WHEN OLD.event_id IS NOT NEW.event_id OR OLD.donation_id IS NOT NEW.donation_id OR OLD.satang IS NOT NEW.satang OR OLD.reason IS NOT NEW.reason OR OLD.payee IS NOT NEW.payee OR OLD.payee_bank IS NOT NEW.payee_bank OR OLD.payee_account IS NOT NEW.payee_account OR (OLD.approval_request_id IS NOT NULL AND OLD.approval_request_id IS NOT NEW.approval_request_id) BEGIN SELECT RAISE(ABORT, 'final_refund'); END;

CREATE TRIGGER kept_refund BEFORE DELETE ON refund WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_refund'); END;

CREATE TRIGGER refund_step_by_step BEFORE UPDATE ON refund WHEN NOT ((OLD.state = 'asked' AND NEW.state = 'asked' AND OLD.approval_request_id IS NULL)
    OR (OLD.state = 'asked' AND NEW.state IN ('approved', 'refused'))
    OR (OLD.state = 'approved' AND NEW.state = 'paid') OR (OLD.state = 'paid' AND NEW.state = 'approved')) BEGIN SELECT RAISE(ABORT, 'refund_step_by_step'); END;

CREATE TRIGGER refund_by_two BEFORE UPDATE ON refund WHEN NEW.state <> 'asked' AND NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
    AND a.kind = 'refund.pay' AND a.subject = 'refund:' || NEW.id
    AND ((NEW.state = 'refused' AND a.decision IN ('declined', 'withdrawn')) OR (NEW.state IN ('approved', 'paid') AND a.decision = 'approved'))) BEGIN SELECT RAISE(ABORT, 'refund_by_two'); END;

CREATE TRIGGER refund_begins_asked BEFORE INSERT ON refund WHEN NEW.state <> 'asked' BEGIN SELECT RAISE(ABORT, 'refund_begins_asked'); END;

CREATE TRIGGER final_register_column_map BEFORE UPDATE ON register_column_map WHEN NEW.header_hash <> OLD.header_hash BEGIN SELECT RAISE(ABORT, 'final_register_column_map'); END;

CREATE TRIGGER register_conflict_decided_once BEFORE UPDATE ON register_conflict WHEN NEW.import_id <> OLD.import_id OR NEW.line <> OLD.line OR NEW.kind <> OLD.kind OR NEW.said <> OLD.said OR NEW.said_hash <> OLD.said_hash
    OR COALESCE(NEW.member_id, 0) <> COALESCE(OLD.member_id, 0) OR COALESCE(NEW.household_id, 0) <> COALESCE(OLD.household_id, 0)
    OR NEW.for_province <> OLD.for_province OR OLD.carried_out_at IS NOT NULL
    OR (OLD.decision IS NOT NULL AND (NEW.decision IS NULL OR NEW.decision <> OLD.decision OR NEW.reason <> OLD.reason
        OR NEW.decided_by_id <> OLD.decided_by_id OR NEW.decided_at <> OLD.decided_at)) BEGIN SELECT RAISE(ABORT, 'register_conflict_decided_once'); END;

CREATE TRIGGER conflict_taken_by_another BEFORE UPDATE ON register_conflict WHEN NEW.decision = 'take'
    AND EXISTS (SELECT 1 FROM register_import AS i WHERE i.id = NEW.import_id AND i.imported_by_id = NEW.decided_by_id) BEGIN SELECT RAISE(ABORT, 'conflict_taken_by_another'); END;

CREATE TRIGGER kept_register_conflict BEFORE DELETE ON register_conflict WHEN OLD.decision IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM register_import AS i WHERE i.id = OLD.import_id AND i.state = 'undone') BEGIN SELECT RAISE(ABORT, 'kept_register_conflict'); END;

CREATE TRIGGER register_import_in_steps BEFORE UPDATE ON register_import WHEN NEW.state <> OLD.state AND NOT (
    (OLD.state = 'sent' AND NEW.state IN ('unknown', 'refused', 'read', 'dropped'))
    OR (OLD.state IN ('unknown', 'refused') AND NEW.state IN ('sent', 'unknown', 'refused', 'read', 'dropped'))
    OR (OLD.state = 'read' AND NEW.state IN ('sent', 'unknown', 'refused', 'applying', 'applied', 'dropped'))
    OR (OLD.state = 'applying' AND NEW.state IN ('read', 'applied')) OR (OLD.state = 'applied' AND NEW.state = 'undone')) BEGIN SELECT RAISE(ABORT, 'register_import_in_steps'); END;

CREATE TRIGGER final_register_import BEFORE UPDATE ON register_import WHEN NEW.round_id <> OLD.round_id OR NEW.file_hash <> OLD.file_hash OR NEW.file_name <> OLD.file_name
    OR NEW.imported_at <> OLD.imported_at OR COALESCE(NEW.imported_by_id, 0) <> COALESCE(OLD.imported_by_id, 0)
    OR (OLD.state IN ('applied', 'dropped', 'undone') AND (NEW.new <> OLD.new OR NEW.changed <> OLD.changed OR NEW.same <> OLD.same
        OR NEW.missing <> OLD.missing OR NEW.conflicts <> OLD.conflicts OR NEW.errors <> OLD.errors OR NEW.stops <> OLD.stops
        OR NEW.override_reason <> OLD.override_reason OR NEW.review <> OLD.review OR NEW.error_lines <> OLD.error_lines
        OR NEW.rows_left_out <> OLD.rows_left_out OR NEW.province_lines <> OLD.province_lines)) BEGIN SELECT RAISE(ABORT, 'final_register_import'); END;

CREATE TRIGGER kept_register_import BEFORE DELETE ON register_import WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_register_import'); END;

CREATE TRIGGER final_register_import_change BEFORE UPDATE ON register_import_change WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_register_import_change'); END;

CREATE TRIGGER register_import_change_as_applied BEFORE INSERT ON register_import_change WHEN NOT EXISTS (SELECT 1 FROM register_import AS i WHERE i.id = NEW.import_id AND i.state IN ('read', 'applying')) BEGIN SELECT RAISE(ABORT, 'register_import_change_as_applied'); END;

CREATE TRIGGER kept_register_import_change BEFORE DELETE ON register_import_change WHEN NOT EXISTS (SELECT 1 FROM register_import AS i WHERE i.id = OLD.import_id AND i.state = 'undone') BEGIN SELECT RAISE(ABORT, 'kept_register_import_change'); END;

CREATE TRIGGER final_register_import_row BEFORE UPDATE ON register_import_row WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_register_import_row'); END;

CREATE TRIGGER kept_register_import_row BEFORE DELETE ON register_import_row WHEN EXISTS (SELECT 1 FROM register_import AS i WHERE i.id = OLD.import_id AND i.state IN ('applied', 'undone')) BEGIN SELECT RAISE(ABORT, 'kept_register_import_row'); END;

CREATE TRIGGER register_import_row_before_decision BEFORE INSERT ON register_import_row WHEN NOT EXISTS (SELECT 1 FROM register_import AS i WHERE i.id = NEW.import_id AND i.state IN ('sent', 'unknown', 'refused', 'read', 'applying')) BEGIN SELECT RAISE(ABORT, 'register_import_row_before_decision'); END;

CREATE TRIGGER closed_round_stays BEFORE UPDATE ON register_round WHEN OLD.closed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'closed_round_stays'); END;

CREATE TRIGGER final_resolution BEFORE UPDATE ON resolution WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_resolution'); END;

CREATE TRIGGER kept_resolution BEFORE DELETE ON resolution WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_resolution'); END;

CREATE TRIGGER resolution_fits_proposal BEFORE INSERT ON resolution WHEN NOT EXISTS (SELECT 1 FROM proposal AS p JOIN agenda_item AS i ON i.proposal_id = p.id
    JOIN motion AS m ON m.item_id = i.id
    WHERE p.id = NEW.proposal_id AND i.id = NEW.item_id AND m.id = NEW.motion_id
    AND m.number = (SELECT MAX(n.number) FROM motion AS n WHERE n.item_id = i.id)
    AND NEW.kind IN (m.kind, 'reject')
    AND (p.state = CASE i.matter WHEN 'decide' THEN 'tabled' ELSE 'approved' END
        OR i.matter = 'ratify' AND p.state IN ('settled', 'rescinded'))) BEGIN SELECT RAISE(ABORT, 'resolution_fits_proposal'); END;

CREATE TRIGGER resolution_within_tier BEFORE INSERT ON resolution WHEN EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id JOIN body AS b ON b.id = m.body_id
    JOIN proposal_version AS v ON v.id = i.version_id
    WHERE i.id = NEW.item_id AND ((b.level = 'full') <> (i.ceiling_satang IS NULL) OR v.satang > i.ceiling_satang OR NEW.satang > i.ceiling_satang)) BEGIN SELECT RAISE(ABORT, 'resolution_within_tier'); END;

CREATE TRIGGER resolution_as_voted BEFORE INSERT ON resolution WHEN NEW.for_votes <> (SELECT COUNT(*) FROM vote AS v WHERE v.motion_id = NEW.motion_id AND v.choice = 'approve'
        AND NOT EXISTS (SELECT 1 FROM vote AS w WHERE w.motion_id = v.motion_id AND w.member_id = v.member_id AND w.turn > v.turn))
    OR NEW.against_votes <> (SELECT COUNT(*) FROM vote AS v WHERE v.motion_id = NEW.motion_id AND v.choice = 'reject'
        AND NOT EXISTS (SELECT 1 FROM vote AS w WHERE w.motion_id = v.motion_id AND w.member_id = v.member_id AND w.turn > v.turn))
    OR NEW.abstentions <> (SELECT COUNT(*) FROM vote AS v WHERE v.motion_id = NEW.motion_id AND v.choice = 'abstain'
        AND NOT EXISTS (SELECT 1 FROM vote AS w WHERE w.motion_id = v.motion_id AND w.member_id = v.member_id AND w.turn > v.turn)) BEGIN SELECT RAISE(ABORT, 'resolution_as_voted'); END;

CREATE TRIGGER resolution_as_carried BEFORE INSERT ON resolution WHEN NOT EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id JOIN body_rules AS r ON r.id = m.rules_id
    WHERE i.id = NEW.item_id AND (NEW.kind <> 'reject') = CASE CASE i.matter WHEN 'amend' THEN r.majority_amend
            WHEN 'rescind' THEN r.majority_rescind WHEN 'ratify' THEN r.majority_ratify ELSE r.majority END
        WHEN 'all' THEN NEW.for_votes = NEW.present
        WHEN 'two_thirds' THEN NEW.for_votes * 3 >= NEW.present * 2
        ELSE NEW.for_votes * 2 > NEW.for_votes + NEW.against_votes + NEW.abstentions
            OR (NEW.casting_vote AND r.casting_vote AND NEW.for_votes = NEW.against_votes AND NEW.abstentions = 0
                AND EXISTS (SELECT 1 FROM vote AS v WHERE v.motion_id = NEW.motion_id AND v.member_id = m.chair_id AND v.choice = 'approve'
                    AND NOT EXISTS (SELECT 1 FROM vote AS w WHERE w.motion_id = v.motion_id AND w.member_id = v.member_id AND w.turn > v.turn))) END) BEGIN SELECT RAISE(ABORT, 'resolution_as_carried'); END;

CREATE TRIGGER circulated_by_majority BEFORE INSERT ON resolution WHEN EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id
    WHERE i.id = NEW.item_id AND m.kind = 'circulated' AND NOT EXISTS (SELECT 1 FROM circulated_count AS k WHERE k.item_id = i.id
        AND (k.answered = k.entitled OR k.closes_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')) AND NEW.for_votes = k.in_favour AND NEW.against_votes = k.against
        AND CASE NEW.kind WHEN 'reject' THEN k.rejects ELSE k.carries END)) BEGIN SELECT RAISE(ABORT, 'circulated_by_majority'); END;

CREATE TRIGGER amendment_keeps_ordered_lines BEFORE INSERT ON resolution WHEN NEW.kind = 'amend' AND EXISTS (SELECT 1 FROM motion_line AS n WHERE n.motion_id = NEW.motion_id)
    AND EXISTS (SELECT 1 FROM ordered_line AS d WHERE d.proposal_id = NEW.proposal_id
        AND NOT EXISTS (SELECT 1 FROM motion_line AS n JOIN proposal_line AS l ON l.id = n.line_id
            WHERE n.motion_id = NEW.motion_id AND COALESCE(l.first_id, l.id) = d.line_id
            AND n.quantity >= d.quantity AND n.quantity * l.unit_satang >= d.satang)) BEGIN SELECT RAISE(ABORT, 'amendment_keeps_ordered_lines'); END;

CREATE TRIGGER resolution_is_its_lines BEFORE INSERT ON resolution WHEN NEW.kind IN ('approve_in_part', 'amend') AND NEW.satang <> (SELECT SUM(n.quantity * l.unit_satang)
        - (SELECT COALESCE(SUM(f.satang), 0) FROM agenda_item AS i JOIN proposal_funding AS f ON f.version_id = i.version_id
            WHERE i.id = NEW.item_id AND f.purpose_id IS NULL)
    FROM motion_line AS n JOIN proposal_line AS l ON l.id = n.line_id WHERE n.motion_id = NEW.motion_id) BEGIN SELECT RAISE(ABORT, 'resolution_is_its_lines'); END;

CREATE TRIGGER final_retired_numbers BEFORE UPDATE ON retired_numbers WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_retired_numbers'); END;

CREATE TRIGGER kept_retired_numbers BEFORE DELETE ON retired_numbers WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_retired_numbers'); END;

CREATE TRIGGER retired_after_the_last BEFORE INSERT ON retired_numbers WHEN NEW.first_number <> COALESCE((SELECT MAX(used.number) FROM (SELECT number FROM receipt
    WHERE fiscal_year_be = NEW.fiscal_year_be AND book = NEW.book UNION ALL SELECT number FROM in_kind_donation
    WHERE fiscal_year_be = NEW.fiscal_year_be AND NEW.book = 'K' UNION ALL SELECT last_number AS number FROM paper_receipt_book
    WHERE fiscal_year_be = NEW.fiscal_year_be AND NEW.book = '' UNION ALL SELECT last_number AS number FROM retired_numbers
    WHERE fiscal_year_be = NEW.fiscal_year_be AND book = NEW.book) AS used), 0) + 1 BEGIN SELECT RAISE(ABORT, 'retired_after_the_last'); END;

CREATE TRIGGER role_grant_stays_revoked BEFORE UPDATE ON role_grant WHEN OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL BEGIN SELECT RAISE(ABORT, 'role_grant_stays_revoked'); END;

CREATE TRIGGER final_role_grant BEFORE UPDATE ON role_grant WHEN OLD.user_id IS NOT NEW.user_id OR OLD.role IS NOT NEW.role OR OLD.area_code IS NOT NEW.area_code OR OLD.dimension IS NOT NEW.dimension OR OLD.network_code IS NOT NEW.network_code OR OLD.granted_at IS NOT NEW.granted_at OR OLD.granted_by_id IS NOT NEW.granted_by_id OR OLD.approval_request_id IS NOT NEW.approval_request_id OR OLD.operator IS NOT NEW.operator OR OLD.order_number IS NOT NEW.order_number OR OLD.ends_on IS NOT NEW.ends_on BEGIN SELECT RAISE(ABORT, 'final_role_grant'); END;

CREATE TRIGGER kept_role_grant BEFORE DELETE ON role_grant WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_role_grant'); END;

CREATE TRIGGER role_grant_compatible BEFORE INSERT ON role_grant WHEN NEW.revoked_at IS NULL AND EXISTS (
    SELECT 1 FROM role_grant AS held
    WHERE held.user_id = NEW.user_id AND held.revoked_at IS NULL AND (
        (NEW.role = 'auditor' AND held.role <> 'auditor')
        OR (NEW.role <> 'auditor' AND held.role = 'auditor')
        OR (NEW.role IN ('finance', 'administrator') AND held.role IN ('committee', 'chair'))
        OR (NEW.role IN ('committee', 'chair') AND held.role IN ('finance', 'administrator'))
        OR (NEW.role = 'finance' AND held.role = 'administrator')
        OR (NEW.role = 'administrator' AND held.role = 'finance')
        OR (NEW.role IN ('finance', 'fund_officer') AND held.role IN ('mentor', 'district_officer'))
        OR (NEW.role IN ('mentor', 'district_officer') AND held.role IN ('finance', 'fund_officer'))
        OR (NEW.role = 'finance' AND held.role IN ('fund_officer', 'dimension_secretary'))
        OR (NEW.role IN ('fund_officer', 'dimension_secretary') AND held.role = 'finance'))) BEGIN SELECT RAISE(ABORT, 'role_grant_compatible'); END;

CREATE TRIGGER role_grant_by_two BEFORE INSERT ON role_grant WHEN NEW.revoked_at IS NULL AND (NEW.role IN ('finance', 'chair', 'committee', 'fund_officer', 'auditor', 'administrator')
    OR (NEW.role = 'mentor' AND NEW.area_code = ''))
            AND NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
                AND a.kind = 'role.grant' AND a.decision = 'approved' AND a.concerned_id = NEW.user_id
                AND a.subject = 'user:' || NEW.user_id || ':' || NEW.role)
            AND NOT (NEW.operator <> '' AND NEW.granted_by_id IS NULL AND NOT EXISTS (
                SELECT 1 FROM role_grant AS held WHERE held.role = NEW.role AND (held.role IN ('finance', 'chair', 'committee', 'fund_officer', 'auditor', 'administrator')
    OR (held.role = 'mentor' AND held.area_code = '')) AND held.revoked_at IS NULL)) BEGIN SELECT RAISE(ABORT, 'role_grant_by_two'); END;

CREATE TRIGGER closed_round_takes_no_household BEFORE INSERT ON round_household WHEN EXISTS (SELECT 1 FROM register_round AS r WHERE r.id = NEW.round_id AND r.closed_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'closed_round_takes_no_household'); END;

CREATE TRIGGER closed_round_keeps_households BEFORE UPDATE ON round_household WHEN EXISTS (SELECT 1 FROM register_round AS r WHERE r.id = OLD.round_id AND r.closed_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'closed_round_keeps_households'); END;

CREATE TRIGGER closed_round_loses_no_household BEFORE DELETE ON round_household WHEN EXISTS (SELECT 1 FROM register_round AS r WHERE r.id = OLD.round_id AND r.closed_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'closed_round_loses_no_household'); END;

CREATE TRIGGER seat_ends_once BEFORE UPDATE ON seat WHEN OLD.to_on IS NOT NULL OR NEW.to_on IS NULL OR OLD.body_id IS NOT NEW.body_id OR OLD.person_id IS NOT NEW.person_id OR OLD.office IS NOT NEW.office OR OLD.from_on IS NOT NEW.from_on OR OLD.order_number IS NOT NEW.order_number OR OLD.seated_at IS NOT NEW.seated_at OR OLD.seated_by_id IS NOT NEW.seated_by_id BEGIN SELECT RAISE(ABORT, 'seat_ends_once'); END;

CREATE TRIGGER kept_seat BEFORE DELETE ON seat WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_seat'); END;

CREATE TRIGGER signatory_by_two BEFORE INSERT ON signatory WHEN NEW.ended_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM approval_request AS a
    WHERE a.id = NEW.approval_request_id AND a.decision = 'approved' AND a.kind = 'signatory.name'
    AND a.subject = 'signatory:' || NEW.user_id AND instr(a.payload, '"group": "' || NEW.group_code || '"') > 0) BEGIN SELECT RAISE(ABORT, 'signatory_by_two'); END;

CREATE TRIGGER signatory_ended_once BEFORE UPDATE ON signatory WHEN OLD.ended_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'signatory_ended_once'); END;

CREATE TRIGGER final_signatory BEFORE UPDATE ON signatory WHEN OLD.id IS NOT NEW.id OR OLD.user_id IS NOT NEW.user_id OR OLD.group_code IS NOT NEW.group_code OR OLD.appointed_by IS NOT NEW.appointed_by OR OLD.from_on IS NOT NEW.from_on OR OLD.to_on IS NOT NEW.to_on OR OLD.approval_request_id IS NOT NEW.approval_request_id BEGIN SELECT RAISE(ABORT, 'final_signatory'); END;

CREATE TRIGGER kept_signatory BEFORE DELETE ON signatory WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_signatory'); END;

CREATE TRIGGER final_slip BEFORE UPDATE ON slip WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_slip'); END;

CREATE TRIGGER kept_slip BEFORE DELETE ON slip WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_slip'); END;

CREATE TRIGGER final_slip_claim BEFORE UPDATE ON slip_claim WHEN OLD.slip_id IS NOT NEW.slip_id OR OLD.payment_request_id IS NOT NEW.payment_request_id OR OLD.claimed_at IS NOT NEW.claimed_at OR OLD.picture_hash IS NOT NEW.picture_hash OR OLD.sent_hash IS NOT NEW.sent_hash OR OLD.crc_padded IS NOT NEW.crc_padded BEGIN SELECT RAISE(ABORT, 'final_slip_claim'); END;

CREATE TRIGGER kept_slip_claim BEFORE DELETE ON slip_claim WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_slip_claim'); END;

CREATE TRIGGER slip_picture_needed BEFORE UPDATE ON slip_claim WHEN OLD.picture_deleted_at IS NULL AND NEW.picture_deleted_at IS NOT NULL AND NEW.closed_at IS NULL AND (SELECT d.state FROM payment_request AS d WHERE d.id = NEW.payment_request_id) <> 'received' BEGIN SELECT RAISE(ABORT, 'slip_picture_needed'); END;

CREATE TRIGGER slip_picture_gone BEFORE UPDATE ON slip_claim WHEN OLD.picture_deleted_at IS NOT NULL AND (NEW.picture_deleted_at IS NULL OR NEW.picture_deleted_at <> OLD.picture_deleted_at) BEGIN SELECT RAISE(ABORT, 'slip_picture_gone'); END;

CREATE TRIGGER final_solicitation_approval BEFORE UPDATE ON solicitation_approval WHEN OLD.number IS NOT NEW.number OR OLD.approved_on IS NOT NEW.approved_on OR OLD.authority IS NOT NEW.authority OR OLD.ends_on IS NOT NEW.ends_on OR OLD.noted_at IS NOT NEW.noted_at OR OLD.noted_by_id IS NOT NEW.noted_by_id BEGIN SELECT RAISE(ABORT, 'final_solicitation_approval'); END;

CREATE TRIGGER kept_solicitation_approval BEFORE DELETE ON solicitation_approval WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_solicitation_approval'); END;

CREATE TRIGGER approval_withdrawn_once BEFORE UPDATE ON solicitation_approval WHEN OLD.withdrawn_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'approval_withdrawn_once'); END;

CREATE TRIGGER final_staff_notice BEFORE UPDATE ON staff_notice WHEN OLD.user_id IS NOT NEW.user_id OR OLD.title IS NOT NEW.title OR OLD.words IS NOT NEW.words OR OLD.href IS NOT NEW.href OR OLD.told_at IS NOT NEW.told_at OR OLD.until_on IS NOT NEW.until_on BEGIN SELECT RAISE(ABORT, 'final_staff_notice'); END;

CREATE TRIGGER kept_staff_notice BEFORE DELETE ON staff_notice WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_staff_notice'); END;

CREATE TRIGGER final_statement BEFORE UPDATE ON statement WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_statement'); END;

CREATE TRIGGER kept_statement BEFORE DELETE ON statement WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_statement'); END;

CREATE TRIGGER statement_basis_of_before BEFORE INSERT ON statement_basis WHEN NEW.kind = 'before' BEGIN SELECT RAISE(ABORT, 'statement_basis_of_before'); END;

CREATE TRIGGER final_statement_basis BEFORE UPDATE ON statement_basis WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_statement_basis'); END;

CREATE TRIGGER kept_statement_basis BEFORE DELETE ON statement_basis WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_statement_basis'); END;

CREATE TRIGGER statement_confirmed_by_another BEFORE INSERT ON statement_basis WHEN NEW.kind = 'confirmed' AND (
    EXISTS (SELECT 1 FROM statement AS s WHERE s.id = NEW.statement_id AND s.imported_by_id = NEW.by_id)
    OR EXISTS (SELECT 1 FROM statement_upload AS d
        WHERE d.statement_id = NEW.statement_id AND d.sent_by_id = NEW.by_id)) BEGIN SELECT RAISE(ABORT, 'statement_confirmed_by_another'); END;

CREATE TRIGGER statement_joined_to_known BEFORE INSERT ON statement_basis WHEN NEW.kind IN ('follows', 'joined') AND NOT (
    EXISTS (SELECT 1 FROM bank_event AS e JOIN statement AS s ON s.id = NEW.statement_id
        WHERE e.statement_id = NEW.joins_id AND e.statement_id <> NEW.statement_id
        AND e.account_id = s.account_id AND e.balance_satang = NEW.balance_satang)
    AND (NEW.kind = 'follows' OR EXISTS (SELECT 1 FROM statement_basis AS b
        WHERE b.statement_id = NEW.joins_id AND b.kind IN ('before', 'joined', 'confirmed')))) BEGIN SELECT RAISE(ABORT, 'statement_joined_to_known'); END;

CREATE TRIGGER statement_joined_to_withdrawn BEFORE INSERT ON statement_basis WHEN NEW.kind = 'joined' AND EXISTS (SELECT 1 FROM statement_withdrawal AS w WHERE w.statement_id = NEW.joins_id) BEGIN SELECT RAISE(ABORT, 'statement_joined_to_withdrawn'); END;

CREATE TRIGGER final_statement_chunk BEFORE UPDATE ON statement_chunk WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_statement_chunk'); END;

CREATE TRIGGER kept_statement_chunk BEFORE DELETE ON statement_chunk WHEN EXISTS (SELECT 1 FROM statement_upload WHERE id = OLD.upload_id AND statement_id IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'kept_statement_chunk'); END;

CREATE TRIGGER kept_statement_upload BEFORE DELETE ON statement_upload WHEN OLD.statement_id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'kept_statement_upload'); END;

CREATE TRIGGER kept_statement_override BEFORE UPDATE ON statement_upload WHEN OLD.state IN ('applying', 'applied') AND OLD.override_request_id IS NOT NEW.override_request_id BEGIN SELECT RAISE(ABORT, 'kept_statement_override'); END;

CREATE TRIGGER final_statement_withdrawal BEFORE UPDATE ON statement_withdrawal WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_statement_withdrawal'); END;

CREATE TRIGGER kept_statement_withdrawal BEFORE DELETE ON statement_withdrawal WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_statement_withdrawal'); END;

CREATE TRIGGER statement_withdrawn_by_two BEFORE INSERT ON statement_withdrawal WHEN NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
    AND a.kind = 'statement.withdraw' AND a.subject = 'statement:' || NEW.statement_id AND a.decision = 'approved'
    AND a.decided_by_id <> a.asked_by_id) BEGIN SELECT RAISE(ABORT, 'statement_withdrawn_by_two'); END;

CREATE TRIGGER withdrawal_of_open_months BEFORE INSERT ON statement_withdrawal WHEN EXISTS (SELECT 1 FROM closed_month AS m JOIN bank_event AS e ON e.statement_id = NEW.statement_id
    WHERE DATE(e.occurred_at, '+7 hours') <= m.last_on) BEGIN SELECT RAISE(ABORT, 'withdrawal_of_open_months'); END;

CREATE TRIGGER final_stock_item BEFORE UPDATE ON stock_item WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_stock_item'); END;

CREATE TRIGGER kept_stock_item BEFORE DELETE ON stock_item WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_stock_item'); END;

CREATE TRIGGER final_stock_move BEFORE UPDATE ON stock_move WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_stock_move'); END;

CREATE TRIGGER kept_stock_move BEFORE DELETE ON stock_move WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_stock_move'); END;

CREATE TRIGGER stock_never_below_nothing BEFORE INSERT ON stock_move WHEN NEW.quantity + (SELECT COALESCE(SUM(quantity), 0) FROM stock_move WHERE item_id = NEW.item_id) < 0 BEGIN SELECT RAISE(ABORT, 'stock_never_below_nothing'); END;

CREATE TRIGGER final_tax_certificate BEFORE UPDATE ON tax_certificate WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_tax_certificate'); END;

CREATE TRIGGER kept_tax_certificate BEFORE DELETE ON tax_certificate WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_tax_certificate'); END;

CREATE TRIGGER certificate_of_payment BEFORE INSERT ON tax_certificate WHEN NOT EXISTS (SELECT 1 FROM payment AS y
    JOIN withholding AS w ON w.order_id = y.order_id WHERE y.id = NEW.payment_id AND y.voided_at IS NULL
    AND w.satang = NEW.satang AND w.form = NEW.form AND NEW.first_on = date(y.paid_on, 'start of month')
    AND NEW.year_be = CAST(strftime('%Y', y.paid_on) AS INTEGER) + 543) BEGIN SELECT RAISE(ABORT, 'certificate_of_payment'); END;

CREATE TRIGGER certificate_without_gap BEFORE INSERT ON tax_certificate WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM tax_certificate WHERE year_be = NEW.year_be) BEGIN SELECT RAISE(ABORT, 'certificate_without_gap'); END;

CREATE TRIGGER certificate_adds_to_month AFTER INSERT ON tax_certificate WHEN 1 = 1 BEGIN INSERT INTO withheld_month (first_on, form, payments, withheld_satang, remitted_satang) VALUES (NEW.first_on, NEW.form, 1, NEW.satang, 0)
    ON CONFLICT (first_on, form) DO UPDATE SET payments = withheld_month.payments + 1,
        withheld_satang = withheld_month.withheld_satang + excluded.withheld_satang; END;

CREATE TRIGGER final_tax_remittance BEFORE UPDATE ON tax_remittance WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_tax_remittance'); END;

CREATE TRIGGER remittance_of_line BEFORE INSERT ON tax_remittance WHEN NOT EXISTS (SELECT 1 FROM outgoing_match AS m JOIN bank_event AS b ON b.id = m.event_id
    WHERE m.id = NEW.match_id AND m.payment_id IS NULL AND b.satang = -NEW.satang) BEGIN SELECT RAISE(ABORT, 'remittance_of_line'); END;

CREATE TRIGGER remittance_within_owed BEFORE INSERT ON tax_remittance WHEN NEW.satang + (SELECT COALESCE(SUM(r.satang), 0) FROM tax_remittance AS r WHERE r.first_on = NEW.first_on AND r.form = NEW.form)
    > (SELECT COALESCE(SUM(c.satang), 0) FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
        WHERE c.first_on = NEW.first_on AND c.form = NEW.form AND y.voided_at IS NULL AND y.returned_satang < y.satang) BEGIN SELECT RAISE(ABORT, 'remittance_within_owed'); END;

CREATE TRIGGER remittance_adds_to_month AFTER INSERT ON tax_remittance WHEN 1 = 1 BEGIN UPDATE withheld_month SET remitted_satang = remitted_satang + NEW.satang WHERE first_on = NEW.first_on AND form = NEW.form; END;

CREATE TRIGGER remittance_leaves_month AFTER DELETE ON tax_remittance WHEN 1 = 1 BEGIN UPDATE withheld_month SET remitted_satang = remitted_satang - OLD.satang WHERE first_on = OLD.first_on AND form = OLD.form; END;

CREATE TRIGGER final_trace BEFORE UPDATE ON trace WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_trace'); END;

CREATE TRIGGER kept_trace BEFORE DELETE ON trace WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_trace'); END;

CREATE TRIGGER trace_within_payment BEFORE INSERT ON trace WHEN NEW.satang > 0 AND NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM trace WHERE payment_id = NEW.payment_id AND return_id IS NULL)
    > (SELECT satang FROM payment WHERE id = NEW.payment_id) BEGIN SELECT RAISE(ABORT, 'trace_within_payment'); END;

CREATE TRIGGER trace_within_donation BEFORE INSERT ON trace WHEN NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM donation_reversal WHERE donation_id = NEW.donation_id)
    + (SELECT COALESCE(SUM(satang), 0) FROM live_trace WHERE donation_id = NEW.donation_id)
    > (SELECT satang FROM donation WHERE id = NEW.donation_id) BEGIN SELECT RAISE(ABORT, 'trace_within_donation'); END;

CREATE TRIGGER trace_within_opening BEFORE INSERT ON trace WHEN NEW.opening_balance_id IS NOT NULL AND NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM live_trace
    WHERE opening_balance_id = NEW.opening_balance_id) > (SELECT satang FROM opening_balance WHERE id = NEW.opening_balance_id) BEGIN SELECT RAISE(ABORT, 'trace_within_opening'); END;

CREATE TRIGGER trace_back_within_traced BEFORE INSERT ON trace WHEN NEW.return_id IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM payment_return AS b
        WHERE b.id = NEW.return_id AND b.payment_id = NEW.payment_id AND b.confirmed_at IS NOT NULL
        AND b.satang + b.tax_satang + NEW.satang + (SELECT COALESCE(SUM(t.satang), 0) FROM trace AS t WHERE t.return_id = b.id) >= 0)
    OR NEW.satang + (SELECT COALESCE(SUM(t.satang), 0) FROM trace AS t WHERE t.payment_id = NEW.payment_id
        AND (t.donation_id = NEW.donation_id OR t.opening_balance_id = NEW.opening_balance_id)) < 0) BEGIN SELECT RAISE(ABORT, 'trace_back_within_traced'); END;

CREATE TRIGGER final_transfer_file BEFORE UPDATE ON transfer_file WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_transfer_file'); END;

CREATE TRIGGER kept_transfer_file BEFORE DELETE ON transfer_file WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_transfer_file'); END;

CREATE TRIGGER transfer_line_of_approved BEFORE INSERT ON transfer_file_line WHEN NEW.result <> '' OR NOT EXISTS (SELECT 1 FROM payment_order AS o
    JOIN transfer_file AS f ON f.id = NEW.file_id JOIN proposal AS p ON p.id = o.proposal_id
    JOIN vendor_account AS a ON a.id = o.vendor_account_id JOIN vendor AS w ON w.id = a.vendor_id
    WHERE o.id = NEW.order_id AND o.approved_at IS NOT NULL AND o.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment AS y WHERE y.order_id = o.id)
    AND w.closed_at IS NULL AND NOT EXISTS (SELECT 1 FROM vendor_account AS l
        WHERE l.vendor_id = a.vendor_id AND l.id > a.id AND l.from_at <= f.made_at)
    AND f.made_by_id NOT IN (p.submitted_by_id, p.asked_by_id)
    AND NOT EXISTS (SELECT 1 FROM vote AS v JOIN agenda_item AS g ON g.id = v.item_id
        WHERE g.proposal_id = p.id AND v.member_id = f.made_by_id)) BEGIN SELECT RAISE(ABORT, 'transfer_line_of_approved'); END;

CREATE TRIGGER transfer_result_once BEFORE UPDATE ON transfer_file_line WHEN OLD.result <> '' OR OLD.id <> NEW.id OR OLD.file_id <> NEW.file_id OR OLD.order_id <> NEW.order_id OR OLD.reference <> NEW.reference BEGIN SELECT RAISE(ABORT, 'transfer_result_once'); END;

CREATE TRIGGER kept_transfer_file_line BEFORE DELETE ON transfer_file_line WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_transfer_file_line'); END;

CREATE TRIGGER officer_files_no_advance BEFORE INSERT ON transfer_file_line WHEN EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id JOIN payment_order AS o ON o.vendor_account_id = a.id JOIN transfer_file AS f ON f.id = NEW.file_id
    WHERE o.id = NEW.order_id AND v.user_id = f.made_by_id) BEGIN SELECT RAISE(ABORT, 'officer_files_no_advance'); END;

CREATE TRIGGER kept_user_account BEFORE DELETE ON user_account WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_user_account'); END;

CREATE TRIGGER password_of_officer_by_two BEFORE UPDATE ON user_account WHEN NEW.password_is_temporary AND OLD.password_hash <> NEW.password_hash AND EXISTS (SELECT 1
            FROM role_grant AS held WHERE held.user_id = NEW.id AND held.revoked_at IS NULL
            AND (held.role IN ('finance', 'chair', 'committee', 'fund_officer', 'auditor', 'administrator')
    OR (held.role = 'mentor' AND held.area_code = ''))) BEGIN SELECT RAISE(ABORT, 'password_of_officer_by_two'); END;

CREATE TRIGGER vendor_by_two BEFORE INSERT ON vendor WHEN NEW.closed_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM approval_request AS a
    WHERE a.id = NEW.approval_request_id AND a.decision = 'approved' AND a.kind = 'vendor.propose'
    AND instr(a.payload, '"name": "' || replace(replace(NEW.name, '\', '\\'), '"', '\"') || '"') > 0
    AND instr(a.payload, '"tax_id": "' || NEW.tax_id || '"') > 0 AND instr(a.payload, '"kind": "' || NEW.kind || '"') > 0
    AND (instr(a.payload, '"user_id": "' || COALESCE(NEW.user_id, '') || '"') > 0 OR (NEW.user_id IS NULL AND instr(a.payload, '"user_id"') = 0))
    AND (NEW.user_id IS NULL OR NEW.user_id <> a.decided_by_id)) BEGIN SELECT RAISE(ABORT, 'vendor_by_two'); END;

CREATE TRIGGER vendor_closed_once BEFORE UPDATE ON vendor WHEN OLD.closed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'vendor_closed_once'); END;

CREATE TRIGGER final_vendor BEFORE UPDATE ON vendor WHEN OLD.id IS NOT NEW.id OR OLD.kind IS NOT NEW.kind OR OLD.name IS NOT NEW.name OR OLD.tax_id IS NOT NEW.tax_id OR OLD.approval_request_id IS NOT NEW.approval_request_id OR OLD.confirmed_at IS NOT NEW.confirmed_at OR OLD.user_id IS NOT NEW.user_id BEGIN SELECT RAISE(ABORT, 'final_vendor'); END;

CREATE TRIGGER kept_vendor BEFORE DELETE ON vendor WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_vendor'); END;

CREATE TRIGGER vendor_account_by_two BEFORE INSERT ON vendor_account WHEN NOT EXISTS (SELECT 1 FROM approval_request AS a
    JOIN vendor AS v ON v.id = NEW.vendor_id WHERE a.id = NEW.approval_request_id AND a.decision = 'approved'
    AND ((a.kind = 'vendor.propose' AND a.id = v.approval_request_id)
        OR (a.kind = 'vendor.account' AND a.subject = 'vendor:' || NEW.vendor_id))
    AND instr(a.payload, '"number": "' || NEW.number || '"') > 0 AND instr(a.payload, '"bank_code": "' || NEW.bank_code || '"') > 0) BEGIN SELECT RAISE(ABORT, 'vendor_account_by_two'); END;

CREATE TRIGGER vendor_account_waits BEFORE INSERT ON vendor_account WHEN EXISTS (SELECT 1 FROM vendor_account WHERE vendor_id = NEW.vendor_id) AND EXISTS (SELECT 1 FROM approval_request AS a
    WHERE a.id = NEW.approval_request_id AND julianday(NEW.from_at) < julianday(a.decided_at) + 0.99999) BEGIN SELECT RAISE(ABORT, 'vendor_account_waits'); END;

CREATE TRIGGER final_vendor_account BEFORE UPDATE ON vendor_account WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_vendor_account'); END;

CREATE TRIGGER kept_vendor_account BEFORE DELETE ON vendor_account WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_vendor_account'); END;

CREATE TRIGGER final_vote BEFORE UPDATE ON vote WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_vote'); END;

CREATE TRIGGER kept_vote BEFORE DELETE ON vote WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_vote'); END;

CREATE TRIGGER requester_may_not_vote BEFORE INSERT ON vote WHEN EXISTS (SELECT 1 FROM agenda_item AS a JOIN proposal AS p ON p.id = a.proposal_id
    WHERE a.id = NEW.item_id AND NEW.member_id IN (p.submitted_by_id, p.asked_by_id)) BEGIN SELECT RAISE(ABORT, 'requester_may_not_vote'); END;

CREATE TRIGGER payer_may_not_vote BEFORE INSERT ON vote WHEN EXISTS (SELECT 1 FROM agenda_item AS a JOIN payment_order AS o ON o.proposal_id = a.proposal_id
    LEFT JOIN payment AS y ON y.order_id = o.id
    WHERE a.id = NEW.item_id AND o.withdrawn_at IS NULL AND NEW.member_id IN (o.prepared_by_id, y.paid_by_id)) BEGIN SELECT RAISE(ABORT, 'payer_may_not_vote'); END;

CREATE TRIGGER recused_may_not_vote BEFORE INSERT ON vote WHEN EXISTS (SELECT 1 FROM recusal WHERE item_id = NEW.item_id AND member_id = NEW.member_id) BEGIN SELECT RAISE(ABORT, 'recused_may_not_vote'); END;

CREATE TRIGGER vote_before_resolution BEFORE INSERT ON vote WHEN EXISTS (SELECT 1 FROM resolution WHERE item_id = NEW.item_id) BEGIN SELECT RAISE(ABORT, 'vote_before_resolution'); END;

CREATE TRIGGER vote_on_newest_motion BEFORE INSERT ON vote WHEN NOT EXISTS (SELECT 1 FROM motion AS m WHERE m.id = NEW.motion_id AND m.item_id = NEW.item_id
    AND m.number = (SELECT MAX(n.number) FROM motion AS n WHERE n.item_id = NEW.item_id)) BEGIN SELECT RAISE(ABORT, 'vote_on_newest_motion'); END;

CREATE TRIGGER voter_must_attend BEFORE INSERT ON vote WHEN NOT EXISTS (SELECT 1 FROM agenda_item AS a JOIN attendance AS t ON t.meeting_id = a.meeting_id
    WHERE a.id = NEW.item_id AND t.member_id = NEW.member_id AND t.kind = 'member' AND t.left_at IS NULL) BEGIN SELECT RAISE(ABORT, 'voter_must_attend'); END;

CREATE TRIGGER sole_vote_by_right BEFORE INSERT ON vote WHEN EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id JOIN body AS b ON b.id = m.body_id
    JOIN proposal_version AS v ON v.id = i.version_id
    WHERE i.id = NEW.item_id AND b.level = 'sole' AND (EXISTS (SELECT 1 FROM proposal_way AS w
        WHERE w.proposal_id = i.proposal_id AND w.way = 'urgent' AND w.asked_by_id = NEW.member_id)
    OR (SELECT w.way FROM proposal_way AS w WHERE w.proposal_id = i.proposal_id ORDER BY w.id DESC LIMIT 1) = 'meeting'
    OR NOT EXISTS (SELECT 1 FROM seat AS s JOIN body AS f ON f.id = s.body_id
        WHERE f.code = 'fund' AND s.person_id = NEW.member_id AND s.office = 'chair' AND s.from_on <= date(NEW.at, '+7 hours')
        AND (s.to_on IS NULL OR s.to_on >= date(NEW.at, '+7 hours')))
    AND NOT EXISTS (SELECT 1 FROM delegation AS d WHERE d.to_id = NEW.member_id AND d.confirmed_at IS NOT NULL AND d.ended_at IS NULL
        AND date(NEW.at, '+7 hours') BETWEEN d.from_on AND d.to_on AND d.ceiling_satang >= v.satang))) BEGIN SELECT RAISE(ABORT, 'sole_vote_by_right'); END;

CREATE TRIGGER answer_in_time BEFORE INSERT ON vote WHEN EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id
    WHERE i.id = NEW.item_id AND m.kind = 'circulated' AND NOT EXISTS (SELECT 1 FROM circulation AS c
        JOIN meeting_roll AS l ON l.meeting_id = c.meeting_id AND l.person_id = NEW.member_id
        WHERE c.meeting_id = m.id AND c.outcome = 'open' AND strftime('%Y-%m-%d %H:%M:%f', 'now') < c.closes_at)) BEGIN SELECT RAISE(ABORT, 'answer_in_time'); END;

CREATE TRIGGER withheld_month_as_certified BEFORE UPDATE ON withheld_month WHEN NEW.first_on <> OLD.first_on OR NEW.form <> OLD.form OR (NEW.payments <> (SELECT COUNT(*) FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
        WHERE c.first_on = NEW.first_on AND c.form = NEW.form AND y.voided_at IS NULL AND y.returned_satang < y.satang)
    OR NEW.withheld_satang <> (SELECT COALESCE(SUM(c.satang), 0) FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
        WHERE c.first_on = NEW.first_on AND c.form = NEW.form AND y.voided_at IS NULL AND y.returned_satang < y.satang)
    OR NEW.remitted_satang <> (SELECT COALESCE(SUM(r.satang), 0) FROM tax_remittance AS r WHERE r.first_on = NEW.first_on AND r.form = NEW.form)) BEGIN SELECT RAISE(ABORT, 'withheld_month_as_certified'); END;

CREATE TRIGGER withheld_month_begins_as_certified BEFORE INSERT ON withheld_month WHEN NOT EXISTS (SELECT 1 FROM withheld_month AS m WHERE m.first_on = NEW.first_on AND m.form = NEW.form) AND (NEW.payments <> (SELECT COUNT(*) FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
        WHERE c.first_on = NEW.first_on AND c.form = NEW.form AND y.voided_at IS NULL AND y.returned_satang < y.satang)
    OR NEW.withheld_satang <> (SELECT COALESCE(SUM(c.satang), 0) FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
        WHERE c.first_on = NEW.first_on AND c.form = NEW.form AND y.voided_at IS NULL AND y.returned_satang < y.satang)
    OR NEW.remitted_satang <> (SELECT COALESCE(SUM(r.satang), 0) FROM tax_remittance AS r WHERE r.first_on = NEW.first_on AND r.form = NEW.form)) BEGIN SELECT RAISE(ABORT, 'withheld_month_begins_as_certified'); END;

CREATE TRIGGER kept_withheld_month BEFORE DELETE ON withheld_month WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_withheld_month'); END;

CREATE TRIGGER withholding_of_open_order BEFORE INSERT ON withholding WHEN NOT EXISTS (SELECT 1 FROM payment_order AS o
    JOIN vendor_account AS a ON a.id = o.vendor_account_id JOIN vendor AS v ON v.id = a.vendor_id
    WHERE o.id = NEW.order_id AND o.withheld_satang = NEW.satang AND NEW.base_satang <= o.satang
    AND o.approved_at IS NULL AND o.withdrawn_at IS NULL AND v.tax_id = NEW.tax_id AND v.kind <> 'officer'
    AND NOT EXISTS (SELECT 1 FROM payment_approval AS y WHERE y.order_id = o.id)) BEGIN SELECT RAISE(ABORT, 'withholding_of_open_order'); END;

CREATE TRIGGER final_withholding BEFORE UPDATE ON withholding WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'final_withholding'); END;

CREATE TRIGGER kept_withholding BEFORE DELETE ON withholding WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'kept_withholding'); END;

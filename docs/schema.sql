-- The schema on PostgreSQL after all migrations. Made by tests/schema_text.py.
-- An empty line ends a statement; within one there is none.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE account (
    id bigserial NOT NULL,
    kind character varying(12) NOT NULL,
    purpose_id bigint NOT NULL,
    balance_satang bigint DEFAULT '0'::bigint NOT NULL,
    last_entry_id bigint,
    CONSTRAINT pk_account PRIMARY KEY (id),
    CONSTRAINT uq_account_kind_purpose_id UNIQUE (kind, purpose_id),
    CONSTRAINT ck_account_known_kind CHECK (kind IN ('received', 'available', 'committed', 'paid')),
    CONSTRAINT ck_account_not_overdrawn CHECK (balance_satang >= 0)
);

CREATE TABLE advance_clearing (
    id bigserial NOT NULL,
    payment_id bigint NOT NULL,
    satang bigint NOT NULL,
    paper character varying(300) NOT NULL,
    cleared_at timestamp with time zone NOT NULL,
    cleared_by_id bigint NOT NULL,
    CONSTRAINT pk_advance_clearing PRIMARY KEY (id),
    CONSTRAINT ck_advance_clearing_positive CHECK (satang > 0)
);

CREATE INDEX ix_advance_clearing_payment_id ON advance_clearing (payment_id);

CREATE TABLE agenda_item (
    id bigserial NOT NULL,
    meeting_id bigint NOT NULL,
    proposal_id bigint NOT NULL,
    "position" integer NOT NULL,
    matter character varying(8) NOT NULL,
    version_id bigint NOT NULL,
    frozen text DEFAULT '{}'::text NOT NULL,
    ceiling_satang bigint,
    CONSTRAINT pk_agenda_item PRIMARY KEY (id),
    CONSTRAINT uq_agenda_item_meeting_id_proposal_id UNIQUE (meeting_id, proposal_id),
    CONSTRAINT ck_agenda_item_known_matter CHECK (matter IN ('decide', 'amend', 'rescind', 'ratify'))
);

CREATE TABLE aid_funding (
    id bigserial NOT NULL,
    request_id bigint NOT NULL,
    kind character varying(16) NOT NULL,
    source character varying(160) NOT NULL,
    purpose_code character varying(24),
    satang bigint NOT NULL,
    CONSTRAINT pk_aid_funding PRIMARY KEY (id),
    CONSTRAINT uq_aid_funding_request_id_purpose_code UNIQUE (request_id, purpose_code),
    CONSTRAINT ck_aid_funding_known_kind CHECK (kind IN ('fund_purpose', 'agency_budget', 'network', 'local_government')),
    CONSTRAINT ck_aid_funding_positive CHECK (satang > 0),
    CONSTRAINT ck_aid_funding_source_of_kind CHECK ((kind = 'fund_purpose') = (purpose_code IS NOT NULL) AND (kind = 'fund_purpose') = (source = ''))
);

CREATE INDEX ix_aid_funding_request_id ON aid_funding (request_id);

CREATE TABLE aid_line (
    id bigserial NOT NULL,
    request_id bigint NOT NULL,
    household_id bigint NOT NULL,
    member_id bigint,
    item_code character varying(24) NOT NULL,
    quantity integer NOT NULL,
    unit_satang bigint NOT NULL,
    fund_satang bigint,
    sizes text NOT NULL,
    CONSTRAINT pk_aid_line PRIMARY KEY (id),
    CONSTRAINT uq_aid_line_request_id_household_id_member_id_item_code UNIQUE (request_id, household_id, member_id, item_code),
    CONSTRAINT ck_aid_line_fund_part CHECK (fund_satang > 0 AND fund_satang <= unit_satang),
    CONSTRAINT ck_aid_line_positive CHECK (quantity > 0 AND unit_satang > 0)
);

CREATE INDEX ix_aid_line_household_id ON aid_line (household_id);

CREATE INDEX ix_aid_line_member_id ON aid_line (member_id);

CREATE INDEX ix_aid_line_request_id ON aid_line (request_id);

CREATE TABLE aid_request (
    id bigserial NOT NULL,
    code character varying(16) NOT NULL,
    title character varying(160) NOT NULL,
    story text NOT NULL,
    purpose_code character varying(24) NOT NULL,
    dimension character varying(16) NOT NULL,
    urgency character varying(8) NOT NULL,
    district_code character varying(4),
    state character varying(10) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    made_by_id bigint NOT NULL,
    submitted_at timestamp with time zone,
    delivered_at timestamp with time zone,
    snapshot text NOT NULL,
    CONSTRAINT pk_aid_request PRIMARY KEY (id),
    CONSTRAINT uq_aid_request_code UNIQUE (code),
    CONSTRAINT ck_aid_request_known_state CHECK (state IN ('draft', 'submitted', 'withdrawn')),
    CONSTRAINT ck_aid_request_known_urgency CHECK (urgency IN ('urgent', 'medium', 'long')),
    CONSTRAINT ck_aid_request_submitted_pair CHECK (state <> 'submitted' OR submitted_at IS NOT NULL)
);

CREATE INDEX ix_aid_request_drafts ON aid_request (made_by_id) WHERE state = 'draft';

CREATE INDEX ix_aid_request_made_by_id ON aid_request (made_by_id);

CREATE INDEX ix_aid_request_to_give ON aid_request (code) WHERE delivered_at IS NULL AND state = 'submitted';

CREATE INDEX ix_aid_request_words ON aid_request USING gin (title gin_trgm_ops, code gin_trgm_ops);

CREATE TABLE allocation (
    id bigserial NOT NULL,
    event_id bigint NOT NULL,
    donation_id bigint NOT NULL,
    satang bigint NOT NULL,
    CONSTRAINT pk_allocation PRIMARY KEY (id),
    CONSTRAINT uq_allocation_event_id_donation_id UNIQUE (event_id, donation_id),
    CONSTRAINT ck_allocation_positive CHECK (satang > 0)
);

CREATE INDEX ix_allocation_donation_id ON allocation (donation_id);

CREATE TABLE amount_reservation (
    payment_request_id bigint NOT NULL,
    address_hash bytea NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT pk_amount_reservation PRIMARY KEY (payment_request_id)
);

CREATE INDEX ix_amount_reservation_address_hash_until ON amount_reservation (address_hash, until);

CREATE INDEX ix_amount_reservation_until ON amount_reservation (until);

CREATE TABLE approval_request (
    id bigserial NOT NULL,
    kind character varying(40) NOT NULL,
    subject character varying(80) NOT NULL,
    payload text NOT NULL,
    changes text NOT NULL,
    reason character varying(300) NOT NULL,
    concerned_id bigint,
    asked_by_id bigint NOT NULL,
    asked_role character varying(24) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    decision character varying(10),
    decided_by_id bigint,
    decided_role character varying(24),
    decided_at timestamp with time zone,
    answer character varying(300) NOT NULL,
    CONSTRAINT pk_approval_request PRIMARY KEY (id),
    CONSTRAINT ck_approval_request_another_person CHECK (decision IS NULL OR decision NOT IN ('approved', 'declined') OR decided_by_id <> asked_by_id),
    CONSTRAINT ck_approval_request_decided_by_somebody CHECK ((decision IS NOT NULL AND decision <> 'expired') = (decided_by_id IS NOT NULL)),
    CONSTRAINT ck_approval_request_decided_pair CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CONSTRAINT ck_approval_request_expires_pair CHECK ((expires_at IS NULL) = (kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo', 'statement.override', 'statement.withdraw', 'refund.pay'))),
    CONSTRAINT ck_approval_request_finance_roles CHECK (NOT kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo', 'statement.override', 'statement.withdraw', 'refund.pay') OR (asked_role = 'finance' AND (decided_role IS NULL OR decided_role IN ('finance', 'chair')))),
    CONSTRAINT ck_approval_request_known_decision CHECK (decision IN ('approved', 'declined', 'withdrawn', 'expired')),
    CONSTRAINT ck_approval_request_known_roles CHECK (asked_role IN ('chair', 'finance', 'fund_officer', 'administrator') AND (decided_role IS NULL OR decided_role IN ('chair', 'finance', 'fund_officer', 'administrator'))),
    CONSTRAINT ck_approval_request_not_concerned CHECK (concerned_id IS NULL OR decision IS NULL OR decision NOT IN ('approved', 'declined') OR concerned_id <> decided_by_id),
    CONSTRAINT ck_approval_request_not_concerned_asking CHECK (concerned_id IS NULL OR concerned_id <> asked_by_id),
    CONSTRAINT ck_approval_request_other_role CHECK (decision IS NULL OR decision <> 'approved' OR decided_role <> asked_role OR kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo', 'statement.override', 'statement.withdraw', 'refund.pay')),
    CONSTRAINT ck_approval_request_role_pair CHECK ((decision IS NOT NULL AND decision IN ('approved', 'declined')) = (decided_role IS NOT NULL)),
    CONSTRAINT ck_approval_request_withdrawn_by_asker CHECK (decision IS NULL OR decision <> 'withdrawn' OR decided_by_id = asked_by_id)
);

CREATE INDEX ix_approval_request_subject ON approval_request (subject);

CREATE UNIQUE INDEX uq_approval_request_open ON approval_request (kind, subject) WHERE decision IS NULL;

CREATE UNIQUE INDEX uq_approval_request_open_of_finance ON approval_request (subject) WHERE decision IS NULL AND kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo', 'statement.override', 'statement.withdraw', 'refund.pay');

CREATE TABLE attendance (
    id bigserial NOT NULL,
    meeting_id bigint NOT NULL,
    kind character varying(8) DEFAULT 'member'::character varying NOT NULL,
    member_id bigint,
    name character varying(120) DEFAULT ''::character varying NOT NULL,
    "position" character varying(160) DEFAULT ''::character varying NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    left_at timestamp with time zone,
    CONSTRAINT pk_attendance PRIMARY KEY (id),
    CONSTRAINT ck_attendance_in_order CHECK (left_at IS NULL OR left_at >= noted_at),
    CONSTRAINT ck_attendance_known_kind CHECK (kind IN ('member', 'proxy', 'guest')),
    CONSTRAINT ck_attendance_who_it_is CHECK ((kind = 'guest') = (member_id IS NULL) AND (kind = 'member') = (name = ''))
);

CREATE UNIQUE INDEX uq_attendance_meeting_id_member_id ON attendance (meeting_id, member_id) WHERE left_at IS NULL;

CREATE TABLE audit_event (
    id bigserial NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    deed character varying(48) NOT NULL,
    subject character varying(80) NOT NULL,
    details text NOT NULL,
    address character varying(45) NOT NULL,
    CONSTRAINT pk_audit_event PRIMARY KEY (id)
);

CREATE INDEX ix_audit_event_by_id ON audit_event (by_id, id);

CREATE INDEX ix_audit_event_subject ON audit_event (subject);

CREATE INDEX ix_audit_event_deed ON audit_event (deed text_pattern_ops);

CREATE TABLE backup (
    id bigserial NOT NULL,
    at timestamp with time zone NOT NULL,
    name character varying(200) NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT pk_backup PRIMARY KEY (id)
);

CREATE TABLE bank_event (
    id bigserial NOT NULL,
    source character varying(12) NOT NULL,
    external_id character varying(90) NOT NULL,
    account_id bigint,
    statement_id bigint,
    line_number integer,
    received_at timestamp with time zone NOT NULL,
    raw bytea NOT NULL,
    raw_hash character varying(64) NOT NULL,
    satang bigint NOT NULL,
    currency character varying(3) NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    has_time boolean NOT NULL,
    balance_satang bigint,
    biller_id character varying(20) NOT NULL,
    ref1 character varying(40) NOT NULL,
    ref2 character varying(40) NOT NULL,
    bank_ref character varying(60) NOT NULL,
    payer character varying(160) NOT NULL,
    payer_bank character varying(3) NOT NULL,
    description character varying(400) NOT NULL,
    CONSTRAINT pk_bank_event PRIMARY KEY (id),
    CONSTRAINT uq_bank_event_source_external_id UNIQUE (source, external_id),
    CONSTRAINT ck_bank_event_known_source CHECK (source IN ('scb', 'statement', 'omise', 'counter', 'withdrawn')),
    CONSTRAINT ck_bank_event_not_zero CHECK (satang <> 0),
    CONSTRAINT ck_bank_event_statement_pair CHECK ((source IN ('statement', 'withdrawn')) = (statement_id IS NOT NULL))
);

CREATE INDEX ix_bank_event_satang ON bank_event (satang);

CREATE INDEX ix_bank_event_words ON bank_event USING gin (payer gin_trgm_ops, description gin_trgm_ops, ref1 gin_trgm_ops);

CREATE INDEX ix_bank_event_bank_ref ON bank_event (bank_ref) WHERE bank_ref <> '';

CREATE INDEX ix_bank_event_occurred_at ON bank_event (occurred_at);

CREATE INDEX ix_bank_event_out ON bank_event (occurred_at) WHERE satang < 0;

CREATE INDEX ix_bank_event_outgoing ON bank_event (satang) WHERE satang < 0;

CREATE INDEX ix_bank_event_ref1 ON bank_event (ref1);

CREATE INDEX ix_bank_event_statement_id ON bank_event (statement_id);

CREATE TABLE bank_reversal (
    event_id bigint NOT NULL,
    reverses_id bigint NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_bank_reversal PRIMARY KEY (event_id),
    CONSTRAINT uq_bank_reversal_reverses_id UNIQUE (reverses_id),
    CONSTRAINT ck_bank_reversal_of_another CHECK (event_id <> reverses_id)
);

CREATE TABLE body (
    id bigserial NOT NULL,
    code character varying(24) NOT NULL,
    name_th character varying(160) NOT NULL,
    level character varying(4) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_body PRIMARY KEY (id),
    CONSTRAINT uq_body_code UNIQUE (code),
    CONSTRAINT ck_body_known_level CHECK (level IN ('full', 'sub', 'sole'))
);

CREATE TABLE body_rules (
    id bigserial NOT NULL,
    body_id bigint NOT NULL,
    number integer NOT NULL,
    from_on date NOT NULL,
    order_number character varying(60) NOT NULL,
    numbering character varying(8) NOT NULL,
    quorum_part integer NOT NULL,
    quorum_whole integer NOT NULL,
    quorum_count integer,
    casting_vote boolean NOT NULL,
    majority character varying(14) NOT NULL,
    majority_amend character varying(14) NOT NULL,
    majority_rescind character varying(14) NOT NULL,
    majority_ratify character varying(14) NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    entered_by_id bigint,
    CONSTRAINT pk_body_rules PRIMARY KEY (id),
    CONSTRAINT uq_body_rules_body_id_number UNIQUE (body_id, number),
    CONSTRAINT ck_body_rules_amend_by_a_majority CHECK (majority_amend IN ('more_than_half', 'two_thirds', 'all')),
    CONSTRAINT ck_body_rules_by_order CHECK (number > 0 AND (number = 1 OR order_number <> '')),
    CONSTRAINT ck_body_rules_known_majority CHECK (majority IN ('more_than_half', 'two_thirds', 'all')),
    CONSTRAINT ck_body_rules_known_numbering CHECK (numbering IN ('calendar', 'fiscal', 'running')),
    CONSTRAINT ck_body_rules_possible_quorum CHECK (quorum_part > 0 AND quorum_part <= quorum_whole AND (quorum_count IS NULL OR quorum_count > 0)),
    CONSTRAINT ck_body_rules_ratify_by_a_majority CHECK (majority_ratify IN ('more_than_half', 'two_thirds', 'all')),
    CONSTRAINT ck_body_rules_rescind_by_a_majority CHECK (majority_rescind IN ('more_than_half', 'two_thirds', 'all'))
);

CREATE TABLE books_check (
    id bigserial NOT NULL,
    at timestamp with time zone NOT NULL,
    held boolean NOT NULL,
    findings text NOT NULL,
    by character varying(20) NOT NULL,
    CONSTRAINT pk_books_check PRIMARY KEY (id)
);

CREATE TABLE carried_gift (
    id bigserial NOT NULL,
    list_id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    on_date date NOT NULL,
    network_id bigint,
    donor_name character varying(160) NOT NULL,
    purpose_id bigint NOT NULL,
    satang bigint NOT NULL,
    paper_number character varying(40) NOT NULL,
    note character varying(200) NOT NULL,
    CONSTRAINT pk_carried_gift PRIMARY KEY (id),
    CONSTRAINT ck_carried_gift_known_kind CHECK (kind IN ('donation', 'pledge')),
    CONSTRAINT ck_carried_gift_pledge_of_network CHECK (kind = 'donation' OR network_id IS NOT NULL),
    CONSTRAINT ck_carried_gift_positive CHECK (satang > 0)
);

CREATE INDEX ix_carried_gift_list_id ON carried_gift (list_id);

CREATE INDEX ix_carried_gift_network_id ON carried_gift (network_id);

CREATE INDEX ix_carried_gift_purpose_id ON carried_gift (purpose_id);

CREATE TABLE carried_list (
    id bigserial NOT NULL,
    file_name character varying(160) NOT NULL,
    file_hash character varying(64) NOT NULL,
    applied_at timestamp with time zone NOT NULL,
    approval_request_id bigint NOT NULL,
    CONSTRAINT pk_carried_list PRIMARY KEY (id),
    CONSTRAINT uq_carried_list_file_hash UNIQUE (file_hash),
    CONSTRAINT uq_carried_list_approval_request_id UNIQUE (approval_request_id)
);

CREATE TABLE cash_count (
    id bigserial NOT NULL,
    number integer NOT NULL,
    on_date date NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    expected_cash_satang bigint NOT NULL,
    expected_cheque_satang bigint NOT NULL,
    counted_cash_satang bigint NOT NULL,
    counted_cheque_satang bigint NOT NULL,
    counts text NOT NULL,
    difference_reason character varying(300) NOT NULL,
    closed_at timestamp with time zone,
    closed_by_id bigint,
    CONSTRAINT pk_cash_count PRIMARY KEY (id),
    CONSTRAINT uq_cash_count_number UNIQUE (number),
    CONSTRAINT ck_cash_count_closed_pair CHECK ((closed_at IS NULL) = (closed_by_id IS NULL)),
    CONSTRAINT ck_cash_count_difference_explained CHECK (closed_at IS NULL OR difference_reason <> '' OR (expected_cash_satang = counted_cash_satang AND expected_cheque_satang = counted_cheque_satang)),
    CONSTRAINT ck_cash_count_not_negative CHECK (counted_cash_satang >= 0 AND counted_cheque_satang >= 0)
);

CREATE INDEX ix_cash_count_on_date ON cash_count (on_date);

CREATE UNIQUE INDEX uq_cash_count_open ON cash_count (on_date) WHERE closed_at IS NULL;

CREATE TABLE chain_link (
    number bigint NOT NULL,
    event_id bigint NOT NULL,
    hash character varying(64) NOT NULL,
    chained_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_chain_link PRIMARY KEY (number),
    CONSTRAINT uq_chain_link_event_id UNIQUE (event_id)
);

CREATE TABLE circulation (
    meeting_id bigint NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    is_unanimous boolean NOT NULL,
    outcome character varying(9) DEFAULT 'open'::character varying NOT NULL,
    reason character varying(300) DEFAULT ''::character varying NOT NULL,
    asked_by_id bigint,
    CONSTRAINT pk_circulation PRIMARY KEY (meeting_id),
    CONSTRAINT ck_circulation_asked_pair CHECK ((outcome = 'discuss') = (asked_by_id IS NOT NULL)),
    CONSTRAINT ck_circulation_known_outcome CHECK (outcome IN ('open', 'carried', 'rejected', 'undecided', 'no_money', 'discuss', 'withdrawn')),
    CONSTRAINT ck_circulation_reason_given CHECK (outcome NOT IN ('undecided', 'no_money') OR reason <> '')
);

CREATE TABLE closed_month (
    id bigserial NOT NULL,
    first_on date NOT NULL,
    last_on date NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    closed_by_id bigint NOT NULL,
    facts text NOT NULL,
    facts_hash character varying(64) NOT NULL,
    paper bytea NOT NULL,
    CONSTRAINT pk_closed_month PRIMARY KEY (id),
    CONSTRAINT uq_closed_month_first_on UNIQUE (first_on),
    CONSTRAINT ck_closed_month_in_order CHECK (first_on <= last_on)
);

CREATE TABLE collection (
    id bigserial NOT NULL,
    ref1 character varying(20) NOT NULL,
    network_id bigint NOT NULL,
    pledge_id bigint,
    purpose_id bigint NOT NULL,
    account_id bigint NOT NULL,
    payload character varying(512) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    opened_by_id bigint NOT NULL,
    closed_at timestamp with time zone,
    closed_by_id bigint,
    CONSTRAINT pk_collection PRIMARY KEY (id),
    CONSTRAINT uq_collection_ref1 UNIQUE (ref1),
    CONSTRAINT ck_collection_closed_pair CHECK ((closed_at IS NULL) = (closed_by_id IS NULL))
);

CREATE INDEX ix_collection_network_id ON collection (network_id);

CREATE UNIQUE INDEX uq_collection_open_network ON collection (network_id, purpose_id) WHERE closed_at IS NULL AND pledge_id IS NULL;

CREATE UNIQUE INDEX uq_collection_open_pledge ON collection (pledge_id) WHERE closed_at IS NULL;

CREATE TABLE commitment (
    id bigserial NOT NULL,
    resolution_id bigint NOT NULL,
    purpose_id bigint NOT NULL,
    satang bigint NOT NULL,
    CONSTRAINT pk_commitment PRIMARY KEY (id),
    CONSTRAINT uq_commitment_resolution_id_purpose_id UNIQUE (resolution_id, purpose_id),
    CONSTRAINT ck_commitment_positive CHECK (satang > 0)
);

CREATE TABLE counter_payment (
    id bigserial NOT NULL,
    number integer NOT NULL,
    key character varying(32) NOT NULL,
    cash_count_id bigint NOT NULL,
    event_id bigint NOT NULL,
    kind character varying(6) NOT NULL,
    satang bigint NOT NULL,
    cheque_bank character varying(3) NOT NULL,
    cheque_number character varying(20) NOT NULL,
    cheque_on date,
    taken_at timestamp with time zone NOT NULL,
    taken_by_id bigint NOT NULL,
    CONSTRAINT pk_counter_payment PRIMARY KEY (id),
    CONSTRAINT uq_counter_payment_number UNIQUE (number),
    CONSTRAINT uq_counter_payment_key UNIQUE (key),
    CONSTRAINT uq_counter_payment_event_id UNIQUE (event_id),
    CONSTRAINT ck_counter_payment_cheque_whole CHECK ((kind = 'cheque') = (cheque_number <> '') AND (kind = 'cheque') = (cheque_bank <> '') AND (kind = 'cheque') = (cheque_on IS NOT NULL)),
    CONSTRAINT ck_counter_payment_known_kind CHECK (kind IN ('cash', 'cheque')),
    CONSTRAINT ck_counter_payment_positive CHECK (satang > 0)
);

CREATE INDEX ix_counter_payment_cash_count_id ON counter_payment (cash_count_id);

CREATE TABLE counter_payment_reversal (
    id bigserial NOT NULL,
    counter_payment_id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    reason character varying(300) NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint NOT NULL,
    CONSTRAINT pk_counter_payment_reversal PRIMARY KEY (id),
    CONSTRAINT uq_counter_payment_reversal_counter_payment_id UNIQUE (counter_payment_id),
    CONSTRAINT ck_counter_payment_reversal_known_kind CHECK (kind IN ('void', 'bounced'))
);

CREATE TABLE deed_key (
    key character varying(32) NOT NULL,
    sent character varying(64) NOT NULL,
    location character varying(2000) NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_deed_key PRIMARY KEY (key)
);

CREATE INDEX ix_deed_key_at ON deed_key (at);

CREATE TABLE delegation (
    id bigserial NOT NULL,
    order_number character varying(60) NOT NULL,
    order_on date NOT NULL,
    from_id bigint NOT NULL,
    to_id bigint NOT NULL,
    ceiling_satang bigint NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    paper bytea NOT NULL,
    paper_sha256 character varying(64) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by_id bigint NOT NULL,
    confirmed_at timestamp with time zone,
    confirmed_by_id bigint,
    ended_at timestamp with time zone,
    ended_by_id bigint,
    CONSTRAINT pk_delegation PRIMARY KEY (id),
    CONSTRAINT ck_delegation_by_order CHECK (ceiling_satang > 0 AND order_number <> ''),
    CONSTRAINT ck_delegation_by_two CHECK ((confirmed_at IS NULL) = (confirmed_by_id IS NULL) AND (confirmed_by_id IS NULL OR confirmed_by_id NOT IN (asked_by_id, to_id))),
    CONSTRAINT ck_delegation_ended_pair CHECK ((ended_at IS NULL) = (ended_by_id IS NULL)),
    CONSTRAINT ck_delegation_in_order CHECK (to_on >= from_on),
    CONSTRAINT ck_delegation_to_another CHECK (from_id <> to_id AND to_id <> asked_by_id)
);

CREATE INDEX ix_delegation_to_id ON delegation (to_id);

CREATE TABLE delivery (
    id bigserial NOT NULL,
    handover_id bigint NOT NULL,
    line_id bigint NOT NULL,
    outcome character varying(6) NOT NULL,
    quantity integer NOT NULL,
    reason character varying(200) NOT NULL,
    taken_by character varying(120) NOT NULL,
    photo_id bigint,
    logbook_entry_id bigint,
    marked_at timestamp with time zone NOT NULL,
    marked_by_id bigint NOT NULL,
    shown_name character varying(190) DEFAULT ''::character varying NOT NULL,
    shown_grade character varying(20) DEFAULT ''::character varying NOT NULL,
    shown_school character varying(120) DEFAULT ''::character varying NOT NULL,
    shown_household character varying(16) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT pk_delivery PRIMARY KEY (id),
    CONSTRAINT uq_delivery_handover_id_line_id UNIQUE (handover_id, line_id),
    CONSTRAINT uq_delivery_logbook_entry_id UNIQUE (logbook_entry_id),
    CONSTRAINT ck_delivery_known_outcome CHECK (outcome IN ('given', 'partly', 'not')),
    CONSTRAINT ck_delivery_logbook_pair CHECK ((outcome = 'not') = (logbook_entry_id IS NULL)),
    CONSTRAINT ck_delivery_quantity_pair CHECK ((outcome = 'not') = (quantity = 0) AND quantity >= 0),
    CONSTRAINT ck_delivery_reason_pair CHECK (outcome = 'given' OR reason <> '')
);

CREATE INDEX ix_delivery_handover ON delivery (handover_id);

CREATE INDEX ix_delivery_line_id ON delivery (line_id);

CREATE TABLE deposit (
    id bigserial NOT NULL,
    item_id bigint CONSTRAINT deposit_item_id_not_null1 NOT NULL,
    event_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    undone_at timestamp with time zone,
    undone_by_id bigint,
    undo_reason character varying(300),
    CONSTRAINT pk_deposit PRIMARY KEY (id),
    CONSTRAINT ck_deposit_undone_triple CHECK ((undone_at IS NULL) = (undone_by_id IS NULL) AND (undone_at IS NULL) = (undo_reason IS NULL))
);

CREATE INDEX ix_deposit_event_id ON deposit (event_id);

CREATE UNIQUE INDEX uq_deposit_live_item ON deposit (item_id) WHERE undone_at IS NULL;

CREATE TABLE deposit_item (
    id bigserial NOT NULL,
    cash_count_id bigint NOT NULL,
    counter_payment_id bigint,
    satang bigint NOT NULL,
    CONSTRAINT pk_deposit_item PRIMARY KEY (id),
    CONSTRAINT uq_deposit_item_counter_payment_id UNIQUE (counter_payment_id),
    CONSTRAINT ck_deposit_item_positive CHECK (satang > 0)
);

CREATE INDEX ix_deposit_item_cash_count_id ON deposit_item (cash_count_id);

CREATE TABLE donation (
    id bigserial NOT NULL,
    payment_request_id bigint,
    pledge_id bigint,
    network_id bigint,
    purpose_id bigint NOT NULL,
    satang bigint NOT NULL,
    donor_name character varying(160) NOT NULL,
    anonymous boolean NOT NULL,
    paid_at timestamp with time zone NOT NULL,
    posted_at timestamp with time zone NOT NULL,
    posted_by_id bigint,
    CONSTRAINT pk_donation PRIMARY KEY (id),
    CONSTRAINT ck_donation_positive CHECK (satang > 0)
);

CREATE INDEX ix_donation_payment_request_id ON donation (payment_request_id);

CREATE INDEX ix_donation_network_id ON donation (network_id);

CREATE INDEX ix_donation_pledge_id ON donation (pledge_id);

CREATE INDEX ix_donation_donor_name ON donation USING gin (donor_name gin_trgm_ops);

CREATE TABLE donation_reversal (
    id bigserial NOT NULL,
    donation_id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    satang bigint NOT NULL,
    reason character varying(300) NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint NOT NULL,
    CONSTRAINT pk_donation_reversal PRIMARY KEY (id),
    CONSTRAINT ck_donation_reversal_known_kind CHECK (kind IN ('undone', 'refunded')),
    CONSTRAINT ck_donation_reversal_positive CHECK (satang > 0)
);

CREATE INDEX ix_donation_reversal_donation_id ON donation_reversal (donation_id);

CREATE TABLE donation_total (
    id bigserial NOT NULL,
    network_id bigint NOT NULL,
    pledge_id bigint,
    satang bigint DEFAULT 0 NOT NULL,
    CONSTRAINT pk_donation_total PRIMARY KEY (id),
    CONSTRAINT uq_donation_total_network_id_pledge_id UNIQUE (network_id, pledge_id),
    CONSTRAINT ck_donation_total_not_negative CHECK (satang >= 0)
);

CREATE INDEX ix_donation_total_pledge_id ON donation_total (pledge_id);

CREATE UNIQUE INDEX uq_donation_total_unpledged ON donation_total (network_id) WHERE pledge_id IS NULL;

CREATE TABLE donor_tax (
    payment_request_id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    name character varying(160) NOT NULL,
    number_encrypted bytea NOT NULL,
    consented_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_donor_tax PRIMARY KEY (payment_request_id),
    CONSTRAINT ck_donor_tax_known_kind CHECK (kind IN ('person', 'company'))
);

CREATE TABLE due_date_request (
    id bigserial NOT NULL,
    pledge_id bigint NOT NULL,
    number integer NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    reason character varying(300) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by_id bigint NOT NULL,
    accepted boolean,
    answer character varying(300) DEFAULT ''::character varying NOT NULL,
    decided_at timestamp with time zone,
    decided_by_id bigint,
    CONSTRAINT pk_due_date_request PRIMARY KEY (id),
    CONSTRAINT ck_due_date_request_answered CHECK (accepted IS NULL OR accepted OR answer <> ''),
    CONSTRAINT ck_due_date_request_decided CHECK ((decided_at IS NULL) = (accepted IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)),
    CONSTRAINT ck_due_date_request_explained CHECK (reason <> ''),
    CONSTRAINT ck_due_date_request_later CHECK (to_on > from_on),
    CONSTRAINT ck_due_date_request_numbered CHECK (number >= 0),
    CONSTRAINT ck_due_date_request_two_people CHECK (decided_by_id <> asked_by_id)
);

CREATE UNIQUE INDEX uq_due_date_request_open ON due_date_request (pledge_id) WHERE decided_at IS NULL;

CREATE TABLE edition (
    number integer NOT NULL,
    made_at timestamp with time zone NOT NULL,
    contents text NOT NULL,
    hash character varying(64) NOT NULL,
    CONSTRAINT pk_edition PRIMARY KEY (number)
);

CREATE TABLE edonation_report (
    id bigserial NOT NULL,
    donation_id bigint NOT NULL,
    route character varying(8) NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by_id bigint NOT NULL,
    undone_at timestamp with time zone,
    undone_by_id bigint,
    CONSTRAINT pk_edonation_report PRIMARY KEY (id),
    CONSTRAINT ck_edonation_report_known_route CHECK (route IN ('bank', 'manual')),
    CONSTRAINT ck_edonation_report_undone_pair CHECK ((undone_at IS NULL) = (undone_by_id IS NULL))
);

CREATE UNIQUE INDEX uq_edonation_report_live ON edonation_report (donation_id) WHERE undone_at IS NULL;

CREATE TABLE entry (
    id bigserial NOT NULL,
    debit_id bigint NOT NULL,
    credit_id bigint NOT NULL,
    satang bigint NOT NULL,
    movement character varying(12) NOT NULL,
    donation_id bigint,
    donation_reversal_id bigint,
    commitment_id bigint,
    payment_id bigint,
    payment_return_id bigint,
    opening_balance_id bigint,
    step smallint NOT NULL,
    on_date date NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    CONSTRAINT pk_entry PRIMARY KEY (id),
    CONSTRAINT ck_entry_known_movement CHECK (movement IN ('receive', 'commit', 'pay', 'void', 'return', 'release', 'give_back', 'open')),
    CONSTRAINT ck_entry_one_source CHECK (CASE WHEN donation_id IS NULL THEN 0 ELSE 1 END + CASE WHEN donation_reversal_id IS NULL THEN 0 ELSE 1 END + CASE WHEN commitment_id IS NULL THEN 0 ELSE 1 END + CASE WHEN payment_id IS NULL THEN 0 ELSE 1 END + CASE WHEN payment_return_id IS NULL THEN 0 ELSE 1 END + CASE WHEN opening_balance_id IS NULL THEN 0 ELSE 1 END = 1),
    CONSTRAINT ck_entry_positive CHECK (satang > 0),
    CONSTRAINT ck_entry_source_of_movement CHECK ((movement IN ('receive')) = (donation_id IS NOT NULL) AND (movement IN ('give_back')) = (donation_reversal_id IS NOT NULL) AND (movement IN ('commit', 'release')) = (commitment_id IS NOT NULL) AND (movement IN ('pay', 'void')) = (payment_id IS NOT NULL) AND (movement IN ('return')) = (payment_return_id IS NOT NULL) AND (movement IN ('open')) = (opening_balance_id IS NOT NULL)),
    CONSTRAINT ck_entry_steps_from_one CHECK (step >= 1),
    CONSTRAINT ck_entry_two_accounts CHECK (debit_id <> credit_id)
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
    round_household_id bigint NOT NULL,
    dimension character varying(16) NOT NULL,
    CONSTRAINT pk_failed_dimension PRIMARY KEY (round_household_id, dimension)
);

CREATE INDEX ix_failed_dimension_dimension ON failed_dimension (dimension);

CREATE TABLE fund_account (
    id bigserial NOT NULL,
    bank_code character varying(3) NOT NULL,
    number character varying(20) NOT NULL,
    name character varying(160) NOT NULL,
    biller_id character varying(15),
    promptpay_id character varying(13),
    state character varying(10) NOT NULL,
    approval_request_id bigint,
    CONSTRAINT pk_fund_account PRIMARY KEY (id),
    CONSTRAINT uq_fund_account_biller_id UNIQUE (biller_id),
    CONSTRAINT uq_fund_account_number UNIQUE (number),
    CONSTRAINT ck_fund_account_known_state CHECK (state IN ('proposed', 'open', 'closed'))
);

CREATE TABLE giving_stop (
    id bigserial NOT NULL,
    what character varying(8) NOT NULL,
    stopped_at timestamp with time zone NOT NULL,
    stopped_by_id bigint NOT NULL,
    reason character varying(300) NOT NULL,
    ended_at timestamp with time zone,
    approval_request_id bigint,
    CONSTRAINT pk_giving_stop PRIMARY KEY (id),
    CONSTRAINT uq_giving_stop_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT ck_giving_stop_ended_pair CHECK ((ended_at IS NULL) = (approval_request_id IS NULL)),
    CONSTRAINT ck_giving_stop_known CHECK (what = 'qr')
);

CREATE UNIQUE INDEX uq_giving_stop_open ON giving_stop (what) WHERE ended_at IS NULL;

CREATE TABLE guideline (
    id bigserial NOT NULL,
    number integer NOT NULL,
    title character varying(160) NOT NULL,
    words text NOT NULL,
    pdf bytea,
    sha256 character varying(64) NOT NULL,
    meeting_id bigint NOT NULL,
    tabled_at timestamp with time zone NOT NULL,
    tabled_by_id bigint NOT NULL,
    is_adopted boolean,
    for_votes integer,
    against_votes integer,
    abstentions integer,
    decided_at timestamp with time zone,
    decided_by_id bigint,
    CONSTRAINT pk_guideline PRIMARY KEY (id),
    CONSTRAINT uq_guideline_number UNIQUE (number),
    CONSTRAINT ck_guideline_carried CHECK (NOT is_adopted OR (for_votes > against_votes AND for_votes * 2 > for_votes + against_votes + abstentions)),
    CONSTRAINT ck_guideline_decided_whole CHECK ((is_adopted IS NULL) = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL) AND (decided_at IS NULL) = (for_votes IS NULL) AND (decided_at IS NULL) = (against_votes IS NULL) AND (decided_at IS NULL) = (abstentions IS NULL)),
    CONSTRAINT ck_guideline_says_something CHECK (words <> '' OR pdf IS NOT NULL)
);

CREATE INDEX ix_guideline_meeting_id ON guideline (meeting_id);

CREATE TABLE guideline_vote (
    id bigserial NOT NULL,
    guideline_id bigint NOT NULL,
    member_id bigint NOT NULL,
    turn integer NOT NULL,
    choice character varying(8) NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_guideline_vote PRIMARY KEY (id),
    CONSTRAINT uq_guideline_vote_guideline_id_member_id_turn UNIQUE (guideline_id, member_id, turn),
    CONSTRAINT ck_guideline_vote_known_choice CHECK (choice IN ('approve', 'reject', 'abstain'))
);

CREATE TABLE handover (
    id bigserial NOT NULL,
    request_id bigint NOT NULL,
    held_on date NOT NULL,
    place character varying(160) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    opened_by_id bigint NOT NULL,
    closed_at timestamp with time zone,
    second_id bigint,
    second_named_at timestamp with time zone,
    second_named_by_id bigint,
    CONSTRAINT pk_handover PRIMARY KEY (id),
    CONSTRAINT ck_handover_second_by_another CHECK ((second_id IS NULL) = (second_named_at IS NULL) AND (second_id IS NULL) = (second_named_by_id IS NULL) AND second_id <> second_named_by_id)
);

CREATE INDEX ix_handover_listed ON handover (held_on, id);

CREATE INDEX ix_handover_open ON handover (held_on, id) WHERE closed_at IS NULL;

CREATE INDEX ix_handover_request_id ON handover (request_id);

CREATE TABLE help_received (
    household_id bigint NOT NULL,
    dimension character varying(16) NOT NULL,
    satang bigint NOT NULL,
    CONSTRAINT pk_help_received PRIMARY KEY (household_id, dimension),
    CONSTRAINT ck_help_received_positive CHECK (satang > 0)
);

CREATE TABLE household (
    id bigserial NOT NULL,
    code character varying(16) NOT NULL,
    key character varying(80) NOT NULL,
    house_code character varying(11),
    house_no character varying(20) NOT NULL,
    moo character varying(4) NOT NULL,
    village character varying(80) NOT NULL,
    district_code character varying(4) NOT NULL,
    subdistrict_code character varying(6),
    origin character varying(8) NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    search_words text DEFAULT ''::text NOT NULL,
    name_key character varying(200) DEFAULT ''::character varying NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT pk_household PRIMARY KEY (id),
    CONSTRAINT uq_household_code UNIQUE (code),
    CONSTRAINT uq_household_key UNIQUE (key),
    CONSTRAINT ck_household_known_origin CHECK (origin IN ('tpmap', 'thai_qm', 'needy')),
    CONSTRAINT ck_household_place CHECK (subdistrict_code IS NULL OR substr(subdistrict_code, 1, 4) = district_code)
);

CREATE INDEX ix_household_district_code ON household (district_code, subdistrict_code);

CREATE INDEX ix_household_listed ON household (district_code, id);

CREATE INDEX ix_household_name_key ON household (name_key, id);

CREATE INDEX ix_household_district_name_key ON household (district_code, name_key, id);

CREATE INDEX ix_household_search_words ON household USING gin (search_words gin_trgm_ops);

CREATE INDEX ix_household_unsearchable ON household (id) WHERE search_words = '';

CREATE TABLE in_kind_donation (
    id bigserial NOT NULL,
    fiscal_year_be integer NOT NULL,
    number integer NOT NULL,
    token character varying(32) NOT NULL,
    kind character varying(8) NOT NULL,
    what character varying(200) NOT NULL,
    quantity integer NOT NULL,
    unit character varying(40) NOT NULL,
    satang bigint NOT NULL,
    valued_from character varying(8) NOT NULL,
    valuation character varying(300) NOT NULL,
    pledge_id bigint,
    network_id bigint,
    purpose_id bigint NOT NULL,
    giver character varying(160) NOT NULL,
    received_on date NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by_id bigint NOT NULL,
    contents text NOT NULL,
    contents_hash character varying(64) NOT NULL,
    voided_at timestamp with time zone,
    voided_by_id bigint,
    void_reason character varying(300),
    CONSTRAINT pk_in_kind_donation PRIMARY KEY (id),
    CONSTRAINT uq_in_kind_donation_token UNIQUE (token),
    CONSTRAINT uq_in_kind_donation_fiscal_year_be_number UNIQUE (fiscal_year_be, number),
    CONSTRAINT ck_in_kind_donation_known_kind CHECK (kind IN ('goods', 'labour')),
    CONSTRAINT ck_in_kind_donation_known_valuation CHECK (valued_from IN ('receipt', 'market', 'word')),
    CONSTRAINT ck_in_kind_donation_positive CHECK (quantity > 0 AND satang > 0),
    CONSTRAINT ck_in_kind_donation_says_what CHECK (what <> '' AND unit <> ''),
    CONSTRAINT ck_in_kind_donation_void_triple CHECK ((voided_at IS NULL) = (void_reason IS NULL) AND (voided_at IS NULL) = (voided_by_id IS NULL))
);

CREATE INDEX ix_in_kind_donation_network_id ON in_kind_donation (network_id);

CREATE INDEX ix_in_kind_donation_pledge_id ON in_kind_donation (pledge_id);

CREATE TABLE in_kind_receipt_document (
    in_kind_donation_id bigint NOT NULL,
    contents text NOT NULL,
    contents_hash character varying(64) NOT NULL,
    pdf bytea NOT NULL,
    hash character varying(64) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_in_kind_receipt_document PRIMARY KEY (in_kind_donation_id)
);

CREATE TABLE in_kind_receipt_due (
    in_kind_donation_id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT pk_in_kind_receipt_due PRIMARY KEY (in_kind_donation_id)
);

CREATE TABLE in_kind_receipt_print (
    id bigserial NOT NULL,
    in_kind_donation_id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint NOT NULL,
    CONSTRAINT pk_in_kind_receipt_print PRIMARY KEY (id),
    CONSTRAINT ck_in_kind_receipt_print_known_kind CHECK (kind IN ('original', 'copy'))
);

CREATE INDEX ix_in_kind_receipt_print_in_kind_donation_id ON in_kind_receipt_print (in_kind_donation_id);

CREATE UNIQUE INDEX uq_in_kind_receipt_print_original ON in_kind_receipt_print (in_kind_donation_id) WHERE kind = 'original';

CREATE TABLE inquiry (
    id bigserial NOT NULL,
    event_id bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    outcome character varying(12) NOT NULL,
    raw bytea NOT NULL,
    satang bigint,
    fee_satang bigint,
    net_satang bigint,
    words character varying(300) DEFAULT ''::character varying NOT NULL,
    refunded_satang bigint,
    CONSTRAINT pk_inquiry PRIMARY KEY (id),
    CONSTRAINT ck_inquiry_confirmed_pair CHECK (outcome <> 'confirmed' OR (satang IS NOT NULL AND satang > 0)),
    CONSTRAINT ck_inquiry_known_outcome CHECK (outcome IN ('confirmed', 'differs', 'absent', 'unreachable'))
);

CREATE INDEX ix_inquiry_event_id ON inquiry (event_id);

CREATE INDEX ix_inquiry_absent ON inquiry (event_id) WHERE outcome = 'absent';

CREATE TABLE instalment (
    id bigserial NOT NULL,
    pledge_id bigint NOT NULL,
    number integer NOT NULL,
    satang bigint NOT NULL,
    due_on date NOT NULL,
    CONSTRAINT pk_instalment PRIMARY KEY (id),
    CONSTRAINT uq_instalment_pledge_id_number UNIQUE (pledge_id, number),
    CONSTRAINT ck_instalment_counted CHECK (number > 0),
    CONSTRAINT ck_instalment_positive CHECK (satang > 0)
);

CREATE INDEX ix_instalment_due_on ON instalment (due_on);

CREATE TABLE issuer_version (
    number integer NOT NULL,
    name_th character varying(200) NOT NULL,
    address_th character varying(400) NOT NULL,
    tax_id character varying(40) NOT NULL,
    signer character varying(160) NOT NULL,
    signer_position character varying(160) NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    noted_by_id bigint,
    approval_request_id bigint,
    CONSTRAINT pk_issuer_version PRIMARY KEY (number),
    CONSTRAINT ck_issuer_version_noted_by_somebody CHECK (number = 1 OR noted_by_id IS NOT NULL),
    CONSTRAINT ck_issuer_version_somebody_signs CHECK (signer <> '' OR signer_position = ''),
    CONSTRAINT ck_issuer_version_thirteen_digits CHECK (number = 1 OR length(tax_id) IN (0, 13))
);

CREATE UNIQUE INDEX uq_issuer_version_approval_request_id ON issuer_version (approval_request_id);

CREATE TABLE item_cost (
    id bigserial NOT NULL,
    request_id bigint NOT NULL,
    item_code character varying(24) NOT NULL,
    asked_satang bigint NOT NULL,
    quantity integer NOT NULL,
    unit_satang bigint NOT NULL,
    reason character varying(300) NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    entered_by_id bigint NOT NULL,
    CONSTRAINT pk_item_cost PRIMARY KEY (id),
    CONSTRAINT ck_item_cost_possible CHECK (quantity >= 0 AND unit_satang > 0),
    CONSTRAINT ck_item_cost_says_why CHECK (reason <> '')
);

CREATE INDEX ix_item_cost_item ON item_cost (request_id, item_code, asked_satang, id);

CREATE TABLE job (
    id bigserial NOT NULL,
    kind character varying(40) NOT NULL,
    key character varying(120) NOT NULL,
    arguments text NOT NULL,
    state character varying(8) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    leased_until timestamp with time zone,
    attempts integer NOT NULL,
    done integer NOT NULL,
    total integer NOT NULL,
    result text NOT NULL,
    error text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_job PRIMARY KEY (id),
    CONSTRAINT ck_job_known_state CHECK (state IN ('queued', 'running', 'done', 'failed'))
);

CREATE INDEX ix_job_state_due_at ON job (state, due_at);

CREATE UNIQUE INDEX uq_job_pending_key ON job ("key") WHERE state IN ('queued', 'running');

CREATE TABLE known_device (
    id bigserial NOT NULL,
    token_hash character varying(64) NOT NULL,
    user_id bigint NOT NULL,
    since_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_known_device PRIMARY KEY (id),
    CONSTRAINT uq_known_device_token_hash_user_id UNIQUE (token_hash, user_id)
);

CREATE INDEX ix_known_device_user_id ON known_device (user_id);

CREATE TABLE line_shortage (
    paper_id bigint NOT NULL,
    line_id bigint NOT NULL,
    quantity integer NOT NULL,
    CONSTRAINT pk_line_shortage PRIMARY KEY (paper_id, line_id),
    CONSTRAINT ck_line_shortage_positive CHECK (quantity > 0)
);

CREATE TABLE logbook_entry (
    id bigserial NOT NULL,
    household_id bigint NOT NULL,
    member_id bigint,
    on_date date NOT NULL,
    kind character varying(10) NOT NULL,
    dimension character varying(16),
    words text NOT NULL,
    satang bigint NOT NULL,
    funding_source character varying(12) NOT NULL,
    request_code character varying(16),
    tpmap_ref character varying(60) NOT NULL,
    written_at timestamp with time zone NOT NULL,
    written_by_id bigint NOT NULL,
    amends_id bigint,
    CONSTRAINT pk_logbook_entry PRIMARY KEY (id),
    CONSTRAINT ck_logbook_entry_known_kind CHECK (kind IN ('help', 'visit', 'note', 'correction')),
    CONSTRAINT ck_logbook_entry_not_negative CHECK (satang >= 0)
);

CREATE INDEX ix_logbook_entry_household ON logbook_entry (household_id, on_date);

CREATE INDEX ix_logbook_entry_amends_id ON logbook_entry (amends_id);

CREATE TABLE meeting (
    id bigserial NOT NULL,
    body_id bigint NOT NULL,
    rules_id bigint NOT NULL,
    kind character varying(10) DEFAULT 'meeting'::character varying NOT NULL,
    number integer NOT NULL,
    year_be integer NOT NULL,
    held_on date NOT NULL,
    place character varying(160) NOT NULL,
    room character varying(80) DEFAULT ''::character varying NOT NULL,
    floor character varying(20) DEFAULT ''::character varying NOT NULL,
    state character varying(9) NOT NULL,
    members integer NOT NULL,
    quorum integer NOT NULL,
    called_at timestamp with time zone NOT NULL,
    called_by_id bigint NOT NULL,
    chair_id bigint,
    opened_at timestamp with time zone,
    closed_at timestamp with time zone,
    early_reason character varying(300) NOT NULL,
    certified_by_id bigint,
    certified_present integer,
    cancelled_at timestamp with time zone,
    cancel_reason character varying(300) DEFAULT ''::character varying NOT NULL,
    announcements character varying(4000) DEFAULT ''::character varying NOT NULL,
    other_business character varying(4000) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT pk_meeting PRIMARY KEY (id),
    CONSTRAINT uq_meeting_body_id_kind_year_be_number UNIQUE (body_id, kind, year_be, number),
    CONSTRAINT ck_meeting_cancelled_pair CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL) AND (state = 'cancelled') = (cancel_reason <> '')),
    CONSTRAINT ck_meeting_closed_pair CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT ck_meeting_known_kind CHECK (kind IN ('meeting', 'circulated')),
    CONSTRAINT ck_meeting_known_state CHECK (state IN ('called', 'open', 'closed', 'cancelled')),
    CONSTRAINT ck_meeting_opened_pair CHECK ((state IN ('open', 'closed')) = (opened_at IS NOT NULL)),
    CONSTRAINT ck_meeting_possible CHECK (number > 0 AND quorum > 0 AND quorum <= members),
    CONSTRAINT ck_meeting_quorum_certified CHECK ((opened_at IS NOT NULL) = (certified_by_id IS NOT NULL) AND (certified_by_id IS NULL OR certified_present >= quorum))
);

CREATE TABLE meeting_move (
    id bigserial NOT NULL,
    meeting_id bigint NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    reason character varying(300) NOT NULL,
    moved_at timestamp with time zone NOT NULL,
    moved_by_id bigint NOT NULL,
    CONSTRAINT pk_meeting_move PRIMARY KEY (id),
    CONSTRAINT ck_meeting_move_for_a_reason CHECK (from_on <> to_on AND reason <> '')
);

CREATE INDEX ix_meeting_move_meeting_id ON meeting_move (meeting_id);

CREATE TABLE meeting_roll (
    id bigserial NOT NULL,
    meeting_id bigint NOT NULL,
    person_id bigint NOT NULL,
    office character varying(12) NOT NULL,
    name character varying(120) NOT NULL,
    "position" character varying(160) NOT NULL,
    CONSTRAINT pk_meeting_roll PRIMARY KEY (id),
    CONSTRAINT uq_meeting_roll_meeting_id_person_id UNIQUE (meeting_id, person_id)
);

CREATE TABLE member (
    id bigserial NOT NULL,
    household_id bigint NOT NULL,
    "position" integer NOT NULL,
    prefix character varying(20) NOT NULL,
    first_name character varying(80) NOT NULL,
    last_name character varying(80) NOT NULL,
    id_tail character varying(3) NOT NULL,
    id_encrypted bytea,
    id_key bytea,
    school_id character varying(13) DEFAULT ''::character varying NOT NULL,
    birth_year_be integer,
    sex character varying(1) NOT NULL,
    school character varying(120) NOT NULL,
    grade character varying(20) NOT NULL,
    "left" boolean NOT NULL,
    said_dead boolean DEFAULT false NOT NULL,
    CONSTRAINT pk_member PRIMARY KEY (id),
    CONSTRAINT ck_member_id_pair CHECK ((id_encrypted IS NULL) = (id_key IS NULL))
);

CREATE INDEX ix_member_household_id ON member (household_id);

CREATE UNIQUE INDEX uq_member_id_key ON member (id_key);

CREATE INDEX ix_member_school ON member (school, grade, first_name, id);

CREATE TABLE message (
    id bigserial NOT NULL,
    key character varying(120) NOT NULL,
    channel character varying(8) NOT NULL,
    recipient character varying(254) NOT NULL,
    subject character varying(200) NOT NULL,
    body text NOT NULL,
    state character varying(8) NOT NULL,
    attempts integer NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    first_tried_at timestamp with time zone,
    leased_until timestamp with time zone,
    settled_at timestamp with time zone,
    doubted boolean NOT NULL,
    error character varying(500) NOT NULL,
    CONSTRAINT pk_message PRIMARY KEY (id),
    CONSTRAINT uq_message_key UNIQUE (key),
    CONSTRAINT ck_message_known_channel CHECK (channel IN ('email', 'line')),
    CONSTRAINT ck_message_known_state CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unsure')),
    CONSTRAINT ck_message_leased_pair CHECK ((state = 'sending') = (leased_until IS NOT NULL)),
    CONSTRAINT ck_message_settled_pair CHECK ((state IN ('queued', 'sending')) = (settled_at IS NULL))
);

CREATE INDEX ix_message_state_queued_at ON message (state, queued_at);

CREATE INDEX ix_message_pending ON message (due_at) WHERE state IN ('queued', 'sending');

CREATE TABLE minutes (
    meeting_id bigint NOT NULL,
    endorsed_in_id bigint NOT NULL,
    corrections character varying(2000) NOT NULL,
    pdf bytea NOT NULL,
    sha256 character varying(64) NOT NULL,
    endorsed_at timestamp with time zone NOT NULL,
    endorsed_by_id bigint NOT NULL,
    scan bytea,
    scan_sha256 character varying(64) NOT NULL,
    scanned_at timestamp with time zone,
    scanned_by_id bigint,
    CONSTRAINT pk_minutes PRIMARY KEY (meeting_id),
    CONSTRAINT ck_minutes_by_another_meeting CHECK (endorsed_in_id <> meeting_id),
    CONSTRAINT ck_minutes_scan_whole CHECK ((scan IS NULL) = (scanned_at IS NULL) AND (scan IS NULL) = (scanned_by_id IS NULL) AND (scan IS NULL) = (scan_sha256 = ''))
);

CREATE INDEX ix_minutes_endorsed_in_id ON minutes (endorsed_in_id);

CREATE TABLE motion (
    id bigserial NOT NULL,
    item_id bigint NOT NULL,
    number integer NOT NULL,
    kind character varying(16) NOT NULL,
    reason character varying(300) NOT NULL,
    waits_until date,
    waits_for_money boolean NOT NULL,
    moved_at timestamp with time zone NOT NULL,
    moved_by_id bigint NOT NULL,
    CONSTRAINT pk_motion PRIMARY KEY (id),
    CONSTRAINT uq_motion_item_id_number UNIQUE (item_id, number),
    CONSTRAINT ck_motion_deferred_until CHECK ((kind = 'defer') = (waits_until IS NOT NULL OR waits_for_money) AND NOT (waits_until IS NOT NULL AND waits_for_money)),
    CONSTRAINT ck_motion_known_kind CHECK (kind IN ('approve', 'approve_in_part', 'defer', 'amend', 'rescind', 'ratify')),
    CONSTRAINT ck_motion_reason_given CHECK (kind IN ('approve', 'ratify') OR reason <> '')
);

CREATE TABLE motion_line (
    id bigserial NOT NULL,
    motion_id bigint NOT NULL,
    line_id bigint NOT NULL,
    quantity integer NOT NULL,
    CONSTRAINT pk_motion_line PRIMARY KEY (id),
    CONSTRAINT uq_motion_line_motion_id_line_id UNIQUE (motion_id, line_id),
    CONSTRAINT ck_motion_line_positive CHECK (quantity > 0)
);

CREATE TABLE motion_part (
    id bigserial NOT NULL,
    motion_id bigint NOT NULL,
    purpose_id bigint NOT NULL,
    satang bigint NOT NULL,
    CONSTRAINT pk_motion_part PRIMARY KEY (id),
    CONSTRAINT uq_motion_part_motion_id_purpose_id UNIQUE (motion_id, purpose_id),
    CONSTRAINT ck_motion_part_positive CHECK (satang > 0)
);

CREATE TABLE network (
    id bigserial NOT NULL,
    code character varying(12) NOT NULL,
    type character varying(20) NOT NULL,
    name character varying(160) NOT NULL,
    district_code character varying(4),
    contact character varying(160) NOT NULL,
    open boolean NOT NULL,
    parent_id bigint,
    path character varying(200) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT pk_network PRIMARY KEY (id),
    CONSTRAINT uq_network_code UNIQUE (code),
    CONSTRAINT ck_network_known_type CHECK (type IN ('otop', 'village_fund', 'women_fund', 'women_committee', 'mother_fund', 'cdo_club', 'cdw_club', 'private', 'civil', 'person'))
);

CREATE INDEX ix_network_parent_id ON network (parent_id);

CREATE TABLE network_contact (
    id bigserial NOT NULL,
    network_id bigint NOT NULL,
    office character varying(12) NOT NULL,
    name character varying(120) NOT NULL,
    phone character varying(40) NOT NULL,
    email character varying(160) NOT NULL,
    line_user_id character varying(33) NOT NULL,
    since_on date,
    written_at timestamp with time zone NOT NULL,
    written_by_id bigint NOT NULL,
    ended_on date,
    ended_by_id bigint,
    CONSTRAINT pk_network_contact PRIMARY KEY (id),
    CONSTRAINT ck_network_contact_ended_pair CHECK ((ended_on IS NULL) = (ended_by_id IS NULL)),
    CONSTRAINT ck_network_contact_in_order CHECK (since_on IS NULL OR ended_on IS NULL OR since_on <= ended_on),
    CONSTRAINT ck_network_contact_known_office CHECK (office IN ('chair', 'vice_chair', 'secretary', 'treasurer', 'coordinator')),
    CONSTRAINT ck_network_contact_named CHECK (name <> '')
);

CREATE INDEX ix_network_contact_network_id ON network_contact (network_id);

CREATE TABLE nightly_run (
    on_date date NOT NULL,
    done_at timestamp with time zone NOT NULL,
    reminded integer NOT NULL,
    lapsed integer NOT NULL,
    CONSTRAINT pk_nightly_run PRIMARY KEY (on_date)
);

CREATE TABLE opening (
    id bigint NOT NULL,
    as_of date NOT NULL,
    until_at timestamp with time zone NOT NULL,
    paper_hash character varying(64) NOT NULL,
    paper_kind character varying(4) NOT NULL,
    posted_on date NOT NULL,
    posted_at timestamp with time zone NOT NULL,
    approval_request_id bigint NOT NULL,
    CONSTRAINT pk_opening PRIMARY KEY (id),
    CONSTRAINT uq_opening_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT ck_opening_in_order CHECK (as_of <= posted_on),
    CONSTRAINT ck_opening_known_paper CHECK (paper_kind IN ('pdf', 'jpg')),
    CONSTRAINT ck_opening_once CHECK (id = 1)
);

CREATE TABLE opening_balance (
    id bigserial NOT NULL,
    opening_id bigint NOT NULL,
    purpose_id bigint NOT NULL,
    satang bigint NOT NULL,
    spent_satang bigint NOT NULL,
    note character varying(200) NOT NULL,
    CONSTRAINT pk_opening_balance PRIMARY KEY (id),
    CONSTRAINT uq_opening_balance_purpose_id UNIQUE (purpose_id),
    CONSTRAINT ck_opening_balance_not_negative CHECK (satang >= 0 AND spent_satang >= 0),
    CONSTRAINT ck_opening_balance_something CHECK (satang + spent_satang > 0)
);

CREATE TABLE order_invoice (
    id bigserial NOT NULL,
    order_id bigint NOT NULL,
    number character varying(60) NOT NULL,
    issued_on date NOT NULL,
    satang bigint NOT NULL,
    CONSTRAINT pk_order_invoice PRIMARY KEY (id),
    CONSTRAINT uq_order_invoice_order_id_number UNIQUE (order_id, number),
    CONSTRAINT ck_order_invoice_says_how_much CHECK (satang > 0 AND number <> '')
);

CREATE TABLE order_line (
    id bigserial NOT NULL,
    order_id bigint NOT NULL,
    "position" integer NOT NULL,
    what character varying(160) NOT NULL,
    quantity integer NOT NULL,
    satang bigint NOT NULL,
    invoice_id bigint,
    line_id bigint,
    CONSTRAINT pk_order_line PRIMARY KEY (id),
    CONSTRAINT uq_order_line_order_id_position UNIQUE (order_id, "position"),
    CONSTRAINT ck_order_line_positive CHECK (quantity > 0 AND satang > 0 AND what <> '')
);

CREATE INDEX ix_order_line_line_id ON order_line (line_id);

CREATE TABLE outgoing_match (
    id bigserial NOT NULL,
    event_id bigint NOT NULL,
    payment_id bigint,
    reason character varying(300) NOT NULL,
    matched_at timestamp with time zone NOT NULL,
    matched_by_id bigint,
    CONSTRAINT pk_outgoing_match PRIMARY KEY (id),
    CONSTRAINT uq_outgoing_match_event_id UNIQUE (event_id),
    CONSTRAINT uq_outgoing_match_payment_id UNIQUE (payment_id),
    CONSTRAINT ck_outgoing_match_payment_or_reason CHECK ((payment_id IS NULL) = (reason <> '')),
    CONSTRAINT ck_outgoing_match_words_of_a_person CHECK (payment_id IS NOT NULL OR matched_by_id IS NOT NULL)
);

CREATE TABLE paper_receipt_book (
    id bigserial NOT NULL,
    fiscal_year_be integer NOT NULL,
    volume character varying(20) NOT NULL,
    first_number integer NOT NULL,
    last_number integer NOT NULL,
    ask_at character varying(200) NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    approval_request_id bigint NOT NULL,
    CONSTRAINT pk_paper_receipt_book PRIMARY KEY (id),
    CONSTRAINT uq_paper_receipt_book_fiscal_year_be_volume UNIQUE (fiscal_year_be, volume),
    CONSTRAINT uq_paper_receipt_book_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT ck_paper_receipt_book_in_order CHECK (first_number >= 1 AND first_number <= last_number)
);

CREATE TABLE password_link (
    id bigserial NOT NULL,
    user_id bigint NOT NULL,
    seed character varying(32) NOT NULL,
    token_hash character varying(64) NOT NULL,
    approval_request_id bigint NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT pk_password_link PRIMARY KEY (id),
    CONSTRAINT uq_password_link_token_hash UNIQUE (token_hash),
    CONSTRAINT uq_password_link_approval_request_id UNIQUE (approval_request_id)
);

CREATE INDEX ix_password_link_user_id ON password_link (user_id);

CREATE TABLE payee (
    id bigserial NOT NULL,
    account_id bigint NOT NULL,
    biller_id character varying(15),
    promptpay_id character varying(13),
    approval_request_id bigint,
    from_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT pk_payee PRIMARY KEY (id),
    CONSTRAINT uq_payee_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT ck_payee_by_an_id CHECK (biller_id IS NOT NULL OR promptpay_id IS NOT NULL)
);

CREATE INDEX ix_payee_account_id ON payee (account_id);

CREATE TABLE payment (
    id bigserial NOT NULL,
    fiscal_year_be integer NOT NULL,
    number integer NOT NULL,
    proposal_id bigint NOT NULL,
    order_id bigint,
    account_id bigint NOT NULL,
    satang bigint NOT NULL,
    withheld_satang bigint DEFAULT '0'::bigint NOT NULL,
    vendor character varying(160) NOT NULL,
    vendor_bank character varying(3) NOT NULL,
    vendor_account character varying(20) NOT NULL,
    transfer_ref character varying(60) NOT NULL,
    invoice character varying(60) NOT NULL,
    paid_on date NOT NULL,
    paid_at timestamp with time zone NOT NULL,
    paid_by_id bigint NOT NULL,
    void_reason character varying(300) DEFAULT ''::character varying NOT NULL,
    void_asked_at timestamp with time zone,
    void_asked_by_id bigint,
    voided_at timestamp with time zone,
    voided_by_id bigint,
    void_event_id bigint,
    returned_satang bigint DEFAULT '0'::bigint NOT NULL,
    CONSTRAINT pk_payment PRIMARY KEY (id),
    CONSTRAINT uq_payment_fiscal_year_be_number UNIQUE (fiscal_year_be, number),
    CONSTRAINT uq_payment_order_id UNIQUE (order_id),
    CONSTRAINT uq_payment_void_event_id UNIQUE (void_event_id),
    CONSTRAINT ck_payment_positive CHECK (satang > 0),
    CONSTRAINT ck_payment_returned_stands CHECK (returned_satang = 0 OR voided_at IS NULL),
    CONSTRAINT ck_payment_returned_within_paid CHECK (returned_satang BETWEEN 0 AND satang - withheld_satang OR returned_satang = satang),
    CONSTRAINT ck_payment_void_asked_pair CHECK ((void_asked_at IS NULL) = (void_asked_by_id IS NULL) AND (void_asked_at IS NULL) = (void_reason = '')),
    CONSTRAINT ck_payment_voided_by_two CHECK (voided_by_id IS NULL OR (void_asked_by_id IS NOT NULL AND voided_by_id <> void_asked_by_id)),
    CONSTRAINT ck_payment_voided_pair CHECK ((voided_at IS NULL) = (voided_by_id IS NULL)),
    CONSTRAINT ck_payment_withheld_is_a_part CHECK (withheld_satang >= 0 AND withheld_satang < satang)
);

CREATE INDEX ix_payment_proposal_id ON payment (proposal_id);

CREATE INDEX ix_payment_void_asked ON payment (void_asked_at) WHERE void_asked_at IS NOT NULL AND voided_at IS NULL;

CREATE UNIQUE INDEX uq_payment_transfer_ref ON payment (transfer_ref) WHERE voided_at IS NULL;

CREATE TABLE payment_approval (
    id bigserial NOT NULL,
    order_id bigint NOT NULL,
    signatory_id bigint NOT NULL,
    user_id bigint NOT NULL,
    on_day date NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_payment_approval PRIMARY KEY (id),
    CONSTRAINT uq_payment_approval_order_id_user_id UNIQUE (order_id, user_id)
);

CREATE TABLE payment_order (
    id bigserial NOT NULL,
    proposal_id bigint NOT NULL,
    satang bigint NOT NULL,
    withheld_satang bigint DEFAULT '0'::bigint NOT NULL,
    vendor_account_id bigint NOT NULL,
    vendor character varying(160) NOT NULL,
    vendor_bank character varying(3) NOT NULL,
    vendor_account character varying(20) NOT NULL,
    invoice character varying(60) NOT NULL,
    signatures integer NOT NULL,
    signing_group character varying(12) NOT NULL,
    prepared_at timestamp with time zone NOT NULL,
    prepared_by_id bigint NOT NULL,
    approved_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    withdrawn_by_id bigint,
    withdrawn_reason character varying(300) NOT NULL,
    again_of_id bigint,
    CONSTRAINT pk_payment_order PRIMARY KEY (id),
    CONSTRAINT ck_payment_order_positive CHECK (satang > 0),
    CONSTRAINT ck_payment_order_somebody_signs CHECK (signatures > 0),
    CONSTRAINT ck_payment_order_withdrawn_pair CHECK ((withdrawn_at IS NULL) = (withdrawn_by_id IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_reason = '')),
    CONSTRAINT ck_payment_order_withheld_is_a_part CHECK (withheld_satang >= 0 AND withheld_satang < satang)
);

CREATE INDEX ix_payment_order_proposal_id ON payment_order (proposal_id);

CREATE INDEX ix_payment_order_vendor_account_id ON payment_order (vendor_account_id);

CREATE INDEX ix_payment_order_again_of_id ON payment_order (again_of_id);

CREATE TABLE payment_paper (
    id bigserial NOT NULL,
    order_id bigint NOT NULL,
    kind character varying(12) NOT NULL,
    is_pdf boolean NOT NULL,
    sha256 character varying(64) NOT NULL,
    inspectors character varying(300) NOT NULL,
    short character varying(300) NOT NULL,
    kept_at timestamp with time zone NOT NULL,
    kept_by_id bigint NOT NULL,
    CONSTRAINT pk_payment_paper PRIMARY KEY (id),
    CONSTRAINT uq_payment_paper_order_id_kind_sha256 UNIQUE (order_id, kind, sha256),
    CONSTRAINT ck_payment_paper_inspection_names_people CHECK ((kind = 'inspection') = (inspectors <> '')),
    CONSTRAINT ck_payment_paper_known_kind CHECK (kind IN ('quotation', 'purchase', 'delivery', 'inspection', 'transfer', 'other'))
);

CREATE TABLE payment_request (
    id bigserial NOT NULL,
    code character varying(24) NOT NULL,
    ref1 character varying(20) NOT NULL,
    ref2 character varying(20) NOT NULL,
    account_id bigint NOT NULL,
    purpose_id bigint NOT NULL,
    pledge_id bigint,
    network_id bigint,
    wish_satang bigint NOT NULL,
    due_satang bigint NOT NULL,
    tag integer NOT NULL,
    payload character varying(512) NOT NULL,
    donor_name character varying(160) NOT NULL,
    anonymous boolean NOT NULL,
    state character varying(10) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    opened_by_id bigint,
    expires_at timestamp with time zone NOT NULL,
    reserved_until timestamp with time zone,
    received_at timestamp with time zone,
    CONSTRAINT pk_payment_request PRIMARY KEY (id),
    CONSTRAINT uq_payment_request_code UNIQUE (code),
    CONSTRAINT uq_payment_request_ref1 UNIQUE (ref1),
    CONSTRAINT ck_payment_request_known_state CHECK (state IN ('open', 'received', 'expired', 'cancelled')),
    CONSTRAINT ck_payment_request_known_tag CHECK (tag IN (29, 30)),
    CONSTRAINT ck_payment_request_positive CHECK (wish_satang > 0 AND due_satang > 0),
    CONSTRAINT ck_payment_request_received_pair CHECK ((state = 'received') = (received_at IS NOT NULL)),
    CONSTRAINT ck_payment_request_reserved_pair CHECK ((tag = 29) = (reserved_until IS NOT NULL))
);

CREATE INDEX ix_payment_request_network_id ON payment_request (network_id);

CREATE INDEX ix_payment_request_pledge_id ON payment_request (pledge_id);

CREATE UNIQUE INDEX uq_payment_request_open_amount ON payment_request (account_id, due_satang) WHERE tag = 29 AND state = 'open';

CREATE TABLE payment_return (
    id bigserial NOT NULL,
    payment_id bigint NOT NULL,
    satang bigint NOT NULL,
    event_id bigint NOT NULL,
    reason character varying(300) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by_id bigint NOT NULL,
    confirmed_at timestamp with time zone,
    confirmed_by_id bigint,
    declined_at timestamp with time zone,
    declined_by_id bigint,
    tax_satang bigint DEFAULT '0'::bigint NOT NULL,
    CONSTRAINT pk_payment_return PRIMARY KEY (id),
    CONSTRAINT ck_payment_return_by_two CHECK (confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id),
    CONSTRAINT ck_payment_return_confirmed_pair CHECK ((confirmed_at IS NULL) = (confirmed_by_id IS NULL)),
    CONSTRAINT ck_payment_return_declined_pair CHECK ((declined_at IS NULL) = (declined_by_id IS NULL)),
    CONSTRAINT ck_payment_return_one_end CHECK (confirmed_at IS NULL OR declined_at IS NULL),
    CONSTRAINT ck_payment_return_positive CHECK (satang > 0 AND tax_satang >= 0),
    CONSTRAINT ck_payment_return_says_why CHECK (reason <> '')
);

CREATE INDEX ix_payment_return_payment_id ON payment_return (payment_id);

CREATE UNIQUE INDEX uq_payment_return_event_id ON payment_return (event_id) WHERE declined_at IS NULL;

CREATE UNIQUE INDEX uq_payment_return_payment_id ON payment_return (payment_id) WHERE confirmed_at IS NULL AND declined_at IS NULL;

CREATE TABLE photo (
    id bigserial NOT NULL,
    hash character varying(64) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    taken_by_id bigint NOT NULL,
    CONSTRAINT pk_photo PRIMARY KEY (id)
);

CREATE INDEX ix_photo_hash ON photo (hash);

CREATE TABLE pledge (
    id bigserial NOT NULL,
    code character varying(16) NOT NULL,
    network_id bigint NOT NULL,
    purpose_id bigint NOT NULL,
    satang bigint NOT NULL,
    expected_on date NOT NULL,
    note character varying(500) NOT NULL,
    state character varying(12) NOT NULL,
    stated_at timestamp with time zone NOT NULL,
    stated_by_id bigint NOT NULL,
    withdrawn_at timestamp with time zone,
    kind character varying(8) DEFAULT 'money'::character varying NOT NULL,
    what character varying(200) DEFAULT ''::character varying NOT NULL,
    quantity integer,
    unit character varying(40) DEFAULT ''::character varying NOT NULL,
    basis character varying(300) DEFAULT ''::character varying NOT NULL,
    lapsed_at timestamp with time zone,
    CONSTRAINT pk_pledge PRIMARY KEY (id),
    CONSTRAINT uq_pledge_code UNIQUE (code),
    CONSTRAINT ck_pledge_counted CHECK (quantity > 0),
    CONSTRAINT ck_pledge_known_kind CHECK (kind IN ('money', 'goods', 'labour')),
    CONSTRAINT ck_pledge_known_state CHECK (state IN ('stated', 'lapsed', 'withdrawn')),
    CONSTRAINT ck_pledge_lapsed_pair CHECK ((state = 'lapsed') = (lapsed_at IS NOT NULL)),
    CONSTRAINT ck_pledge_positive CHECK (satang > 0),
    CONSTRAINT ck_pledge_says_what CHECK ((kind = 'money') = (what = '') AND (kind = 'money') = (unit = '') AND (kind = 'money') = (quantity IS NULL)),
    CONSTRAINT ck_pledge_withdrawn_pair CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL))
);

CREATE INDEX ix_pledge_network_id ON pledge (network_id);

CREATE INDEX ix_pledge_words ON pledge USING gin (code gin_trgm_ops, what gin_trgm_ops);

CREATE TABLE portal (
    id integer NOT NULL,
    province character varying(24) NOT NULL,
    demo boolean NOT NULL,
    founded_at timestamp with time zone NOT NULL,
    key_check bytea NOT NULL,
    CONSTRAINT pk_portal PRIMARY KEY (id),
    CONSTRAINT ck_portal_one_row CHECK (id = 1)
);

CREATE TABLE proposal (
    id bigserial NOT NULL,
    code character varying(16) NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    purpose_id bigint NOT NULL,
    satang bigint NOT NULL,
    title character varying(160) NOT NULL,
    state character varying(12) NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    submitted_by_id bigint NOT NULL,
    asked_by_id bigint NOT NULL,
    settled_reason character varying(300) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT pk_proposal PRIMARY KEY (id),
    CONSTRAINT uq_proposal_code UNIQUE (code),
    CONSTRAINT ck_proposal_known_state CHECK (state IN ('submitted', 'tabled', 'approved', 'rejected', 'withdrawn', 'settled', 'rescinded')),
    CONSTRAINT ck_proposal_positive CHECK (satang > 0)
);

CREATE INDEX ix_proposal_state ON proposal (state, id);

CREATE TABLE proposal_funding (
    id bigserial NOT NULL,
    version_id bigint NOT NULL,
    "position" integer NOT NULL,
    kind character varying(16) NOT NULL,
    satang bigint NOT NULL,
    purpose_id bigint,
    source character varying(160) NOT NULL,
    CONSTRAINT pk_proposal_funding PRIMARY KEY (id),
    CONSTRAINT uq_proposal_funding_version_id_position UNIQUE (version_id, "position"),
    CONSTRAINT uq_proposal_funding_version_id_purpose_id UNIQUE (version_id, purpose_id),
    CONSTRAINT ck_proposal_funding_known_kind CHECK (kind IN ('fund_purpose', 'agency_budget', 'network', 'local_government')),
    CONSTRAINT ck_proposal_funding_positive CHECK (satang > 0),
    CONSTRAINT ck_proposal_funding_source_of_kind CHECK ((kind = 'fund_purpose') = (purpose_id IS NOT NULL) AND (kind = 'fund_purpose') = (source = ''))
);

CREATE TABLE proposal_line (
    id bigserial NOT NULL,
    version_id bigint NOT NULL,
    "position" integer NOT NULL,
    title character varying(160) NOT NULL,
    quantity integer NOT NULL,
    unit_satang bigint NOT NULL,
    first_id bigint,
    CONSTRAINT pk_proposal_line PRIMARY KEY (id),
    CONSTRAINT uq_proposal_line_version_id_position UNIQUE (version_id, "position"),
    CONSTRAINT ck_proposal_line_positive CHECK (quantity > 0 AND unit_satang > 0)
);

CREATE TABLE proposal_version (
    id bigserial NOT NULL,
    proposal_id bigint NOT NULL,
    number integer NOT NULL,
    satang bigint NOT NULL,
    title character varying(160) NOT NULL,
    reason character varying(300) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    made_by_id bigint NOT NULL,
    CONSTRAINT pk_proposal_version PRIMARY KEY (id),
    CONSTRAINT uq_proposal_version_proposal_id_number UNIQUE (proposal_id, number),
    CONSTRAINT ck_proposal_version_positive CHECK (satang > 0 AND number > 0),
    CONSTRAINT ck_proposal_version_reason_of_later CHECK ((number = 1) = (reason = ''))
);

CREATE TABLE proposal_way (
    id bigserial NOT NULL,
    proposal_id bigint NOT NULL,
    way character varying(8) NOT NULL,
    reason character varying(300) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by_id bigint NOT NULL,
    CONSTRAINT pk_proposal_way PRIMARY KEY (id),
    CONSTRAINT ck_proposal_way_known_way CHECK (way IN ('urgent', 'meeting') AND reason <> '')
);

CREATE INDEX ix_proposal_way_proposal_id ON proposal_way (proposal_id);

CREATE TABLE public_base (
    number integer NOT NULL,
    round_id bigint NOT NULL,
    set_at timestamp with time zone NOT NULL,
    set_by_id bigint,
    CONSTRAINT pk_public_base PRIMARY KEY (number),
    CONSTRAINT ck_public_base_set_by_somebody CHECK (number = 1 OR set_by_id IS NOT NULL)
);

CREATE TABLE published_help (
    id bigserial NOT NULL,
    measure character varying(9) NOT NULL,
    unit_id bigint NOT NULL,
    request_id bigint NOT NULL,
    household_id bigint NOT NULL,
    member_id bigint,
    district character varying(16) NOT NULL,
    dimension character varying(16) NOT NULL,
    item character varying(24) NOT NULL,
    satang bigint NOT NULL,
    edition integer NOT NULL,
    by_district boolean NOT NULL,
    by_dimension boolean NOT NULL,
    by_item boolean NOT NULL,
    by_request boolean NOT NULL,
    by_district_item boolean NOT NULL,
    by_dimension_item boolean NOT NULL,
    CONSTRAINT pk_published_help PRIMARY KEY (id),
    CONSTRAINT ck_published_help_known_measure CHECK (measure IN ('approved', 'delivered', 'paid')),
    CONSTRAINT ck_published_help_no_debt CHECK (satang >= 0)
);

CREATE INDEX ix_published_help_measure ON published_help (measure, unit_id);

CREATE INDEX ix_published_help_household_id ON published_help (household_id);

CREATE TABLE purpose (
    id bigserial NOT NULL,
    code character varying(24) NOT NULL,
    name_th character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    dimension character varying(16),
    open boolean NOT NULL,
    CONSTRAINT pk_purpose PRIMARY KEY (id),
    CONSTRAINT uq_purpose_code UNIQUE (code)
);

CREATE TABLE read_event (
    id bigserial NOT NULL,
    at timestamp with time zone NOT NULL,
    on_date date NOT NULL,
    by_id bigint NOT NULL,
    kind character varying(12) NOT NULL,
    subject character varying(80) NOT NULL,
    reason character varying(200) NOT NULL,
    is_first boolean NOT NULL,
    is_refused boolean NOT NULL,
    is_at_night boolean NOT NULL,
    address character varying(45) NOT NULL,
    CONSTRAINT pk_read_event PRIMARY KEY (id),
    CONSTRAINT ck_read_event_known_kind CHECK (kind IN ('households', 'whole_ids', 'photos', 'slips', 'statements', 'exports')),
    CONSTRAINT ck_read_event_seen_or_refused CHECK (NOT (is_first AND is_refused))
);

CREATE INDEX ix_read_event_by_id ON read_event (by_id, id);

CREATE INDEX ix_read_event_subject ON read_event (subject, id);

CREATE UNIQUE INDEX uq_read_event_first ON read_event (by_id, on_date, kind, subject) WHERE is_first;

CREATE TABLE reading_day (
    on_date date NOT NULL,
    by_id bigint NOT NULL,
    households integer DEFAULT 0 NOT NULL,
    whole_ids integer DEFAULT 0 NOT NULL,
    photos integer DEFAULT 0 NOT NULL,
    slips integer DEFAULT 0 NOT NULL,
    statements integer DEFAULT 0 NOT NULL,
    exports integer DEFAULT 0 NOT NULL,
    reads integer DEFAULT 0 NOT NULL,
    at_night integer DEFAULT 0 NOT NULL,
    refused integer DEFAULT 0 NOT NULL,
    CONSTRAINT pk_reading_day PRIMARY KEY (on_date, by_id)
);

CREATE INDEX ix_reading_day_by_id ON reading_day (by_id, on_date);

CREATE INDEX ix_reading_day_most ON reading_day (on_date, households, by_id);

CREATE TABLE receipt (
    id bigserial NOT NULL,
    fiscal_year_be integer NOT NULL,
    number integer NOT NULL,
    token character varying(32) NOT NULL,
    donation_id bigint NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    contents text NOT NULL,
    contents_hash character varying(64) NOT NULL,
    voided_at timestamp with time zone,
    voided_by_id bigint,
    void_reason character varying(300),
    book character varying(2) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT pk_receipt PRIMARY KEY (id),
    CONSTRAINT uq_receipt_token UNIQUE (token),
    CONSTRAINT uq_receipt_fiscal_year_be_number UNIQUE (fiscal_year_be, book, number),
    CONSTRAINT ck_receipt_void_triple CHECK ((voided_at IS NULL) = (void_reason IS NULL) AND (voided_at IS NULL) = (voided_by_id IS NULL))
);

CREATE UNIQUE INDEX uq_receipt_live_donation ON receipt (donation_id) WHERE voided_at IS NULL;

CREATE INDEX ix_receipt_donation_id ON receipt (donation_id);

CREATE INDEX ix_receipt_voided_at ON receipt (voided_at, id) WHERE voided_at IS NOT NULL;

CREATE TABLE receipt_batch (
    id bigserial NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by_id bigint,
    first_on date NOT NULL,
    last_on date NOT NULL,
    network_id bigint,
    book character varying(2),
    as_zip boolean NOT NULL,
    last_receipt_id bigint NOT NULL,
    total integer NOT NULL,
    done integer NOT NULL,
    state character varying(8) NOT NULL,
    file_hash character varying(64) NOT NULL,
    file_size bigint NOT NULL,
    ready_at timestamp with time zone,
    cleared_at timestamp with time zone,
    CONSTRAINT pk_receipt_batch PRIMARY KEY (id),
    CONSTRAINT ck_receipt_batch_in_order CHECK (first_on <= last_on),
    CONSTRAINT ck_receipt_batch_known_state CHECK (state IN ('printing', 'ready', 'cleared')),
    CONSTRAINT ck_receipt_batch_state_has_moment CHECK ((state = 'printing') = (ready_at IS NULL) AND (state = 'cleared') = (cleared_at IS NOT NULL))
);

CREATE TABLE receipt_book (
    fiscal_year_be integer NOT NULL,
    last_number integer NOT NULL,
    book character varying(2) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT pk_receipt_book PRIMARY KEY (fiscal_year_be, book)
);

CREATE TABLE receipt_document (
    receipt_id bigint NOT NULL,
    pdf bytea NOT NULL,
    hash character varying(64) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_receipt_document PRIMARY KEY (receipt_id)
);

CREATE TABLE receipt_due (
    donation_id bigint NOT NULL,
    book character varying(2) NOT NULL,
    channel character varying(120) NOT NULL,
    since timestamp with time zone NOT NULL,
    issued_at timestamp with time zone,
    CONSTRAINT pk_receipt_due PRIMARY KEY (donation_id)
);

CREATE INDEX ix_receipt_due_open ON receipt_due (book, donation_id) WHERE issued_at IS NULL;

CREATE TABLE receipt_print (
    id bigserial NOT NULL,
    receipt_id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    batch_id bigint,
    CONSTRAINT pk_receipt_print PRIMARY KEY (id),
    CONSTRAINT ck_receipt_print_known_kind CHECK (kind IN ('original', 'copy'))
);

CREATE INDEX ix_receipt_print_receipt_id ON receipt_print (receipt_id);

CREATE INDEX ix_receipt_print_batch_id ON receipt_print (batch_id);

CREATE UNIQUE INDEX uq_receipt_print_original ON receipt_print (receipt_id) WHERE kind = 'original';

CREATE TABLE reconciliation_item (
    event_id bigint NOT NULL,
    state character varying(10) NOT NULL,
    reason character varying(300) NOT NULL,
    match_reason character varying(20) NOT NULL,
    duplicate_of_id bigint,
    payment_request_id bigint,
    decided_at timestamp with time zone,
    decided_by_id bigint,
    CONSTRAINT pk_reconciliation_item PRIMARY KEY (event_id),
    CONSTRAINT ck_reconciliation_item_decided_pair CHECK (state IN ('new', 'waiting') OR decided_at IS NOT NULL),
    CONSTRAINT ck_reconciliation_item_duplicate_pair CHECK ((state = 'duplicate') = (duplicate_of_id IS NOT NULL)),
    CONSTRAINT ck_reconciliation_item_known_match_reason CHECK (match_reason IN ('', 'exact_reference', 'slip', 'standing_qr', 'unique_amount', 'counter', 'officer', 'split', 'outgoing', 'deposit', 'void', 'bounced', 'duplicate', 'withdrawn', 'brought_forward', 'payout', 'unmatched', 'misspelt_reference', 'amount_only', 'ambiguous', 'slip_differs', 'several_slips', 'wrong_amount', 'late', 'paid_twice', 'possible_duplicate', 'other_file', 'likely_deposit', 'other_biller', 'foreign_currency', 'unconfirmed', 'provider_differs', 'sent_back', 'denied', 'one_person', 'refused', 'fault', 'parked', 'undone', 'refund', 'refund_refused', 'reversal', 'unknown_status', 'contradicted', 'batch', 'equal_line')),
    CONSTRAINT ck_reconciliation_item_known_state CHECK (state IN ('new', 'waiting', 'posted', 'duplicate', 'excluded'))
);

CREATE INDEX ix_reconciliation_item_decided_at ON reconciliation_item (decided_at, event_id);

CREATE INDEX ix_reconciliation_item_duplicate_of_id ON reconciliation_item (duplicate_of_id);

CREATE INDEX ix_reconciliation_item_state ON reconciliation_item (state);

CREATE TABLE recusal (
    id bigserial NOT NULL,
    item_id bigint NOT NULL,
    member_id bigint NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    noted_by_id bigint NOT NULL,
    reason character varying(300) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT pk_recusal PRIMARY KEY (id),
    CONSTRAINT uq_recusal_item_id_member_id UNIQUE (item_id, member_id)
);

CREATE TABLE refund (
    id bigserial NOT NULL,
    event_id bigint NOT NULL,
    donation_id bigint,
    satang bigint NOT NULL,
    reason character varying(300) NOT NULL,
    payee character varying(160) NOT NULL,
    payee_bank character varying(3) NOT NULL,
    approval_request_id bigint,
    payee_account character varying(20) NOT NULL,
    state character varying(10) NOT NULL,
    donation_reversal_id bigint,
    paid_event_id bigint,
    linked_at timestamp with time zone,
    linked_by_id bigint,
    CONSTRAINT pk_refund PRIMARY KEY (id),
    CONSTRAINT uq_refund_donation_reversal_id UNIQUE (donation_reversal_id),
    CONSTRAINT uq_refund_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT uq_refund_paid_event_id UNIQUE (paid_event_id),
    CONSTRAINT ck_refund_answered_request CHECK (state = 'asked' OR approval_request_id IS NOT NULL),
    CONSTRAINT ck_refund_known_state CHECK (state IN ('asked', 'approved', 'paid', 'refused')),
    CONSTRAINT ck_refund_paid_triple CHECK ((state = 'paid') = (paid_event_id IS NOT NULL) AND (state = 'paid') = (linked_at IS NOT NULL) AND (state = 'paid') = (linked_by_id IS NOT NULL)),
    CONSTRAINT ck_refund_positive CHECK (satang > 0),
    CONSTRAINT ck_refund_reversal_pair CHECK ((donation_reversal_id IS NOT NULL) = (donation_id IS NOT NULL AND state IN ('approved', 'paid')))
);

CREATE INDEX ix_refund_event_id ON refund (event_id);

CREATE INDEX ix_refund_donation_id ON refund (donation_id);

CREATE UNIQUE INDEX uq_refund_whole_event ON refund (event_id) WHERE donation_id IS NULL AND state <> 'refused';

CREATE TABLE register_column_map (
    id bigserial NOT NULL,
    header_hash character varying(64) NOT NULL,
    columns text NOT NULL,
    years character varying(2) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    made_by_id bigint,
    CONSTRAINT pk_register_column_map PRIMARY KEY (id),
    CONSTRAINT uq_register_column_map_header_hash UNIQUE (header_hash),
    CONSTRAINT ck_register_column_map_era CHECK (years IN ('', 'be', 'ce'))
);

CREATE TABLE register_conflict (
    id bigserial NOT NULL,
    import_id bigint NOT NULL,
    line integer NOT NULL,
    kind character varying(12) NOT NULL,
    household_id bigint,
    member_id bigint,
    district_code character varying(4) NOT NULL,
    subdistrict_code character varying(6),
    for_province boolean DEFAULT false NOT NULL,
    said bytea NOT NULL,
    said_hash character varying(64) NOT NULL,
    decision character varying(4),
    reason character varying(300) NOT NULL,
    decided_at timestamp with time zone,
    decided_by_id bigint,
    carried_out_at timestamp with time zone,
    CONSTRAINT pk_register_conflict PRIMARY KEY (id),
    CONSTRAINT ck_register_conflict_carried_out_after_decision CHECK (carried_out_at IS NULL OR decision IS NOT NULL),
    CONSTRAINT ck_register_conflict_decided_by_somebody CHECK ((decision IS NULL) = (decided_by_id IS NULL)),
    CONSTRAINT ck_register_conflict_decided_pair CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CONSTRAINT ck_register_conflict_decided_with_reason CHECK (decision IS NULL OR reason <> ''),
    CONSTRAINT ck_register_conflict_known_decision CHECK (decision IN ('keep', 'take', 'add')),
    CONSTRAINT ck_register_conflict_known_kind CHECK (kind IN ('other_name', 'other_home', 'other_number', 'several', 'dead', 'pupil'))
);

CREATE INDEX ix_register_conflict_import_id ON register_conflict (import_id);

CREATE INDEX ix_register_conflict_member_id ON register_conflict (member_id);

CREATE INDEX ix_register_conflict_open ON register_conflict (decision, district_code, id);

CREATE TABLE register_import (
    id bigserial NOT NULL,
    round_id bigint NOT NULL,
    state character varying(8) NOT NULL,
    reason character varying(1000) NOT NULL,
    file_name character varying(160) NOT NULL,
    file_hash character varying(64) NOT NULL,
    file bytea,
    titles bytea,
    done integer NOT NULL,
    is_whole boolean NOT NULL,
    imported_at timestamp with time zone NOT NULL,
    imported_by_id bigint,
    decided_at timestamp with time zone,
    decided_by_id bigint,
    new integer NOT NULL,
    changed integer NOT NULL,
    same integer NOT NULL,
    missing integer NOT NULL,
    conflicts integer NOT NULL,
    errors integer NOT NULL,
    error_lines text NOT NULL,
    rows_left_out integer DEFAULT 0 NOT NULL,
    province_lines text DEFAULT '{}'::text NOT NULL,
    review text NOT NULL,
    stops text NOT NULL,
    override_reason character varying(300) NOT NULL,
    digest character varying(64) NOT NULL,
    CONSTRAINT pk_register_import PRIMARY KEY (id),
    CONSTRAINT ck_register_import_decided_pair CHECK ((state IN ('applied', 'dropped', 'undone')) = (decided_at IS NOT NULL)),
    CONSTRAINT ck_register_import_file_forgotten CHECK (decided_at IS NULL OR file IS NULL),
    CONSTRAINT ck_register_import_known_state CHECK (state IN ('sent', 'unknown', 'refused', 'read', 'applying', 'applied', 'dropped', 'undone')),
    CONSTRAINT ck_register_import_stops_passed_with_reason CHECK (state NOT IN ('applying', 'applied', 'undone') OR stops = '[]' OR override_reason <> '')
);

CREATE INDEX ix_register_import_round_id ON register_import (round_id);

CREATE TABLE register_import_change (
    import_id bigint NOT NULL,
    what character varying(10) NOT NULL,
    row_id bigint NOT NULL,
    is_new boolean NOT NULL,
    before text NOT NULL,
    CONSTRAINT pk_register_import_change PRIMARY KEY (import_id, what, row_id),
    CONSTRAINT ck_register_import_change_known_what CHECK (what IN ('household', 'member', 'entry'))
);

CREATE INDEX ix_register_import_change_row ON register_import_change (what, row_id);

CREATE TABLE register_import_row (
    id bigserial NOT NULL,
    import_id bigint NOT NULL,
    line integer NOT NULL,
    outcome character varying(10) NOT NULL,
    words character varying(1000) NOT NULL,
    changes text NOT NULL,
    household_code character varying(16) NOT NULL,
    cells bytea,
    CONSTRAINT pk_register_import_row PRIMARY KEY (id),
    CONSTRAINT ck_register_import_row_known_outcome CHECK (outcome IN ('new', 'changed', 'same', 'conflict', 'unreadable', 'passed'))
);

CREATE INDEX ix_register_import_row_outcome ON register_import_row (import_id, outcome, line);

CREATE UNIQUE INDEX uq_register_import_row_line ON register_import_row (import_id, line);

CREATE TABLE register_round (
    id bigserial NOT NULL,
    code character varying(24) NOT NULL,
    name character varying(160) NOT NULL,
    source character varying(8) NOT NULL,
    fiscal_year_be integer NOT NULL,
    as_of date NOT NULL,
    declared_total integer,
    declared_persons integer,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    closed_by_id bigint,
    CONSTRAINT pk_register_round PRIMARY KEY (id),
    CONSTRAINT uq_register_round_code UNIQUE (code),
    CONSTRAINT ck_register_round_closed_pair CHECK ((closed_at IS NULL) = (closed_by_id IS NULL)),
    CONSTRAINT ck_register_round_known_source CHECK (source IN ('tpmap', 'thai_qm', 'needy'))
);

CREATE TABLE resolution (
    id bigserial NOT NULL,
    body_id bigint NOT NULL,
    number integer NOT NULL,
    year_be integer NOT NULL,
    item_id bigint NOT NULL,
    proposal_id bigint NOT NULL,
    motion_id bigint NOT NULL,
    kind character varying(16) NOT NULL,
    satang bigint NOT NULL,
    reason character varying(300) NOT NULL,
    supersedes_id bigint,
    waits_until date,
    waits_for_money boolean NOT NULL,
    present integer NOT NULL,
    quorum integer NOT NULL,
    for_votes integer NOT NULL,
    against_votes integer NOT NULL,
    abstentions integer NOT NULL,
    recusals integer NOT NULL,
    casting_vote boolean NOT NULL,
    resolved_at timestamp with time zone NOT NULL,
    resolved_by_id bigint NOT NULL,
    CONSTRAINT pk_resolution PRIMARY KEY (id),
    CONSTRAINT uq_resolution_body_id_year_be_number UNIQUE (body_id, year_be, number),
    CONSTRAINT uq_resolution_item_id UNIQUE (item_id),
    CONSTRAINT uq_resolution_motion_id UNIQUE (motion_id),
    CONSTRAINT ck_resolution_deferred_until CHECK ((kind = 'defer') = (waits_until IS NOT NULL OR waits_for_money) AND NOT (waits_until IS NOT NULL AND waits_for_money)),
    CONSTRAINT ck_resolution_known_kind CHECK (kind IN ('approve', 'approve_in_part', 'defer', 'reject', 'amend', 'rescind', 'ratify')),
    CONSTRAINT ck_resolution_positive CHECK (satang > 0 AND number > 0),
    CONSTRAINT ck_resolution_quorum_met CHECK (present >= quorum),
    CONSTRAINT ck_resolution_reason_given CHECK (kind IN ('approve', 'ratify') OR reason <> ''),
    CONSTRAINT ck_resolution_supersedes_pair CHECK (kind = 'reject' OR (kind IN ('amend', 'rescind', 'ratify')) = (supersedes_id IS NOT NULL))
);

CREATE INDEX ix_resolution_proposal_id ON resolution (proposal_id);

CREATE TABLE retired_numbers (
    id bigserial NOT NULL,
    fiscal_year_be integer NOT NULL,
    book character varying(2) DEFAULT ''::character varying NOT NULL,
    first_number integer NOT NULL,
    last_number integer NOT NULL,
    reason character varying(300) NOT NULL,
    retired_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_retired_numbers PRIMARY KEY (id),
    CONSTRAINT uq_retired_numbers_fiscal_year_be_book_first_number UNIQUE (fiscal_year_be, book, first_number),
    CONSTRAINT ck_retired_numbers_in_order CHECK (first_number >= 1 AND first_number <= last_number)
);

CREATE TABLE role_grant (
    id bigserial NOT NULL,
    user_id bigint NOT NULL,
    role character varying(24) NOT NULL,
    area_code character varying(6) NOT NULL,
    dimension character varying(16) NOT NULL,
    network_code character varying(12) NOT NULL,
    granted_at timestamp with time zone NOT NULL,
    granted_by_id bigint,
    revoked_at timestamp with time zone,
    revoked_by_id bigint,
    approval_request_id bigint,
    operator character varying(64) DEFAULT ''::character varying NOT NULL,
    order_number character varying(60) DEFAULT ''::character varying NOT NULL,
    ends_on date,
    CONSTRAINT pk_role_grant PRIMARY KEY (id),
    CONSTRAINT ck_role_grant_known_role CHECK (role IN ('treasurer', 'mentor', 'district_officer', 'dimension_secretary', 'fund_officer', 'finance', 'committee', 'chair', 'auditor', 'administrator')),
    CONSTRAINT ck_role_grant_revoked_by_needs_at CHECK (revoked_by_id IS NULL OR revoked_at IS NOT NULL),
    CONSTRAINT ck_role_grant_treasurer_has_network CHECK (role <> 'treasurer' OR network_code <> '')
);

CREATE INDEX ix_role_grant_user_id ON role_grant (user_id);

CREATE INDEX ix_role_grant_ends_on ON role_grant (ends_on) WHERE ends_on IS NOT NULL AND revoked_at IS NULL;

CREATE UNIQUE INDEX uq_role_grant_live ON role_grant (user_id, role, area_code, dimension, network_code) WHERE revoked_at IS NULL;

CREATE UNIQUE INDEX uq_role_grant_approval_request_id ON role_grant (approval_request_id);

CREATE TABLE round_household (
    id bigserial NOT NULL,
    round_id bigint NOT NULL,
    household_id bigint NOT NULL,
    income_satang bigint,
    row_hash character varying(64) NOT NULL,
    has_undone_rows boolean DEFAULT false NOT NULL,
    standing character varying(10) DEFAULT 'named'::character varying NOT NULL,
    CONSTRAINT pk_round_household PRIMARY KEY (id),
    CONSTRAINT uq_round_household_round_id_household_id UNIQUE (round_id, household_id),
    CONSTRAINT ck_round_household_known_standing CHECK (standing IN ('named', 'not_found', 'added', 'unnamed'))
);

CREATE INDEX ix_round_household_household_id ON round_household (household_id);

CREATE TABLE seat (
    id bigserial NOT NULL,
    body_id bigint NOT NULL,
    person_id bigint NOT NULL,
    office character varying(12) NOT NULL,
    from_on date NOT NULL,
    to_on date,
    order_number character varying(60) NOT NULL,
    seated_at timestamp with time zone NOT NULL,
    seated_by_id bigint,
    CONSTRAINT pk_seat PRIMARY KEY (id),
    CONSTRAINT ck_seat_by_order CHECK (order_number <> ''),
    CONSTRAINT ck_seat_in_order CHECK (to_on IS NULL OR to_on >= from_on),
    CONSTRAINT ck_seat_known_office CHECK (office IN ('chair', 'vice_chair', 'member', 'secretary'))
);

CREATE UNIQUE INDEX uq_seat_body_id_person_id ON seat (body_id, person_id) WHERE to_on IS NULL;

CREATE TABLE sign_in_attempt (
    id bigserial NOT NULL,
    sign_in_name character varying(60) NOT NULL,
    address character varying(45) NOT NULL,
    at timestamp with time zone NOT NULL,
    succeeded boolean NOT NULL,
    device_id bigint,
    CONSTRAINT pk_sign_in_attempt PRIMARY KEY (id)
);

CREATE INDEX ix_sign_in_attempt_address_at ON sign_in_attempt (address, at);

CREATE INDEX ix_sign_in_attempt_name_at ON sign_in_attempt (sign_in_name, at);

CREATE TABLE signatory (
    id bigserial NOT NULL,
    user_id bigint NOT NULL,
    group_code character varying(12) NOT NULL,
    appointed_by character varying(120) NOT NULL,
    from_on date NOT NULL,
    to_on date,
    approval_request_id bigint NOT NULL,
    ended_at timestamp with time zone,
    ended_by_id bigint,
    CONSTRAINT pk_signatory PRIMARY KEY (id),
    CONSTRAINT uq_signatory_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT ck_signatory_days_in_order CHECK (to_on IS NULL OR to_on >= from_on),
    CONSTRAINT ck_signatory_ended_pair CHECK ((ended_at IS NULL) = (ended_by_id IS NULL)),
    CONSTRAINT ck_signatory_known_group CHECK (group_code IN ('chair', 'finance', 'secretary'))
);

CREATE INDEX ix_signatory_user_id ON signatory (user_id);

CREATE UNIQUE INDEX uq_signatory_open ON signatory (user_id) WHERE ended_at IS NULL;

CREATE TABLE slip (
    id bigserial NOT NULL,
    sending_bank character varying(3) NOT NULL,
    trans_ref character varying(99) NOT NULL,
    paid_on date,
    paid_at timestamp with time zone,
    first_seen_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_slip PRIMARY KEY (id),
    CONSTRAINT uq_slip_sending_bank_trans_ref UNIQUE (sending_bank, trans_ref),
    CONSTRAINT ck_slip_moment_has_day CHECK (paid_at IS NULL OR paid_on IS NOT NULL)
);

CREATE INDEX ix_slip_trans_ref ON slip (trans_ref);

CREATE TABLE slip_claim (
    id bigserial NOT NULL,
    slip_id bigint NOT NULL,
    payment_request_id bigint NOT NULL,
    claimed_at timestamp with time zone NOT NULL,
    picture_hash character varying(64) NOT NULL,
    sent_hash character varying(64) NOT NULL,
    crc_padded boolean NOT NULL,
    closed_at timestamp with time zone,
    closed_by_id bigint,
    close_reason character varying(300) NOT NULL,
    picture_deleted_at timestamp with time zone,
    CONSTRAINT pk_slip_claim PRIMARY KEY (id),
    CONSTRAINT uq_slip_claim_slip_id_payment_request_id UNIQUE (slip_id, payment_request_id),
    CONSTRAINT ck_slip_claim_closed_together CHECK ((closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (close_reason = ''))
);

CREATE INDEX ix_slip_claim_payment_request_id ON slip_claim (payment_request_id);

CREATE INDEX ix_slip_claim_claimed_at ON slip_claim (claimed_at);

CREATE TABLE solicitation_approval (
    id bigserial NOT NULL,
    number character varying(80) NOT NULL,
    approved_on date NOT NULL,
    authority character varying(200) NOT NULL,
    ends_on date,
    noted_at timestamp with time zone NOT NULL,
    noted_by_id bigint,
    withdrawn_at timestamp with time zone,
    withdrawn_by_id bigint,
    CONSTRAINT pk_solicitation_approval PRIMARY KEY (id),
    CONSTRAINT ck_solicitation_approval_in_order CHECK (ends_on IS NULL OR ends_on >= approved_on),
    CONSTRAINT ck_solicitation_approval_withdrawn_pair CHECK ((withdrawn_at IS NULL) = (withdrawn_by_id IS NULL))
);

CREATE TABLE staff_notice (
    id bigserial NOT NULL,
    user_id bigint NOT NULL,
    title character varying(160) NOT NULL,
    words character varying(1000) NOT NULL,
    href character varying(200) NOT NULL,
    told_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone,
    until_on date,
    CONSTRAINT pk_staff_notice PRIMARY KEY (id)
);

CREATE INDEX ix_staff_notice_unseen ON staff_notice (user_id) WHERE seen_at IS NULL;

CREATE TABLE staff_session (
    id bigserial NOT NULL,
    token_hash character varying(64) NOT NULL,
    user_id bigint NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT pk_staff_session PRIMARY KEY (id),
    CONSTRAINT uq_staff_session_token_hash UNIQUE (token_hash)
);

CREATE INDEX ix_staff_session_user_id ON staff_session (user_id);

CREATE TABLE staged_line (
    upload_id bigint NOT NULL,
    place integer NOT NULL,
    number integer NOT NULL,
    external_id character varying(90) NOT NULL,
    on_day date NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    has_time boolean NOT NULL,
    satang bigint NOT NULL,
    balance_satang bigint,
    ref1 character varying(40) NOT NULL,
    ref2 character varying(40) NOT NULL,
    bank_ref character varying(60) NOT NULL,
    payer character varying(160) NOT NULL,
    payer_bank character varying(3) NOT NULL,
    description character varying(400) NOT NULL,
    raw bytea NOT NULL,
    raw_hash character varying(64) NOT NULL,
    doubt character varying(20) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT pk_staged_line PRIMARY KEY (upload_id, place)
);

CREATE INDEX ix_staged_line_upload_id_external_id ON staged_line (upload_id, external_id);

CREATE TABLE statement (
    id bigserial NOT NULL,
    account_id bigint NOT NULL,
    file_name character varying(160) NOT NULL,
    profile character varying(40) NOT NULL,
    file_hash character varying(64) NOT NULL,
    raw bytea NOT NULL,
    imported_at timestamp with time zone NOT NULL,
    imported_by_id bigint,
    lines integer NOT NULL,
    new_lines integer NOT NULL,
    from_on date,
    to_on date,
    opening_satang bigint,
    closing_satang bigint,
    CONSTRAINT pk_statement PRIMARY KEY (id)
);

CREATE INDEX ix_statement_account_id ON statement (account_id);

CREATE TABLE statement_basis (
    statement_id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    joins_id bigint,
    balance_satang bigint,
    below_satang bigint,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    CONSTRAINT pk_statement_basis PRIMARY KEY (statement_id, kind),
    CONSTRAINT ck_statement_basis_balance_pair CHECK ((kind IN ('follows', 'joined')) = (balance_satang IS NOT NULL)),
    CONSTRAINT ck_statement_basis_below_pair CHECK ((kind = 'joined') = (below_satang IS NOT NULL)),
    CONSTRAINT ck_statement_basis_confirmed_pair CHECK ((kind = 'confirmed') = (by_id IS NOT NULL)),
    CONSTRAINT ck_statement_basis_joins_pair CHECK ((kind IN ('follows', 'joined')) = (joins_id IS NOT NULL)),
    CONSTRAINT ck_statement_basis_known_kind CHECK (kind IN ('before', 'follows', 'joined', 'confirmed'))
);

CREATE INDEX ix_statement_basis_joins_id ON statement_basis (joins_id);

CREATE TABLE statement_chunk (
    upload_id bigint NOT NULL,
    number integer NOT NULL,
    raw bytea NOT NULL,
    CONSTRAINT pk_statement_chunk PRIMARY KEY (upload_id, number)
);

CREATE TABLE statement_profile (
    id bigserial NOT NULL,
    name character varying(40) NOT NULL,
    header_hash character varying(64) NOT NULL,
    mapping character varying(2000) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    made_by_id bigint,
    CONSTRAINT pk_statement_profile PRIMARY KEY (id),
    CONSTRAINT uq_statement_profile_header_hash UNIQUE (header_hash),
    CONSTRAINT uq_statement_profile_name UNIQUE (name)
);

CREATE TABLE statement_upload (
    id bigserial NOT NULL,
    state character varying(10) NOT NULL,
    file_name character varying(160) NOT NULL,
    file_hash character varying(64) NOT NULL,
    size integer NOT NULL,
    account_asked character varying(40) NOT NULL,
    profile_asked character varying(40) NOT NULL,
    account_id bigint,
    profile character varying(40) NOT NULL,
    newest_first boolean NOT NULL,
    reason character varying(400) NOT NULL,
    lines integer NOT NULL,
    new_lines integer NOT NULL,
    odd_lines integer NOT NULL,
    in_count integer NOT NULL,
    in_satang bigint NOT NULL,
    out_count integer NOT NULL,
    out_satang bigint NOT NULL,
    from_on date,
    to_on date,
    opening_satang bigint,
    closing_satang bigint,
    done integer NOT NULL,
    total integer NOT NULL,
    leased_until timestamp with time zone,
    statement_id bigint,
    override_request_id bigint,
    sent_at timestamp with time zone NOT NULL,
    sent_by_id bigint,
    reading integer DEFAULT 0 NOT NULL,
    unproven boolean DEFAULT false NOT NULL,
    remarks character varying(400) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT pk_statement_upload PRIMARY KEY (id),
    CONSTRAINT uq_statement_upload_override_request_id UNIQUE (override_request_id),
    CONSTRAINT uq_statement_upload_statement_id UNIQUE (statement_id),
    CONSTRAINT ck_statement_upload_known_state CHECK (state IN ('sent', 'unknown', 'refused', 'read', 'applying', 'applied')),
    CONSTRAINT ck_statement_upload_statement_of_applied CHECK (state IN ('applying', 'applied') OR statement_id IS NULL)
);

CREATE INDEX ix_statement_upload_state ON statement_upload (state);

CREATE TABLE statement_withdrawal (
    statement_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    approval_request_id bigint NOT NULL,
    CONSTRAINT pk_statement_withdrawal PRIMARY KEY (statement_id),
    CONSTRAINT uq_statement_withdrawal_approval_request_id UNIQUE (approval_request_id)
);

CREATE TABLE stock_item (
    id bigserial NOT NULL,
    name character varying(200) NOT NULL,
    unit character varying(40) NOT NULL,
    CONSTRAINT pk_stock_item PRIMARY KEY (id),
    CONSTRAINT uq_stock_item_name_unit UNIQUE (name, unit),
    CONSTRAINT ck_stock_item_named CHECK (name <> '' AND unit <> '')
);

CREATE TABLE stock_move (
    id bigserial NOT NULL,
    item_id bigint NOT NULL,
    quantity integer NOT NULL,
    in_kind_donation_id bigint,
    reason character varying(300) NOT NULL,
    reference character varying(60) NOT NULL,
    moved_on date NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint NOT NULL,
    CONSTRAINT pk_stock_move PRIMARY KEY (id),
    CONSTRAINT ck_stock_move_in_from_donation CHECK (quantity < 0 OR in_kind_donation_id IS NOT NULL),
    CONSTRAINT ck_stock_move_moves CHECK (quantity <> 0),
    CONSTRAINT ck_stock_move_out_for_reason CHECK (quantity > 0 OR reason <> '')
);

CREATE INDEX ix_stock_move_item_id ON stock_move (item_id);

CREATE INDEX ix_stock_move_in_kind_donation_id ON stock_move (in_kind_donation_id);

CREATE UNIQUE INDEX uq_stock_move_donation_in ON stock_move (in_kind_donation_id) WHERE quantity > 0;

CREATE TABLE tax_certificate (
    payment_id bigint NOT NULL,
    year_be integer NOT NULL,
    number integer NOT NULL,
    first_on date NOT NULL,
    form character varying(5) NOT NULL,
    satang bigint NOT NULL,
    payer_name character varying(200) NOT NULL,
    payer_address character varying(400) NOT NULL,
    payer_tax_id character varying(40) NOT NULL,
    CONSTRAINT pk_tax_certificate PRIMARY KEY (payment_id),
    CONSTRAINT uq_tax_certificate_year_be_number UNIQUE (year_be, number),
    CONSTRAINT ck_tax_certificate_positive CHECK (satang > 0)
);

CREATE INDEX ix_tax_certificate_first_on ON tax_certificate (first_on, form);

CREATE TABLE tax_remittance (
    id bigserial NOT NULL,
    match_id bigint NOT NULL,
    first_on date NOT NULL,
    form character varying(5) NOT NULL,
    satang bigint NOT NULL,
    CONSTRAINT pk_tax_remittance PRIMARY KEY (id),
    CONSTRAINT uq_tax_remittance_match_id UNIQUE (match_id),
    CONSTRAINT ck_tax_remittance_known_form CHECK (form IN ('pnd3', 'pnd53')),
    CONSTRAINT ck_tax_remittance_positive CHECK (satang > 0)
);

CREATE INDEX ix_tax_remittance_first_on ON tax_remittance (first_on, form);

CREATE TABLE throttle_hit (
    id bigserial NOT NULL,
    what character varying(24) NOT NULL,
    who character varying(45) NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_throttle_hit PRIMARY KEY (id)
);

CREATE INDEX ix_throttle_hit_what_who_at ON throttle_hit (what, who, at);

CREATE TABLE trace (
    id bigserial NOT NULL,
    payment_id bigint NOT NULL,
    donation_id bigint,
    opening_balance_id bigint,
    satang bigint NOT NULL,
    return_id bigint,
    CONSTRAINT pk_trace PRIMARY KEY (id),
    CONSTRAINT ck_trace_one_source CHECK ((donation_id IS NULL) <> (opening_balance_id IS NULL)),
    CONSTRAINT ck_trace_signed CHECK (satang <> 0 AND (return_id IS NULL) = (satang > 0))
);

CREATE INDEX ix_trace_donation_id ON trace (donation_id);

CREATE INDEX ix_trace_opening_balance_id ON trace (opening_balance_id);

CREATE INDEX ix_trace_payment_id ON trace (payment_id);

CREATE UNIQUE INDEX uq_trace_payment_id_donation_id ON trace (payment_id, donation_id) WHERE return_id IS NULL;

CREATE UNIQUE INDEX uq_trace_payment_id_opening_balance_id ON trace (payment_id, opening_balance_id) WHERE return_id IS NULL;

CREATE UNIQUE INDEX uq_trace_return_id_donation_id ON trace (return_id, donation_id) WHERE return_id IS NOT NULL;

CREATE UNIQUE INDEX uq_trace_return_id_opening_balance_id ON trace (return_id, opening_balance_id) WHERE return_id IS NOT NULL;

CREATE TABLE transfer_file (
    id bigserial NOT NULL,
    satang bigint NOT NULL,
    content bytea NOT NULL,
    sha256 character varying(64) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    made_by_id bigint NOT NULL,
    CONSTRAINT pk_transfer_file PRIMARY KEY (id)
);

CREATE TABLE transfer_file_line (
    id bigserial NOT NULL,
    file_id bigint NOT NULL,
    order_id bigint NOT NULL,
    reference character varying(40) NOT NULL,
    result character varying(8) NOT NULL,
    CONSTRAINT pk_transfer_file_line PRIMARY KEY (id),
    CONSTRAINT uq_transfer_file_line_order_id UNIQUE (order_id),
    CONSTRAINT uq_transfer_file_line_reference UNIQUE (reference),
    CONSTRAINT ck_transfer_file_line_known_result CHECK (result IN ('', 'paid', 'failed'))
);

CREATE INDEX ix_transfer_file_line_file_id ON transfer_file_line (file_id);

CREATE INDEX ix_transfer_file_line_failed ON transfer_file_line (order_id) WHERE result = 'failed';

CREATE TABLE unnamed_member (
    round_id bigint NOT NULL,
    member_id bigint NOT NULL,
    since_import_id bigint NOT NULL,
    CONSTRAINT pk_unnamed_member PRIMARY KEY (round_id, member_id)
);

CREATE TABLE user_account (
    id bigserial NOT NULL,
    sign_in_name character varying(60) NOT NULL,
    name character varying(120) NOT NULL,
    "position" character varying(160) NOT NULL,
    password_hash character varying(200) NOT NULL,
    password_is_temporary boolean NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    email character varying(254) DEFAULT ''::character varying NOT NULL,
    line_user_id character varying(40) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT pk_user_account PRIMARY KEY (id),
    CONSTRAINT uq_user_account_sign_in_name UNIQUE (sign_in_name)
);

CREATE TABLE vendor (
    id bigserial NOT NULL,
    kind character varying(8) NOT NULL,
    name character varying(160) NOT NULL,
    tax_id character varying(13) NOT NULL,
    approval_request_id bigint NOT NULL,
    confirmed_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    closed_by_id bigint,
    closed_reason character varying(300) NOT NULL,
    user_id bigint,
    CONSTRAINT pk_vendor PRIMARY KEY (id),
    CONSTRAINT uq_vendor_approval_request_id UNIQUE (approval_request_id),
    CONSTRAINT ck_vendor_closed_pair CHECK ((closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (closed_reason = '')),
    CONSTRAINT ck_vendor_known_kind CHECK (kind IN ('shop', 'school', 'office', 'officer')),
    CONSTRAINT ck_vendor_user_is_officer CHECK (user_id IS NULL OR kind = 'officer')
);

CREATE TABLE vendor_account (
    id bigserial NOT NULL,
    vendor_id bigint NOT NULL,
    bank_code character varying(3) NOT NULL,
    number character varying(20) NOT NULL,
    approval_request_id bigint NOT NULL,
    from_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_vendor_account PRIMARY KEY (id),
    CONSTRAINT uq_vendor_account_approval_request_id UNIQUE (approval_request_id)
);

CREATE INDEX ix_vendor_account_number ON vendor_account (number);

CREATE INDEX ix_vendor_account_vendor_id ON vendor_account (vendor_id);

CREATE TABLE vote (
    id bigserial NOT NULL,
    item_id bigint NOT NULL,
    motion_id bigint NOT NULL,
    member_id bigint NOT NULL,
    turn integer DEFAULT 1 NOT NULL,
    choice character varying(8) NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_vote PRIMARY KEY (id),
    CONSTRAINT uq_vote_motion_id_member_id_turn UNIQUE (motion_id, member_id, turn),
    CONSTRAINT ck_vote_known_choice CHECK (choice IN ('approve', 'reject', 'abstain'))
);

CREATE INDEX ix_vote_item_id ON vote (item_id);

CREATE TABLE voucher_book (
    fiscal_year_be integer NOT NULL,
    last_number integer NOT NULL,
    CONSTRAINT pk_voucher_book PRIMARY KEY (fiscal_year_be)
);

CREATE TABLE withheld_month (
    first_on date NOT NULL,
    form character varying(5) NOT NULL,
    payments integer NOT NULL,
    withheld_satang bigint NOT NULL,
    remitted_satang bigint NOT NULL,
    CONSTRAINT pk_withheld_month PRIMARY KEY (first_on, form),
    CONSTRAINT ck_withheld_month_known_form CHECK (form IN ('pnd3', 'pnd53')),
    CONSTRAINT ck_withheld_month_remitted_within CHECK (payments >= 0 AND remitted_satang BETWEEN 0 AND withheld_satang)
);

CREATE INDEX ix_withheld_month_owed ON withheld_month (first_on) WHERE remitted_satang < withheld_satang;

CREATE TABLE withholding (
    order_id bigint NOT NULL,
    kind character varying(12) NOT NULL,
    rate_bp integer NOT NULL,
    base_satang bigint NOT NULL,
    satang bigint NOT NULL,
    tax_id character varying(13) NOT NULL,
    address character varying(300) NOT NULL,
    form character varying(5) NOT NULL,
    CONSTRAINT pk_withholding PRIMARY KEY (order_id),
    CONSTRAINT ck_withholding_computed CHECK (satang > 0 AND satang = (base_satang * rate_bp + 5000) / 10000),
    CONSTRAINT ck_withholding_juristic_form CHECK (form = 'pnd53' OR tax_id NOT LIKE '0%'),
    CONSTRAINT ck_withholding_known_form CHECK (form IN ('pnd3', 'pnd53')),
    CONSTRAINT ck_withholding_known_kind CHECK (kind IN ('hire', 'profession', 'rent', 'advertising', 'transport', 'insurance', 'government')),
    CONSTRAINT ck_withholding_somewhere CHECK (address <> ''),
    CONSTRAINT ck_withholding_thirteen_digits CHECK (length(tax_id) = 13)
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
    g.satang - CAST(COALESCE((SELECT SUM(r.satang) FROM donation_reversal AS r WHERE r.donation_id = g.id), 0) AS BIGINT)
        AS satang,
    g.satang AS given_satang, g.donor_name, g.anonymous, g.paid_at, g.posted_at FROM donation AS g;

CREATE VIEW live_trace AS SELECT t.payment_id AS payment_id, t.donation_id AS donation_id,
    t.opening_balance_id AS opening_balance_id, t.return_id AS return_id, CAST(t.satang AS BIGINT) AS satang
    FROM trace AS t JOIN payment AS y ON y.id = t.payment_id
    WHERE y.voided_at IS NULL;

CREATE VIEW ordered_line AS SELECT o.proposal_id AS proposal_id, l.line_id AS line_id, CAST(SUM(l.quantity) AS BIGINT) AS quantity,
        CAST(SUM(l.satang) AS BIGINT) AS satang
    FROM payment_order AS o JOIN order_line AS l ON l.order_id = o.id LEFT JOIN payment AS y ON y.order_id = o.id
    WHERE l.line_id IS NOT NULL AND o.withdrawn_at IS NULL AND (y.id IS NULL OR (y.voided_at IS NULL AND y.returned_satang < y.satang - y.withheld_satang))
    GROUP BY o.proposal_id, l.line_id;

CREATE VIEW resolved_line AS SELECT r.proposal_id AS proposal_id, COALESCE(l.first_id, l.id) AS line_id, n.quantity AS quantity,
        CAST(n.quantity * l.unit_satang AS BIGINT) AS satang
    FROM resolution AS r JOIN motion_line AS n ON n.motion_id = r.motion_id JOIN proposal_line AS l ON l.id = n.line_id
    WHERE r.kind IN ('approve', 'approve_in_part', 'amend') AND r.id = (SELECT MAX(s.id) FROM resolution AS s
        WHERE s.proposal_id = r.proposal_id AND s.kind IN ('approve', 'approve_in_part', 'amend'));

ALTER TABLE account
    ADD CONSTRAINT fk_account_purpose_id FOREIGN KEY (purpose_id) REFERENCES purpose(id);

ALTER TABLE advance_clearing
    ADD CONSTRAINT fk_advance_clearing_cleared_by_id FOREIGN KEY (cleared_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_advance_clearing_payment_id FOREIGN KEY (payment_id) REFERENCES payment(id);

ALTER TABLE agenda_item
    ADD CONSTRAINT fk_agenda_item_meeting_id FOREIGN KEY (meeting_id) REFERENCES meeting(id),
    ADD CONSTRAINT fk_agenda_item_proposal_id FOREIGN KEY (proposal_id) REFERENCES proposal(id),
    ADD CONSTRAINT fk_agenda_item_version_id FOREIGN KEY (version_id) REFERENCES proposal_version(id);

ALTER TABLE aid_funding
    ADD CONSTRAINT fk_aid_funding_request_id FOREIGN KEY (request_id) REFERENCES aid_request(id);

ALTER TABLE aid_line
    ADD CONSTRAINT fk_aid_line_household_id FOREIGN KEY (household_id) REFERENCES household(id),
    ADD CONSTRAINT fk_aid_line_member_id FOREIGN KEY (member_id) REFERENCES member(id),
    ADD CONSTRAINT fk_aid_line_request_id FOREIGN KEY (request_id) REFERENCES aid_request(id);

ALTER TABLE aid_request
    ADD CONSTRAINT fk_aid_request_made_by_id FOREIGN KEY (made_by_id) REFERENCES user_account(id);

ALTER TABLE allocation
    ADD CONSTRAINT fk_allocation_event_id FOREIGN KEY (event_id) REFERENCES bank_event(id),
    ADD CONSTRAINT fk_allocation_donation_id FOREIGN KEY (donation_id) REFERENCES donation(id);

ALTER TABLE amount_reservation
    ADD CONSTRAINT fk_amount_reservation_payment_request_id FOREIGN KEY (payment_request_id) REFERENCES payment_request(id);

ALTER TABLE approval_request
    ADD CONSTRAINT fk_approval_request_asked_by_id FOREIGN KEY (asked_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_approval_request_concerned_id FOREIGN KEY (concerned_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_approval_request_decided_by_id FOREIGN KEY (decided_by_id) REFERENCES user_account(id);

ALTER TABLE attendance
    ADD CONSTRAINT fk_attendance_member_id FOREIGN KEY (member_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_attendance_meeting_id FOREIGN KEY (meeting_id) REFERENCES meeting(id);

ALTER TABLE audit_event
    ADD CONSTRAINT fk_audit_event_by_id FOREIGN KEY (by_id) REFERENCES user_account(id);

ALTER TABLE bank_event
    ADD CONSTRAINT fk_bank_event_account_id FOREIGN KEY (account_id) REFERENCES fund_account(id),
    ADD CONSTRAINT fk_bank_event_statement_id FOREIGN KEY (statement_id) REFERENCES statement(id);

ALTER TABLE bank_reversal
    ADD CONSTRAINT fk_bank_reversal_event_id FOREIGN KEY (event_id) REFERENCES bank_event(id),
    ADD CONSTRAINT fk_bank_reversal_reverses_id FOREIGN KEY (reverses_id) REFERENCES bank_event(id);

ALTER TABLE body_rules
    ADD CONSTRAINT fk_body_rules_body_id FOREIGN KEY (body_id) REFERENCES body(id),
    ADD CONSTRAINT fk_body_rules_entered_by_id FOREIGN KEY (entered_by_id) REFERENCES user_account(id);

ALTER TABLE carried_gift
    ADD CONSTRAINT fk_carried_gift_list_id FOREIGN KEY (list_id) REFERENCES carried_list(id),
    ADD CONSTRAINT fk_carried_gift_network_id FOREIGN KEY (network_id) REFERENCES network(id),
    ADD CONSTRAINT fk_carried_gift_purpose_id FOREIGN KEY (purpose_id) REFERENCES purpose(id);

ALTER TABLE carried_list
    ADD CONSTRAINT fk_carried_list_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id);

ALTER TABLE cash_count
    ADD CONSTRAINT fk_cash_count_closed_by_id FOREIGN KEY (closed_by_id) REFERENCES user_account(id);

ALTER TABLE chain_link
    ADD CONSTRAINT fk_chain_link_event_id FOREIGN KEY (event_id) REFERENCES audit_event(id);

ALTER TABLE circulation
    ADD CONSTRAINT fk_circulation_meeting_id FOREIGN KEY (meeting_id) REFERENCES meeting(id),
    ADD CONSTRAINT fk_circulation_asked_by_id FOREIGN KEY (asked_by_id) REFERENCES user_account(id);

ALTER TABLE closed_month
    ADD CONSTRAINT fk_closed_month_closed_by_id FOREIGN KEY (closed_by_id) REFERENCES user_account(id);

ALTER TABLE collection
    ADD CONSTRAINT fk_collection_account_id FOREIGN KEY (account_id) REFERENCES fund_account(id),
    ADD CONSTRAINT fk_collection_closed_by_id FOREIGN KEY (closed_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_collection_network_id FOREIGN KEY (network_id) REFERENCES network(id),
    ADD CONSTRAINT fk_collection_opened_by_id FOREIGN KEY (opened_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_collection_pledge_id FOREIGN KEY (pledge_id) REFERENCES pledge(id),
    ADD CONSTRAINT fk_collection_purpose_id FOREIGN KEY (purpose_id) REFERENCES purpose(id);

ALTER TABLE commitment
    ADD CONSTRAINT fk_commitment_purpose_id FOREIGN KEY (purpose_id) REFERENCES purpose(id),
    ADD CONSTRAINT fk_commitment_resolution_id FOREIGN KEY (resolution_id) REFERENCES resolution(id);

ALTER TABLE counter_payment
    ADD CONSTRAINT fk_counter_payment_cash_count_id FOREIGN KEY (cash_count_id) REFERENCES cash_count(id),
    ADD CONSTRAINT fk_counter_payment_event_id FOREIGN KEY (event_id) REFERENCES bank_event(id),
    ADD CONSTRAINT fk_counter_payment_taken_by_id FOREIGN KEY (taken_by_id) REFERENCES user_account(id);

ALTER TABLE counter_payment_reversal
    ADD CONSTRAINT fk_counter_payment_reversal_counter_payment_id FOREIGN KEY (counter_payment_id) REFERENCES counter_payment(id),
    ADD CONSTRAINT fk_counter_payment_reversal_by_id FOREIGN KEY (by_id) REFERENCES user_account(id);

ALTER TABLE delegation
    ADD CONSTRAINT fk_delegation_from_id FOREIGN KEY (from_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_delegation_to_id FOREIGN KEY (to_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_delegation_asked_by_id FOREIGN KEY (asked_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_delegation_confirmed_by_id FOREIGN KEY (confirmed_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_delegation_ended_by_id FOREIGN KEY (ended_by_id) REFERENCES user_account(id);

ALTER TABLE delivery
    ADD CONSTRAINT fk_delivery_handover_id FOREIGN KEY (handover_id) REFERENCES handover(id),
    ADD CONSTRAINT fk_delivery_line_id FOREIGN KEY (line_id) REFERENCES aid_line(id),
    ADD CONSTRAINT fk_delivery_logbook_entry_id FOREIGN KEY (logbook_entry_id) REFERENCES logbook_entry(id),
    ADD CONSTRAINT fk_delivery_marked_by_id FOREIGN KEY (marked_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_delivery_photo_id FOREIGN KEY (photo_id) REFERENCES photo(id);

ALTER TABLE deposit
    ADD CONSTRAINT fk_deposit_item_id FOREIGN KEY (item_id) REFERENCES deposit_item(id),
    ADD CONSTRAINT fk_deposit_event_id FOREIGN KEY (event_id) REFERENCES bank_event(id),
    ADD CONSTRAINT fk_deposit_by_id FOREIGN KEY (by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_deposit_undone_by_id FOREIGN KEY (undone_by_id) REFERENCES user_account(id);

ALTER TABLE deposit_item
    ADD CONSTRAINT fk_deposit_item_cash_count_id FOREIGN KEY (cash_count_id) REFERENCES cash_count(id),
    ADD CONSTRAINT fk_deposit_item_counter_payment_id FOREIGN KEY (counter_payment_id) REFERENCES counter_payment(id);

ALTER TABLE donation
    ADD CONSTRAINT fk_donation_payment_request_id FOREIGN KEY (payment_request_id) REFERENCES payment_request(id),
    ADD CONSTRAINT fk_donation_network_id FOREIGN KEY (network_id) REFERENCES network(id),
    ADD CONSTRAINT fk_donation_pledge_id FOREIGN KEY (pledge_id) REFERENCES pledge(id),
    ADD CONSTRAINT fk_donation_posted_by_id FOREIGN KEY (posted_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_donation_purpose_id FOREIGN KEY (purpose_id) REFERENCES purpose(id);

ALTER TABLE donation_reversal
    ADD CONSTRAINT fk_donation_reversal_by_id FOREIGN KEY (by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_donation_reversal_donation_id FOREIGN KEY (donation_id) REFERENCES donation(id);

ALTER TABLE donation_total
    ADD CONSTRAINT fk_donation_total_network_id FOREIGN KEY (network_id) REFERENCES network(id),
    ADD CONSTRAINT fk_donation_total_pledge_id FOREIGN KEY (pledge_id) REFERENCES pledge(id);

ALTER TABLE donor_tax
    ADD CONSTRAINT fk_donor_tax_payment_request_id FOREIGN KEY (payment_request_id) REFERENCES payment_request(id);

ALTER TABLE due_date_request
    ADD CONSTRAINT fk_due_date_request_pledge_id FOREIGN KEY (pledge_id) REFERENCES pledge(id),
    ADD CONSTRAINT fk_due_date_request_asked_by_id FOREIGN KEY (asked_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_due_date_request_decided_by_id FOREIGN KEY (decided_by_id) REFERENCES user_account(id);

ALTER TABLE edonation_report
    ADD CONSTRAINT fk_edonation_report_donation_id FOREIGN KEY (donation_id) REFERENCES donation(id),
    ADD CONSTRAINT fk_edonation_report_recorded_by_id FOREIGN KEY (recorded_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_edonation_report_undone_by_id FOREIGN KEY (undone_by_id) REFERENCES user_account(id);

ALTER TABLE entry
    ADD CONSTRAINT fk_entry_donation_reversal_id FOREIGN KEY (donation_reversal_id) REFERENCES donation_reversal(id),
    ADD CONSTRAINT fk_entry_debit_id FOREIGN KEY (debit_id) REFERENCES account(id),
    ADD CONSTRAINT fk_entry_credit_id FOREIGN KEY (credit_id) REFERENCES account(id),
    ADD CONSTRAINT fk_entry_commitment_id FOREIGN KEY (commitment_id) REFERENCES commitment(id),
    ADD CONSTRAINT fk_entry_by_id FOREIGN KEY (by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_entry_payment_id FOREIGN KEY (payment_id) REFERENCES payment(id),
    ADD CONSTRAINT fk_entry_payment_return_id FOREIGN KEY (payment_return_id) REFERENCES payment_return(id),
    ADD CONSTRAINT fk_entry_donation_id FOREIGN KEY (donation_id) REFERENCES donation(id),
    ADD CONSTRAINT fk_entry_opening_balance_id FOREIGN KEY (opening_balance_id) REFERENCES opening_balance(id);

ALTER TABLE failed_dimension
    ADD CONSTRAINT fk_failed_dimension_round_household_id FOREIGN KEY (round_household_id) REFERENCES round_household(id);

ALTER TABLE fund_account
    ADD CONSTRAINT fk_fund_account_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id);

ALTER TABLE giving_stop
    ADD CONSTRAINT fk_giving_stop_stopped_by_id FOREIGN KEY (stopped_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_giving_stop_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id);

ALTER TABLE guideline
    ADD CONSTRAINT fk_guideline_meeting_id FOREIGN KEY (meeting_id) REFERENCES meeting(id),
    ADD CONSTRAINT fk_guideline_tabled_by_id FOREIGN KEY (tabled_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_guideline_decided_by_id FOREIGN KEY (decided_by_id) REFERENCES user_account(id);

ALTER TABLE guideline_vote
    ADD CONSTRAINT fk_guideline_vote_guideline_id FOREIGN KEY (guideline_id) REFERENCES guideline(id),
    ADD CONSTRAINT fk_guideline_vote_member_id FOREIGN KEY (member_id) REFERENCES user_account(id);

ALTER TABLE handover
    ADD CONSTRAINT fk_handover_second_id FOREIGN KEY (second_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_handover_second_named_by_id FOREIGN KEY (second_named_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_handover_opened_by_id FOREIGN KEY (opened_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_handover_request_id FOREIGN KEY (request_id) REFERENCES aid_request(id);

ALTER TABLE help_received
    ADD CONSTRAINT fk_help_received_household_id FOREIGN KEY (household_id) REFERENCES household(id);

ALTER TABLE in_kind_donation
    ADD CONSTRAINT fk_in_kind_donation_pledge_id FOREIGN KEY (pledge_id) REFERENCES pledge(id),
    ADD CONSTRAINT fk_in_kind_donation_network_id FOREIGN KEY (network_id) REFERENCES network(id),
    ADD CONSTRAINT fk_in_kind_donation_purpose_id FOREIGN KEY (purpose_id) REFERENCES purpose(id),
    ADD CONSTRAINT fk_in_kind_donation_recorded_by_id FOREIGN KEY (recorded_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_in_kind_donation_voided_by_id FOREIGN KEY (voided_by_id) REFERENCES user_account(id);

ALTER TABLE in_kind_receipt_document
    ADD CONSTRAINT fk_in_kind_receipt_document_in_kind_donation_id FOREIGN KEY (in_kind_donation_id) REFERENCES in_kind_donation(id);

ALTER TABLE in_kind_receipt_due
    ADD CONSTRAINT fk_in_kind_receipt_due_in_kind_donation_id FOREIGN KEY (in_kind_donation_id) REFERENCES in_kind_donation(id);

ALTER TABLE in_kind_receipt_print
    ADD CONSTRAINT fk_in_kind_receipt_print_in_kind_donation_id FOREIGN KEY (in_kind_donation_id) REFERENCES in_kind_donation(id),
    ADD CONSTRAINT fk_in_kind_receipt_print_by_id FOREIGN KEY (by_id) REFERENCES user_account(id);

ALTER TABLE inquiry
    ADD CONSTRAINT fk_inquiry_event_id FOREIGN KEY (event_id) REFERENCES bank_event(id);

ALTER TABLE instalment
    ADD CONSTRAINT fk_instalment_pledge_id FOREIGN KEY (pledge_id) REFERENCES pledge(id);

ALTER TABLE issuer_version
    ADD CONSTRAINT fk_issuer_version_noted_by_id FOREIGN KEY (noted_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_issuer_version_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id);

ALTER TABLE item_cost
    ADD CONSTRAINT fk_item_cost_entered_by_id FOREIGN KEY (entered_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_item_cost_request_id FOREIGN KEY (request_id) REFERENCES aid_request(id);

ALTER TABLE known_device
    ADD CONSTRAINT fk_known_device_user_id FOREIGN KEY (user_id) REFERENCES user_account(id);

ALTER TABLE line_shortage
    ADD CONSTRAINT fk_line_shortage_paper_id FOREIGN KEY (paper_id) REFERENCES payment_paper(id),
    ADD CONSTRAINT fk_line_shortage_line_id FOREIGN KEY (line_id) REFERENCES order_line(id);

ALTER TABLE logbook_entry
    ADD CONSTRAINT fk_logbook_entry_household_id FOREIGN KEY (household_id) REFERENCES household(id),
    ADD CONSTRAINT fk_logbook_entry_member_id FOREIGN KEY (member_id) REFERENCES member(id),
    ADD CONSTRAINT fk_logbook_entry_written_by_id FOREIGN KEY (written_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_logbook_entry_amends_id FOREIGN KEY (amends_id) REFERENCES logbook_entry(id);

ALTER TABLE meeting
    ADD CONSTRAINT fk_meeting_body_id FOREIGN KEY (body_id) REFERENCES body(id),
    ADD CONSTRAINT fk_meeting_rules_id FOREIGN KEY (rules_id) REFERENCES body_rules(id),
    ADD CONSTRAINT fk_meeting_certified_by_id FOREIGN KEY (certified_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_meeting_called_by_id FOREIGN KEY (called_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_meeting_chair_id FOREIGN KEY (chair_id) REFERENCES user_account(id);

ALTER TABLE meeting_move
    ADD CONSTRAINT fk_meeting_move_moved_by_id FOREIGN KEY (moved_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_meeting_move_meeting_id FOREIGN KEY (meeting_id) REFERENCES meeting(id);

ALTER TABLE meeting_roll
    ADD CONSTRAINT fk_meeting_roll_meeting_id FOREIGN KEY (meeting_id) REFERENCES meeting(id),
    ADD CONSTRAINT fk_meeting_roll_person_id FOREIGN KEY (person_id) REFERENCES user_account(id);

ALTER TABLE member
    ADD CONSTRAINT fk_member_household_id FOREIGN KEY (household_id) REFERENCES household(id);

ALTER TABLE minutes
    ADD CONSTRAINT fk_minutes_meeting_id FOREIGN KEY (meeting_id) REFERENCES meeting(id),
    ADD CONSTRAINT fk_minutes_endorsed_in_id FOREIGN KEY (endorsed_in_id) REFERENCES meeting(id),
    ADD CONSTRAINT fk_minutes_endorsed_by_id FOREIGN KEY (endorsed_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_minutes_scanned_by_id FOREIGN KEY (scanned_by_id) REFERENCES user_account(id);

ALTER TABLE motion
    ADD CONSTRAINT fk_motion_moved_by_id FOREIGN KEY (moved_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_motion_item_id FOREIGN KEY (item_id) REFERENCES agenda_item(id);

ALTER TABLE motion_line
    ADD CONSTRAINT fk_motion_line_line_id FOREIGN KEY (line_id) REFERENCES proposal_line(id),
    ADD CONSTRAINT fk_motion_line_motion_id FOREIGN KEY (motion_id) REFERENCES motion(id);

ALTER TABLE motion_part
    ADD CONSTRAINT fk_motion_part_purpose_id FOREIGN KEY (purpose_id) REFERENCES purpose(id),
    ADD CONSTRAINT fk_motion_part_motion_id FOREIGN KEY (motion_id) REFERENCES motion(id);

ALTER TABLE network
    ADD CONSTRAINT fk_network_parent_id FOREIGN KEY (parent_id) REFERENCES network(id);

ALTER TABLE network_contact
    ADD CONSTRAINT fk_network_contact_network_id FOREIGN KEY (network_id) REFERENCES network(id),
    ADD CONSTRAINT fk_network_contact_written_by_id FOREIGN KEY (written_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_network_contact_ended_by_id FOREIGN KEY (ended_by_id) REFERENCES user_account(id);

ALTER TABLE opening
    ADD CONSTRAINT fk_opening_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id);

ALTER TABLE opening_balance
    ADD CONSTRAINT fk_opening_balance_opening_id FOREIGN KEY (opening_id) REFERENCES opening(id),
    ADD CONSTRAINT fk_opening_balance_purpose_id FOREIGN KEY (purpose_id) REFERENCES purpose(id);

ALTER TABLE order_invoice
    ADD CONSTRAINT fk_order_invoice_order_id FOREIGN KEY (order_id) REFERENCES payment_order(id);

ALTER TABLE order_line
    ADD CONSTRAINT fk_order_line_order_id FOREIGN KEY (order_id) REFERENCES payment_order(id),
    ADD CONSTRAINT fk_order_line_invoice_id FOREIGN KEY (invoice_id) REFERENCES order_invoice(id),
    ADD CONSTRAINT fk_order_line_line_id FOREIGN KEY (line_id) REFERENCES proposal_line(id);

ALTER TABLE outgoing_match
    ADD CONSTRAINT fk_outgoing_match_event_id FOREIGN KEY (event_id) REFERENCES bank_event(id),
    ADD CONSTRAINT fk_outgoing_match_matched_by_id FOREIGN KEY (matched_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_outgoing_match_payment_id FOREIGN KEY (payment_id) REFERENCES payment(id);

ALTER TABLE paper_receipt_book
    ADD CONSTRAINT fk_paper_receipt_book_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id);

ALTER TABLE password_link
    ADD CONSTRAINT fk_password_link_user_id FOREIGN KEY (user_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_password_link_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id);

ALTER TABLE payee
    ADD CONSTRAINT fk_payee_account_id FOREIGN KEY (account_id) REFERENCES fund_account(id),
    ADD CONSTRAINT fk_payee_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id);

ALTER TABLE payment
    ADD CONSTRAINT fk_payment_account_id FOREIGN KEY (account_id) REFERENCES fund_account(id),
    ADD CONSTRAINT fk_payment_order_id FOREIGN KEY (order_id) REFERENCES payment_order(id),
    ADD CONSTRAINT fk_payment_paid_by_id FOREIGN KEY (paid_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_payment_proposal_id FOREIGN KEY (proposal_id) REFERENCES proposal(id),
    ADD CONSTRAINT fk_payment_void_asked_by_id FOREIGN KEY (void_asked_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_payment_void_event_id FOREIGN KEY (void_event_id) REFERENCES bank_event(id),
    ADD CONSTRAINT fk_payment_voided_by_id FOREIGN KEY (voided_by_id) REFERENCES user_account(id);

ALTER TABLE payment_approval
    ADD CONSTRAINT fk_payment_approval_order_id FOREIGN KEY (order_id) REFERENCES payment_order(id),
    ADD CONSTRAINT fk_payment_approval_signatory_id FOREIGN KEY (signatory_id) REFERENCES signatory(id),
    ADD CONSTRAINT fk_payment_approval_user_id FOREIGN KEY (user_id) REFERENCES user_account(id);

ALTER TABLE payment_order
    ADD CONSTRAINT fk_payment_order_prepared_by_id FOREIGN KEY (prepared_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_payment_order_proposal_id FOREIGN KEY (proposal_id) REFERENCES proposal(id),
    ADD CONSTRAINT fk_payment_order_vendor_account_id FOREIGN KEY (vendor_account_id) REFERENCES vendor_account(id),
    ADD CONSTRAINT fk_payment_order_withdrawn_by_id FOREIGN KEY (withdrawn_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_payment_order_again_of_id FOREIGN KEY (again_of_id) REFERENCES payment_order(id);

ALTER TABLE payment_paper
    ADD CONSTRAINT fk_payment_paper_kept_by_id FOREIGN KEY (kept_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_payment_paper_order_id FOREIGN KEY (order_id) REFERENCES payment_order(id);

ALTER TABLE payment_request
    ADD CONSTRAINT fk_payment_request_account_id FOREIGN KEY (account_id) REFERENCES fund_account(id),
    ADD CONSTRAINT fk_payment_request_network_id FOREIGN KEY (network_id) REFERENCES network(id),
    ADD CONSTRAINT fk_payment_request_opened_by_id FOREIGN KEY (opened_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_payment_request_pledge_id FOREIGN KEY (pledge_id) REFERENCES pledge(id),
    ADD CONSTRAINT fk_payment_request_purpose_id FOREIGN KEY (purpose_id) REFERENCES purpose(id);

ALTER TABLE payment_return
    ADD CONSTRAINT fk_payment_return_payment_id FOREIGN KEY (payment_id) REFERENCES payment(id),
    ADD CONSTRAINT fk_payment_return_event_id FOREIGN KEY (event_id) REFERENCES bank_event(id),
    ADD CONSTRAINT fk_payment_return_asked_by_id FOREIGN KEY (asked_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_payment_return_confirmed_by_id FOREIGN KEY (confirmed_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_payment_return_declined_by_id FOREIGN KEY (declined_by_id) REFERENCES user_account(id);

ALTER TABLE photo
    ADD CONSTRAINT fk_photo_taken_by_id FOREIGN KEY (taken_by_id) REFERENCES user_account(id);

ALTER TABLE pledge
    ADD CONSTRAINT fk_pledge_network_id FOREIGN KEY (network_id) REFERENCES network(id),
    ADD CONSTRAINT fk_pledge_purpose_id FOREIGN KEY (purpose_id) REFERENCES purpose(id),
    ADD CONSTRAINT fk_pledge_stated_by_id FOREIGN KEY (stated_by_id) REFERENCES user_account(id);

ALTER TABLE proposal
    ADD CONSTRAINT fk_proposal_asked_by_id FOREIGN KEY (asked_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_proposal_submitted_by_id FOREIGN KEY (submitted_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_proposal_purpose_id FOREIGN KEY (purpose_id) REFERENCES purpose(id);

ALTER TABLE proposal_funding
    ADD CONSTRAINT fk_proposal_funding_purpose_id FOREIGN KEY (purpose_id) REFERENCES purpose(id),
    ADD CONSTRAINT fk_proposal_funding_version_id FOREIGN KEY (version_id) REFERENCES proposal_version(id);

ALTER TABLE proposal_line
    ADD CONSTRAINT fk_proposal_line_version_id FOREIGN KEY (version_id) REFERENCES proposal_version(id),
    ADD CONSTRAINT fk_proposal_line_first_id FOREIGN KEY (first_id) REFERENCES proposal_line(id);

ALTER TABLE proposal_version
    ADD CONSTRAINT fk_proposal_version_proposal_id FOREIGN KEY (proposal_id) REFERENCES proposal(id),
    ADD CONSTRAINT fk_proposal_version_made_by_id FOREIGN KEY (made_by_id) REFERENCES user_account(id);

ALTER TABLE proposal_way
    ADD CONSTRAINT fk_proposal_way_proposal_id FOREIGN KEY (proposal_id) REFERENCES proposal(id),
    ADD CONSTRAINT fk_proposal_way_asked_by_id FOREIGN KEY (asked_by_id) REFERENCES user_account(id);

ALTER TABLE public_base
    ADD CONSTRAINT fk_public_base_round_id FOREIGN KEY (round_id) REFERENCES register_round(id),
    ADD CONSTRAINT fk_public_base_set_by_id FOREIGN KEY (set_by_id) REFERENCES user_account(id);

ALTER TABLE read_event
    ADD CONSTRAINT fk_read_event_by_id FOREIGN KEY (by_id) REFERENCES user_account(id);

ALTER TABLE reading_day
    ADD CONSTRAINT fk_reading_day_by_id FOREIGN KEY (by_id) REFERENCES user_account(id);

ALTER TABLE receipt
    ADD CONSTRAINT fk_receipt_donation_id FOREIGN KEY (donation_id) REFERENCES donation(id),
    ADD CONSTRAINT fk_receipt_voided_by_id FOREIGN KEY (voided_by_id) REFERENCES user_account(id);

ALTER TABLE receipt_batch
    ADD CONSTRAINT fk_receipt_batch_asked_by_id FOREIGN KEY (asked_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_receipt_batch_network_id FOREIGN KEY (network_id) REFERENCES network(id);

ALTER TABLE receipt_document
    ADD CONSTRAINT fk_receipt_document_receipt_id FOREIGN KEY (receipt_id) REFERENCES receipt(id);

ALTER TABLE receipt_due
    ADD CONSTRAINT fk_receipt_due_donation_id FOREIGN KEY (donation_id) REFERENCES donation(id);

ALTER TABLE receipt_print
    ADD CONSTRAINT fk_receipt_print_batch_id FOREIGN KEY (batch_id) REFERENCES receipt_batch(id),
    ADD CONSTRAINT fk_receipt_print_by_id FOREIGN KEY (by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_receipt_print_receipt_id FOREIGN KEY (receipt_id) REFERENCES receipt(id);

ALTER TABLE reconciliation_item
    ADD CONSTRAINT fk_reconciliation_item_decided_by_id FOREIGN KEY (decided_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_reconciliation_item_duplicate_of_id FOREIGN KEY (duplicate_of_id) REFERENCES bank_event(id),
    ADD CONSTRAINT fk_reconciliation_item_event_id FOREIGN KEY (event_id) REFERENCES bank_event(id),
    ADD CONSTRAINT fk_reconciliation_item_payment_request_id FOREIGN KEY (payment_request_id) REFERENCES payment_request(id);

ALTER TABLE recusal
    ADD CONSTRAINT fk_recusal_item_id FOREIGN KEY (item_id) REFERENCES agenda_item(id),
    ADD CONSTRAINT fk_recusal_member_id FOREIGN KEY (member_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_recusal_noted_by_id FOREIGN KEY (noted_by_id) REFERENCES user_account(id);

ALTER TABLE refund
    ADD CONSTRAINT fk_refund_event_id FOREIGN KEY (event_id) REFERENCES bank_event(id),
    ADD CONSTRAINT fk_refund_donation_id FOREIGN KEY (donation_id) REFERENCES donation(id),
    ADD CONSTRAINT fk_refund_donation_reversal_id FOREIGN KEY (donation_reversal_id) REFERENCES donation_reversal(id),
    ADD CONSTRAINT fk_refund_paid_event_id FOREIGN KEY (paid_event_id) REFERENCES bank_event(id),
    ADD CONSTRAINT fk_refund_linked_by_id FOREIGN KEY (linked_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_refund_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id);

ALTER TABLE register_column_map
    ADD CONSTRAINT fk_register_column_map_made_by_id FOREIGN KEY (made_by_id) REFERENCES user_account(id);

ALTER TABLE register_conflict
    ADD CONSTRAINT fk_register_conflict_import_id FOREIGN KEY (import_id) REFERENCES register_import(id),
    ADD CONSTRAINT fk_register_conflict_household_id FOREIGN KEY (household_id) REFERENCES household(id),
    ADD CONSTRAINT fk_register_conflict_member_id FOREIGN KEY (member_id) REFERENCES member(id),
    ADD CONSTRAINT fk_register_conflict_decided_by_id FOREIGN KEY (decided_by_id) REFERENCES user_account(id);

ALTER TABLE register_import
    ADD CONSTRAINT fk_register_import_round_id FOREIGN KEY (round_id) REFERENCES register_round(id),
    ADD CONSTRAINT fk_register_import_imported_by_id FOREIGN KEY (imported_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_register_import_decided_by_id FOREIGN KEY (decided_by_id) REFERENCES user_account(id);

ALTER TABLE register_import_change
    ADD CONSTRAINT fk_register_import_change_import_id FOREIGN KEY (import_id) REFERENCES register_import(id);

ALTER TABLE register_import_row
    ADD CONSTRAINT fk_register_import_row_import_id FOREIGN KEY (import_id) REFERENCES register_import(id);

ALTER TABLE register_round
    ADD CONSTRAINT fk_register_round_closed_by_id FOREIGN KEY (closed_by_id) REFERENCES user_account(id);

ALTER TABLE resolution
    ADD CONSTRAINT fk_resolution_motion_id FOREIGN KEY (motion_id) REFERENCES motion(id),
    ADD CONSTRAINT fk_resolution_supersedes_id FOREIGN KEY (supersedes_id) REFERENCES resolution(id),
    ADD CONSTRAINT fk_resolution_body_id FOREIGN KEY (body_id) REFERENCES body(id),
    ADD CONSTRAINT fk_resolution_proposal_id FOREIGN KEY (proposal_id) REFERENCES proposal(id),
    ADD CONSTRAINT fk_resolution_item_id FOREIGN KEY (item_id) REFERENCES agenda_item(id),
    ADD CONSTRAINT fk_resolution_resolved_by_id FOREIGN KEY (resolved_by_id) REFERENCES user_account(id);

ALTER TABLE role_grant
    ADD CONSTRAINT fk_role_grant_granted_by_id FOREIGN KEY (granted_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_role_grant_revoked_by_id FOREIGN KEY (revoked_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_role_grant_user_id FOREIGN KEY (user_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_role_grant_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id);

ALTER TABLE round_household
    ADD CONSTRAINT fk_round_household_household_id FOREIGN KEY (household_id) REFERENCES household(id),
    ADD CONSTRAINT fk_round_household_round_id FOREIGN KEY (round_id) REFERENCES register_round(id);

ALTER TABLE seat
    ADD CONSTRAINT fk_seat_person_id FOREIGN KEY (person_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_seat_seated_by_id FOREIGN KEY (seated_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_seat_body_id FOREIGN KEY (body_id) REFERENCES body(id);

ALTER TABLE signatory
    ADD CONSTRAINT fk_signatory_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id),
    ADD CONSTRAINT fk_signatory_ended_by_id FOREIGN KEY (ended_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_signatory_user_id FOREIGN KEY (user_id) REFERENCES user_account(id);

ALTER TABLE slip_claim
    ADD CONSTRAINT fk_slip_claim_slip_id FOREIGN KEY (slip_id) REFERENCES slip(id),
    ADD CONSTRAINT fk_slip_claim_payment_request_id FOREIGN KEY (payment_request_id) REFERENCES payment_request(id),
    ADD CONSTRAINT fk_slip_claim_closed_by_id FOREIGN KEY (closed_by_id) REFERENCES user_account(id);

ALTER TABLE solicitation_approval
    ADD CONSTRAINT fk_solicitation_approval_noted_by_id FOREIGN KEY (noted_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_solicitation_approval_withdrawn_by_id FOREIGN KEY (withdrawn_by_id) REFERENCES user_account(id);

ALTER TABLE staff_notice
    ADD CONSTRAINT fk_staff_notice_user_id FOREIGN KEY (user_id) REFERENCES user_account(id);

ALTER TABLE staff_session
    ADD CONSTRAINT fk_staff_session_user_id FOREIGN KEY (user_id) REFERENCES user_account(id);

ALTER TABLE staged_line
    ADD CONSTRAINT fk_staged_line_upload_id FOREIGN KEY (upload_id) REFERENCES statement_upload(id);

ALTER TABLE statement
    ADD CONSTRAINT fk_statement_account_id FOREIGN KEY (account_id) REFERENCES fund_account(id),
    ADD CONSTRAINT fk_statement_imported_by_id FOREIGN KEY (imported_by_id) REFERENCES user_account(id);

ALTER TABLE statement_basis
    ADD CONSTRAINT fk_statement_basis_statement_id FOREIGN KEY (statement_id) REFERENCES statement(id),
    ADD CONSTRAINT fk_statement_basis_joins_id FOREIGN KEY (joins_id) REFERENCES statement(id),
    ADD CONSTRAINT fk_statement_basis_by_id FOREIGN KEY (by_id) REFERENCES user_account(id);

ALTER TABLE statement_chunk
    ADD CONSTRAINT fk_statement_chunk_upload_id FOREIGN KEY (upload_id) REFERENCES statement_upload(id);

ALTER TABLE statement_profile
    ADD CONSTRAINT fk_statement_profile_made_by_id FOREIGN KEY (made_by_id) REFERENCES user_account(id);

ALTER TABLE statement_upload
    ADD CONSTRAINT fk_statement_upload_account_id FOREIGN KEY (account_id) REFERENCES fund_account(id),
    ADD CONSTRAINT fk_statement_upload_statement_id FOREIGN KEY (statement_id) REFERENCES statement(id),
    ADD CONSTRAINT fk_statement_upload_sent_by_id FOREIGN KEY (sent_by_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_statement_upload_override_request_id FOREIGN KEY (override_request_id) REFERENCES approval_request(id);

ALTER TABLE statement_withdrawal
    ADD CONSTRAINT fk_statement_withdrawal_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id),
    ADD CONSTRAINT fk_statement_withdrawal_statement_id FOREIGN KEY (statement_id) REFERENCES statement(id);

ALTER TABLE stock_move
    ADD CONSTRAINT fk_stock_move_item_id FOREIGN KEY (item_id) REFERENCES stock_item(id),
    ADD CONSTRAINT fk_stock_move_in_kind_donation_id FOREIGN KEY (in_kind_donation_id) REFERENCES in_kind_donation(id),
    ADD CONSTRAINT fk_stock_move_by_id FOREIGN KEY (by_id) REFERENCES user_account(id);

ALTER TABLE tax_certificate
    ADD CONSTRAINT fk_tax_certificate_payment_id FOREIGN KEY (payment_id) REFERENCES payment(id);

ALTER TABLE tax_remittance
    ADD CONSTRAINT fk_tax_remittance_match_id FOREIGN KEY (match_id) REFERENCES outgoing_match(id);

ALTER TABLE trace
    ADD CONSTRAINT fk_trace_donation_id FOREIGN KEY (donation_id) REFERENCES donation(id),
    ADD CONSTRAINT fk_trace_opening_balance_id FOREIGN KEY (opening_balance_id) REFERENCES opening_balance(id),
    ADD CONSTRAINT fk_trace_payment_id FOREIGN KEY (payment_id) REFERENCES payment(id),
    ADD CONSTRAINT fk_trace_return_id FOREIGN KEY (return_id) REFERENCES payment_return(id);

ALTER TABLE transfer_file
    ADD CONSTRAINT fk_transfer_file_made_by_id FOREIGN KEY (made_by_id) REFERENCES user_account(id);

ALTER TABLE transfer_file_line
    ADD CONSTRAINT fk_transfer_file_line_file_id FOREIGN KEY (file_id) REFERENCES transfer_file(id),
    ADD CONSTRAINT fk_transfer_file_line_order_id FOREIGN KEY (order_id) REFERENCES payment_order(id);

ALTER TABLE unnamed_member
    ADD CONSTRAINT fk_unnamed_member_round_id FOREIGN KEY (round_id) REFERENCES register_round(id),
    ADD CONSTRAINT fk_unnamed_member_member_id FOREIGN KEY (member_id) REFERENCES member(id),
    ADD CONSTRAINT fk_unnamed_member_since_import_id FOREIGN KEY (since_import_id) REFERENCES register_import(id);

ALTER TABLE vendor
    ADD CONSTRAINT fk_vendor_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id),
    ADD CONSTRAINT fk_vendor_user_id FOREIGN KEY (user_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_vendor_closed_by_id FOREIGN KEY (closed_by_id) REFERENCES user_account(id);

ALTER TABLE vendor_account
    ADD CONSTRAINT fk_vendor_account_approval_request_id FOREIGN KEY (approval_request_id) REFERENCES approval_request(id),
    ADD CONSTRAINT fk_vendor_account_vendor_id FOREIGN KEY (vendor_id) REFERENCES vendor(id);

ALTER TABLE vote
    ADD CONSTRAINT fk_vote_member_id FOREIGN KEY (member_id) REFERENCES user_account(id),
    ADD CONSTRAINT fk_vote_motion_id FOREIGN KEY (motion_id) REFERENCES motion(id),
    ADD CONSTRAINT fk_vote_item_id FOREIGN KEY (item_id) REFERENCES agenda_item(id);

ALTER TABLE withholding
    ADD CONSTRAINT fk_withholding_order_id FOREIGN KEY (order_id) REFERENCES payment_order(id);

CREATE FUNCTION account_moves_by_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.kind <> OLD.kind OR NEW.purpose_id <> OLD.purpose_id OR NEW.id <> OLD.id
        OR ((NEW.balance_satang <> OLD.balance_satang OR COALESCE(NEW.last_entry_id, 0) <> COALESCE(OLD.last_entry_id, 0))
        AND NOT EXISTS (SELECT 1 FROM entry AS e WHERE e.id = NEW.last_entry_id
            AND COALESCE(OLD.last_entry_id, 0) <> NEW.last_entry_id
            AND NEW.balance_satang - OLD.balance_satang = e.satang
                * (CASE NEW.id WHEN e.debit_id THEN 1 WHEN e.credit_id THEN -1 ELSE 0 END)
                * (CASE NEW.kind WHEN 'received' THEN -1 ELSE 1 END))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'account_moves_by_entry', CONSTRAINT = 'account_moves_by_entry'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION account_opens_at_zero() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.balance_satang <> 0 OR NEW.last_entry_id IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'account_opens_at_zero', CONSTRAINT = 'account_opens_at_zero'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION again_of_failed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment_order WHERE id = NEW.again_of_id FOR UPDATE) AS held;
    IF NEW.again_of_id IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM payment_order AS o
        JOIN transfer_file_line AS l ON l.order_id = o.id JOIN vendor_account AS a ON a.id = o.vendor_account_id
        JOIN vendor_account AS n ON n.vendor_id = a.vendor_id
        WHERE o.id = NEW.again_of_id AND n.id = NEW.vendor_account_id AND l.result = 'failed' AND o.withdrawn_at IS NOT NULL
        AND o.proposal_id = NEW.proposal_id AND o.satang = NEW.satang AND o.withheld_satang = NEW.withheld_satang)
    OR EXISTS (SELECT 1 FROM payment_order AS s WHERE s.again_of_id = NEW.again_of_id AND (s.withdrawn_at IS NULL
        OR EXISTS (SELECT 1 FROM transfer_file_line AS f WHERE f.order_id = s.id AND f.result = 'failed')))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'again_of_failed', CONSTRAINT = 'again_of_failed'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION allocation_after_opening() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM opening AS o JOIN bank_event AS e ON e.id = NEW.event_id
    WHERE e.occurred_at < o.until_at) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'allocation_after_opening', CONSTRAINT = 'allocation_after_opening'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION allocation_of_deposit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM deposit WHERE event_id = NEW.event_id AND undone_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'allocation_of_deposit', CONSTRAINT = 'allocation_of_deposit'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION allocation_of_money_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM payment WHERE void_event_id = NEW.event_id AND voided_at IS NOT NULL)
    OR EXISTS (SELECT 1 FROM payment_return WHERE event_id = NEW.event_id AND confirmed_at IS NOT NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'allocation_of_money_back', CONSTRAINT = 'allocation_of_money_back'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION allocation_of_one_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM bank_event AS e WHERE e.id = NEW.event_id AND e.source = 'statement'
        AND NOT EXISTS (SELECT 1 FROM statement_basis AS b WHERE b.statement_id = e.statement_id
            AND b.kind IN ('before', 'joined', 'confirmed') AND (b.below_satang IS NULL OR e.satang < b.below_satang))
        AND NOT EXISTS (SELECT 1 FROM approval_request AS h WHERE h.subject = 'bank_event:' || e.id
            AND h.decision = 'approved' AND h.kind IN ('bank.assign', 'bank.split'))
        AND NOT EXISTS (SELECT 1 FROM inquiry AS i WHERE i.outcome = 'confirmed' AND (i.event_id = e.id
            OR i.event_id IN (SELECT t.event_id FROM reconciliation_item AS t WHERE t.duplicate_of_id = e.id)))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'allocation_of_one_person', CONSTRAINT = 'allocation_of_one_person'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION allocation_of_open_request() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT event_id FROM reconciliation_item WHERE event_id = NEW.event_id FOR UPDATE) AS held;
    IF EXISTS (SELECT 1 FROM approval_request WHERE subject = 'bank_event:' || NEW.event_id AND decision IS NULL AND kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'allocation_of_open_request', CONSTRAINT = 'allocation_of_open_request'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION allocation_of_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM bank_reversal JOIN reconciliation_item ON reconciliation_item.event_id = bank_reversal.event_id
        WHERE bank_reversal.reverses_id = NEW.event_id AND reconciliation_item.state IN ('new', 'waiting')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'allocation_of_taken_back', CONSTRAINT = 'allocation_of_taken_back'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION allocation_of_undone_counter_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM counter_payment AS t JOIN counter_payment_reversal AS u ON u.counter_payment_id = t.id
        WHERE t.event_id = NEW.event_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'allocation_of_undone_counter_payment', CONSTRAINT = 'allocation_of_undone_counter_payment'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION allocation_of_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM bank_event AS e WHERE e.id = NEW.event_id AND e.source = 'withdrawn') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'allocation_of_withdrawn', CONSTRAINT = 'allocation_of_withdrawn'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION allocation_within_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM bank_event WHERE id = NEW.event_id FOR UPDATE) AS held;
        IF NEW.satang + (SELECT COALESCE(SUM(a.satang), 0) FROM allocation AS a WHERE a.event_id = NEW.event_id
    AND NOT EXISTS (SELECT 1 FROM donation_reversal AS r WHERE r.donation_id = a.donation_id AND r.kind = 'undone')) > (SELECT satang FROM bank_event WHERE id = NEW.event_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'allocation_within_event', CONSTRAINT = 'allocation_within_event'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION amendment_keeps_ordered_lines() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE) AS held;
    IF NEW.kind = 'amend' AND EXISTS (SELECT 1 FROM motion_line AS n WHERE n.motion_id = NEW.motion_id)
    AND EXISTS (SELECT 1 FROM ordered_line AS d WHERE d.proposal_id = NEW.proposal_id
        AND NOT EXISTS (SELECT 1 FROM motion_line AS n JOIN proposal_line AS l ON l.id = n.line_id
            WHERE n.motion_id = NEW.motion_id AND COALESCE(l.first_id, l.id) = d.line_id
            AND n.quantity >= d.quantity AND n.quantity * l.unit_satang >= d.satang)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'amendment_keeps_ordered_lines', CONSTRAINT = 'amendment_keeps_ordered_lines'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION amendment_of_own_help() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.amends_id IS NOT NULL AND (NEW.kind <> 'correction' OR NOT EXISTS (SELECT 1 FROM logbook_entry AS g
        WHERE g.id = NEW.amends_id AND g.household_id = NEW.household_id AND g.amends_id IS NULL)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'amendment_of_own_help', CONSTRAINT = 'amendment_of_own_help'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION answer_in_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT m.id FROM meeting AS m JOIN agenda_item AS i ON i.meeting_id = m.id WHERE i.id = NEW.item_id AND m.kind = 'circulated' FOR UPDATE OF m) AS held;
    IF EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id
    WHERE i.id = NEW.item_id AND m.kind = 'circulated' AND NOT EXISTS (SELECT 1 FROM circulation AS c
        JOIN meeting_roll AS l ON l.meeting_id = c.meeting_id AND l.person_id = NEW.member_id
        WHERE c.meeting_id = m.id AND c.outcome = 'open' AND clock_timestamp() < c.closes_at)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'answer_in_time', CONSTRAINT = 'answer_in_time'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION approval_by_signatory() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM signatory AS s WHERE s.id = NEW.signatory_id
    AND s.user_id = NEW.user_id AND s.ended_at IS NULL AND s.from_on <= NEW.on_day
    AND (s.to_on IS NULL OR s.to_on >= NEW.on_day)) OR NOT EXISTS (SELECT 1 FROM role_grant AS held
    WHERE held.user_id = NEW.user_id AND held.revoked_at IS NULL AND held.role IN ('finance', 'chair', 'fund_officer')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'approval_by_signatory', CONSTRAINT = 'approval_by_signatory'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION approval_knows_tax() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = NEW.order_id
    AND o.withheld_satang <> (SELECT COALESCE(SUM(w.satang), 0) FROM withholding AS w WHERE w.order_id = o.id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'approval_knows_tax', CONSTRAINT = 'approval_knows_tax'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION approval_of_open_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment_order WHERE id = NEW.order_id FOR UPDATE) AS held;
    IF EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = NEW.order_id
    AND (o.approved_at IS NOT NULL OR o.withdrawn_at IS NOT NULL)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'approval_of_open_order', CONSTRAINT = 'approval_of_open_order'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION approval_of_resolved_lines() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = (SELECT proposal_id FROM payment_order WHERE id = NEW.order_id) FOR UPDATE) AS held;
    IF EXISTS (SELECT 1 FROM payment_order AS o JOIN resolved_line AS m ON m.proposal_id = o.proposal_id
    WHERE o.id = NEW.order_id AND (NOT EXISTS (SELECT 1 FROM order_line AS l WHERE l.order_id = o.id)
        OR EXISTS (SELECT 1 FROM order_line AS l WHERE l.order_id = o.id AND l.line_id IS NULL))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'approval_of_resolved_lines', CONSTRAINT = 'approval_of_resolved_lines'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION approval_of_whole_split() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment_order WHERE id = NEW.order_id FOR UPDATE) AS held;
    IF EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = NEW.order_id AND (
    (EXISTS (SELECT 1 FROM order_line AS l WHERE l.order_id = o.id)
        AND o.satang <> (SELECT SUM(l.satang) FROM order_line AS l WHERE l.order_id = o.id))
    OR (EXISTS (SELECT 1 FROM order_invoice AS i WHERE i.order_id = o.id)
        AND o.satang <> (SELECT SUM(i.satang) FROM order_invoice AS i WHERE i.order_id = o.id))
    OR EXISTS (SELECT 1 FROM order_invoice AS i JOIN order_line AS l ON l.invoice_id = i.id WHERE i.order_id = o.id
        GROUP BY i.id, i.satang HAVING SUM(l.satang) <> i.satang))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'approval_of_whole_split', CONSTRAINT = 'approval_of_whole_split'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION approval_request_asked_in_role() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM role_grant WHERE user_id = NEW.asked_by_id AND revoked_at IS NULL FOR SHARE) AS held;
    IF NEW.decision IS NOT NULL OR NOT EXISTS (SELECT 1 FROM role_grant AS held WHERE held.user_id = NEW.asked_by_id AND held.role = NEW.asked_role AND held.revoked_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'approval_request_asked_in_role', CONSTRAINT = 'approval_request_asked_in_role'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION approval_request_decided_in_role() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM role_grant WHERE user_id IN (NEW.asked_by_id, NEW.decided_by_id) AND revoked_at IS NULL FOR SHARE) AS held;
    IF (NEW.decision IN ('approved', 'declined') AND NOT EXISTS (SELECT 1 FROM role_grant AS held WHERE held.user_id = NEW.decided_by_id AND held.role = NEW.decided_role AND held.revoked_at IS NULL))
        OR (NEW.decision = 'approved' AND NOT EXISTS (SELECT 1 FROM role_grant AS held WHERE held.user_id = NEW.asked_by_id AND held.role = NEW.asked_role AND held.revoked_at IS NULL))
        OR (NEW.decision = 'approved' AND NEW.decided_at >= OLD.expires_at)
        OR (NEW.decision = 'expired' AND NEW.decided_at < OLD.expires_at) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'approval_request_decided_in_role', CONSTRAINT = 'approval_request_decided_in_role'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION approval_request_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.decision IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'approval_request_decided_once', CONSTRAINT = 'approval_request_decided_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION approval_withdrawn_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'approval_withdrawn_once', CONSTRAINT = 'approval_withdrawn_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION approver_is_another_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM payment_order AS o JOIN proposal AS p ON p.id = o.proposal_id
    WHERE o.id = NEW.order_id AND NEW.user_id IN (o.prepared_by_id, p.submitted_by_id, p.asked_by_id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'approver_is_another_person', CONSTRAINT = 'approver_is_another_person'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION asker_gives_with_second() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.quantity > 0 AND EXISTS (SELECT 1 FROM handover AS h JOIN aid_request AS r ON r.id = h.request_id LEFT JOIN proposal AS p ON p.code = r.code
    WHERE h.id = NEW.handover_id AND (r.made_by_id = NEW.marked_by_id OR p.submitted_by_id = NEW.marked_by_id OR p.asked_by_id = NEW.marked_by_id)
        AND (h.second_id IS NULL OR h.second_id = NEW.marked_by_id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'asker_gives_with_second', CONSTRAINT = 'asker_gives_with_second'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION attendance_leaves_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.left_at IS NOT NULL OR NEW.left_at IS NULL OR OLD.meeting_id IS DISTINCT FROM NEW.meeting_id OR OLD.kind IS DISTINCT FROM NEW.kind OR OLD.member_id IS DISTINCT FROM NEW.member_id OR OLD.name IS DISTINCT FROM NEW.name OR OLD.position IS DISTINCT FROM NEW.position OR OLD.noted_at IS DISTINCT FROM NEW.noted_at THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'attendance_leaves_once', CONSTRAINT = 'attendance_leaves_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION body_rules_for_days_to_come() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number > 1 AND NEW.from_on <= CAST(NEW.entered_at AT TIME ZONE 'UTC' + INTERVAL '7 hours' AS date) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'body_rules_for_days_to_come', CONSTRAINT = 'body_rules_for_days_to_come'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION carried_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
    AND a.kind = 'carried.bring' AND a.decision = 'approved' AND a.decided_by_id <> a.asked_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'carried_by_two', CONSTRAINT = 'carried_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION carried_within_opening() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM opening_balance WHERE purpose_id = NEW.purpose_id FOR UPDATE) AS held;
    IF NEW.kind = 'donation' AND NEW.satang + (SELECT COALESCE(SUM(g.satang), 0) FROM carried_gift AS g
    WHERE g.purpose_id = NEW.purpose_id AND g.kind = 'donation')
    > (SELECT COALESCE(SUM(b.satang + b.spent_satang), 0) FROM opening_balance AS b WHERE b.purpose_id = NEW.purpose_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'carried_within_opening', CONSTRAINT = 'carried_within_opening'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION cash_count_counts_its_counter_payments() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.closed_at IS NOT NULL AND (NEW.expected_cash_satang <> (SELECT COALESCE(SUM(t.satang), 0) FROM counter_payment AS t WHERE t.cash_count_id = NEW.id AND t.kind = 'cash'
    AND NOT EXISTS (SELECT 1 FROM counter_payment_reversal AS u WHERE u.counter_payment_id = t.id))
            OR NEW.expected_cheque_satang <> (SELECT COALESCE(SUM(t.satang), 0) FROM counter_payment AS t WHERE t.cash_count_id = NEW.id AND t.kind = 'cheque'
    AND NOT EXISTS (SELECT 1 FROM counter_payment_reversal AS u WHERE u.counter_payment_id = t.id))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'cash_count_counts_its_counter_payments', CONSTRAINT = 'cash_count_counts_its_counter_payments'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION certificate_adds_to_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO withheld_month (first_on, form, payments, withheld_satang, remitted_satang) VALUES (NEW.first_on, NEW.form, 1, NEW.satang, 0)
        ON CONFLICT (first_on, form) DO UPDATE SET payments = withheld_month.payments + 1,
            withheld_satang = withheld_month.withheld_satang + excluded.withheld_satang;
    RETURN NULL; END $$;

CREATE FUNCTION certificate_of_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM payment AS y
    JOIN withholding AS w ON w.order_id = y.order_id WHERE y.id = NEW.payment_id AND y.voided_at IS NULL
    AND w.satang = NEW.satang AND w.form = NEW.form AND NEW.first_on = date_trunc('month', y.paid_on)::date
    AND NEW.year_be = EXTRACT(YEAR FROM y.paid_on) + 543) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'certificate_of_payment', CONSTRAINT = 'certificate_of_payment'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION certificate_without_gap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM tax_certificate WHERE year_be = NEW.year_be) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'certificate_without_gap', CONSTRAINT = 'certificate_without_gap'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION chain_link_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM chain_link) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'chain_link_in_order', CONSTRAINT = 'chain_link_in_order'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION circulated_asks_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number > 1 AND EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id
    WHERE i.id = NEW.item_id AND m.kind = 'circulated') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'circulated_asks_once', CONSTRAINT = 'circulated_asks_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION circulated_by_majority() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT m.id FROM meeting AS m JOIN agenda_item AS i ON i.meeting_id = m.id WHERE i.id = NEW.item_id AND m.kind = 'circulated' FOR UPDATE OF m) AS held;
    IF EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id
    WHERE i.id = NEW.item_id AND m.kind = 'circulated' AND NOT EXISTS (SELECT 1 FROM circulated_count AS k WHERE k.item_id = i.id
        AND (k.answered = k.entitled OR k.closes_at <= clock_timestamp()) AND NEW.for_votes = k.in_favour AND NEW.against_votes = k.against
        AND CASE NEW.kind WHEN 'reject' THEN k.rejects ELSE k.carries END)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'circulated_by_majority', CONSTRAINT = 'circulated_by_majority'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION circulated_closes_as_ended() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.kind = 'circulated' AND OLD.state <> NEW.state AND (NEW.state <> 'closed'
    OR NOT EXISTS (SELECT 1 FROM circulation AS c WHERE c.meeting_id = NEW.id AND c.outcome <> 'open')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'circulated_closes_as_ended', CONSTRAINT = 'circulated_closes_as_ended'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION circulated_has_one_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM meeting AS m WHERE m.id = NEW.meeting_id AND m.kind = 'circulated'
    AND (NEW.matter <> 'decide' OR EXISTS (SELECT 1 FROM agenda_item AS i WHERE i.meeting_id = m.id))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'circulated_has_one_item', CONSTRAINT = 'circulated_has_one_item'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION circulation_begins_open() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.outcome <> 'open' OR NEW.closes_at <= clock_timestamp() OR NOT EXISTS (SELECT 1 FROM meeting AS m
    JOIN body AS b ON b.id = m.body_id WHERE m.id = NEW.meeting_id AND m.kind = 'circulated' AND m.state = 'open' AND b.level <> 'sole') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'circulation_begins_open', CONSTRAINT = 'circulation_begins_open'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION circulation_ends_as_answered() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.outcome <> 'open' AND NOT EXISTS (SELECT 1 FROM circulated_count AS k JOIN agenda_item AS i ON i.id = k.item_id
    JOIN proposal AS p ON p.id = i.proposal_id LEFT JOIN resolution AS r ON r.item_id = i.id
    WHERE k.meeting_id = NEW.meeting_id AND CASE NEW.outcome
        WHEN 'carried' THEN r.kind = 'approve'
        WHEN 'rejected' THEN r.kind = 'reject'
        WHEN 'withdrawn' THEN r.id IS NULL AND p.state = 'withdrawn'
        WHEN 'discuss' THEN r.id IS NULL AND clock_timestamp() < k.closes_at AND EXISTS (SELECT 1 FROM meeting_roll AS l
            WHERE l.meeting_id = NEW.meeting_id AND l.person_id = NEW.asked_by_id)
        WHEN 'no_money' THEN r.id IS NULL AND (k.answered = k.entitled OR k.closes_at <= clock_timestamp()) AND k.carries
        ELSE r.id IS NULL AND (k.answered = k.entitled OR k.closes_at <= clock_timestamp()) AND NOT k.carries AND NOT k.rejects END) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'circulation_ends_as_answered', CONSTRAINT = 'circulation_ends_as_answered'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION circulation_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.outcome <> 'open' OR NEW.outcome = 'open' THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'circulation_ends_once', CONSTRAINT = 'circulation_ends_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION cleared_is_not_voided() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.voided_at IS NOT NULL AND EXISTS (SELECT 1 FROM advance_clearing AS c WHERE c.payment_id = NEW.id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'cleared_is_not_voided', CONSTRAINT = 'cleared_is_not_voided'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION cleared_within_advance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment WHERE id = NEW.payment_id FOR UPDATE) AS held;
    IF NOT EXISTS (SELECT 1 FROM payment AS y JOIN payment_order AS o ON o.id = y.order_id
    JOIN vendor_account AS a ON a.id = o.vendor_account_id JOIN vendor AS v ON v.id = a.vendor_id
    WHERE y.id = NEW.payment_id AND v.kind = 'officer' AND y.voided_at IS NULL AND NEW.satang
        + (SELECT COALESCE(SUM(c.satang), 0) FROM advance_clearing AS c WHERE c.payment_id = y.id)
        + (SELECT COALESCE(SUM(b.satang), 0) FROM payment_return AS b WHERE b.payment_id = y.id AND b.declined_at IS NULL) <= y.satang) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'cleared_within_advance', CONSTRAINT = 'cleared_within_advance'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION closed_after_its_entries() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT pg_advisory_xact_lock(19309)) AS held;
    IF 1 = 0 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'closed_after_its_entries', CONSTRAINT = 'closed_after_its_entries'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION closed_round_keeps_households() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM register_round AS r WHERE r.id = OLD.round_id AND r.closed_at IS NOT NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'closed_round_keeps_households', CONSTRAINT = 'closed_round_keeps_households'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION closed_round_loses_no_household() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM register_round AS r WHERE r.id = OLD.round_id AND r.closed_at IS NOT NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'closed_round_loses_no_household', CONSTRAINT = 'closed_round_loses_no_household'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION closed_round_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.closed_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'closed_round_stays', CONSTRAINT = 'closed_round_stays'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION closed_round_takes_no_household() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM register_round AS r WHERE r.id = NEW.round_id AND r.closed_at IS NOT NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'closed_round_takes_no_household', CONSTRAINT = 'closed_round_takes_no_household'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION collection_closed_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.closed_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'collection_closed_once', CONSTRAINT = 'collection_closed_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION collection_reference_is_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM payment_request WHERE ref1 = NEW.ref1) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'collection_reference_is_new', CONSTRAINT = 'collection_reference_is_new'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION commit_as_resolved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.movement = 'commit' AND NOT EXISTS (SELECT 1 FROM commitment AS c
    JOIN account AS a ON a.id = NEW.debit_id AND a.purpose_id = c.purpose_id
    WHERE c.id = NEW.commitment_id AND c.satang = NEW.satang AND NEW.step = 1) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'commit_as_resolved', CONSTRAINT = 'commit_as_resolved'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION commitment_of_approval() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM resolution WHERE id = NEW.resolution_id FOR UPDATE) AS held;
        IF NEW.satang + (SELECT COALESCE(SUM(c.satang), 0) FROM commitment AS c WHERE c.resolution_id = NEW.resolution_id)
    > COALESCE((SELECT r.satang FROM resolution AS r WHERE r.id = NEW.resolution_id
        AND r.kind IN ('approve', 'approve_in_part', 'amend')), 0) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'commitment_of_approval', CONSTRAINT = 'commitment_of_approval'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION conflict_taken_by_another() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.decision = 'take'
    AND EXISTS (SELECT 1 FROM register_import AS i WHERE i.id = NEW.import_id AND i.imported_by_id = NEW.decided_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'conflict_taken_by_another', CONSTRAINT = 'conflict_taken_by_another'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION contact_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.ended_on IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'contact_ends_once', CONSTRAINT = 'contact_ends_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION cost_changes_help() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE help_received SET satang = help_received.satang + h.quantity * (NEW.unit_satang - COALESCE(
        (SELECT c.unit_satang FROM item_cost AS c WHERE c.request_id = NEW.request_id AND c.item_code = NEW.item_code
            AND c.asked_satang = NEW.asked_satang AND c.id < NEW.id ORDER BY c.id DESC LIMIT 1), NEW.asked_satang))
    FROM (SELECT l.household_id AS household_id, r.dimension AS dimension, SUM(d.quantity) AS quantity
        FROM aid_line AS l JOIN aid_request AS r ON r.id = l.request_id JOIN delivery AS d ON d.line_id = l.id
        WHERE l.request_id = NEW.request_id AND l.item_code = NEW.item_code AND l.unit_satang = NEW.asked_satang
            AND d.quantity > 0
        GROUP BY l.household_id, r.dimension) AS h
    WHERE help_received.household_id = h.household_id AND help_received.dimension = h.dimension;
    RETURN NULL; END $$;

CREATE FUNCTION cost_covers_given() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
    WHERE r.id = NEW.request_id FOR UPDATE OF p) AS held;
        IF NEW.quantity < (SELECT COALESCE(SUM(d.quantity), 0) FROM delivery AS d JOIN aid_line AS l
            ON l.id = d.line_id WHERE l.request_id = NEW.request_id AND l.item_code = NEW.item_code
            AND l.unit_satang = NEW.asked_satang) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'cost_covers_given', CONSTRAINT = 'cost_covers_given'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION cost_keeper_gives_nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
    JOIN aid_line AS l ON l.request_id = r.id WHERE l.id = NEW.line_id FOR UPDATE OF p) AS held;
        IF NEW.quantity > 0 AND EXISTS (SELECT 1 FROM item_cost AS c JOIN aid_line AS l
            ON l.request_id = c.request_id WHERE l.id = NEW.line_id AND c.entered_by_id = NEW.marked_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'cost_keeper_gives_nothing', CONSTRAINT = 'cost_keeper_gives_nothing'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION cost_keeps_delivered_within_paid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
        WHERE r.id = NEW.request_id FOR UPDATE OF p) AS held;
    IF NEW.unit_satang > (SELECT MAX(v.unit_satang) FROM aid_line_value AS v
            WHERE v.request_id = NEW.request_id AND v.item_code = NEW.item_code
            AND v.asked_satang = NEW.asked_satang)
        AND (SELECT COALESCE(SUM(d.quantity * CASE WHEN v.item_code = NEW.item_code
            AND v.asked_satang = NEW.asked_satang THEN NEW.unit_satang ELSE v.unit_satang END), 0)
            FROM delivery AS d JOIN aid_line_value AS v ON v.line_id = d.line_id
            WHERE v.request_id = NEW.request_id) > (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y JOIN proposal AS p ON p.id = y.proposal_id
    JOIN aid_request AS r ON r.code = p.code WHERE r.id = NEW.request_id AND y.voided_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'cost_keeps_delivered_within_paid', CONSTRAINT = 'cost_keeps_delivered_within_paid'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION counter_payment_in_open_cash_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM cash_count WHERE id = NEW.cash_count_id FOR UPDATE) AS held;
    IF (SELECT closed_at FROM cash_count WHERE id = NEW.cash_count_id) IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'counter_payment_in_open_cash_count', CONSTRAINT = 'counter_payment_in_open_cash_count'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION counter_payment_reversal_in_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT c.id FROM cash_count AS c JOIN counter_payment AS t ON t.cash_count_id = c.id WHERE t.id = NEW.counter_payment_id FOR UPDATE) AS held;
        IF (NEW.kind = 'void' AND (SELECT c.closed_at FROM cash_count AS c JOIN counter_payment AS t ON t.cash_count_id = c.id
    WHERE t.id = NEW.counter_payment_id) IS NOT NULL)
            OR (NEW.kind = 'bounced' AND (SELECT kind FROM counter_payment WHERE id = NEW.counter_payment_id) <> 'cheque') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'counter_payment_reversal_in_time', CONSTRAINT = 'counter_payment_reversal_in_time'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION decision_request_of_its_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo') AND NOT EXISTS (SELECT 1 FROM reconciliation_item AS i
        WHERE i.event_id = CAST(SUBSTRING(NEW.subject FROM '^bank_event:([0-9]{1,18})') AS bigint) AND NEW.subject = 'bank_event:' || i.event_id
        AND (CASE WHEN NEW.kind = 'bank.undo' THEN i.state = 'posted' ELSE i.state NOT IN ('posted', 'duplicate') END)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'decision_request_of_its_event', CONSTRAINT = 'decision_request_of_its_event'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION delegation_begins_waiting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.confirmed_at IS NOT NULL OR NEW.ended_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'delegation_begins_waiting', CONSTRAINT = 'delegation_begins_waiting'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION delegation_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM approval_request AS a
    WHERE a.kind = 'delegation.order' AND a.subject = 'delegation:' || NEW.id AND a.decision = 'approved' AND a.decided_by_id = NEW.confirmed_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'delegation_by_two', CONSTRAINT = 'delegation_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION delivery_adds_to_help() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO help_received (household_id, dimension, satang)
        SELECT l.household_id, r.dimension, NEW.quantity * v.unit_satang FROM aid_line AS l
        JOIN aid_request AS r ON r.id = l.request_id JOIN aid_line_value AS v ON v.line_id = l.id WHERE l.id = NEW.line_id
        ON CONFLICT (household_id, dimension) DO UPDATE SET satang = help_received.satang + excluded.satang;
    RETURN NULL; END $$;

CREATE FUNCTION delivery_after_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM aid_line AS l JOIN aid_request AS r ON r.id = l.request_id
        JOIN proposal AS p ON p.code = r.code JOIN payment AS y ON y.proposal_id = p.id
        WHERE l.id = NEW.line_id AND y.voided_at IS NULL AND y.satang > y.returned_satang) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'delivery_after_payment', CONSTRAINT = 'delivery_after_payment'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION delivery_keeps_who() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM aid_line AS l JOIN household AS h ON h.id = l.household_id
        WHERE l.id = NEW.line_id AND h.code = NEW.shown_household
        AND (l.member_id IS NULL) = (NEW.shown_name = '')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'delivery_keeps_who', CONSTRAINT = 'delivery_keeps_who'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION delivery_of_this_request() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT request_id FROM handover WHERE id = NEW.handover_id)
        <> (SELECT request_id FROM aid_line WHERE id = NEW.line_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'delivery_of_this_request', CONSTRAINT = 'delivery_of_this_request'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION delivery_within_bought() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
    JOIN aid_line AS l ON l.request_id = r.id WHERE l.id = NEW.line_id FOR UPDATE OF p) AS held;
        IF NEW.quantity > 0
            AND NEW.quantity + (SELECT COALESCE(SUM(d.quantity), 0) FROM aid_line AS l
                JOIN aid_line AS m ON m.request_id = l.request_id AND m.item_code = l.item_code
                    AND m.unit_satang = l.unit_satang
                JOIN delivery AS d ON d.line_id = m.id WHERE l.id = NEW.line_id)
            > (SELECT c.quantity FROM aid_line AS l JOIN item_cost AS c ON c.request_id = l.request_id
                AND c.item_code = l.item_code AND c.asked_satang = l.unit_satang
                WHERE l.id = NEW.line_id ORDER BY c.id DESC LIMIT 1) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'delivery_within_bought', CONSTRAINT = 'delivery_within_bought'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION delivery_within_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM aid_line WHERE id = NEW.line_id FOR UPDATE) AS held;
    IF NEW.quantity + (SELECT COALESCE(SUM(quantity), 0) FROM delivery WHERE line_id = NEW.line_id)
        > (SELECT quantity FROM aid_line WHERE id = NEW.line_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'delivery_within_line', CONSTRAINT = 'delivery_within_line'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION delivery_within_paid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
        JOIN aid_line AS l ON l.request_id = r.id WHERE l.id = NEW.line_id FOR UPDATE OF p) AS held;
    IF NEW.quantity > 0
        AND NEW.quantity * (SELECT unit_satang FROM aid_line_value WHERE line_id = NEW.line_id)
        + (SELECT COALESCE(SUM(d.quantity * v.unit_satang), 0) FROM delivery AS d
    JOIN aid_line_value AS v ON v.line_id = d.line_id WHERE v.request_id = (SELECT request_id FROM aid_line WHERE id = NEW.line_id)) > (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y JOIN proposal AS p ON p.id = y.proposal_id
    JOIN aid_request AS r ON r.code = p.code WHERE r.id = (SELECT request_id FROM aid_line WHERE id = NEW.line_id) AND y.voided_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'delivery_within_paid', CONSTRAINT = 'delivery_within_paid'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION delivery_writes_its_logbook() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.logbook_entry_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM logbook_entry AS g JOIN aid_line AS l
        ON l.household_id = g.household_id WHERE g.id = NEW.logbook_entry_id AND l.id = NEW.line_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'delivery_writes_its_logbook', CONSTRAINT = 'delivery_writes_its_logbook'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION deposit_stays_excluded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> 'excluded'
        AND EXISTS (SELECT 1 FROM deposit WHERE event_id = NEW.event_id AND undone_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'deposit_stays_excluded', CONSTRAINT = 'deposit_stays_excluded'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION deposit_undone_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.undone_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'deposit_undone_once', CONSTRAINT = 'deposit_undone_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION donation_adds_to_total() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO donation_total (network_id, pledge_id)
        SELECT COALESCE(NEW.network_id, p.network_id), NEW.pledge_id FROM (SELECT 1) AS d LEFT JOIN pledge AS p ON p.id = NEW.pledge_id
        WHERE NOT EXISTS (SELECT 1 FROM donation_total AS t WHERE t.network_id = COALESCE(NEW.network_id, p.network_id)
            AND t.pledge_id IS NOT DISTINCT FROM NEW.pledge_id)
        ON CONFLICT DO NOTHING;
    UPDATE donation_total SET satang = satang + NEW.satang WHERE pledge_id IS NOT DISTINCT FROM NEW.pledge_id
        AND network_id = COALESCE(NEW.network_id, (SELECT p.network_id FROM pledge AS p WHERE p.id = NEW.pledge_id));
    RETURN NULL; END $$;

CREATE FUNCTION donation_for_pledge_of_money() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM pledge WHERE id = NEW.pledge_id AND kind <> 'money') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'donation_for_pledge_of_money', CONSTRAINT = 'donation_for_pledge_of_money'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION donation_reversal_within_donation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM donation WHERE id = NEW.donation_id FOR UPDATE) AS held;
    IF NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM donation_reversal WHERE donation_id = NEW.donation_id)
            + (SELECT COALESCE(SUM(satang), 0) FROM live_trace WHERE donation_id = NEW.donation_id)
            > (SELECT satang FROM donation WHERE id = NEW.donation_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'donation_reversal_within_donation', CONSTRAINT = 'donation_reversal_within_donation'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION edition_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM edition) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'edition_in_order', CONSTRAINT = 'edition_in_order'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION entry_as_brought_forward() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.opening_balance_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM opening_balance AS b
    JOIN account AS d ON d.id = NEW.debit_id WHERE b.id = NEW.opening_balance_id AND b.satang = NEW.satang
    AND d.purpose_id = b.purpose_id AND d.kind = 'available' AND NEW.step = 1) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'entry_as_brought_forward', CONSTRAINT = 'entry_as_brought_forward'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION entry_as_returned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment_return WHERE id = NEW.payment_return_id FOR UPDATE) AS held;
    IF NEW.movement = 'return' AND NOT EXISTS (SELECT 1 FROM payment_return AS b
    JOIN account AS d ON d.id = NEW.debit_id JOIN account AS c ON c.id = NEW.credit_id
    WHERE b.id = NEW.payment_return_id AND b.confirmed_at IS NOT NULL AND d.kind = 'committed' AND c.kind = 'paid'
    AND NEW.satang + (SELECT COALESCE(SUM(e.satang), 0) FROM entry AS e WHERE e.payment_return_id = b.id) <= b.satang + b.tax_satang) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'entry_as_returned', CONSTRAINT = 'entry_as_returned'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION entry_in_open_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT pg_advisory_xact_lock_shared(19309)) AS held;
    IF EXISTS (SELECT 1 FROM closed_month WHERE NEW.on_date BETWEEN first_on AND last_on) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'entry_in_open_month', CONSTRAINT = 'entry_in_open_month'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION entry_moves_balances() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    -- In account order, so that two hands never wait for each other in a circle.
    PERFORM 1 FROM account WHERE id IN (NEW.debit_id, NEW.credit_id) ORDER BY id FOR NO KEY UPDATE;
    UPDATE account SET last_entry_id = NEW.id, balance_satang = balance_satang
        + (CASE id WHEN NEW.debit_id THEN NEW.satang ELSE -NEW.satang END)
        * (CASE kind WHEN 'received' THEN -1 ELSE 1 END)
    WHERE id IN (NEW.debit_id, NEW.credit_id);
    RETURN NULL; END $$;

CREATE FUNCTION final_advance_clearing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_advance_clearing', CONSTRAINT = 'final_advance_clearing'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_agenda_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.meeting_id IS DISTINCT FROM NEW.meeting_id OR OLD.proposal_id IS DISTINCT FROM NEW.proposal_id OR OLD.position IS DISTINCT FROM NEW.position OR OLD.matter IS DISTINCT FROM NEW.matter OR OLD.version_id IS DISTINCT FROM NEW.version_id OR OLD.frozen IS DISTINCT FROM NEW.frozen OR OLD.ceiling_satang IS DISTINCT FROM NEW.ceiling_satang THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_agenda_item', CONSTRAINT = 'final_agenda_item'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_aid_request() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.code IS DISTINCT FROM NEW.code OR OLD.made_by_id IS DISTINCT FROM NEW.made_by_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_aid_request', CONSTRAINT = 'final_aid_request'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_allocation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_allocation', CONSTRAINT = 'final_allocation'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_approval_request() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.kind IS DISTINCT FROM NEW.kind OR OLD.subject IS DISTINCT FROM NEW.subject OR OLD.payload IS DISTINCT FROM NEW.payload OR OLD.changes IS DISTINCT FROM NEW.changes OR OLD.reason IS DISTINCT FROM NEW.reason OR OLD.concerned_id IS DISTINCT FROM NEW.concerned_id OR OLD.asked_by_id IS DISTINCT FROM NEW.asked_by_id OR OLD.asked_role IS DISTINCT FROM NEW.asked_role OR OLD.asked_at IS DISTINCT FROM NEW.asked_at OR OLD.expires_at IS DISTINCT FROM NEW.expires_at THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_approval_request', CONSTRAINT = 'final_approval_request'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_audit_event', CONSTRAINT = 'final_audit_event'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_bank_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT (OLD.source = 'statement' AND NEW.source = 'withdrawn'
    AND NEW.external_id = substr(OLD.external_id, 1, 64) || '~' || OLD.id
    AND EXISTS (SELECT 1 FROM statement_withdrawal AS w WHERE w.statement_id = OLD.statement_id)
    AND EXISTS (SELECT 1 FROM reconciliation_item AS s WHERE s.event_id = OLD.id AND s.state = 'excluded'))
    OR OLD.id IS DISTINCT FROM NEW.id OR OLD.account_id IS DISTINCT FROM NEW.account_id OR OLD.statement_id IS DISTINCT FROM NEW.statement_id OR OLD.line_number IS DISTINCT FROM NEW.line_number OR OLD.received_at IS DISTINCT FROM NEW.received_at OR OLD.raw IS DISTINCT FROM NEW.raw OR OLD.raw_hash IS DISTINCT FROM NEW.raw_hash OR OLD.satang IS DISTINCT FROM NEW.satang OR OLD.currency IS DISTINCT FROM NEW.currency OR OLD.occurred_at IS DISTINCT FROM NEW.occurred_at OR OLD.has_time IS DISTINCT FROM NEW.has_time OR OLD.balance_satang IS DISTINCT FROM NEW.balance_satang OR OLD.biller_id IS DISTINCT FROM NEW.biller_id OR OLD.ref1 IS DISTINCT FROM NEW.ref1 OR OLD.ref2 IS DISTINCT FROM NEW.ref2 OR OLD.bank_ref IS DISTINCT FROM NEW.bank_ref OR OLD.payer IS DISTINCT FROM NEW.payer OR OLD.payer_bank IS DISTINCT FROM NEW.payer_bank OR OLD.description IS DISTINCT FROM NEW.description THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_bank_event', CONSTRAINT = 'final_bank_event'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_bank_reversal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_bank_reversal', CONSTRAINT = 'final_bank_reversal'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_body() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_body', CONSTRAINT = 'final_body'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_body_rules() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_body_rules', CONSTRAINT = 'final_body_rules'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_carried_gift() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_carried_gift', CONSTRAINT = 'final_carried_gift'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_carried_list() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_carried_list', CONSTRAINT = 'final_carried_list'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_cash_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.closed_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_cash_count', CONSTRAINT = 'final_cash_count'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_chain_link() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_chain_link', CONSTRAINT = 'final_chain_link'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_circulation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.meeting_id IS DISTINCT FROM NEW.meeting_id OR OLD.closes_at IS DISTINCT FROM NEW.closes_at OR OLD.is_unanimous IS DISTINCT FROM NEW.is_unanimous THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_circulation', CONSTRAINT = 'final_circulation'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_closed_month', CONSTRAINT = 'final_closed_month'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_collection() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.ref1 IS DISTINCT FROM NEW.ref1 OR OLD.network_id IS DISTINCT FROM NEW.network_id OR OLD.pledge_id IS DISTINCT FROM NEW.pledge_id OR OLD.purpose_id IS DISTINCT FROM NEW.purpose_id OR OLD.account_id IS DISTINCT FROM NEW.account_id OR OLD.payload IS DISTINCT FROM NEW.payload OR OLD.opened_at IS DISTINCT FROM NEW.opened_at OR OLD.opened_by_id IS DISTINCT FROM NEW.opened_by_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_collection', CONSTRAINT = 'final_collection'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_commitment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_commitment', CONSTRAINT = 'final_commitment'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_counter_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_counter_payment', CONSTRAINT = 'final_counter_payment'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_counter_payment_reversal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_counter_payment_reversal', CONSTRAINT = 'final_counter_payment_reversal'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_delegation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.id IS DISTINCT FROM NEW.id OR OLD.order_number IS DISTINCT FROM NEW.order_number OR OLD.order_on IS DISTINCT FROM NEW.order_on OR OLD.from_id IS DISTINCT FROM NEW.from_id OR OLD.to_id IS DISTINCT FROM NEW.to_id OR OLD.ceiling_satang IS DISTINCT FROM NEW.ceiling_satang OR OLD.from_on IS DISTINCT FROM NEW.from_on OR OLD.to_on IS DISTINCT FROM NEW.to_on OR OLD.paper IS DISTINCT FROM NEW.paper OR OLD.paper_sha256 IS DISTINCT FROM NEW.paper_sha256 OR OLD.asked_at IS DISTINCT FROM NEW.asked_at OR OLD.asked_by_id IS DISTINCT FROM NEW.asked_by_id OR OLD.ended_at IS NOT NULL
    OR (OLD.confirmed_at IS NOT NULL AND (OLD.confirmed_at IS DISTINCT FROM NEW.confirmed_at OR OLD.confirmed_by_id IS DISTINCT FROM NEW.confirmed_by_id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_delegation', CONSTRAINT = 'final_delegation'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_delivery() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_delivery', CONSTRAINT = 'final_delivery'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_deposit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.item_id IS DISTINCT FROM NEW.item_id OR OLD.event_id IS DISTINCT FROM NEW.event_id OR OLD.at IS DISTINCT FROM NEW.at OR OLD.by_id IS DISTINCT FROM NEW.by_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_deposit', CONSTRAINT = 'final_deposit'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_deposit_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_deposit_item', CONSTRAINT = 'final_deposit_item'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_donation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_donation', CONSTRAINT = 'final_donation'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_donation_reversal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_donation_reversal', CONSTRAINT = 'final_donation_reversal'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_due_date_request() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.decided_at IS NOT NULL OR OLD.id IS DISTINCT FROM NEW.id OR OLD.pledge_id IS DISTINCT FROM NEW.pledge_id OR OLD.number IS DISTINCT FROM NEW.number OR OLD.from_on IS DISTINCT FROM NEW.from_on OR OLD.to_on IS DISTINCT FROM NEW.to_on OR OLD.reason IS DISTINCT FROM NEW.reason OR OLD.asked_at IS DISTINCT FROM NEW.asked_at OR OLD.asked_by_id IS DISTINCT FROM NEW.asked_by_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_due_date_request', CONSTRAINT = 'final_due_date_request'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_edition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_edition', CONSTRAINT = 'final_edition'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_edonation_report() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.donation_id IS DISTINCT FROM NEW.donation_id OR OLD.route IS DISTINCT FROM NEW.route OR OLD.recorded_at IS DISTINCT FROM NEW.recorded_at OR OLD.recorded_by_id IS DISTINCT FROM NEW.recorded_by_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_edonation_report', CONSTRAINT = 'final_edonation_report'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_entry', CONSTRAINT = 'final_entry'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_guideline() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.id IS DISTINCT FROM NEW.id OR OLD.number IS DISTINCT FROM NEW.number OR OLD.title IS DISTINCT FROM NEW.title OR OLD.words IS DISTINCT FROM NEW.words OR OLD.pdf IS DISTINCT FROM NEW.pdf OR OLD.sha256 IS DISTINCT FROM NEW.sha256 OR OLD.meeting_id IS DISTINCT FROM NEW.meeting_id OR OLD.tabled_at IS DISTINCT FROM NEW.tabled_at OR OLD.tabled_by_id IS DISTINCT FROM NEW.tabled_by_id OR OLD.decided_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_guideline', CONSTRAINT = 'final_guideline'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_guideline_vote() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_guideline_vote', CONSTRAINT = 'final_guideline_vote'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_household() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.code IS DISTINCT FROM NEW.code THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_household', CONSTRAINT = 'final_household'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_in_kind_donation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.fiscal_year_be IS DISTINCT FROM NEW.fiscal_year_be OR OLD.number IS DISTINCT FROM NEW.number OR OLD.token IS DISTINCT FROM NEW.token OR OLD.kind IS DISTINCT FROM NEW.kind OR OLD.what IS DISTINCT FROM NEW.what OR OLD.quantity IS DISTINCT FROM NEW.quantity OR OLD.unit IS DISTINCT FROM NEW.unit OR OLD.satang IS DISTINCT FROM NEW.satang OR OLD.valued_from IS DISTINCT FROM NEW.valued_from OR OLD.valuation IS DISTINCT FROM NEW.valuation OR OLD.pledge_id IS DISTINCT FROM NEW.pledge_id OR OLD.network_id IS DISTINCT FROM NEW.network_id OR OLD.purpose_id IS DISTINCT FROM NEW.purpose_id OR OLD.giver IS DISTINCT FROM NEW.giver OR OLD.received_on IS DISTINCT FROM NEW.received_on OR OLD.recorded_at IS DISTINCT FROM NEW.recorded_at OR OLD.recorded_by_id IS DISTINCT FROM NEW.recorded_by_id OR OLD.contents IS DISTINCT FROM NEW.contents OR OLD.contents_hash IS DISTINCT FROM NEW.contents_hash THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_in_kind_donation', CONSTRAINT = 'final_in_kind_donation'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_in_kind_receipt_document() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_in_kind_receipt_document', CONSTRAINT = 'final_in_kind_receipt_document'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_in_kind_receipt_due() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_in_kind_receipt_due', CONSTRAINT = 'final_in_kind_receipt_due'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_in_kind_receipt_print() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_in_kind_receipt_print', CONSTRAINT = 'final_in_kind_receipt_print'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_inquiry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_inquiry', CONSTRAINT = 'final_inquiry'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_instalment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.id IS DISTINCT FROM NEW.id OR OLD.pledge_id IS DISTINCT FROM NEW.pledge_id OR OLD.number IS DISTINCT FROM NEW.number OR OLD.satang IS DISTINCT FROM NEW.satang OR NOT EXISTS (SELECT 1 FROM due_date_request AS r
    WHERE r.pledge_id = OLD.pledge_id AND r.number = OLD.number AND r.accepted AND r.from_on = OLD.due_on AND r.to_on = NEW.due_on) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_instalment', CONSTRAINT = 'final_instalment'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_issuer_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_issuer_version', CONSTRAINT = 'final_issuer_version'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_item_cost() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_item_cost', CONSTRAINT = 'final_item_cost'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_line_shortage() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_line_shortage', CONSTRAINT = 'final_line_shortage'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_logbook_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_logbook_entry', CONSTRAINT = 'final_logbook_entry'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_meeting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.body_id IS DISTINCT FROM NEW.body_id OR OLD.rules_id IS DISTINCT FROM NEW.rules_id OR OLD.kind IS DISTINCT FROM NEW.kind OR OLD.number IS DISTINCT FROM NEW.number OR OLD.year_be IS DISTINCT FROM NEW.year_be OR OLD.members IS DISTINCT FROM NEW.members OR OLD.quorum IS DISTINCT FROM NEW.quorum OR OLD.called_by_id IS DISTINCT FROM NEW.called_by_id
    OR NOT (OLD.state = 'called' AND NEW.state = 'open') AND (OLD.chair_id IS DISTINCT FROM NEW.chair_id OR OLD.opened_at IS DISTINCT FROM NEW.opened_at OR OLD.certified_by_id IS DISTINCT FROM NEW.certified_by_id OR OLD.certified_present IS DISTINCT FROM NEW.certified_present OR OLD.early_reason IS DISTINCT FROM NEW.early_reason) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_meeting', CONSTRAINT = 'final_meeting'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_meeting_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_meeting_move', CONSTRAINT = 'final_meeting_move'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_meeting_roll() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_meeting_roll', CONSTRAINT = 'final_meeting_roll'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.key IS DISTINCT FROM NEW.key OR OLD.channel IS DISTINCT FROM NEW.channel OR OLD.recipient IS DISTINCT FROM NEW.recipient OR OLD.subject IS DISTINCT FROM NEW.subject OR OLD.body IS DISTINCT FROM NEW.body OR OLD.queued_at IS DISTINCT FROM NEW.queued_at THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_message', CONSTRAINT = 'final_message'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_minutes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.meeting_id <> OLD.meeting_id OR NEW.endorsed_in_id <> OLD.endorsed_in_id OR NEW.corrections <> OLD.corrections
    OR NEW.pdf <> OLD.pdf OR NEW.sha256 <> OLD.sha256 OR NEW.endorsed_at <> OLD.endorsed_at OR NEW.endorsed_by_id <> OLD.endorsed_by_id
    OR OLD.scan IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_minutes', CONSTRAINT = 'final_minutes'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION final_motion() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_motion', CONSTRAINT = 'final_motion'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_motion_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_motion_line', CONSTRAINT = 'final_motion_line'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_motion_part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_motion_part', CONSTRAINT = 'final_motion_part'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_network() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.code IS DISTINCT FROM NEW.code THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_network', CONSTRAINT = 'final_network'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_network_contact() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.network_id IS DISTINCT FROM NEW.network_id OR OLD.office IS DISTINCT FROM NEW.office OR OLD.name IS DISTINCT FROM NEW.name OR OLD.phone IS DISTINCT FROM NEW.phone OR OLD.email IS DISTINCT FROM NEW.email OR OLD.line_user_id IS DISTINCT FROM NEW.line_user_id OR OLD.since_on IS DISTINCT FROM NEW.since_on OR OLD.written_at IS DISTINCT FROM NEW.written_at OR OLD.written_by_id IS DISTINCT FROM NEW.written_by_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_network_contact', CONSTRAINT = 'final_network_contact'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_nightly_run() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.on_date IS DISTINCT FROM NEW.on_date THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_nightly_run', CONSTRAINT = 'final_nightly_run'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_opening() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_opening', CONSTRAINT = 'final_opening'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_opening_balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_opening_balance', CONSTRAINT = 'final_opening_balance'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_order_invoice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_order_invoice', CONSTRAINT = 'final_order_invoice'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_order_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_order_line', CONSTRAINT = 'final_order_line'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_outgoing_match() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_outgoing_match', CONSTRAINT = 'final_outgoing_match'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_paper_receipt_book() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_paper_receipt_book', CONSTRAINT = 'final_paper_receipt_book'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_password_link() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.user_id IS DISTINCT FROM NEW.user_id OR OLD.seed IS DISTINCT FROM NEW.seed OR OLD.token_hash IS DISTINCT FROM NEW.token_hash OR OLD.approval_request_id IS DISTINCT FROM NEW.approval_request_id OR OLD.made_at IS DISTINCT FROM NEW.made_at OR OLD.expires_at IS DISTINCT FROM NEW.expires_at THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_password_link', CONSTRAINT = 'final_password_link'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_payee() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.account_id IS DISTINCT FROM NEW.account_id OR OLD.biller_id IS DISTINCT FROM NEW.biller_id OR OLD.promptpay_id IS DISTINCT FROM NEW.promptpay_id OR OLD.approval_request_id IS DISTINCT FROM NEW.approval_request_id OR OLD.from_at IS DISTINCT FROM NEW.from_at THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_payee', CONSTRAINT = 'final_payee'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.id IS DISTINCT FROM NEW.id OR OLD.fiscal_year_be IS DISTINCT FROM NEW.fiscal_year_be OR OLD.number IS DISTINCT FROM NEW.number OR OLD.proposal_id IS DISTINCT FROM NEW.proposal_id OR OLD.account_id IS DISTINCT FROM NEW.account_id OR OLD.satang IS DISTINCT FROM NEW.satang OR OLD.withheld_satang IS DISTINCT FROM NEW.withheld_satang OR OLD.vendor IS DISTINCT FROM NEW.vendor OR OLD.vendor_bank IS DISTINCT FROM NEW.vendor_bank OR OLD.vendor_account IS DISTINCT FROM NEW.vendor_account OR OLD.transfer_ref IS DISTINCT FROM NEW.transfer_ref OR OLD.invoice IS DISTINCT FROM NEW.invoice OR OLD.paid_on IS DISTINCT FROM NEW.paid_on OR OLD.paid_at IS DISTINCT FROM NEW.paid_at OR OLD.paid_by_id IS DISTINCT FROM NEW.paid_by_id OR OLD.order_id IS DISTINCT FROM NEW.order_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_payment', CONSTRAINT = 'final_payment'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_payment_approval() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_payment_approval', CONSTRAINT = 'final_payment_approval'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_payment_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.id IS DISTINCT FROM NEW.id OR OLD.proposal_id IS DISTINCT FROM NEW.proposal_id OR OLD.satang IS DISTINCT FROM NEW.satang OR OLD.withheld_satang IS DISTINCT FROM NEW.withheld_satang OR OLD.vendor_account_id IS DISTINCT FROM NEW.vendor_account_id OR OLD.vendor IS DISTINCT FROM NEW.vendor OR OLD.vendor_bank IS DISTINCT FROM NEW.vendor_bank OR OLD.vendor_account IS DISTINCT FROM NEW.vendor_account OR OLD.invoice IS DISTINCT FROM NEW.invoice OR OLD.signatures IS DISTINCT FROM NEW.signatures OR OLD.signing_group IS DISTINCT FROM NEW.signing_group OR OLD.prepared_at IS DISTINCT FROM NEW.prepared_at OR OLD.prepared_by_id IS DISTINCT FROM NEW.prepared_by_id OR OLD.again_of_id IS DISTINCT FROM NEW.again_of_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_payment_order', CONSTRAINT = 'final_payment_order'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_payment_paper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_payment_paper', CONSTRAINT = 'final_payment_paper'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_payment_request() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.code IS DISTINCT FROM NEW.code OR OLD.ref1 IS DISTINCT FROM NEW.ref1 OR OLD.ref2 IS DISTINCT FROM NEW.ref2 OR OLD.account_id IS DISTINCT FROM NEW.account_id OR OLD.purpose_id IS DISTINCT FROM NEW.purpose_id OR OLD.pledge_id IS DISTINCT FROM NEW.pledge_id OR OLD.network_id IS DISTINCT FROM NEW.network_id OR OLD.wish_satang IS DISTINCT FROM NEW.wish_satang OR OLD.due_satang IS DISTINCT FROM NEW.due_satang OR OLD.tag IS DISTINCT FROM NEW.tag OR OLD.payload IS DISTINCT FROM NEW.payload OR OLD.opened_at IS DISTINCT FROM NEW.opened_at THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_payment_request', CONSTRAINT = 'final_payment_request'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_payment_return() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.id IS DISTINCT FROM NEW.id OR OLD.payment_id IS DISTINCT FROM NEW.payment_id OR OLD.satang IS DISTINCT FROM NEW.satang OR OLD.event_id IS DISTINCT FROM NEW.event_id OR OLD.reason IS DISTINCT FROM NEW.reason OR OLD.asked_at IS DISTINCT FROM NEW.asked_at OR OLD.asked_by_id IS DISTINCT FROM NEW.asked_by_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_payment_return', CONSTRAINT = 'final_payment_return'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_photo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_photo', CONSTRAINT = 'final_photo'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_pledge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.code IS DISTINCT FROM NEW.code OR OLD.network_id IS DISTINCT FROM NEW.network_id OR OLD.purpose_id IS DISTINCT FROM NEW.purpose_id OR OLD.satang IS DISTINCT FROM NEW.satang OR OLD.stated_by_id IS DISTINCT FROM NEW.stated_by_id OR OLD.kind IS DISTINCT FROM NEW.kind OR OLD.what IS DISTINCT FROM NEW.what OR OLD.quantity IS DISTINCT FROM NEW.quantity OR OLD.unit IS DISTINCT FROM NEW.unit OR (OLD.expected_on IS DISTINCT FROM NEW.expected_on AND NOT EXISTS (SELECT 1 FROM due_date_request AS r
    WHERE r.pledge_id = OLD.id AND r.accepted AND r.from_on = OLD.expected_on AND r.to_on = NEW.expected_on)) OR OLD.basis IS DISTINCT FROM NEW.basis THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_pledge', CONSTRAINT = 'final_pledge'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_proposal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.code IS DISTINCT FROM NEW.code OR OLD.purpose_id IS DISTINCT FROM NEW.purpose_id OR OLD.submitted_at IS DISTINCT FROM NEW.submitted_at OR OLD.submitted_by_id IS DISTINCT FROM NEW.submitted_by_id OR OLD.asked_by_id IS DISTINCT FROM NEW.asked_by_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_proposal', CONSTRAINT = 'final_proposal'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_proposal_funding() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_proposal_funding', CONSTRAINT = 'final_proposal_funding'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_proposal_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_proposal_line', CONSTRAINT = 'final_proposal_line'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_proposal_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_proposal_version', CONSTRAINT = 'final_proposal_version'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_proposal_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_proposal_way', CONSTRAINT = 'final_proposal_way'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_public_base() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_public_base', CONSTRAINT = 'final_public_base'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_published_help() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.id <> NEW.id OR OLD.measure <> NEW.measure OR OLD.unit_id <> NEW.unit_id OR OLD.request_id <> NEW.request_id OR OLD.household_id <> NEW.household_id OR OLD.district <> NEW.district OR OLD.dimension <> NEW.dimension OR OLD.item <> NEW.item OR OLD.edition <> NEW.edition OR COALESCE(OLD.member_id, 0) <> COALESCE(NEW.member_id, 0) OR (OLD.by_district AND NOT NEW.by_district) OR (OLD.by_dimension AND NOT NEW.by_dimension) OR (OLD.by_item AND NOT NEW.by_item) OR (OLD.by_request AND NOT NEW.by_request) OR (OLD.by_district_item AND NOT NEW.by_district_item) OR (OLD.by_dimension_item AND NOT NEW.by_dimension_item) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_published_help', CONSTRAINT = 'final_published_help'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_purpose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.code IS DISTINCT FROM NEW.code THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_purpose', CONSTRAINT = 'final_purpose'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_read_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_read_event', CONSTRAINT = 'final_read_event'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_receipt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.fiscal_year_be IS DISTINCT FROM NEW.fiscal_year_be OR OLD.number IS DISTINCT FROM NEW.number OR OLD.token IS DISTINCT FROM NEW.token OR OLD.donation_id IS DISTINCT FROM NEW.donation_id OR OLD.issued_at IS DISTINCT FROM NEW.issued_at OR OLD.contents IS DISTINCT FROM NEW.contents OR OLD.contents_hash IS DISTINCT FROM NEW.contents_hash THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_receipt', CONSTRAINT = 'final_receipt'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_receipt_document() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_receipt_document', CONSTRAINT = 'final_receipt_document'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_receipt_due() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.donation_id IS DISTINCT FROM NEW.donation_id OR OLD.book IS DISTINCT FROM NEW.book OR OLD.channel IS DISTINCT FROM NEW.channel OR OLD.since IS DISTINCT FROM NEW.since THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_receipt_due', CONSTRAINT = 'final_receipt_due'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_receipt_print() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_receipt_print', CONSTRAINT = 'final_receipt_print'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_refund() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.event_id IS DISTINCT FROM NEW.event_id OR OLD.donation_id IS DISTINCT FROM NEW.donation_id OR OLD.satang IS DISTINCT FROM NEW.satang OR OLD.reason IS DISTINCT FROM NEW.reason OR OLD.payee IS DISTINCT FROM NEW.payee OR OLD.payee_bank IS DISTINCT FROM NEW.payee_bank OR OLD.payee_account IS DISTINCT FROM NEW.payee_account OR (OLD.approval_request_id IS NOT NULL AND OLD.approval_request_id IS DISTINCT FROM NEW.approval_request_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_refund', CONSTRAINT = 'final_refund'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_register_column_map() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.header_hash <> OLD.header_hash THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_register_column_map', CONSTRAINT = 'final_register_column_map'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_register_import() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.round_id <> OLD.round_id OR NEW.file_hash <> OLD.file_hash OR NEW.file_name <> OLD.file_name
    OR NEW.imported_at <> OLD.imported_at OR COALESCE(NEW.imported_by_id, 0) <> COALESCE(OLD.imported_by_id, 0)
    OR (OLD.state IN ('applied', 'dropped', 'undone') AND (NEW.new <> OLD.new OR NEW.changed <> OLD.changed OR NEW.same <> OLD.same
        OR NEW.missing <> OLD.missing OR NEW.conflicts <> OLD.conflicts OR NEW.errors <> OLD.errors OR NEW.stops <> OLD.stops
        OR NEW.override_reason <> OLD.override_reason OR NEW.review <> OLD.review OR NEW.error_lines <> OLD.error_lines
        OR NEW.rows_left_out <> OLD.rows_left_out OR NEW.province_lines <> OLD.province_lines)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_register_import', CONSTRAINT = 'final_register_import'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_register_import_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_register_import_change', CONSTRAINT = 'final_register_import_change'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_register_import_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_register_import_row', CONSTRAINT = 'final_register_import_row'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_resolution() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_resolution', CONSTRAINT = 'final_resolution'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_retired_numbers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_retired_numbers', CONSTRAINT = 'final_retired_numbers'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_role_grant() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.user_id IS DISTINCT FROM NEW.user_id OR OLD.role IS DISTINCT FROM NEW.role OR OLD.area_code IS DISTINCT FROM NEW.area_code OR OLD.dimension IS DISTINCT FROM NEW.dimension OR OLD.network_code IS DISTINCT FROM NEW.network_code OR OLD.granted_at IS DISTINCT FROM NEW.granted_at OR OLD.granted_by_id IS DISTINCT FROM NEW.granted_by_id OR OLD.approval_request_id IS DISTINCT FROM NEW.approval_request_id OR OLD.operator IS DISTINCT FROM NEW.operator OR OLD.order_number IS DISTINCT FROM NEW.order_number OR OLD.ends_on IS DISTINCT FROM NEW.ends_on THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_role_grant', CONSTRAINT = 'final_role_grant'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_signatory() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.id IS DISTINCT FROM NEW.id OR OLD.user_id IS DISTINCT FROM NEW.user_id OR OLD.group_code IS DISTINCT FROM NEW.group_code OR OLD.appointed_by IS DISTINCT FROM NEW.appointed_by OR OLD.from_on IS DISTINCT FROM NEW.from_on OR OLD.to_on IS DISTINCT FROM NEW.to_on OR OLD.approval_request_id IS DISTINCT FROM NEW.approval_request_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_signatory', CONSTRAINT = 'final_signatory'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_slip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_slip', CONSTRAINT = 'final_slip'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_slip_claim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.slip_id IS DISTINCT FROM NEW.slip_id OR OLD.payment_request_id IS DISTINCT FROM NEW.payment_request_id OR OLD.claimed_at IS DISTINCT FROM NEW.claimed_at OR OLD.picture_hash IS DISTINCT FROM NEW.picture_hash OR OLD.sent_hash IS DISTINCT FROM NEW.sent_hash OR OLD.crc_padded IS DISTINCT FROM NEW.crc_padded THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_slip_claim', CONSTRAINT = 'final_slip_claim'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_solicitation_approval() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.number IS DISTINCT FROM NEW.number OR OLD.approved_on IS DISTINCT FROM NEW.approved_on OR OLD.authority IS DISTINCT FROM NEW.authority OR OLD.ends_on IS DISTINCT FROM NEW.ends_on OR OLD.noted_at IS DISTINCT FROM NEW.noted_at OR OLD.noted_by_id IS DISTINCT FROM NEW.noted_by_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_solicitation_approval', CONSTRAINT = 'final_solicitation_approval'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_staff_notice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.user_id IS DISTINCT FROM NEW.user_id OR OLD.title IS DISTINCT FROM NEW.title OR OLD.words IS DISTINCT FROM NEW.words OR OLD.href IS DISTINCT FROM NEW.href OR OLD.told_at IS DISTINCT FROM NEW.told_at OR OLD.until_on IS DISTINCT FROM NEW.until_on THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_staff_notice', CONSTRAINT = 'final_staff_notice'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_statement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_statement', CONSTRAINT = 'final_statement'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_statement_basis() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_statement_basis', CONSTRAINT = 'final_statement_basis'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_statement_chunk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_statement_chunk', CONSTRAINT = 'final_statement_chunk'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_statement_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_statement_withdrawal', CONSTRAINT = 'final_statement_withdrawal'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_stock_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_stock_item', CONSTRAINT = 'final_stock_item'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_stock_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_stock_move', CONSTRAINT = 'final_stock_move'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_tax_certificate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_tax_certificate', CONSTRAINT = 'final_tax_certificate'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_tax_remittance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_tax_remittance', CONSTRAINT = 'final_tax_remittance'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_trace() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_trace', CONSTRAINT = 'final_trace'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_transfer_file() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_transfer_file', CONSTRAINT = 'final_transfer_file'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_vendor() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.id IS DISTINCT FROM NEW.id OR OLD.kind IS DISTINCT FROM NEW.kind OR OLD.name IS DISTINCT FROM NEW.name OR OLD.tax_id IS DISTINCT FROM NEW.tax_id OR OLD.approval_request_id IS DISTINCT FROM NEW.approval_request_id OR OLD.confirmed_at IS DISTINCT FROM NEW.confirmed_at OR OLD.user_id IS DISTINCT FROM NEW.user_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_vendor', CONSTRAINT = 'final_vendor'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_vendor_account() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_vendor_account', CONSTRAINT = 'final_vendor_account'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_vote() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_vote', CONSTRAINT = 'final_vote'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION final_withholding() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'final_withholding', CONSTRAINT = 'final_withholding'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION fund_account_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (NEW.state <> OLD.state OR NEW.biller_id IS DISTINCT FROM OLD.biller_id
        OR NEW.promptpay_id IS DISTINCT FROM OLD.promptpay_id OR NEW.approval_request_id IS DISTINCT FROM OLD.approval_request_id)
        AND (NEW.approval_request_id IS NULL OR NEW.approval_request_id <= COALESCE(OLD.approval_request_id, 0) OR NOT EXISTS (
            SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id AND a.decision = 'approved' AND (
                (a.kind = 'account.open' AND a.subject = 'account:' || NEW.id AND NEW.state = 'open'
                    AND strpos(a.payload, '"biller_id": ' || COALESCE('"' || NEW.biller_id || '"', 'null')) > 0 AND strpos(a.payload, '"promptpay_id": ' || COALESCE('"' || NEW.promptpay_id || '"', 'null')) > 0)
                OR (NEW.state = 'closed' AND NEW.biller_id IS NOT DISTINCT FROM OLD.biller_id
                    AND NEW.promptpay_id IS NOT DISTINCT FROM OLD.promptpay_id AND (
                    (a.kind = 'account.close' AND a.subject = 'account:' || NEW.id)
                    OR (a.kind = 'account.open' AND a.subject <> 'account:' || NEW.id)))))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'fund_account_by_two', CONSTRAINT = 'fund_account_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION fund_account_proposed_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> 'proposed' OR NEW.biller_id IS NOT NULL OR NEW.promptpay_id IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id AND a.decision = 'approved'
        AND a.kind = 'account.propose' AND strpos(a.payload, '"number": ' || COALESCE('"' || NEW.number || '"', 'null')) > 0 AND strpos(a.payload, '"bank_code": ' || COALESCE('"' || NEW.bank_code || '"', 'null')) > 0) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'fund_account_proposed_by_two', CONSTRAINT = 'fund_account_proposed_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION fund_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number <> OLD.number OR NEW.bank_code <> OLD.bank_code OR NEW.name <> OLD.name THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'fund_account_stays', CONSTRAINT = 'fund_account_stays'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION funding_fixed_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT state FROM aid_request WHERE id = OLD.request_id) <> 'draft' THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'funding_fixed_delete', CONSTRAINT = 'funding_fixed_delete'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION funding_fixed_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT state FROM aid_request WHERE id = NEW.request_id) <> 'draft' THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'funding_fixed_insert', CONSTRAINT = 'funding_fixed_insert'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION funding_fixed_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT state FROM aid_request WHERE id = OLD.request_id) <> 'draft' OR (SELECT state FROM aid_request WHERE id = NEW.request_id) <> 'draft' THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'funding_fixed_update', CONSTRAINT = 'funding_fixed_update'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION giver_approves_nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = (SELECT proposal_id FROM payment_order WHERE id = NEW.order_id) FOR UPDATE) AS held;
        IF EXISTS (SELECT 1 FROM delivery AS d JOIN aid_line AS l ON l.id = d.line_id
    JOIN aid_request AS r ON r.id = l.request_id JOIN proposal AS p ON p.code = r.code
    WHERE d.quantity > 0 AND p.id = (SELECT proposal_id FROM payment_order WHERE id = NEW.order_id) AND d.marked_by_id = NEW.user_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'giver_approves_nothing', CONSTRAINT = 'giver_approves_nothing'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION giver_keeps_no_costs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
    WHERE r.id = NEW.request_id FOR UPDATE OF p) AS held;
        IF EXISTS (SELECT 1 FROM delivery AS d JOIN aid_line AS l ON l.id = d.line_id
            WHERE l.request_id = NEW.request_id AND d.quantity > 0 AND d.marked_by_id = NEW.entered_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'giver_keeps_no_costs', CONSTRAINT = 'giver_keeps_no_costs'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION giver_prepares_nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE) AS held;
        IF EXISTS (SELECT 1 FROM delivery AS d JOIN aid_line AS l ON l.id = d.line_id
    JOIN aid_request AS r ON r.id = l.request_id JOIN proposal AS p ON p.code = r.code
    WHERE d.quantity > 0 AND p.id = NEW.proposal_id AND d.marked_by_id = NEW.prepared_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'giver_prepares_nothing', CONSTRAINT = 'giver_prepares_nothing'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION giving_stop_ended_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.stopped_at <> OLD.stopped_at OR NEW.reason <> OLD.reason
        OR NEW.stopped_by_id <> OLD.stopped_by_id OR NOT EXISTS (
            SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id AND a.decision = 'approved'
            AND a.kind = 'giving.resume' AND a.asked_at >= OLD.stopped_at) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'giving_stop_ended_by_two', CONSTRAINT = 'giving_stop_ended_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION goods_for_own_pledge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.pledge_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pledge AS p WHERE p.id = NEW.pledge_id
        AND p.kind = NEW.kind AND p.network_id = NEW.network_id AND p.purpose_id = NEW.purpose_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'goods_for_own_pledge', CONSTRAINT = 'goods_for_own_pledge'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION guideline_as_voted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.decided_at IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM meeting AS m WHERE m.id = NEW.meeting_id AND m.state = 'open'
        AND m.quorum <= NEW.for_votes + NEW.against_votes + NEW.abstentions)
    OR NEW.is_adopted <> (SELECT CASE r.majority WHEN 'all' THEN NEW.for_votes = NEW.for_votes + NEW.against_votes + NEW.abstentions
        WHEN 'two_thirds' THEN NEW.for_votes * 3 >= (NEW.for_votes + NEW.against_votes + NEW.abstentions) * 2
        ELSE NEW.for_votes * 2 > NEW.for_votes + NEW.against_votes + NEW.abstentions END
        FROM meeting AS m JOIN body_rules AS r ON r.id = m.rules_id WHERE m.id = NEW.meeting_id)
    OR NEW.for_votes <> (SELECT COUNT(*) FROM guideline_vote AS v WHERE v.guideline_id = NEW.id AND v.choice = 'approve'
        AND NOT EXISTS (SELECT 1 FROM guideline_vote AS w WHERE w.guideline_id = v.guideline_id AND w.member_id = v.member_id AND w.turn > v.turn))
    OR NEW.against_votes <> (SELECT COUNT(*) FROM guideline_vote AS v WHERE v.guideline_id = NEW.id AND v.choice = 'reject'
        AND NOT EXISTS (SELECT 1 FROM guideline_vote AS w WHERE w.guideline_id = v.guideline_id AND w.member_id = v.member_id AND w.turn > v.turn))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'guideline_as_voted', CONSTRAINT = 'guideline_as_voted'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION guideline_vote_attends() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM guideline AS g JOIN meeting AS m ON m.id = g.meeting_id JOIN attendance AS t ON t.meeting_id = m.id
    WHERE g.id = NEW.guideline_id AND g.decided_at IS NULL AND m.state = 'open' AND t.member_id = NEW.member_id AND t.kind = 'member'
    AND t.left_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'guideline_vote_attends', CONSTRAINT = 'guideline_vote_attends'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION household_moved_empties_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.house_no <> OLD.house_no OR NEW.village <> OLD.village OR NEW.house_code IS DISTINCT FROM OLD.house_code OR NEW.subdistrict_code IS DISTINCT FROM OLD.subdistrict_code THEN UPDATE household SET search_words = '' WHERE id = NEW.id AND search_words <> ''; END IF;
    RETURN NULL; END $$;

CREATE FUNCTION in_kind_donation_voided_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.voided_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'in_kind_donation_voided_once', CONSTRAINT = 'in_kind_donation_voided_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION in_kind_donation_without_gap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number <> COALESCE((SELECT MAX(used.number) FROM (SELECT number FROM in_kind_donation
    WHERE fiscal_year_be = NEW.fiscal_year_be UNION ALL SELECT last_number AS number FROM retired_numbers
    WHERE fiscal_year_be = NEW.fiscal_year_be AND book = 'K') AS used), 0) + 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'in_kind_donation_without_gap', CONSTRAINT = 'in_kind_donation_without_gap'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION in_kind_receipt_document_as_recorded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM in_kind_receipt_due WHERE in_kind_donation_id = NEW.in_kind_donation_id)
        AND NEW.contents <> (SELECT contents FROM in_kind_donation WHERE id = NEW.in_kind_donation_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'in_kind_receipt_document_as_recorded', CONSTRAINT = 'in_kind_receipt_document_as_recorded'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION in_kind_receipt_document_of_cancelled() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM in_kind_donation WHERE id = NEW.in_kind_donation_id FOR UPDATE) AS held;
    IF EXISTS (SELECT 1 FROM in_kind_receipt_due AS d JOIN in_kind_donation AS g ON g.id = d.in_kind_donation_id
        WHERE d.in_kind_donation_id = NEW.in_kind_donation_id AND g.voided_at IS NOT NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'in_kind_receipt_document_of_cancelled', CONSTRAINT = 'in_kind_receipt_document_of_cancelled'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION instalment_within_pledge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM pledge WHERE id = NEW.pledge_id FOR UPDATE) AS held;
    IF NOT EXISTS (SELECT 1 FROM pledge AS p WHERE p.id = NEW.pledge_id AND p.kind = 'money' AND p.satang >=
        NEW.satang + (SELECT COALESCE(SUM(i.satang), 0) FROM instalment AS i WHERE i.pledge_id = NEW.pledge_id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'instalment_within_pledge', CONSTRAINT = 'instalment_within_pledge'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION invoice_goes_before_signing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment_order WHERE id = OLD.order_id FOR UPDATE) AS held;
    IF NOT EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = OLD.order_id
    AND o.approved_at IS NULL AND o.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment_approval AS y WHERE y.order_id = o.id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'invoice_goes_before_signing', CONSTRAINT = 'invoice_goes_before_signing'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION invoice_of_open_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment_order WHERE id = NEW.order_id FOR UPDATE) AS held;
    IF NOT EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = NEW.order_id
    AND o.approved_at IS NULL AND o.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment_approval AS y WHERE y.order_id = o.id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'invoice_of_open_order', CONSTRAINT = 'invoice_of_open_order'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION issuer_version_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
        AND a.decision = 'approved' AND a.kind = 'issuer.note' AND strpos(a.payload, '"tax_id": ' || COALESCE('"' || NEW.tax_id || '"', 'null')) > 0) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'issuer_version_by_two', CONSTRAINT = 'issuer_version_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION issuer_version_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM issuer_version) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'issuer_version_in_order', CONSTRAINT = 'issuer_version_in_order'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION kept_account() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_account', CONSTRAINT = 'kept_account'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_advance_clearing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_advance_clearing', CONSTRAINT = 'kept_advance_clearing'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_aid_request() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_aid_request', CONSTRAINT = 'kept_aid_request'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_allocation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_allocation', CONSTRAINT = 'kept_allocation'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_approval_request() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_approval_request', CONSTRAINT = 'kept_approval_request'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_audit_event', CONSTRAINT = 'kept_audit_event'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_bank_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_bank_event', CONSTRAINT = 'kept_bank_event'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_bank_reversal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_bank_reversal', CONSTRAINT = 'kept_bank_reversal'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_body() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_body', CONSTRAINT = 'kept_body'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_body_rules() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_body_rules', CONSTRAINT = 'kept_body_rules'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_carried_gift() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_carried_gift', CONSTRAINT = 'kept_carried_gift'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_carried_list() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_carried_list', CONSTRAINT = 'kept_carried_list'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_cash_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_cash_count', CONSTRAINT = 'kept_cash_count'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_chain_link() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_chain_link', CONSTRAINT = 'kept_chain_link'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_circulation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_circulation', CONSTRAINT = 'kept_circulation'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_closed_month', CONSTRAINT = 'kept_closed_month'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_collection() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_collection', CONSTRAINT = 'kept_collection'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_commitment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_commitment', CONSTRAINT = 'kept_commitment'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_counter_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_counter_payment', CONSTRAINT = 'kept_counter_payment'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_counter_payment_reversal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_counter_payment_reversal', CONSTRAINT = 'kept_counter_payment_reversal'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_delegation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_delegation', CONSTRAINT = 'kept_delegation'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_delivery() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_delivery', CONSTRAINT = 'kept_delivery'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_deposit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_deposit', CONSTRAINT = 'kept_deposit'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_deposit_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_deposit_item', CONSTRAINT = 'kept_deposit_item'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_donation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_donation', CONSTRAINT = 'kept_donation'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_donation_reversal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_donation_reversal', CONSTRAINT = 'kept_donation_reversal'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_due_date_request() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_due_date_request', CONSTRAINT = 'kept_due_date_request'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_edition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_edition', CONSTRAINT = 'kept_edition'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_edonation_report() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_edonation_report', CONSTRAINT = 'kept_edonation_report'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_entry', CONSTRAINT = 'kept_entry'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_giving_stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_giving_stop', CONSTRAINT = 'kept_giving_stop'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_guideline() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_guideline', CONSTRAINT = 'kept_guideline'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_guideline_vote() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_guideline_vote', CONSTRAINT = 'kept_guideline_vote'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_household() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM register_import_change AS c JOIN register_import AS i ON i.id = c.import_id
    WHERE c.what = 'household' AND c.row_id = OLD.id AND i.state = 'undone' AND c.is_new) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_household', CONSTRAINT = 'kept_household'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_in_kind_donation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_in_kind_donation', CONSTRAINT = 'kept_in_kind_donation'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_in_kind_receipt_document() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_in_kind_receipt_document', CONSTRAINT = 'kept_in_kind_receipt_document'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_in_kind_receipt_due() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_in_kind_receipt_due', CONSTRAINT = 'kept_in_kind_receipt_due'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_in_kind_receipt_print() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_in_kind_receipt_print', CONSTRAINT = 'kept_in_kind_receipt_print'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_inquiry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_inquiry', CONSTRAINT = 'kept_inquiry'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_instalment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_instalment', CONSTRAINT = 'kept_instalment'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_issuer_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_issuer_version', CONSTRAINT = 'kept_issuer_version'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_item_cost() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_item_cost', CONSTRAINT = 'kept_item_cost'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_line_shortage() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_line_shortage', CONSTRAINT = 'kept_line_shortage'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_logbook_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_logbook_entry', CONSTRAINT = 'kept_logbook_entry'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_meeting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_meeting', CONSTRAINT = 'kept_meeting'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_meeting_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_meeting_move', CONSTRAINT = 'kept_meeting_move'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_meeting_roll() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_meeting_roll', CONSTRAINT = 'kept_meeting_roll'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_member() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM register_import_change AS c JOIN register_import AS i ON i.id = c.import_id
    WHERE c.what = 'member' AND c.row_id = OLD.id AND i.state = 'undone' AND c.is_new) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_member', CONSTRAINT = 'kept_member'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_message', CONSTRAINT = 'kept_message'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_minutes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_minutes', CONSTRAINT = 'kept_minutes'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_motion_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM resolution AS r WHERE r.motion_id = OLD.motion_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_motion_line', CONSTRAINT = 'kept_motion_line'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_motion_part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM resolution AS r WHERE r.motion_id = OLD.motion_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_motion_part', CONSTRAINT = 'kept_motion_part'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_network() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_network', CONSTRAINT = 'kept_network'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_network_contact() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_network_contact', CONSTRAINT = 'kept_network_contact'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_nightly_run() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_nightly_run', CONSTRAINT = 'kept_nightly_run'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_opening() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_opening', CONSTRAINT = 'kept_opening'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_opening_balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_opening_balance', CONSTRAINT = 'kept_opening_balance'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_paper_receipt_book() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_paper_receipt_book', CONSTRAINT = 'kept_paper_receipt_book'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_password_link() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_password_link', CONSTRAINT = 'kept_password_link'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_payee() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_payee', CONSTRAINT = 'kept_payee'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_payment', CONSTRAINT = 'kept_payment'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_payment_approval() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_payment_approval', CONSTRAINT = 'kept_payment_approval'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_payment_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_payment_order', CONSTRAINT = 'kept_payment_order'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_payment_paper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_payment_paper', CONSTRAINT = 'kept_payment_paper'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_payment_request() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_payment_request', CONSTRAINT = 'kept_payment_request'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_payment_return() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_payment_return', CONSTRAINT = 'kept_payment_return'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_photo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_photo', CONSTRAINT = 'kept_photo'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_pledge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_pledge', CONSTRAINT = 'kept_pledge'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_proposal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_proposal', CONSTRAINT = 'kept_proposal'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_proposal_funding() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_proposal_funding', CONSTRAINT = 'kept_proposal_funding'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_proposal_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_proposal_line', CONSTRAINT = 'kept_proposal_line'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_proposal_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_proposal_version', CONSTRAINT = 'kept_proposal_version'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_proposal_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_proposal_way', CONSTRAINT = 'kept_proposal_way'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_public_base() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_public_base', CONSTRAINT = 'kept_public_base'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_published_help() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_published_help', CONSTRAINT = 'kept_published_help'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_purpose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_purpose', CONSTRAINT = 'kept_purpose'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_read_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_read_event', CONSTRAINT = 'kept_read_event'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_reading_day() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_reading_day', CONSTRAINT = 'kept_reading_day'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_receipt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_receipt', CONSTRAINT = 'kept_receipt'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_receipt_document() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_receipt_document', CONSTRAINT = 'kept_receipt_document'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_receipt_due() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_receipt_due', CONSTRAINT = 'kept_receipt_due'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_receipt_print() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_receipt_print', CONSTRAINT = 'kept_receipt_print'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_reconciliation_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_reconciliation_item', CONSTRAINT = 'kept_reconciliation_item'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_refund() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_refund', CONSTRAINT = 'kept_refund'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_register_conflict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.decision IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM register_import AS i WHERE i.id = OLD.import_id AND i.state = 'undone') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_register_conflict', CONSTRAINT = 'kept_register_conflict'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_register_import() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_register_import', CONSTRAINT = 'kept_register_import'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_register_import_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM register_import AS i WHERE i.id = OLD.import_id AND i.state = 'undone') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_register_import_change', CONSTRAINT = 'kept_register_import_change'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_register_import_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM register_import AS i WHERE i.id = OLD.import_id AND i.state IN ('applied', 'undone')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_register_import_row', CONSTRAINT = 'kept_register_import_row'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_resolution() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_resolution', CONSTRAINT = 'kept_resolution'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_retired_numbers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_retired_numbers', CONSTRAINT = 'kept_retired_numbers'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_role_grant() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_role_grant', CONSTRAINT = 'kept_role_grant'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_seat() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_seat', CONSTRAINT = 'kept_seat'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_signatory() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_signatory', CONSTRAINT = 'kept_signatory'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_slip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_slip', CONSTRAINT = 'kept_slip'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_slip_claim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_slip_claim', CONSTRAINT = 'kept_slip_claim'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_solicitation_approval() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_solicitation_approval', CONSTRAINT = 'kept_solicitation_approval'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_staff_notice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_staff_notice', CONSTRAINT = 'kept_staff_notice'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_statement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_statement', CONSTRAINT = 'kept_statement'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_statement_basis() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_statement_basis', CONSTRAINT = 'kept_statement_basis'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_statement_chunk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM statement_upload WHERE id = OLD.upload_id AND statement_id IS NOT NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_statement_chunk', CONSTRAINT = 'kept_statement_chunk'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_statement_override() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.state IN ('applying', 'applied') AND OLD.override_request_id IS DISTINCT FROM NEW.override_request_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_statement_override', CONSTRAINT = 'kept_statement_override'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION kept_statement_upload() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.statement_id IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_statement_upload', CONSTRAINT = 'kept_statement_upload'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_statement_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_statement_withdrawal', CONSTRAINT = 'kept_statement_withdrawal'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_stock_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_stock_item', CONSTRAINT = 'kept_stock_item'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_stock_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_stock_move', CONSTRAINT = 'kept_stock_move'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_tax_certificate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_tax_certificate', CONSTRAINT = 'kept_tax_certificate'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_trace() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_trace', CONSTRAINT = 'kept_trace'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_transfer_file() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_transfer_file', CONSTRAINT = 'kept_transfer_file'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_transfer_file_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_transfer_file_line', CONSTRAINT = 'kept_transfer_file_line'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_user_account() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_user_account', CONSTRAINT = 'kept_user_account'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_vendor() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_vendor', CONSTRAINT = 'kept_vendor'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_vendor_account() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_vendor_account', CONSTRAINT = 'kept_vendor_account'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_vote() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_vote', CONSTRAINT = 'kept_vote'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_withheld_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_withheld_month', CONSTRAINT = 'kept_withheld_month'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION kept_withholding() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF 1 = 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kept_withholding', CONSTRAINT = 'kept_withholding'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION line_continues_its_own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.first_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM proposal_line AS l
    JOIN proposal_version AS v ON v.id = l.version_id JOIN proposal_version AS w ON w.proposal_id = v.proposal_id AND w.number > v.number
    WHERE l.id = NEW.first_id AND l.first_id IS NULL AND w.id = NEW.version_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'line_continues_its_own', CONSTRAINT = 'line_continues_its_own'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION line_goes_before_signing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment_order WHERE id = OLD.order_id FOR UPDATE) AS held;
    IF NOT EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = OLD.order_id
    AND o.approved_at IS NULL AND o.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment_approval AS y WHERE y.order_id = o.id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'line_goes_before_signing', CONSTRAINT = 'line_goes_before_signing'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION line_of_open_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment_order WHERE id = NEW.order_id FOR UPDATE) AS held;
    IF NOT EXISTS (SELECT 1 FROM payment_order AS o WHERE o.id = NEW.order_id
    AND o.approved_at IS NULL AND o.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment_approval AS y WHERE y.order_id = o.id))
    OR (NEW.invoice_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM order_invoice AS i WHERE i.id = NEW.invoice_id AND i.order_id = NEW.order_id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'line_of_open_order', CONSTRAINT = 'line_of_open_order'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION lines_fixed_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT state FROM aid_request WHERE id = OLD.request_id) <> 'draft' THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'lines_fixed_delete', CONSTRAINT = 'lines_fixed_delete'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION lines_fixed_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT state FROM aid_request WHERE id = NEW.request_id) <> 'draft' THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'lines_fixed_insert', CONSTRAINT = 'lines_fixed_insert'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION lines_fixed_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT state FROM aid_request WHERE id = OLD.request_id) <> 'draft' AND (NEW.request_id <> OLD.request_id
        OR NEW.household_id <> OLD.household_id OR COALESCE(NEW.member_id, 0) <> COALESCE(OLD.member_id, 0)
        OR NEW.item_code <> OLD.item_code OR NEW.quantity <> OLD.quantity OR NEW.fund_satang IS DISTINCT FROM OLD.fund_satang OR NEW.unit_satang <> OLD.unit_satang
        OR EXISTS (SELECT 1 FROM delivery WHERE line_id = OLD.id AND outcome <> 'not')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'lines_fixed_update', CONSTRAINT = 'lines_fixed_update'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION meeting_before_its_day() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.state = 'called' AND NEW.state <> 'called' AND NEW.early_reason = '' AND CAST(NEW.opened_at AT TIME ZONE 'UTC' + INTERVAL '7 hours' AS date) < NEW.held_on THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'meeting_before_its_day', CONSTRAINT = 'meeting_before_its_day'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION meeting_by_its_rules() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM body_rules AS r WHERE r.id = NEW.rules_id AND r.body_id = NEW.body_id
    AND NEW.quorum = CASE WHEN r.quorum_count IS NULL THEN (NEW.members * r.quorum_part + r.quorum_whole - 1) / r.quorum_whole
        WHEN r.quorum_count < NEW.members THEN r.quorum_count ELSE NEW.members END
    AND (r.numbering = 'running') = (NEW.year_be = 0)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'meeting_by_its_rules', CONSTRAINT = 'meeting_by_its_rules'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION meeting_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF OLD.state <> NEW.state AND NOT ((OLD.state = 'called' AND NEW.state IN ('open', 'cancelled'))
    OR (OLD.state = 'open' AND NEW.state = 'closed')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'meeting_moves_forward', CONSTRAINT = 'meeting_moves_forward'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION meeting_moves_with_reason() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF OLD.held_on <> NEW.held_on AND (OLD.state <> 'called' OR NOT EXISTS (SELECT 1 FROM meeting_move AS m
    WHERE m.meeting_id = NEW.id AND m.from_on = OLD.held_on AND m.to_on = NEW.held_on)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'meeting_moves_with_reason', CONSTRAINT = 'meeting_moves_with_reason'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION meeting_words_while_it_lasts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.state IN ('closed', 'cancelled')
    AND (OLD.announcements <> NEW.announcements OR OLD.other_business <> NEW.other_business) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'meeting_words_while_it_lasts', CONSTRAINT = 'meeting_words_while_it_lasts'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION member_added_empties_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE household SET search_words = '' WHERE search_words <> '' AND id IN (SELECT household_id FROM added);
    RETURN NULL; END $$;

CREATE FUNCTION member_changed_empties_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.first_name <> OLD.first_name OR NEW.last_name <> OLD.last_name OR NEW.school <> OLD.school OR NEW.position <> OLD.position OR NEW."left" <> OLD."left" THEN UPDATE household SET search_words = '' WHERE id = NEW.household_id AND search_words <> ''; END IF;
    RETURN NULL; END $$;

CREATE FUNCTION member_enters_present() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW."left" THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'member_enters_present', CONSTRAINT = 'member_enters_present'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION member_keeps_name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF ((OLD.first_name <> '' AND NEW.first_name <> OLD.first_name)
        OR (OLD.last_name <> '' AND NEW.last_name <> OLD.last_name)
        OR (OLD.prefix <> '' AND NEW.prefix <> OLD.prefix)
        OR (OLD.school_id <> '' AND NEW.school_id <> OLD.school_id)
        OR (OLD.id_key IS NOT NULL AND (NEW.id_key IS NULL OR NEW.id_key <> OLD.id_key)))
        AND NOT EXISTS (SELECT 1 FROM register_import_change AS c JOIN register_import AS i ON i.id = c.import_id
    WHERE c.what = 'member' AND c.row_id = OLD.id AND i.state = 'undone')
        AND NOT EXISTS (SELECT 1 FROM register_conflict AS d WHERE d.member_id = OLD.id AND d.decision = 'take' AND d.carried_out_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'member_keeps_name', CONSTRAINT = 'member_keeps_name'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION member_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (NEW.household_id <> OLD.household_id OR (NEW."left" AND NOT OLD."left"))
        AND NOT EXISTS (SELECT 1 FROM register_conflict AS d WHERE d.member_id = OLD.id AND d.decision = 'take' AND d.carried_out_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'member_stays', CONSTRAINT = 'member_stays'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION message_sent_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (OLD.state = 'sent' AND NEW.state <> 'sent')
        OR (OLD.state = 'unsure' AND NEW.state NOT IN ('unsure', 'sent')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'message_sent_once', CONSTRAINT = 'message_sent_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION minutes_endorsed_later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM meeting AS n JOIN meeting AS m ON m.id = NEW.meeting_id
    WHERE n.id = NEW.endorsed_in_id AND n.state = 'open' AND m.state = 'closed' AND n.opened_at >= m.closed_at
    AND n.body_id = m.body_id AND n.kind = 'meeting' AND m.kind = 'meeting') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'minutes_endorsed_later', CONSTRAINT = 'minutes_endorsed_later'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION motion_before_resolution() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM resolution WHERE item_id = NEW.item_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'motion_before_resolution', CONSTRAINT = 'motion_before_resolution'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION motion_line_as_asked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM motion AS m JOIN agenda_item AS i ON i.id = m.item_id
    JOIN proposal_line AS l ON l.version_id = i.version_id
    WHERE m.id = NEW.motion_id AND l.id = NEW.line_id AND (m.kind = 'approve_in_part' AND NEW.quantity <= l.quantity
        OR m.kind = 'amend' AND l.first_id IS NOT NULL AND NEW.quantity = l.quantity))
    OR EXISTS (SELECT 1 FROM vote AS v WHERE v.motion_id = NEW.motion_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'motion_line_as_asked', CONSTRAINT = 'motion_line_as_asked'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION network_founded_in_branch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM network WHERE id = NEW.parent_id FOR UPDATE) AS held;
        IF NEW.path <> COALESCE((SELECT p.path FROM network AS p WHERE p.id = NEW.parent_id), '/') || NEW.code || '/'
    OR EXISTS (SELECT 1 FROM network AS p WHERE p.id = NEW.parent_id AND (p.path LIKE '%/' || NEW.code || '/%'
        OR (p.district_code IS NOT NULL AND COALESCE(NEW.district_code, '') <> p.district_code))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'network_founded_in_branch', CONSTRAINT = 'network_founded_in_branch'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION network_moved_in_branch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM network WHERE id = NEW.parent_id FOR UPDATE) AS held;
        IF NEW.path <> COALESCE((SELECT p.path FROM network AS p WHERE p.id = NEW.parent_id), '/') || NEW.code || '/'
    OR EXISTS (SELECT 1 FROM network AS p WHERE p.id = NEW.parent_id AND (p.path LIKE '%/' || NEW.code || '/%'
        OR (p.district_code IS NOT NULL AND COALESCE(NEW.district_code, '') <> p.district_code))) OR (NEW.district_code IS NOT NULL AND EXISTS (SELECT 1 FROM network AS b
            WHERE b.parent_id = NEW.id AND COALESCE(b.district_code, '') <> NEW.district_code)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'network_moved_in_branch', CONSTRAINT = 'network_moved_in_branch'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION officer_approves_no_advance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id JOIN payment_order AS o ON o.vendor_account_id = a.id
    WHERE o.id = NEW.order_id AND v.user_id = NEW.user_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'officer_approves_no_advance', CONSTRAINT = 'officer_approves_no_advance'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION officer_clears_no_advance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id JOIN payment_order AS o ON o.vendor_account_id = a.id JOIN payment AS y ON y.order_id = o.id
    WHERE y.id = NEW.payment_id AND v.user_id = NEW.cleared_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'officer_clears_no_advance', CONSTRAINT = 'officer_clears_no_advance'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION officer_confirms_no_return() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id JOIN payment_order AS o ON o.vendor_account_id = a.id JOIN payment AS y ON y.order_id = o.id
    WHERE y.id = NEW.payment_id AND v.user_id = NEW.confirmed_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'officer_confirms_no_return', CONSTRAINT = 'officer_confirms_no_return'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION officer_files_no_advance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id JOIN payment_order AS o ON o.vendor_account_id = a.id JOIN transfer_file AS f ON f.id = NEW.file_id
    WHERE o.id = NEW.order_id AND v.user_id = f.made_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'officer_files_no_advance', CONSTRAINT = 'officer_files_no_advance'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION officer_pays_no_advance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id JOIN payment_order AS o ON o.vendor_account_id = a.id
    WHERE o.id = NEW.order_id AND v.user_id = NEW.paid_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'officer_pays_no_advance', CONSTRAINT = 'officer_pays_no_advance'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION officer_prepares_no_advance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id
    WHERE a.id = NEW.vendor_account_id AND v.user_id = NEW.prepared_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'officer_prepares_no_advance', CONSTRAINT = 'officer_prepares_no_advance'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION officer_voids_no_advance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL AND EXISTS (SELECT 1 FROM vendor AS v JOIN vendor_account AS a ON a.vendor_id = v.id JOIN payment_order AS o ON o.vendor_account_id = a.id
    WHERE o.id = NEW.order_id AND v.user_id = NEW.voided_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'officer_voids_no_advance', CONSTRAINT = 'officer_voids_no_advance'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION opening_balance_as_approved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM opening AS o JOIN approval_request AS a ON a.id = o.approval_request_id
    JOIN purpose AS p ON p.id = NEW.purpose_id WHERE o.id = NEW.opening_id
    AND a.payload LIKE '%"' || p.code || '": [' || NEW.satang || ', ' || NEW.spent_satang || ', %') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'opening_balance_as_approved', CONSTRAINT = 'opening_balance_as_approved'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION opening_begins_the_books() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT pg_advisory_xact_lock(19309)) AS held;
    IF EXISTS (SELECT 1 FROM closed_month) OR EXISTS (SELECT 1 FROM entry
    WHERE substr(CAST(on_date AS TEXT), 1, 7) < substr(CAST(NEW.posted_on AS TEXT), 1, 7)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'opening_begins_the_books', CONSTRAINT = 'opening_begins_the_books'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION opening_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
    AND a.kind = 'books.open' AND a.decision = 'approved' AND a.decided_by_id <> a.asked_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'opening_by_two', CONSTRAINT = 'opening_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION opening_counts_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT pg_advisory_xact_lock(19309)) AS held;
    IF EXISTS (SELECT 1 FROM live_donation AS l JOIN donation AS g ON g.id = l.id
    WHERE l.satang > 0 AND g.paid_at < NEW.until_at) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'opening_counts_once', CONSTRAINT = 'opening_counts_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION order_after_refusal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE) AS held;
    IF EXISTS (SELECT 1 FROM resolution AS r WHERE r.proposal_id = NEW.proposal_id AND r.kind = 'reject'
    AND r.supersedes_id = (SELECT MAX(a.id) FROM resolution AS a WHERE a.proposal_id = NEW.proposal_id
        AND a.kind IN ('approve', 'approve_in_part', 'amend'))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'order_after_refusal', CONSTRAINT = 'order_after_refusal'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION order_approved_by_rule() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL
    AND ((SELECT COUNT(*) FROM payment_approval AS y WHERE y.order_id = NEW.id) < NEW.signatures
        OR (NEW.signing_group <> '' AND NOT EXISTS (SELECT 1 FROM payment_approval AS y JOIN signatory AS s ON s.id = y.signatory_id
            WHERE y.order_id = NEW.id AND s.group_code = NEW.signing_group))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'order_approved_by_rule', CONSTRAINT = 'order_approved_by_rule'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION order_in_file_waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.withdrawn_at IS NOT NULL AND EXISTS (SELECT 1 FROM transfer_file_line AS l
    WHERE l.order_id = NEW.id AND l.result <> 'failed') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'order_in_file_waits', CONSTRAINT = 'order_in_file_waits'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION order_line_as_resolved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = (SELECT proposal_id FROM payment_order WHERE id = NEW.order_id) FOR UPDATE) AS held;
    IF (NEW.line_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payment_order AS o
        JOIN proposal_version AS v ON v.proposal_id = o.proposal_id JOIN proposal_line AS l ON l.version_id = v.id
        WHERE o.id = NEW.order_id AND l.id = NEW.line_id AND l.first_id IS NULL))
    OR (EXISTS (SELECT 1 FROM payment_order AS o JOIN resolved_line AS m ON m.proposal_id = o.proposal_id WHERE o.id = NEW.order_id)
        AND NOT EXISTS (SELECT 1 FROM payment_order AS o JOIN resolved_line AS m ON m.proposal_id = o.proposal_id
            LEFT JOIN ordered_line AS d ON d.proposal_id = m.proposal_id AND d.line_id = m.line_id
            WHERE o.id = NEW.order_id AND m.line_id = NEW.line_id AND COALESCE(d.quantity, 0) + NEW.quantity <= m.quantity
            AND COALESCE(d.satang, 0) + NEW.satang <= m.satang)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'order_line_as_resolved', CONSTRAINT = 'order_line_as_resolved'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION order_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.withdrawn_at IS NOT NULL
    OR (OLD.approved_at IS NOT NULL AND (NEW.approved_at IS NULL OR NEW.approved_at <> OLD.approved_at))
    OR (NEW.withdrawn_at IS NOT NULL AND ((OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL)
        OR EXISTS (SELECT 1 FROM payment WHERE order_id = OLD.id))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'order_moves_forward', CONSTRAINT = 'order_moves_forward'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION order_needs_resolution() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE) AS held;
    IF NEW.approved_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL
        OR NOT EXISTS (SELECT 1 FROM proposal WHERE id = NEW.proposal_id AND state = 'approved') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'order_needs_resolution', CONSTRAINT = 'order_needs_resolution'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION order_pays_confirmed_vendor() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM vendor_account AS a JOIN vendor AS v ON v.id = a.vendor_id
    WHERE a.id = NEW.vendor_account_id AND v.closed_at IS NULL AND a.from_at <= NEW.prepared_at AND a.bank_code = NEW.vendor_bank
    AND a.number = NEW.vendor_account AND v.name = NEW.vendor AND NOT EXISTS (SELECT 1 FROM vendor_account AS l
        WHERE l.vendor_id = a.vendor_id AND l.id > a.id AND l.from_at <= NEW.prepared_at)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'order_pays_confirmed_vendor', CONSTRAINT = 'order_pays_confirmed_vendor'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION order_within_resolution() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE) AS held;
        IF NEW.satang + (SELECT COALESCE(SUM(o.satang), 0) FROM payment_order AS o
        WHERE o.proposal_id = NEW.proposal_id AND o.withdrawn_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM payment AS y WHERE y.order_id = o.id))
    + (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y WHERE y.proposal_id = NEW.proposal_id AND y.voided_at IS NULL)
    > (SELECT COALESCE(SUM(c.satang), 0) FROM committed_part AS c WHERE c.proposal_id = NEW.proposal_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'order_within_resolution', CONSTRAINT = 'order_within_resolution'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION outgoing_match_equals() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment WHERE id = NEW.payment_id FOR UPDATE) AS held;
    IF EXISTS (SELECT 1 FROM bank_event AS b WHERE b.id = NEW.event_id AND b.satang > 0)
    OR EXISTS (SELECT 1 FROM refund AS r WHERE r.paid_event_id = NEW.event_id)
    OR EXISTS (SELECT 1 FROM reconciliation_item AS i WHERE i.event_id = NEW.event_id AND i.state IN ('new', 'waiting'))
    OR (NEW.payment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payment AS y JOIN bank_event AS b ON b.id = NEW.event_id
        WHERE y.id = NEW.payment_id AND y.voided_at IS NULL AND b.satang = y.withheld_satang - y.satang)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'outgoing_match_equals', CONSTRAINT = 'outgoing_match_equals'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION outgoing_match_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM payment AS y WHERE y.id = OLD.payment_id AND (y.voided_at IS NOT NULL OR y.void_event_id IS NOT NULL)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'outgoing_match_stays', CONSTRAINT = 'outgoing_match_stays'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION paper_book_before_receipts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT book FROM receipt_book WHERE fiscal_year_be = NEW.fiscal_year_be AND book = '' FOR UPDATE) AS held;
    IF EXISTS (SELECT 1 FROM receipt AS r WHERE r.fiscal_year_be = NEW.fiscal_year_be AND r.book = '') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'paper_book_before_receipts', CONSTRAINT = 'paper_book_before_receipts'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION paper_book_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
    AND a.kind = 'paper_book.register' AND a.decision = 'approved' AND a.decided_by_id <> a.asked_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'paper_book_by_two', CONSTRAINT = 'paper_book_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION password_link_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id AND a.kind IN ('password.reset', 'role.grant')
        AND a.decision = 'approved' AND a.concerned_id = NEW.user_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'password_link_by_two', CONSTRAINT = 'password_link_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION password_link_used_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.used_at IS NOT NULL OR NEW.used_at >= OLD.expires_at THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'password_link_used_once', CONSTRAINT = 'password_link_used_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION password_of_officer_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.password_is_temporary AND OLD.password_hash <> NEW.password_hash AND EXISTS (SELECT 1
            FROM role_grant AS held WHERE held.user_id = NEW.id AND held.revoked_at IS NULL
            AND (held.role IN ('finance', 'chair', 'committee', 'fund_officer', 'auditor', 'administrator')
    OR (held.role = 'mentor' AND held.area_code = ''))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'password_of_officer_by_two', CONSTRAINT = 'password_of_officer_by_two'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION payee_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id AND a.decision = 'approved'
        AND a.kind = 'account.open' AND a.subject = 'account:' || NEW.account_id
        AND strpos(a.payload, '"biller_id": ' || COALESCE('"' || NEW.biller_id || '"', 'null')) > 0 AND strpos(a.payload, '"promptpay_id": ' || COALESCE('"' || NEW.promptpay_id || '"', 'null')) > 0) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payee_by_two', CONSTRAINT = 'payee_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION payee_ended_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.ended_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payee_ended_once', CONSTRAINT = 'payee_ended_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION payee_waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM payee AS last WHERE last.id = (
            SELECT MAX(one.id) FROM payee AS one WHERE one.ended_at IS NULL OR one.ended_at > one.from_at)
        AND (last.account_id <> NEW.account_id OR last.biller_id IS DISTINCT FROM NEW.biller_id
            OR last.promptpay_id IS DISTINCT FROM NEW.promptpay_id))
        AND EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id AND NEW.from_at < a.decided_at + interval '1 day') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payee_waits', CONSTRAINT = 'payee_waits'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION payer_gives_nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
    JOIN aid_line AS l ON l.request_id = r.id WHERE l.id = NEW.line_id FOR UPDATE OF p) AS held;
        IF NEW.quantity > 0 AND EXISTS (SELECT 1 FROM aid_line AS l JOIN aid_request AS r ON r.id = l.request_id
    JOIN proposal AS p ON p.code = r.code JOIN payment_order AS o ON o.proposal_id = p.id
    WHERE l.id = NEW.line_id AND o.withdrawn_at IS NULL AND (o.prepared_by_id = NEW.marked_by_id
        OR EXISTS (SELECT 1 FROM payment_approval AS a WHERE a.order_id = o.id AND a.user_id = NEW.marked_by_id))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payer_gives_nothing', CONSTRAINT = 'payer_gives_nothing'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION payer_is_another_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM proposal WHERE id = NEW.proposal_id AND NEW.paid_by_id IN (submitted_by_id, asked_by_id))
        OR EXISTS (SELECT 1 FROM vote AS v JOIN agenda_item AS a ON a.id = v.item_id
            WHERE a.proposal_id = NEW.proposal_id AND v.member_id = NEW.paid_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payer_is_another_person', CONSTRAINT = 'payer_is_another_person'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION payer_may_not_vote() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM 1 FROM (SELECT p.id FROM proposal AS p JOIN agenda_item AS a ON a.proposal_id = p.id WHERE a.id = NEW.item_id FOR UPDATE OF p) AS held;
        IF EXISTS (SELECT 1 FROM agenda_item AS a JOIN payment_order AS o ON o.proposal_id = a.proposal_id
    LEFT JOIN payment AS y ON y.order_id = o.id
    WHERE a.id = NEW.item_id AND o.withdrawn_at IS NULL AND NEW.member_id IN (o.prepared_by_id, y.paid_by_id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payer_may_not_vote', CONSTRAINT = 'payer_may_not_vote'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION payment_follows_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment_order WHERE id = NEW.order_id FOR UPDATE) AS held;
    IF NEW.void_asked_at IS NOT NULL OR NEW.voided_at IS NOT NULL OR NEW.returned_satang <> 0 OR NOT EXISTS (SELECT 1
        FROM payment_order AS o WHERE o.id = NEW.order_id AND o.approved_at IS NOT NULL
        AND o.withdrawn_at IS NULL AND o.proposal_id = NEW.proposal_id AND o.satang = NEW.satang AND o.withheld_satang = NEW.withheld_satang
        AND o.vendor = NEW.vendor AND o.vendor_bank = NEW.vendor_bank
        AND o.vendor_account = NEW.vendor_account AND o.invoice = NEW.invoice) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payment_follows_order', CONSTRAINT = 'payment_follows_order'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION payment_in_file_waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment_order WHERE id = NEW.order_id FOR UPDATE) AS held;
    IF EXISTS (SELECT 1 FROM transfer_file_line AS l
    WHERE l.order_id = NEW.order_id AND l.result <> 'paid') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payment_in_file_waits', CONSTRAINT = 'payment_in_file_waits'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION payment_needs_approval() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE) AS held;
    IF NOT EXISTS (SELECT 1 FROM proposal WHERE id = NEW.proposal_id AND state = 'approved') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payment_needs_approval', CONSTRAINT = 'payment_needs_approval'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION payment_request_reference_is_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM collection WHERE ref1 = NEW.ref1) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payment_request_reference_is_new', CONSTRAINT = 'payment_request_reference_is_new'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION payment_request_stays_received() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.state = 'received' AND NEW.state <> 'received' AND EXISTS (
        SELECT 1 FROM donation AS g WHERE g.payment_request_id = NEW.id AND NOT EXISTS (
            SELECT 1 FROM donation_reversal AS r WHERE r.donation_id = g.id AND r.kind = 'undone')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payment_request_stays_received', CONSTRAINT = 'payment_request_stays_received'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION payment_within_resolution() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE) AS held;
        IF NEW.satang + (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y WHERE y.proposal_id = NEW.proposal_id AND y.voided_at IS NULL)
    > (SELECT COALESCE(SUM(c.satang), 0) FROM committed_part AS c WHERE c.proposal_id = NEW.proposal_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payment_within_resolution', CONSTRAINT = 'payment_within_resolution'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION payout_within_held() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.state = 'excluded' AND NEW.match_reason = 'payout' AND (OLD.state <> 'excluded' OR OLD.match_reason <> 'payout')
            AND (SELECT satang FROM bank_event WHERE id = NEW.event_id) > (SELECT COALESCE(SUM(COALESCE(i.net_satang, i.satang - COALESCE(i.fee_satang, 0))
    - COALESCE(i.refunded_satang, 0)), 0) FROM bank_event AS e JOIN inquiry AS i ON i.event_id = e.id AND i.id = (
        SELECT MAX(j.id) FROM inquiry AS j WHERE j.event_id = e.id AND j.outcome <> 'unreachable')
    WHERE e.source = 'omise' AND (i.outcome = 'confirmed' OR i.refunded_satang IS NOT NULL)) - (
                SELECT COALESCE(SUM(b.satang), 0) FROM reconciliation_item AS s JOIN bank_event AS b ON b.id = s.event_id
                WHERE s.state = 'excluded' AND s.match_reason = 'payout' AND s.event_id <> NEW.event_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'payout_within_held', CONSTRAINT = 'payout_within_held'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION pledge_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.state <> 'stated' AND NEW.state <> OLD.state THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'pledge_ends_once', CONSTRAINT = 'pledge_ends_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION preparer_is_another_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT 1 FROM proposal AS p WHERE p.id = NEW.proposal_id
    AND NEW.prepared_by_id IN (p.submitted_by_id, p.asked_by_id)) OR EXISTS (SELECT 1 FROM vote AS v JOIN agenda_item AS a ON a.id = v.item_id
    WHERE a.proposal_id = NEW.proposal_id AND v.member_id = NEW.prepared_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'preparer_is_another_person', CONSTRAINT = 'preparer_is_another_person'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION proposal_as_its_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (OLD.version <> NEW.version OR OLD.satang <> NEW.satang OR OLD.title <> NEW.title)
    AND (NOT EXISTS (SELECT 1 FROM proposal_version AS v WHERE v.proposal_id = NEW.id AND v.number = NEW.version
        AND v.satang = NEW.satang AND v.title = NEW.title)
    OR NEW.version <= OLD.version OR OLD.state NOT IN ('submitted', 'approved')
    OR (OLD.state = 'approved' AND NOT EXISTS (SELECT 1 FROM resolution AS r
        JOIN agenda_item AS i ON i.id = r.item_id JOIN proposal_version AS v ON v.id = i.version_id
        WHERE r.kind = 'amend' AND v.proposal_id = NEW.id AND v.number = NEW.version))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'proposal_as_its_version', CONSTRAINT = 'proposal_as_its_version'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION proposal_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF OLD.state <> NEW.state AND NOT (
    (OLD.state = 'submitted' AND NEW.state IN ('tabled', 'withdrawn'))
    OR (OLD.state = 'tabled' AND NEW.state IN ('submitted', 'approved', 'rejected', 'withdrawn'))
    OR (OLD.state = 'approved' AND NEW.state IN ('settled', 'rescinded'))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'proposal_moves_forward', CONSTRAINT = 'proposal_moves_forward'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION public_base_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM public_base) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'public_base_in_order', CONSTRAINT = 'public_base_in_order'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION public_base_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM register_round AS r JOIN round_household AS h ON h.round_id = r.id WHERE r.id = NEW.round_id AND r.closed_at IS NOT NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'public_base_is_closed', CONSTRAINT = 'public_base_is_closed'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION read_event_counts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO reading_day (on_date, by_id, households, whole_ids, photos, slips, statements, exports, reads, at_night, refused)
    VALUES (NEW.on_date, NEW.by_id, (NEW.is_first AND NEW.kind = 'households')::int, (NEW.is_first AND NEW.kind = 'whole_ids')::int, (NEW.is_first AND NEW.kind = 'photos')::int, (NEW.is_first AND NEW.kind = 'slips')::int, (NEW.is_first AND NEW.kind = 'statements')::int, (NEW.is_first AND NEW.kind = 'exports')::int, (NOT NEW.is_refused)::int, (NEW.is_at_night AND NOT NEW.is_refused)::int, NEW.is_refused::int)
    ON CONFLICT (on_date, by_id) DO UPDATE SET households = reading_day.households + excluded.households, whole_ids = reading_day.whole_ids + excluded.whole_ids, photos = reading_day.photos + excluded.photos, slips = reading_day.slips + excluded.slips, statements = reading_day.statements + excluded.statements, exports = reading_day.exports + excluded.exports, reads = reading_day.reads + excluded.reads, at_night = reading_day.at_night + excluded.at_night, refused = reading_day.refused + excluded.refused;
    RETURN NULL; END $$;

CREATE FUNCTION reading_day_never_falls() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.on_date <> OLD.on_date OR NEW.by_id <> OLD.by_id OR NEW.households < OLD.households OR NEW.whole_ids < OLD.whole_ids OR NEW.photos < OLD.photos OR NEW.slips < OLD.slips OR NEW.statements < OLD.statements OR NEW.exports < OLD.exports OR NEW.reads < OLD.reads OR NEW.at_night < OLD.at_night OR NEW.refused < OLD.refused THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'reading_day_never_falls', CONSTRAINT = 'reading_day_never_falls'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION readmitted_in_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT m.id FROM meeting AS m JOIN agenda_item AS i ON i.meeting_id = m.id WHERE i.id = OLD.item_id AND m.kind = 'circulated' FOR UPDATE OF m) AS held;
    IF EXISTS (SELECT 1 FROM agenda_item AS i JOIN circulation AS c ON c.meeting_id = i.meeting_id
    WHERE i.id = OLD.item_id AND (c.outcome <> 'open' OR clock_timestamp() >= c.closes_at)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'readmitted_in_time', CONSTRAINT = 'readmitted_in_time'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION receipt_due_issued_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.issued_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM receipt AS r WHERE r.donation_id = NEW.donation_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'receipt_due_issued_once', CONSTRAINT = 'receipt_due_issued_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION receipt_ends_its_due() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE receipt_due SET issued_at = NEW.issued_at
    WHERE donation_id = NEW.donation_id AND issued_at IS NULL; RETURN NULL; END $$;

CREATE FUNCTION receipt_voided_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.voided_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'receipt_voided_once', CONSTRAINT = 'receipt_voided_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION receipt_without_gap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number <> COALESCE((SELECT MAX(used.number) FROM (SELECT number FROM receipt
    WHERE fiscal_year_be = NEW.fiscal_year_be AND book = NEW.book UNION ALL SELECT last_number AS number FROM paper_receipt_book
    WHERE fiscal_year_be = NEW.fiscal_year_be AND NEW.book = '' UNION ALL SELECT last_number AS number FROM retired_numbers
    WHERE fiscal_year_be = NEW.fiscal_year_be AND book = NEW.book) AS used), 0) + 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'receipt_without_gap', CONSTRAINT = 'receipt_without_gap'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION reconciliation_item_of_open_request() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> OLD.state AND NOT (OLD.state = 'new' AND NEW.state = 'waiting') AND EXISTS (SELECT 1 FROM approval_request WHERE subject = 'bank_event:' || NEW.event_id AND decision IS NULL AND kind IN ('bank.assign', 'bank.split', 'bank.exclude', 'bank.link', 'bank.undo')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'reconciliation_item_of_open_request', CONSTRAINT = 'reconciliation_item_of_open_request'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION reconciliation_item_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.event_id <> OLD.event_id OR (OLD.state IN ('posted', 'duplicate') AND NEW.state <> OLD.state
            AND NOT (NEW.state = 'waiting' AND (SELECT COALESCE(SUM(a.satang), 0) FROM allocation AS a WHERE a.event_id = NEW.event_id
    AND NOT EXISTS (SELECT 1 FROM donation_reversal AS r WHERE r.donation_id = a.donation_id AND r.kind = 'undone')) = 0)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'reconciliation_item_stays', CONSTRAINT = 'reconciliation_item_stays'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION recusal_by_member_or_chair() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.noted_by_id <> NEW.member_id AND NOT EXISTS (SELECT 1 FROM agenda_item AS i
        JOIN meeting AS m ON m.id = i.meeting_id WHERE i.id = NEW.item_id AND m.chair_id = NEW.noted_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'recusal_by_member_or_chair', CONSTRAINT = 'recusal_by_member_or_chair'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION recusal_in_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT m.id FROM meeting AS m JOIN agenda_item AS i ON i.meeting_id = m.id WHERE i.id = NEW.item_id AND m.kind = 'circulated' FOR UPDATE OF m) AS held;
    IF EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id
    WHERE i.id = NEW.item_id AND m.kind = 'circulated' AND (NEW.noted_by_id <> NEW.member_id OR NOT EXISTS (SELECT 1
        FROM circulation AS c WHERE c.meeting_id = m.id AND c.outcome = 'open' AND clock_timestamp() < c.closes_at))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'recusal_in_time', CONSTRAINT = 'recusal_in_time'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION recusal_needs_reason() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.noted_by_id <> NEW.member_id AND NEW.reason = '' THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'recusal_needs_reason', CONSTRAINT = 'recusal_needs_reason'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION recused_may_not_vote() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM recusal WHERE item_id = NEW.item_id AND member_id = NEW.member_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'recused_may_not_vote', CONSTRAINT = 'recused_may_not_vote'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION refund_begins_asked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> 'asked' THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'refund_begins_asked', CONSTRAINT = 'refund_begins_asked'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION refund_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> 'asked' AND NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
        AND a.kind = 'refund.pay' AND a.subject = 'refund:' || NEW.id
        AND ((NEW.state = 'refused' AND a.decision IN ('declined', 'withdrawn')) OR (NEW.state IN ('approved', 'paid') AND a.decision = 'approved'))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'refund_by_two', CONSTRAINT = 'refund_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION refund_step_by_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT ((OLD.state = 'asked' AND NEW.state = 'asked' AND OLD.approval_request_id IS NULL)
    OR (OLD.state = 'asked' AND NEW.state IN ('approved', 'refused'))
        OR (OLD.state = 'approved' AND NEW.state = 'paid') OR (OLD.state = 'paid' AND NEW.state = 'approved')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'refund_step_by_step', CONSTRAINT = 'refund_step_by_step'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION refunded_within_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.refunded_satang IS NOT NULL
        AND (NEW.satang IS NULL OR NEW.refunded_satang < 0 OR NEW.refunded_satang > NEW.satang) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'refunded_within_payment', CONSTRAINT = 'refunded_within_payment'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION register_conflict_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.import_id <> OLD.import_id OR NEW.line <> OLD.line OR NEW.kind <> OLD.kind OR NEW.said <> OLD.said OR NEW.said_hash <> OLD.said_hash
    OR COALESCE(NEW.member_id, 0) <> COALESCE(OLD.member_id, 0) OR COALESCE(NEW.household_id, 0) <> COALESCE(OLD.household_id, 0)
    OR NEW.for_province <> OLD.for_province OR OLD.carried_out_at IS NOT NULL
    OR (OLD.decision IS NOT NULL AND (NEW.decision IS NULL OR NEW.decision <> OLD.decision OR NEW.reason <> OLD.reason
        OR NEW.decided_by_id <> OLD.decided_by_id OR NEW.decided_at <> OLD.decided_at)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'register_conflict_decided_once', CONSTRAINT = 'register_conflict_decided_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION register_import_change_as_applied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM register_import AS i WHERE i.id = NEW.import_id AND i.state IN ('read', 'applying')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'register_import_change_as_applied', CONSTRAINT = 'register_import_change_as_applied'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION register_import_in_steps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> OLD.state AND NOT (
    (OLD.state = 'sent' AND NEW.state IN ('unknown', 'refused', 'read', 'dropped'))
    OR (OLD.state IN ('unknown', 'refused') AND NEW.state IN ('sent', 'unknown', 'refused', 'read', 'dropped'))
    OR (OLD.state = 'read' AND NEW.state IN ('sent', 'unknown', 'refused', 'applying', 'applied', 'dropped'))
    OR (OLD.state = 'applying' AND NEW.state IN ('read', 'applied')) OR (OLD.state = 'applied' AND NEW.state = 'undone')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'register_import_in_steps', CONSTRAINT = 'register_import_in_steps'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION register_import_row_before_decision() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM register_import AS i WHERE i.id = NEW.import_id AND i.state IN ('sent', 'unknown', 'refused', 'read', 'applying')) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'register_import_row_before_decision', CONSTRAINT = 'register_import_row_before_decision'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION release_keeps_paid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT p.id FROM proposal AS p WHERE NEW.movement = 'release' AND p.id = (SELECT r.proposal_id FROM commitment AS c JOIN resolution AS r ON r.id = c.resolution_id WHERE c.id = NEW.commitment_id) FOR UPDATE) AS held;
        IF NEW.movement = 'release' AND NEW.satang > (SELECT COALESCE(SUM(c.satang), 0) FROM committed_part AS c WHERE c.proposal_id = (SELECT r.proposal_id FROM commitment AS c JOIN resolution AS r ON r.id = c.resolution_id WHERE c.id = NEW.commitment_id))
    - (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y WHERE y.proposal_id = (SELECT r.proposal_id FROM commitment AS c JOIN resolution AS r ON r.id = c.resolution_id WHERE c.id = NEW.commitment_id) AND y.voided_at IS NULL)
    - (SELECT COALESCE(SUM(o.satang), 0) FROM payment_order AS o
        WHERE o.proposal_id = (SELECT r.proposal_id FROM commitment AS c JOIN resolution AS r ON r.id = c.resolution_id WHERE c.id = NEW.commitment_id) AND o.withdrawn_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM payment AS y WHERE y.order_id = o.id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'release_keeps_paid', CONSTRAINT = 'release_keeps_paid'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION remittance_adds_to_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE withheld_month SET remitted_satang = remitted_satang + NEW.satang WHERE first_on = NEW.first_on AND form = NEW.form;
    RETURN NULL; END $$;

CREATE FUNCTION remittance_leaves_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE withheld_month SET remitted_satang = remitted_satang - OLD.satang WHERE first_on = OLD.first_on AND form = OLD.form;
    RETURN NULL; END $$;

CREATE FUNCTION remittance_of_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM outgoing_match AS m JOIN bank_event AS b ON b.id = m.event_id
    WHERE m.id = NEW.match_id AND m.payment_id IS NULL AND b.satang = -NEW.satang) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'remittance_of_line', CONSTRAINT = 'remittance_of_line'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION remittance_within_owed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT payment_id FROM tax_certificate WHERE first_on = NEW.first_on AND form = NEW.form ORDER BY payment_id FOR UPDATE) AS held;
    IF NEW.satang + (SELECT COALESCE(SUM(r.satang), 0) FROM tax_remittance AS r WHERE r.first_on = NEW.first_on AND r.form = NEW.form)
    > (SELECT COALESCE(SUM(c.satang), 0) FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
        WHERE c.first_on = NEW.first_on AND c.form = NEW.form AND y.voided_at IS NULL AND y.returned_satang < y.satang) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'remittance_within_owed', CONSTRAINT = 'remittance_within_owed'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION request_delivered_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.delivered_at IS DISTINCT FROM OLD.delivered_at AND (OLD.delivered_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM aid_line AS l WHERE l.request_id = NEW.id)
    OR EXISTS (SELECT 1 FROM aid_line AS l WHERE l.request_id = NEW.id AND l.quantity
        > (SELECT COALESCE(SUM(d.quantity), 0) FROM delivery AS d WHERE d.line_id = l.id))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'request_delivered_once', CONSTRAINT = 'request_delivered_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION request_fixed_once_submitted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.state <> 'draft' AND (NEW.state = 'draft' OR NEW.title <> OLD.title OR NEW.purpose_code <> OLD.purpose_code
        OR NEW.dimension <> OLD.dimension OR NEW.urgency <> OLD.urgency OR NEW.story <> OLD.story
        OR NEW.snapshot <> OLD.snapshot) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'request_fixed_once_submitted', CONSTRAINT = 'request_fixed_once_submitted'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION requester_may_not_vote() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM agenda_item AS a JOIN proposal AS p ON p.id = a.proposal_id
        WHERE a.id = NEW.item_id AND NEW.member_id IN (p.submitted_by_id, p.asked_by_id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'requester_may_not_vote', CONSTRAINT = 'requester_may_not_vote'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION resolution_as_carried() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id JOIN body_rules AS r ON r.id = m.rules_id
    WHERE i.id = NEW.item_id AND (NEW.kind <> 'reject') = CASE CASE i.matter WHEN 'amend' THEN r.majority_amend
            WHEN 'rescind' THEN r.majority_rescind WHEN 'ratify' THEN r.majority_ratify ELSE r.majority END
        WHEN 'all' THEN NEW.for_votes = NEW.present
        WHEN 'two_thirds' THEN NEW.for_votes * 3 >= NEW.present * 2
        ELSE NEW.for_votes * 2 > NEW.for_votes + NEW.against_votes + NEW.abstentions
            OR (NEW.casting_vote AND r.casting_vote AND NEW.for_votes = NEW.against_votes AND NEW.abstentions = 0
                AND EXISTS (SELECT 1 FROM vote AS v WHERE v.motion_id = NEW.motion_id AND v.member_id = m.chair_id AND v.choice = 'approve'
                    AND NOT EXISTS (SELECT 1 FROM vote AS w WHERE w.motion_id = v.motion_id AND w.member_id = v.member_id AND w.turn > v.turn))) END) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'resolution_as_carried', CONSTRAINT = 'resolution_as_carried'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION resolution_as_voted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.for_votes <> (SELECT COUNT(*) FROM vote AS v WHERE v.motion_id = NEW.motion_id AND v.choice = 'approve'
        AND NOT EXISTS (SELECT 1 FROM vote AS w WHERE w.motion_id = v.motion_id AND w.member_id = v.member_id AND w.turn > v.turn))
    OR NEW.against_votes <> (SELECT COUNT(*) FROM vote AS v WHERE v.motion_id = NEW.motion_id AND v.choice = 'reject'
        AND NOT EXISTS (SELECT 1 FROM vote AS w WHERE w.motion_id = v.motion_id AND w.member_id = v.member_id AND w.turn > v.turn))
    OR NEW.abstentions <> (SELECT COUNT(*) FROM vote AS v WHERE v.motion_id = NEW.motion_id AND v.choice = 'abstain'
        AND NOT EXISTS (SELECT 1 FROM vote AS w WHERE w.motion_id = v.motion_id AND w.member_id = v.member_id AND w.turn > v.turn)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'resolution_as_voted', CONSTRAINT = 'resolution_as_voted'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION resolution_fits_proposal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE) AS held;
        IF NOT EXISTS (SELECT 1 FROM proposal AS p JOIN agenda_item AS i ON i.proposal_id = p.id
    JOIN motion AS m ON m.item_id = i.id
    WHERE p.id = NEW.proposal_id AND i.id = NEW.item_id AND m.id = NEW.motion_id
    AND m.number = (SELECT MAX(n.number) FROM motion AS n WHERE n.item_id = i.id)
    AND NEW.kind IN (m.kind, 'reject')
    AND (p.state = CASE i.matter WHEN 'decide' THEN 'tabled' ELSE 'approved' END
        OR i.matter = 'ratify' AND p.state IN ('settled', 'rescinded'))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'resolution_fits_proposal', CONSTRAINT = 'resolution_fits_proposal'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION resolution_is_its_lines() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.kind IN ('approve_in_part', 'amend') AND NEW.satang <> (SELECT SUM(n.quantity * l.unit_satang)
        - (SELECT COALESCE(SUM(f.satang), 0) FROM agenda_item AS i JOIN proposal_funding AS f ON f.version_id = i.version_id
            WHERE i.id = NEW.item_id AND f.purpose_id IS NULL)
    FROM motion_line AS n JOIN proposal_line AS l ON l.id = n.line_id WHERE n.motion_id = NEW.motion_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'resolution_is_its_lines', CONSTRAINT = 'resolution_is_its_lines'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION resolution_within_tier() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id JOIN body AS b ON b.id = m.body_id
    JOIN proposal_version AS v ON v.id = i.version_id
    WHERE i.id = NEW.item_id AND ((b.level = 'full') <> (i.ceiling_satang IS NULL) OR v.satang > i.ceiling_satang OR NEW.satang > i.ceiling_satang)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'resolution_within_tier', CONSTRAINT = 'resolution_within_tier'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION retired_after_the_last() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.first_number <> COALESCE((SELECT MAX(used.number) FROM (SELECT number FROM receipt
    WHERE fiscal_year_be = NEW.fiscal_year_be AND book = NEW.book UNION ALL SELECT number FROM in_kind_donation
    WHERE fiscal_year_be = NEW.fiscal_year_be AND NEW.book = 'K' UNION ALL SELECT last_number AS number FROM paper_receipt_book
    WHERE fiscal_year_be = NEW.fiscal_year_be AND NEW.book = '' UNION ALL SELECT last_number AS number FROM retired_numbers
    WHERE fiscal_year_be = NEW.fiscal_year_be AND book = NEW.book) AS used), 0) + 1 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'retired_after_the_last', CONSTRAINT = 'retired_after_the_last'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION return_begins_without_tax() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.tax_satang <> 0 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'return_begins_without_tax', CONSTRAINT = 'return_begins_without_tax'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION return_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.confirmed_at IS NOT NULL OR OLD.declined_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'return_ends_once', CONSTRAINT = 'return_ends_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION return_gives_back_tax() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT o.payment_id FROM tax_certificate AS c JOIN tax_certificate AS o ON o.first_on = c.first_on AND o.form = c.form
    WHERE c.payment_id = NEW.payment_id AND NEW.confirmed_at IS NOT NULL ORDER BY o.payment_id FOR UPDATE OF o) AS held;
    IF (CASE WHEN OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL THEN NEW.tax_satang <> (SELECT CASE
        WHEN y.returned_satang + NEW.satang = y.satang - y.withheld_satang AND NOT EXISTS (SELECT 1 FROM tax_certificate AS c
            JOIN tax_remittance AS r ON r.first_on = c.first_on AND r.form = c.form WHERE c.payment_id = y.id)
        THEN y.withheld_satang ELSE 0 END FROM payment AS y WHERE y.id = NEW.payment_id)
    ELSE NEW.tax_satang <> OLD.tax_satang END) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'return_gives_back_tax', CONSTRAINT = 'return_gives_back_tax'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION return_is_its_bank_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT event_id FROM reconciliation_item WHERE event_id = NEW.event_id FOR UPDATE) AS held;
    IF NOT EXISTS (SELECT 1 FROM bank_event AS b WHERE b.id = NEW.event_id AND b.satang = NEW.satang AND b.source <> 'withdrawn')
    OR EXISTS (SELECT 1 FROM payment AS y WHERE y.void_event_id = NEW.event_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'return_is_its_bank_line', CONSTRAINT = 'return_is_its_bank_line'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION return_keeps_delivered() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT p.id FROM proposal AS p JOIN payment AS y ON y.proposal_id = p.id WHERE y.id = NEW.payment_id FOR UPDATE OF p) AS held;
    IF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL
    AND (SELECT COALESCE(SUM(d.quantity * v.unit_satang), 0) FROM delivery AS d
        JOIN aid_line_value AS v ON v.line_id = d.line_id JOIN aid_request AS r ON r.id = v.request_id
        JOIN proposal AS p ON p.code = r.code JOIN payment AS w ON w.proposal_id = p.id WHERE w.id = NEW.payment_id)
    > (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y
        WHERE y.proposal_id = (SELECT w.proposal_id FROM payment AS w WHERE w.id = NEW.payment_id) AND y.voided_at IS NULL) - NEW.satang - NEW.tax_satang THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'return_keeps_delivered', CONSTRAINT = 'return_keeps_delivered'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION return_line_is_decided() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM reconciliation_item AS i JOIN bank_event AS b ON b.id = i.event_id
    WHERE i.event_id = NEW.event_id AND i.state = 'excluded' AND b.source <> 'withdrawn') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'return_line_is_decided', CONSTRAINT = 'return_line_is_decided'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION return_moves_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL THEN UPDATE payment SET returned_satang = returned_satang + NEW.satang + NEW.tax_satang WHERE id = NEW.payment_id; END IF;
    RETURN NULL; END $$;

CREATE FUNCTION return_of_standing_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment WHERE id = NEW.payment_id FOR UPDATE) AS held;
    IF NEW.confirmed_at IS NOT NULL OR NEW.declined_at IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM payment AS y WHERE y.id = NEW.payment_id AND y.void_asked_at IS NULL
    AND NEW.satang + y.returned_satang
        + (SELECT COALESCE(SUM(c.satang), 0) FROM advance_clearing AS c WHERE c.payment_id = y.id) <= y.satang - y.withheld_satang) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'return_of_standing_payment', CONSTRAINT = 'return_of_standing_payment'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION returned_by_returns() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.returned_satang <> OLD.returned_satang
    AND NEW.returned_satang <> (SELECT COALESCE(SUM(b.satang + b.tax_satang), 0) FROM payment_return AS b
        WHERE b.payment_id = NEW.id AND b.confirmed_at IS NOT NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'returned_by_returns', CONSTRAINT = 'returned_by_returns'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION returned_is_not_voided() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (NEW.voided_at IS NOT NULL OR (OLD.void_asked_at IS NULL AND NEW.void_asked_at IS NOT NULL))
    AND EXISTS (SELECT 1 FROM payment_return AS b WHERE b.payment_id = NEW.id AND b.declined_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'returned_is_not_voided', CONSTRAINT = 'returned_is_not_voided'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION reversal_takes_from_total() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE donation_total SET satang = donation_total.satang - NEW.satang FROM donation AS g LEFT JOIN pledge AS p ON p.id = g.pledge_id
    WHERE g.id = NEW.donation_id AND donation_total.network_id = COALESCE(g.network_id, p.network_id)
        AND donation_total.pledge_id IS NOT DISTINCT FROM g.pledge_id;
    RETURN NULL; END $$;

CREATE FUNCTION role_grant_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.revoked_at IS NULL AND (NEW.role IN ('finance', 'chair', 'committee', 'fund_officer', 'auditor', 'administrator')
    OR (NEW.role = 'mentor' AND NEW.area_code = ''))
            AND NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
                AND a.kind = 'role.grant' AND a.decision = 'approved' AND a.concerned_id = NEW.user_id
                AND a.subject = 'user:' || NEW.user_id || ':' || NEW.role)
            AND NOT (NEW.operator <> '' AND NEW.granted_by_id IS NULL AND NOT EXISTS (
                SELECT 1 FROM role_grant AS held WHERE held.role = NEW.role AND (held.role IN ('finance', 'chair', 'committee', 'fund_officer', 'auditor', 'administrator')
    OR (held.role = 'mentor' AND held.area_code = '')) AND held.revoked_at IS NULL)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'role_grant_by_two', CONSTRAINT = 'role_grant_by_two'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION role_grant_compatible() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM user_account WHERE id = NEW.user_id FOR UPDATE) AS held;
        IF NEW.revoked_at IS NULL AND EXISTS (
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
        OR (NEW.role IN ('fund_officer', 'dimension_secretary') AND held.role = 'finance'))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'role_grant_compatible', CONSTRAINT = 'role_grant_compatible'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION role_grant_stays_revoked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'role_grant_stays_revoked', CONSTRAINT = 'role_grant_stays_revoked'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION seat_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.to_on IS NOT NULL OR NEW.to_on IS NULL OR OLD.body_id IS DISTINCT FROM NEW.body_id OR OLD.person_id IS DISTINCT FROM NEW.person_id OR OLD.office IS DISTINCT FROM NEW.office OR OLD.from_on IS DISTINCT FROM NEW.from_on OR OLD.order_number IS DISTINCT FROM NEW.order_number OR OLD.seated_at IS DISTINCT FROM NEW.seated_at OR OLD.seated_by_id IS DISTINCT FROM NEW.seated_by_id THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'seat_ends_once', CONSTRAINT = 'seat_ends_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION second_approves_nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = (SELECT proposal_id FROM payment_order WHERE id = NEW.order_id) FOR UPDATE) AS held;
    IF EXISTS (SELECT 1 FROM handover AS h JOIN aid_request AS r ON r.id = h.request_id
    JOIN proposal AS p ON p.code = r.code WHERE p.id = (SELECT proposal_id FROM payment_order WHERE id = NEW.order_id) AND h.second_id = NEW.user_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'second_approves_nothing', CONSTRAINT = 'second_approves_nothing'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION second_begins_unnamed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.second_id IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'second_begins_unnamed', CONSTRAINT = 'second_begins_unnamed'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION second_is_another() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
    WHERE r.id = NEW.request_id FOR UPDATE OF p) AS held;
    IF NEW.second_id IS DISTINCT FROM OLD.second_id AND NEW.second_id IS NOT NULL AND (EXISTS (SELECT 1 FROM aid_request AS r LEFT JOIN proposal AS p ON p.code = r.code
        WHERE r.id = NEW.request_id AND (r.made_by_id = NEW.second_id OR p.submitted_by_id = NEW.second_id OR p.asked_by_id = NEW.second_id))
    OR EXISTS (SELECT 1 FROM item_cost AS c WHERE c.request_id = NEW.request_id AND c.entered_by_id = NEW.second_id)
    OR EXISTS (SELECT 1 FROM aid_request AS r JOIN proposal AS p ON p.code = r.code JOIN payment_order AS o ON o.proposal_id = p.id
        WHERE r.id = NEW.request_id AND (o.prepared_by_id = NEW.second_id
            OR EXISTS (SELECT 1 FROM payment_approval AS a WHERE a.order_id = o.id AND a.user_id = NEW.second_id)
            OR EXISTS (SELECT 1 FROM payment AS y WHERE y.order_id = o.id AND y.paid_by_id = NEW.second_id)))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'second_is_another', CONSTRAINT = 'second_is_another'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION second_keeps_no_costs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
    WHERE r.id = NEW.request_id FOR UPDATE OF p) AS held;
    IF EXISTS (SELECT 1 FROM handover AS h
    WHERE h.request_id = NEW.request_id AND h.second_id = NEW.entered_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'second_keeps_no_costs', CONSTRAINT = 'second_keeps_no_costs'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION second_pays_nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE) AS held;
    IF EXISTS (SELECT 1 FROM handover AS h JOIN aid_request AS r ON r.id = h.request_id
    JOIN proposal AS p ON p.code = r.code WHERE p.id = NEW.proposal_id AND h.second_id = NEW.paid_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'second_pays_nothing', CONSTRAINT = 'second_pays_nothing'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION second_prepares_nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE) AS held;
    IF EXISTS (SELECT 1 FROM handover AS h JOIN aid_request AS r ON r.id = h.request_id
    JOIN proposal AS p ON p.code = r.code WHERE p.id = NEW.proposal_id AND h.second_id = NEW.prepared_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'second_prepares_nothing', CONSTRAINT = 'second_prepares_nothing'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION second_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (OLD.second_id IS NOT NULL AND (NEW.second_id IS DISTINCT FROM OLD.second_id OR NEW.second_named_at IS DISTINCT FROM OLD.second_named_at OR NEW.second_named_by_id IS DISTINCT FROM OLD.second_named_by_id) OR NEW.request_id IS DISTINCT FROM OLD.request_id)
    AND EXISTS (SELECT 1 FROM delivery AS d WHERE d.handover_id = OLD.id AND d.quantity > 0) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'second_stays', CONSTRAINT = 'second_stays'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION settled_covers_delivered() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state = 'settled' AND OLD.state <> 'settled' AND (SELECT COALESCE(SUM(d.quantity * v.unit_satang), 0) FROM delivery AS d
    JOIN aid_line_value AS v ON v.line_id = d.line_id WHERE v.request_id = (SELECT id FROM aid_request WHERE code = NEW.code)) > (SELECT COALESCE(SUM(satang - returned_satang), 0) FROM payment WHERE proposal_id = NEW.id AND voided_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'settled_covers_delivered', CONSTRAINT = 'settled_covers_delivered'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION settled_for_less_says_why() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state = 'settled' AND OLD.state <> 'settled' AND NEW.settled_reason = '' AND (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y WHERE y.proposal_id = NEW.id AND y.voided_at IS NULL) < (SELECT COALESCE(SUM(c.satang), 0) FROM committed_part AS c WHERE c.proposal_id = NEW.id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'settled_for_less_says_why', CONSTRAINT = 'settled_for_less_says_why'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION settled_leaves_no_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state = 'settled' AND OLD.state <> 'settled' AND EXISTS (SELECT 1 FROM payment_order AS o
        WHERE o.proposal_id = NEW.id AND o.withdrawn_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM payment AS y WHERE y.order_id = o.id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'settled_leaves_no_order', CONSTRAINT = 'settled_leaves_no_order'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION settled_strands_nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state = 'settled' AND OLD.state <> 'settled' AND (SELECT COALESCE(SUM(satang - returned_satang), 0) FROM payment WHERE proposal_id = NEW.id AND voided_at IS NULL) > 0
        AND (SELECT COALESCE(SUM(i.bought * i.unit_satang), 0) FROM aid_item_value AS i
            WHERE i.request_id = (SELECT id FROM aid_request WHERE code = NEW.code)) > (SELECT COALESCE(SUM(satang - returned_satang), 0) FROM payment WHERE proposal_id = NEW.id AND voided_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'settled_strands_nothing', CONSTRAINT = 'settled_strands_nothing'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION shortage_of_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM payment_paper AS p JOIN order_line AS l ON l.order_id = p.order_id
    WHERE p.id = NEW.paper_id AND l.id = NEW.line_id AND p.kind IN ('delivery', 'inspection') AND NEW.quantity <= l.quantity) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'shortage_of_order', CONSTRAINT = 'shortage_of_order'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION signatory_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.ended_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM approval_request AS a
    WHERE a.id = NEW.approval_request_id AND a.decision = 'approved' AND a.kind = 'signatory.name'
    AND a.subject = 'signatory:' || NEW.user_id AND strpos(a.payload, '"group": "' || NEW.group_code || '"') > 0) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'signatory_by_two', CONSTRAINT = 'signatory_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION signatory_ended_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.ended_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'signatory_ended_once', CONSTRAINT = 'signatory_ended_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION slip_picture_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.picture_deleted_at IS NOT NULL AND (NEW.picture_deleted_at IS NULL OR NEW.picture_deleted_at <> OLD.picture_deleted_at) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'slip_picture_gone', CONSTRAINT = 'slip_picture_gone'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION slip_picture_needed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.picture_deleted_at IS NULL AND NEW.picture_deleted_at IS NOT NULL AND NEW.closed_at IS NULL AND (SELECT d.state FROM payment_request AS d WHERE d.id = NEW.payment_request_id) <> 'received' THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'slip_picture_needed', CONSTRAINT = 'slip_picture_needed'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION sole_vote_by_right() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM agenda_item AS i JOIN meeting AS m ON m.id = i.meeting_id JOIN body AS b ON b.id = m.body_id
    JOIN proposal_version AS v ON v.id = i.version_id
    WHERE i.id = NEW.item_id AND b.level = 'sole' AND (EXISTS (SELECT 1 FROM proposal_way AS w
        WHERE w.proposal_id = i.proposal_id AND w.way = 'urgent' AND w.asked_by_id = NEW.member_id)
    OR (SELECT w.way FROM proposal_way AS w WHERE w.proposal_id = i.proposal_id ORDER BY w.id DESC LIMIT 1) = 'meeting'
    OR NOT EXISTS (SELECT 1 FROM seat AS s JOIN body AS f ON f.id = s.body_id
        WHERE f.code = 'fund' AND s.person_id = NEW.member_id AND s.office = 'chair' AND s.from_on <= CAST(NEW.at AT TIME ZONE 'UTC' + INTERVAL '7 hours' AS date)
        AND (s.to_on IS NULL OR s.to_on >= CAST(NEW.at AT TIME ZONE 'UTC' + INTERVAL '7 hours' AS date)))
    AND NOT EXISTS (SELECT 1 FROM delegation AS d WHERE d.to_id = NEW.member_id AND d.confirmed_at IS NOT NULL AND d.ended_at IS NULL
        AND CAST(NEW.at AT TIME ZONE 'UTC' + INTERVAL '7 hours' AS date) BETWEEN d.from_on AND d.to_on AND d.ceiling_satang >= v.satang))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'sole_vote_by_right', CONSTRAINT = 'sole_vote_by_right'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION statement_basis_of_before() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.kind = 'before' THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'statement_basis_of_before', CONSTRAINT = 'statement_basis_of_before'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION statement_confirmed_by_another() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.kind = 'confirmed' AND (
        EXISTS (SELECT 1 FROM statement AS s WHERE s.id = NEW.statement_id AND s.imported_by_id = NEW.by_id)
        OR EXISTS (SELECT 1 FROM statement_upload AS d
            WHERE d.statement_id = NEW.statement_id AND d.sent_by_id = NEW.by_id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'statement_confirmed_by_another', CONSTRAINT = 'statement_confirmed_by_another'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION statement_joined_to_known() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.kind IN ('follows', 'joined') AND NOT (
        EXISTS (SELECT 1 FROM bank_event AS e JOIN statement AS s ON s.id = NEW.statement_id
            WHERE e.statement_id = NEW.joins_id AND e.statement_id <> NEW.statement_id
            AND e.account_id = s.account_id AND e.balance_satang = NEW.balance_satang)
        AND (NEW.kind = 'follows' OR EXISTS (SELECT 1 FROM statement_basis AS b
            WHERE b.statement_id = NEW.joins_id AND b.kind IN ('before', 'joined', 'confirmed')))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'statement_joined_to_known', CONSTRAINT = 'statement_joined_to_known'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION statement_joined_to_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.kind = 'joined' AND EXISTS (SELECT 1 FROM statement_withdrawal AS w WHERE w.statement_id = NEW.joins_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'statement_joined_to_withdrawn', CONSTRAINT = 'statement_joined_to_withdrawn'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION statement_withdrawn_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM approval_request AS a WHERE a.id = NEW.approval_request_id
    AND a.kind = 'statement.withdraw' AND a.subject = 'statement:' || NEW.statement_id AND a.decision = 'approved'
    AND a.decided_by_id <> a.asked_by_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'statement_withdrawn_by_two', CONSTRAINT = 'statement_withdrawn_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION stock_never_below_nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM stock_item WHERE id = NEW.item_id FOR UPDATE) AS held;
    IF NEW.quantity + (SELECT COALESCE(SUM(quantity), 0) FROM stock_move WHERE item_id = NEW.item_id) < 0 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'stock_never_below_nothing', CONSTRAINT = 'stock_never_below_nothing'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION trace_back_within_traced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment WHERE id = NEW.payment_id FOR UPDATE) AS held;
    IF NEW.return_id IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM payment_return AS b
        WHERE b.id = NEW.return_id AND b.payment_id = NEW.payment_id AND b.confirmed_at IS NOT NULL
        AND b.satang + b.tax_satang + NEW.satang + (SELECT COALESCE(SUM(t.satang), 0) FROM trace AS t WHERE t.return_id = b.id) >= 0)
    OR NEW.satang + (SELECT COALESCE(SUM(t.satang), 0) FROM trace AS t WHERE t.payment_id = NEW.payment_id
        AND (t.donation_id = NEW.donation_id OR t.opening_balance_id = NEW.opening_balance_id)) < 0) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'trace_back_within_traced', CONSTRAINT = 'trace_back_within_traced'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION trace_within_donation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM donation WHERE id = NEW.donation_id FOR UPDATE) AS held;
    IF NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM donation_reversal WHERE donation_id = NEW.donation_id)
            + (SELECT COALESCE(SUM(satang), 0) FROM live_trace WHERE donation_id = NEW.donation_id)
            > (SELECT satang FROM donation WHERE id = NEW.donation_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'trace_within_donation', CONSTRAINT = 'trace_within_donation'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION trace_within_opening() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM opening_balance WHERE id = NEW.opening_balance_id FOR UPDATE) AS held;
    IF NEW.opening_balance_id IS NOT NULL AND NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM live_trace
    WHERE opening_balance_id = NEW.opening_balance_id) > (SELECT satang FROM opening_balance WHERE id = NEW.opening_balance_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'trace_within_opening', CONSTRAINT = 'trace_within_opening'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION trace_within_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.satang > 0 AND NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM trace WHERE payment_id = NEW.payment_id AND return_id IS NULL)
        > (SELECT satang FROM payment WHERE id = NEW.payment_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'trace_within_payment', CONSTRAINT = 'trace_within_payment'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION transfer_line_of_approved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment_order WHERE id = NEW.order_id FOR UPDATE) AS held;
    IF NEW.result <> '' OR NOT EXISTS (SELECT 1 FROM payment_order AS o
    JOIN transfer_file AS f ON f.id = NEW.file_id JOIN proposal AS p ON p.id = o.proposal_id
    JOIN vendor_account AS a ON a.id = o.vendor_account_id JOIN vendor AS w ON w.id = a.vendor_id
    WHERE o.id = NEW.order_id AND o.approved_at IS NOT NULL AND o.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment AS y WHERE y.order_id = o.id)
    AND w.closed_at IS NULL AND NOT EXISTS (SELECT 1 FROM vendor_account AS l
        WHERE l.vendor_id = a.vendor_id AND l.id > a.id AND l.from_at <= f.made_at)
    AND f.made_by_id NOT IN (p.submitted_by_id, p.asked_by_id)
    AND NOT EXISTS (SELECT 1 FROM vote AS v JOIN agenda_item AS g ON g.id = v.item_id
        WHERE g.proposal_id = p.id AND v.member_id = f.made_by_id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'transfer_line_of_approved', CONSTRAINT = 'transfer_line_of_approved'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION transfer_result_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.result <> '' OR OLD.id <> NEW.id OR OLD.file_id <> NEW.file_id OR OLD.order_id <> NEW.order_id OR OLD.reference <> NEW.reference THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'transfer_result_once', CONSTRAINT = 'transfer_result_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION undone_counter_payment_stays_excluded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> 'excluded' AND EXISTS (SELECT 1 FROM counter_payment AS t JOIN counter_payment_reversal AS u ON u.counter_payment_id = t.id
        WHERE t.event_id = NEW.event_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'undone_counter_payment_stays_excluded', CONSTRAINT = 'undone_counter_payment_stays_excluded'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION undone_leaves_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.withheld_satang > 0 AND OLD.voided_at IS NULL AND OLD.returned_satang < OLD.satang
    AND (NEW.voided_at IS NOT NULL OR NEW.returned_satang = NEW.satang) THEN UPDATE withheld_month SET payments = payments - 1, withheld_satang = withheld_satang - NEW.withheld_satang
        WHERE (first_on, form) = (SELECT c.first_on, c.form FROM tax_certificate AS c WHERE c.payment_id = NEW.id); END IF;
    RETURN NULL; END $$;

CREATE FUNCTION vendor_account_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM approval_request AS a
    JOIN vendor AS v ON v.id = NEW.vendor_id WHERE a.id = NEW.approval_request_id AND a.decision = 'approved'
    AND ((a.kind = 'vendor.propose' AND a.id = v.approval_request_id)
        OR (a.kind = 'vendor.account' AND a.subject = 'vendor:' || NEW.vendor_id))
    AND strpos(a.payload, '"number": "' || NEW.number || '"') > 0 AND strpos(a.payload, '"bank_code": "' || NEW.bank_code || '"') > 0) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'vendor_account_by_two', CONSTRAINT = 'vendor_account_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION vendor_account_waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT 1 FROM vendor_account WHERE vendor_id = NEW.vendor_id) AND EXISTS (SELECT 1 FROM approval_request AS a
    WHERE a.id = NEW.approval_request_id AND NEW.from_at < a.decided_at + interval '1 day') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'vendor_account_waits', CONSTRAINT = 'vendor_account_waits'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION vendor_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.closed_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM approval_request AS a
    WHERE a.id = NEW.approval_request_id AND a.decision = 'approved' AND a.kind = 'vendor.propose'
    AND strpos(a.payload, '"name": "' || replace(replace(NEW.name, '\', '\\'), '"', '\"') || '"') > 0
    AND strpos(a.payload, '"tax_id": "' || NEW.tax_id || '"') > 0 AND strpos(a.payload, '"kind": "' || NEW.kind || '"') > 0
    AND (strpos(a.payload, '"user_id": "' || COALESCE(NEW.user_id::text, '') || '"') > 0 OR (NEW.user_id IS NULL AND strpos(a.payload, '"user_id"') = 0))
    AND (NEW.user_id IS NULL OR NEW.user_id <> a.decided_by_id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'vendor_by_two', CONSTRAINT = 'vendor_by_two'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION vendor_closed_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.closed_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'vendor_closed_once', CONSTRAINT = 'vendor_closed_once'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION void_event_is_money_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL AND NEW.void_event_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM bank_event AS b JOIN reconciliation_item AS i ON i.event_id = b.id
        WHERE b.id = NEW.void_event_id AND b.satang = NEW.satang - NEW.withheld_satang AND i.state = 'excluded') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'void_event_is_money_back', CONSTRAINT = 'void_event_is_money_back'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION void_event_is_no_return() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT event_id FROM reconciliation_item WHERE event_id = NEW.void_event_id FOR UPDATE) AS held;
    IF NEW.void_event_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM payment_return AS b WHERE b.event_id = NEW.void_event_id AND b.declined_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'void_event_is_no_return', CONSTRAINT = 'void_event_is_no_return'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION void_keeps_delivered() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE) AS held;
    IF OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL
        AND (SELECT COALESCE(SUM(d.quantity * v.unit_satang), 0) FROM delivery AS d
            JOIN aid_line_value AS v ON v.line_id = d.line_id JOIN aid_request AS r ON r.id = v.request_id
            JOIN proposal AS p ON p.code = r.code WHERE p.id = NEW.proposal_id)
        > (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y
            WHERE y.proposal_id = NEW.proposal_id AND y.voided_at IS NULL AND y.id <> NEW.id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'void_keeps_delivered', CONSTRAINT = 'void_keeps_delivered'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION void_keeps_remitted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT o.payment_id FROM tax_certificate AS c JOIN tax_certificate AS o ON o.first_on = c.first_on AND o.form = c.form
    WHERE c.payment_id = NEW.id AND NEW.voided_at IS NOT NULL ORDER BY o.payment_id FOR UPDATE OF o) AS held;
    IF OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL AND EXISTS (SELECT 1 FROM tax_certificate AS c WHERE c.payment_id = NEW.id
    AND (SELECT COALESCE(SUM(r.satang), 0) FROM tax_remittance AS r WHERE r.first_on = c.first_on AND r.form = c.form)
    > (SELECT COALESCE(SUM(o.satang), 0) FROM tax_certificate AS o JOIN payment AS y ON y.id = o.payment_id
        WHERE o.first_on = c.first_on AND o.form = c.form AND y.voided_at IS NULL AND y.returned_satang < y.satang AND y.id <> NEW.id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'void_keeps_remitted', CONSTRAINT = 'void_keeps_remitted'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION void_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.voided_at IS NOT NULL OR (NEW.voided_at IS NOT NULL
        AND (OLD.void_asked_at IS NULL OR OLD.void_asked_by_id <> NEW.void_asked_by_id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'void_moves_forward', CONSTRAINT = 'void_moves_forward'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION void_without_bank_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.voided_at IS NOT NULL AND NEW.void_event_id IS NULL AND (EXISTS (
    SELECT 1 FROM outgoing_match AS m WHERE m.payment_id = NEW.id) OR EXISTS (SELECT 1 FROM bank_event AS b WHERE b.satang = NEW.withheld_satang - NEW.satang AND b.source <> 'withdrawn'
    AND (UPPER(REPLACE(b.bank_ref, ' ', '')) = UPPER(NEW.transfer_ref)
        OR UPPER(REPLACE(b.ref1, ' ', '')) = UPPER(NEW.transfer_ref)
        OR (LENGTH(NEW.transfer_ref) >= 4
            AND UPPER(b.description) LIKE '%' || UPPER(NEW.transfer_ref) || '%')))) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'void_without_bank_line', CONSTRAINT = 'void_without_bank_line'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION vote_before_resolution() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM resolution WHERE item_id = NEW.item_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'vote_before_resolution', CONSTRAINT = 'vote_before_resolution'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION vote_on_newest_motion() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM motion AS m WHERE m.id = NEW.motion_id AND m.item_id = NEW.item_id
    AND m.number = (SELECT MAX(n.number) FROM motion AS n WHERE n.item_id = NEW.item_id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'vote_on_newest_motion', CONSTRAINT = 'vote_on_newest_motion'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION voter_may_not_be_recused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM vote WHERE item_id = NEW.item_id AND member_id = NEW.member_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'voter_may_not_be_recused', CONSTRAINT = 'voter_may_not_be_recused'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION voter_must_attend() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM agenda_item AS a JOIN attendance AS t ON t.meeting_id = a.meeting_id
    WHERE a.id = NEW.item_id AND t.member_id = NEW.member_id AND t.kind = 'member' AND t.left_at IS NULL) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'voter_must_attend', CONSTRAINT = 'voter_must_attend'; END IF;
        RETURN NEW; END $$;

CREATE FUNCTION voter_stays_present() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM vote AS v JOIN agenda_item AS a ON a.id = v.item_id
        WHERE a.meeting_id = OLD.meeting_id AND v.member_id = OLD.member_id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'voter_stays_present', CONSTRAINT = 'voter_stays_present'; END IF;
    RETURN OLD; END $$;

CREATE FUNCTION voucher_without_gap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM payment WHERE fiscal_year_be = NEW.fiscal_year_be) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'voucher_without_gap', CONSTRAINT = 'voucher_without_gap'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION withdrawal_of_open_months() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT pg_advisory_xact_lock_shared(19309)) AS held;
    IF EXISTS (SELECT 1 FROM closed_month AS m JOIN bank_event AS e ON e.statement_id = NEW.statement_id
    WHERE (e.occurred_at AT TIME ZONE 'Asia/Bangkok')::date <= m.last_on) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'withdrawal_of_open_months', CONSTRAINT = 'withdrawal_of_open_months'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION withdrawn_stays_excluded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> 'excluded' AND EXISTS (SELECT 1 FROM bank_event AS e
    WHERE e.id = NEW.event_id AND e.source = 'withdrawn') THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'withdrawn_stays_excluded', CONSTRAINT = 'withdrawn_stays_excluded'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION withheld_month_as_certified() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.first_on <> OLD.first_on OR NEW.form <> OLD.form OR (NEW.payments <> (SELECT COUNT(*) FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
        WHERE c.first_on = NEW.first_on AND c.form = NEW.form AND y.voided_at IS NULL AND y.returned_satang < y.satang)
    OR NEW.withheld_satang <> (SELECT COALESCE(SUM(c.satang), 0) FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
        WHERE c.first_on = NEW.first_on AND c.form = NEW.form AND y.voided_at IS NULL AND y.returned_satang < y.satang)
    OR NEW.remitted_satang <> (SELECT COALESCE(SUM(r.satang), 0) FROM tax_remittance AS r WHERE r.first_on = NEW.first_on AND r.form = NEW.form)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'withheld_month_as_certified', CONSTRAINT = 'withheld_month_as_certified'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION withheld_month_begins_as_certified() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM withheld_month AS m WHERE m.first_on = NEW.first_on AND m.form = NEW.form) AND (NEW.payments <> (SELECT COUNT(*) FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
        WHERE c.first_on = NEW.first_on AND c.form = NEW.form AND y.voided_at IS NULL AND y.returned_satang < y.satang)
    OR NEW.withheld_satang <> (SELECT COALESCE(SUM(c.satang), 0) FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
        WHERE c.first_on = NEW.first_on AND c.form = NEW.form AND y.voided_at IS NULL AND y.returned_satang < y.satang)
    OR NEW.remitted_satang <> (SELECT COALESCE(SUM(r.satang), 0) FROM tax_remittance AS r WHERE r.first_on = NEW.first_on AND r.form = NEW.form)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'withheld_month_begins_as_certified', CONSTRAINT = 'withheld_month_begins_as_certified'; END IF;
    RETURN NEW; END $$;

CREATE FUNCTION withholding_of_open_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM (SELECT id FROM payment_order WHERE id = NEW.order_id FOR UPDATE) AS held;
    IF NOT EXISTS (SELECT 1 FROM payment_order AS o
    JOIN vendor_account AS a ON a.id = o.vendor_account_id JOIN vendor AS v ON v.id = a.vendor_id
    WHERE o.id = NEW.order_id AND o.withheld_satang = NEW.satang AND NEW.base_satang <= o.satang
    AND o.approved_at IS NULL AND o.withdrawn_at IS NULL AND v.tax_id = NEW.tax_id AND v.kind <> 'officer'
    AND NOT EXISTS (SELECT 1 FROM payment_approval AS y WHERE y.order_id = o.id)) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'withholding_of_open_order', CONSTRAINT = 'withholding_of_open_order'; END IF;
    RETURN NEW; END $$;

CREATE TRIGGER account_moves_by_entry BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION account_moves_by_entry();

CREATE TRIGGER account_opens_at_zero BEFORE INSERT ON account FOR EACH ROW EXECUTE FUNCTION account_opens_at_zero();

CREATE TRIGGER again_of_failed BEFORE INSERT ON payment_order FOR EACH ROW EXECUTE FUNCTION again_of_failed();

CREATE TRIGGER allocation_after_opening BEFORE INSERT ON allocation FOR EACH ROW EXECUTE FUNCTION allocation_after_opening();

CREATE TRIGGER allocation_of_deposit BEFORE INSERT ON allocation FOR EACH ROW EXECUTE FUNCTION allocation_of_deposit();

CREATE TRIGGER allocation_of_money_back BEFORE INSERT ON allocation FOR EACH ROW EXECUTE FUNCTION allocation_of_money_back();

CREATE TRIGGER allocation_of_one_person BEFORE INSERT ON allocation FOR EACH ROW EXECUTE FUNCTION allocation_of_one_person();

CREATE TRIGGER allocation_of_open_request BEFORE INSERT ON allocation FOR EACH ROW EXECUTE FUNCTION allocation_of_open_request();

CREATE TRIGGER allocation_of_taken_back BEFORE INSERT ON allocation FOR EACH ROW EXECUTE FUNCTION allocation_of_taken_back();

CREATE TRIGGER allocation_of_undone_counter_payment BEFORE INSERT ON allocation FOR EACH ROW EXECUTE FUNCTION allocation_of_undone_counter_payment();

CREATE TRIGGER allocation_of_withdrawn BEFORE INSERT ON allocation FOR EACH ROW EXECUTE FUNCTION allocation_of_withdrawn();

CREATE TRIGGER allocation_within_event BEFORE INSERT ON allocation FOR EACH ROW EXECUTE FUNCTION allocation_within_event();

CREATE TRIGGER amendment_keeps_ordered_lines BEFORE INSERT ON resolution FOR EACH ROW EXECUTE FUNCTION amendment_keeps_ordered_lines();

CREATE TRIGGER amendment_of_own_help BEFORE INSERT ON logbook_entry FOR EACH ROW EXECUTE FUNCTION amendment_of_own_help();

CREATE TRIGGER answer_in_time BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION answer_in_time();

CREATE TRIGGER approval_by_signatory BEFORE INSERT ON payment_approval FOR EACH ROW EXECUTE FUNCTION approval_by_signatory();

CREATE TRIGGER approval_knows_tax BEFORE INSERT ON payment_approval FOR EACH ROW EXECUTE FUNCTION approval_knows_tax();

CREATE TRIGGER approval_of_open_order BEFORE INSERT ON payment_approval FOR EACH ROW EXECUTE FUNCTION approval_of_open_order();

CREATE TRIGGER approval_of_resolved_lines BEFORE INSERT ON payment_approval FOR EACH ROW EXECUTE FUNCTION approval_of_resolved_lines();

CREATE TRIGGER approval_of_whole_split BEFORE INSERT ON payment_approval FOR EACH ROW EXECUTE FUNCTION approval_of_whole_split();

CREATE TRIGGER approval_request_asked_in_role BEFORE INSERT ON approval_request FOR EACH ROW EXECUTE FUNCTION approval_request_asked_in_role();

CREATE TRIGGER approval_request_decided_in_role BEFORE UPDATE ON approval_request FOR EACH ROW EXECUTE FUNCTION approval_request_decided_in_role();

CREATE TRIGGER approval_request_decided_once BEFORE UPDATE ON approval_request FOR EACH ROW EXECUTE FUNCTION approval_request_decided_once();

CREATE TRIGGER approval_withdrawn_once BEFORE UPDATE ON solicitation_approval FOR EACH ROW EXECUTE FUNCTION approval_withdrawn_once();

CREATE TRIGGER approver_is_another_person BEFORE INSERT ON payment_approval FOR EACH ROW EXECUTE FUNCTION approver_is_another_person();

CREATE TRIGGER asker_gives_with_second BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION asker_gives_with_second();

CREATE TRIGGER attendance_leaves_once BEFORE UPDATE ON attendance FOR EACH ROW EXECUTE FUNCTION attendance_leaves_once();

CREATE TRIGGER body_rules_for_days_to_come BEFORE INSERT ON body_rules FOR EACH ROW EXECUTE FUNCTION body_rules_for_days_to_come();

CREATE TRIGGER carried_by_two BEFORE INSERT ON carried_list FOR EACH ROW EXECUTE FUNCTION carried_by_two();

CREATE TRIGGER carried_within_opening BEFORE INSERT ON carried_gift FOR EACH ROW EXECUTE FUNCTION carried_within_opening();

CREATE TRIGGER cash_count_counts_its_counter_payments BEFORE UPDATE ON cash_count FOR EACH ROW EXECUTE FUNCTION cash_count_counts_its_counter_payments();

CREATE TRIGGER certificate_adds_to_month AFTER INSERT ON tax_certificate FOR EACH ROW EXECUTE FUNCTION certificate_adds_to_month();

CREATE TRIGGER certificate_of_payment BEFORE INSERT ON tax_certificate FOR EACH ROW EXECUTE FUNCTION certificate_of_payment();

CREATE TRIGGER certificate_without_gap BEFORE INSERT ON tax_certificate FOR EACH ROW EXECUTE FUNCTION certificate_without_gap();

CREATE TRIGGER chain_link_in_order BEFORE INSERT ON chain_link FOR EACH ROW EXECUTE FUNCTION chain_link_in_order();

CREATE TRIGGER circulated_asks_once BEFORE INSERT ON motion FOR EACH ROW EXECUTE FUNCTION circulated_asks_once();

CREATE TRIGGER circulated_by_majority BEFORE INSERT ON resolution FOR EACH ROW EXECUTE FUNCTION circulated_by_majority();

CREATE TRIGGER circulated_closes_as_ended BEFORE UPDATE ON meeting FOR EACH ROW EXECUTE FUNCTION circulated_closes_as_ended();

CREATE TRIGGER circulated_has_one_item BEFORE INSERT ON agenda_item FOR EACH ROW EXECUTE FUNCTION circulated_has_one_item();

CREATE TRIGGER circulation_begins_open BEFORE INSERT ON circulation FOR EACH ROW EXECUTE FUNCTION circulation_begins_open();

CREATE TRIGGER circulation_ends_as_answered BEFORE UPDATE ON circulation FOR EACH ROW EXECUTE FUNCTION circulation_ends_as_answered();

CREATE TRIGGER circulation_ends_once BEFORE UPDATE ON circulation FOR EACH ROW EXECUTE FUNCTION circulation_ends_once();

CREATE TRIGGER cleared_is_not_voided BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION cleared_is_not_voided();

CREATE TRIGGER cleared_within_advance BEFORE INSERT ON advance_clearing FOR EACH ROW EXECUTE FUNCTION cleared_within_advance();

CREATE TRIGGER closed_after_its_entries BEFORE INSERT ON closed_month FOR EACH ROW EXECUTE FUNCTION closed_after_its_entries();

CREATE TRIGGER closed_round_keeps_households BEFORE UPDATE ON round_household FOR EACH ROW EXECUTE FUNCTION closed_round_keeps_households();

CREATE TRIGGER closed_round_loses_no_household BEFORE DELETE ON round_household FOR EACH ROW EXECUTE FUNCTION closed_round_loses_no_household();

CREATE TRIGGER closed_round_stays BEFORE UPDATE ON register_round FOR EACH ROW EXECUTE FUNCTION closed_round_stays();

CREATE TRIGGER closed_round_takes_no_household BEFORE INSERT ON round_household FOR EACH ROW EXECUTE FUNCTION closed_round_takes_no_household();

CREATE TRIGGER collection_closed_once BEFORE UPDATE ON collection FOR EACH ROW EXECUTE FUNCTION collection_closed_once();

CREATE TRIGGER collection_reference_is_new BEFORE INSERT ON collection FOR EACH ROW EXECUTE FUNCTION collection_reference_is_new();

CREATE TRIGGER commit_as_resolved BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION commit_as_resolved();

CREATE TRIGGER commitment_of_approval BEFORE INSERT ON commitment FOR EACH ROW EXECUTE FUNCTION commitment_of_approval();

CREATE TRIGGER conflict_taken_by_another BEFORE UPDATE ON register_conflict FOR EACH ROW EXECUTE FUNCTION conflict_taken_by_another();

CREATE TRIGGER contact_ends_once BEFORE UPDATE ON network_contact FOR EACH ROW EXECUTE FUNCTION contact_ends_once();

CREATE TRIGGER cost_changes_help AFTER INSERT ON item_cost FOR EACH ROW EXECUTE FUNCTION cost_changes_help();

CREATE TRIGGER cost_covers_given BEFORE INSERT ON item_cost FOR EACH ROW EXECUTE FUNCTION cost_covers_given();

CREATE TRIGGER cost_keeper_gives_nothing BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION cost_keeper_gives_nothing();

CREATE TRIGGER cost_keeps_delivered_within_paid BEFORE INSERT ON item_cost FOR EACH ROW EXECUTE FUNCTION cost_keeps_delivered_within_paid();

CREATE TRIGGER counter_payment_in_open_cash_count BEFORE INSERT ON counter_payment FOR EACH ROW EXECUTE FUNCTION counter_payment_in_open_cash_count();

CREATE TRIGGER counter_payment_reversal_in_time BEFORE INSERT ON counter_payment_reversal FOR EACH ROW EXECUTE FUNCTION counter_payment_reversal_in_time();

CREATE TRIGGER decision_request_of_its_event BEFORE INSERT ON approval_request FOR EACH ROW EXECUTE FUNCTION decision_request_of_its_event();

CREATE TRIGGER delegation_begins_waiting BEFORE INSERT ON delegation FOR EACH ROW EXECUTE FUNCTION delegation_begins_waiting();

CREATE TRIGGER delegation_by_two BEFORE UPDATE ON delegation FOR EACH ROW EXECUTE FUNCTION delegation_by_two();

CREATE TRIGGER delivery_adds_to_help AFTER INSERT ON delivery FOR EACH ROW WHEN ((new.quantity > 0)) EXECUTE FUNCTION delivery_adds_to_help();

CREATE TRIGGER delivery_after_payment BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION delivery_after_payment();

CREATE TRIGGER delivery_keeps_who BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION delivery_keeps_who();

CREATE TRIGGER delivery_of_this_request BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION delivery_of_this_request();

CREATE TRIGGER delivery_within_bought BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION delivery_within_bought();

CREATE TRIGGER delivery_within_line BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION delivery_within_line();

CREATE TRIGGER delivery_within_paid BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION delivery_within_paid();

CREATE TRIGGER delivery_writes_its_logbook BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION delivery_writes_its_logbook();

CREATE TRIGGER deposit_stays_excluded BEFORE UPDATE ON reconciliation_item FOR EACH ROW EXECUTE FUNCTION deposit_stays_excluded();

CREATE TRIGGER deposit_undone_once BEFORE UPDATE ON deposit FOR EACH ROW EXECUTE FUNCTION deposit_undone_once();

CREATE TRIGGER donation_adds_to_total AFTER INSERT ON donation FOR EACH ROW WHEN (((new.network_id IS NOT NULL) OR (new.pledge_id IS NOT NULL))) EXECUTE FUNCTION donation_adds_to_total();

CREATE TRIGGER donation_for_pledge_of_money BEFORE INSERT ON donation FOR EACH ROW EXECUTE FUNCTION donation_for_pledge_of_money();

CREATE TRIGGER donation_reversal_within_donation BEFORE INSERT ON donation_reversal FOR EACH ROW EXECUTE FUNCTION donation_reversal_within_donation();

CREATE TRIGGER edition_in_order BEFORE INSERT ON edition FOR EACH ROW EXECUTE FUNCTION edition_in_order();

CREATE TRIGGER entry_as_brought_forward BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION entry_as_brought_forward();

CREATE TRIGGER entry_as_returned BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION entry_as_returned();

CREATE TRIGGER entry_in_open_month BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION entry_in_open_month();

CREATE TRIGGER entry_moves_balances AFTER INSERT ON entry FOR EACH ROW EXECUTE FUNCTION entry_moves_balances();

CREATE TRIGGER final_advance_clearing BEFORE UPDATE ON advance_clearing FOR EACH ROW EXECUTE FUNCTION final_advance_clearing();

CREATE TRIGGER final_agenda_item BEFORE UPDATE ON agenda_item FOR EACH ROW EXECUTE FUNCTION final_agenda_item();

CREATE TRIGGER final_aid_request BEFORE UPDATE ON aid_request FOR EACH ROW EXECUTE FUNCTION final_aid_request();

CREATE TRIGGER final_allocation BEFORE UPDATE ON allocation FOR EACH ROW EXECUTE FUNCTION final_allocation();

CREATE TRIGGER final_approval_request BEFORE UPDATE ON approval_request FOR EACH ROW EXECUTE FUNCTION final_approval_request();

CREATE TRIGGER final_audit_event BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION final_audit_event();

CREATE TRIGGER final_bank_event BEFORE UPDATE ON bank_event FOR EACH ROW EXECUTE FUNCTION final_bank_event();

CREATE TRIGGER final_bank_reversal BEFORE UPDATE ON bank_reversal FOR EACH ROW EXECUTE FUNCTION final_bank_reversal();

CREATE TRIGGER final_body BEFORE UPDATE ON body FOR EACH ROW EXECUTE FUNCTION final_body();

CREATE TRIGGER final_body_rules BEFORE UPDATE ON body_rules FOR EACH ROW EXECUTE FUNCTION final_body_rules();

CREATE TRIGGER final_carried_gift BEFORE UPDATE ON carried_gift FOR EACH ROW EXECUTE FUNCTION final_carried_gift();

CREATE TRIGGER final_carried_list BEFORE UPDATE ON carried_list FOR EACH ROW EXECUTE FUNCTION final_carried_list();

CREATE TRIGGER final_cash_count BEFORE UPDATE ON cash_count FOR EACH ROW EXECUTE FUNCTION final_cash_count();

CREATE TRIGGER final_chain_link BEFORE UPDATE ON chain_link FOR EACH ROW EXECUTE FUNCTION final_chain_link();

CREATE TRIGGER final_circulation BEFORE UPDATE ON circulation FOR EACH ROW EXECUTE FUNCTION final_circulation();

CREATE TRIGGER final_closed_month BEFORE UPDATE ON closed_month FOR EACH ROW EXECUTE FUNCTION final_closed_month();

CREATE TRIGGER final_collection BEFORE UPDATE ON collection FOR EACH ROW EXECUTE FUNCTION final_collection();

CREATE TRIGGER final_commitment BEFORE UPDATE ON commitment FOR EACH ROW EXECUTE FUNCTION final_commitment();

CREATE TRIGGER final_counter_payment BEFORE UPDATE ON counter_payment FOR EACH ROW EXECUTE FUNCTION final_counter_payment();

CREATE TRIGGER final_counter_payment_reversal BEFORE UPDATE ON counter_payment_reversal FOR EACH ROW EXECUTE FUNCTION final_counter_payment_reversal();

CREATE TRIGGER final_delegation BEFORE UPDATE ON delegation FOR EACH ROW EXECUTE FUNCTION final_delegation();

CREATE TRIGGER final_delivery BEFORE UPDATE ON delivery FOR EACH ROW EXECUTE FUNCTION final_delivery();

CREATE TRIGGER final_deposit BEFORE UPDATE ON deposit FOR EACH ROW EXECUTE FUNCTION final_deposit();

CREATE TRIGGER final_deposit_item BEFORE UPDATE ON deposit_item FOR EACH ROW EXECUTE FUNCTION final_deposit_item();

CREATE TRIGGER final_donation BEFORE UPDATE ON donation FOR EACH ROW EXECUTE FUNCTION final_donation();

CREATE TRIGGER final_donation_reversal BEFORE UPDATE ON donation_reversal FOR EACH ROW EXECUTE FUNCTION final_donation_reversal();

CREATE TRIGGER final_due_date_request BEFORE UPDATE ON due_date_request FOR EACH ROW EXECUTE FUNCTION final_due_date_request();

CREATE TRIGGER final_edition BEFORE UPDATE ON edition FOR EACH ROW EXECUTE FUNCTION final_edition();

CREATE TRIGGER final_edonation_report BEFORE UPDATE ON edonation_report FOR EACH ROW EXECUTE FUNCTION final_edonation_report();

CREATE TRIGGER final_entry BEFORE UPDATE ON entry FOR EACH ROW EXECUTE FUNCTION final_entry();

CREATE TRIGGER final_guideline BEFORE UPDATE ON guideline FOR EACH ROW EXECUTE FUNCTION final_guideline();

CREATE TRIGGER final_guideline_vote BEFORE UPDATE ON guideline_vote FOR EACH ROW EXECUTE FUNCTION final_guideline_vote();

CREATE TRIGGER final_household BEFORE UPDATE ON household FOR EACH ROW EXECUTE FUNCTION final_household();

CREATE TRIGGER final_in_kind_donation BEFORE UPDATE ON in_kind_donation FOR EACH ROW EXECUTE FUNCTION final_in_kind_donation();

CREATE TRIGGER final_in_kind_receipt_document BEFORE UPDATE ON in_kind_receipt_document FOR EACH ROW EXECUTE FUNCTION final_in_kind_receipt_document();

CREATE TRIGGER final_in_kind_receipt_due BEFORE UPDATE ON in_kind_receipt_due FOR EACH ROW EXECUTE FUNCTION final_in_kind_receipt_due();

CREATE TRIGGER final_in_kind_receipt_print BEFORE UPDATE ON in_kind_receipt_print FOR EACH ROW EXECUTE FUNCTION final_in_kind_receipt_print();

CREATE TRIGGER final_inquiry BEFORE UPDATE ON inquiry FOR EACH ROW EXECUTE FUNCTION final_inquiry();

CREATE TRIGGER final_instalment BEFORE UPDATE ON instalment FOR EACH ROW EXECUTE FUNCTION final_instalment();

CREATE TRIGGER final_issuer_version BEFORE UPDATE ON issuer_version FOR EACH ROW EXECUTE FUNCTION final_issuer_version();

CREATE TRIGGER final_item_cost BEFORE UPDATE ON item_cost FOR EACH ROW EXECUTE FUNCTION final_item_cost();

CREATE TRIGGER final_line_shortage BEFORE UPDATE ON line_shortage FOR EACH ROW EXECUTE FUNCTION final_line_shortage();

CREATE TRIGGER final_logbook_entry BEFORE UPDATE ON logbook_entry FOR EACH ROW EXECUTE FUNCTION final_logbook_entry();

CREATE TRIGGER final_meeting BEFORE UPDATE ON meeting FOR EACH ROW EXECUTE FUNCTION final_meeting();

CREATE TRIGGER final_meeting_move BEFORE UPDATE ON meeting_move FOR EACH ROW EXECUTE FUNCTION final_meeting_move();

CREATE TRIGGER final_meeting_roll BEFORE UPDATE ON meeting_roll FOR EACH ROW EXECUTE FUNCTION final_meeting_roll();

CREATE TRIGGER final_message BEFORE UPDATE ON message FOR EACH ROW EXECUTE FUNCTION final_message();

CREATE TRIGGER final_minutes BEFORE UPDATE ON minutes FOR EACH ROW EXECUTE FUNCTION final_minutes();

CREATE TRIGGER final_motion BEFORE UPDATE ON motion FOR EACH ROW EXECUTE FUNCTION final_motion();

CREATE TRIGGER final_motion_line BEFORE UPDATE ON motion_line FOR EACH ROW EXECUTE FUNCTION final_motion_line();

CREATE TRIGGER final_motion_part BEFORE UPDATE ON motion_part FOR EACH ROW EXECUTE FUNCTION final_motion_part();

CREATE TRIGGER final_network BEFORE UPDATE ON network FOR EACH ROW EXECUTE FUNCTION final_network();

CREATE TRIGGER final_network_contact BEFORE UPDATE ON network_contact FOR EACH ROW EXECUTE FUNCTION final_network_contact();

CREATE TRIGGER final_nightly_run BEFORE UPDATE ON nightly_run FOR EACH ROW EXECUTE FUNCTION final_nightly_run();

CREATE TRIGGER final_opening BEFORE UPDATE ON opening FOR EACH ROW EXECUTE FUNCTION final_opening();

CREATE TRIGGER final_opening_balance BEFORE UPDATE ON opening_balance FOR EACH ROW EXECUTE FUNCTION final_opening_balance();

CREATE TRIGGER final_order_invoice BEFORE UPDATE ON order_invoice FOR EACH ROW EXECUTE FUNCTION final_order_invoice();

CREATE TRIGGER final_order_line BEFORE UPDATE ON order_line FOR EACH ROW EXECUTE FUNCTION final_order_line();

CREATE TRIGGER final_outgoing_match BEFORE UPDATE ON outgoing_match FOR EACH ROW EXECUTE FUNCTION final_outgoing_match();

CREATE TRIGGER final_paper_receipt_book BEFORE UPDATE ON paper_receipt_book FOR EACH ROW EXECUTE FUNCTION final_paper_receipt_book();

CREATE TRIGGER final_password_link BEFORE UPDATE ON password_link FOR EACH ROW EXECUTE FUNCTION final_password_link();

CREATE TRIGGER final_payee BEFORE UPDATE ON payee FOR EACH ROW EXECUTE FUNCTION final_payee();

CREATE TRIGGER final_payment BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION final_payment();

CREATE TRIGGER final_payment_approval BEFORE UPDATE ON payment_approval FOR EACH ROW EXECUTE FUNCTION final_payment_approval();

CREATE TRIGGER final_payment_order BEFORE UPDATE ON payment_order FOR EACH ROW EXECUTE FUNCTION final_payment_order();

CREATE TRIGGER final_payment_paper BEFORE UPDATE ON payment_paper FOR EACH ROW EXECUTE FUNCTION final_payment_paper();

CREATE TRIGGER final_payment_request BEFORE UPDATE ON payment_request FOR EACH ROW EXECUTE FUNCTION final_payment_request();

CREATE TRIGGER final_payment_return BEFORE UPDATE ON payment_return FOR EACH ROW EXECUTE FUNCTION final_payment_return();

CREATE TRIGGER final_photo BEFORE UPDATE ON photo FOR EACH ROW EXECUTE FUNCTION final_photo();

CREATE TRIGGER final_pledge BEFORE UPDATE ON pledge FOR EACH ROW EXECUTE FUNCTION final_pledge();

CREATE TRIGGER final_proposal BEFORE UPDATE ON proposal FOR EACH ROW EXECUTE FUNCTION final_proposal();

CREATE TRIGGER final_proposal_funding BEFORE UPDATE ON proposal_funding FOR EACH ROW EXECUTE FUNCTION final_proposal_funding();

CREATE TRIGGER final_proposal_line BEFORE UPDATE ON proposal_line FOR EACH ROW EXECUTE FUNCTION final_proposal_line();

CREATE TRIGGER final_proposal_version BEFORE UPDATE ON proposal_version FOR EACH ROW EXECUTE FUNCTION final_proposal_version();

CREATE TRIGGER final_proposal_way BEFORE UPDATE ON proposal_way FOR EACH ROW EXECUTE FUNCTION final_proposal_way();

CREATE TRIGGER final_public_base BEFORE UPDATE ON public_base FOR EACH ROW EXECUTE FUNCTION final_public_base();

CREATE TRIGGER final_published_help BEFORE UPDATE ON published_help FOR EACH ROW EXECUTE FUNCTION final_published_help();

CREATE TRIGGER final_purpose BEFORE UPDATE ON purpose FOR EACH ROW EXECUTE FUNCTION final_purpose();

CREATE TRIGGER final_read_event BEFORE UPDATE ON read_event FOR EACH ROW EXECUTE FUNCTION final_read_event();

CREATE TRIGGER final_receipt BEFORE UPDATE ON receipt FOR EACH ROW EXECUTE FUNCTION final_receipt();

CREATE TRIGGER final_receipt_document BEFORE UPDATE ON receipt_document FOR EACH ROW EXECUTE FUNCTION final_receipt_document();

CREATE TRIGGER final_receipt_due BEFORE UPDATE ON receipt_due FOR EACH ROW EXECUTE FUNCTION final_receipt_due();

CREATE TRIGGER final_receipt_print BEFORE UPDATE ON receipt_print FOR EACH ROW EXECUTE FUNCTION final_receipt_print();

CREATE TRIGGER final_refund BEFORE UPDATE ON refund FOR EACH ROW EXECUTE FUNCTION final_refund();

CREATE TRIGGER final_register_column_map BEFORE UPDATE ON register_column_map FOR EACH ROW EXECUTE FUNCTION final_register_column_map();

CREATE TRIGGER final_register_import BEFORE UPDATE ON register_import FOR EACH ROW EXECUTE FUNCTION final_register_import();

CREATE TRIGGER final_register_import_change BEFORE UPDATE ON register_import_change FOR EACH ROW EXECUTE FUNCTION final_register_import_change();

CREATE TRIGGER final_register_import_row BEFORE UPDATE ON register_import_row FOR EACH ROW EXECUTE FUNCTION final_register_import_row();

CREATE TRIGGER final_resolution BEFORE UPDATE ON resolution FOR EACH ROW EXECUTE FUNCTION final_resolution();

CREATE TRIGGER final_retired_numbers BEFORE UPDATE ON retired_numbers FOR EACH ROW EXECUTE FUNCTION final_retired_numbers();

CREATE TRIGGER final_role_grant BEFORE UPDATE ON role_grant FOR EACH ROW EXECUTE FUNCTION final_role_grant();

CREATE TRIGGER final_signatory BEFORE UPDATE ON signatory FOR EACH ROW EXECUTE FUNCTION final_signatory();

CREATE TRIGGER final_slip BEFORE UPDATE ON slip FOR EACH ROW EXECUTE FUNCTION final_slip();

CREATE TRIGGER final_slip_claim BEFORE UPDATE ON slip_claim FOR EACH ROW EXECUTE FUNCTION final_slip_claim();

CREATE TRIGGER final_solicitation_approval BEFORE UPDATE ON solicitation_approval FOR EACH ROW EXECUTE FUNCTION final_solicitation_approval();

CREATE TRIGGER final_staff_notice BEFORE UPDATE ON staff_notice FOR EACH ROW EXECUTE FUNCTION final_staff_notice();

CREATE TRIGGER final_statement BEFORE UPDATE ON statement FOR EACH ROW EXECUTE FUNCTION final_statement();

CREATE TRIGGER final_statement_basis BEFORE UPDATE ON statement_basis FOR EACH ROW EXECUTE FUNCTION final_statement_basis();

CREATE TRIGGER final_statement_chunk BEFORE UPDATE ON statement_chunk FOR EACH ROW EXECUTE FUNCTION final_statement_chunk();

CREATE TRIGGER final_statement_withdrawal BEFORE UPDATE ON statement_withdrawal FOR EACH ROW EXECUTE FUNCTION final_statement_withdrawal();

CREATE TRIGGER final_stock_item BEFORE UPDATE ON stock_item FOR EACH ROW EXECUTE FUNCTION final_stock_item();

CREATE TRIGGER final_stock_move BEFORE UPDATE ON stock_move FOR EACH ROW EXECUTE FUNCTION final_stock_move();

CREATE TRIGGER final_tax_certificate BEFORE UPDATE ON tax_certificate FOR EACH ROW EXECUTE FUNCTION final_tax_certificate();

CREATE TRIGGER final_tax_remittance BEFORE UPDATE ON tax_remittance FOR EACH ROW EXECUTE FUNCTION final_tax_remittance();

CREATE TRIGGER final_trace BEFORE UPDATE ON trace FOR EACH ROW EXECUTE FUNCTION final_trace();

CREATE TRIGGER final_transfer_file BEFORE UPDATE ON transfer_file FOR EACH ROW EXECUTE FUNCTION final_transfer_file();

CREATE TRIGGER final_vendor BEFORE UPDATE ON vendor FOR EACH ROW EXECUTE FUNCTION final_vendor();

CREATE TRIGGER final_vendor_account BEFORE UPDATE ON vendor_account FOR EACH ROW EXECUTE FUNCTION final_vendor_account();

CREATE TRIGGER final_vote BEFORE UPDATE ON vote FOR EACH ROW EXECUTE FUNCTION final_vote();

CREATE TRIGGER final_withholding BEFORE UPDATE ON withholding FOR EACH ROW EXECUTE FUNCTION final_withholding();

CREATE TRIGGER fund_account_by_two BEFORE UPDATE ON fund_account FOR EACH ROW EXECUTE FUNCTION fund_account_by_two();

CREATE TRIGGER fund_account_proposed_by_two BEFORE INSERT ON fund_account FOR EACH ROW EXECUTE FUNCTION fund_account_proposed_by_two();

CREATE TRIGGER fund_account_stays BEFORE UPDATE ON fund_account FOR EACH ROW EXECUTE FUNCTION fund_account_stays();

CREATE TRIGGER funding_fixed_delete BEFORE DELETE ON aid_funding FOR EACH ROW EXECUTE FUNCTION funding_fixed_delete();

CREATE TRIGGER funding_fixed_insert BEFORE INSERT ON aid_funding FOR EACH ROW EXECUTE FUNCTION funding_fixed_insert();

CREATE TRIGGER funding_fixed_update BEFORE UPDATE ON aid_funding FOR EACH ROW EXECUTE FUNCTION funding_fixed_update();

CREATE TRIGGER giver_approves_nothing BEFORE INSERT ON payment_approval FOR EACH ROW EXECUTE FUNCTION giver_approves_nothing();

CREATE TRIGGER giver_keeps_no_costs BEFORE INSERT ON item_cost FOR EACH ROW EXECUTE FUNCTION giver_keeps_no_costs();

CREATE TRIGGER giver_prepares_nothing BEFORE INSERT ON payment_order FOR EACH ROW EXECUTE FUNCTION giver_prepares_nothing();

CREATE TRIGGER giving_stop_ended_by_two BEFORE UPDATE ON giving_stop FOR EACH ROW EXECUTE FUNCTION giving_stop_ended_by_two();

CREATE TRIGGER goods_for_own_pledge BEFORE INSERT ON in_kind_donation FOR EACH ROW EXECUTE FUNCTION goods_for_own_pledge();

CREATE TRIGGER guideline_as_voted BEFORE UPDATE ON guideline FOR EACH ROW EXECUTE FUNCTION guideline_as_voted();

CREATE TRIGGER guideline_vote_attends BEFORE INSERT ON guideline_vote FOR EACH ROW EXECUTE FUNCTION guideline_vote_attends();

CREATE TRIGGER household_moved_empties_words AFTER UPDATE ON household FOR EACH ROW EXECUTE FUNCTION household_moved_empties_words();

CREATE TRIGGER in_kind_donation_voided_once BEFORE UPDATE ON in_kind_donation FOR EACH ROW EXECUTE FUNCTION in_kind_donation_voided_once();

CREATE TRIGGER in_kind_donation_without_gap BEFORE INSERT ON in_kind_donation FOR EACH ROW EXECUTE FUNCTION in_kind_donation_without_gap();

CREATE TRIGGER in_kind_receipt_document_as_recorded BEFORE INSERT ON in_kind_receipt_document FOR EACH ROW EXECUTE FUNCTION in_kind_receipt_document_as_recorded();

CREATE TRIGGER in_kind_receipt_document_of_cancelled BEFORE INSERT ON in_kind_receipt_document FOR EACH ROW EXECUTE FUNCTION in_kind_receipt_document_of_cancelled();

CREATE TRIGGER instalment_within_pledge BEFORE INSERT ON instalment FOR EACH ROW EXECUTE FUNCTION instalment_within_pledge();

CREATE TRIGGER invoice_goes_before_signing BEFORE DELETE ON order_invoice FOR EACH ROW EXECUTE FUNCTION invoice_goes_before_signing();

CREATE TRIGGER invoice_of_open_order BEFORE INSERT ON order_invoice FOR EACH ROW EXECUTE FUNCTION invoice_of_open_order();

CREATE TRIGGER issuer_version_by_two BEFORE INSERT ON issuer_version FOR EACH ROW EXECUTE FUNCTION issuer_version_by_two();

CREATE TRIGGER issuer_version_in_order BEFORE INSERT ON issuer_version FOR EACH ROW EXECUTE FUNCTION issuer_version_in_order();

CREATE TRIGGER kept_account BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION kept_account();

CREATE TRIGGER kept_advance_clearing BEFORE DELETE ON advance_clearing FOR EACH ROW EXECUTE FUNCTION kept_advance_clearing();

CREATE TRIGGER kept_aid_request BEFORE DELETE ON aid_request FOR EACH ROW EXECUTE FUNCTION kept_aid_request();

CREATE TRIGGER kept_allocation BEFORE DELETE ON allocation FOR EACH ROW EXECUTE FUNCTION kept_allocation();

CREATE TRIGGER kept_approval_request BEFORE DELETE ON approval_request FOR EACH ROW EXECUTE FUNCTION kept_approval_request();

CREATE TRIGGER kept_audit_event BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION kept_audit_event();

CREATE TRIGGER kept_bank_event BEFORE DELETE ON bank_event FOR EACH ROW EXECUTE FUNCTION kept_bank_event();

CREATE TRIGGER kept_bank_reversal BEFORE DELETE ON bank_reversal FOR EACH ROW EXECUTE FUNCTION kept_bank_reversal();

CREATE TRIGGER kept_body BEFORE DELETE ON body FOR EACH ROW EXECUTE FUNCTION kept_body();

CREATE TRIGGER kept_body_rules BEFORE DELETE ON body_rules FOR EACH ROW EXECUTE FUNCTION kept_body_rules();

CREATE TRIGGER kept_carried_gift BEFORE DELETE ON carried_gift FOR EACH ROW EXECUTE FUNCTION kept_carried_gift();

CREATE TRIGGER kept_carried_list BEFORE DELETE ON carried_list FOR EACH ROW EXECUTE FUNCTION kept_carried_list();

CREATE TRIGGER kept_cash_count BEFORE DELETE ON cash_count FOR EACH ROW EXECUTE FUNCTION kept_cash_count();

CREATE TRIGGER kept_chain_link BEFORE DELETE ON chain_link FOR EACH ROW EXECUTE FUNCTION kept_chain_link();

CREATE TRIGGER kept_circulation BEFORE DELETE ON circulation FOR EACH ROW EXECUTE FUNCTION kept_circulation();

CREATE TRIGGER kept_closed_month BEFORE DELETE ON closed_month FOR EACH ROW EXECUTE FUNCTION kept_closed_month();

CREATE TRIGGER kept_collection BEFORE DELETE ON collection FOR EACH ROW EXECUTE FUNCTION kept_collection();

CREATE TRIGGER kept_commitment BEFORE DELETE ON commitment FOR EACH ROW EXECUTE FUNCTION kept_commitment();

CREATE TRIGGER kept_counter_payment BEFORE DELETE ON counter_payment FOR EACH ROW EXECUTE FUNCTION kept_counter_payment();

CREATE TRIGGER kept_counter_payment_reversal BEFORE DELETE ON counter_payment_reversal FOR EACH ROW EXECUTE FUNCTION kept_counter_payment_reversal();

CREATE TRIGGER kept_delegation BEFORE DELETE ON delegation FOR EACH ROW EXECUTE FUNCTION kept_delegation();

CREATE TRIGGER kept_delivery BEFORE DELETE ON delivery FOR EACH ROW EXECUTE FUNCTION kept_delivery();

CREATE TRIGGER kept_deposit BEFORE DELETE ON deposit FOR EACH ROW EXECUTE FUNCTION kept_deposit();

CREATE TRIGGER kept_deposit_item BEFORE DELETE ON deposit_item FOR EACH ROW EXECUTE FUNCTION kept_deposit_item();

CREATE TRIGGER kept_donation BEFORE DELETE ON donation FOR EACH ROW EXECUTE FUNCTION kept_donation();

CREATE TRIGGER kept_donation_reversal BEFORE DELETE ON donation_reversal FOR EACH ROW EXECUTE FUNCTION kept_donation_reversal();

CREATE TRIGGER kept_due_date_request BEFORE DELETE ON due_date_request FOR EACH ROW EXECUTE FUNCTION kept_due_date_request();

CREATE TRIGGER kept_edition BEFORE DELETE ON edition FOR EACH ROW EXECUTE FUNCTION kept_edition();

CREATE TRIGGER kept_edonation_report BEFORE DELETE ON edonation_report FOR EACH ROW EXECUTE FUNCTION kept_edonation_report();

CREATE TRIGGER kept_entry BEFORE DELETE ON entry FOR EACH ROW EXECUTE FUNCTION kept_entry();

CREATE TRIGGER kept_giving_stop BEFORE DELETE ON giving_stop FOR EACH ROW EXECUTE FUNCTION kept_giving_stop();

CREATE TRIGGER kept_guideline BEFORE DELETE ON guideline FOR EACH ROW EXECUTE FUNCTION kept_guideline();

CREATE TRIGGER kept_guideline_vote BEFORE DELETE ON guideline_vote FOR EACH ROW EXECUTE FUNCTION kept_guideline_vote();

CREATE TRIGGER kept_household BEFORE DELETE ON household FOR EACH ROW EXECUTE FUNCTION kept_household();

CREATE TRIGGER kept_in_kind_donation BEFORE DELETE ON in_kind_donation FOR EACH ROW EXECUTE FUNCTION kept_in_kind_donation();

CREATE TRIGGER kept_in_kind_receipt_document BEFORE DELETE ON in_kind_receipt_document FOR EACH ROW EXECUTE FUNCTION kept_in_kind_receipt_document();

CREATE TRIGGER kept_in_kind_receipt_due BEFORE DELETE ON in_kind_receipt_due FOR EACH ROW EXECUTE FUNCTION kept_in_kind_receipt_due();

CREATE TRIGGER kept_in_kind_receipt_print BEFORE DELETE ON in_kind_receipt_print FOR EACH ROW EXECUTE FUNCTION kept_in_kind_receipt_print();

CREATE TRIGGER kept_inquiry BEFORE DELETE ON inquiry FOR EACH ROW EXECUTE FUNCTION kept_inquiry();

CREATE TRIGGER kept_instalment BEFORE DELETE ON instalment FOR EACH ROW EXECUTE FUNCTION kept_instalment();

CREATE TRIGGER kept_issuer_version BEFORE DELETE ON issuer_version FOR EACH ROW EXECUTE FUNCTION kept_issuer_version();

CREATE TRIGGER kept_item_cost BEFORE DELETE ON item_cost FOR EACH ROW EXECUTE FUNCTION kept_item_cost();

CREATE TRIGGER kept_line_shortage BEFORE DELETE ON line_shortage FOR EACH ROW EXECUTE FUNCTION kept_line_shortage();

CREATE TRIGGER kept_logbook_entry BEFORE DELETE ON logbook_entry FOR EACH ROW EXECUTE FUNCTION kept_logbook_entry();

CREATE TRIGGER kept_meeting BEFORE DELETE ON meeting FOR EACH ROW EXECUTE FUNCTION kept_meeting();

CREATE TRIGGER kept_meeting_move BEFORE DELETE ON meeting_move FOR EACH ROW EXECUTE FUNCTION kept_meeting_move();

CREATE TRIGGER kept_meeting_roll BEFORE DELETE ON meeting_roll FOR EACH ROW EXECUTE FUNCTION kept_meeting_roll();

CREATE TRIGGER kept_member BEFORE DELETE ON member FOR EACH ROW EXECUTE FUNCTION kept_member();

CREATE TRIGGER kept_message BEFORE DELETE ON message FOR EACH ROW EXECUTE FUNCTION kept_message();

CREATE TRIGGER kept_minutes BEFORE DELETE ON minutes FOR EACH ROW EXECUTE FUNCTION kept_minutes();

CREATE TRIGGER kept_motion_line BEFORE DELETE ON motion_line FOR EACH ROW EXECUTE FUNCTION kept_motion_line();

CREATE TRIGGER kept_motion_part BEFORE DELETE ON motion_part FOR EACH ROW EXECUTE FUNCTION kept_motion_part();

CREATE TRIGGER kept_network BEFORE DELETE ON network FOR EACH ROW EXECUTE FUNCTION kept_network();

CREATE TRIGGER kept_network_contact BEFORE DELETE ON network_contact FOR EACH ROW EXECUTE FUNCTION kept_network_contact();

CREATE TRIGGER kept_nightly_run BEFORE DELETE ON nightly_run FOR EACH ROW EXECUTE FUNCTION kept_nightly_run();

CREATE TRIGGER kept_opening BEFORE DELETE ON opening FOR EACH ROW EXECUTE FUNCTION kept_opening();

CREATE TRIGGER kept_opening_balance BEFORE DELETE ON opening_balance FOR EACH ROW EXECUTE FUNCTION kept_opening_balance();

CREATE TRIGGER kept_paper_receipt_book BEFORE DELETE ON paper_receipt_book FOR EACH ROW EXECUTE FUNCTION kept_paper_receipt_book();

CREATE TRIGGER kept_password_link BEFORE DELETE ON password_link FOR EACH ROW EXECUTE FUNCTION kept_password_link();

CREATE TRIGGER kept_payee BEFORE DELETE ON payee FOR EACH ROW EXECUTE FUNCTION kept_payee();

CREATE TRIGGER kept_payment BEFORE DELETE ON payment FOR EACH ROW EXECUTE FUNCTION kept_payment();

CREATE TRIGGER kept_payment_approval BEFORE DELETE ON payment_approval FOR EACH ROW EXECUTE FUNCTION kept_payment_approval();

CREATE TRIGGER kept_payment_order BEFORE DELETE ON payment_order FOR EACH ROW EXECUTE FUNCTION kept_payment_order();

CREATE TRIGGER kept_payment_paper BEFORE DELETE ON payment_paper FOR EACH ROW EXECUTE FUNCTION kept_payment_paper();

CREATE TRIGGER kept_payment_request BEFORE DELETE ON payment_request FOR EACH ROW EXECUTE FUNCTION kept_payment_request();

CREATE TRIGGER kept_payment_return BEFORE DELETE ON payment_return FOR EACH ROW EXECUTE FUNCTION kept_payment_return();

CREATE TRIGGER kept_photo BEFORE DELETE ON photo FOR EACH ROW EXECUTE FUNCTION kept_photo();

CREATE TRIGGER kept_pledge BEFORE DELETE ON pledge FOR EACH ROW EXECUTE FUNCTION kept_pledge();

CREATE TRIGGER kept_proposal BEFORE DELETE ON proposal FOR EACH ROW EXECUTE FUNCTION kept_proposal();

CREATE TRIGGER kept_proposal_funding BEFORE DELETE ON proposal_funding FOR EACH ROW EXECUTE FUNCTION kept_proposal_funding();

CREATE TRIGGER kept_proposal_line BEFORE DELETE ON proposal_line FOR EACH ROW EXECUTE FUNCTION kept_proposal_line();

CREATE TRIGGER kept_proposal_version BEFORE DELETE ON proposal_version FOR EACH ROW EXECUTE FUNCTION kept_proposal_version();

CREATE TRIGGER kept_proposal_way BEFORE DELETE ON proposal_way FOR EACH ROW EXECUTE FUNCTION kept_proposal_way();

CREATE TRIGGER kept_public_base BEFORE DELETE ON public_base FOR EACH ROW EXECUTE FUNCTION kept_public_base();

CREATE TRIGGER kept_published_help BEFORE DELETE ON published_help FOR EACH ROW EXECUTE FUNCTION kept_published_help();

CREATE TRIGGER kept_purpose BEFORE DELETE ON purpose FOR EACH ROW EXECUTE FUNCTION kept_purpose();

CREATE TRIGGER kept_read_event BEFORE DELETE ON read_event FOR EACH ROW EXECUTE FUNCTION kept_read_event();

CREATE TRIGGER kept_reading_day BEFORE DELETE ON reading_day FOR EACH ROW EXECUTE FUNCTION kept_reading_day();

CREATE TRIGGER kept_receipt BEFORE DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION kept_receipt();

CREATE TRIGGER kept_receipt_document BEFORE DELETE ON receipt_document FOR EACH ROW EXECUTE FUNCTION kept_receipt_document();

CREATE TRIGGER kept_receipt_due BEFORE DELETE ON receipt_due FOR EACH ROW EXECUTE FUNCTION kept_receipt_due();

CREATE TRIGGER kept_receipt_print BEFORE DELETE ON receipt_print FOR EACH ROW EXECUTE FUNCTION kept_receipt_print();

CREATE TRIGGER kept_reconciliation_item BEFORE DELETE ON reconciliation_item FOR EACH ROW EXECUTE FUNCTION kept_reconciliation_item();

CREATE TRIGGER kept_refund BEFORE DELETE ON refund FOR EACH ROW EXECUTE FUNCTION kept_refund();

CREATE TRIGGER kept_register_conflict BEFORE DELETE ON register_conflict FOR EACH ROW EXECUTE FUNCTION kept_register_conflict();

CREATE TRIGGER kept_register_import BEFORE DELETE ON register_import FOR EACH ROW EXECUTE FUNCTION kept_register_import();

CREATE TRIGGER kept_register_import_change BEFORE DELETE ON register_import_change FOR EACH ROW EXECUTE FUNCTION kept_register_import_change();

CREATE TRIGGER kept_register_import_row BEFORE DELETE ON register_import_row FOR EACH ROW EXECUTE FUNCTION kept_register_import_row();

CREATE TRIGGER kept_resolution BEFORE DELETE ON resolution FOR EACH ROW EXECUTE FUNCTION kept_resolution();

CREATE TRIGGER kept_retired_numbers BEFORE DELETE ON retired_numbers FOR EACH ROW EXECUTE FUNCTION kept_retired_numbers();

CREATE TRIGGER kept_role_grant BEFORE DELETE ON role_grant FOR EACH ROW EXECUTE FUNCTION kept_role_grant();

CREATE TRIGGER kept_seat BEFORE DELETE ON seat FOR EACH ROW EXECUTE FUNCTION kept_seat();

CREATE TRIGGER kept_signatory BEFORE DELETE ON signatory FOR EACH ROW EXECUTE FUNCTION kept_signatory();

CREATE TRIGGER kept_slip BEFORE DELETE ON slip FOR EACH ROW EXECUTE FUNCTION kept_slip();

CREATE TRIGGER kept_slip_claim BEFORE DELETE ON slip_claim FOR EACH ROW EXECUTE FUNCTION kept_slip_claim();

CREATE TRIGGER kept_solicitation_approval BEFORE DELETE ON solicitation_approval FOR EACH ROW EXECUTE FUNCTION kept_solicitation_approval();

CREATE TRIGGER kept_staff_notice BEFORE DELETE ON staff_notice FOR EACH ROW EXECUTE FUNCTION kept_staff_notice();

CREATE TRIGGER kept_statement BEFORE DELETE ON statement FOR EACH ROW EXECUTE FUNCTION kept_statement();

CREATE TRIGGER kept_statement_basis BEFORE DELETE ON statement_basis FOR EACH ROW EXECUTE FUNCTION kept_statement_basis();

CREATE TRIGGER kept_statement_chunk BEFORE DELETE ON statement_chunk FOR EACH ROW EXECUTE FUNCTION kept_statement_chunk();

CREATE TRIGGER kept_statement_override BEFORE UPDATE ON statement_upload FOR EACH ROW EXECUTE FUNCTION kept_statement_override();

CREATE TRIGGER kept_statement_upload BEFORE DELETE ON statement_upload FOR EACH ROW EXECUTE FUNCTION kept_statement_upload();

CREATE TRIGGER kept_statement_withdrawal BEFORE DELETE ON statement_withdrawal FOR EACH ROW EXECUTE FUNCTION kept_statement_withdrawal();

CREATE TRIGGER kept_stock_item BEFORE DELETE ON stock_item FOR EACH ROW EXECUTE FUNCTION kept_stock_item();

CREATE TRIGGER kept_stock_move BEFORE DELETE ON stock_move FOR EACH ROW EXECUTE FUNCTION kept_stock_move();

CREATE TRIGGER kept_tax_certificate BEFORE DELETE ON tax_certificate FOR EACH ROW EXECUTE FUNCTION kept_tax_certificate();

CREATE TRIGGER kept_trace BEFORE DELETE ON trace FOR EACH ROW EXECUTE FUNCTION kept_trace();

CREATE TRIGGER kept_transfer_file BEFORE DELETE ON transfer_file FOR EACH ROW EXECUTE FUNCTION kept_transfer_file();

CREATE TRIGGER kept_transfer_file_line BEFORE DELETE ON transfer_file_line FOR EACH ROW EXECUTE FUNCTION kept_transfer_file_line();

CREATE TRIGGER kept_user_account BEFORE DELETE ON user_account FOR EACH ROW EXECUTE FUNCTION kept_user_account();

CREATE TRIGGER kept_vendor BEFORE DELETE ON vendor FOR EACH ROW EXECUTE FUNCTION kept_vendor();

CREATE TRIGGER kept_vendor_account BEFORE DELETE ON vendor_account FOR EACH ROW EXECUTE FUNCTION kept_vendor_account();

CREATE TRIGGER kept_vote BEFORE DELETE ON vote FOR EACH ROW EXECUTE FUNCTION kept_vote();

CREATE TRIGGER kept_withheld_month BEFORE DELETE ON withheld_month FOR EACH ROW EXECUTE FUNCTION kept_withheld_month();

CREATE TRIGGER kept_withholding BEFORE DELETE ON withholding FOR EACH ROW EXECUTE FUNCTION kept_withholding();

CREATE TRIGGER line_continues_its_own BEFORE INSERT ON proposal_line FOR EACH ROW EXECUTE FUNCTION line_continues_its_own();

CREATE TRIGGER line_goes_before_signing BEFORE DELETE ON order_line FOR EACH ROW EXECUTE FUNCTION line_goes_before_signing();

CREATE TRIGGER line_of_open_order BEFORE INSERT ON order_line FOR EACH ROW EXECUTE FUNCTION line_of_open_order();

CREATE TRIGGER lines_fixed_delete BEFORE DELETE ON aid_line FOR EACH ROW EXECUTE FUNCTION lines_fixed_delete();

CREATE TRIGGER lines_fixed_insert BEFORE INSERT ON aid_line FOR EACH ROW EXECUTE FUNCTION lines_fixed_insert();

CREATE TRIGGER lines_fixed_update BEFORE UPDATE ON aid_line FOR EACH ROW EXECUTE FUNCTION lines_fixed_update();

CREATE TRIGGER meeting_before_its_day BEFORE UPDATE ON meeting FOR EACH ROW EXECUTE FUNCTION meeting_before_its_day();

CREATE TRIGGER meeting_by_its_rules BEFORE INSERT ON meeting FOR EACH ROW EXECUTE FUNCTION meeting_by_its_rules();

CREATE TRIGGER meeting_moves_forward BEFORE UPDATE ON meeting FOR EACH ROW EXECUTE FUNCTION meeting_moves_forward();

CREATE TRIGGER meeting_moves_with_reason BEFORE UPDATE ON meeting FOR EACH ROW EXECUTE FUNCTION meeting_moves_with_reason();

CREATE TRIGGER meeting_words_while_it_lasts BEFORE UPDATE ON meeting FOR EACH ROW EXECUTE FUNCTION meeting_words_while_it_lasts();

CREATE TRIGGER member_added_empties_words AFTER INSERT ON member REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION member_added_empties_words();

CREATE TRIGGER member_changed_empties_words AFTER UPDATE ON member FOR EACH ROW EXECUTE FUNCTION member_changed_empties_words();

CREATE TRIGGER member_enters_present BEFORE INSERT ON member FOR EACH ROW EXECUTE FUNCTION member_enters_present();

CREATE TRIGGER member_keeps_name BEFORE UPDATE ON member FOR EACH ROW EXECUTE FUNCTION member_keeps_name();

CREATE TRIGGER member_stays BEFORE UPDATE ON member FOR EACH ROW EXECUTE FUNCTION member_stays();

CREATE TRIGGER message_sent_once BEFORE UPDATE ON message FOR EACH ROW EXECUTE FUNCTION message_sent_once();

CREATE TRIGGER minutes_endorsed_later BEFORE INSERT ON minutes FOR EACH ROW EXECUTE FUNCTION minutes_endorsed_later();

CREATE TRIGGER motion_before_resolution BEFORE INSERT ON motion FOR EACH ROW EXECUTE FUNCTION motion_before_resolution();

CREATE TRIGGER motion_line_as_asked BEFORE INSERT ON motion_line FOR EACH ROW EXECUTE FUNCTION motion_line_as_asked();

CREATE TRIGGER network_founded_in_branch BEFORE INSERT ON network FOR EACH ROW EXECUTE FUNCTION network_founded_in_branch();

CREATE TRIGGER network_moved_in_branch BEFORE UPDATE ON network FOR EACH ROW EXECUTE FUNCTION network_moved_in_branch();

CREATE TRIGGER officer_approves_no_advance BEFORE INSERT ON payment_approval FOR EACH ROW EXECUTE FUNCTION officer_approves_no_advance();

CREATE TRIGGER officer_clears_no_advance BEFORE INSERT ON advance_clearing FOR EACH ROW EXECUTE FUNCTION officer_clears_no_advance();

CREATE TRIGGER officer_confirms_no_return BEFORE UPDATE ON payment_return FOR EACH ROW EXECUTE FUNCTION officer_confirms_no_return();

CREATE TRIGGER officer_files_no_advance BEFORE INSERT ON transfer_file_line FOR EACH ROW EXECUTE FUNCTION officer_files_no_advance();

CREATE TRIGGER officer_pays_no_advance BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION officer_pays_no_advance();

CREATE TRIGGER officer_prepares_no_advance BEFORE INSERT ON payment_order FOR EACH ROW EXECUTE FUNCTION officer_prepares_no_advance();

CREATE TRIGGER officer_voids_no_advance BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION officer_voids_no_advance();

CREATE TRIGGER opening_balance_as_approved BEFORE INSERT ON opening_balance FOR EACH ROW EXECUTE FUNCTION opening_balance_as_approved();

CREATE TRIGGER opening_begins_the_books BEFORE INSERT ON opening FOR EACH ROW EXECUTE FUNCTION opening_begins_the_books();

CREATE TRIGGER opening_by_two BEFORE INSERT ON opening FOR EACH ROW EXECUTE FUNCTION opening_by_two();

CREATE TRIGGER opening_counts_once BEFORE INSERT ON opening FOR EACH ROW EXECUTE FUNCTION opening_counts_once();

CREATE TRIGGER order_after_refusal BEFORE INSERT ON payment_order FOR EACH ROW EXECUTE FUNCTION order_after_refusal();

CREATE TRIGGER order_approved_by_rule BEFORE UPDATE ON payment_order FOR EACH ROW EXECUTE FUNCTION order_approved_by_rule();

CREATE TRIGGER order_in_file_waits BEFORE UPDATE ON payment_order FOR EACH ROW EXECUTE FUNCTION order_in_file_waits();

CREATE TRIGGER order_line_as_resolved BEFORE INSERT ON order_line FOR EACH ROW EXECUTE FUNCTION order_line_as_resolved();

CREATE TRIGGER order_moves_forward BEFORE UPDATE ON payment_order FOR EACH ROW EXECUTE FUNCTION order_moves_forward();

CREATE TRIGGER order_needs_resolution BEFORE INSERT ON payment_order FOR EACH ROW EXECUTE FUNCTION order_needs_resolution();

CREATE TRIGGER order_pays_confirmed_vendor BEFORE INSERT ON payment_order FOR EACH ROW EXECUTE FUNCTION order_pays_confirmed_vendor();

CREATE TRIGGER order_within_resolution BEFORE INSERT ON payment_order FOR EACH ROW EXECUTE FUNCTION order_within_resolution();

CREATE TRIGGER outgoing_match_equals BEFORE INSERT ON outgoing_match FOR EACH ROW EXECUTE FUNCTION outgoing_match_equals();

CREATE TRIGGER outgoing_match_stays BEFORE DELETE ON outgoing_match FOR EACH ROW EXECUTE FUNCTION outgoing_match_stays();

CREATE TRIGGER paper_book_before_receipts BEFORE INSERT ON paper_receipt_book FOR EACH ROW EXECUTE FUNCTION paper_book_before_receipts();

CREATE TRIGGER paper_book_by_two BEFORE INSERT ON paper_receipt_book FOR EACH ROW EXECUTE FUNCTION paper_book_by_two();

CREATE TRIGGER password_link_by_two BEFORE INSERT ON password_link FOR EACH ROW EXECUTE FUNCTION password_link_by_two();

CREATE TRIGGER password_link_used_once BEFORE UPDATE ON password_link FOR EACH ROW EXECUTE FUNCTION password_link_used_once();

CREATE TRIGGER password_of_officer_by_two BEFORE UPDATE ON user_account FOR EACH ROW EXECUTE FUNCTION password_of_officer_by_two();

CREATE TRIGGER payee_by_two BEFORE INSERT ON payee FOR EACH ROW EXECUTE FUNCTION payee_by_two();

CREATE TRIGGER payee_ended_once BEFORE UPDATE ON payee FOR EACH ROW EXECUTE FUNCTION payee_ended_once();

CREATE TRIGGER payee_waits BEFORE INSERT ON payee FOR EACH ROW EXECUTE FUNCTION payee_waits();

CREATE TRIGGER payer_gives_nothing BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION payer_gives_nothing();

CREATE TRIGGER payer_is_another_person BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION payer_is_another_person();

CREATE TRIGGER payer_may_not_vote BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION payer_may_not_vote();

CREATE TRIGGER payment_follows_order BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION payment_follows_order();

CREATE TRIGGER payment_in_file_waits BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION payment_in_file_waits();

CREATE TRIGGER payment_needs_approval BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION payment_needs_approval();

CREATE TRIGGER payment_request_reference_is_new BEFORE INSERT ON payment_request FOR EACH ROW EXECUTE FUNCTION payment_request_reference_is_new();

CREATE TRIGGER payment_request_stays_received BEFORE UPDATE ON payment_request FOR EACH ROW EXECUTE FUNCTION payment_request_stays_received();

CREATE TRIGGER payment_within_resolution BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION payment_within_resolution();

CREATE TRIGGER payout_within_held BEFORE UPDATE ON reconciliation_item FOR EACH ROW EXECUTE FUNCTION payout_within_held();

CREATE TRIGGER pledge_ends_once BEFORE UPDATE ON pledge FOR EACH ROW EXECUTE FUNCTION pledge_ends_once();

CREATE TRIGGER preparer_is_another_person BEFORE INSERT ON payment_order FOR EACH ROW EXECUTE FUNCTION preparer_is_another_person();

CREATE TRIGGER proposal_as_its_version BEFORE UPDATE ON proposal FOR EACH ROW EXECUTE FUNCTION proposal_as_its_version();

CREATE TRIGGER proposal_moves_forward BEFORE UPDATE ON proposal FOR EACH ROW EXECUTE FUNCTION proposal_moves_forward();

CREATE TRIGGER public_base_in_order BEFORE INSERT ON public_base FOR EACH ROW EXECUTE FUNCTION public_base_in_order();

CREATE TRIGGER public_base_is_closed BEFORE INSERT ON public_base FOR EACH ROW EXECUTE FUNCTION public_base_is_closed();

CREATE TRIGGER read_event_counts AFTER INSERT ON read_event FOR EACH ROW EXECUTE FUNCTION read_event_counts();

CREATE TRIGGER reading_day_never_falls BEFORE UPDATE ON reading_day FOR EACH ROW EXECUTE FUNCTION reading_day_never_falls();

CREATE TRIGGER readmitted_in_time BEFORE DELETE ON recusal FOR EACH ROW EXECUTE FUNCTION readmitted_in_time();

CREATE TRIGGER receipt_due_issued_once BEFORE UPDATE ON receipt_due FOR EACH ROW EXECUTE FUNCTION receipt_due_issued_once();

CREATE TRIGGER receipt_ends_its_due AFTER INSERT ON receipt FOR EACH ROW EXECUTE FUNCTION receipt_ends_its_due();

CREATE TRIGGER receipt_voided_once BEFORE UPDATE ON receipt FOR EACH ROW EXECUTE FUNCTION receipt_voided_once();

CREATE TRIGGER receipt_without_gap BEFORE INSERT ON receipt FOR EACH ROW EXECUTE FUNCTION receipt_without_gap();

CREATE TRIGGER reconciliation_item_of_open_request BEFORE UPDATE ON reconciliation_item FOR EACH ROW EXECUTE FUNCTION reconciliation_item_of_open_request();

CREATE TRIGGER reconciliation_item_stays BEFORE UPDATE ON reconciliation_item FOR EACH ROW EXECUTE FUNCTION reconciliation_item_stays();

CREATE TRIGGER recusal_by_member_or_chair BEFORE INSERT ON recusal FOR EACH ROW EXECUTE FUNCTION recusal_by_member_or_chair();

CREATE TRIGGER recusal_in_time BEFORE INSERT ON recusal FOR EACH ROW EXECUTE FUNCTION recusal_in_time();

CREATE TRIGGER recusal_needs_reason BEFORE INSERT ON recusal FOR EACH ROW EXECUTE FUNCTION recusal_needs_reason();

CREATE TRIGGER recused_may_not_vote BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION recused_may_not_vote();

CREATE TRIGGER refund_begins_asked BEFORE INSERT ON refund FOR EACH ROW EXECUTE FUNCTION refund_begins_asked();

CREATE TRIGGER refund_by_two BEFORE UPDATE ON refund FOR EACH ROW EXECUTE FUNCTION refund_by_two();

CREATE TRIGGER refund_step_by_step BEFORE UPDATE ON refund FOR EACH ROW EXECUTE FUNCTION refund_step_by_step();

CREATE TRIGGER refunded_within_payment BEFORE INSERT ON inquiry FOR EACH ROW EXECUTE FUNCTION refunded_within_payment();

CREATE TRIGGER register_conflict_decided_once BEFORE UPDATE ON register_conflict FOR EACH ROW EXECUTE FUNCTION register_conflict_decided_once();

CREATE TRIGGER register_import_change_as_applied BEFORE INSERT ON register_import_change FOR EACH ROW EXECUTE FUNCTION register_import_change_as_applied();

CREATE TRIGGER register_import_in_steps BEFORE UPDATE ON register_import FOR EACH ROW EXECUTE FUNCTION register_import_in_steps();

CREATE TRIGGER register_import_row_before_decision BEFORE INSERT ON register_import_row FOR EACH ROW EXECUTE FUNCTION register_import_row_before_decision();

CREATE TRIGGER release_keeps_paid BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION release_keeps_paid();

CREATE TRIGGER remittance_adds_to_month AFTER INSERT ON tax_remittance FOR EACH ROW EXECUTE FUNCTION remittance_adds_to_month();

CREATE TRIGGER remittance_leaves_month AFTER DELETE ON tax_remittance FOR EACH ROW EXECUTE FUNCTION remittance_leaves_month();

CREATE TRIGGER remittance_of_line BEFORE INSERT ON tax_remittance FOR EACH ROW EXECUTE FUNCTION remittance_of_line();

CREATE TRIGGER remittance_within_owed BEFORE INSERT ON tax_remittance FOR EACH ROW EXECUTE FUNCTION remittance_within_owed();

CREATE TRIGGER request_delivered_once BEFORE UPDATE ON aid_request FOR EACH ROW EXECUTE FUNCTION request_delivered_once();

CREATE TRIGGER request_fixed_once_submitted BEFORE UPDATE ON aid_request FOR EACH ROW EXECUTE FUNCTION request_fixed_once_submitted();

CREATE TRIGGER requester_may_not_vote BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION requester_may_not_vote();

CREATE TRIGGER resolution_as_carried BEFORE INSERT ON resolution FOR EACH ROW EXECUTE FUNCTION resolution_as_carried();

CREATE TRIGGER resolution_as_voted BEFORE INSERT ON resolution FOR EACH ROW EXECUTE FUNCTION resolution_as_voted();

CREATE TRIGGER resolution_fits_proposal BEFORE INSERT ON resolution FOR EACH ROW EXECUTE FUNCTION resolution_fits_proposal();

CREATE TRIGGER resolution_is_its_lines BEFORE INSERT ON resolution FOR EACH ROW EXECUTE FUNCTION resolution_is_its_lines();

CREATE TRIGGER resolution_within_tier BEFORE INSERT ON resolution FOR EACH ROW EXECUTE FUNCTION resolution_within_tier();

CREATE TRIGGER retired_after_the_last BEFORE INSERT ON retired_numbers FOR EACH ROW EXECUTE FUNCTION retired_after_the_last();

CREATE TRIGGER return_begins_without_tax BEFORE INSERT ON payment_return FOR EACH ROW EXECUTE FUNCTION return_begins_without_tax();

CREATE TRIGGER return_ends_once BEFORE UPDATE ON payment_return FOR EACH ROW EXECUTE FUNCTION return_ends_once();

CREATE TRIGGER return_gives_back_tax BEFORE UPDATE ON payment_return FOR EACH ROW EXECUTE FUNCTION return_gives_back_tax();

CREATE TRIGGER return_is_its_bank_line BEFORE INSERT ON payment_return FOR EACH ROW EXECUTE FUNCTION return_is_its_bank_line();

CREATE TRIGGER return_keeps_delivered BEFORE UPDATE ON payment_return FOR EACH ROW EXECUTE FUNCTION return_keeps_delivered();

CREATE TRIGGER return_line_is_decided BEFORE UPDATE ON payment_return FOR EACH ROW EXECUTE FUNCTION return_line_is_decided();

CREATE TRIGGER return_moves_payment AFTER UPDATE ON payment_return FOR EACH ROW EXECUTE FUNCTION return_moves_payment();

CREATE TRIGGER return_of_standing_payment BEFORE INSERT ON payment_return FOR EACH ROW EXECUTE FUNCTION return_of_standing_payment();

CREATE TRIGGER returned_by_returns BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION returned_by_returns();

CREATE TRIGGER returned_is_not_voided BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION returned_is_not_voided();

CREATE TRIGGER reversal_takes_from_total AFTER INSERT ON donation_reversal FOR EACH ROW EXECUTE FUNCTION reversal_takes_from_total();

CREATE TRIGGER role_grant_by_two BEFORE INSERT ON role_grant FOR EACH ROW EXECUTE FUNCTION role_grant_by_two();

CREATE TRIGGER role_grant_compatible BEFORE INSERT ON role_grant FOR EACH ROW EXECUTE FUNCTION role_grant_compatible();

CREATE TRIGGER role_grant_stays_revoked BEFORE UPDATE ON role_grant FOR EACH ROW EXECUTE FUNCTION role_grant_stays_revoked();

CREATE TRIGGER seat_ends_once BEFORE UPDATE ON seat FOR EACH ROW EXECUTE FUNCTION seat_ends_once();

CREATE TRIGGER second_approves_nothing BEFORE INSERT ON payment_approval FOR EACH ROW EXECUTE FUNCTION second_approves_nothing();

CREATE TRIGGER second_begins_unnamed BEFORE INSERT ON handover FOR EACH ROW EXECUTE FUNCTION second_begins_unnamed();

CREATE TRIGGER second_is_another BEFORE UPDATE ON handover FOR EACH ROW EXECUTE FUNCTION second_is_another();

CREATE TRIGGER second_keeps_no_costs BEFORE INSERT ON item_cost FOR EACH ROW EXECUTE FUNCTION second_keeps_no_costs();

CREATE TRIGGER second_pays_nothing BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION second_pays_nothing();

CREATE TRIGGER second_prepares_nothing BEFORE INSERT ON payment_order FOR EACH ROW EXECUTE FUNCTION second_prepares_nothing();

CREATE TRIGGER second_stays BEFORE UPDATE ON handover FOR EACH ROW EXECUTE FUNCTION second_stays();

CREATE TRIGGER settled_covers_delivered BEFORE UPDATE ON proposal FOR EACH ROW EXECUTE FUNCTION settled_covers_delivered();

CREATE TRIGGER settled_for_less_says_why BEFORE UPDATE ON proposal FOR EACH ROW EXECUTE FUNCTION settled_for_less_says_why();

CREATE TRIGGER settled_leaves_no_order BEFORE UPDATE ON proposal FOR EACH ROW EXECUTE FUNCTION settled_leaves_no_order();

CREATE TRIGGER settled_strands_nothing BEFORE UPDATE ON proposal FOR EACH ROW EXECUTE FUNCTION settled_strands_nothing();

CREATE TRIGGER shortage_of_order BEFORE INSERT ON line_shortage FOR EACH ROW EXECUTE FUNCTION shortage_of_order();

CREATE TRIGGER signatory_by_two BEFORE INSERT ON signatory FOR EACH ROW EXECUTE FUNCTION signatory_by_two();

CREATE TRIGGER signatory_ended_once BEFORE UPDATE ON signatory FOR EACH ROW EXECUTE FUNCTION signatory_ended_once();

CREATE TRIGGER slip_picture_gone BEFORE UPDATE ON slip_claim FOR EACH ROW EXECUTE FUNCTION slip_picture_gone();

CREATE TRIGGER slip_picture_needed BEFORE UPDATE ON slip_claim FOR EACH ROW EXECUTE FUNCTION slip_picture_needed();

CREATE TRIGGER sole_vote_by_right BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION sole_vote_by_right();

CREATE TRIGGER statement_basis_of_before BEFORE INSERT ON statement_basis FOR EACH ROW EXECUTE FUNCTION statement_basis_of_before();

CREATE TRIGGER statement_confirmed_by_another BEFORE INSERT ON statement_basis FOR EACH ROW EXECUTE FUNCTION statement_confirmed_by_another();

CREATE TRIGGER statement_joined_to_known BEFORE INSERT ON statement_basis FOR EACH ROW EXECUTE FUNCTION statement_joined_to_known();

CREATE TRIGGER statement_joined_to_withdrawn BEFORE INSERT ON statement_basis FOR EACH ROW EXECUTE FUNCTION statement_joined_to_withdrawn();

CREATE TRIGGER statement_withdrawn_by_two BEFORE INSERT ON statement_withdrawal FOR EACH ROW EXECUTE FUNCTION statement_withdrawn_by_two();

CREATE TRIGGER stock_never_below_nothing BEFORE INSERT ON stock_move FOR EACH ROW EXECUTE FUNCTION stock_never_below_nothing();

CREATE TRIGGER trace_back_within_traced BEFORE INSERT ON trace FOR EACH ROW EXECUTE FUNCTION trace_back_within_traced();

CREATE TRIGGER trace_within_donation BEFORE INSERT ON trace FOR EACH ROW EXECUTE FUNCTION trace_within_donation();

CREATE TRIGGER trace_within_opening BEFORE INSERT ON trace FOR EACH ROW EXECUTE FUNCTION trace_within_opening();

CREATE TRIGGER trace_within_payment BEFORE INSERT ON trace FOR EACH ROW EXECUTE FUNCTION trace_within_payment();

CREATE TRIGGER transfer_line_of_approved BEFORE INSERT ON transfer_file_line FOR EACH ROW EXECUTE FUNCTION transfer_line_of_approved();

CREATE TRIGGER transfer_result_once BEFORE UPDATE ON transfer_file_line FOR EACH ROW EXECUTE FUNCTION transfer_result_once();

CREATE TRIGGER undone_counter_payment_stays_excluded BEFORE UPDATE ON reconciliation_item FOR EACH ROW EXECUTE FUNCTION undone_counter_payment_stays_excluded();

CREATE TRIGGER undone_leaves_month AFTER UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION undone_leaves_month();

CREATE TRIGGER vendor_account_by_two BEFORE INSERT ON vendor_account FOR EACH ROW EXECUTE FUNCTION vendor_account_by_two();

CREATE TRIGGER vendor_account_waits BEFORE INSERT ON vendor_account FOR EACH ROW EXECUTE FUNCTION vendor_account_waits();

CREATE TRIGGER vendor_by_two BEFORE INSERT ON vendor FOR EACH ROW EXECUTE FUNCTION vendor_by_two();

CREATE TRIGGER vendor_closed_once BEFORE UPDATE ON vendor FOR EACH ROW EXECUTE FUNCTION vendor_closed_once();

CREATE TRIGGER void_event_is_money_back BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION void_event_is_money_back();

CREATE TRIGGER void_event_is_no_return BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION void_event_is_no_return();

CREATE TRIGGER void_keeps_delivered BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION void_keeps_delivered();

CREATE TRIGGER void_keeps_remitted BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION void_keeps_remitted();

CREATE TRIGGER void_moves_forward BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION void_moves_forward();

CREATE TRIGGER void_without_bank_line BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION void_without_bank_line();

CREATE TRIGGER vote_before_resolution BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION vote_before_resolution();

CREATE TRIGGER vote_on_newest_motion BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION vote_on_newest_motion();

CREATE TRIGGER voter_may_not_be_recused BEFORE INSERT ON recusal FOR EACH ROW EXECUTE FUNCTION voter_may_not_be_recused();

CREATE TRIGGER voter_must_attend BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION voter_must_attend();

CREATE TRIGGER voter_stays_present BEFORE DELETE ON attendance FOR EACH ROW EXECUTE FUNCTION voter_stays_present();

CREATE TRIGGER voucher_without_gap BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION voucher_without_gap();

CREATE TRIGGER withdrawal_of_open_months BEFORE INSERT ON statement_withdrawal FOR EACH ROW EXECUTE FUNCTION withdrawal_of_open_months();

CREATE TRIGGER withdrawn_stays_excluded BEFORE UPDATE ON reconciliation_item FOR EACH ROW EXECUTE FUNCTION withdrawn_stays_excluded();

CREATE TRIGGER withheld_month_as_certified BEFORE UPDATE ON withheld_month FOR EACH ROW EXECUTE FUNCTION withheld_month_as_certified();

CREATE TRIGGER withheld_month_begins_as_certified BEFORE INSERT ON withheld_month FOR EACH ROW EXECUTE FUNCTION withheld_month_begins_as_certified();

CREATE TRIGGER withholding_of_open_order BEFORE INSERT ON withholding FOR EACH ROW EXECUTE FUNCTION withholding_of_open_order();

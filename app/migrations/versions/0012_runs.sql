-- The monthly payment run: what was frozen, what it came to, what people decided about each line,
-- what was reported and what did not agree. A line's id is its payment's id, so that whatever is
-- killed and begun again, a line can be paid once and no more.

CREATE TABLE payment_run (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    month DATE NOT NULL,
    blockers_at TIMESTAMP WITH TIME ZONE NOT NULL,
    freeze_at TIMESTAMP WITH TIME ZONE NOT NULL,
    review_by TIMESTAMP WITH TIME ZONE NOT NULL,
    send_at TIMESTAMP WITH TIME ZONE NOT NULL,
    disposition_on DATE NOT NULL,
    started_by TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    frozen_at TIMESTAMP WITH TIME ZONE,
    change_percent INTEGER NOT NULL,
    largest_oere BIGINT NOT NULL,
    stop_reason TEXT NOT NULL,
    reviewed_by TEXT,
    reviewed_at TIMESTAMP WITH TIME ZONE,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    sent_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT payment_run_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT payment_run_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT payment_run_month_first_day CHECK (extract(day FROM month) = 1),
    CONSTRAINT payment_run_two_people
        CHECK (approved_by IS NULL OR (reviewed_by IS NOT NULL AND reviewed_by <> approved_by)),
    CONSTRAINT payment_run_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX payment_run_once ON payment_run (municipality_id, month);

CREATE TABLE run_batch (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    run_id UUID NOT NULL,
    phase TEXT NOT NULL,
    number INTEGER NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT run_batch_pkey PRIMARY KEY (municipality_id, run_id, phase, number),
    CONSTRAINT run_batch_municipality_id_run_id_fkey
        FOREIGN KEY(municipality_id, run_id) REFERENCES payment_run (municipality_id, id),
    CONSTRAINT run_batch_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

CREATE TABLE run_line (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    run_id UUID NOT NULL,
    batch INTEGER NOT NULL,
    case_id UUID NOT NULL,
    party_id UUID NOT NULL,
    decision_id UUID NOT NULL,
    month DATE NOT NULL,
    decided_oere BIGINT NOT NULL,
    CONSTRAINT run_line_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT run_line_municipality_id_run_id_fkey
        FOREIGN KEY(municipality_id, run_id) REFERENCES payment_run (municipality_id, id),
    CONSTRAINT run_line_municipality_id_case_id_fkey
        FOREIGN KEY(municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    CONSTRAINT run_line_municipality_id_party_id_fkey
        FOREIGN KEY(municipality_id, party_id) REFERENCES party (municipality_id, id),
    CONSTRAINT run_line_municipality_id_decision_id_fkey
        FOREIGN KEY(municipality_id, decision_id) REFERENCES decision (municipality_id, id),
    CONSTRAINT run_line_month_first_day CHECK (extract(day FROM month) = 1),
    CONSTRAINT run_line_something CHECK (decided_oere > 0),
    CONSTRAINT run_line_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE UNIQUE INDEX run_line_once ON run_line (municipality_id, run_id, party_id, month);
CREATE INDEX run_line_of_batch ON run_line (municipality_id, run_id, batch);

CREATE TABLE run_result (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    line_id UUID NOT NULL,
    version INTEGER NOT NULL,
    calculated_oere BIGINT,
    gross_oere BIGINT NOT NULL,
    tax_oere BIGINT NOT NULL,
    net_oere BIGINT NOT NULL,
    is_payable BOOLEAN NOT NULL,
    weight TEXT NOT NULL,
    remarks JSON NOT NULL,
    card_kind TEXT NOT NULL,
    allowance_oere BIGINT NOT NULL,
    explanation BYTEA NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT run_result_pkey PRIMARY KEY (municipality_id, line_id, version),
    CONSTRAINT run_result_municipality_id_line_id_fkey
        FOREIGN KEY(municipality_id, line_id) REFERENCES run_line (municipality_id, id),
    CONSTRAINT run_result_weight_known CHECK (weight IN ('noteret', 'skal_ses', 'alvorlig')),
    CONSTRAINT run_result_net CHECK (net_oere = gross_oere - tax_oere),
    CONSTRAINT run_result_no_debt CHECK (gross_oere >= 0 AND tax_oere >= 0 AND net_oere >= 0),
    CONSTRAINT run_result_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

CREATE TABLE run_ruling (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    line_id UUID NOT NULL,
    version INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_user TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT run_ruling_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT run_ruling_municipality_id_line_id_fkey
        FOREIGN KEY(municipality_id, line_id) REFERENCES run_line (municipality_id, id),
    CONSTRAINT run_ruling_verdict_known CHECK (verdict IN ('frigivet', 'tilbageholdt')),
    CONSTRAINT run_ruling_reasoned CHECK (length(reason) >= 5),
    CONSTRAINT run_ruling_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
CREATE INDEX run_ruling_of_line ON run_ruling (municipality_id, line_id, id);

CREATE TABLE income_report (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    id UUID NOT NULL,
    run_id UUID,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT income_report_pkey PRIMARY KEY (municipality_id, id),
    CONSTRAINT income_report_municipality_id_run_id_fkey
        FOREIGN KEY(municipality_id, run_id) REFERENCES payment_run (municipality_id, id),
    CONSTRAINT income_report_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

CREATE TABLE income_report_line (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    report_id UUID NOT NULL,
    payment_id UUID NOT NULL,
    gross_oere BIGINT NOT NULL,
    tax_oere BIGINT NOT NULL,
    paid_on DATE NOT NULL,
    accepted_at TIMESTAMP WITH TIME ZONE,
    reference TEXT NOT NULL,
    rejected_reason TEXT NOT NULL,
    CONSTRAINT income_report_line_pkey PRIMARY KEY (municipality_id, report_id, payment_id),
    CONSTRAINT income_report_line_municipality_id_report_id_fkey
        FOREIGN KEY(municipality_id, report_id) REFERENCES income_report (municipality_id, id),
    CONSTRAINT income_report_line_municipality_id_payment_id_fkey
        FOREIGN KEY(municipality_id, payment_id) REFERENCES payment (municipality_id, id),
    CONSTRAINT income_report_line_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);
-- Income is reported once; only a line that was turned down may come again.
CREATE UNIQUE INDEX income_report_line_once
    ON income_report_line (municipality_id, payment_id) WHERE rejected_reason = '';

CREATE TABLE run_reconciliation (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    run_id UUID NOT NULL,
    number INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    figures JSON NOT NULL,
    CONSTRAINT run_reconciliation_pkey PRIMARY KEY (municipality_id, run_id, number),
    CONSTRAINT run_reconciliation_municipality_id_run_id_fkey
        FOREIGN KEY(municipality_id, run_id) REFERENCES payment_run (municipality_id, id),
    CONSTRAINT run_reconciliation_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

CREATE TABLE run_difference (
    municipality_id INTEGER NOT NULL DEFAULT current_setting('app.municipality')::integer,
    run_id UUID NOT NULL,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    payment_id UUID NOT NULL,
    case_id UUID NOT NULL,
    expected_oere BIGINT NOT NULL,
    found_oere BIGINT NOT NULL,
    CONSTRAINT run_difference_pkey PRIMARY KEY (municipality_id, run_id, number, position),
    CONSTRAINT run_difference_municipality_id_run_id_fkey
        FOREIGN KEY(municipality_id, run_id) REFERENCES payment_run (municipality_id, id),
    CONSTRAINT run_difference_municipality_id_payment_id_fkey
        FOREIGN KEY(municipality_id, payment_id) REFERENCES payment (municipality_id, id),
    CONSTRAINT run_difference_municipality_id_fkey
        FOREIGN KEY(municipality_id) REFERENCES municipality (id)
);

CREATE INDEX payment_by_day ON payment (municipality_id, disposition_on);

CALL build_wall('payment_run');
CALL build_wall('run_batch');
CALL build_wall('run_line');
CALL build_wall('run_result');
CALL build_wall('run_ruling');
CALL build_wall('income_report');
CALL build_wall('income_report_line');
CALL build_wall('run_reconciliation');
CALL build_wall('run_difference');

GRANT SELECT, INSERT ON
    payment_run, run_batch, run_line, run_result, run_ruling, income_report, income_report_line,
    run_reconciliation, run_difference
TO ky_app;
GRANT UPDATE (frozen_at, change_percent, largest_oere, stop_reason, reviewed_by, reviewed_at,
              approved_by, approved_at, sent_at, ended_at) ON payment_run TO ky_app;
GRANT UPDATE (done_at) ON run_batch TO ky_app;
GRANT UPDATE (accepted_at, reference, rejected_reason) ON income_report_line TO ky_app;

CREATE TRIGGER kept BEFORE UPDATE ON run_line FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON run_result FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON run_ruling FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON income_report
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON run_reconciliation
FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER kept BEFORE UPDATE ON run_difference
FOR EACH ROW EXECUTE FUNCTION keep_as_written();

-- A run that was sent stays sent, by those who prepared and approved it.

CREATE FUNCTION keep_run() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.sent_at IS NOT NULL
       AND (OLD.sent_at, OLD.reviewed_by, OLD.approved_by, OLD.approved_at)
           IS DISTINCT FROM (NEW.sent_at, NEW.reviewed_by, NEW.approved_by, NEW.approved_at) THEN
        PERFORM public.refuse('a run that was sent stays sent, by those who approved it');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE ON payment_run FOR EACH ROW EXECUTE FUNCTION keep_run();

-- What was reported does not change, and what the income register has taken it has taken.

CREATE FUNCTION keep_report_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (OLD.report_id, OLD.payment_id, OLD.gross_oere, OLD.tax_oere, OLD.paid_on)
       IS DISTINCT FROM (NEW.report_id, NEW.payment_id, NEW.gross_oere, NEW.tax_oere, NEW.paid_on)
    THEN
        PERFORM public.refuse('what was reported never changes');
    END IF;
    IF OLD.accepted_at IS NOT NULL
       AND (OLD.accepted_at, OLD.reference, OLD.rejected_reason)
           IS DISTINCT FROM (NEW.accepted_at, NEW.reference, NEW.rejected_reason) THEN
        PERFORM public.refuse('a report is taken once');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE ON income_report_line
FOR EACH ROW EXECUTE FUNCTION keep_report_line();

-- What is reported is what was paid.

CREATE FUNCTION check_report_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.payment
        WHERE municipality_id = NEW.municipality_id AND id = NEW.payment_id
          AND gross_oere = NEW.gross_oere AND tax_oere = NEW.tax_oere
    ) THEN
        PERFORM public.refuse('what is reported is what was paid');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful BEFORE INSERT ON income_report_line
FOR EACH ROW EXECUTE FUNCTION check_report_line();

-- A frozen line is what the newest sent decision says of the person and month; a lower amount than
-- the decision before gave is only there when a decision to lower it was sent.

CREATE FUNCTION decided_before(
    municipality integer, of_case uuid, of_party uuid, of_month date, earlier_than timestamptz
) RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT line.amount_oere FROM public.decision
    JOIN public.decided_line AS line
      ON line.municipality_id = decision.municipality_id AND line.decision_id = decision.id
    WHERE decision.municipality_id = municipality AND decision.case_id = of_case
      AND decision.help_kind = 'forsoergelse'
      AND decision.sent_at IS NOT NULL AND decision.issued_at < earlier_than
      AND line.party_id = of_party AND line.from_month <= of_month
    ORDER BY decision.issued_at DESC, line.from_month DESC LIMIT 1
$$;
REVOKE EXECUTE ON FUNCTION decided_before(integer, uuid, uuid, date, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION decided_before(integer, uuid, uuid, date, timestamptz) TO ky_app;

CREATE FUNCTION newest_decision(municipality integer, of_case uuid, of_party uuid, of_month date)
RETURNS uuid LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT decision.id FROM public.decision
    WHERE decision.municipality_id = municipality AND decision.case_id = of_case
      AND decision.help_kind = 'forsoergelse' AND decision.sent_at IS NOT NULL
      AND EXISTS (
          SELECT FROM public.decided_line AS line
          WHERE line.municipality_id = municipality AND line.decision_id = decision.id
            AND line.party_id = of_party AND line.from_month <= of_month
      )
    ORDER BY decision.issued_at DESC LIMIT 1
$$;
REVOKE EXECUTE ON FUNCTION newest_decision(integer, uuid, uuid, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION newest_decision(integer, uuid, uuid, date) TO ky_app;

CREATE FUNCTION check_run_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    decided_oere bigint;
BEGIN
    IF NEW.decision_id IS DISTINCT FROM public.newest_decision(
        NEW.municipality_id, NEW.case_id, NEW.party_id, NEW.month
    ) THEN
        PERFORM public.refuse('a month is paid by the newest decision that was sent');
    END IF;
    SELECT amount_oere INTO decided_oere FROM public.decided_line
    WHERE municipality_id = NEW.municipality_id AND decision_id = NEW.decision_id
      AND party_id = NEW.party_id AND from_month <= NEW.month
    ORDER BY from_month DESC LIMIT 1;
    IF decided_oere IS DISTINCT FROM NEW.decided_oere THEN
        PERFORM public.refuse('a month is what was decided, neither more nor less');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful BEFORE INSERT ON run_line FOR EACH ROW EXECUTE FUNCTION check_run_line();

-- What a line comes to before tax is what was decided, whatever a new calculation says.

CREATE FUNCTION check_run_result() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.is_payable AND NOT EXISTS (
        SELECT FROM public.run_line
        WHERE municipality_id = NEW.municipality_id AND id = NEW.line_id
          AND decided_oere = NEW.gross_oere
    ) THEN
        PERFORM public.refuse('a month is paid as it was decided');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful BEFORE INSERT ON run_result FOR EACH ROW EXECUTE FUNCTION check_run_result();

-- A payment is never less than the newest sent decision, nor less than the one before it without a
-- decision to lower it that was sent first; and one of a run was approved by two people and held
-- by nobody.

CREATE FUNCTION check_payment_of_running_help() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    decided public.decision%ROWTYPE;
    newest uuid;
    newest_oere bigint;
    before_oere bigint;
    paid_oere bigint;
    frozen public.run_line%ROWTYPE;
    came_to public.run_result%ROWTYPE;
    verdict text;
BEGIN
    SELECT * INTO decided FROM public.decision
    WHERE municipality_id = NEW.municipality_id AND id = NEW.decision_id;
    IF decided.help_kind <> 'forsoergelse' THEN
        -- What bridges to the monthly support, or stands beside it, says nothing of the month.
        RETURN NEW;
    END IF;
    newest := public.newest_decision(NEW.municipality_id, NEW.case_id, NEW.party_id, NEW.month);
    -- A month may be paid in parts: what other decisions made leave counts with it.
    SELECT coalesce(sum(other.gross_oere), 0) INTO paid_oere FROM public.payment AS other
    WHERE other.municipality_id = NEW.municipality_id AND other.case_id = NEW.case_id
      AND other.party_id = NEW.party_id AND other.month = NEW.month
      AND other.decision_id <> NEW.decision_id
      AND NOT EXISTS (
          SELECT FROM public.payment_receipt AS receipt
          WHERE receipt.municipality_id = other.municipality_id
            AND receipt.payment_id = other.id AND receipt.state = 'afvist'
      );
    IF newest IS DISTINCT FROM NEW.decision_id THEN
        SELECT amount_oere INTO newest_oere FROM public.decided_line
        WHERE municipality_id = NEW.municipality_id AND decision_id = newest
          AND party_id = NEW.party_id AND from_month <= NEW.month
        ORDER BY from_month DESC LIMIT 1;
        IF newest_oere > NEW.gross_oere + paid_oere THEN
            PERFORM public.refuse('a payment is not lower than the newest decision that was sent');
        END IF;
    END IF;
    before_oere := public.decided_before(
        NEW.municipality_id, NEW.case_id, NEW.party_id, NEW.month, decided.issued_at
    );
    IF NEW.gross_oere + paid_oere < before_oere THEN
        IF decided.outcome NOT IN ('delvis', 'afslag') THEN
            PERFORM public.refuse('a payment is not lower than before without a decision to it');
        END IF;
        IF (decided.sent_at AT TIME ZONE 'Europe/Copenhagen')::date >= NEW.disposition_on THEN
            PERFORM public.refuse('a decision to lower a payment is sent before it is paid');
        END IF;
    END IF;
    SELECT * INTO frozen FROM public.run_line
    WHERE municipality_id = NEW.municipality_id AND id = NEW.id;
    IF frozen.id IS NULL THEN
        IF NEW.id = NEW.plan_id THEN
            PERFORM public.refuse('a payment of a run has a line in it');
        END IF;
        RETURN NEW;
    END IF;
    IF newest IS DISTINCT FROM NEW.decision_id THEN
        PERFORM public.refuse('a month is paid by the newest decision that was sent');
    END IF;
    IF (frozen.case_id, frozen.party_id, frozen.month, frozen.decision_id)
       IS DISTINCT FROM (NEW.case_id, NEW.party_id, NEW.month, NEW.decision_id) THEN
        PERFORM public.refuse('a payment of a run is the line that was frozen');
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.payment_run
        WHERE municipality_id = NEW.municipality_id AND id = frozen.run_id
          AND approved_by IS NOT NULL
    ) THEN
        PERFORM public.refuse('a run is paid when another person has approved it');
    END IF;
    SELECT * INTO came_to FROM public.run_result
    WHERE municipality_id = NEW.municipality_id AND line_id = NEW.id
    ORDER BY version DESC LIMIT 1;
    IF came_to.is_payable IS DISTINCT FROM true
       OR (came_to.gross_oere, came_to.tax_oere, came_to.net_oere)
           IS DISTINCT FROM (NEW.gross_oere, NEW.tax_oere, NEW.net_oere) THEN
        PERFORM public.refuse('a payment of a run is what its newest calculation came to');
    END IF;
    SELECT run_ruling.verdict INTO verdict FROM public.run_ruling
    WHERE municipality_id = NEW.municipality_id AND line_id = NEW.id
      AND version = came_to.version
    ORDER BY id DESC LIMIT 1;
    IF verdict = 'tilbageholdt' OR (came_to.weight <> 'noteret' AND verdict IS NULL) THEN
        PERFORM public.refuse('a payment that was remarked on is released by a person first');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful_in_a_run BEFORE INSERT ON payment
FOR EACH ROW EXECUTE FUNCTION check_payment_of_running_help();

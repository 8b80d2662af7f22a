-- A payment and what was paid before for the same person, month and help make up what was decided:
-- neither more nor less. A month that nothing was paid for is paid whole, as before.

CREATE OR REPLACE FUNCTION check_payment() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    decided public.decision%ROWTYPE;
    decided_oere bigint;
    paid_oere bigint;
BEGIN
    SELECT * INTO decided FROM public.decision
    WHERE municipality_id = NEW.municipality_id AND id = NEW.decision_id;
    IF decided.case_id IS DISTINCT FROM NEW.case_id THEN
        PERFORM public.refuse('a payment belongs to the case that was decided');
    END IF;
    IF decided.outcome NOT IN ('bevilget', 'delvis') THEN
        PERFORM public.refuse('a payment needs a decision that grants');
    END IF;
    IF decided.sent_at IS NULL THEN
        PERFORM public.refuse('a payment needs a decision that was sent');
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.payment_plan
        WHERE municipality_id = NEW.municipality_id AND id = NEW.plan_id
          AND decision_id = NEW.decision_id AND case_id = NEW.case_id
    ) THEN
        PERFORM public.refuse('a payment belongs to a plan of its decision');
    END IF;
    SELECT amount_oere INTO decided_oere FROM public.decided_line
    WHERE municipality_id = NEW.municipality_id AND decision_id = NEW.decision_id
      AND party_id = NEW.party_id AND from_month <= NEW.month
    ORDER BY from_month DESC LIMIT 1;
    -- What other decisions on the same help made leave for the month is part of what was decided.
    SELECT coalesce(sum(other.gross_oere), 0) INTO paid_oere FROM public.payment AS other
    JOIN public.decision AS before
      ON before.municipality_id = other.municipality_id AND before.id = other.decision_id
    WHERE other.municipality_id = NEW.municipality_id AND other.case_id = NEW.case_id
      AND other.party_id = NEW.party_id AND other.month = NEW.month
      AND other.decision_id <> NEW.decision_id AND before.help_kind = decided.help_kind
      AND EXISTS (
          SELECT FROM public.payment_receipt AS receipt
          WHERE receipt.municipality_id = other.municipality_id
            AND receipt.payment_id = other.id
      )
      AND NOT EXISTS (
          SELECT FROM public.payment_receipt AS receipt
          WHERE receipt.municipality_id = other.municipality_id
            AND receipt.payment_id = other.id AND receipt.state = 'afvist'
      );
    IF decided.help_kind = 'engangshjaelp' THEN
        paid_oere := 0;
    END IF;
    IF decided_oere IS DISTINCT FROM NEW.gross_oere + paid_oere THEN
        PERFORM public.refuse('a payment is what was decided, neither more nor less');
    END IF;
    IF NEW.sequence > 0 AND NOT EXISTS (
        SELECT FROM public.payment AS earlier
        JOIN public.payment_receipt AS receipt
          ON receipt.municipality_id = earlier.municipality_id AND receipt.payment_id = earlier.id
        WHERE earlier.municipality_id = NEW.municipality_id
          AND earlier.decision_id = NEW.decision_id AND earlier.party_id = NEW.party_id
          AND earlier.month = NEW.month AND earlier.sequence = NEW.sequence - 1
          AND receipt.state = 'afvist'
    ) THEN
        PERFORM public.refuse('a payment is tried again only after it was rejected');
    END IF;
    RETURN NEW;
END $$;

DROP TABLE income_finding;
DROP TABLE income_batch;
DROP TABLE income_check;
DROP TABLE cessation;
DROP TABLE sanction;
DROP FUNCTION check_cessation();
DROP FUNCTION keep_settled();
DROP FUNCTION keep_sanction();
ALTER TABLE decision DROP CONSTRAINT decision_help_kind_known;
ALTER TABLE decision ADD CONSTRAINT decision_help_kind_known
    CHECK (help_kind IN ('forsoergelse', 'engangshjaelp'));
ALTER TABLE proposal DROP CONSTRAINT proposal_help_kind_known;
ALTER TABLE proposal ADD CONSTRAINT proposal_help_kind_known
    CHECK (help_kind IN ('forsoergelse', 'engangshjaelp'));
ALTER TABLE calculation DROP CONSTRAINT calculation_help_kind_known;
ALTER TABLE calculation ADD CONSTRAINT calculation_help_kind_known
    CHECK (help_kind IN ('forsoergelse', 'engangshjaelp'));

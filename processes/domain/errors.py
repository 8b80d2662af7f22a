"""The errors of the core, split by who can do something about them.

    CoreError
    ├── RuleError                the user can act: something is missing, wrong or not allowed
    │   ├── NotFoundError        no such case, task or person in this municipality
    │   ├── NotAllowedError      the role, the protection or impartiality forbids it
    │   │   └── TwoPersonError   the approver is one of the contributors
    │   ├── ConflictError        somebody else changed it first
    │   ├── RateMissingError     no rate is in force on the day asked for
    │   ├── UnknownFactError     a fact is not known, so nothing can be decided yet
    │   └── SafeguardError       it would harm the citizen without decision, letter or hearing
    ├── OutsideError             time, or the other system: a register, the bank, the post
    └── BrokenStateError         a stored state or a shipped file does not say what it must

Every message says what happened, with the values, and the way out – in Danish, since people
read it – and never holds a personal number or a name.
"""


class CoreError(Exception):
    """The root: every error the core raises on purpose."""


class RuleError(CoreError):
    """The user can act on it; `str()` is a Danish sentence fit for the screen."""


class NotFoundError(RuleError):
    """No such thing in this municipality."""


class NotAllowedError(RuleError):
    """The role, the protection level or impartiality (habilitet) forbids it."""


class TwoPersonError(NotAllowedError):
    """The approver is one of the contributors (fire øjne)."""


class ConflictError(RuleError):
    """Somebody else changed it first."""


class RateMissingError(RuleError):
    """No rate is in force on the day asked for."""


class UnknownFactError(RuleError):
    """A fact is not known, so nothing can be decided yet."""


class SafeguardError(RuleError):
    """A safeguard (retssikkerhedsgaranti) refuses: it would harm the citizen unlawfully."""


class OutsideError(CoreError):
    """A counterpart did not answer, or answered that it could not.

    `code` is a short stable word for tables and BPMN errors: `unavailable`, `timeout`,
    `rejected`, `not_found`, `invalid_answer`. `retryable` says whether time may help. `answered`
    is what others did answer to the same question, for a step that keeps it.
    """

    def __init__(
        self, message: str, *, system: str, code: str, retryable: bool, answered: object = None
    ) -> None:
        super().__init__(message)
        self.system = system
        self.code = code
        self.retryable = retryable
        self.answered = answered


class BrokenStateError(CoreError):
    """A stored state or a shipped file does not say what it must; nothing was changed."""

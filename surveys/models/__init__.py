"""Open models of the survey floor.

``answers``, ``opinions`` and ``review_answers`` are loaded so that Django knows their tables, but
none of their names is exported: they are private to this app (``decisions.md`` 24).
"""

from surveys.models import answers as _answers
from surveys.models import opinions as _opinions
from surveys.models import review_answers as _review_answers
from surveys.models.calendar import ClosingChange, Pause, Period, Round
from surveys.models.messages import MailSettings, Message, UnitSlot
from surveys.models.questions import (
    Dimension,
    Question,
    Questionnaire,
    QuestionVersion,
    Sketch,
)
from surveys.models.reviews import ClientReview, ReviewedClient, ReviewPlan
from surveys.models.satisfaction import Asking, AskingMail, ClientSurvey, SatisfactionPlan
from surveys.models.trials import MailTrial

__all__ = [
    "Asking",
    "AskingMail",
    "ClientReview",
    "ClientSurvey",
    "ClosingChange",
    "Dimension",
    "MailSettings",
    "MailTrial",
    "Message",
    "Pause",
    "Period",
    "Question",
    "QuestionVersion",
    "Questionnaire",
    "ReviewPlan",
    "ReviewedClient",
    "Round",
    "SatisfactionPlan",
    "Sketch",
    "UnitSlot",
]
del _answers, _opinions, _review_answers

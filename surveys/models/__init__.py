"""Open models of the survey floor.

``answers`` is loaded so that Django knows its tables, but none of its names is exported:
it is private to this app (``decisions.md`` 24).
"""

from surveys.models import answers as _answers
from surveys.models.calendar import Period, Round
from surveys.models.questions import Dimension, Question, Questionnaire, QuestionVersion

__all__ = ["Dimension", "Period", "Question", "QuestionVersion", "Questionnaire", "Round"]
del _answers
